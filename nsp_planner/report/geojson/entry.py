"""The entry of the GeoJSON for other systems, for the register. In: a report. Out: two files in WGS84."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.geojson.write import write_geojson
from nsp_planner.report.outputs import Output, ReportInput, with_report
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    return write_geojson(folder, given.evaluation, given.run_info)


GEOJSON = Output(
    name="geojson",
    description="The GeoJSON for other systems",
    when=with_report,
    write=_write,
)
