"""The entry of the cards of residents, for the register. In: a report. Out: a PDF per gemeente."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.cards.write import write_cards
from nsp_planner.report.outputs import Output, ReportInput, with_report
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    return write_cards(folder, given.evaluation, given.run_info)


CARDS = Output(
    name="cards",
    description="The cards of residents",
    when=with_report,
    write=_write,
    readers_nl="Inwoners: meterkastkaarten (concept)",
)
