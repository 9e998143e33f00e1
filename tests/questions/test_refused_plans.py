"""A plan that its check refuses is named and counted in every question, and no figure is made of it; on a town by hand.

The fault planted is an engine whose bounds lie 1 % too high, once the study itself is planned.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nsp_planner.cli.app import app
from nsp_planner.cli.question import make_question_app
from nsp_planner.config import AppliedScenario, PowerOutage
from nsp_planner.errors import EXIT_REFUSED, Fault, NoPlanError, VerificationError
from nsp_planner.plan.solution import settled_bound
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import Attempts, with_refused
from nsp_planner.questions.asking.run import run_question
from nsp_planner.questions.asking.supposed import Supposed
from nsp_planner.questions.cnsp_ratio.solve import answer_cnsp_ratio
from nsp_planner.questions.lnsp_ratio.solve import answer_lnsp_ratio
from nsp_planner.questions.phasing.solve import answer_phasing
from nsp_planner.questions.present_population.solve import answer_present_population
from nsp_planner.questions.refusals.solve import answer_refusals
from nsp_planner.questions.register import Question
from nsp_planner.questions.robustness.solve import answer_robustness
from nsp_planner.questions.what_if.solve import answer_what_if
from nsp_planner.report.answers.answer import Answer, AnswerTable, Column
from nsp_planner.study import phasing as study_phasing
from nsp_planner.study import solve as study_solve
from tests.questions.test_priced import PEOPLE, SITES, Town
from tests.towns.example_region import asked_about
from tests.towns.raw_files import read_town

LOCAL, COORDINATION = "nsp_planner.plan.exact.least_cost", "nsp_planner.plan.exact.coordination"
PHASING = "nsp_planner.plan.phasing.model"
Plant = Callable[..., None]


def too_high(value: float, bound: float, *, maximised: bool = False) -> float:
    """A bound 1 % and 1 past the value, settled as every bound is."""
    worse = 0.01 * abs(value) + 1
    return settled_bound(value, value - worse if maximised else value + worse, maximised=maximised)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return read_town(tmp_path_factory.mktemp("geweigerd"), SITES, PEOPLE)


@pytest.fixture
def asked(town: Town, tmp_path: Path) -> Asked:
    """The town, planned already."""
    study, layers = town
    asked = asked_about(study.change(output=tmp_path), layers)
    assert asked.planned
    return asked


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    def in_engines(*engines: str) -> None:
        for engine in engines:
            monkeypatch.setattr(f"{engine}.settled_bound", too_high)

    return in_engines


def supposed(asked: Asked, **changes: Any) -> list[Supposed]:
    return [Supposed(asked.study.change(**changes), AppliedScenario("proef", "Proef", "Een proef.", ()))]


def table(answer: Answer, name: str) -> AnswerTable:
    (found,) = (each for each in answer.tables if each.name == name)
    return found


def refused_names(answer: Answer) -> list[str]:
    rows = table(answer, "geweigerd").rows
    assert all("spreken elkaar tegen" in row[1] and "a bound of" in row[2] for row in rows)
    return [row[0] for row in rows]


def test_variants_that_are_refused_are_not_in_the_core_of_the_network(asked: Asked, plant: Plant) -> None:
    plant(LOCAL)
    under = [("natte dag", asked.study.change(capacity={"slack": 0.5}))]
    result = run_question(asked, partial(answer_robustness, n_plans=3, under=under))
    assert refused_names(result.answer) == ["variant 1", "variant 2", "variant 3", "plan voor natte dag"]
    assert "4 plannen zijn geweigerd door de controle en tellen nergens in mee" in result.answer.conclusion
    assert "Er is maar 1 goed plan: te weinig om een kern" in result.answer.conclusion
    assert (result.folder / "antwoord.html").is_file()


def test_a_decision_whose_plan_is_refused_is_not_called_impossible(asked: Asked, plant: Plant) -> None:
    plant(LOCAL)
    result = run_question(asked, partial(answer_refusals, n_solved=2))
    prices = table(result.answer, "prijs-van-een-besluit")
    decision = [column.label for column in prices.columns].index("Besluit")
    told = {row[0]: row[decision] for row in prices.rows}
    assert told.pop("Dorpshuis").startswith("niet mogelijk: ")
    ((other, refused),) = told.items()
    assert refused.startswith("geweigerd door de controle: ")
    assert "Zonder Dorpshuis is geen plan mogelijk of gevonden" in result.answer.conclusion
    assert len(result.refused) == 1
    assert other not in result.answer.conclusion


def test_ratios_and_limits_whose_plan_is_refused_are_rows_with_the_reason(asked: Asked, plant: Plant) -> None:
    plant(LOCAL)
    result = run_question(asked, partial(answer_lnsp_ratio, ratios=(80.0, 5_000.0), n_epsilons=4))
    refused, own = table(result.answer, "l-nsp-verhouding").rows
    assert refused[-1].startswith("geweigerd door de controle: de bewezen grens")
    assert refused[2:8] == (None,) * 6
    assert own[-1] == ""
    _, limit, *_ = table(result.answer, "gemiddeld-tegen-grootste").rows
    assert limit[-1].startswith("geweigerd door de controle")
    assert limit[1:5] == (None,) * 4
    assert refused_names(result.answer)[0] == "1 op 80"


def test_stations_whose_plan_is_refused_are_a_row_with_the_reason(asked: Asked, plant: Plant) -> None:
    plant(COORDINATION)
    result = run_question(asked, partial(answer_cnsp_ratio, ratios=(4.0,)))
    rows = table(result.answer, "c-nsp-verhouding").rows
    assert len(rows) == len(result.refused) == 4
    assert all("geweigerd door de controle" in str(row) and "niet mogelijk" not in str(row) for row in rows)
    assert "geen plan mogelijk" not in result.answer.conclusion


def test_the_order_at_the_other_estimate_that_is_refused_is_not_a_budget_too_small(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, solved = study_phasing.solve_phasing, []

    def wrong_the_second_time(*args: Any) -> Any:
        if solved:
            monkeypatch.setattr(f"{PHASING}.settled_bound", too_high)
        solved.append(1)
        return real(*args)

    monkeypatch.setattr(study_phasing, "solve_phasing", wrong_the_second_time)
    result = run_question(asked, partial(answer_phasing, seconds=5.0))
    assert refused_names(result.answer) == ["volgorde bij de lage raming"]
    assert "raming is de volgorde geweigerd door de controle" in result.answer.conclusion
    assert "te klein" not in result.answer.conclusion


@pytest.fixture
def later_wrong(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong bounds as soon as a question meets its first scenario, which has the same layers."""

    def planted(*args: Any, **more: Any) -> Any:
        with monkeypatch.context() as fault:
            fault.setattr(f"{LOCAL}.settled_bound", too_high)
            return study_solve.solve_study(*args, **more)

    monkeypatch.setattr("nsp_planner.questions.asking.supposed.solve_study", planted)
    for name in ("what_if", "present_population"):
        module = f"nsp_planner.questions.{name}.solve"
        monkeypatch.setattr(f"{module}.check_layers", lambda _study, _progress: asked.layers)


