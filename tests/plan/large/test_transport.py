"""An allocation made exact from any prices: the linear program's cost, and the loads that it may have."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.large import shares, transport
from nsp_planner.plan.large.search_state import SearchState
from tests.towns.search_states import UNSERVED_COST, dual, least_cost, put, roomy, small_state, some_open

MANY = 10**6


def balanced(state: SearchState, price: np.ndarray, is_open: np.ndarray, steps: int = MANY) -> tuple[float, float, int]:
    put(state, is_open, price)
    shares.start_all(state.open, state.share)
    sites = np.flatnonzero(is_open)
    state.work.listed[: len(sites)] = sites
    return transport.balance(state.arcs, state.open, state.share, state.work, len(sites), steps)


@pytest.mark.parametrize("prices", ["none", "all high", "mixed"])
@pytest.mark.parametrize("fill", [0.7, 0.97, 1.3])
def test_from_any_prices_the_allocation_is_that_of_the_linear_program(prices: str, fill: float) -> None:
    moved, lacking = 0, 0
    for seed in range(12):
        state = small_state(seed, fill=fill, n=10)
        is_open, rng = some_open(state, seed), np.random.default_rng(seed)
        every = {"none": np.zeros(6), "all high": np.full(6, 350.0), "mixed": 50.0 * rng.integers(0, 9, 6)}
        price = np.where(is_open, every[prices], 0.0)
        before = dual(state, is_open, price)
        rise, unserved, steps = balanced(state, price, is_open)
        cost = least_cost(state, is_open)
        used = state.share * state.used
        paid = float((used * state.open.near_cost * state.compact.size[:, None]).sum())
        missing = float(((1.0 - used.sum(axis=1)) * state.compact.size).sum())
        assert (used >= 0).all()
        assert dual(state, is_open, state.open.price) == pytest.approx(cost)
        assert before + rise == pytest.approx(cost)
        assert paid + UNSERVED_COST * missing == pytest.approx(cost)
        assert (state.open.price >= 0).all()
        assert (state.open.price[~is_open] == 0).all()
        load = np.zeros(6)
        np.add.at(load, state.open.near_site[state.used], (used * state.compact.size[:, None])[state.used])
        assert (load <= state.compact.capacity + 1e-5).all()
        # a point at no site from the start was never anybody's to count
        assert unserved <= missing + 1e-6
        assert np.isinf(state.work.dist).all()
        assert not state.work.done.any()
        moved += steps > 0
        lacking += unserved > 1.0
    assert moved >= 6
    assert lacking >= 3 or fill < 1.2


def test_who_has_no_room_is_counted_where_everyone_began_at_a_site() -> None:
    counted = 0
    for seed in range(12):
        state = small_state(seed, fill=1.3, n=10)
        is_open = some_open(state, seed)
        _, unserved, _ = balanced(state, np.zeros(6), is_open)
        put_first = small_state(seed, fill=1.3, n=10)
        put(put_first, is_open, np.zeros(6))
        begun = put_first.open.best_site >= 0
        missing = (1.0 - (state.share * state.used).sum(axis=1)) * state.compact.size
        assert unserved == pytest.approx(missing[begun].sum(), abs=1e-5)
        counted += unserved > 1.0
    assert counted >= 6


def test_no_steps_leave_everything_as_it_was() -> None:
    state = small_state(4, fill=1.2)
    is_open = some_open(state, 4)
    price = np.where(is_open, 100.0, 0.0)
    rise, unserved, steps = balanced(state, price, is_open, steps=0)
    assert (rise, unserved, steps) == (0.0, 0.0, 0)
    assert state.open.price.tolist() == price.tolist()


def test_where_there_is_room_at_no_price_nothing_moves() -> None:
    state = roomy(small_state(5))
    is_open = some_open(state, 5)
    rise, unserved, steps = balanced(state, np.zeros(6), is_open)
    assert (rise, unserved, steps) == (0.0, 0.0, 0)
