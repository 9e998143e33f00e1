/* Water, outages, closed roads and barriers over the plan. In: unpacked data and a projector. Out: a layer of each. */
(function (nsp) {
  "use strict";

  const INK = {};

  /** A tile of stripes or dots, so that the kind shows without its colour. */
  function pattern(ctx, key) {
    const side = 9, colour = INK[key];
    if (key === "water") return ctx.createPattern(nsp.stripes(side, colour, colour + "29", 1.7), "repeat");
    const tile = document.createElement("canvas"), pen = tile.getContext("2d");
    tile.width = tile.height = side;
    pen.fillStyle = colour + "1a";
    pen.fillRect(0, 0, side, side);
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(side / 2, side / 2, 1.6, 0, 2 * Math.PI);
    pen.fill();
    return ctx.createPattern(tile, "repeat");
  }

  function stroke(ctx, colour, width, dash) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash(dash || []);
    ctx.stroke();
    ctx.setLineDash([]);
  }

  const draw = {
    water: (layer, ctx, lines) => area(layer, ctx, lines, "water", [9, 4]),
    power: (layer, ctx, lines) => area(layer, ctx, lines, "power", [10, 4, 2, 4]),
    closed: function (layer, ctx, lines) {
      layer.trace(ctx, lines);
      stroke(ctx, "#ffffff", 7);
      stroke(ctx, INK.closed, 4.5, [7, 3]);
      lines.forEach((line) => cross(layer, ctx, line));
    },
    barrier: function (layer, ctx, lines) {
      layer.trace(ctx, lines);
      stroke(ctx, "#ffffff", 7);
      stroke(ctx, INK.barrier, 2.5);
      stroke(ctx, INK.barrier, 9, [2, 8]);
    },
  };

  function area(layer, ctx, lines, key, dash) {
    layer.trace(ctx, lines);
    ctx.fillStyle = pattern(ctx, key);
    ctx.fill("evenodd");
    stroke(ctx, "rgba(255, 255, 255, 0.9)", 3.5);
    stroke(ctx, INK[key], 2, dash);
  }

  /** A cross of fixed size half way a closed line: a bridge of a hundred metres shows on the map of a region too. */
  function cross(layer, ctx, line) {
    const points = line.length / 2, middle = 2 * Math.floor((points - 1) / 2), next = Math.min(middle + 2, line.length - 2);
    const x = (line[middle] + line[next]) / 2 * layer.perMetre + layer.shiftX;
    const y = layer.shiftY - (line[middle + 1] + line[next + 1]) / 2 * layer.perMetre;
    ctx.beginPath();
    ctx.arc(x, y, 8, 0, 2 * Math.PI);
    ctx.fillStyle = "#ffffff";
    ctx.fill();
    stroke(ctx, INK.closed, 2);
    ctx.beginPath();
    for (const side of [-1, 1]) {
      ctx.moveTo(x - 4, y - 4 * side);
      ctx.lineTo(x + 4, y + 4 * side);
    }
    stroke(ctx, INK.closed, 2.6);
  }

  /** The layers by key, and their titles; empty in an ordinary plan. */
  nsp.circumstances = function (data, projector) {
    const found = {};
    if (!data.columns.cs_kind) return found;
    const shapes = nsp.linesByKind(data, "cs", projector);
    for (const { kind, key, title, colour } of data.header.circumstances) {
      INK[key] = colour;
      const paint = (layer, ctx) => draw[key](layer, ctx, layer.shapes[kind]);
      // A closed bridge stays in sight where sites crowd on it.
      const pane = key === "closed" ? "nsp-closed" : "nsp-circumstances";
      found[key] = { title: title, layer: new nsp.Lines(shapes, paint, { pane: pane }) };
    }
    return found;
  };
})(window.nsp);
