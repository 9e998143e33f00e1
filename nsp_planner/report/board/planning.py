"""The planning in the board report. In: the phases of a plan. Out: sentences and a table; None without phases."""

from __future__ import annotations

from typing import Any

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.report.paper.document import table
from nsp_planner.report.text.dutch import euro_range_nl, number_nl, percent_nl


def planning(evaluation: Evaluation) -> dict[str, Any] | None:
    """``text`` (sentences) and ``table`` (a row per year)."""
    phases = evaluation.phases
    if phases is None:
        return None
    every = [*evaluation.lnsps["site_id"].astype(str), *evaluation.cnsps["site_id"].astype(str)]
    n_opening = phases.n_opening(every)
    text = [
        f"{_when(phases, len(every), n_opening)} Wat open is, blijft open, en een L-NSP gaat nooit open zonder zijn "
        "C-NSP.",
        "Er is nog geen kostenonderzoek: de bedragen zijn een eigen raming, met een laagste en een hoogste waarde.",
    ]
    columns = ("Jaar", "L-NSP's open", "C-NSP's open", "Inwoners met een open L-NSP binnen de maat", "Eenmalig (euro)",
               "Per jaar (euro)")  # fmt: skip
    rows = [
        (
            str(row["year"]),
            f"{number_nl(row['n_lnsp'])} (+{number_nl(row['n_lnsp_new'])})",
            f"{number_nl(row['n_cnsp'])} (+{number_nl(row['n_cnsp_new'])})",
            f"{number_nl(row['nearest_within_norm_persons'])} ({percent_nl(share, 0)})",
            euro_range_nl(row["once_low_eur"], row["once_high_eur"]),
            euro_range_nl(row["per_year_low_eur"], row["per_year_high_eur"]),
        )
        for row, share in zip(phases.per_phase.to_dict("records"), phases.nearest_within_norm_share, strict=True)
    ]
    return {"text": text, "table": table("Stand aan het eind van elk jaar", columns, rows, columns[1:])}


def _when(phases: PhasePlan, n: int, n_opening: int) -> str:
    """What opens in the first year, and when all of the ``n`` are open; ``n_opening`` do within the years."""
    first, last = phases.years[0], phases.years[-1]
    n_first = len(phases.opened_in(first))
    if n_first == n:
        return f"In {first} gaan alle {number_nl(n)} noodsteunpunten open."
    if n_first == 0:
        opened = f"In {first} gaat er nog geen noodsteunpunt open."
    elif n_first == 1:
        opened = f"In {first} gaat het eerste noodsteunpunt open."
    else:
        opened = f"In {first} gaan de eerste {number_nl(n_first)} noodsteunpunten open."
    if n_opening < n:
        still = (
            f"Eind {last} zijn er {number_nl(n_opening)} van de {number_nl(n)} open; voor de andere is er binnen deze"
        )
        return f"{opened} {still} jaren geen geld of ruimte."
    return f"{opened} Eind {phases.last_opening} zijn alle {number_nl(n)} open."
