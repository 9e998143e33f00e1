"""Packs as files. In: an evaluation and the run. Out: a folder per gemeente, one for the C-NSPs.

Of each gemeente: its own map and a workbook with its figures, its list, the GAP sheet, open actions, staff and means,
and what its own wish for a building would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.evaluate.view import whole_view
from nsp_planner.report.file_names import file_slug
from nsp_planner.report.gis.geometry import site_colours
from nsp_planner.report.list.table import candidate_table
from nsp_planner.report.map.write import write_map
from nsp_planner.report.packs import wish
from nsp_planner.report.packs.gap import action_table, gap_table
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.staffing import staffing_table
from nsp_planner.report.text.to_check import to_check_nl
from nsp_planner.report.text.units import unit_of
from nsp_planner.report.workbook.book import Cell, Table, says_of, write_tables_workbook

PACKS_FOLDER = "gemeenten"


def write_packs(
    folder: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
    colours: Mapping[str, int] | None = None,
) -> tuple[OutputFile, ...]:
    """Write the pack of every gemeente in ``folder/gemeenten``."""
    table, used = candidate_table(evaluation), set[str]()
    colours = site_colours(evaluation.layers.demand, whole_view(evaluation).tables) if colours is None else colours
    written: list[OutputFile] = []
    for area in evaluation.layers.areas.sort_values("name").itertuples(index=False):
        code, name = str(area.area_code), str(area.name)
        place = f"{PACKS_FOLDER}/{file_slug(name, used)}"
        (folder / place).mkdir(parents=True)
        write_map(
            folder / place / "kaart.html",
            evaluation,
            run_info,
            gemeente_code=code,
            colours=colours,
        )
        sheets = _gemeente_sheets(evaluation, code, name, table)
        sheets.append(
            ("Lokale wens", wish.TITLE, wish.wish_table(evaluation, evaluation.report_figures.local_wishes, code))
        )
        title = f"{evaluation.premises.title}: gemeente {name}"
        write_tables_workbook(folder / place / "pakket.xlsx", says_of(evaluation, run_info, title), sheets)
        written += [
            OutputFile(f"{place}/kaart.html", f"Kaart van {name}; opent zonder internet"),
            OutputFile(f"{place}/pakket.xlsx", f"Pakket {name}: lijst, GAP, acties, bemensing, lokale wens (Excel)"),
        ]
    return tuple(written)


def _gemeente_sheets(evaluation: Evaluation, code: str, name: str, table: pd.DataFrame) -> list[Table]:
    sites = evaluation.layers.sites
    own = sites.loc[sites["gemeente_code"] == code, "site_id"]
    figures = evaluation.report_figures
    gaps, basics = (table[table["site_id"].isin(own)] for table in (figures.gaps, figures.basics))
    return [
        ("Cijfers", f"Het plan voor {name}", _figures(evaluation, code)),
        ("Lijst", f"Kandidatenlijst {name}", table[table["Id"].isin(own)]),
        ("GAP", f"GAP-analyse {name}: onbekend is een vraag, geen nee", gap_table(sites, gaps)),
        ("Acties", f"Open acties {name}", action_table(sites, basics, to_check_nl(evaluation))),
        ("Bemensing", f"Bemensing en middelen {name}", staffing_table(evaluation.staffing[code], evaluation.premises)),
    ]


def _figures(evaluation: Evaluation, code: str) -> pd.DataFrame:
    tidy, rows = evaluation.indicators, []
    of_area = tidy[(tidy["area_level"] == "gemeente") & (tidy["area_code"] == code)].set_index("indicator")["value"]
    of_region = tidy[tidy["area_level"] == "region"].set_index("indicator")["value"]
    for indicator, (unit, label) in INDICATORS.items():
        values = [float(area.get(indicator, float("nan"))) for area in (of_area, of_region)]
        cells = [None if np.isnan(value) else Cell(value, unit_of(unit)) for value in values]
        rows.append({"Cijfer": label, "Deze gemeente": cells[0], "De regio": cells[1]})
    return pd.DataFrame(rows)
