"""The entry of the interactive map, for the register. In: a report. Out: ``kaart.html``."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.map.write import FILE, write_map
from nsp_planner.report.outputs import Output, ReportInput, always
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    write_map(
        folder / FILE.name,
        given.evaluation,
        given.run_info,
        colours=given.colours,
    )
    return (FILE,)


MAP = Output(
    name="map",
    description="The interactive map",
    when=always,
    write=_write,
)
