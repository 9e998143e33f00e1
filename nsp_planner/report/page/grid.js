/* The squares on one canvas each. In: unpacked data and a projector. Out: leaflet layers and a lookup by place. */
(function (nsp) {
  "use strict";

  const AREA_EDGE_M = 800;

  /** The squares as a raster: which square lies where, and the grown service areas. */
  nsp.Grid = class {
    constructor(data, projector) {
      const { header, columns } = data;
      this.header = header;
      this.columns = columns;
      this.projector = projector;
      this.side = header.resolution_m;
      this.x0 = header.square_origin_m[0];
      this.y0 = header.square_origin_m[1];
      this.n = columns.ix.length;
      // Room around the squares for the edge of the service areas.
      this.margin = Math.max(1, Math.round(AREA_EDGE_M / this.side));
      let maxX = 0, maxY = 0;
      for (let i = 0; i < this.n; i++) {
        if (columns.ix[i] > maxX) maxX = columns.ix[i];
        if (columns.iy[i] > maxY) maxY = columns.iy[i];
      }
      this.width = maxX + 1 + 2 * this.margin;
      this.height = maxY + 1 + 2 * this.margin;
      this.square = new Int32Array(this.width * this.height).fill(-1);
      this.webX = new Float64Array(this.n);
      this.webY = new Float64Array(this.n);
      for (let i = 0; i < this.n; i++) {
        this.square[this.cell(columns.ix[i], columns.iy[i])] = i;
        const web = projector.toWeb(this.x0 + columns.ix[i] * this.side, this.y0 + columns.iy[i] * this.side);
        this.webX[i] = web[0];
        this.webY[i] = web[1];
      }
      const a = projector.toWeb(this.x0, this.y0), b = projector.toWeb(this.x0 + this.side, this.y0);
      this.webSide = Math.hypot(b[0] - a[0], b[1] - a[1]);
    }

    cell(ix, iy) {
      return (iy + this.margin) * this.width + ix + this.margin;
    }

    /** Web mercator of a corner of the raster, in raster steps from its lower left. */
    corner(cx, cy) {
      return this.projector.toWeb(
        this.x0 + (cx - this.margin - 0.5) * this.side, this.y0 + (cy - this.margin - 0.5) * this.side);
    }

    /** Number of the square at a place, or -1. */
    at(latlng) {
      const [x, y] = this.projector.fromLatLng(latlng);
      const ix = Math.round((x - this.x0) / this.side), iy = Math.round((y - this.y0) / this.side);
      if (ix < -this.margin || iy < -this.margin) return -1;
      if (ix >= this.width - this.margin || iy >= this.height - this.margin) return -1;
      return this.square[this.cell(ix, iy)];
    }

    corners(i) {
      const cx = this.columns.ix[i] + this.margin, cy = this.columns.iy[i] + this.margin;
      return [[cx, cy], [cx + 1, cy], [cx + 1, cy + 1], [cx, cy + 1]].map((c) => this.corner(c[0], c[1]));
    }

    latLngCorners(i) {
      return this.corners(i).map((c) => L.Projection.SphericalMercator.unproject(L.point(c[0], c[1])));
    }

    latLng(i) {
      return L.Projection.SphericalMercator.unproject(L.point(this.webX[i], this.webY[i]));
    }

    /** Site of every raster cell: its square's site, or that of the nearest square within the margin. */
    areas() {
      if (this._areas) return this._areas;
      const areas = new Uint16Array(this.width * this.height).fill(nsp.NO_SITE);
      const taken = new Uint8Array(areas.length), reach = this.margin, offsets = [];
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const far = dx * dx + dy * dy;
          if (far <= reach * reach) offsets.push([far, dy * this.width + dx]);
        }
      }
      // Nearest offsets first: the first square to reach a cell is the nearest one.
      offsets.sort((a, b) => a[0] - b[0]);
      const cells = Uint32Array.from(this.columns.ix, (ix, i) => this.cell(ix, this.columns.iy[i]));
      for (const [, offset] of offsets) {
        for (let i = 0; i < this.n; i++) {
          const to = cells[i] + offset;
          if (taken[to]) continue;
          taken[to] = 1;
          areas[to] = this.columns.site[i];
        }
      }
      this._areas = areas;
      return areas;
    }
  };

  /** Base of the canvas layers: leaflet's renderer keeps place and zoom, `paint` draws in layer points. */
  const CanvasLayer = (nsp.CanvasLayer = L.Canvas.extend({
    options: { padding: 0.2 },
    initialize: function (grid, options) {
      this.grid = grid;
      L.Canvas.prototype.initialize.call(this, options);
    },
    _initContainer: function () {
      // No mouse handlers of leaflet's own: the map's events find the square.
      const canvas = (this._container = document.createElement("canvas"));
      canvas.className = "nsp-canvas";
      canvas.setAttribute("aria-hidden", "true");
      this._ctx = canvas.getContext("2d");
    },
    // Leaflet clears the canvas and calls this after every move and zoom.
    _draw: function () {
      const size = 256 * Math.pow(2, this._map.getZoom());
      const origin = this._map.getPixelOrigin();
      this.perMetre = size / (2 * Math.PI * nsp.EARTH_RADIUS_M);
      this.shiftX = size / 2 - origin.x;
      this.shiftY = size / 2 - origin.y;
      this.paint(this._ctx, this._bounds);
    },
    px: function (web) {
      return [web[0] * this.perMetre + this.shiftX, this.shiftY - web[1] * this.perMetre];
    },
  }));

  /** Which class a value is in: that of the last break it reaches. */
  nsp.classOf = function (breaks, value) {
    let k = 0;
    while (k < breaks.length && value >= breaks[k]) k++;
    return k;
  };

  /** A tile of slanting stripes on a background. */
  nsp.stripes = function (side, colour, background, width) {
    const tile = document.createElement("canvas"), pen = tile.getContext("2d");
    tile.width = tile.height = side;
    pen.fillStyle = background;
    pen.fillRect(0, 0, side, side);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift - 1, side + 1);
      pen.lineTo(shift + side + 1, -1);
    }
    pen.stroke();
    return tile;
  };

  /** Squares in groups of one look, a colour and whether it is hatched; `groupOf(i)` is the look of a square,
   *  -1 none. However far off the map, a square has `leastPx` pixels. */
  nsp.Squares = CanvasLayer.extend({
    initialize: function (grid, looks, groupOf, leastPx) {
      CanvasLayer.prototype.initialize.call(this, grid, { pane: "nsp-squares" });
      this.looks = looks;
      this.leastPx = leastPx || 1.3;
      this.sort(groupOf);
    },
    sort: function (groupOf) {
      this.groups = this.looks.map(() => []);
      for (let i = 0; i < this.grid.n; i++) {
        const k = groupOf(i);
        if (k >= 0) this.groups[k].push(i);
      }
      if (this._map) this._redraw();
    },
    paint: function (ctx, bounds) {
      const grid = this.grid, side = grid.webSide * this.perMetre, half = Math.max(side, this.leastPx) / 2;
      const exact = side >= 10;
      const low = bounds.min, high = bounds.max;
      this.groups.forEach((group, k) => {
        const { colour, hatched } = this.looks[k];
        ctx.fillStyle = hatched ? ctx.createPattern(nsp.stripes(4, colour, "#ffffff", 1.6), "repeat") : colour;
        for (const i of group) {
          const x = grid.webX[i] * this.perMetre + this.shiftX;
          const y = this.shiftY - grid.webY[i] * this.perMetre;
          if (x < low.x - side || x > high.x + side || y < low.y - side || y > high.y + side) continue;
          if (!exact) {
            // Whole pixels: edges between squares then leave no hairlines.
            const left = Math.round(x - half), top = Math.round(y - half);
            ctx.fillRect(left, top, Math.max(1, Math.round(x + half) - left), Math.max(1, Math.round(y + half) - top));
            continue;
          }
          ctx.beginPath();
          for (const corner of grid.corners(i)) {
            const p = this.px(corner);
            ctx.lineTo(p[0], p[1]);
          }
          ctx.closePath();
          ctx.fill();
          ctx.strokeStyle = "rgba(255,255,255,0.55)";
          ctx.lineWidth = 1;
          ctx.stroke();
        }
      });
    },
  });

  const looks = (colours) => colours.map((colour) => ({ colour: colour }));

  /** Squares by their inhabitants. */
  nsp.populationSquares = function (grid) {
    const { persons } = grid.columns, { breaks, population_colours } = grid.header;
    return new nsp.Squares(grid, looks(population_colours), (i) => nsp.classOf(breaks, persons[i]));
  };

  /** Squares by a distance to a site (columns), none being farther than any. */
  nsp.distanceSquares = function (grid, site, metres, leastPx) {
    const { distance_breaks_m, distance_colours } = grid.header;
    return new nsp.Squares(grid, looks(distance_colours),
      (i) => nsp.classOf(distance_breaks_m, site[i] === nsp.NO_SITE ? Infinity : metres[i]), leastPx);
  };

  const TILE = 64;

  /** Service areas on land (`options.land`, rings in web mercator): small pictures of 64 x 64 cells, each placed by its own corners, and the lines between areas. */
  nsp.Areas = CanvasLayer.extend({
    _build: function () {
      const grid = this.grid, areas = grid.areas(), palette = grid.header.area_colours.map(tint);
      this.tiles = [];
      for (let ty = 0; ty < grid.height; ty += TILE) {
        for (let tx = 0; tx < grid.width; tx += TILE) {
          const tile = this._tile(areas, palette, tx, ty);
          if (tile) this.tiles.push(tile);
        }
      }
      this.edges = edgesBetween(grid, areas);
    },
    _tile: function (areas, palette, tx, ty) {
      const grid = this.grid, side = TILE + 1; // one cell over the edge hides the seam
      const picture = new ImageData(side, side), pixels = new Uint32Array(picture.data.buffer);
      const colours = grid.header.site_colours, right = Math.min(side, grid.width - tx);
      let some = false;
      for (let j = 0; j < side && ty + j < grid.height; j++) {
        const row = (ty + j) * grid.width + tx;
        for (let i = 0; i < right; i++) {
          const site = areas[row + i];
          if (site === nsp.NO_SITE) continue;
          some = true;
          pixels[(side - 1 - j) * side + i] = palette[colours[site]];
        }
      }
      if (!some) return null;
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = side;
      canvas.getContext("2d").putImageData(picture, 0, 0);
      return { canvas: canvas, topLeft: grid.corner(tx, ty + side), topRight: grid.corner(tx + side, ty + side),
        bottomLeft: grid.corner(tx, ty), side: side };
    },
    paint: function (ctx, bounds) {
      if (!this.tiles) this._build();
      ctx.save();
      ctx.beginPath();
      for (const ring of this.options.land) {
        ring.forEach((web, i) => {
          const p = this.px(web);
          if (i) ctx.lineTo(p[0], p[1]);
          else ctx.moveTo(p[0], p[1]);
        });
        ctx.closePath();
      }
      ctx.clip();
      ctx.imageSmoothingEnabled = this.grid.webSide * this.perMetre < 1.5;
      for (const tile of this.tiles) {
        const o = this.px(tile.topLeft), x = this.px(tile.topRight), y = this.px(tile.bottomLeft);
        if (x[0] < bounds.min.x || o[0] > bounds.max.x || y[1] < bounds.min.y || o[1] > bounds.max.y) continue;
        ctx.save();
        ctx.transform((x[0] - o[0]) / tile.side, (x[1] - o[1]) / tile.side,
          (y[0] - o[0]) / tile.side, (y[1] - o[1]) / tile.side, o[0], o[1]);
        ctx.drawImage(tile.canvas, 0, 0);
        ctx.restore();
      }
      ctx.beginPath();
      for (let k = 0; k < this.edges.length; k += 4) {
        const a = this.px([this.edges[k], this.edges[k + 1]]), b = this.px([this.edges[k + 2], this.edges[k + 3]]);
        if (Math.max(a[0], b[0]) < bounds.min.x || Math.min(a[0], b[0]) > bounds.max.x) continue;
        if (Math.max(a[1], b[1]) < bounds.min.y || Math.min(a[1], b[1]) > bounds.max.y) continue;
        ctx.moveTo(a[0], a[1]);
        ctx.lineTo(b[0], b[1]);
      }
      ctx.strokeStyle = "#1f2933";
      ctx.lineWidth = this._map.getZoom() < 12 ? 0.6 : 1.4;
      ctx.stroke();
      ctx.restore();
    },
  });

  /** A colour half way to white (the squares on top must stay the darker ones), as one pixel of a picture. */
  function tint(colour) {
    const rgba = [1, 3, 5].map((i) => Math.round(parseInt(colour.slice(i, i + 2), 16) * 0.5 + 127.5)).concat(255);
    return new Uint32Array(Uint8Array.from(rgba).buffer)[0];
  }

  /** Ends of the lines between two service areas, straight runs joined; web mercator, four numbers a line. */
  function edgesBetween(grid, areas) {
    const runs = [];
    const differ = (p, q) => areas[p] !== areas[q] && areas[p] !== nsp.NO_SITE && areas[q] !== nsp.NO_SITE;
    const scan = (outer, inner, isEdge, push) => {
      for (let o = 1; o < outer; o++) {
        let start = -1;
        for (let i = 0; i <= inner; i++) {
          const edge = i < inner && isEdge(o, i);
          if (edge && start < 0) start = i;
          if (!edge && start >= 0) {
            push(o, start, i);
            start = -1;
          }
        }
      }
    };
    const w = grid.width, h = grid.height;
    scan(w, h, (x, y) => differ(y * w + x - 1, y * w + x),
      (x, from, to) => runs.push(...grid.corner(x, from), ...grid.corner(x, to)));
    scan(h, w, (y, x) => differ((y - 1) * w + x, y * w + x),
      (y, from, to) => runs.push(...grid.corner(from, y), ...grid.corner(to, y)));
    return new Float64Array(runs);
  }
})(window.nsp);
