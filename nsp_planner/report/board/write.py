"""The board report as files. In: an evaluation and the run. Out: HTML and PDF/UA with one text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.report.board.content import board_content
from nsp_planner.report.paper.html import render_page
from nsp_planner.report.paper.pdf import write_pdf
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.svg.picture import plan_picture

PDF = OutputFile("bestuursrapport.pdf", "Bestuursrapport: twee bladzijden met bijlage (PDF, toegankelijk)", open_rank=2)
HTML = OutputFile("bestuursrapport.html", "Bestuursrapport, dezelfde tekst als webpagina; opent zonder internet")


def write_board_report(
    folder: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
    *,
    decisions_asked: Sequence[str] = (),
    alternatives: Sequence[FinishedRun] = (),
) -> tuple[OutputFile, ...]:
    """Write the report in an existing folder.

    Args:
        folder: Where the files go.
        evaluation: Every figure of the plan.
        run_info: When and with what.
        decisions_asked: The decisions the board is asked for; made from the plan when empty.
        alternatives: Runs to put beside this one; without any the section is left out.

    Raises:
        SettingsError: typst is not installed.
    """
    content = board_content(
        evaluation,
        run_info,
        decisions_asked=decisions_asked,
        alternatives=alternatives,
    )
    svg = plan_picture(evaluation)
    (folder / PDF.name).write_bytes(
        write_pdf("board/bestuursrapport.typ", content, {"kaart.svg": svg}, run_info.created)
    )
    page = render_page("board/bestuursrapport.html", content, {"kaart.svg": svg})
    (folder / HTML.name).write_text(page, encoding="utf-8")
    return (PDF, HTML)
