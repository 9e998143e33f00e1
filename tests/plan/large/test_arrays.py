"""Lists of the nearest open sites are those of the open sites, however they came to be open."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.large import arrays
from tests.towns.search_states import kept_lists, open_lists, pays, put, small_state, some_open


@pytest.mark.parametrize("width", [1, 2, 6])
def test_lists_hold_the_nearest_open_sites_in_order(width: int) -> None:
    for seed in range(4):
        state = small_state(seed, width=width)
        is_open = some_open(state, seed, 4)
        price = np.random.default_rng(seed).uniform(0, 300, state.compact.m)
        put(state, is_open, price)
        assert kept_lists(state) == open_lists(state, is_open)


@pytest.mark.parametrize("width", [1, 2, 3, 6])
def test_opening_and_closing_leave_the_lists_of_the_open_sites(width: int) -> None:
    for seed in range(3):
        state = small_state(seed, width=width)
        put(state, np.zeros(6, dtype=bool), np.zeros(6))
        is_open, rng = np.zeros(6, dtype=bool), np.random.default_rng(seed)
        for _ in range(25):
            j = int(rng.integers(6))
            (arrays.close_site if is_open[j] else arrays.open_site)(state.arcs, state.open, j)
            is_open[j] = not is_open[j]
            assert state.open.is_open.tolist() == is_open.tolist()
            assert kept_lists(state) == open_lists(state, is_open)
            assert (state.open.spare == np.bincount(state.compact.area[is_open], minlength=2) - 1).all()


def test_a_point_pays_the_least_of_its_open_sites_or_for_having_none() -> None:
    at_no_site = 0
    for seed in range(10):
        state = small_state(seed, unserved_cost=800.0)
        is_open = some_open(state, seed)
        price = 100.0 * np.random.default_rng(seed).integers(0, 6, 6)
        put(state, is_open, price)
        paid = pays(state, is_open, price)
        for i in range(state.compact.n):
            state.open.best[i], state.open.best_site[i] = -1.0, -7
            arrays.refresh_point(state.arcs, state.open, i)
            site = state.open.best_site[i]
            assert state.open.best[i] == paid[i]
            # a site that costs as much as having none is not gone to
            assert (site == -1) == (paid[i] == 800.0)
            if site >= 0:
                assert (paid[i] - price[site], site) in open_lists(state, is_open)[i]
        at_no_site += int((paid == 800.0).sum())
    assert at_no_site


def test_another_state_is_taken_over_and_the_sites_that_differ_are_told() -> None:
    for seed in range(8):
        state = small_state(seed, width=3)
        rng = np.random.default_rng(seed)
        before, after = some_open(state, seed), some_open(state, seed + 50)
        price = np.where(before, 100.0 * rng.integers(0, 4, 6), 0.0)
        new = np.where(after, np.where(rng.random(6) < 0.5, price, 100.0 * rng.integers(0, 4, 6)), 0.0)
        put(state, before, price)
        state.switched[:] = rng.random(6) < 0.5
        n_moved = arrays.set_state(state.arcs, state.open, after, new, state.moved, state.switched)
        assert sorted(state.moved[:n_moved].tolist()) == np.flatnonzero((before != after) | (price != new)).tolist()
        assert state.switched.tolist() == (before != after).tolist()
        assert state.open.is_open.tolist() == after.tolist()
        assert state.open.price.tolist() == new.tolist()
        assert kept_lists(state) == open_lists(state, after)
        least = [min((c + new[j] for c, j in row), default=np.inf) for row in open_lists(state, after)]
        assert state.open.best == pytest.approx(np.minimum(least, state.arcs.unserved_cost[0]))
