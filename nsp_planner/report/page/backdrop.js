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

  function drawWater(looks, layer, ctx, zoom) {
    ctx.fillStyle = ctx.strokeStyle = looks.water_colour;
    layer.trace(ctx, layer.shapes[looks.water]);
    ctx.fill("evenodd");
    layer.trace(ctx, layer.shapes[looks.waterway]);
    ctx.lineWidth = zoom < 11 ? 1.6 : 2.6;
    ctx.stroke();
  }

  /** Roads have a light edge, so that they show on any square. */
  function drawRoads(looks, layer, ctx, zoom) {
    const near = Math.min(1, Math.max(0, (zoom - 9) / 5));
    ctx.lineJoin = ctx.lineCap = "round";
    for (const edge of [true, false]) {
      for (const { kind, from_zoom, width_px, colour } of looks.roads) {
        if (zoom < from_zoom || !layer.shapes[kind]) continue;
        const width = width_px[0] + near * (width_px[1] - width_px[0]);
        if (edge && width < 1.5) continue;
        layer.trace(ctx, layer.shapes[kind]);
        ctx.strokeStyle = edge ? "rgba(255, 255, 255, 0.85)" : colour;
        ctx.lineWidth = edge ? width + 1.6 : width;
        ctx.stroke();
      }
    }
  }

  /** The layer, or null where the page has no backdrop. */
  nsp.backdrop = function (data, projector) {
    if (!data.columns.bd_kind || !data.columns.bd_kind.length) return null;
    const shapes = nsp.linesByKind(data, "bd", projector), looks = data.header.backdrop;
    return L.layerGroup([
      new nsp.Lines(shapes, drawWater.bind(null, looks), { pane: "nsp-water" }),
      new nsp.Lines(shapes, drawRoads.bind(null, looks), { pane: "nsp-roads" }),
    ]);
  };
})(window.nsp);
