/* The map of a comparison. In: a leaflet map and the id of the packed data. Out: a layer per plan compared. */
(function (nsp) {
  "use strict";

  const CAME = "#0072b2", WENT = "#c43e00", STAYED = "#6b7280", FLOW = "#7a3b8f";

  nsp.startComparison = function (map, options) {
    nsp.decode(document.getElementById(options.data).textContent)
      .then((data) => build(map, data.header, options))
      .catch((error) => {
        document.getElementById(options.message).hidden = false;
        if (typeof DecompressionStream !== "undefined") throw error;
      });
  };

  function build(map, header, options) {
    map.createPane("nsp-land").style.zIndex = 210;
    map.createPane("nsp-flows").style.zIndex = 380;
    map.createPane("nsp-labels").style.zIndex = 620;
    map.getPane("nsp-labels").style.pointerEvents = "none";
    const land = L.svg({ pane: "nsp-land" }), lines = L.svg({ pane: "nsp-flows" });
    const bounds = L.latLngBounds([]);
    for (const area of header.borders) {
      const shape = L.polygon(area.rings, { renderer: land, pane: "nsp-land", color: STAYED, weight: 1.4, fillColor: "#ffffff",
        fillOpacity: 1, interactive: false }).addTo(map);
      bounds.extend(shape.getBounds());
      L.marker(area.label, { pane: "nsp-labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "nsp-label", html: nsp.element("span", "", area.name), iconSize: null }) }).addTo(map);
    }
    map.fitBounds(bounds, { animate: false, padding: [8, 8] });
    const choices = {};
    header.others.forEach((other, n) => {
      const layer = plan(header, other, lines);
      choices[other.title] = layer;
      if (n === 0) layer.addTo(map);
    });
    L.control.layers(choices, null, { collapsed: false }).addTo(map)
      .getContainer().querySelector(".leaflet-control-layers-list").setAttribute("aria-label", "Plan dat met A wordt vergeleken");
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 140 }).addTo(map);
    const legend = document.getElementById(options.legend), control = L.control({ position: "bottomleft" });
    control.onAdd = () => { L.DomEvent.disableClickPropagation(legend); return legend; };
    legend.hidden = false;
    legend.open = map.getSize().x >= 720;
    control.addTo(map);
    nsp.maps.push({ map: map, choices: choices });
    requestAnimationFrame(() => requestAnimationFrame(() => {
      document.documentElement.dataset.nspReadyMs = Math.round(performance.now());
    }));
  }

  /** Sites that stay, come and go, and who goes elsewhere. */
  function plan(header, other, lines) {
    const layer = L.layerGroup(), went = new Set(other.went);
    const most = other.flows.reduce((top, flow) => Math.max(top, flow[2]), 1);
    for (const [from, to, persons, text] of other.flows) {
      L.polyline([from, to], { renderer: lines, pane: "nsp-flows", color: FLOW, opacity: 0.7,
        weight: 1 + 6 * Math.sqrt(persons / most) }).bindTooltip(words(text)).addTo(layer);
    }
    for (const [id, [at, role, name, gemeente]] of Object.entries(header.stayed)) {
      if (!went.has(id)) sign(at, role, "stayed", name, gemeente, "").addTo(layer);
    }
    for (const [at, role, change, name, where, persons] of other.changed) {
      sign(at, role, change, name, where, persons).addTo(layer);
    }
    return layer;
  }

  function sign(at, role, change, name, where, persons) {
    const colour = change === "came" ? CAME : change === "went" ? WENT : STAYED;
    const fill = change === "came" ? CAME : "#ffffff", size = change === "stayed" ? 11 : 19;
    const shape = role === "lnsp"
      ? '<circle cx="12" cy="12" r="10" fill="' + fill + '" stroke="' + colour + '" stroke-width="2.5"/>'
      : '<rect x="2" y="2" width="20" height="20" fill="' + fill + '" stroke="' + colour + '" stroke-width="2.5"/>';
    const inside = change === "came" ? '<path d="M12 6v12M6 12h12" stroke="#fff" stroke-width="2.6"/>'
      : change === "went" ? '<path d="M5 5l14 14M19 5L5 19" stroke="' + WENT + '" stroke-width="3.2"/>' : "";
    const title = nsp.element("span");
    title.appendChild(nsp.element("strong", "", name));
    const what = { came: "komt erbij", went: "vervalt", stayed: "blijft" }[change];
    for (const text of [(role === "lnsp" ? "L-NSP" : "C-NSP") + ", " + what, where, persons]) {
      if (text) { title.appendChild(document.createElement("br")); title.appendChild(document.createTextNode(text)); }
    }
    return L.marker(at, { keyboard: change !== "stayed", alt: name + ", " + what, zIndexOffset: change === "stayed" ? 0 : 1000,
      icon: L.divIcon({ className: "nsp-sign", iconSize: [size, size],
        html: '<svg viewBox="0 0 24 24" width="' + size + '" height="' + size + '" aria-hidden="true">' + shape + inside + "</svg>" }) })
      .bindTooltip(title);
  }

  function words(text) {
    return nsp.element("span", "", text);
  }
})(window.nsp);
