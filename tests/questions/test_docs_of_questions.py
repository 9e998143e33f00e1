"""The page of answers: places for them, long tables cut with a word about it, and the command that made them."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.make import answers as docs
from docs.make.answers import write_answers
from nsp_planner.report.answers.answer import Answer, AnswerTable, Column
from nsp_planner.report.answers.write import answer_markdown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scenarios.md"
QUESTIONS = ("cnsp-ratio", "lnsp-ratio", "refusals", "phasing", "robustness", "capacity")


def answer(n_rows: int) -> Answer:
    table = AnswerTable(
        "tabel", "Tabel", (Column("A"), Column("B", "sites")), tuple((f"r{n}", n) for n in range(n_rows))
    )
    return Answer("vraag", "Titel", "Vraag?", "Antwoord.", (table,), notes=("Een noot.",), marks=("CONCEPT",))


def test_every_question_has_its_place_on_the_page_for_both_studies() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for study in ("voorbeeld", "ijsselland"):
        for name in QUESTIONS:
            assert f"<!-- begin {study} {name} -->" in text
            assert f"<!-- end {study} {name} -->" in text


def test_a_long_table_ends_with_how_many_rows_its_file_has_more() -> None:
    short = answer_markdown(answer(3), most_rows=2)
    assert "| r1 | 1 |" in short
    assert "r2" not in short
    assert "En nog 1 rijen in `tabel.csv`.\n\n- Een noot." in short
    assert "En nog" not in answer_markdown(answer(3))


@pytest.mark.slow
def test_an_answer_goes_between_its_marks_with_the_command_that_made_it(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "pagina.md"
    page.write_text(
        "voor\n<!-- begin voorbeeld phasing -->\noud\n<!-- end voorbeeld phasing -->\nna\n", encoding="utf-8"
    )
    asked = []

    def questions(seconds: float, study_file: Path | None = None) -> dict[str, object]:
        return {"phasing": lambda study, layers, progress: asked.append(study) or answer(1)}

    monkeypatch.setattr(docs, "questions", questions)
    write_answers(page, example, only="phasing", seconds=7, time_limit_s=3)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("voor\n")
    assert text.endswith("\nna\n")
    assert "oud" not in text
    assert "`nsp-planner question phasing voorbeeld.toml --time-limit 3 --seconds 7` (CONCEPT)" in text
    assert asked[0].solver.time_limit_s == 3
