"""Regret: the cautious plan by its worst, ties by the sum."""

from __future__ import annotations

import numpy as np

from nsp_planner.evaluate.regret import ScenarioCase, build_regret
from tests.towns.instances import costs_of


def case(*metres: float) -> ScenarioCase:
    costs = costs_of(np.array([metres]), 1000)
    names = tuple(f"s{j}" for j in range(len(metres)))
    return ScenarioCase("geval", costs, np.ones(1), np.full(1, 150.0), names, np.ones(len(metres), dtype=bool))


def test_the_cautious_plan_is_judged_by_its_worst_scenario_not_by_its_best() -> None:
    table = build_regret([{"s0"}, {"s1"}], [case(0, 50), case(150, 100)])
    assert table.regret_m.tolist() == [[0, 50], [50, 0]]
    table = build_regret([{"s0"}, {"s1"}, {"s2"}], [case(0, 50, 90), case(200, 150, 100)])
    assert table.regret_m.tolist() == [[0, 100], [50, 50], [90, 0]]
    assert table.cautious == 1


def test_of_equal_worst_regrets_the_plan_with_less_regret_in_all_is_the_cautious_one() -> None:
    table = build_regret([{"s0"}, {"s1"}, {"s2"}], [case(50, 50, 0), case(50, 0, 50), case(50, 0, 50)])
    assert table.regret_m.sum(axis=1).tolist() == [150, 50, 100]
    assert table.cautious == 1
