"""No output for readers holds a value as Python prints it, nor English; no terminal holds Python either.

The small example region is planned in an outage and asked the questions; every file and every terminal is read back.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from nsp_planner.cli.answers import print_answer
from nsp_planner.cli.summary import print_plan
from nsp_planner.config import load_scenario_study
from nsp_planner.questions.asking.asked import Asked, read_asked
from nsp_planner.questions.asking.run import run_question
from nsp_planner.questions.asking.supposed import read_supposed
from nsp_planner.questions.capacity.solve import answer_capacity
from nsp_planner.questions.present_population.solve import answer_present_population
from nsp_planner.questions.robustness.solve import answer_robustness
from nsp_planner.questions.what_if.solve import answer_what_if
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.options import DeliverOptions
from nsp_planner.study.run import run_study
from tests.report.words import english_in, python_in, texts_of
from tests.towns.example_region import write_overlay, write_overlays

pytest.importorskip("typst", reason="the reports need typst")


@pytest.fixture(scope="module")
def study_file(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small example in a folder of its own, quick to solve, with an outage, a day and vulnerable residents."""
    folder = tmp_path_factory.mktemp("woorden")
    text = example.read_text(encoding="utf-8").replace('path = "', f'path = "{example.parent}/')
    file = folder / "studie.toml"
    file.write_text(text.replace("gap = 0.01", "gap = 0.05", 1), encoding="utf-8")
    write_overlay(folder / "uitval.toml", "[power_outage]\nwhole_region = true", title="Uitval")
    write_overlays(folder / "scenarios", f"{example.parent}/")
    return file


@pytest.fixture(scope="module")
def plan_folder(study_file: Path) -> tuple[Path, str]:
    """A plan in an outage with all reports: its folder, and what the terminal says."""
    names = ["uitval", "scenarios/zomer.toml"]
    study, applied = load_scenario_study(study_file, [str(study_file.parent / name) for name in names[1:]] + names[:1])
    study = study.change(output=study_file.parent / "runs", solver={"time_limit_s": 2})
    result = run_study(study, command="test", scenarios=applied, deliver=DeliverOptions())
    return result.folder, _said(partial(print_plan, result))


@pytest.fixture(scope="module")
def answer_folders(study_file: Path) -> list[tuple[Path, str]]:
    """Answers to questions: their folders, and what the terminal says."""
    day = str(study_file.parent / "scenarios" / "overdag.toml")
    outage = read_supposed(study_file, ["uitval"], time_limit_s=1)
    people = read_supposed(study_file, [day], time_limit_s=1)
    under = [("Uitval", each.study) for each in outage]
    asked = read_asked(study_file, time_limit_s=2, output=study_file.parent / "antwoorden")
    questions: list[Callable[[Asked], Answer]] = [
        answer_capacity,
        partial(answer_what_if, supposed=outage),
        partial(answer_present_population, supposed=people),
        partial(answer_robustness, n_plans=1, seconds_per_plan=1.0, under=under),
    ]
    found = []
    for answering in questions:
        result = run_question(replace(asked), answering)
        said = partial(print_answer, result.answer, result.folder, result.outputs, 1.0, as_json=False)
        found.append((result.folder, _said(said)))
    return found


def _said(say: Callable[[], None]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        say()
    return stream.getvalue()


@pytest.mark.slow
def test_no_output_of_a_plan_holds_python_or_english(plan_folder: tuple[Path, str]) -> None:
    folder, said = plan_folder
    assert python_in(said) == []
    assert _wrong_in(folder) == []


@pytest.mark.slow
def test_no_answer_holds_python_or_english(answer_folders: list[tuple[Path, str]]) -> None:
    for folder, said in answer_folders:
        assert python_in(said) == []
        assert _wrong_in(folder) == []


def _wrong_in(folder: Path) -> list[str]:
    wrong = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            for text in texts_of(path):
                wrong += [f"{path.name}: {piece}" for piece in (*python_in(text), *english_in(text))]
    return sorted(set(wrong))


def test_the_reader_of_words_finds_python_and_english_and_lets_dutch_be(tmp_path: Path) -> None:
    page = tmp_path / "fout.html"
    page.write_text("<p>Reden: {&#39;a&#39;: 1}, rij nan</p><td>row 7</td><p>Van de 3 gebouwen</p>", encoding="utf-8")
    assert sum(len(python_in(text)) for text in texts_of(page)) == 2
    assert [word for text in texts_of(page) for word in english_in(text)] == ["row 7"]
    assert english_in("ratios.quota: (niet ingesteld) -> row 7") == []
