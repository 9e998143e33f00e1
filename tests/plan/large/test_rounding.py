"""Whole points: known moves and exchanges, and no move or exchange left that would save anything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nsp_planner.plan.large import rounding
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.search_state import SearchState, site_neighbours
from tests.towns.instances import costs_of, local_instance


def opened(distance_m: np.ndarray, persons: list[float], capacity: list[float]) -> SearchState:
    """Every site open, at no price."""
    instance = local_instance(persons, capacity, costs_of(distance_m, 10_000.0), len(capacity))
    compact = build_compact(instance, instance.arc_cost)
    state = SearchState(compact, site_neighbours(compact)[0], 90_000.0, len(capacity))
    state.open.is_open[:] = True
    state.rebuild()
    return state


def shares(state: SearchState, by_site: list[dict[int, float]]) -> np.ndarray:
    """Shares per site, put where the state has its arcs."""
    share = np.zeros(state.share.shape)
    for i, row in enumerate(by_site):
        for j, part in row.items():
            share[i, int(np.flatnonzero(state.open.near_site[i] == j)[0])] = part
    return share


@pytest.mark.parametrize(
    ("persons", "capacity", "distance_m", "start", "expected"),
    [
        # a split point goes where most of it is, although the other is nearer
        ([10], [10, 10], [[100, 100]], [{0: 0.4, 1: 0.6}], [1]),
        # there is room at the nearer site: it moves there
        ([10], [10, 10], [[100, 300]], [{0: 0.4, 1: 0.6}], [0]),
        # site 0 is too full by one of two: the one for whom that costs least goes
        ([10, 10], [10, 10], [[100, 900], [100, 300]], [{0: 1.0}, {0: 1.0}], [0, 1]),
        # persons count, not points: ten times 500 m is less than forty times 200 m
        ([10, 40], [45, 50], [[100, 600], [100, 300]], [{0: 1.0}, {0: 1.0}], [1, 0]),
        # both sites are full: who lives at the other's site changes with them
        ([10, 10], [10, 10], [[100, 500], [500, 100]], [{1: 1.0}, {0: 1.0}], [0, 1]),
        # an exchange of unequal points makes room: site 0 has 30 for 25, site 1 20 for 25
        ([20, 10, 15, 5], [25, 25], [[100, 200]] * 4, [{0: 1.0}, {0: 1.0}, {1: 1.0}, {1: 1.0}], None),
    ],
)
def test_known_moves_and_exchanges(
    persons: list[float], capacity: list[float], distance_m: list[list[float]], start: list[dict[int, float]],
    expected: list[int] | None,
) -> None:  # fmt: skip
    state = opened(np.array(distance_m, dtype=float), persons, capacity)
    site = rounding.round_to_whole(state.compact, state.open, shares(state, start))
    assert site is not None
    if expected is not None:
        assert site.tolist() == expected
    load = np.bincount(site, persons, minlength=len(capacity))
    assert (load <= capacity).all()


def test_nothing_is_said_where_the_points_do_not_pack() -> None:
    state = opened(np.full((3, 2), 100.0), [10, 10, 10], [15, 15])
    assert (
        rounding.round_to_whole(state.compact, state.open, shares(state, [{0: 1.0}, {1: 1.0}, {0: 0.5, 1: 0.5}]))
        is None
    )


def test_a_plan_of_whole_points_has_no_move_and_no_exchange_left_that_saves() -> None:
    packed = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        n, m = 6, 3
        distance_m = rng.uniform(100, 900, (n, m)).round()
        persons = rng.integers(5, 30, n).astype(float)
        capacity = np.ceil(persons.sum() / m * rng.uniform(0.95, 1.5, m))
        state = opened(distance_m, persons.tolist(), capacity.tolist())
        share = rng.uniform(0, 1, state.share.shape)
        site = rounding.round_to_whole(state.compact, state.open, share)
        if site is None:
            continue
        packed += 1
        load = np.bincount(site, persons, minlength=m)
        assert (load <= capacity).all()
        cost = persons[:, None] * distance_m
        for i, b in itertools.product(range(n), range(m)):
            if b != site[i] and load[b] + persons[i] <= capacity[b]:
                assert cost[i, b] >= cost[i, site[i]] - 1e-6, (seed, i, b)
        for i, k in itertools.combinations(range(n), 2):
            a, b = site[i], site[k]
            diff = persons[i] - persons[k]
            if a != b and load[a] - diff <= capacity[a] and load[b] + diff <= capacity[b]:
                assert cost[i, b] + cost[k, a] >= cost[i, a] + cost[k, b] - 1e-6, (seed, i, k)
    assert packed >= 15
