"""Noodsteunpunten per place. In: an evaluation and the run. Out: a table, as workbook and CSV."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.residents.parts import Part
from nsp_planner.report.columns.column import list_table
from nsp_planner.report.columns.places import PLACES
from nsp_planner.report.list.table import write_candidate_csv
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.dutch import note_nl
from nsp_planner.report.workbook.book import says_of, write_tables_workbook

LIST_CSV = OutputFile("noodsteunpunten-per-plaats.csv", "Per plaats de noodsteunpunten met afstand (CSV)")
LIST_EXCEL = OutputFile(
    "noodsteunpunten-per-plaats.xlsx", "Per plaats de noodsteunpunten met afstand, voor wijkagent en partners (Excel)"
)


def place_list(evaluation: Evaluation, parts: Sequence[Part], only: Collection[str] | None = None) -> pd.DataFrame:
    """A row per part and noodsteunpunt, nearest use first; ``only`` keeps the sites with these ids.

    A part without any L-NSP has one row without a name, so that nobody is left out of the list.
    """
    sites = evaluation.layers.sites.set_index("site_id")
    rows = []
    for part in parts:
        destinations = [(n, d) for n, d in ((1, part.first), (2, part.second)) if d is not None]
        kept = [(n, d) for n, d in destinations if only is None or d.site_id in only]
        base = {"gemeente": part.gemeente, "place": part.place, "part": part.name, "persons": part.persons}
        for n, d in kept:
            site = sites.loc[d.site_id]
            rows.append(
                {
                    **base,
                    "choice": n,
                    "name": d.name,
                    "kind": site["kind"],
                    "address": site["address"],
                    "site_place": site["place"],
                    "mean_distance_m": d.mean_distance_m,
                    "worst_distance_m": d.worst_distance_m,
                    "minutes": d.walk_minutes(evaluation.premises),
                    "sent_persons": part.persons_to_first if n == 1 else None,
                    "site_id": d.site_id,
                }
            )
        if not kept:
            rows.append({**base, "name": "nog geen" if only is not None else "geen binnen bereik"})
    return list_table(PLACES, pd.DataFrame(rows, columns=[column.source for column in PLACES]))


def write_place_list(
    folder: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
) -> tuple[OutputFile, ...]:
    """Write :func:`place_list` as CSV for a Dutch Excel and as a workbook with a sheet per gemeente."""
    table = place_list(evaluation, evaluation.report_figures.parts)
    write_candidate_csv(folder / LIST_CSV.name, table, note_nl(evaluation))
    sheets = [("Alle plaatsen", "Noodsteunpunten per plaats", table)]
    sheets += [(str(name), f"Noodsteunpunten per plaats: {name}", rows) for name, rows in table.groupby("Gemeente")]
    write_tables_workbook(folder / LIST_EXCEL.name, says_of(evaluation, run_info), sheets)
    return (LIST_EXCEL, LIST_CSV)
