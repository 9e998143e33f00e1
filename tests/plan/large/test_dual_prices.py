"""Prices of open sites: their bound by its definition, and ascent until no price alone can do better."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.large import dual_prices
from nsp_planner.plan.large.search_state import SearchState
from tests.towns.search_states import best_price, dual, least_cost, pays, put, roomy, small_state, some_open


def ascend(
    state: SearchState, tolerance: float = 1e-9, max_updates: int = 10_000, limit: float = np.inf, queue: str = "open"
) -> float:
    sites = np.flatnonzero(state.open.is_open) if queue == "open" else np.arange(state.compact.m)
    state.queue[: len(sites)] = sites
    state.queued[:] = False
    state.queued[sites] = True
    return float(
        dual_prices.relax(
            state.arcs, state.open, state.scratch, state.queue, state.queued, len(sites), tolerance, max_updates, limit
        )
    )


def test_the_bound_is_what_persons_pay_less_what_places_are_worth() -> None:
    for seed in range(6):
        state = small_state(seed)
        is_open, price = some_open(state, seed), np.random.default_rng(seed).uniform(0, 500, 6)
        put(state, is_open, price)
        assert dual_prices.dual_value(state.arcs, state.open) == pytest.approx(dual(state, is_open, price))
        for i in range(state.compact.n):
            for j in np.flatnonzero(is_open).tolist():
                others = is_open.copy()
                others[j] = False
                expected = pays(state, others, price)[i]
                assert dual_prices.best_other(state.arcs, state.open, i, j) == expected


def test_prices_rise_until_no_price_alone_does_better() -> None:
    changed = 0
    for seed in range(12):
        state = small_state(seed, fill=0.95)
        is_open = some_open(state, seed)
        # prices that are too high come down as well
        price = np.where(is_open, np.random.default_rng(seed).choice([0.0, 450.0], 6), 0.0)
        put(state, is_open, price)
        before = dual(state, is_open, price)
        rise = ascend(state)
        after = dual(state, is_open, state.open.price)
        assert rise == pytest.approx(after - before)
        assert after >= before
        for _ in range(20):  # what others ask does not call a site back that nobody left
            assert ascend(state) >= 0.0
        after = dual(state, is_open, state.open.price)
        assert after <= least_cost(state, is_open) * (1 + 1e-9)
        assert not state.queued.any()
        assert state.open.best == pytest.approx(pays(state, is_open, state.open.price))
        for j in np.flatnonzero(is_open).tolist():
            assert best_price(state, is_open, state.open.price, j) <= after + 1e-6
        changed += after > before
    assert changed >= 6


def test_where_there_is_room_for_everyone_places_are_worth_nothing() -> None:
    state = roomy(small_state(3))
    is_open = some_open(state, 3)
    put(state, is_open, np.full(6, 200.0))
    ascend(state)
    assert state.open.price.tolist() == [0.0] * 6
    assert dual_prices.dual_value(state.arcs, state.open) == pytest.approx(least_cost(state, is_open))


def test_the_ascent_ends_after_so_many_updates_or_so_much_gain_and_forgets_its_queue() -> None:
    several = 0
    for seed in range(8):
        state = small_state(seed, fill=0.95)
        is_open, price = some_open(state, seed), np.zeros(6)
        counts = []
        for most in (0, 1, 2, 3):
            put(state, is_open, price)
            assert ascend(state, max_updates=most) == pytest.approx(
                dual(state, is_open, state.open.price) - dual(state, is_open, price)
            )
            counts.append(int((state.open.price != 0.0).sum()))
            assert not state.queued.any()
        assert counts[0] == 0
        assert all(count <= most for most, count in enumerate(counts))
        several += counts[3] > counts[1]
        put(state, is_open, price)
        gain = ascend(state, limit=1.0)
        put(state, is_open, price)
        assert ascend(state, limit=0.0) == 0.0
        assert not state.queued.any()
        assert not state.open.price.any()
        assert gain <= ascend(state) + 1e-9
    assert several


def test_a_price_that_would_hardly_change_is_left() -> None:
    for seed in range(6):
        state = small_state(seed, fill=0.95)
        is_open = some_open(state, seed)
        put(state, is_open, np.zeros(6))
        ascend(state)
        best = state.open.price.copy()
        put(state, is_open, best + np.where(is_open, 0.5, 0.0))
        moved = state.open.price.copy()
        assert ascend(state, tolerance=1_000.0) == 0.0
        assert state.open.price.tolist() == moved.tolist()
