"""The phases of a plan on its map. In: a plan, its phases, the numbering of sites. Out: header, a column, a table.

Whoever has an open L-NSP within the norm of their area type counts, full or not: that is what a reader sees when the
map colours who still waits. The table gives what the phases themselves say beside it.
"""

from __future__ import annotations

from typing import Any

from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.view import View
from nsp_planner.names import inhabitants_nl, lnsps_nl
from nsp_planner.report.map.tables import Column, Row, Table
from nsp_planner.report.text.dutch import euro_range_nl, number_nl, percent_nl


def phase_header(view: View, phases: PhasePlan, site_ids: list[str]) -> dict[str, Any]:
    """What the slider shows: the years, the phase of every site on the map, and a sentence per year."""
    n_lnsp, n_cnsp = len(view.tables.lnsps), len(view.tables.cnsps)
    texts = [
        f"{number_nl(now.n_lnsp)} van {lnsps_nl(n_lnsp)} en {number_nl(now.n_cnsp)} van {number_nl(n_cnsp)} "
        f"C-NSP's open; {inhabitants_nl(now.within_norm_persons)} ({percent_nl(now.within_norm_share, 0)}) "
        "met een open L-NSP binnen de norm"
        for now in view.open_per_phase
    ]
    return {"years": list(phases.years), "of_site": phases.phase_of(site_ids), "texts": texts}


def phase_table(phases: PhasePlan) -> Table:
    """The phases as a table, for readers who cannot use the map."""
    rows = []
    for row in phases.per_phase.to_dict("records"):
        once = euro_range_nl(row["once_low_eur"], row["once_high_eur"])
        per_year = euro_range_nl(row["per_year_low_eur"], row["per_year_high_eur"])
        rows.append(
            Row(
                (
                    str(row["year"]),
                    f"{number_nl(row['n_lnsp'])} (+{number_nl(row['n_lnsp_new'])})",
                    f"{number_nl(row['n_cnsp'])} (+{number_nl(row['n_cnsp_new'])})",
                    number_nl(row["within_norm_persons"]),
                    percent_nl(row["share_within_norm"]),
                    number_nl(row["nearest_within_norm_persons"]),
                    once,
                    per_year,
                )
            )
        )
    columns = (
        Column("Jaar"),
        Column("L-NSP's open (erbij)", number=True),
        Column("C-NSP's open (erbij)", number=True),
        Column("Inwoners met plaats binnen de norm", number=True),
        Column("Deel van de inwoners", number=True),
        Column("Inwoners met een open L-NSP binnen de norm", number=True),
        Column("Kosten eenmalig", number=True),
        Column("Kosten per jaar", number=True),
    )
    caption = "Een locatie die open is, blijft open. Stand aan het eind van elk jaar; kosten als bandbreedte in euro's."
    return Table("tabel-fasering", "Fasering", caption, columns, tuple(rows))
