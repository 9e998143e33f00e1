/* Water and roads under the plan, from own data. In: unpacked columns and a projector. Out: one layer. */
(function (nsp) {
  "use strict";

  /** Points of every packed line in web mercator, by kind; `prefix` names the columns. */
  nsp.linesByKind = function (data, prefix, projector) {
    const column = (name) => data.columns[prefix + "_" + name], origin = data.header.fit.origin_m, step = data.header.step_m;
    const kinds = column("kind"), lengths = column("length"), stepX = column("x"), stepY = column("y"), byKind = {};
    let at = 0;
    for (let k = 0; k < kinds.length; k++) {
      let x = 0, y = 0;
      const line = new Float64Array(2 * lengths[k]);
      for (let i = 0; i < lengths[k]; i++, at++) {
        x += stepX[at];
        y += stepY[at];
        const web = projector.toWeb(origin[0] + x * step, origin[1] + y * step);
        line[2 * i] = web[0];
        line[2 * i + 1] = web[1];
      }
      (byKind[kinds[k]] = byKind[kinds[k]] || []).push(line);
    }
    return byKind;
  };

  /** A canvas on which `draw(layer, ctx, zoom)` draws lines by kind. */
  nsp.Lines = nsp.CanvasLayer.extend({
    initialize: function (shapes, draw, options) {
      this.shapes = shapes;
      this.draw = draw;
      nsp.CanvasLayer.prototype.initialize.call(this, null, options);
    },
    paint: function (ctx) {
      this.draw(this, ctx, this._map.getZoom());
    },
    trace: function (ctx, lines) {
      ctx.beginPath();
      for (const line of lines || []) {
        for (let i = 0; i < line.length; i += 2) {
          const x = line[i] * this.perMetre + this.shiftX, y = this.shiftY - line[i + 1] * this.perMetre;
          if (i) ctx.lineTo(x, y);
          else ctx.moveTo(x, y);
        }
      }
    },
  });

  const WATER = 0, WATERWAY = 5;
  // Kind: least zoom, width far off and near by, colour; roads have a light edge, so that they show on any square.
  const ROADS = {
    4: { from: 13, width: [0.8, 1.6], colour: "#8a8f96" },
    3: { from: 11, width: [0.8, 2.2], colour: "#7b8088" },
    2: { from: 0, width: [0.7, 2.8], colour: "#7d828a" },
    1: { from: 0, width: [1.8, 4.2], colour: "#4d5259" },
  };
  const WATER_COLOUR = "#8fbfdc";

  function drawWater(layer, ctx, zoom) {
    ctx.fillStyle = ctx.strokeStyle = WATER_COLOUR;
    layer.trace(ctx, layer.shapes[WATER]);
    ctx.fill("evenodd");
    layer.trace(ctx, layer.shapes[WATERWAY]);
    ctx.lineWidth = zoom < 11 ? 1.6 : 2.6;
    ctx.stroke();
  }

  function drawRoads(layer, ctx, zoom) {
    const near = Math.min(1, Math.max(0, (zoom - 9) / 5));
    ctx.lineJoin = ctx.lineCap = "round";
    for (const edge of [true, false]) {
      for (const kind of [4, 3, 2, 1]) {
        const road = ROADS[kind];
        if (zoom < road.from || !layer.shapes[kind]) continue;
        const width = road.width[0] + near * (road.width[1] - road.width[0]);
        if (edge && width < 1.5) continue;
        layer.trace(ctx, layer.shapes[kind]);
        ctx.strokeStyle = edge ? "rgba(255, 255, 255, 0.85)" : road.colour;
        ctx.lineWidth = edge ? width + 1.6 : width;
        ctx.stroke();
      }
    }
  }

  /** The layer, or null where the page has no backdrop. */
  nsp.backdrop = function (data, projector) {
    if (!data.columns.bd_kind || !data.columns.bd_kind.length) return null;
    const shapes = nsp.linesByKind(data, "bd", projector);
    return L.layerGroup([
      new nsp.Lines(shapes, drawWater, { pane: "nsp-water" }),
      new nsp.Lines(shapes, drawRoads, { pane: "nsp-roads" }),
    ]);
  };
})(window.nsp);
