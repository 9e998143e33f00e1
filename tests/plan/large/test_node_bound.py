"""The bound of a node: its value at given multipliers, what steps may change, and what is decided for good."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.large import knapsack, node_bound
from nsp_planner.plan.large.subproblem import Subproblem
from tests.towns.search_states import one_tree
from tests.towns.seeded_small import small_town, strong_model

NEVER = 1e12


def root(seed: int, kind: str = "plain") -> tuple[Subproblem, np.ndarray, np.ndarray, np.ndarray]:
    tree, _ = one_tree(small_town(seed, kind, m=7, p=3))
    u = tree.tree.multiplier[0].astype(np.float64)
    u = np.minimum(u * np.random.default_rng(seed).uniform(0.5, 1.5, len(u)), tree.arcs.ceiling)
    return tree, tree.tree.low[0].copy(), tree.tree.high[0].copy(), u


def site_value(tree: Subproblem, j: int, u: np.ndarray) -> float:
    """What site j gains at most: the persons who gain most first, as many as there is room for."""
    arcs = tree.arcs
    mine = slice(arcs.start[j], arcs.start[j + 1])
    gain, persons = arcs.cost[mine] - u[arcs.demand[mine]], arcs.size[arcs.demand[mine]]
    total, room = 0.0, arcs.capacity[j]
    for k in np.argsort(gain):
        part = min(persons[k], room) if gain[k] < 0 else 0.0
        total, room = total + gain[k] * part, room - part
    return total


def by_hand(tree: Subproblem, low: np.ndarray, high: np.ndarray, u: np.ndarray) -> float:
    """The value at multipliers, every set of sites tried that keeps the numbers of the parts."""
    m, arcs = len(tree.sites), tree.arcs
    values = np.array([site_value(tree, j, u) for j in range(m)])
    best = np.inf
    for number in range(2**m):
        is_open = np.array([number >> j & 1 for j in range(m)])
        counts = np.array([is_open[a:b].sum() for a, b in zip(arcs.first, arcs.last, strict=True)])
        if (counts >= low).all() and (counts <= high).all():
            best = min(best, float(values @ is_open))
    return best + float((arcs.size * (u - arcs.ceiling)).sum())


@pytest.mark.parametrize("kind", ["plain", "quota", "decided", "tight"])
def test_the_value_at_multipliers_is_that_of_the_best_sites_the_numbers_allow(kind: str) -> None:
    for seed in range(3):
        tree, low, high, u = root(seed, kind)
        assert node_bound.value_at(tree.arcs, low, high, u, tree.work) == pytest.approx(by_hand(tree, low, high, u))
        closed = int(np.flatnonzero(low[: len(tree.sites)] == 0)[seed % 2])
        high[closed] = 0
        assert node_bound.value_at(tree.arcs, low, high, u, tree.work) == pytest.approx(by_hand(tree, low, high, u))
        assert not tree.work.chosen[closed]


@pytest.mark.parametrize("kind", ["plain", "tight"])
def test_a_node_remembers_of_every_site_whom_it_takes(kind: str) -> None:
    tree, low, high, u = root(1, kind)
    arcs, work = tree.arcs, tree.work
    node_bound.value_at(arcs, low, high, u, work)
    longest = int(np.diff(arcs.start).max())
    for j in range(len(tree.sites)):
        mine = work.idx[arcs.start[j] : arcs.start[j + 1]]
        remembered, taken = np.zeros(len(arcs.size)), np.zeros(len(arcs.size))
        remembered[mine[: work.whole[j]]] = 1.0
        if work.part[j] > 0:
            remembered[mine[work.whole[j]]] = work.part[j]
        memory = (np.empty(longest), np.empty(longest), np.empty(longest, dtype=np.int32))
        given = (arcs.start, arcs.demand, arcs.cost, arcs.size, arcs.capacity, u)
        knapsack.taken_shares(np.array([j]), *given, taken, *memory)
        assert remembered.tolist() == taken.tolist()
        assert taken.any()


@pytest.mark.parametrize("n_steps", [1, 2, 7, 40])
def test_steps_give_the_value_at_the_multipliers_they_leave_and_never_less_than_before(n_steps: int) -> None:
    gained = 0
    for seed in range(6):
        tree, low, high, u = root(seed, ("plain", "tight", "quota")[seed % 3])
        first, limits = u.copy(), (low.copy(), high.copy())
        start = node_bound.value_at(tree.arcs, low, high, u, tree.work)
        bound = node_bound.bound_node(tree.arcs, low, high, u, tree.work, n_steps, 0.1, start + 9e3, NEVER, False)
        assert (u <= tree.arcs.ceiling).all()
        assert (low == limits[0]).all()
        assert (high == limits[1]).all()
        assert bound == node_bound.value_at(tree.arcs, low, high, u, tree.work)
        assert bound >= start
        assert ((tree.work.share_open >= 0) & (tree.work.share_open <= 1)).all()
        assert tree.work.share_open.sum() == pytest.approx(3.0)
        assert n_steps > 1 or (bound == start and (u == first).all())
        gained += bound > start + 1.0
    assert gained >= 3 or n_steps < 7


def test_steps_end_once_the_bound_is_enough() -> None:
    for seed in range(4):
        tree, low, high, u = root(seed)
        first = u.copy()
        start = node_bound.value_at(tree.arcs, low, high, u, tree.work)
        bound = node_bound.bound_node(tree.arcs, low, high, u, tree.work, 50, 0.1, start + 9e3, start, False)
        assert bound == start
        assert (u == first).all()


def test_numbers_that_contradict_have_no_bound() -> None:
    tree, low, high, u = root(0)
    low[:7] = 1  # seven sites must open of three that may
    assert node_bound.value_at(tree.arcs, low, high, u, tree.work) == np.inf
    assert node_bound.bound_node(tree.arcs, low, high, u, tree.work, 5, 0.1, 1e6, NEVER, False) == np.inf
    _, low, high, _ = root(0)
    high[:5] = 0  # two may open of three that must
    assert node_bound.value_at(tree.arcs, low, high, u, tree.work) == np.inf
    _, low, high, _ = root(0)
    low[0], high[0] = 1, 0
    assert node_bound.value_at(tree.arcs, low, high, u, tree.work) == np.inf


@pytest.mark.slow
def test_what_is_decided_costs_the_cutoff_the_other_way_and_the_rest_does_not() -> None:
    decided, left = 0, 0
    for seed in range(8):
        tree, low, high, u = root(seed, ("plain", "quota", "decided", "tight")[seed % 4])
        value = node_bound.value_at(tree.arcs, low, high, u, tree.work)
        for room in (1.0, 300.0, 3_000.0, 1e5):
            cutoff, after = value + room, (low.copy(), high.copy())
            node_bound._decide(tree.arcs, *after, tree.work, value, cutoff)
            for j in range(len(tree.sites)):
                if high[j] == 0 or low[j] == 1:
                    assert (after[0][j], after[1][j]) == (low[j], high[j])
                    continue
                other = low.copy(), high.copy()
                other[1 if tree.work.chosen[j] else 0][j] = 0 if tree.work.chosen[j] else 1
                otherwise = by_hand(tree, *other, u)
                is_decided = bool(after[0][j] == 1 or after[1][j] == 0)
                if otherwise < cutoff - 1e-6:
                    assert not is_decided, (seed, room, j)
                    left += 1
                if is_decided:
                    assert bool(after[0][j]) == bool(tree.work.chosen[j])
                    decided += 1
                # with one number for all it is exact: what costs the cutoff otherwise is decided
                elif seed % 4 in (0, 3):
                    assert otherwise < cutoff + 1e-6, (seed, room, j)
    assert decided >= 20
    assert left >= 20


def test_steps_come_near_the_linear_relaxation_and_never_pass_it() -> None:
    for seed in range(6):
        town = small_town(seed, ("plain", "quota", "decided", "tight")[seed % 4], n=12, m=7, p=3)
        tree, _ = one_tree(town)
        arcs, low, high = tree.arcs, tree.tree.low[0].copy(), tree.tree.high[0].copy()
        u = np.minimum(tree.tree.multiplier[0].astype(np.float64), arcs.ceiling)
        relaxed, base = strong_model(town, town.arc_cost), float((arcs.size * arcs.ceiling).sum())
        bound = base + node_bound.bound_node(arcs, low, high, u, tree.work, 400, 0.1, relaxed - base, NEVER, False)
        assert 0.985 * relaxed <= bound <= relaxed * (1 + 1e-9), seed


def test_a_group_in_several_clusters_pays_per_open_site_and_decides_by_it() -> None:
    decided = 0
    for seed in range(6):
        tree, low, high, u = root(seed)
        (top,) = np.flatnonzero(tree.arcs.root)
        low[top], high[top] = 0, 7
        for penalty in (0.0, 2_000.0, 9_000.0):
            arcs = tree.arcs._replace(penalty=np.where(tree.arcs.root, penalty, 0.0))
            constant = float((arcs.size * (u - arcs.ceiling)).sum())
            gain = np.array([site_value(tree, j, u) for j in range(7)]) + penalty
            value = node_bound.value_at(arcs, low, high, u, tree.work)
            assert value == pytest.approx(constant + np.minimum(gain, 0.0).sum())
            assert tree.work.chosen.tolist() == (gain < 0).tolist()
            for room in (500.0, 5_000.0):
                after = low.copy(), high.copy()
                node_bound._decide(arcs, *after, tree.work, value, value + room)
                # without a number each site stands alone: the other way costs what it gains, or what it pays
                assert after[0][:7].tolist() == ((gain < 0) & (-gain >= room)).astype(int).tolist()
                assert after[1][:7].tolist() == (~((gain >= 0) & (gain >= room))).astype(int).tolist()
                decided += int((after[0][:7] == 1).sum() + (after[1][:7] == 0).sum())
    assert decided >= 20
