"""The entry of the packs per gemeente, for the register. In: a report. Out: a map and a workbook for each."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.outputs import Output, ReportInput, with_report
from nsp_planner.report.packs.write import write_packs
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    return write_packs(folder, given.evaluation, given.run_info, given.colours)


PACKS = Output(
    name="packs",
    description="The packs per gemeente",
    when=with_report,
    write=_write,
    readers_nl="Per gemeente",
)
