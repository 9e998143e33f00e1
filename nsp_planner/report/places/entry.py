"""The entry of the list per place, for the register. In: a report. Out: a workbook and a CSV."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.outputs import Output, ReportInput, with_report
from nsp_planner.report.places.write import write_place_list
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    return write_place_list(folder, given.evaluation, given.run_info)


PLACES = Output(
    name="places",
    description="The list of noodsteunpunten per place",
    when=with_report,
    write=_write,
)
