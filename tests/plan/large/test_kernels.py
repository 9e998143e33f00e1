"""The compiled parts of the large engine by themselves, each against another way to the same answer."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import Divisibility
from nsp_planner.plan.large import knapsack, node_bound, rounding, swaps
from nsp_planner.plan.large.compact_instance import CompactInstance, build_compact
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.search_state import SearchState, site_neighbours
from nsp_planner.plan.large.subproblem import Subproblem
from tests.towns.search_states import one_tree
from tests.towns.seeded_small import KINDS, site_sets, small_town, transport_cost

pytestmark = pytest.mark.slow  # many small instances: left out of make check, in make test

UNSERVED_COST = 20_000.0


# -- knapsack --------------------------------------------------------------------------------------------------------


def by_sorting(value: FloatArray, size: FloatArray, room: float) -> tuple[float, float, FloatArray]:
    """The cheapest that fit, the last in part: their value, the price of one place more, share of each item."""
    share, left = np.zeros(len(value)), room
    price = 0.0
    for k in np.argsort(value, kind="stable"):
        share[k] = min(1.0, left / size[k])
        left -= share[k] * size[k]
        if share[k] < 1.0:
            price = float(-value[k])
            break
    return float((share * value * size).sum()), price, share


@pytest.mark.parametrize("seed", range(60))
def test_a_knapsack_is_filled_as_by_sorting(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    # values that occur more than once are what partitions go wrong on
    value = -rng.choice(rng.uniform(0.1, 9.0, max(1, n // 2)), n) if seed % 2 else -rng.uniform(0.1, 9.0, n)
    size = rng.integers(1, 30, n).astype(float)
    room = float(rng.uniform(0, 1.2) * size.sum())
    expected, price, _ = by_sorting(value, size, room)
    total, worth = float(size.sum()), float((value * size).sum())

    def arrays() -> tuple[FloatArray, FloatArray, np.ndarray]:
        return value.copy(), size.copy(), np.arange(n, dtype=np.int32)

    assert knapsack.fill_value(*arrays(), n, total, worth, room) == pytest.approx(expected)
    assert knapsack.clearing_price(*arrays(), n, total, room) == pytest.approx(price)
    r, s, idx = arrays()
    whole, filled, left = knapsack.fill(r, s, idx, n, room)
    assert sorted(idx.tolist()) == list(range(n)), "an item was lost"
    assert np.array_equal(r, value[idx])
    assert np.array_equal(s, size[idx])
    assert filled == pytest.approx((r[:whole] * s[:whole]).sum())
    assert left == pytest.approx(room - s[:whole].sum())
    assert left >= 0
    if 0 < whole < n:
        assert r[:whole].max() <= r[whole:].min()


@pytest.mark.parametrize("seed", range(20))
def test_a_site_takes_what_its_value_says(seed: int) -> None:
    town = small_town(seed, KINDS[seed % len(KINDS)], n=25, m=8, p=4)
    compact = build_compact(town, town.arc_cost)
    with ThreadPoolExecutor(max_workers=1) as pool:
        bound = LagrangianBound(compact, pool)
        u = bound.multipliers * np.random.default_rng(seed).uniform(0.5, 2.0, compact.n)
        value, sites, taken = bound.evaluate(u)
    expected = np.zeros(compact.m)
    share = np.zeros(compact.n)
    for j in range(compact.m):
        arcs = np.arange(compact.col_start[j], compact.col_start[j + 1])
        points = compact.col_demand[arcs]
        gain = compact.col_cost[arcs] - u[points]
        gaining = gain < 0
        expected[j], _, part = by_sorting(gain[gaining], compact.size[points[gaining]], compact.capacity[j])
        if j in sites:
            share[points[gaining]] += part
    assert bound.site_value == pytest.approx(expected)
    assert taken == pytest.approx(share)
    assert value == pytest.approx((compact.size * u).sum() + expected[sites].sum())


@pytest.mark.parametrize("kind", KINDS)
def test_the_sites_of_least_value_are_those_of_every_set(kind: str) -> None:
    for seed in range(30):
        town = small_town(seed, kind, m=7, p=3)
        compact = build_compact(town, town.arc_cost)
        value = np.random.default_rng(seed).uniform(-10, 1, compact.m)
        at = np.full(town.n_candidates, -1)
        at[compact.site] = np.arange(compact.m)
        least = min(value[at[sites]].sum() for sites in site_sets(town))
        chosen, _ = compact.choose(value)
        assert any(np.array_equal(np.sort(at[sites]), chosen) for sites in site_sets(town)), seed
        assert value[chosen].sum() == pytest.approx(least), seed


# -- transport -------------------------------------------------------------------------------------------------------


def searched(compact: CompactInstance) -> SearchState:
    near, _ = site_neighbours(compact)
    return SearchState(compact, near, UNSERVED_COST, compact.m)


@pytest.mark.parametrize("kind", KINDS)
def test_an_allocation_is_that_of_the_linear_program(kind: str) -> None:
    served = 0
    for seed in range(12):
        town = small_town(seed, kind, n=20, m=7, p=3)
        compact = build_compact(town, town.arc_cost)
        state = searched(compact)
        at = np.full(town.n_candidates, -1)
        at[compact.site] = np.arange(compact.m)
        for sites in site_sets(town)[:6]:
            state.set_open(at[sites])
            cost = transport_cost(town, sites, town.arc_cost)
            assert (state.unserved > 1e-6) == (not np.isfinite(cost)), (seed, sites)
            used = state.share * state.used
            load = np.bincount(
                state.open.near_site[state.used], (used * compact.size[:, None])[state.used], minlength=compact.m
            )
            assert (load <= compact.capacity * (1 + 1e-9) + 1e-6).all()
            if np.isfinite(cost):
                served += 1
                assert used.sum(axis=1) == pytest.approx(np.ones(compact.n))
                assert (used * state.open.near_cost * compact.size[:, None]).sum() == pytest.approx(cost, rel=1e-6)
                assert state.value() == pytest.approx(cost, rel=1e-6)
    assert served >= 15


@pytest.mark.parametrize("kind", KINDS)
def test_a_swap_is_worth_what_it_costs_anew_and_its_bound_is_never_more(kind: str) -> None:
    n_swaps = 0
    for seed in range(8):
        town = small_town(seed, kind, n=20, m=7, p=3)
        compact = build_compact(town, town.arc_cost)
        state, fresh = searched(compact), searched(compact)
        at = np.full(town.n_candidates, -1)
        at[compact.site] = np.arange(compact.m)
        state.set_open(at[site_sets(town)[0]])
        if state.unserved > 1e-6:
            continue
        opened, closed = np.flatnonzero(state.open.is_open), np.flatnonzero(~state.open.is_open)
        before = state.value()
        for a, b in itertools.product(opened.tolist(), closed[:2].tolist()):
            sites = np.sort(np.append(opened[opened != a], b))
            fresh.set_open(sites)
            if fresh.unserved > 1e-6:
                continue
            change = fresh.value() - before
            room = 1e-6 * max(1.0, abs(before))
            assert state.swap_bound(a, b) <= change + room, (seed, a, b)
            estimate, _ = swaps.reprice(state.arcs, state.open, state.scratch, a, b, compact.m, 50, 1e-9, np.inf)
            assert estimate <= change + room, (seed, a, b)
            for limit in (estimate - 1.0, estimate):  # one that ends early had risen above the limit
                early, _ = swaps.reprice(state.arcs, state.open, state.scratch, a, b, compact.m, 50, 1e-9, limit)
                assert early == estimate or limit < early <= estimate + room, (seed, a, b)
                assert limit < estimate or early == estimate, (seed, a, b)
            # dropped at once, the swap leaves everything as it was
            assert state.swap(a, b, -np.inf) == 0.0
            assert np.array_equal(np.flatnonzero(state.open.is_open), opened)
            assert state.value() == pytest.approx(before)
            told = state.swap(a, b, np.inf)
            assert state.value() == pytest.approx(before + told, rel=1e-9)
            assert state.allocate() == pytest.approx(fresh.value(), rel=1e-6)
            kept = [list(row[:n]) for row, n in zip(state.open.near_site, state.open.n_near, strict=True)]
            anew = [list(row[:n]) for row, n in zip(fresh.open.near_site, fresh.open.n_near, strict=True)]
            assert kept == anew, "open arcs are not those of the open sites"
            assert np.array_equal(state.open.spare, fresh.open.spare)
            state.set_open(opened)
            n_swaps += 1
    assert n_swaps >= 20


def test_any_prices_give_a_bound_on_the_allocation() -> None:
    for seed in range(20):
        town = small_town(seed, "tight", n=15, m=6, p=3)
        compact = build_compact(town, town.arc_cost)
        state = searched(compact)
        sites = site_sets(town)[seed % 5]
        state.set_open(sites)
        exact = state.value()
        for number in range(3):
            state.open.price[sites] = np.random.default_rng([seed, number]).uniform(0, 900, len(sites))
            state.rebuild()
            assert state.value() <= exact * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_rounding_keeps_capacities_and_open_sites(seed: int) -> None:
    town = small_town(seed, "plain", n=25, m=8, p=4, divisibility=Divisibility.WHOLE_POINTS)
    compact = build_compact(town, town.arc_cost)
    state = searched(compact)
    sites = compact.choose(-compact.capacity)[0]
    state.set_open(sites)
    site = rounding.round_to_whole(compact, state.open, state.share)
    assert site is not None, "the largest sites have room to spare"
    assert np.isin(site, sites).all()
    assert (np.bincount(site, compact.size, minlength=compact.m) <= compact.capacity + 1e-6).all()
    cost = sum(float(compact.size[i] * compact.row_cost[arc(compact, i, int(j))]) for i, j in enumerate(site))
    assert cost >= state.value() * (1 - 1e-9), "whole points never cost less than divided ones"


def arc(compact: CompactInstance, i: int, j: int) -> int:
    first, last = int(compact.row_start[i]), int(compact.row_start[i + 1])
    return first + int(np.flatnonzero(compact.row_site[first:last] == j)[0])


# -- branch and bound ------------------------------------------------------------------------------------------------


def allowed(tree: Subproblem, sites: IntArray, low: np.ndarray, high: np.ndarray) -> bool:
    """Whether a set of sites keeps to the numbers of every part."""
    is_open = np.isin(np.arange(len(tree.sites)), sites)
    counts = np.array([is_open[a:b].sum() for a, b in zip(tree.arcs.first, tree.arcs.last, strict=True)])
    return bool((counts >= low).all() and (counts <= high).all())


@pytest.mark.parametrize("kind", KINDS)
def test_a_node_opens_the_cheapest_sites_that_its_numbers_allow(kind: str) -> None:
    n_possible = 0
    for seed in range(25):
        tree, sets = one_tree(small_town(seed, kind, m=7, p=3))
        arcs, work, rng = tree.arcs, tree.work, np.random.default_rng(seed)
        m = len(arcs.capacity)
        low, high = tree.tree.low[0].copy(), tree.tree.high[0].copy()
        for part in rng.choice(len(arcs.first), 2, replace=False):
            if rng.random() < 0.5:
                high[part] = max(0, int(high[part]) - 1)
            else:
                low[part] = min(int(arcs.last[part] - arcs.first[part]), int(low[part]) + 1)
        values = rng.uniform(-9, -1, m)
        work.v[:] = np.where(high[:m] == 0, np.inf, values)

        costs = {
            tuple(sorted(sites.tolist())): values[sites].sum() for sites in sets if allowed(tree, sites, low, high)
        }
        found = node_bound._choose(arcs, low, high, work)
        if not costs:
            # the relaxation over nested parts may keep a choice that (4) does not; it never loses one
            continue
        n_possible += 1
        least = min(costs.values())
        assert found == pytest.approx(least), seed
        # whatever is decided for good costs no set of sites below the cutoff
        cutoff = found + rng.uniform(0, 6)
        new_low, new_high = low.copy(), high.copy()
        node_bound._decide(arcs, new_low, new_high, work, found, cutoff)
        for sites, cost in costs.items():
            if cost < cutoff - 1e-9:
                is_open = np.isin(np.arange(m), sites)
                assert is_open[new_low[:m] > 0].all(), (seed, sites)
                assert not is_open[new_high[:m] == 0].any(), (seed, sites)
    assert n_possible >= 10


def test_a_compact_instance_keeps_every_arc_and_person() -> None:
    for seed in range(10):
        town = small_town(seed, "decided", m=6, p=3)
        compact = build_compact(town, town.arc_cost)
        usable = ~town.refused[town.costs.destination]
        assert len(compact.row_cost) == len(compact.col_cost) == usable.sum()
        assert compact.size.sum() == pytest.approx(town.population_persons.sum())
        whole = compact.size[compact.col_demand] * compact.col_cost
        assert whole.sum() == pytest.approx(town.arc_cost[usable].sum())
        unlimited = build_compact(replace(town, capacity_persons=np.full(6, np.inf)), town.arc_cost)
        assert np.isfinite(unlimited.capacity).all()
