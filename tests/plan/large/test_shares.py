"""Shares before they are exact: whole at the best site, and which sites a change concerns."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.large import shares
from nsp_planner.plan.large.search_state import SearchState
from tests.towns.search_states import dual, least_cost, pays, put, small_state, some_open


def test_every_point_goes_whole_to_the_site_where_it_pays_least() -> None:
    for seed in range(6):
        state = small_state(seed)
        is_open, price = some_open(state, seed), np.random.default_rng(seed).uniform(0, 400, 6)
        put(state, is_open, price)
        state.share[:] = 0.3
        shares.start_all(state.open, state.share)
        for i in range(state.compact.n):
            site, row = state.open.best_site[i], state.share[i]
            assert row.sum() == (0.0 if site < 0 else 1.0)
            if site >= 0:
                (at,) = np.flatnonzero(row)
                assert state.open.near_site[i, at] == site
                assert state.open.near_cost[i, at] + price[site] == pytest.approx(pays(state, is_open, price)[i])


def has_room(state: SearchState, is_open: BoolArray) -> bool:
    """Whether everybody can have a site of these."""
    return least_cost(state, is_open, 1e6) < 9e5


def is_exact(state: SearchState, is_open: BoolArray) -> None:
    """Everyone at a site where they pay least, nobody too many, places left only where they are worth nothing."""
    used = state.share * state.used
    n, m = state.compact.n, state.compact.m
    load = np.zeros(m)
    for i in range(n):
        for q in np.flatnonzero(used[i] > 1e-9).tolist():
            site = state.open.near_site[i, q]
            assert state.open.near_cost[i, q] + state.open.price[site] <= state.open.best[i] + 1e-5
            load[site] += used[i, q] * state.compact.size[i]
    assert (load <= state.compact.capacity + 1e-5).all()
    paid_for = is_open & (state.open.price > 1e-6)
    assert load[paid_for] == pytest.approx(state.compact.capacity[paid_for])
    missing = 1.0 - used.sum(axis=1)
    cost = (used * state.open.near_cost * state.compact.size[:, None]).sum()
    least = least_cost(state, is_open)
    assert cost + (missing * state.compact.size).sum() * state.arcs.unserved_cost[0] == pytest.approx(least)
    assert dual(state, is_open, state.open.price) == pytest.approx(least)


@pytest.mark.parametrize("fill", [0.8, 0.98])
def test_after_a_change_of_sites_and_prices_shares_are_exact_again(fill: float) -> None:
    n_changes = 0
    for seed in range(24):
        state, rng = small_state(seed, fill=fill), np.random.default_rng(seed)
        before = some_open(state, seed)
        state.set_open(np.flatnonzero(before))
        # one site for another, a few prices that are off; some prices stay
        after = before.copy()
        opened, closed = np.flatnonzero(before), np.flatnonzero(~before)
        a, b = int(rng.choice(opened)), int(rng.choice(closed))
        if state.compact.area[a] != state.compact.area[b] and seed % 2:
            b = a
        after[a], after[b] = False, True
        if not (has_room(state, before) and has_room(state, after)):
            continue
        is_exact(state, before)
        off = np.where(rng.random(6) < 0.5, 100.0 * rng.integers(0, 4, 6), state.open.price)
        price = np.where(after, np.where(np.arange(6) == b, 0.0, off), 0.0)
        state.move_to(after, price)
        is_exact(state, after)
        assert not state.work.in_list.any()
        n_changes += 1
    assert n_changes >= 5


def test_nothing_changed_concerns_no_site() -> None:
    state = small_state(1)
    state.set_open(np.flatnonzero(some_open(state, 1)))
    kept = state.share.copy()
    state.switched[:] = False
    assert shares.spread(state.arcs, state.open, state.share, state.work, state.moved, 0, state.switched) == 0
    assert (state.share == kept).all()


def test_points_where_a_price_changed_are_looked_at_and_the_others_stay() -> None:
    state = small_state(2, fill=0.98)
    is_open = some_open(state, 2)
    state.set_open(np.flatnonzero(is_open))
    state.share[:] *= 0.5  # a mark on the shares that stay
    j = int(np.flatnonzero(is_open)[0])
    state.open.price[j] += 1_000.0
    state.rebuild()
    state.switched[:] = False
    state.moved[0] = j
    marked = state.share.copy()
    at_j = ((state.open.near_site == j) & state.used & (marked > 0)).any(axis=1)
    n = shares.spread(state.arcs, state.open, state.share, state.work, state.moved, 1, state.switched)
    for i in range(state.compact.n):
        if at_j[i]:
            assert state.share[i].max() in (0.0, 1.0)
        elif (state.open.near_site[i][state.used[i]] != j).all():
            assert (state.share[i] == marked[i]).all()
    listed = set(state.work.listed[:n].tolist())
    gone_to = {int(state.open.best_site[i]) for i in np.flatnonzero(at_j) if state.open.best_site[i] >= 0}
    assert {j} | gone_to <= listed
    assert len(listed) == n
    assert is_open[list(listed)].all()
