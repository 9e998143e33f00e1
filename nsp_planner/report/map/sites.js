/* Sites, their pop-ups and the lines of the site that was clicked. In: data, grid, map. Out: layers and `select`. */
(function (nsp) {
  "use strict";

  /** A candidate: an open triangle, so that shape as well as colour tells it from an open site. */
  const Triangle = L.CircleMarker.extend({
    _updatePath: function () {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const p = this._point, r = this._radius, ctx = renderer._ctx;
      ctx.beginPath();
      ctx.moveTo(p.x, p.y - r);
      ctx.lineTo(p.x + r * 0.9, p.y + r * 0.7);
      ctx.lineTo(p.x - r * 0.9, p.y + r * 0.7);
      ctx.closePath();
      renderer._fillStroke(ctx, this);
    },
  });

  /** A refused building: a cross. */
  const Cross = Triangle.extend({
    _updatePath: function () {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const p = this._point, r = this._radius * 0.8, ctx = renderer._ctx;
      ctx.beginPath();
      ctx.moveTo(p.x - r, p.y - r);
      ctx.lineTo(p.x + r, p.y + r);
      ctx.moveTo(p.x + r, p.y - r);
      ctx.lineTo(p.x - r, p.y + r);
      renderer._fillStroke(ctx, this);
    },
  });

  /** A building that a rule left out: a circle with a bar. */
  const Barred = Triangle.extend({
    _updatePath: function () {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const p = this._point, r = this._radius * 0.95, d = r * Math.SQRT1_2, ctx = renderer._ctx;
      ctx.beginPath();
      ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
      ctx.moveTo(p.x - d, p.y + d);
      ctx.lineTo(p.x + d, p.y - d);
      renderer._fillStroke(ctx, this);
    },
  });

  nsp.Sites = class {
    constructor(data, grid, map, projector) {
      this.header = data.header;
      this.columns = data.columns;
      this.grid = grid;
      this.map = map;
      this.nL = this.header.lnsps.length;
      this.nC = this.header.cnsps.length;
      this.nSites = this.nL + this.nC + this.header.candidates.length;
      this.refused = new Set(this.header.refused);
      this.latlng = Array.from(this.columns.site_x, (x, i) => projector.toLatLng(x, this.columns.site_y[i]));
      this.lines = L.layerGroup([], { pane: "nsp-lines" }).addTo(map);
      this.popup = L.popup({ maxWidth: 320, minWidth: 230, className: "nsp-popup", autoPanPadding: [24, 24] });
      this.selected = -1;
      map.on("popupclose", (event) => {
        if (event.popup === this.popup) this._clear();
      });
      this.lnspLayer = L.layerGroup(this.header.lnsps.map((_, i) => this._marker(i)));
      this.cnspLayer = L.layerGroup(this.header.cnsps.map((_, i) => this._marker(this.nL + i)));
      this.candidateLayer = this._canvasLayer(this.nL + this.nC, this.nSites);
      this.unfitLayer = this._canvasLayer(this.nSites, this.latlng.length);
      this.coordinationLayer = this._coordination();
    }

    /** Sites that open later than a phase are hollow, and no line leads to them. */
    setPhase(phase) {
      this.phase = phase;
      [this.lnspLayer, this.cnspLayer].forEach((layer) => layer.eachLayer((marker) => this._dress(marker)));
      const lines = this._lines();
      this.coordinationLayer.eachLayer((layer) => layer.setLatLngs(lines));
    }

    /** Whether a site is open in the phase shown; without phases every site of the plan is. */
    isOpen(n) {
      return this.phase === undefined || !this.header.phases || this.header.phases.of_site[n] <= this.phase;
    }

    _dress(marker) {
      const icon = marker.getElement();
      if (icon) icon.classList.toggle("nsp-later", !this.isOpen(marker.nspNumber));
    }

    /** Year in which a site opens, as text for its tooltip and pop-up; empty without phases. */
    opens(n) {
      const phases = this.header.phases;
      if (!phases || n >= this.nL + this.nC) return "";
      return phases.years[phases.of_site[n]] === undefined ? "later" : String(phases.years[phases.of_site[n]]);
    }

    kind(n) {
      return n < this.nL ? "lnsp" : n < this.nL + this.nC ? "cnsp" : n < this.nSites ? "candidate" : "unfit";
    }

    record(n) {
      if (n < this.nL) return this.header.lnsps[n];
      if (n < this.nL + this.nC) return this.header.cnsps[n - this.nL];
      if (n >= this.nSites) return this._unfitRecord(...this.header.unfit[n - this.nSites]);
      const [name, kind, gemeente, status, known] = this.header.candidates[n - this.nL - this.nC];
      const facts = [["Soort", kind], ["Gemeente", gemeente], ["Status", status], ...(known || [])];
      return { name: name, gemeente: gemeente, facts: facts };
    }

    _unfitRecord(name, kind, gemeente, address, rule, reason) {
      const facts = [["Soort", kind], ["Gemeente", gemeente], ["Adres", address], ["Waarom geen kandidaat", reason], ["Regel", rule]];
      return { name: name, gemeente: gemeente, facts: facts };
    }

    label(n) {
      return this.header.roles[this.refused.has(n) ? "refused" : this.kind(n)];
    }

    _marker(n) {
      const kind = this.kind(n), record = this.record(n);
      const icon = L.divIcon({
        className: "nsp-site nsp-" + kind + (record.fixed ? " nsp-fixed" : ""), html: this.header.signs[kind], iconSize: [24, 24],
      });
      // The table under the map and the search box reach every site by keyboard, without 140 tab stops on the map.
      const marker = L.marker(this.latlng[n], { icon: icon, keyboard: false, zIndexOffset: kind === "cnsp" ? 500 : 0 });
      const opens = this.opens(n);
      const text = record.name + " (" + this.label(n) + (opens ? ", opent in " + opens : "") + ")";
      marker.bindTooltip(nsp.element("span", "", text), { direction: "top", offset: [0, -10] });
      marker.nspNumber = n;
      return marker.on("click", () => this.select(n)).on("add", () => this._dress(marker));
    }

    _canvasLayer(first, end) {
      const renderer = L.canvas({ pane: "nsp-candidates", padding: 0.2 });
      const layer = L.layerGroup();
      for (let n = first; n < end; n++) {
        const refused = this.refused.has(n);
        new (n >= this.nSites ? Barred : refused ? Cross : Triangle)(this.latlng[n], {
          renderer: renderer, pane: "nsp-candidates", radius: 6, weight: refused ? 2.6 : 1.4, color: this.header.colours.candidate,
          fillColor: "#ffffff", fillOpacity: 0.9, bubblingMouseEvents: false,
        }).on("click", () => this.select(n))
          .bindTooltip(() => nsp.element("span", "", this.record(n).name + " (" + this.label(n) + ")"),
            { direction: "top" }).addTo(layer);
      }
      return layer;
    }

    _lines() {
      const lines = [];
      this.header.lnsps.forEach((record, n) => {
        if (record.cnsp === nsp.NO_SITE || !this.isOpen(n) || !this.isOpen(record.cnsp)) return;
        lines.push([this.latlng[n], this.latlng[record.cnsp]]);
      });
      return lines;
    }

    _coordination() {
      const lines = this._lines();
      return L.layerGroup([
        L.polyline(lines, { pane: "nsp-coordination", color: "#ffffff", weight: 3.4, opacity: 0.75, interactive: false }),
        L.polyline(lines, {
          pane: "nsp-coordination", color: this.header.colours.cnsp, weight: 1.6, dashArray: "5 4", interactive: false,
        }),
      ]);
    }

    /** Show the pop-up and the lines of one site; `focus` moves the keyboard there too. */
    select(n, focus) {
      const from = document.activeElement;
      this._clear();
      this.popup.setLatLng(this.latlng[n]).setContent(this._content(n)).openOn(this.map);
      this.selected = n;
      this._drawLines(n);
      if (focus) {
        this.returnTo = from;
        this.popup.getElement().querySelector(".nsp-facts").focus();
      }
    }

    /** Move the map to a site and select it. */
    goTo(n, focus) {
      const layer = { lnsp: this.lnspLayer, cnsp: this.cnspLayer, candidate: this.candidateLayer, unfit: this.unfitLayer }[this.kind(n)];
      if (!this.map.hasLayer(layer)) this.map.addLayer(layer);
      this.map.setView(this.latlng[n], Math.max(this.map.getZoom(), 13), { animate: false });
      this.select(n, focus);
    }

    _clear() {
      this.lines.clearLayers();
      this.selected = -1;
      if (this.returnTo) {
        this.returnTo.focus();
        this.returnTo = null;
      }
    }

    _drawLines(n) {
      const kind = this.kind(n), ends = [];
      if (kind === "lnsp") {
        const { site, shared_square, shared_site } = this.columns;
        const seen = new Set();
        for (let i = 0; i < site.length; i++) {
          if (site[i] === n) seen.add(i);
        }
        for (let k = 0; k < shared_site.length; k++) {
          if (shared_site[k] === n) seen.add(shared_square[k]);
        }
        for (const i of seen) ends.push(this.grid.latLng(i));
      } else if (kind === "cnsp") {
        for (const member of this.record(n).lnsps) ends.push(this.latlng[member]);
      }
      const colour = kind === "lnsp" ? this.header.colours.lnsp : this.header.colours.cnsp;
      const style = { renderer: this._lineRenderer(), interactive: false };
      if (ends.length) {
        L.polyline(ends.map((end) => [this.latlng[n], end]), {
          ...style, color: colour, weight: kind === "lnsp" ? 1 : 3, opacity: kind === "lnsp" ? 0.55 : 0.9,
        }).addTo(this.lines);
      }
      L.circleMarker(this.latlng[n], { ...style, radius: 17, color: "#111827", weight: 3, fill: false }).addTo(this.lines);
    }

    _lineRenderer() {
      this._renderer = this._renderer || L.canvas({ pane: "nsp-lines", padding: 0.3 });
      return this._renderer;
    }

    _content(n) {
      const record = this.record(n), box = nsp.element("div", "nsp-facts");
      box.tabIndex = -1;
      // Leaflet listens for Escape only while the map itself has the focus.
      box.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.map.closePopup(this.popup);
      });
      box.appendChild(nsp.element("strong", "nsp-name", record.name));
      box.appendChild(nsp.element("span", "nsp-badge nsp-badge-" + this.kind(n), this.label(n)));
      const list = box.appendChild(nsp.element("dl"));
      for (const [key, value] of record.facts) {
        list.appendChild(nsp.element("dt", "", key));
        list.appendChild(nsp.element("dd", "", value));
      }
      if (this.opens(n)) {
        list.appendChild(nsp.element("dt", "", "Opent in"));
        list.appendChild(nsp.element("dd", "", this.opens(n)));
      }
      if (record.cnsp !== undefined && record.cnsp !== nsp.NO_SITE) {
        list.appendChild(nsp.element("dt", "", "C-NSP"));
        list.appendChild(nsp.element("dd")).appendChild(this._jump(record.cnsp));
        list.appendChild(nsp.element("dt", "", "Afstand tot C-NSP"));
        list.appendChild(nsp.element("dd", "", record.cnsp_distance));
        if (record.nearer) {
          list.appendChild(nsp.element("dt", "", "Niet het dichtstbijzijnde"));
          list.appendChild(nsp.element("dd", "", record.nearer));
        }
      }
      if (record.lnsps && record.lnsps.length) {
        box.appendChild(nsp.element("span", "nsp-sub", "L-NSP's van dit C-NSP"));
        const members = box.appendChild(nsp.element("ul"));
        for (const member of record.lnsps) {
          const item = members.appendChild(nsp.element("li"));
          item.appendChild(this._jump(member));
          item.appendChild(document.createTextNode(" " + this.record(member).persons + " inwoners"));
        }
      }
      return box;
    }

    _jump(n) {
      const button = nsp.element("button", "nsp-jump", this.record(n).name);
      button.type = "button";
      button.addEventListener("click", () => {
        this.map.panInside(this.latlng[n], { padding: [60, 60], animate: false });
        this.select(n, true);
      });
      return button;
    }
  };
})(window.nsp);
