"""The pack of the C-NSPs as a file. In: an evaluation and the run. Out: a workbook.

Which C-NSP coordinates what, who takes over when one fails, the GAP sheet, open actions, staff and means.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.provisions import CNSP
from nsp_planner.report.list.tables import cnsp_table
from nsp_planner.report.packs.gap import action_table, gap_table
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.coordination import NEARER_SHEET, NEARER_TITLE, nearer_table
from nsp_planner.report.text.staffing import staffing_table
from nsp_planner.report.text.to_check import to_check_nl
from nsp_planner.report.text.units import list_values
from nsp_planner.report.workbook.book import Table, says_of, write_tables_workbook

FILE = OutputFile("c-nsp/pakket-c-nsp.xlsx", "Pakket voor de projectleider C-NSP: toewijzing, uitval, GAP (Excel)")


def write_cnsp_pack(folder: Path, evaluation: Evaluation, run_info: RunInfo) -> tuple[OutputFile, ...]:
    """Write the pack in ``folder/c-nsp``."""
    (folder / FILE.name).parent.mkdir()
    write_tables_workbook(folder / FILE.name, says_of(evaluation, run_info), _sheets(evaluation))
    return (FILE,)


def _sheets(evaluation: Evaluation) -> list[Table]:
    sites = evaluation.layers.sites
    figures, staff = evaluation.report_figures, evaluation.staffing[None].of_cnsps
    gaps, basics = (table[table["role"] == CNSP] for table in (figures.gaps, figures.basics))
    return [
        ("Toewijzing", "Elk L-NSP onder zijn C-NSP", cnsp_table(evaluation)),
        (NEARER_SHEET, NEARER_TITLE, nearer_table(evaluation.nearer)),
        (
            "Uitval",
            "Als een C-NSP uitvalt: welk C-NSP neemt over",
            failure_table(figures.station_takeover),
        ),
        ("GAP", "GAP-analyse C-NSP's: onbekend is een vraag, geen nee", gap_table(sites, gaps)),
        ("Acties", "Open acties C-NSP's", action_table(sites, basics, to_check_nl(evaluation))),
        (
            "Bemensing",
            "Bemensing en middelen C-NSP's",
            staffing_table(staff, evaluation.premises),
        ),
    ]


def failure_table(takeover: pd.DataFrame) -> pd.DataFrame:
    """For every L-NSP the nearest other C-NSP, and how many L-NSPs that one would then coordinate."""
    columns = {
        "cnsp_name": "C-NSP",
        "lnsp_name": "L-NSP",
        "persons": "Inwoners",
        "takes_over_name": "Neemt over",
        "distance_m": "Afstand (m)",
        "minutes": "Rijden (min)",
        "n_lnsp_then": "L-NSP's dan onder dat C-NSP",
    }
    persons, minutes = list_values(takeover["persons"], "persons"), list_values(takeover["minutes"], "minutes")
    return takeover.assign(persons=persons, minutes=minutes).rename(columns=columns)
