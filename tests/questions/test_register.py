"""The register of questions: a question is one file, and none that is registered is left half done."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nsp_planner import questions
from nsp_planner.cli.app import make_app
from nsp_planner.questions.register import Question, find_questions

REPOSITORY = Path(__file__).resolve().parents[2]

TEN_LINES = """
from typing import Annotated
import typer
from nsp_planner.questions.register import Question
from nsp_planner.report.answers.answer import Answer, AnswerTable, Column

def answer(asked, *, least: Annotated[int, typer.Option(help="Inhabitants at least.")] = 1):
    busy = int((asked.layers.demand["population_persons"] >= least).sum())
    table = AnswerTable("vierkanten", "Vierkanten", (Column("Inwoners"), Column("Aantal", "number")), ((least, busy),))
    return Answer("vierkanten", "Hoeveel vierkanten?", "Hoeveel?", f"{busy} vierkanten.", (table,))

QUESTION = Question("squares", "How many squares?", "How many squares?", "STUDY --least 5", answer)
"""


def names() -> list[str]:
    return [question.name for question in find_questions()]


@pytest.mark.slow
def test_a_question_of_one_file_is_a_command_with_help_and_an_answer_and_goes_with_its_file(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "vragen" / "squares.py"
    file.parent.mkdir()
    file.write_text(TEN_LINES, encoding="utf-8")
    before = names()
    with monkeypatch.context() as within:
        within.setattr(questions, "__path__", [*questions.__path__, str(file.parent)])
        assert set(names()) == {*before, "squares"}
        app, runner = make_app(), CliRunner()
        help_text = runner.invoke(app, ["question", "squares", "--help"]).output
        assert "How many squares?" in help_text
        assert "Inhabitants at least." in help_text
        given = ["question", "squares", str(example), "--least", "100", "--output", str(tmp_path / "uit"), "--json"]
        result = runner.invoke(app, given)
        assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["tables"][0]["rows"][0][0] == 100
    assert {path.name for path in Path(told["folder"]).iterdir()} == set(told["files"])
    assert set(told["files"]) == {"antwoord.html", "vierkanten.xlsx", "vierkanten.csv"}
    sys.modules.pop("nsp_planner.questions.squares")
    assert names() == before


@pytest.mark.parametrize("question", find_questions(), ids=lambda question: question.name)
def test_every_question_has_help_an_example_a_place_in_the_docs_and_a_test(question: Question) -> None:
    shown = CliRunner().invoke(make_app(), ["question", question.name, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert question.help in shown.output
    assert f"Example: nsp-planner question {question.name} {question.example}" in shown.output
    assert (REPOSITORY / question.example.split()[0]).is_file()
    page = (REPOSITORY / "docs" / "scenarios.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `nsp-planner question {question.name} STUDY"))
    assert row.endswith(f"| {question.title} |")
    assert question.docs
    for entry in question.docs:
        for study in ("voorbeeld", "ijsselland"):
            assert f"<!-- begin {study} {entry.name} -->" in page
            assert f"<!-- end {study} {entry.name} -->" in page
    module = question.answer.__module__
    tests = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    assert any(f"from {module}" in text for text in tests)


def test_every_option_of_a_question_has_help() -> None:
    for question in find_questions():
        for option in question.options():
            (info,) = option.annotation.__metadata__
            assert info.help, f"{question.name} {option.name}"


def test_the_readme_shows_the_questions_and_where_they_are_explained() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert "nsp-planner question" in readme
    assert "docs/scenarios.md" in readme
