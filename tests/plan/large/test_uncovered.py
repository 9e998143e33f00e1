"""Weight beyond the norm by hand, and the problem in which it costs metres."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.plan.large.uncovered import UncoveredBound, UncoveredWeight, find_within, search_plan
from nsp_planner.plan.options import SolveOptions
from tests.towns.instances import costs_of, local_instance

TOWN = local_instance(
    [10, 20, 30],
    [60, 60],
    costs_of(np.array([[100.0, 900.0], [800.0, 300.0], [500.0, 600.0]]), 2_000.0),
    1,
    weight=np.array([10.0, 40.0, 30.0]),
    service_distance_m=np.array([500.0, 500.0, 550.0]),
)
"""Of site 0 the second square lies beyond its norm (weight 40); of site 1 the first and the third (10 and 30)."""
OPTIONS = SolveOptions(gap=0.0, threads=1, time_limit_s=5.0)


def test_weight_beyond_and_metres_are_those_of_the_allocation() -> None:
    beyond = UncoveredWeight(TOWN)
    everyone, whole = np.arange(3), np.ones(3)
    assert beyond.of(everyone, np.zeros(3, dtype=np.int64), whole) == (40.0, 10 * 100 + 40 * 800 + 30 * 500)
    assert beyond.of(everyone, np.ones(3, dtype=np.int64), whole) == (40.0, 10 * 900 + 40 * 300 + 30 * 600)
    half = beyond.of(np.array([1, 1]), np.array([0, 1]), np.array([0.5, 0.5]))
    assert half == (20.0, 40 * 550.0)


def test_the_usual_distance_is_the_mean_norm_up_to_the_cutoff_and_at_least_a_metre() -> None:
    assert UncoveredWeight(TOWN).usual_m() == pytest.approx((10 * 500 + 40 * 500 + 30 * 550) / 80)
    wide = replace(TOWN, service_distance_m=np.array([500.0, 500.0, 9_000.0]))
    assert UncoveredWeight(wide).usual_m() == pytest.approx((10 * 500 + 40 * 500 + 30 * 2_000) / 80)
    assert UncoveredWeight(replace(TOWN, service_distance_m=np.full(3, 0.5))).usual_m() == 1.0
    assert UncoveredWeight(replace(TOWN, weight=np.zeros(3))).usual_m() == 1.0


def test_metres_are_added_to_arcs_beyond_the_norm_alone() -> None:
    priced = UncoveredWeight(replace(TOWN, max_beyond=5.0)).penalised(1_000.0)
    table = np.zeros((3, 2))
    table[priced.costs.arc_origin, priced.costs.destination] = priced.costs.distance_m
    assert table.tolist() == [[100.0, 1_900.0], [1_800.0, 300.0], [500.0, 1_600.0]]
    assert priced.costs.cutoff_m == 3_000.0
    assert priced.objective == "min_distance"
    assert np.isinf(priced.max_beyond)
    # who weighs nothing has nothing beyond
    light = UncoveredWeight(replace(TOWN, weight=np.array([10.0, 0.0, 30.0]))).penalised(1_000.0)
    assert light.costs.distance_m[light.costs.arc_origin == 1].tolist() == [300.0, 800.0]


def test_with_one_site_forty_lie_beyond_and_the_bound_says_so() -> None:
    with ThreadPoolExecutor(1) as pool:
        bound = UncoveredBound(TOWN, pool)
        assert bound.best == 0.0, "nothing is proven before a step"
        bound.ascend(40.0, np.inf, lambda: False)
        assert 39.0 <= bound.best <= 40.0


def test_an_ascent_says_whether_the_bound_is_above_what_is_asked() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert UncoveredBound(TOWN, pool).ascend(40.0, 30.0, lambda: False)
        assert not UncoveredBound(TOWN, pool).ascend(40.0, 40.0, lambda: False)
        assert not UncoveredBound(TOWN, pool).ascend(40.0, 30.0, lambda: True)
        nobody = replace(TOWN, refused=np.ones(2, dtype=bool))
        assert UncoveredBound(nobody, pool).ascend(1.0, -1.0, lambda: False)
        assert not UncoveredBound(nobody, pool).ascend(1.0, 0.0, lambda: False)
        first = UncoveredBound(TOWN, pool)
        first.ascend(40.0, 30.0, lambda: False)
        assert UncoveredBound(TOWN, pool, first).best >= first.best - 1e-6


def test_one_site_is_ruled_out_where_less_may_lie_beyond_and_two_are_not() -> None:
    with ThreadPoolExecutor(1) as pool:
        one = UncoveredBound(TOWN, pool)
        one.ascend(40.0, 30.0, lambda: False)
        assert one.ruled_out_up_to(5.0, 2) == 1
        assert one.ruled_out_up_to(5.0, 1) == 1


@pytest.mark.parametrize("allowed", [0.0, 39.0, 40.0])
def test_a_plan_with_metres_added_is_told_with_what_lies_beyond_in_it(allowed: float) -> None:
    found = find_within(TOWN, allowed, None, OPTIONS)
    assert found is not None
    assert found.beyond == 40.0
    # as much beyond either way: then fewer metres count
    assert found.metres == min(10 * 100 + 40 * 800 + 30 * 500, 10 * 900 + 40 * 300 + 30 * 600)
    assert not found.interrupted
    two = find_within(replace(TOWN, n_sites=2), allowed, None, OPTIONS)
    assert two is not None
    assert two.beyond == 0.0
    assert two.metres == 10 * 100 + 40 * 300 + 30 * 500


def test_where_there_is_no_room_nothing_is_found() -> None:
    assert find_within(replace(TOWN, capacity_persons=np.array([50.0, 50.0])), 0.0, None, OPTIONS) is None


def test_enough_metres_make_a_plan_give_up_distance_for_the_norm() -> None:
    """The nearest site has 30 beyond; the other is farther for all and has none beyond."""
    town = local_instance(
        [30, 30],
        [60, 60],
        costs_of(np.array([[100.0, 450.0], [550.0, 450.0]]), 2_000.0),
        1,
        service_distance_m=np.full(2, 500.0),
    )
    beyond = UncoveredWeight(town)
    assert search_plan(beyond, 0.0, -1.0, None, OPTIONS).beyond == 30.0
    assert search_plan(beyond, 240.0, -1.0, None, OPTIONS).beyond == 30.0
    assert search_plan(beyond, 260.0, -1.0, None, OPTIONS).beyond == 0.0
