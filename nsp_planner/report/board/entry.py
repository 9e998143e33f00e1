"""The entry of the board report, for the register. In: a report. Out: ``bestuursrapport.pdf`` and ``.html``."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.board.write import write_board_report
from nsp_planner.report.outputs import Output, ReportInput, with_report
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    return write_board_report(
        folder,
        given.evaluation,
        given.run_info,
        decisions_asked=given.asked.decisions_asked,
        alternatives=given.asked.alternatives,
    )


BOARD = Output(
    name="board",
    description="The board report",
    when=with_report,
    write=_write,
)
