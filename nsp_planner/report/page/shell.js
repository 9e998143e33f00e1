/* What every page with a map does. In: a leaflet map, packed data, grid. Out: panes, legend, lines of text on squares. */
(function (nsp) {
  "use strict";

  const PANES = { "nsp-land": 210, "nsp-areas": 220, "nsp-water": 225, "nsp-squares": 230, "nsp-roads": 235,
    "nsp-circumstances": 237, "nsp-borders": 240, "nsp-hover": 245, "nsp-flows": 380, "nsp-lines": 410,
    "nsp-coordination": 415, "nsp-candidates": 420, "nsp-closed": 605, "nsp-labels": 620 };
  // Their layers let the mouse through to what lies below.
  const LOUD_PANES = ["nsp-flows", "nsp-candidates"];

  /** Unpack the data of the page and hand them to `build`; says so where the browser is too old. */
  nsp.unpack = function (options, build) {
    nsp.decode(document.getElementById(options.data).textContent)
      .then(build)
      .catch((error) => {
        document.getElementById(options.message).hidden = false;
        if (typeof DecompressionStream !== "undefined") throw error;
      });
  };

  nsp.addPanes = function (map) {
    for (const [name, z] of Object.entries(PANES)) {
      const style = map.createPane(name).style;
      style.zIndex = z;
      if (!LOUD_PANES.includes(name)) style.pointerEvents = "none";
    }
  };

  /** Two frames: the first is drawn, the second proves that it was shown. */
  nsp.markReady = function () {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      document.documentElement.dataset.nspReadyMs = Math.round(performance.now());
    }));
  };

  /** The legend, written by the page, moves into the map so that it covers nothing else; and the scale. */
  nsp.addLegend = function (map, id) {
    const legend = document.getElementById(id);
    legend.hidden = false;
    legend.open = !nsp.isNarrow(map);
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 140 }).addTo(map);
    nsp.addBox(map, legend, "bottomleft");
  };

  nsp.isNarrow = (map) => map.getSize().x < 720;

  /** An element of the page as a control of the map. */
  nsp.addBox = function (map, box, position) {
    const control = L.control({ position: position });
    control.onAdd = () => {
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    };
    control.addTo(map);
  };

  /** The name of a gemeente on the map. */
  nsp.areaLabel = function (latlng, name) {
    return L.marker(latlng, { pane: "nsp-labels", interactive: false, keyboard: false,
      icon: L.divIcon({ className: "nsp-label", html: nsp.element("span", "", name), iconSize: null }) });
  };

  nsp.inhabitants = (persons) => nsp.number(persons) + (persons === 1 ? " inwoner" : " inwoners");

  /** What a square says, by `text(i)`: by mouse as a tooltip, by tap or click as a pop-up; not over `busy` elements. */
  nsp.addHover = function (map, grid, busy, text) {
    const tooltip = L.tooltip({ className: "nsp-hover", direction: "top", offset: [0, -6], opacity: 1 });
    const outline = L.polygon([], { pane: "nsp-hover", renderer: L.svg({ pane: "nsp-hover" }), color: "#111827", weight: 2,
      fill: false, interactive: false });
    let shown = -1;
    const hide = () => {
      if (shown < 0) return;
      shown = -1;
      map.closeTooltip(tooltip);
      outline.remove();
    };
    map.on("mousemove", (event) => {
      const target = event.originalEvent.target;
      const i = target.closest && target.closest(busy) ? -1 : grid.at(event.latlng);
      if (i < 0) return hide();
      if (i !== shown) {
        shown = i;
        outline.setLatLngs(grid.latLngCorners(i)).addTo(map);
        tooltip.setContent(text(i));
      }
      tooltip.setLatLng(event.latlng);
      if (!map.hasLayer(tooltip)) map.openTooltip(tooltip);
    });
    map.on("mouseout zoomstart", hide);
    map.on("click", (event) => {
      const i = grid.at(event.latlng);
      if (i < 0) return;
      hide();
      L.popup({ className: "nsp-popup", maxWidth: 300, minWidth: 200 }).setLatLng(event.latlng).setContent(text(i)).openOn(map);
    });
  };
})(window.nsp);
