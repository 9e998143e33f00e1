"""The entry of the GeoPackage, for the register. In: a report. Out: ``plan.gpkg``."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.geopackage.write import FILE, write_geopackage
from nsp_planner.report.outputs import Output, ReportInput, always
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    write_geopackage(folder / FILE.name, given.evaluation, given.run_info, given.colours)
    return (FILE,)


GEOPACKAGE = Output(
    name="geopackage",
    description="The GeoPackage",
    when=always,
    write=_write,
)