@pytest.mark.usefixtures("later_wrong")
def test_a_scenario_whose_plan_is_refused_is_not_called_impossible(asked: Asked) -> None:
    outage = supposed(asked, power_outage=PowerOutage(whole_region=True, unknown="keep"))
    result = run_question(asked, partial(answer_what_if, supposed=outage))
    assert refused_names(result.answer) == ["Proef: plan dat er ligt", "Proef: nieuw plan"]
    _, there, new = table(result.answer, "omstandigheden").rows
    assert there[-1].startswith("geweigerd door de controle")
    assert new[-1].startswith("geweigerd door de controle")
    assert "is het plan geweigerd door de controle; een nieuw plan is geweigerd" in result.answer.conclusion
    assert "geen plan mogelijk" not in result.answer.conclusion


@pytest.mark.usefixtures("later_wrong")
def test_a_moment_whose_plan_is_refused_is_not_met_by_the_plan_at_hand_instead(asked: Asked) -> None:
    by_day = supposed(asked, vulnerable={"unknown": "none"})
    result = run_question(asked, partial(answer_present_population, supposed=by_day))
    assert len(result.refused) == 2
    _, there, new = table(result.answer, "mensen").rows
    assert new[1] == "nieuw plan"
    assert all(any("geweigerd door de controle" in str(cell) for cell in row) for row in (there, new))


def test_a_study_whose_own_plan_is_refused_ends_the_question_with_nothing_written(
    town: Town, tmp_path: Path, plant: Plant
) -> None:
    plant(LOCAL)
    study, layers = town
    asked = asked_about(study.change(output=tmp_path), layers)
    with pytest.raises(VerificationError) as error:
        run_question(asked, partial(answer_cnsp_ratio, ratios=(4.0,)))
    assert error.value.exit_code == EXIT_REFUSED
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_possible_is_not_counted_as_refused_and_the_reverse() -> None:
    attempts = Attempts()

    def impossible() -> int:
        raise NoPlanError(Fault("capacity", "too little room", "more room", column="capacity"))

    def refused() -> int:
        raise VerificationError(Fault("proof", "wrong", "report", column="bound"))

    assert attempts.make("mogelijk", lambda: 3).made == 3
    assert attempts.make("onmogelijk", impossible).fault == Fault(
        "capacity", "too little room", "more room", column="capacity"
    )
    assert attempts.refused == []
    fault = attempts.make("geweigerd", refused).fault
    assert fault is not None
    assert fault.refused
    assert [plan.name_nl for plan in attempts.refused] == ["geweigerd"]
    answer = Answer("n", "t", "v", "Conclusie.", ())
    assert with_refused(answer, ()) is answer
    assert with_refused(answer, attempts.refused).conclusion.endswith("Conclusie.")


def test_a_question_with_a_refused_plan_ends_with_its_exit_code_after_all_was_written(
    small_example: Path, tmp_path: Path
) -> None:
    """The answer is made up here; reading, writing, printing and ending are those of the command line."""

    def answer(asked: Asked) -> Answer:
        def refused() -> int:
            raise VerificationError(Fault("proof", "bound wrong", "report", column="bound"))

        asked.attempts.make("variant 1", refused)
        return Answer("proef", "Proef", "Wat?", "Dit.", (AnswerTable("t", "T", (Column("Naam"),), (("a",),)),))

    question = Question("proef", "t", "h", "e", answer)
    group = make_question_app([question])
    group.callback()(lambda: None)
    arguments = ["proef", str(small_example), "-o", str(tmp_path)]
    result = CliRunner().invoke(group, arguments)
    assert result.exit_code == EXIT_REFUSED, result.output
    assert "Plans were refused by their check" in result.output
    assert "proof, column variant 1: bound wrong" in result.output
    (folder,) = tmp_path.iterdir()
    assert (folder / "antwoord.html").is_file()
    told = CliRunner().invoke(group, [*arguments, "--json"])
    assert told.exit_code == EXIT_REFUSED
    value = json.loads(told.stdout)
    assert (value["ok"], value["exit_code"]) == (False, EXIT_REFUSED)
    assert [fault["column"] for fault in value["faults"]] == ["variant 1"]


def test_the_help_tells_the_exit_code_of_a_refused_plan() -> None:
    assert "6 a plan was refused" in " ".join(CliRunner().invoke(app, ["--help"]).output.split()).replace("\n", " ")
