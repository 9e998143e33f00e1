"""Knapsacks worked out by hand: who gains, what fits to the place, and what the last place is worth."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.large import knapsack

COL_START = np.array([0, 4, 6], dtype=np.int64)
DEMAND = np.array([0, 1, 2, 3, 3, 1], dtype=np.int32)
COST = np.array([100.0, 300.0, 200.0, 500.0, 100.0, 400.0])
PERSONS = np.array([10.0, 20.0, 30.0, 40.0])
MULTIPLIER = np.array([400.0, 400.0, 250.0, 500.0])
"""Gains at site 0: 300 by 10 persons, 100 by 20, 50 by 30, none by 40; at site 1: 400 by 40, none by 20."""


def memory(n: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.int32)


def test_who_pays_less_at_the_site_gains_and_who_pays_as_much_does_not() -> None:
    r, s, idx = memory()
    value, whole, part = knapsack.fill_site(0, 4, DEMAND, COST, PERSONS, 99.0, MULTIPLIER, r, s, idx)
    assert (value, whole, part) == (-3_000.0 - 2_000.0 - 1_500.0, 3, 0.0)
    assert r[:3].tolist() == [-300.0, -100.0, -50.0]
    assert s[:3].tolist() == [10.0, 20.0, 30.0]
    assert idx[:3].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("room", "value", "shares"),
    [
        (0.0, 0.0, [0, 0, 0, 0]),
        (5.0, -1_500.0, [0.5, 0, 0, 0]),
        (10.0, -3_000.0, [1, 0, 0, 0]),
        (25.0, -3_000.0 - 1_500.0, [1, 0.75, 0, 0]),
        (30.0, -5_000.0, [1, 1, 0, 0]),
        (45.0, -5_000.0 - 750.0, [1, 1, 0.5, 0]),
        (60.0, -6_500.0, [1, 1, 1, 0]),
        (99.0, -6_500.0, [1, 1, 1, 0]),
    ],
)
def test_a_site_takes_who_gains_most_until_it_is_full(room: float, value: float, shares: list[float]) -> None:
    capacity = np.array([room, 40.0])
    given = (COL_START, DEMAND, COST, PERSONS, capacity, MULTIPLIER)
    r, s, idx = memory()
    worth, whole, part = knapsack.fill_site(0, 4, DEMAND, COST, PERSONS, room, MULTIPLIER, r, s, idx)
    assert worth == pytest.approx(value)
    assert sorted(idx[:whole].tolist()) == [i for i in range(4) if shares[i] == 1]
    assert part == sum(shares) - whole
    assert part == 0 or shares[idx[whole]] == part
    values = np.zeros(2)
    knapsack.site_values(0, 2, *given, values, *memory())
    assert values == pytest.approx([value, -16_000.0])
    taken = np.array([0.0, 0.0, 0.0, 2.0])
    knapsack.taken_shares(np.array([0], dtype=np.int64), *given, taken, *memory())
    assert (taken - [0, 0, 0, 2]).tolist() == shares
    both = np.zeros(4)
    knapsack.taken_shares(np.array([0, 1], dtype=np.int64), *given, both, *memory())
    assert both == pytest.approx(np.add(shares, [0, 0, 0, 1]))


@pytest.mark.parametrize(
    ("room", "price"),
    [(0.0, 9.0), (4.0, 9.0), (5.0, 7.0), (7.0, 7.0), (8.0, 2.0), (9.0, 2.0), (10.0, 0.0), (11.0, 0.0)],
)
def test_the_price_is_the_gain_of_the_first_who_does_not_come_whole(room: float, price: float) -> None:
    gain, size, idx = np.array([-2.0, -9.0, -7.0]), np.array([2.0, 5.0, 3.0]), np.arange(3, dtype=np.int32)
    assert knapsack.clearing_price(gain, size, idx, 3, 10.0, room) == price


@pytest.mark.parametrize("seed", range(30))
def test_items_are_split_at_the_room_whatever_their_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 1 + seed % 9
    # few values, so that many are the same
    value, size = -rng.integers(1, 4 + seed, n).astype(float), rng.integers(1, 6, n).astype(float)
    for room in np.unique(np.append(np.cumsum(np.sort(size)), [0.0, size.sum() / 2])):
        r, s, idx = value.copy(), size.copy(), np.arange(n, dtype=np.int32)
        k, filled, left = knapsack.fill(r, s, idx, n, room)
        assert sorted(idx.tolist()) == list(range(n))
        assert (r == value[idx]).all()
        assert (s == size[idx]).all()
        assert filled == pytest.approx((r[:k] * s[:k]).sum())
        assert left == pytest.approx(room - s[:k].sum())
        assert r[:k].max(initial=-99) <= r[k:].min(initial=0)
        # the item after the last whole one is the cheapest of the rest, and does not fit
        assert k == n or (r[k] == r[k:].min() and s[k] > left)
        best, space = 0.0, room
        for j in np.argsort(value, kind="stable"):
            part = min(size[j], space)
            best, space = best + value[j] * part, space - part
        found = knapsack.fill_value(
            value.copy(), size.copy(), idx.copy(), n, size.sum(), float((value * size).sum()), room
        )
        assert found == pytest.approx(best)
