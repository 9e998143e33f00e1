"""Regret: the cautious plan by its worst, ties by the sum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.evaluate.change.regret import ScenarioCase, build_regret, evaluate_sites
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


def test_who_lives_exactly_at_the_norm_is_within_it_and_who_has_no_site_is_not_and_walks_the_cutoff() -> None:
    """Hall at 150, 151 and beyond the cutoff of 10, 20 and 40 persons; the norm is 150 m."""
    costs = costs_of(np.array([[150.0], [151.0], [2000.0]]), 1000)
    persons = np.array([10.0, 20.0, 40.0])
    many = ScenarioCase("geval", costs, persons, np.full(3, 150.0), ("s0",), np.ones(1, dtype=bool))
    result = evaluate_sites(many, {"s0", "elders"})
    assert (result.n_open, result.within_norm_persons, result.without_persons) == (1, 10, 40)
    assert result.mean_m == pytest.approx((10 * 150 + 20 * 151 + 40 * 1000) / 70)
    gone = evaluate_sites(ScenarioCase("weg", costs, persons, many.norm_m, ("s0",), np.zeros(1, dtype=bool)), {"s0"})
    assert (gone.n_open, gone.within_norm_persons, gone.without_persons, gone.mean_m) == (0, 0, 70, 1000)
    empty = ScenarioCase("leeg", costs, np.zeros(3), many.norm_m, ("s0",), np.ones(1, dtype=bool))
    assert np.isnan(evaluate_sites(empty, {"s0"}).mean_m)


def test_a_scenario_with_nobody_to_count_says_nothing_about_any_plan() -> None:
    """In the second scenario nobody has a usable building: no plan is the best of it, and none has regret 0 by it."""
    nobody = replace(case(10, 20), persons=np.zeros(1))
    table = build_regret([{"s0"}, {"s1"}], [case(50, 100), nobody])
    assert np.isnan(table.mean_m[:, 1]).all()
    assert table.weights.tolist() == [1, 0]
    assert (table.expected_m.tolist(), table.worst_regret_m.tolist()) == ([50, 100], [0, 50])


def test_what_hinges_on_an_unknown_answer_is_counted_and_lost_at_worst() -> None:
    """s0 at 50 m may have no emergency power, s1 at 100 m has it: 20 persons hinge on s0, and with s0 alone all."""
    outage = replace(case(50, 100), persons=np.full(1, 20.0), unknown=np.array([True, False]))
    table = build_regret([{"s0", "s1"}, {"s0"}], [outage])
    assert [(row[0].n_unknown, row[0].unknown_persons, row[0].mean_m) for row in table.results] == [(1, 20, 50)] * 2
    assert [(row[0].mean_m, row[0].without_persons) for row in table.at_worst] == [(100, 0), (1000, 20)]
    assert table.worst_regret_m.tolist() == [0, 0]


def test_weights_say_how_likely_scenarios_are_and_add_up_to_one() -> None:
    plans, cases = [{"s0"}, {"s1"}], [case(0, 100), case(100, 50)]
    equal, likely = build_regret(plans, cases), build_regret(plans, cases, weights=[1, 3])
    assert equal.weights.tolist() == [0.5, 0.5]
    assert (equal.expected_m.tolist(), equal.expected) == ([50, 75], 0)
    assert likely.weights.tolist() == [0.25, 0.75]
    assert (likely.expected_m.tolist(), likely.expected) == ([75, 62.5], 1)
    assert likely.worst_m.tolist() == [100, 100]
    assert likely.worst_regret_m.tolist() == [50, 100]
