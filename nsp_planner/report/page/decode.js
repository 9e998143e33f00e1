/* Packed data and places on the map. In: the base64 text of packing.py. Out: header, typed columns, projector. */
window.nsp = window.nsp || { maps: [] };

(function (nsp) {
  "use strict";

  nsp.EARTH_RADIUS_M = 6378137;

  /** Unpack header and columns; rejects where the browser has no DecompressionStream (before 2023). */
  nsp.decode = async function (text) {
    if (typeof DecompressionStream === "undefined") {
      throw new Error("DecompressionStream is missing");
    }
    const packed = atob(text.trim());
    const bytes = new Uint8Array(packed.length);
    for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const raw = await new Response(stream).arrayBuffer();
    const headLength = new DataView(raw).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(raw, 8, headLength)));
    nsp.NO_SITE = header.no_site;
    const types = {
      uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array,
      int8: Int8Array, int16: Int16Array, int32: Int32Array,
    };
    const columns = {};
    for (const [name, column] of Object.entries(header.columns)) {
      columns[name] = new types[column.dtype](raw, 8 + headLength + column.offset, column.length);
    }
    return { header: header, columns: columns };
  };

  /** RD to web mercator by the fitted polynomial, and back by iteration. */
  nsp.projector = function (fit) {
    const terms = [];
    let n = 0;
    for (let a = 0; a <= fit.degree; a++) {
      for (let b = 0; b <= fit.degree - a; b++) terms.push([a, b, fit.x[n], fit.y[n++]]);
    }
    const u1 = terms.find((t) => t[0] === 1 && t[1] === 0);
    const v1 = terms.find((t) => t[0] === 0 && t[1] === 1);
    const det = u1[2] * v1[3] - v1[2] * u1[3];
    const powU = new Float64Array(fit.degree + 1);
    const powV = new Float64Array(fit.degree + 1);

    function evaluate(u, v) {
      powU[0] = powV[0] = 1;
      for (let i = 1; i <= fit.degree; i++) {
        powU[i] = powU[i - 1] * u;
        powV[i] = powV[i - 1] * v;
      }
      let x = 0, y = 0;
      for (const t of terms) {
        const p = powU[t[0]] * powV[t[1]];
        x += p * t[2];
        y += p * t[3];
      }
      return [x, y];
    }
    function toWeb(x, y) {
      return evaluate((x - fit.origin_m[0]) / fit.scale_m, (y - fit.origin_m[1]) / fit.scale_m);
    }
    function toRd(webX, webY) {
      let u = 0, v = 0;
      for (let i = 0; i < 12; i++) {
        const [x, y] = evaluate(u, v);
        const dx = webX - x, dy = webY - y;
        u += (dx * v1[3] - dy * v1[2]) / det;
        v += (dy * u1[2] - dx * u1[3]) / det;
      }
      return [fit.origin_m[0] + u * fit.scale_m, fit.origin_m[1] + v * fit.scale_m];
    }
    function toLatLng(x, y) {
      const web = toWeb(x, y);
      return L.Projection.SphericalMercator.unproject(L.point(web[0], web[1]));
    }
    function fromLatLng(latlng) {
      const web = L.Projection.SphericalMercator.project(latlng);
      return toRd(web.x, web.y);
    }
    return { toWeb: toWeb, toRd: toRd, toLatLng: toLatLng, fromLatLng: fromLatLng };
  };

  /** An element with a class and text; text is always text, never markup. */
  nsp.element = function (tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const PAPER_PX = { width: 1500, height: 790 };

  /** Copies of the canvases, the originals hidden: while printing Chromium keeps a canvas as strokes, and the clearing
   *  among them would wipe out every layer below it. */
  function copyCanvases(box) {
    return Array.from(box.querySelectorAll("canvas"), (canvas) => {
      const copy = document.createElement("canvas");
      copy.width = canvas.width;
      copy.height = canvas.height;
      copy.className = canvas.className;
      copy.style.cssText = canvas.style.cssText;
      if (canvas.width && canvas.height) copy.getContext("2d").drawImage(canvas, 0, 0);
      canvas.style.display = "none";
      canvas.after(copy);
      return () => {
        copy.remove();
        canvas.style.display = "";
      };
    });
  }

  /** On paper the map fills a sheet of A3 (400 mm wide within the margins): the whole where the screen shows the whole
   *  (`home`), else what the screen shows. */
  nsp.addPrinting = function (map, home) {
    const style = map.getContainer().style;
    let before = null, restore = [];
    window.addEventListener("beforeprint", () => {
      const whole = map.getBounds().contains(home), size = map.getSize();
      before = { center: map.getCenter(), zoom: map.getZoom() };
      style.width = PAPER_PX.width + "px";
      style.height = PAPER_PX.height + "px";
      map.invalidateSize({ animate: false, pan: false });
      const larger = Math.log2(Math.min(PAPER_PX.width / size.x, PAPER_PX.height / size.y));
      if (whole) map.fitBounds(home, { animate: false, padding: [8, 8] });
      else map.setView(before.center, before.zoom + larger, { animate: false });
      restore = copyCanvases(map.getContainer());
    });
    window.addEventListener("afterprint", () => {
      restore.forEach((one) => one());
      restore = [];
      style.width = style.height = "";
      map.invalidateSize({ animate: false, pan: false });
      if (before) map.setView(before.center, before.zoom, { animate: false });
    });
  };

  nsp.number = function (value) {
    return new Intl.NumberFormat("nl-NL").format(value);
  };
})(window.nsp);
