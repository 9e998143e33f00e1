/* The map of a comparison. In: a leaflet map and the id of the packed data. Out: before, after and what differs. */
(function (nsp) {
  "use strict";

  // A few squares that change must show on the map of a region too.
  const LEAST_PX = 2;

  nsp.startComparison = function (map, options) {
    nsp.unpack(options, (data) => build(map, data, options));
  };

  function build(map, data, options) {
    const header = data.header;
    nsp.addPanes(map);
    const land = L.svg({ pane: "nsp-land" }), lines = L.svg({ pane: "nsp-flows" });
    const bounds = L.latLngBounds([]);
    for (const area of header.borders) {
      const shape = L.polygon(area.rings, { renderer: land, pane: "nsp-land", color: header.colours.border, weight: 1.6,
        dashArray: "7 4", fillColor: "#ffffff", fillOpacity: 1, interactive: false }).addTo(map);
      bounds.extend(shape.getBounds());
      nsp.areaLabel(area.label, area.name).addTo(map);
    }
    map.fitBounds(bounds, { animate: false, padding: [8, 8] });
    const projector = header.fit ? nsp.projector(header.fit) : null;
    const grid = projector ? new nsp.Grid(data, projector) : null;
    const backdrop = projector ? nsp.backdrop(data, projector) : null;
    const plans = header.others.map((other, n) => plan(header, other, grid, n + 1, lines));
    const state = { other: 0, view: "difference", squares: true, flows: true, backdrop: true };
    const before = L.layerGroup(header.before.map((site) => open(header, site)));
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
    nsp.addLegend(map, options.legend);
    show();
    if (grid) nsp.addHover(map, grid, ".nsp-sign, .leaflet-control, .leaflet-interactive", (i) => squareText(i, data, state));
    nsp.maps.push({ map: map, state: state, plans: plans, before: before, shown: shown, grid: grid, backdrop: backdrop });
    nsp.markReady();
  }

  /** Which plan, and what of it: native radio buttons and boxes, so that the keyboard reaches them. */
  function addChoices(map, header, state, grid, backdrop, show) {
    const box = nsp.element("div", "nsp-choices leaflet-bar");
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
    nsp.addBox(map, box, "topright");
  }

  /** Sites that stay, come and go, who goes elsewhere, and the plan as it is after. */
  function plan(header, other, grid, number, lines) {
    const went = new Set(other.went), most = other.flows.reduce((top, flow) => Math.max(top, flow[2]), 1);
    const flows = L.layerGroup(other.flows.map(([from, to, persons, text]) => L.polyline([from, to], { renderer: lines,
      pane: "nsp-flows", color: header.colours.flow, opacity: 0.7, weight: 1 + 6 * Math.sqrt(persons / most) })
      .bindTooltip(nsp.element("span", "", text))));
    const signs = L.layerGroup();
    for (const [id, [at, role, name, gemeente]] of Object.entries(header.stayed)) {
      if (!went.has(id)) sign(header, at, role, "stayed", name, gemeente, "").addTo(signs);
    }
    for (const [at, role, change, name, where, persons] of other.changed) {
      sign(header, at, role, change, name, where, persons).addTo(signs);
    }
    const after = L.layerGroup(other.after.map((site) => open(header, site)));
    const result = { flows: flows, signs: signs, after: after, moved: null, near: [null, null] };
    if (grid) {
      result.moved = new nsp.Squares(grid, header.square_looks, (i) => change(grid.columns, number, i, header.same_m), LEAST_PX);
      result.near = [0, number].map((n) =>
        nsp.distanceSquares(grid, grid.columns["site_" + n], grid.columns["metres_" + n], LEAST_PX));
    }
    return result;
  }

  /** 0 nearer, 1 farther, 2 elsewhere and as far, -1 nothing. A square without a site is farther than any other. */
  function change(columns, number, i, sameM) {
    const from = columns.site_0[i], to = columns["site_" + number][i];
    const metres = (site, column) => (site === nsp.NO_SITE ? Infinity : column[i]);
    const before = metres(from, columns.metres_0), after = metres(to, columns["metres_" + number]);
    if (before === after || Math.abs(after - before) < sameM) return from === to ? -1 : 2;
    return after < before ? 0 : 1;
  }

  /** What a square says: where its people went, and where they go now. */
  function squareText(i, data, state) {
    const { columns, header } = data;
    const where = (number) => {
      const site = columns["site_" + number][i];
      return site === nsp.NO_SITE ? "geen L-NSP" : header.site_names[site] + ", " + nsp.number(columns["metres_" + number][i]) + " m";
    };
    const box = nsp.element("div", "nsp-square");
    box.appendChild(nsp.element("strong", "", nsp.inhabitants(columns.persons[i])));
    box.appendChild(nsp.element("span", "", "Vóór: " + where(0)));
    box.appendChild(nsp.element("span", "", "Na: " + where(state.other + 1)));
    return box;
  }

  /** A site of one plan, as it is: filled, with its letter. */
  function open(header, [at, role, name, where, persons]) {
    return marker(at, header.signs[role], 17, "nsp-" + role, [name, header.roles[role], where, persons]);
  }

  /** A site that stays, comes or goes; round for an L-NSP, square for a C-NSP. */
  function sign(header, at, role, change, name, where, persons) {
    const { colour, text } = header.changes[change], came = change === "came";
    const shape = (role === "lnsp" ? '<circle cx="12" cy="12" r="10"' : '<rect x="2" y="2" width="20" height="20"') +
      ' fill="' + (came ? colour : "#ffffff") + '" stroke="' + colour + '" stroke-width="2.5"/>';
    const inside = came ? '<path d="M12 6v12M6 12h12" stroke="#fff" stroke-width="2.6"/>'
      : change === "went" ? '<path d="M5 5l14 14M19 5L5 19" stroke="' + colour + '" stroke-width="3.2"/>' : "";
    const drawing = '<svg viewBox="0 0 24 24" aria-hidden="true">' + shape + inside + "</svg>", stays = change === "stayed";
    return marker(at, drawing, stays ? 11 : 19, "", [name, header.roles[role] + ", " + text, where, persons], stays ? 0 : 1000);
  }

  function marker(at, drawing, size, className, [name, ...lines], above) {
    const title = nsp.element("span");
    title.appendChild(nsp.element("strong", "", name));
    for (const text of lines.filter(Boolean)) title.append(document.createElement("br"), document.createTextNode(text));
    // The tables under the map reach every site by keyboard, without a hundred tab stops here.
    return L.marker(at, { keyboard: false, zIndexOffset: above || 0,
      icon: L.divIcon({ className: "nsp-sign " + className, iconSize: [size, size], html: drawing }) }).bindTooltip(title);
  }
})(window.nsp);
