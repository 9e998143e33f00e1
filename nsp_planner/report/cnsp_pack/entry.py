"""The entry of the pack of the project leader C-NSP, for the register. In: a report. Out: a workbook."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.cnsp_pack.write import write_cnsp_pack
from nsp_planner.report.outputs import Output, ReportInput, with_report
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    return write_cnsp_pack(folder, given.evaluation, given.run_info)


CNSP_PACK = Output(
    name="cnsp_pack",
    description="The pack of the project leader C-NSP",
    when=with_report,
    write=_write,
    readers_nl="Projectleider C-NSP",
)
