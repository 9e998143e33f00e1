/* The map of a plan. In: a leaflet map, the id of the packed data and the background layer. Out: all layers and controls. */
(function (nsp) {
  "use strict";

  nsp.start = function (map, options) {
    const started = performance.now();
    nsp.unpack(options, (data) => build(map, data, options, started));
  };

  function build(map, data, options, started) {
    const { header } = data, projector = nsp.projector(header.fit);
    nsp.addPanes(map);
    const grid = new nsp.Grid(data, projector);
    const gemeenten = addGemeenten(map, data, projector, options.background);
    map.fitBounds(gemeenten.bounds, { animate: false, padding: [8, 8] });
    const layers = {
      squares: nsp.populationSquares(grid),
      areas: new nsp.Areas(grid, { pane: "nsp-areas", land: gemeenten.rings }),
      beyond: new nsp.Squares(grid, [{ colour: header.colours.beyond }],
        (i) => (grid.columns.flags[i] & header.flags.beyond ? 0 : -1)),
      second: nsp.distanceSquares(grid, grid.columns.second, grid.columns.second_m),
      borders: gemeenten.layer,
    };
    map.getPane("nsp-areas").style.opacity = 0.6;
    const sites = new nsp.Sites(data, grid, map, projector);
    layers.backdrop = nsp.backdrop(data, projector);
    if (layers.backdrop) layers.backdrop.addTo(map);
    const hazardLayers = nsp.circumstances(data, projector), hazards = {};
    for (const [key, { title, layer }] of Object.entries(hazardLayers)) {
      layers[key] = hazards[title] = layer;
      layer.addTo(map);
    }
    for (const layer of [layers.borders, layers.areas, layers.squares, sites.coordinationLayer, sites.lnspLayer,
      sites.cnspLayer]) layer.addTo(map);
    const overlays = {
      "L-NSP's": sites.lnspLayer,
      "C-NSP's": sites.cnspLayer,
      "Lijnen L-NSP naar C-NSP": sites.coordinationLayer,
      "Inwoners per vierkant": layers.squares,
      "Inwoners buiten de norm": layers.beyond,
      "Afstand tot het tweede L-NSP": layers.second,
      "Verzorgingsgebieden": layers.areas,
      ...hazards,
      "Kandidaten (niet gekozen)": sites.candidateLayer,
      ...(header.unfit.length ? { "Geen kandidaat (door een regel)": sites.unfitLayer } : {}),
      "Gemeentegrenzen": layers.borders,
      ...(layers.backdrop ? { "Water en wegen": layers.backdrop } : {}),
      "Achtergrondkaart (internet nodig)": options.background,
    };
    const control = L.control.layers(null, overlays, { collapsed: nsp.isNarrow(map), sortLayers: false }).addTo(map);
    control.getContainer().querySelector(".leaflet-control-layers-toggle").title = "Kaartlagen";
    control.getContainer().querySelector(".leaflet-control-layers-list").setAttribute("aria-label", "Kaartlagen");
    nsp.addLegend(map, options.legend);
    const search = addSearch(map, sites, header, gemeenten, projector);
    nsp.addHover(map, grid, ".nsp-site, .leaflet-control, .leaflet-popup", (i) => squareText(i, grid, sites));
    addTableButtons(map, sites);
    nsp.addPrinting(map, gemeenten.bounds);
    const phases = nsp.addPhases(map, data, sites, grid);
    followLayers(map, { ...layers, candidates: sites.candidateLayer, unfit: sites.unfitLayer,
      coordination: sites.coordinationLayer });
    zoomClass(map);
    map.on("zoomend", () => zoomClass(map));
    const entry = { map: map, layers: layers, sites: sites, grid: grid, search: search, overlays: overlays,
      phases: phases, startedMs: started };
    nsp.maps.push(entry);
    nsp.markReady();
  }

  /** A part of the legend is there while its layer is. */
  function followLayers(map, layers) {
    const parts = document.querySelectorAll("[data-nsp-for]");
    const follow = () => parts.forEach((part) => {
      part.hidden = !layers[part.dataset.nspFor] || !map.hasLayer(layers[part.dataset.nspFor]);
    });
    map.on("overlayadd overlayremove layeradd layerremove", (event) => {
      if (event.type.startsWith("overlay") || Object.values(layers).includes(event.layer)) follow();
    });
    follow();
  }

  function zoomClass(map) {
    const zoom = map.getZoom(), box = map.getContainer();
    box.classList.toggle("nsp-far", zoom < 11);
    box.classList.toggle("nsp-near", zoom >= 13);
  }

  /** Land, borders and names of the gemeenten from own data, so that there is a background without internet. */
  function addGemeenten(map, data, projector, background) {
    const { header, columns } = data, step = header.step_m, fit = header.fit;
    const layer = L.layerGroup(), land = L.svg({ pane: "nsp-land" }), lines = L.svg({ pane: "nsp-borders" });
    const bounds = L.latLngBounds([]), byName = [], webRings = [];
    let ring = 0, vertex = 0;
    const fills = [];
    for (const gemeente of header.gemeenten) {
      const rings = [];
      for (let k = 0; k < gemeente.rings; k++, ring++) {
        let x = 0, y = 0;
        const points = [], web = [];
        for (let i = 0; i < columns.ring_length[ring]; i++, vertex++) {
          x += columns.ring_x[vertex];
          y += columns.ring_y[vertex];
          web.push(projector.toWeb(fit.origin_m[0] + x * step, fit.origin_m[1] + y * step));
          points.push(L.Projection.SphericalMercator.unproject(L.point(web[i][0], web[i][1])));
        }
        rings.push(points);
        webRings.push(web);
      }
      const fill = L.polygon(rings, { renderer: land, pane: "nsp-land", stroke: false, fillColor: "#ffffff", fillOpacity: 1,
        interactive: false });
      fills.push(fill.addTo(layer));
      L.polygon(rings, { renderer: lines, pane: "nsp-borders", fill: false, color: header.colours.border, weight: 1.7,
        interactive: false }).addTo(layer);
      nsp.areaLabel(projector.toLatLng(gemeente.label[0], gemeente.label[1]), gemeente.name).addTo(layer);
      bounds.extend(fill.getBounds());
      byName.push({ name: gemeente.name, bounds: fill.getBounds() });
    }
    const show = (opacity) => () => fills.forEach((fill) => fill.setStyle({ fillOpacity: opacity }));
    background.on("add", show(0)).on("remove", show(1));
    return { layer: layer, bounds: bounds, byName: byName, rings: webRings };
  }

  /** Search by name of a site, place or gemeente. */
  function addSearch(map, sites, header, gemeenten, projector) {
    const box = nsp.element("div", "nsp-search leaflet-bar"), list = nsp.element("datalist");
    const targets = new Map();
    const add = (label, go) => {
      let text = label;
      for (let n = 2; targets.has(text); n++) text = label + " (" + n + ")";
      targets.set(text, go);
      const option = list.appendChild(document.createElement("option"));
      option.value = text;
    };
    gemeenten.byName.forEach((g) => add("Gemeente " + g.name, () => map.fitBounds(g.bounds, { animate: false })));
    for (const [name, x, y] of header.places) {
      add("Plaats " + name, () => map.setView(projector.toLatLng(x, y), 13.5, { animate: false }));
    }
    for (let n = 0; n < sites.latlng.length; n++) {
      const record = sites.record(n);
      add(record.name + " – " + sites.label(n) + ", " + record.gemeente, () => sites.goTo(n, true));
    }
    list.id = "nsp-names-" + nsp.maps.length;
    const label = nsp.element("label", "nsp-hidden", "Zoek gebouw, plaats of gemeente"), input = document.createElement("input");
    input.id = label.htmlFor = "nsp-search-" + nsp.maps.length;
    input.type = "search";
    input.placeholder = "Zoek gebouw, plaats of gemeente";
    input.setAttribute("list", list.id);
    input.autocomplete = "off";
    const message = nsp.element("span", "nsp-search-message");
    message.setAttribute("role", "status");
    const find = () => {
      const text = input.value.trim().toLowerCase();
      message.textContent = "";
      if (!text) return;
      const names = Array.from(targets.keys());
      const name = names.find((t) => t.toLowerCase() === text) || names.find((t) => t.toLowerCase().startsWith(text)) ||
        names.find((t) => t.toLowerCase().includes(text));
      if (name) targets.get(name)();
      else message.textContent = "Niets gevonden";
    };
    input.addEventListener("change", find);
    box.append(label, input, list, message);
    nsp.addBox(map, box, "topleft");
    return input;
  }

  /** Whether some of the people of a square that is divided go no farther than the norm. */
  function partly(i, c) {
    return c.shared_square.some((square, k) => square === i && !c.shared_beyond[k]);
  }

  /** What a square says: persons, its L-NSP and how far. */
  function squareText(i, grid, sites) {
    const c = grid.columns, box = nsp.element("div", "nsp-square");
    const flag = grid.header.flags, area = c.flags[i] & flag.buitengebied ? "buitengebied" : "kern";
    box.appendChild(nsp.element("strong", "", nsp.inhabitants(c.persons[i]) + ", " + area));
    const line = (text, className) => box.appendChild(nsp.element("span", className || "", text));
    const wet = c.flags[i] & flag.under_water;
    if (wet) line("Ligt onder water", "nsp-beyond");
    if (c.flags[i] & flag.no_power) line("Zit zonder stroom");
    if (c.site[i] === nsp.NO_SITE) {
      line(wet ? "Te evacueren: geen L-NSP in dit plan" : "Geen L-NSP binnen bereik", "nsp-beyond");
      return box;
    }
    line("L-NSP: " + sites.record(c.site[i]).name);
    const beyond = c.flags[i] & flag.beyond;
    line("Loopafstand: " + nsp.number(c.distance_m[i]) + " m" +
      (beyond ? (partly(i, c) ? ", deels verder dan de norm" : ", verder dan de norm") : ""), beyond ? "nsp-beyond" : "");
    for (let k = 0; k < c.shared_square.length; k++) {
      if (c.shared_square[k] !== i) continue;
      line(nsp.number(c.shared_persons[k]) + " naar " + sites.record(c.shared_site[k]).name);
    }
    if (c.nearest[i] !== nsp.NO_SITE && c.nearest[i] !== c.site[i]) {
      line("Dichterbij: " + sites.record(c.nearest[i]).name + ", " + nsp.number(c.nearest_m[i]) + " m");
    }
    if (c.second[i] !== nsp.NO_SITE && c.second[i] !== c.site[i]) {
      line("Tweede L-NSP: " + sites.record(c.second[i]).name + ", " + nsp.number(c.second_m[i]) + " m");
    }
    return box;
  }

  function addTableButtons(map, sites) {
    for (const button of document.querySelectorAll("button[data-nsp-site]")) {
      button.addEventListener("click", () => {
        map.getContainer().scrollIntoView({ block: "center" });
        sites.goTo(Number(button.dataset.nspSite), true);
      });
    }
  }
})(window.nsp);
