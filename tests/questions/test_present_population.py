"""The question about people: scenarios side by side, never a worse plan than that at hand, wrong asks refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nsp_planner.config import load_study
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.plan.checked import make_local_plan
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.run import run_question
from nsp_planner.questions.asking.supposed import read_supposed
from nsp_planner.questions.present_population.answer import SituationOutcome, present_population_answer
from nsp_planner.questions.present_population.solve import answer_present_population
from tests.towns.example_region import write_overlay, write_overlays
from tests.towns.line_town import planned_line_town


def outcome(title: str, anew: bool | None, value: float = 100.0, bound: float = 90.0) -> SituationOutcome:
    planned = planned_line_town()
    planned = replace(planned, local_plan=replace(planned.local_plan, value=value, bound=bound))
    return SituationOutcome(title, anew, planned, evaluate_plan(planned))


def elsewhere(met: SituationOutcome) -> SituationOutcome:
    """The same figures with s1 open and s2 closed."""
    assert met.evaluation is not None
    lnsps = met.evaluation.lnsps.replace({"site_id": {"s2": "s1"}})
    return replace(met, evaluation=replace(met.evaluation, lnsps=lnsps))


def test_every_situation_is_a_row_and_the_sentence_compares_with_the_ordinary_night() -> None:
    first = outcome("Gewone nacht", None)
    answer = present_population_answer([first, outcome("Zomer", False), outcome("Zomer", True)])
    table = answer.tables[0]
    assert [row[1] for row in table.rows] == ["plan dat er ligt", "plan dat er ligt", "nieuw plan"]
    assert answer.conclusion.startswith("Zomer: met het plan dat er ligt blijft")
    assert answer.conclusion.endswith(" Opnieuw kiezen geeft dezelfde L-NSP's.")
    assert all(len(row) == len(table.columns) for table in answer.tables for row in table.rows)


def test_what_becomes_of_the_plan_at_hand_comes_before_what_a_new_plan_would_give() -> None:
    """By day the plan at hand falls from 80 to 70 % within the norm, and a new plan gives 79 %."""

    def shares(title: str, anew: bool | None, share: float) -> SituationOutcome:
        met = outcome(title, anew)
        assert met.evaluation is not None
        table = met.evaluation.indicators
        share_rows = table["indicator"] == "share_within_norm"
        told = table.assign(value=table["value"].mask(share_rows, share))
        return replace(met, evaluation=replace(met.evaluation, indicators=told))

    answer = present_population_answer(
        [shares("Gewone nacht", None, 0.8), shares("Overdag", False, 0.7), elsewhere(shares("Overdag", True, 0.79))]
    )
    falls = "Overdag: met het plan dat er ligt daalt het deel binnen de norm van 80,0 % naar 70,0 %"
    assert answer.conclusion.startswith(falls)
    assert answer.conclusion.index("70,0 %") < answer.conclusion.index("79,0 %")


def test_a_plan_at_hand_that_cannot_be_met_is_said_first_with_its_reason() -> None:
    short = SituationOutcome("Zomer", False, None, None, Fault("x", "full", "more", column="capacity", proven=True))
    answer = present_population_answer([outcome("Gewone nacht", None), short, elsewhere(outcome("Zomer", True))])
    none = "Zomer: met het plan dat er ligt: geen plan mogelijk: er is te weinig plaats in de gebouwen. Een nieuw plan"
    assert answer.conclusion.startswith(none)


def test_a_scenario_that_says_nothing_about_people_is_refused(example: Path) -> None:
    write_overlay(example.parent / "scenarios" / "ratio.toml", "[ratios]\ninhabitants_per_lnsp = 4000\n")
    asked = Asked(load_study(example))
    with pytest.raises(SettingsError, match="says nothing about people"):
        answer_present_population(asked, supposed=read_supposed(example, ["ratio"]))
    with pytest.raises(SettingsError, match="no scenario about people"):
        answer_present_population(asked, supposed=[])


def test_other_questions_are_not_answered_with_open_borders(example: Path) -> None:
    study = load_study(example)
    open_border = study.change(neighbours={"cross_border": "on"})
    with pytest.raises(SettingsError, match="for the region by itself"):
        run_question(Asked(open_border), lambda _: pytest.fail("asked"))


@pytest.mark.slow
def test_summer_and_neighbours_side_by_side_on_the_example(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []

    def watched(
        instance: LocalInstance, options: SolveOptions, start: LocalPlan | None = None, **more: Any
    ) -> LocalPlan:
        begun.append(start is not None)
        return make_local_plan(instance, options, start, **more)

    monkeypatch.setattr("nsp_planner.study.solve.make_local_plan", watched)
    write_overlays(example.parent / "scenarios", "../")
    supposed = read_supposed(example, ["zomer", "buren-geprijsd"], time_limit_s=2)
    answer = answer_present_population(Asked(load_study(example)), supposed=supposed)
    rows = {(row[0], row[1]): row for row in answer.tables[0].rows}
    night = answer.tables[0].rows[0]
    summer = next(row for key, row in rows.items() if key[0].startswith("Zomer"))
    assert summer[3] == night[3] + summer[8]
    assert summer[2] == night[2]
    assert begun == [False, False, True, False, True], "a new plan begins from what became of the plan at hand"
    assert any(table.name == "over-de-grens" for table in answer.tables)
    assert any(table.name == "kwetsbaren" for table in answer.tables)
