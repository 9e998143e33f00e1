"""The candidate list as a workbook. In: an evaluation and the run. Out: ``kandidatenlijst.xlsx``.

Sheets: Leeswijzer, Regio (open sites, L-NSPs first), one per gemeente (all its sites), C-NSP, Voorbij een C-NSP,
Gebruik en bemensing, Planning and Planning per gebouw (of a study with phases), Wijzigingen and Wie verhuist (after a
plan before it), Indicatoren, Normen, Calibratie, Samengevoegd, Ongeschikt, Weggelaten, Opmerkingen, Buiten bereik,
Omwegfactor (over a network).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.columns.column import list_table
from nsp_planner.report.columns.layers import UNFIT
from nsp_planner.report.columns.rows import unfit_rows
from nsp_planner.report.list.changes import change_sheets
from nsp_planner.report.list.guide import guide_sections
from nsp_planner.report.list.table import candidate_table
from nsp_planner.report.list.tables import (
    calibration_table,
    cnsp_table,
    detour_table,
    indicator_table,
    left_out_table,
    merged_table,
    norm_table,
    notes_table,
    unreachable_table,
)
from nsp_planner.report.list.use import USE_SHEET, USE_TITLE, planning_sheets, use_table
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.coordination import NEARER_SHEET, NEARER_TITLE, nearer_table
from nsp_planner.report.text.dutch import ROLE_NONE
from nsp_planner.report.text.presence import presence_sheets
from nsp_planner.report.workbook.book import Table, open_book, says_of

WORKBOOK = OutputFile(
    "kandidatenlijst.xlsx", "Kandidatenlijst met normen, indicatoren en leeswijzer (Excel)", open_rank=3
)


def write_candidate_workbook(path: Path, evaluation: Evaluation, run_info: RunInfo) -> None:
    """Write the workbook, with the planning where there are phases; the same run gives the same bytes."""
    with open_book(path, says_of(evaluation, run_info)) as book:
        book.write_lines("Leeswijzer", guide_sections(evaluation, run_info))
        for name, title, table in _tables(evaluation):
            book.write_table(name, title, table)


def _tables(evaluation: Evaluation) -> Iterator[Table]:
    """All sheets with a table, in the order in which a reader needs them."""
    table, layers = candidate_table(evaluation), evaluation.layers
    yield "Regio", "L-NSP's en C-NSP's van de regio", table[table["Rol"] != ROLE_NONE]
    yield "C-NSP", "C-NSP's en hun L-NSP's", cnsp_table(evaluation)
    yield NEARER_SHEET, NEARER_TITLE, nearer_table(evaluation.nearer)
    yield USE_SHEET, USE_TITLE, use_table(evaluation)
    yield from [] if evaluation.phases is None else planning_sheets(evaluation, evaluation.phases)
    if evaluation.changes is not None:
        yield from change_sheets(evaluation)
    yield "Indicatoren", "Indicatoren per gemeente", indicator_table(evaluation)
    yield "Normen", "Normen die in dit plan gelden", norm_table(evaluation)
    yield "Calibratie", "Inwoners: gepubliceerd, bijgeteld en totaal", calibration_table(layers)
    yield "Samengevoegd", "Rijen uit de bronnen die één gebouw zijn", merged_table(layers)
    if evaluation.unfit:
        title = "Gebouwen van de lijsten die geen kandidaat zijn, met de regel"
        yield "Ongeschikt", title, list_table(UNFIT, unfit_rows(evaluation))
    yield "Weggelaten", "Rijen uit de bronnen die niet meedoen, met de reden", left_out_table(layers)
    if len(layers.notes):
        yield "Opmerkingen", "Wat bij het lezen van de bronnen opviel", notes_table(layers)
    yield "Buiten bereik", "Vierkanten zonder L-NSP binnen bereik", unreachable_table(evaluation)
    yield from presence_sheets(evaluation)
    if evaluation.detour is not None:
        yield "Omwegfactor", "Gemeten omweg over het wegennet", detour_table(evaluation)
    for gemeente, rows in table.groupby("Gemeente", sort=True):
        yield str(gemeente), f"Kandidatenlijst {gemeente}", rows
