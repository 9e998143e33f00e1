"""The entry of the manifest, for the register. In: a report. Out: ``manifest.json``."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.manifest.write import FILE, write_manifest
from nsp_planner.report.outputs import Output, ReportInput, always, files_of
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    outputs = files_of(given.written)
    path, run_info = folder / FILE.name, given.run_info
    write_manifest(path, given.evaluation, run_info, outputs, given.options)
    return (FILE,)


MANIFEST = Output(
    name="manifest",
    description="The manifest",
    when=always,
    write=_write,
    after_others=True,
)
