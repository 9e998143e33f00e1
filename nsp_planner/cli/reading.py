"""What the lists say that a planner must know. In: layers. Out: lines on a console, or a dict."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from nsp_planner.evaluate.sites.unfit import unfit_counts
from nsp_planner.layers.tables import Layers

MAX_OF_ONE_KIND = 3
"""Notes on single rows of one list that are shown; the sheet Opmerkingen has them all."""


def print_reading(console: Console, layers: Layers) -> None:
    """Buildings that a rule left out, and what was noted of the lists, a line each."""
    counts = unfit_counts(layers)
    if counts:
        told = ", ".join(f"{each.rule} {each.n_buildings}" for each in counts)
        n_buildings = sum(each.n_buildings for each in counts)
        be = "building is no candidate" if n_buildings == 1 else "buildings are no candidates"
        console.print(
            f"{n_buildings} {be} by rule: {told} (sheet Ongeschikt of a run; [eligibility] off switches a rule off).",
            markup=False,
        )
    shown = _shown(layers)
    if shown:
        console.print("Noted while reading:")
    for line in shown:
        console.print(f"  {line}", markup=False, soft_wrap=True)


def reading_as_dict(layers: Layers) -> dict[str, Any]:
    """The same for ``--json``: every note."""
    return {
        "unfit": {each.rule: each.n_buildings for each in unfit_counts(layers)},
        "notes": layers.notes.to_dict("records"),
    }


def _shown(layers: Layers) -> list[str]:
    lines = []
    for layer, notes in layers.notes.groupby("layer", sort=False):
        of_rows = notes["row_id"] != ""
        lines += [f"{layer}: {note}" for note in notes["note"][~of_rows]]
        single = notes[of_rows]
        lines += [
            f"{layer}: {name} ({row_id}): {note}"
            for name, row_id, note in single[["name", "row_id", "note"]].head(MAX_OF_ONE_KIND).itertuples(index=False)
        ]
        if len(single) > MAX_OF_ONE_KIND:
            lines.append(f"{layer}: {len(single) - MAX_OF_ONE_KIND} more of such rows (sheet Opmerkingen of a run)")
    return lines
