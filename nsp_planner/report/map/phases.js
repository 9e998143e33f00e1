/* Phases of a plan: a slider over the years. In: data, sites, grid. Out: sites of later years hollow, who waits in colour. */
(function (nsp) {
  "use strict";

  /** Squares that have no open L-NSP within their norm in the year shown. */
  const Waiting = nsp.Squares.extend({
    initialize: function (grid, options) {
      nsp.Squares.prototype.initialize.call(this, grid, { ...options, beyond: true });
      this.show(options.phase);
    },
    show: function (phase) {
      const first = this.grid.columns.norm_phase;
      this.groups = [[]];
      for (let i = 0; i < this.grid.n; i++) {
        if (first[i] > phase) this.groups[0].push(i);
      }
      if (this._map) this._redraw();
    },
  });

  /** Wires the slider of the page; returns null where the plan has no phases. */
  nsp.addPhases = function (map, data, sites, grid) {
    const bar = document.getElementById("nsp-phases"), phases = data.header.phases;
    if (!bar || !phases) return null;
    const slider = bar.querySelector("input[type=range]"), year = bar.querySelector(".nsp-phase-year");
    const facts = bar.querySelector(".nsp-phase-facts"), box = bar.querySelector("input[type=checkbox]");
    const last = phases.years.length - 1;
    const waiting = new Waiting(grid, { pane: "nsp-squares", phase: last });
    const show = () => {
      const phase = Number(slider.value);
      year.textContent = slider.ariaValueText = String(phases.years[phase]);
      slider.setAttribute("aria-valuetext", phases.years[phase] + ": " + phases.texts[phase]);
      facts.textContent = phases.texts[phase];
      sites.setPhase(phase);
      waiting.show(phase);
    };
    slider.addEventListener("input", show);
    box.addEventListener("change", () => {
      if (box.checked) waiting.addTo(map);
      else waiting.remove();
    });
    if (box.checked) waiting.addTo(map);
    bar.hidden = false;
    map.invalidateSize({ animate: false, pan: false });
    show();
    return { waiting: waiting, slider: slider, show: show };
  };
})(window.nsp);
