"""Bounds of a year by hand, and what a solved order tells of itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.phasing.model import PhasingPlanned, bound_year, solve_phasing
from tests.towns.phasing import small_phasing

OPTIONS = SolveOptions(gap=0.0, time_limit_s=20.0, threads=1)
TWO = small_phasing([60, 50], [(0,), (1,)], [0, 0], budget=[20, 10])
"""L0 (60 persons) and L1 (50) under K0, 10 euros each: of 20 euros all three open for two thirds, 73.3 persons."""


@pytest.mark.parametrize(
    ("changes", "first", "second"),
    [
        ({}, 2 / 3 * 110, 110.0),
        ({"budget_eur": np.array([10.0, 10.0])}, 1 / 3 * 110, 2 / 3 * 110),
        ({"max_new": 1}, 1 / 3 * 110, 2 / 3 * 110),
        ({"max_new": 2}, 2 / 3 * 110, 110.0),
        # with 5 a year: 15 by the end of a first year, and 5 each out of a year's own euros
        ({"per_year_eur": np.full(3, 5.0), "budget_eur": np.array([30.0, 10.0])}, 2 / 3 * 110, 2 / 3 * 110),
        (
            {"per_year_eur": np.full(3, 5.0), "budget_eur": np.array([30.0, 10.0]), "carry_over": True},
            2 / 3 * 110,
            8 / 9 * 110,
        ),
        ({"capacity_persons": np.array([30.0, 50.0])}, 2 / 3 * 80, 80.0),
    ],
)
def test_the_bound_of_a_year_is_that_of_sites_in_parts(changes: dict[str, object], first: float, second: float) -> None:
    instance = replace(TWO, **changes)  # type: ignore[arg-type]
    assert bound_year(instance, 0) == pytest.approx(first, rel=1e-5)
    assert bound_year(instance, 1) == pytest.approx(second, rel=1e-5)


def test_where_nobody_is_near_nobody_can_be_served() -> None:
    instance = replace(TWO, arc_group=np.zeros(0, dtype=np.int64), arc_site=np.zeros(0, dtype=np.int64))
    assert bound_year(instance, 0) == 0.0
    solved = solve_phasing(instance, OPTIONS)
    assert (solved.value, solved.bound, solved.gap) == (0.0, 0.0, 0.0)


def test_a_solved_order_tells_its_years_their_bounds_and_its_gap() -> None:
    solved = solve_phasing(TWO, OPTIONS)
    assert solved.opens.tolist() == [0, 1, 0]
    assert solved.per_year == pytest.approx([60, 110], abs=0.1)
    assert solved.per_year_bound == pytest.approx([2 / 3 * 110, 110], rel=1e-5)
    assert solved.value == pytest.approx(170, abs=0.1)
    assert solved.bound == pytest.approx(170, rel=1e-4)
    assert solved.gap < 1e-3
    assert solved.method == "greedy"
    assert 0 < solved.seconds < 20


def test_an_order_stays_within_the_bounds_of_its_years_where_the_model_is_left_out() -> None:
    solved = solve_phasing(TWO, replace(OPTIONS, time_limit_s=0.9))
    assert solved.bound == pytest.approx(2 / 3 * 110 + 110, rel=1e-5)
    assert solved.gap == pytest.approx((2 / 3 * 110 - 60) / 170, abs=1e-3)
    near = solve_phasing(TWO, replace(OPTIONS, gap=0.1))
    assert near.bound == pytest.approx(solved.bound)


def test_what_greed_misses_is_found_and_said_so() -> None:
    """K1 with both (90) is most persons for 30 euros, but the second year pays one more under K0 or K1 only."""
    town = small_phasing([60, 50, 40], [(0,), (1,), (2,)], [0, 1, 1], budget=[20, 20])
    solved = solve_phasing(town, OPTIONS)
    assert solved.value == pytest.approx(60 + 110, abs=0.1)


def test_a_gap_is_nought_where_nothing_can_be_gained() -> None:
    none = np.zeros(2)
    planned = PhasingPlanned(np.array([2]), none, none, 0.0, "greedy", 0.1)
    assert planned.gap == 0.0
    assert replace(planned, bound=10.0, per_year=np.array([3.0, 5.0])).gap == pytest.approx(0.25)
