"""The board report as files. In: a planned study, its evaluation and the run. Out: HTML and PDF/UA with one text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nsp_planner.evaluate.figures import Figures
from nsp_planner.evaluate.finished_run import FinishedRun
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.report.board.content import board_content
from nsp_planner.report.paper.html import render_page
from nsp_planner.report.paper.pdf import write_pdf
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.svg.picture import plan_picture

PDF = OutputFile("bestuursrapport.pdf", "Bestuursrapport: twee bladzijden met bijlage (PDF, toegankelijk)", open_rank=2)
HTML = OutputFile("bestuursrapport.html", "Bestuursrapport, dezelfde tekst als webpagina; opent zonder internet")


def write_board_report(
    folder: Path,
    planned: PlannedStudy,
    evaluation: Evaluation,
    run_info: RunInfo,
    *,
    decisions_asked: Sequence[str] = (),
    alternatives: Sequence[FinishedRun] = (),
    previous: FinishedRun | None = None,
    phases: PhasePlan | None = None,
    figures: Figures | None = None,
) -> tuple[OutputFile, ...]:
    """Write the report in an existing folder.

    Args:
        folder: Where the files go.
        planned: The planned study.
        evaluation: Its evaluation.
        run_info: When and with what.
        decisions_asked: The decisions the board is asked for; made from the plan when empty.
        alternatives: Runs to put beside this one; without any the section is left out.
        previous: The run of the version before this one.
        phases: When each site opens; without it the planning is left out.
        figures: The figures of the plan, where they were made before.

    Raises:
        SettingsError: typst is not installed.
    """
    content = board_content(
        figures or Figures(planned, evaluation),
        run_info,
        decisions_asked=decisions_asked,
        alternatives=alternatives,
        previous=previous,
        phases=phases,
    )
    svg = plan_picture(planned, evaluation)
    (folder / PDF.name).write_bytes(
        write_pdf("board/bestuursrapport.typ", content, {"kaart.svg": svg}, run_info.created)
    )
    page = render_page("board/bestuursrapport.html", content, {"kaart.svg": svg})
    (folder / HTML.name).write_text(page, encoding="utf-8")
    return (PDF, HTML)
