"""The entry of the public version, for the register. In: a report. Out: the folder ``openbaar``."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.outputs import Output, ReportInput, with_report
from nsp_planner.report.public.write import write_public
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    pilots = given.asked.public_pilots
    return write_public(folder, given.evaluation, given.run_info, with_pilots=pilots)


PUBLIC = Output(
    name="public",
    description="The public version",
    when=with_report,
    write=_write,
    readers_nl="Openbare versie",
)
