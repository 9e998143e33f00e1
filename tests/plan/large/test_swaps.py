"""Swaps: bound, estimate and change of the dual value, each against its definition on all sites and points."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.large import swaps
from nsp_planner.plan.large.search_state import SearchState
from tests.towns.search_states import best_price, dual, pays, put, small_state, some_open, tables

SWEEPS, CLOSE = 200, 1e-9


def state_of(seed: int, fill: float = 0.95) -> tuple[SearchState, BoolArray]:
    state = small_state(seed, fill=fill)
    is_open = some_open(state, seed)
    put(state, is_open, np.random.default_rng(seed).uniform(0, 250, 6))
    return state, is_open


def pairs(is_open: BoolArray) -> list[tuple[int, int]]:
    """Every swap, and closing or opening alone."""
    opened, closed = np.flatnonzero(is_open).tolist(), np.flatnonzero(~is_open).tolist()
    return [*itertools.product(opened, closed), *((a, -1) for a in opened), *((-1, b) for b in closed)]


def swapped(is_open: BoolArray, a: int, b: int) -> BoolArray:
    after = is_open.copy()
    if a >= 0:
        after[a] = False
    if b >= 0:
        after[b] = True
    return after


def is_clean(state: SearchState) -> bool:
    """Nothing is left in the working memory that the next estimate would stumble over."""
    return bool((state.scratch.local_of_demand == -1).all() and (state.scratch.local_of_site == -1).all())


def test_the_bound_of_a_swap_is_the_dual_value_at_the_best_price_of_the_new_site() -> None:
    for seed in range(8):
        state, is_open = state_of(seed)
        before, price = dual(state, is_open, state.open.price), state.open.price
        for a, b in pairs(is_open):
            after = swapped(is_open, a, b)
            expected = best_price(state, after, price, b) if b >= 0 else dual(state, after, price)
            found = swaps.swap_bound(state.arcs, state.open, state.scratch, a, b)
            assert found == pytest.approx(expected - before, abs=1e-6), (seed, a, b)


@pytest.mark.parametrize("n_local", [1, 2, 6])
def test_an_estimate_is_the_dual_value_at_its_prices_and_none_of_them_alone_is_better(n_local: int) -> None:
    for seed in range(6):
        state, is_open = state_of(seed)
        before = dual(state, is_open, state.open.price)
        for a, b in pairs(is_open):
            found, k = swaps.reprice(state.arcs, state.open, state.scratch, a, b, n_local, SWEEPS, CLOSE, np.inf)
            sites = state.scratch.sites[:k].tolist()
            assert sites == local_sites(state, is_open, a, b, n_local)
            after, price = swapped(is_open, a, b), state.open.price.copy()
            price[sites] = state.scratch.price[:k]
            assert found == pytest.approx(dual(state, after, price) - before, abs=1e-6), (seed, a, b)
            for j in sites:
                assert best_price(state, after, price, j) <= dual(state, after, price) + 1e-6, (seed, a, b)
            assert is_clean(state)


def local_sites(state: SearchState, is_open: BoolArray, a: int, b: int, n_local: int) -> list[int]:
    """The new site, then the open neighbours of both, nearest first, in turn."""
    sites = [b] if b >= 0 else []
    rows = [state.arcs.neighbour[j].tolist() for j in (a, b) if j >= 0]
    for near in itertools.chain(*zip(*rows, strict=True)):
        if near >= 0 and near != a and is_open[near] and near not in sites and len(sites) < n_local:
            sites.append(near)
    return sites


def test_an_estimate_of_few_sweeps_is_a_dual_value_too() -> None:
    for seed in range(6):
        state, is_open = state_of(seed, fill=1.1)
        before = dual(state, is_open, state.open.price)
        for a, b in pairs(is_open):
            found, k = swaps.reprice(state.arcs, state.open, state.scratch, a, b, 6, 1, CLOSE, np.inf)
            price = state.open.price.copy()
            price[state.scratch.sites[:k]] = state.scratch.price[:k]
            assert found == pytest.approx(dual(state, swapped(is_open, a, b), price) - before, abs=1e-6)


def test_a_change_leaves_both_sites_at_no_price_and_queues_who_took_over() -> None:
    for seed in range(8):
        state, is_open = state_of(seed)
        price = state.open.price.copy()
        for a, b in itertools.product(np.flatnonzero(is_open).tolist(), np.flatnonzero(~is_open).tolist()):
            put(state, is_open, price)
            before = dual(state, is_open, price)
            mine = state.open.best_site == a
            state.queued[:] = False
            found, n = swaps.change(state.arcs, state.open, state.queue, state.queued, a, b)
            after = swapped(is_open, a, b)
            new = np.where(after, price, 0.0)
            assert state.open.is_open.tolist() == after.tolist()
            assert state.open.price.tolist() == new.tolist()
            assert found == pytest.approx(dual(state, after, new) - before)
            assert state.open.best == pytest.approx(pays(state, after, new))
            took = set(state.open.best_site[mine].tolist()) - {-1}
            queue = state.queue[:n].tolist()
            assert queue[0] == b
            assert took | {b} <= set(queue) <= {b, *state.open.best_site[np.isfinite(tables(state)[0][:, a])].tolist()}
            assert len(set(queue)) == n
            assert np.flatnonzero(state.queued).tolist() == sorted(queue)


def best_of(state: SearchState, is_open: BoolArray, a: int, n_closer: int) -> tuple[float, list[tuple[float, int]]]:
    """The least estimate of every swap that is allowed, and the bound of each of them."""
    area, near = state.compact.area, state.arcs.neighbour[a, :n_closer].tolist()
    lonely = state.open.spare[area[a]] <= 0
    may = [b for b in near if b >= 0 and not is_open[b] and not (lonely and area[b] != area[a])]
    bounds = sorted((swaps.swap_bound(state.arcs, state.open, state.scratch, a, b), b) for b in may)
    worth = [swaps.reprice(state.arcs, state.open, state.scratch, a, b, 6, SWEEPS, CLOSE, np.inf)[0] for b in may]
    return min(worth, default=np.inf), bounds


@pytest.mark.parametrize("n_closer", [2, 5, 40])
def test_the_best_swap_is_the_cheapest_that_number_and_minima_allow(n_closer: int) -> None:
    found_some, tied = 0, 0
    for seed in range(10):
        state, is_open = state_of(seed)
        for a in np.flatnonzero(is_open).tolist():
            least, bounds = best_of(state, is_open, a, n_closer)
            for threshold in (1e9, -1e-6, least, least + 1.0):
                found, worth = swaps.best_swap(
                    state.arcs, state.open, state.scratch, a, n_closer, 40, 6, SWEEPS, CLOSE, threshold
                )
                assert (found >= 0) == (least < threshold)
                assert worth == pytest.approx(min(least, threshold))
                assert found < 0 or found in [b for _, b in bounds]
                assert is_clean(state)
            found_some += bool(bounds)
            tied += int(state.open.spare[state.compact.area[a]] <= 0)
            # with one try it is the one of the least bound
            if len(bounds) > 1 and bounds[0][0] < bounds[1][0] - 1e-9:
                first, _ = swaps.best_swap(state.arcs, state.open, state.scratch, a, n_closer, 1, 6, SWEEPS, CLOSE, 1e9)
                assert first == bounds[0][1]
    assert found_some
    assert tied


def test_no_swap_of_a_site_that_is_closed_or_fixed() -> None:
    state, is_open = state_of(1)
    for a in range(6):
        fixed = state.arcs.fixed.copy()
        fixed[a] = is_open[a]
        arcs = state.arcs._replace(fixed=fixed)
        found, worth = swaps.best_swap(arcs, state.open, state.scratch, a, 40, 40, 6, SWEEPS, CLOSE, 1e9)
        assert (found, worth) == (-1, 1e9)
