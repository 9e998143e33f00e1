"""The page of answers: places for them, long tables cut with a word about it, and the command that made them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
import typer

from docs.make import answers as docs
from docs.make.answers import write_answers
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.register import DocsEntry, Question
from nsp_planner.report.answers.answer import Answer, AnswerTable, Column
from nsp_planner.report.answers.write import answer_markdown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scenarios.md"


def answer(n_rows: int) -> Answer:
    table = AnswerTable(
        "tabel", "Tabel", (Column("A"), Column("B", "sites")), tuple((f"r{n}", n) for n in range(n_rows))
    )
    return Answer("vraag", "Titel", "Vraag?", "Antwoord.", (table,), notes=("Een noot.",), marks=("CONCEPT",))


def test_every_question_has_its_place_on_the_page_for_both_studies() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for study in ("voorbeeld", "ijsselland"):
        for name in docs.places():
            assert f"<!-- begin {study} {name} -->" in text
            assert f"<!-- end {study} {name} -->" in text


def test_a_long_table_ends_with_how_many_rows_its_file_has_more() -> None:
    short = answer_markdown(answer(3), most_rows=2)
    assert "| r1 | 1 |" in short
    assert "r2" not in short
    assert "En nog 1 rij in `tabel.csv`.\n\n- Een noot." in short
    assert "En nog" not in answer_markdown(answer(3))


def test_an_answer_goes_between_its_marks_with_the_command_that_made_it(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "pagina.md"
    page.write_text("voor\n<!-- begin voorbeeld toets -->\noud\n<!-- end voorbeeld toets -->\nna\n", encoding="utf-8")
    asked_about = []

    def say(asked: Asked, *, seconds: Annotated[float, typer.Option()] = 1.0) -> Answer:
        asked_about.append((asked.study.solver.time_limit_s, seconds))
        return answer(1)

    entry = DocsEntry("toets", lambda study, seconds: ("--seconds", f"{seconds:g}"))
    question = Question("toets-vraag", "Wat?", "Wat?", "x.toml", say, (entry,))
    monkeypatch.setattr(docs, "find_questions", lambda: (question,))
    write_answers(page, example, only="toets", seconds=7, time_limit_s=3)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("voor\n")
    assert text.endswith("\nna\n")
    assert "oud" not in text
    assert "`nsp-planner question toets-vraag voorbeeld.toml --time-limit 3 --seconds 7` (CONCEPT)" in text
    assert asked_about == [(3, 7)]
