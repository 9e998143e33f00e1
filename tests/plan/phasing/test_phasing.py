"""The order of opening: known answers, brute force over all orders, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.phasing.instance import (
    Coverage,
    PhasingInstance,
    broken_rules,
    group_demand,
    is_possible,
    spent_eur,
)
from nsp_planner.plan.phasing.model import bound_year, solve_phasing
from nsp_planner.plan.phasing.search import build_greedy, fill, first_order
from tests.towns.local import Point, line_town
from tests.towns.phasing import small_phasing


def solve(instance: PhasingInstance) -> tuple[IntArray, float, float]:
    solved = solve_phasing(instance, SolveOptions(solver="highs", gap=0.0, time_limit_s=20, threads=1, seed=1))
    return solved.opens, solved.value, solved.bound


def best_by_brute_force(instance: PhasingInstance) -> float:
    coverage, best = Coverage(instance), 0.0
    years, k = range(instance.n_years + 1), len(instance.station_ids)
    for lnsps in product(years, repeat=instance.n_lnsps):
        orders = (np.array([*lnsps, *stations], dtype=np.int64) for stations in product(years, repeat=k))
        possible = next((opens for opens in orders if not broken_rules(instance, opens)), None)
        if possible is not None:
            best = max(best, float(coverage.per_year(instance, possible).sum()))
    return best


def test_a_c_nsp_may_open_before_its_first_l_nsp_where_only_that_keeps_to_the_budget() -> None:
    """Years with 9, 9 and 10 euros; every site takes 1 to open and 2 a year.

    L0 (under K0) holds 10 of the 11 persons, L1 (under K1) the rest. L1 and K1 together are too much for year 2:
    6 + 2 + 2 = 10. K1 in year 1 already (9) leaves L1 for year 2 (9): 10 + 11 + 11 persons.
    """
    base = small_phasing([1, 1, 9], [(0,), (0,), (0, 1)], [0, 1, 0], budget=[9, 9, 10], capacity=10, per_year=2)
    instance = replace(base, once_eur=np.ones(5))
    opens, value, bound = solve(instance)
    assert (value, bound) == (pytest.approx(32), pytest.approx(32))
    assert opens[3 + 1] < opens[1]
    assert value == best_by_brute_force(instance)


def test_a_c_nsp_is_paid_with_its_first_l_nsp_and_the_greediest_l_nsp_may_wait() -> None:
    """K1 coordinates 50 + 40 persons, K0 60: 30 euros open K1 with both (90), or K0 with one L-NSP (60)."""
    instance = small_phasing([60, 50, 40], [(0,), (1,), (2,)], [0, 1, 1], budget=[30, 30])
    opens, value, bound = solve(instance)
    assert opens.tolist() == [1, 0, 0, 1, 0]
    assert value == pytest.approx(90 + 150, abs=0.1)
    assert bound == pytest.approx(value, rel=1e-5)


def test_running_costs_of_what_is_open_come_off_the_budget_of_every_later_year() -> None:
    """Once 10 and 5 a year: 30 euros pay K0 and L0 in year 1; in year 2 10 are taken, 15 pay one more, and so on."""
    instance = small_phasing([30, 20, 10], [(0,), (1,), (2,)], [0, 0, 0], budget=[30, 30, 30], per_year=5.0)
    opens, value, _ = solve(instance)
    assert opens.tolist() == [0, 1, 2, 0]
    assert spent_eur(instance, opens).tolist() == [30, 25, 30]
    assert value == pytest.approx(30 + 50 + 60, abs=0.1)


def test_a_c_nsp_cannot_be_paid_in_parts_over_the_years() -> None:
    """Half of K0 in year 1 and the other half with L0 in year 2 would fit; whole sites do not."""
    opens, value, bound = solve(small_phasing([60], [(0,)], [0], budget=[5, 15]))
    assert (opens.tolist(), value) == ([2, 2], 0)
    assert bound == pytest.approx(0, abs=1e-3)


def test_money_that_is_left_is_lost_unless_it_is_carried_over() -> None:
    kept = small_phasing([30, 20, 10], [(0,), (1,), (2,)], [0, 0, 0], budget=[25, 15, 10])
    assert solve(kept)[0].tolist() == [0, 1, 2, 0]
    carried = replace(kept, carry_over=True)
    assert solve(carried)[0].tolist() == [0, 1, 1, 0]
    assert spent_eur(carried, np.array([0, 1, 1, 0])).tolist() == [20, 20, 0]
    assert is_possible(carried, np.array([0, 1, 1, 0])) is True
    assert is_possible(kept, np.array([0, 1, 1, 0])) is False


def test_persons_count_once_and_only_as_many_as_a_site_holds() -> None:
    instance = small_phasing([50, 80], [(0, 1), (1,)], [0, 0], budget=[100], capacity=60.0)
    coverage = Coverage(instance)
    assert coverage.persons(np.array([True, False])) == pytest.approx(50, abs=0.01)
    assert coverage.persons(np.array([False, True])) == pytest.approx(60, abs=0.01)
    assert coverage.persons(np.array([True, True])) == pytest.approx(110, abs=0.01)
    assert coverage.shares(np.array([True, True])) == pytest.approx([1.0, 0.0, 60 / 80], abs=1e-3)


def test_squares_with_the_same_sites_within_the_norm_are_one_group() -> None:
    town = line_town(
        {"a": Point(0, 10), "b": Point(50, 5), "c": Point(400, 7), "d": Point(5000, 3), "e": Point(10, 0)},
        {"s": Point(100, 99), "t": Point(350, 99), "u": Point(90, 99)},
        n_sites=2,
    )
    persons, group, site = group_demand(
        town.costs, town.population_persons, town.service_distance_m, np.array([0, 1], dtype=np.int64)
    )
    seen = sorted((p, tuple(sorted(site[group == g].tolist()))) for g, p in enumerate(persons.tolist()))
    assert seen == [(10.0, (0,)), (12.0, (0, 1))]


def test_pilots_open_first_with_their_c_nsp_whatever_they_bring() -> None:
    instance = small_phasing([60, 1], [(0,), (1,)], [0, 1], budget=[20, 20], first=(1,))
    opens, _, _ = solve(instance)
    assert opens.tolist() == [1, 0, 1, 0]
    assert first_order(instance).tolist() == [2, 0, 2, 0]


def test_project_capacity_counts_c_nsps_too() -> None:
    instance = small_phasing([60, 50, 40], [(0,), (1,), (2,)], [0, 0, 0], budget=[999] * 3, max_new=2)
    opens, _, _ = solve(instance)
    assert sorted(np.bincount(opens, minlength=3).tolist()) == [0, 2, 2]
    assert opens[0] == 0


@st.composite
def instances(draw: st.DrawFn) -> PhasingInstance:
    n = draw(st.integers(1, 4))
    k = draw(st.integers(1, min(2, n)))
    groups = draw(st.integers(1, 5))
    near = [tuple(sorted(draw(st.sets(st.integers(0, n - 1), min_size=1)))) for _ in range(groups)]
    base = small_phasing(
        [float(draw(st.integers(1, 50))) for _ in range(groups)],
        near,
        [j % k for j in range(n)],
        budget=[float(draw(st.integers(0, 60))) for _ in range(draw(st.integers(1, 3)))],
        capacity=float(draw(st.integers(10, 60))),
        per_year=float(draw(st.integers(0, 8))),
        max_new=draw(st.one_of(st.none(), st.integers(1, 4))),
        carry_over=draw(st.booleans()),
    )
    costs = np.array([float(draw(st.integers(1, 20))) for _ in range(n + k)])
    return replace(base, once_eur=costs)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(instances())
def test_the_order_is_the_best_of_all_and_phases_are_nested(instance: PhasingInstance) -> None:
    opens, value, bound = solve(instance)
    best = best_by_brute_force(instance)
    assert value == pytest.approx(best, abs=0.05)
    assert bound >= best - 0.05
    assert broken_rules(instance, opens) == []
    is_open = [set(np.flatnonzero(opens <= year)) for year in range(instance.n_years)]
    assert all(before <= after for before, after in pairwise(is_open))


@settings(max_examples=25, deadline=None)
@given(instances())
def test_greed_and_filling_keep_every_rule_and_never_beat_a_bound(instance: PhasingInstance) -> None:
    greedy = build_greedy(instance)
    assert broken_rules(instance, greedy) == []
    filled = fill(instance, greedy)
    assert broken_rules(instance, filled) == []
    coverage = Coverage(instance)
    before, after = coverage.per_year(instance, greedy), coverage.per_year(instance, filled)
    assert (after >= before - 1e-9).all()
    for year in range(instance.n_years):
        assert after[year] <= bound_year(instance, year) + 1e-3


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(instances(), st.integers(0, 30))
def test_more_money_never_hurts(instance: PhasingInstance, more: int) -> None:
    richer = replace(instance, budget_eur=instance.budget_eur + more)
    assert solve(richer)[1] >= solve(instance)[1] - 0.05


def test_an_order_that_breaks_a_rule_is_named() -> None:
    instance = small_phasing([60, 1], [(0,), (1,)], [0, 1], budget=[20, 20], first=(1,))
    assert broken_rules(instance, np.array([0, 0, 1, 0])) == [
        "1 L-NSPs open before their C-NSP",
        "more euros or sites in a year than there are",
    ]
    assert "a site that opens first does not" in broken_rules(instance, np.array([0, 1, 0, 1]))
    assert broken_rules(instance, np.array([0, 1])) == ["every site needs one year"]
