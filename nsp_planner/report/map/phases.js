/* Phases of a plan: a slider over the years. In: data, sites, grid. Out: sites of later years hollow, who waits in colour. */
(function (nsp) {
  "use strict";

  /** Wires the slider of the page; returns null where the plan has no phases. */
  nsp.addPhases = function (map, data, sites, grid) {
    const bar = document.getElementById("nsp-phases"), phases = data.header.phases;
    if (!bar || !phases) return null;
    const slider = bar.querySelector("input[type=range]"), year = bar.querySelector(".nsp-phase-year");
    const facts = bar.querySelector(".nsp-phase-facts"), box = bar.querySelector("input[type=checkbox]");
    const last = phases.years.length - 1;
    const first = grid.columns.norm_phase, waits = (phase) => (i) => (first[i] > phase ? 0 : -1);
    // Who has no open L-NSP within the norm in the year shown.
    const waiting = new nsp.Squares(grid, [{ colour: data.header.colours.beyond }], waits(last));
    const show = () => {
      const phase = Number(slider.value);
      year.textContent = slider.ariaValueText = String(phases.years[phase]);
      slider.setAttribute("aria-valuetext", phases.years[phase] + ": " + phases.texts[phase]);
      facts.textContent = phases.texts[phase];
      sites.setPhase(phase);
      waiting.sort(waits(phase));
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
