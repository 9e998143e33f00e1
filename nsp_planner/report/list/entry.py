"""The entry of the candidate list, for the register. In: a report. Out: ``kandidatenlijst.xlsx`` and ``.csv``."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.list.table import CSV, candidate_table, write_candidate_csv
from nsp_planner.report.list.workbook import WORKBOOK, write_candidate_workbook
from nsp_planner.report.outputs import Output, ReportInput, always
from nsp_planner.report.run_info import OutputFile
from nsp_planner.report.text.dutch import note_nl


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    evaluation = given.evaluation
    write_candidate_workbook(folder / WORKBOOK.name, evaluation, given.run_info)
    write_candidate_csv(folder / CSV.name, candidate_table(evaluation), note_nl(evaluation))
    return (WORKBOOK, CSV)


LIST = Output(
    name="list",
    description="The candidate list",
    when=always,
    write=_write,
)
