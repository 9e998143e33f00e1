"""What a solved study tells of itself: whose sites, and what counts in its value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.solved.crossing import FLOW_COLUMNS, Crossing
from nsp_planner.evaluate.solved.planned import PlannedStudy
from tests.towns.line_town import planned_line_town

NOBODY = pd.DataFrame(columns=list(FLOW_COLUMNS))


def crossing(priced_m: float | None) -> Crossing:
    return Crossing(NOBODY, NOBODY, pd.DataFrame(), priced_m, 5000.0, False, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def town() -> PlannedStudy:
    return planned_line_town()


def test_without_crossing_prices_and_weights_the_value_counts_everybody_once(town: PlannedStudy) -> None:
    goal = town.goal
    assert (goal.own_value, goal.crossing_m, goal.most_extra_m) == (None, None, None)
    assert (goal.weighs_inhabitants, goal.weighs_neighbours, goal.is_weighted) == (False, False, False)
    assert (goal.lnsp.objective, goal.lnsp.n_open, goal.cnsp.objective, goal.cnsp.n_open) == (
        str(town.local_plan.objective), 2, "min_distance", 1,
    )  # fmt: skip
    assert (goal.shown_value, goal.shown_own_value) == (620, None)


def test_where_people_cross_the_border_the_value_of_our_own_is_told_too(town: PlannedStudy) -> None:
    free = replace(town, crossing=crossing(None))
    assert free.goal.own_value == 200 * 1000 + 100 * 2000 + 100 * 1000 + 40 * 3000
    assert free.goal.shown_own_value == 620
    assert (free.goal.crossing_m, free.goal.weighs_neighbours, free.goal.is_weighted) == (None, False, False)
    priced = replace(town, crossing=crossing(250.0))
    assert (priced.goal.crossing_m, priced.goal.is_weighted) == (250, True)


def test_neighbours_that_count_half_make_the_value_weighted_only_where_they_may_cross(town: PlannedStudy) -> None:
    half = replace(town, study=town.study.change(neighbours={"weight": 0.5}))
    assert not half.goal.weighs_neighbours
    crossed = replace(half, crossing=crossing(None))
    assert crossed.goal.weighs_neighbours
    assert crossed.goal.is_weighted


def test_what_a_building_counts_as_farther_away_is_in_the_costs_and_told(town: PlannedStudy) -> None:
    extra = replace(town, extra_m=np.array([0.0, 100.0, 400.0]))
    assert (extra.goal.most_extra_m, extra.goal.is_weighted) == (400, True)
    assert extra.priced.costs.lookup(np.array([3]), np.array([2])).tolist() == [3400]
    assert town.priced.costs.lookup(np.array([3]), np.array([2])).tolist() == [3000]


def test_inhabitants_that_count_twice_make_the_value_weighted(town: PlannedStudy) -> None:
    twice = replace(town, local=replace(town.local, weight=town.local.population_persons * 2))
    assert twice.goal.weighs_inhabitants
    assert twice.goal.is_weighted


def test_open_sites_of_the_neighbours_are_not_ours(town: PlannedStudy) -> None:
    assert town.own_lnsps.tolist() == [0, 2]
    sites = town.layers.sites.assign(gemeente_code=["GM0001", "GM0001", "GM0003", "GM0001"])
    abroad = replace(town, layers=replace(town.layers, sites=sites))
    assert abroad.is_ours.tolist() == [True, True, False, True]
    assert abroad.own_lnsps.tolist() == [0]
