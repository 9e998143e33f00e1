/* The map of a comparison. In: a leaflet map and the id of the packed data. Out: before, after and what differs. */
(function (nsp) {
  "use strict";

  const CAME = "#0072b2", WENT = "#c43e00", STAYED = "#6b7280", FLOW = "#7a3b8f";
  const NEARER = "#0072b2", FARTHER = "#c43e00", OTHER = "#6b7280";

  nsp.startComparison = function (map, options) {
    nsp.decode(document.getElementById(options.data).textContent)
      .then((data) => build(map, data, options))
      .catch((error) => {
        document.getElementById(options.message).hidden = false;
        if (typeof DecompressionStream !== "undefined") throw error;
      });
  };

  function build(map, data, options) {
    const header = data.header;
    map.createPane("nsp-land").style.zIndex = 210;
    map.createPane("nsp-water").style.zIndex = 225;
    map.createPane("nsp-squares").style.zIndex = 230;
    map.createPane("nsp-roads").style.zIndex = 235;
    map.createPane("nsp-flows").style.zIndex = 380;
    map.createPane("nsp-labels").style.zIndex = 620;
    for (const name of ["nsp-labels", "nsp-squares", "nsp-water", "nsp-roads"]) map.getPane(name).style.pointerEvents = "none";
    const land = L.svg({ pane: "nsp-land" }), lines = L.svg({ pane: "nsp-flows" });
    const bounds = L.latLngBounds([]);
    for (const area of header.borders) {
      const shape = L.polygon(area.rings, { renderer: land, pane: "nsp-land", color: "#4b5563", weight: 1.6, dashArray: "7 4",
        fillColor: "#ffffff",
        fillOpacity: 1, interactive: false }).addTo(map);
      bounds.extend(shape.getBounds());
      L.marker(area.label, { pane: "nsp-labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "nsp-label", html: nsp.element("span", "", area.name), iconSize: null }) }).addTo(map);
    }
    map.fitBounds(bounds, { animate: false, padding: [8, 8] });
    const projector = header.fit ? nsp.projector(header.fit) : null;
    const grid = projector ? new nsp.Grid(data, projector) : null;
    const backdrop = projector ? nsp.backdrop(data, projector) : null;
    const plans = header.others.map((other, n) => plan(header, other, grid, n + 1, lines));
    const state = { other: 0, view: "difference", squares: true, flows: true, backdrop: true };
    const before = L.layerGroup(header.before.map((site) => open(site)));
    const shown = L.layerGroup().addTo(map);
    const show = () => {
      shown.clearLayers();
      if (backdrop && state.backdrop) backdrop.addTo(map);
      else if (backdrop) backdrop.remove();
      document.querySelectorAll("[data-nsp-for=backdrop]").forEach((part) => { part.hidden = !state.backdrop; });
      const chosen = plans[state.other];
      const layers = state.view === "difference" ? [chosen.signs, state.flows && chosen.flows, state.squares && chosen.moved]
        : state.view === "before" ? [before, state.squares && chosen.near[0]] : [chosen.after, state.squares && chosen.near[1]];
      layers.filter(Boolean).forEach((layer) => shown.addLayer(layer));
      document.querySelectorAll("[data-nsp-view]").forEach((part) => {
        part.hidden = part.dataset.nspView !== (state.view === "difference" ? "difference" : "plan");
      });
    };
    addChoices(map, header, state, grid, backdrop, show);
    nsp.addPrinting(map, bounds);
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 140 }).addTo(map);
    const legend = document.getElementById(options.legend), control = L.control({ position: "bottomleft" });
    control.onAdd = () => { L.DomEvent.disableClickPropagation(legend); return legend; };
    legend.hidden = false;
    legend.open = map.getSize().x >= 720;
    control.addTo(map);
    show();
    if (grid) addHover(map, grid, data, state);
    nsp.maps.push({ map: map, state: state, plans: plans, before: before, shown: shown, grid: grid, backdrop: backdrop });
    requestAnimationFrame(() => requestAnimationFrame(() => {
      document.documentElement.dataset.nspReadyMs = Math.round(performance.now());
    }));
  }

  /** Which plan, and what of it: native radio buttons and boxes, so that the keyboard reaches them. */
  function addChoices(map, header, state, grid, backdrop, show) {
    const control = L.control({ position: "topright" }), box = nsp.element("div", "nsp-choices leaflet-bar");
    const group = (title, name, entries) => {
      const set = box.appendChild(nsp.element("fieldset"));
      set.appendChild(nsp.element("legend", "", title));
      for (const [value, text] of entries) {
        const label = set.appendChild(nsp.element("label")), input = document.createElement("input");
        input.type = name === "layers" ? "checkbox" : "radio";
        input.name = "nsp-" + name;
        input.value = String(value);
        input.checked = name === "layers" ? state[value] : state[name] === value;
        input.addEventListener("change", () => {
          if (name === "layers") state[value] = input.checked;
          else state[name] = value;
          show();
        });
        label.append(input, document.createTextNode(" " + text));
      }
    };
    if (header.others.length > 1) group("Vergeleken met A", "other", header.others.map((other, n) => [n, other.title]));
    group("Op de kaart", "view", [["difference", "Wat er verandert"], ["before", "Vóór: " + header.reference],
      ["after", header.others.length > 1 ? "Na: het andere plan" : "Na: " + header.others[0].title]]);
    group("Lagen", "layers", [...(grid ? [["squares", "Vierkanten"]] : []), ["flows", "Lijnen van wie wisselt"],
      ...(backdrop ? [["backdrop", "Water en wegen"]] : [])]);
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    control.onAdd = () => box;
    control.addTo(map);
  }

  /** Squares in groups of one look; a look is a colour, and hatched where `hatched` says so. */
  const Groups = nsp.CanvasLayer.extend({
    initialize: function (grid, groups) {
      this.groups = groups;
      nsp.CanvasLayer.prototype.initialize.call(this, grid, { pane: "nsp-squares" });
    },
    paint: function (ctx, bounds) {
      const grid = this.grid, side = grid.webSide * this.perMetre, size = Math.max(2, Math.ceil(side));
      for (const group of this.groups) {
        ctx.fillStyle = group.hatched ? hatch(ctx, group.colour) : group.colour;
        for (const i of group.squares) {
          const x = grid.webX[i] * this.perMetre + this.shiftX - size / 2;
          const y = this.shiftY - grid.webY[i] * this.perMetre - size / 2;
          if (x + size < bounds.min.x || x > bounds.max.x || y + size < bounds.min.y || y > bounds.max.y) continue;
          ctx.fillRect(Math.round(x), Math.round(y), size, size);
        }
      }
    },
  });

  function hatch(ctx, colour) {
    const tile = document.createElement("canvas"), side = 4;
    tile.width = tile.height = side;
    const pen = tile.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, side, side);
    pen.strokeStyle = colour;
    pen.lineWidth = 1.6;
    pen.beginPath();
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift, side);
      pen.lineTo(shift + side, 0);
    }
    pen.stroke();
    return ctx.createPattern(tile, "repeat");
  }

  /** Sites that stay, come and go, who goes elsewhere, and the plan as it is after. */
  function plan(header, other, grid, number, lines) {
    const went = new Set(other.went), most = other.flows.reduce((top, flow) => Math.max(top, flow[2]), 1);
    const flows = L.layerGroup(other.flows.map(([from, to, persons, text]) => L.polyline([from, to], { renderer: lines,
      pane: "nsp-flows", color: FLOW, opacity: 0.7, weight: 1 + 6 * Math.sqrt(persons / most) })
      .bindTooltip(nsp.element("span", "", text))));
    const signs = L.layerGroup();
    for (const [id, [at, role, name, gemeente]] of Object.entries(header.stayed)) {
      if (!went.has(id)) sign(at, role, "stayed", name, gemeente, "").addTo(signs);
    }
    for (const [at, role, change, name, where, persons] of other.changed) {
      sign(at, role, change, name, where, persons).addTo(signs);
    }
    const after = L.layerGroup(other.after.map((site) => open(site)));
    const result = { flows: flows, signs: signs, after: after, moved: null, near: [null, null] };
    if (grid) {
      result.moved = new Groups(grid, moved(grid.columns, number));
      result.near = [new Groups(grid, byDistance(grid, 0)), new Groups(grid, byDistance(grid, number))];
    }
    return result;
  }

  /** Squares that go elsewhere or walk another distance: nearer, farther, or as far to another site. */
  function moved(columns, number) {
    const groups = [{ colour: NEARER, squares: [] }, { colour: FARTHER, hatched: true, squares: [] }, { colour: OTHER, squares: [] }];
    for (let i = 0; i < columns.persons.length; i++) {
      const kind = change(columns, number, i);
      if (kind >= 0) groups[kind].squares.push(i);
    }
    return groups;
  }

  /** 0 nearer, 1 farther, 2 elsewhere and as far, -1 nothing. A square without a site is farther than any other. */
  function change(columns, number, i) {
    const from = columns.site_0[i], to = columns["site_" + number][i];
    const metres = (site, column) => (site === nsp.NO_SITE ? Infinity : column[i]);
    const before = metres(from, columns.metres_0), after = metres(to, columns["metres_" + number]);
    if (before === after) return from === to ? -1 : 2;
    return after < before ? 0 : 1;
  }

  function byDistance(grid, number) {
    const { columns, header } = grid, breaks = header.distance_breaks_m;
    const groups = header.distance_colours.map((colour) => ({ colour: colour, squares: [] }));
    for (let i = 0; i < columns.persons.length; i++) {
      const none = columns["site_" + number][i] === nsp.NO_SITE, metres = columns["metres_" + number][i];
      let k = none ? breaks.length : 0;
      while (!none && k < breaks.length && metres >= breaks[k]) k++;
      groups[k].squares.push(i);
    }
    return groups;
  }

  /** What a square says: where its people went, and where they go now. */
  function addHover(map, grid, data, state) {
    const tooltip = L.tooltip({ className: "nsp-hover", direction: "top", offset: [0, -6], opacity: 1 });
    const { columns, header } = data;
    const where = (number, i) => {
      const site = columns["site_" + number][i];
      return site === nsp.NO_SITE ? "geen L-NSP" : header.site_names[site] + ", " + nsp.number(columns["metres_" + number][i]) + " m";
    };
    const text = (i) => {
      const box = nsp.element("div", "nsp-square");
      box.appendChild(nsp.element("strong", "", nsp.number(columns.persons[i]) + (columns.persons[i] === 1 ? " inwoner" : " inwoners")));
      box.appendChild(nsp.element("span", "", "Vóór: " + where(0, i)));
      box.appendChild(nsp.element("span", "", "Na: " + where(state.other + 1, i)));
      return box;
    };
    map.on("mousemove", (event) => {
      const target = event.originalEvent.target;
      const busy = target.closest && target.closest(".nsp-sign, .leaflet-control, .leaflet-interactive");
      const i = busy ? -1 : grid.at(event.latlng);
      if (i < 0) return map.closeTooltip(tooltip);
      tooltip.setContent(text(i)).setLatLng(event.latlng);
      if (!map.hasLayer(tooltip)) map.openTooltip(tooltip);
    });
    map.on("mouseout zoomstart", () => map.closeTooltip(tooltip));
    map.on("click", (event) => {
      const i = grid.at(event.latlng);
      if (i >= 0) L.popup({ className: "nsp-popup", maxWidth: 300 }).setLatLng(event.latlng).setContent(text(i)).openOn(map);
    });
  }

  /** A site of one plan, as it is: filled, with its letter. */
  function open([at, role, name, where, persons]) {
    const letter = role === "lnsp" ? "M9.2 7v9.4h6" : "M15.8 8.6a4.6 4.6 0 1 0 0 6.8";
    const colour = role === "lnsp" ? "#c43e00" : "#14324f";
    const shape = (role === "lnsp" ? '<circle cx="12" cy="12" r="10"' : '<rect x="2" y="2" width="20" height="20"') +
      ' fill="' + colour + '" stroke="#fff" stroke-width="1.5"/>';
    return marker(at, shape + '<path d="' + letter + '" fill="none" stroke="#fff" stroke-width="2.3"/>', 17, role, "", name,
      where, persons);
  }

  function sign(at, role, change, name, where, persons) {
    const colour = change === "came" ? CAME : change === "went" ? WENT : STAYED;
    const fill = change === "came" ? CAME : "#ffffff", size = change === "stayed" ? 11 : 19;
    const shape = role === "lnsp"
      ? '<circle cx="12" cy="12" r="10" fill="' + fill + '" stroke="' + colour + '" stroke-width="2.5"/>'
      : '<rect x="2" y="2" width="20" height="20" fill="' + fill + '" stroke="' + colour + '" stroke-width="2.5"/>';
    const inside = change === "came" ? '<path d="M12 6v12M6 12h12" stroke="#fff" stroke-width="2.6"/>'
      : change === "went" ? '<path d="M5 5l14 14M19 5L5 19" stroke="' + WENT + '" stroke-width="3.2"/>' : "";
    const what = { came: "komt erbij", went: "vervalt", stayed: "blijft" }[change];
    return marker(at, shape + inside, size, role, what, name, where, persons);
  }

  function marker(at, drawing, size, role, what, name, where, persons) {
    const title = nsp.element("span");
    title.appendChild(nsp.element("strong", "", name));
    const kind = (role === "lnsp" ? "L-NSP" : "C-NSP") + (what ? ", " + what : "");
    for (const text of [kind, where, persons]) {
      if (text) { title.appendChild(document.createElement("br")); title.appendChild(document.createTextNode(text)); }
    }
    // The tables under the map reach every site by keyboard, without a hundred tab stops here.
    return L.marker(at, { keyboard: false, zIndexOffset: what && what !== "blijft" ? 1000 : 0,
      icon: L.divIcon({ className: "nsp-sign", iconSize: [size, size],
        html: '<svg viewBox="0 0 24 24" width="' + size + '" height="' + size + '" aria-hidden="true">' + drawing + "</svg>" }) })
      .bindTooltip(title);
  }
})(window.nsp);
