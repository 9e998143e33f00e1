"""The entry of the page to begin with, for the register. In: a report. Out: ``begin-hier.html``."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.outputs import Output, ReportInput, with_report
from nsp_planner.report.run_info import OutputFile
from nsp_planner.report.start.write import FILE, write_start_page


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    write_start_page(folder / FILE.name, given.evaluation, given.run_info, given.written)
    return (FILE,)


START = Output(
    name="start",
    description="The page that says what to open",
    when=with_report,
    write=_write,
    after_others=True,
)
