"""The relaxation of level 2 on small towns: its bound by its definition, every choice of stations and L-NSPs tried."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.instance import BoolArray, CoordinationInstance
from nsp_planner.plan.station_relaxation import StationRelaxation
from tests.towns.instances import coordination_instance, costs_of

N, M = 6, 5


def town(seed: int, n_open: int = 2) -> CoordinationInstance:
    """Six L-NSPs and five stations of which the last is refused; at most four each, the third and fourth at a price."""
    rng = np.random.default_rng(seed)
    distance_m = np.round(rng.uniform(500, 9_000, (N, M)))
    distance_m[seed % N, seed % 3] = 99_999.0
    priced = seed % 2 == 0
    return coordination_instance(
        costs_of(distance_m, 20_000.0),
        n_open,
        max_lnsp_per_cnsp=4 if priced else 3,
        lnsp_per_cnsp=2 if priced else 3,
        load_price_m=700.0 if priced else 0.0,
        refused=np.arange(M) == M - 1,
    )


def relaxation(instance: CoordinationInstance) -> tuple[StationRelaxation, FloatArray]:
    """The relaxation over the stations that are not refused, and the cost table of those."""
    sites = np.flatnonzero(~instance.refused)
    cost = np.full((N, M), np.inf)
    cost[instance.costs.arc_origin, instance.costs.destination] = instance.costs.distance_m
    return StationRelaxation(instance, instance.costs.distance_m, sites), cost[:, sites]


def price_of(instance: CoordinationInstance, n: int) -> float:
    """Metres for so many L-NSPs under one station; infinite for more than may be."""
    above = max(0, n - instance.lnsp_per_cnsp)
    return np.inf if n > instance.max_lnsp_per_cnsp else instance.load_price_m * above * (above + 1) / 2


def gains(instance: CoordinationInstance, cost: FloatArray, multipliers: FloatArray) -> FloatArray:
    """Per station the least that any set of L-NSPs under it costs beyond their multipliers."""
    sets = [np.array(chosen) for chosen in itertools.product([0, 1], repeat=N)]
    left = cost - multipliers[:, None]
    return np.array(
        [
            min(left[s > 0, k].sum() + price_of(instance, int(s.sum())) for s in sets)
            for k in range(cost.shape[1])
        ]
    )  # fmt: skip


def value(
    instance: CoordinationInstance, gain: FloatArray, multipliers: FloatArray, must: BoolArray, may: BoolArray
) -> float:
    """The Lagrangian value: the best stations of every choice that is allowed."""
    choices = [
        list(chosen)
        for chosen in itertools.combinations(range(len(gain)), instance.n_coordinators)
        if may[list(chosen)].all() and set(np.flatnonzero(must)) <= set(chosen)
    ]
    return float(multipliers.sum() + min((gain[c].sum() for c in choices), default=np.inf))


def optimum(instance: CoordinationInstance, cost: FloatArray, must: BoolArray, may: BoolArray, **arc: int) -> float:
    """The least cost of every choice of stations, an assignment to places each; ``lnsp`` under ``station`` if asked."""
    best = np.inf
    places = [price_of(instance, t + 1) - price_of(instance, t) for t in range(instance.max_lnsp_per_cnsp)]
    for chosen in itertools.combinations(range(cost.shape[1]), instance.n_coordinators):
        sites = list(chosen)
        if not may[sites].all() or not set(np.flatnonzero(must)) <= set(chosen):
            continue
        table = np.hstack([cost[:, [k]] + np.array(places) for k in sites])
        if arc:
            if arc["station"] not in sites:
                continue
            others = np.repeat(np.array(sites) != arc["station"], len(places))
            table[arc["lnsp"], others] = np.inf
        table = np.where(np.isfinite(table), table, 1e8)
        found = float(table[linear_sum_assignment(table)].sum())
        best = min(best, found if found < 1e8 else np.inf)
    return best


FREE, ALL = np.zeros(M - 1, dtype=bool), np.ones(M - 1, dtype=bool)
LIMITS = [(FREE, ALL), (np.arange(4) == 1, ALL), (FREE, np.arange(4) != 2), (np.arange(4) == 0, np.arange(4) != 3)]


@pytest.mark.parametrize("seed", range(6))
def test_any_multipliers_give_the_value_of_the_best_stations_and_decide_what_costs_too_much(seed: int) -> None:
    instance = town(seed)
    problem, cost = relaxation(instance)
    rng = np.random.default_rng(seed)
    decided = 0
    for (must, may), spread in itertools.product(LIMITS, (0.6, 1.0, 1.6)):
        multipliers = spread * rng.uniform(2_000, 6_000, N)
        gain = gains(instance, cost, multipliers)
        least = value(instance, gain, multipliers, must, may)
        for room in (1.0, 500.0, 3_000.0, 50_000.0):
            target = least + room
            bound, opened, open_ones = problem.bound(multipliers, must.copy(), may.copy(), target)
            assert bound == pytest.approx(least)
            assert bound <= optimum(instance, cost, must, may) + 1e-6
            for k in np.flatnonzero(may & ~must).tolist():
                at_k = np.arange(M - 1) == k
                closed = value(instance, gain, multipliers, must, may & ~at_k)
                open_k = value(instance, gain, multipliers, must | at_k, may)
                assert bool(opened[k]) == (closed >= target and closed > least + 1e-9), (room, k)
                assert bool(open_ones[k]) == (open_k < target), (room, k)
                decided += int(opened[k]) + int(not open_ones[k])
            assert (opened[must]).all()
            assert not open_ones[~may].any()
    assert decided


@pytest.mark.parametrize("seed", range(6))
def test_an_arc_costs_its_station_open_and_what_it_is_above_the_multiplier(seed: int) -> None:
    instance = town(seed)
    problem, cost = relaxation(instance)
    for must, may in LIMITS:
        multipliers = np.random.default_rng(seed).uniform(2_000, 6_000, N)
        gain = gains(instance, cost, multipliers)
        found = problem.bound_with_arc(multipliers, must, may)
        for i, k in itertools.product(range(N), range(M - 1)):
            at_k = np.arange(M - 1) == k
            opened = value(instance, gain, multipliers, must | at_k, may) if may[k] else np.inf
            assert found[i, k] == pytest.approx(opened + max(0.0, cost[i, k] - multipliers[i])), (i, k)
            assert found[i, k] <= optimum(instance, cost, must, may, lnsp=i, station=k) + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_the_relaxation_gives_the_best_multipliers_there_are(seed: int) -> None:
    instance = town(seed)
    problem, cost = relaxation(instance)
    rng = np.random.default_rng(seed)
    for must, may in LIMITS:
        share, multipliers = problem.relaxed(must, may)
        assert share is not None
        assert share.sum() == pytest.approx(instance.n_coordinators)
        assert (share >= must - 1e-9).all()
        assert (share <= may + 1e-9).all()
        kept = np.minimum(problem.ceiling, multipliers)
        best = problem.bound(kept, must.copy(), may.copy(), np.inf)[0]
        least = optimum(instance, cost, must, may)
        assert best <= least + 1e-4
        assert best >= 0.9 * least or not np.isfinite(least)
        for _ in range(8):
            other = kept + rng.normal(0, 300, N)
            assert problem.bound(other, must.copy(), may.copy(), np.inf)[0] <= best + 1e-4


def test_with_every_station_open_the_relaxation_is_the_assignment() -> None:
    for seed in range(6):
        instance = town(seed, n_open=M - 1)
        problem, cost = relaxation(instance)
        _, multipliers = problem.relaxed(FREE, ALL)
        bound, _, _ = problem.bound(multipliers, FREE.copy(), ALL.copy(), np.inf)
        assert bound == pytest.approx(optimum(instance, cost, FREE, ALL))
        assert (problem.bound_with_arc(multipliers, FREE, ALL) >= bound - 1e-6).all()


def test_a_choice_that_cannot_be_made_has_no_bound() -> None:
    problem, _ = relaxation(town(0))
    multipliers = np.full(N, 3_000.0)
    for must, may in (
        (np.arange(4) == 1, np.arange(4) != 1),  # open and closed
        (np.arange(4) < 3, ALL),  # three that must of two
        (FREE, np.arange(4) < 1),  # one that may of two
    ):
        assert problem.bound(multipliers, must.copy(), may.copy(), 1e9)[0] == np.inf
        assert np.isinf(problem.bound_with_arc(multipliers, must, may)).all()
        assert problem.relaxed(must, may)[0] is None
    # exactly as many as must, and as many as may, can be made
    assert np.isfinite(problem.bound(multipliers, np.arange(4) < 2, ALL.copy(), 1e9)[0])
    assert np.isfinite(problem.bound(multipliers, FREE.copy(), np.arange(4) < 2, 1e9)[0])


def test_arcs_that_are_left_out_at_first_come_in_where_they_matter() -> None:
    """Twenty stations beside every L-NSP, of which only the farthest two may open."""
    distance_m = np.add.outer(100.0 * np.arange(3), 1_000.0 + 10.0 * np.arange(20))
    instance = coordination_instance(costs_of(distance_m, 20_000.0), 2)
    problem = StationRelaxation(instance, instance.costs.distance_m, np.arange(20))
    assert problem.active.sum() < instance.costs.n_arcs
    share, multipliers = problem.relaxed(np.zeros(20, dtype=bool), np.arange(20) >= 18)
    assert share is not None
    assert share[18:] == pytest.approx([1.0, 1.0])
    assert multipliers.sum() == pytest.approx(distance_m[:, 18].sum())


def test_steps_of_multipliers_are_as_fine_as_whole_numbers_can_hold() -> None:
    for seed in range(3):
        problem, cost = relaxation(town(seed))
        dearest = cost[np.isfinite(cost)].max() + (1_400.0 if seed % 2 == 0 else 0.0)
        assert problem.ceiling == pytest.approx(np.full(N, 4.0 * dearest))
        steps = 4.0 * dearest / problem.step
        assert 2**30 - 64 <= steps <= 2**31 - 1 + 64
        assert float(np.log2(problem.step)).is_integer()


def test_no_distance_at_all_still_has_a_ceiling() -> None:
    instance = replace(town(1), costs=costs_of(np.zeros((N, M)), 20_000.0))
    problem, _ = relaxation(instance)
    assert problem.ceiling.tolist() == [4.0] * N
