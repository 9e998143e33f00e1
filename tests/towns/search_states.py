"""States of the local search on small instances with many ties, and what they must hold, counted the long way.

Distances are whole hundreds of metres, so that sites are often equally far; some pairs have no arc; two gemeenten with
a minimum each. ``width`` below the number of sites makes lists of open sites that hold the nearest only.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from scipy.optimize import linprog

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray, LocalInstance
from nsp_planner.plan.large.compact_instance import CompactInstance, build_compact
from nsp_planner.plan.large.decomposition import DecompositionBound
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.partition import site_graph
from nsp_planner.plan.large.search_state import SearchState, site_neighbours
from nsp_planner.plan.large.subproblem import Subproblem
from tests.towns.instances import costs_of, local_instance
from tests.towns.seeded_small import site_sets

UNSERVED_COST = 5_000.0
"""Far more than any distance and price here: everyone who can has a site."""


def small_state(
    seed: int,
    *,
    n: int = 9,
    m: int = 6,
    p: int = 3,
    width: int | None = None,
    fill: float = 0.8,
    unserved_cost: float = UNSERVED_COST,
) -> SearchState:
    """All sites closed; p average ones are filled to about ``fill`` by everybody."""
    rng = np.random.default_rng([seed, n, m])
    distance_m = 100.0 * rng.integers(1, 10, (n, m))
    missing = rng.random((n, m)) < 0.25
    missing[np.arange(n), distance_m.argmin(axis=1)] = False
    distance_m[missing] = 99_999.0
    persons = rng.integers(5, 40, n).astype(float)
    capacity = np.ceil(rng.uniform(0.6, 1.4, m) * persons.sum() / (p * fill))
    instance = local_instance(
        persons,
        capacity,
        costs_of(distance_m, 10_000.0),
        p,
        site_gemeente=np.arange(m) % 2,
        gemeente_codes=("GM0001", "GM0002"),
        min_sites=np.array([1, 1]),
    )
    compact = build_compact(instance, instance.arc_cost)
    near, _ = site_neighbours(compact)
    return SearchState(compact, near, unserved_cost, m if width is None else width)


def tables(state: SearchState) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cost per person, shape (n, m), infinite without an arc; persons; capacities."""
    compact = state.compact
    cost = np.full((compact.n, compact.m), np.inf)
    for j in range(compact.m):
        arcs = slice(compact.col_start[j], compact.col_start[j + 1])
        cost[compact.col_demand[arcs], j] = compact.col_cost[arcs]
    return cost, compact.size, compact.capacity


def open_lists(state: SearchState, is_open: BoolArray) -> list[list[tuple[float, int]]]:
    """Per demand point its open sites, nearest first, then by position: as many as a list has room for."""
    cost, _, _ = tables(state)
    return [
        sorted((float(c), j) for j, c in enumerate(row) if is_open[j] and np.isfinite(c))[: state.share.shape[1]]
        for row in cost
    ]


def kept_lists(state: SearchState) -> list[list[tuple[float, int]]]:
    """The same as the state keeps it."""
    kept = state.open
    return [
        [(float(kept.near_cost[i, q]), int(kept.near_site[i, q])) for q in range(kept.n_near[i])]
        for i in range(state.compact.n)
    ]


def pays(state: SearchState, is_open: BoolArray, price: FloatArray) -> FloatArray:
    """What a person of each demand point pays at the best open site, or for having none."""
    cost, _, _ = tables(state)
    at = np.where(is_open, cost + price, np.inf)
    return np.minimum(at.min(axis=1), state.arcs.unserved_cost[0])


def dual(state: SearchState, is_open: BoolArray, price: FloatArray) -> float:
    """The dual value of these open sites and prices, by its definition."""
    _, persons, capacity = tables(state)
    return float(persons @ pays(state, is_open, price) - (capacity * price)[is_open].sum())


def best_price(state: SearchState, is_open: BoolArray, price: FloatArray, j: int) -> float:
    """The most the dual value can be by the price of one open site, every price tried at which someone would leave."""
    cost, _, _ = tables(state)
    others = is_open.copy()
    others[j] = False
    leaves = pays(state, others, price) - cost[:, j]
    tried = [0.0, *leaves[leaves > 0].tolist()]
    return max(dual(state, is_open, np.where(np.arange(len(price)) == j, at, price)) for at in tried)


def least_cost(state: SearchState, is_open: BoolArray, unserved_cost: float = UNSERVED_COST) -> float:
    """The least cost of these open sites where who finds no room pays so much for it, by a linear program."""
    cost, persons, capacity = tables(state)
    sites = np.flatnonzero(is_open)
    table = np.column_stack(
        [np.where(np.isfinite(cost[:, sites]), cost[:, sites], 1e7), np.full(len(cost), unserved_cost)]
    )
    n, k = table.shape
    once = np.kron(np.eye(n), np.ones(k))
    load = np.kron(persons, np.eye(k))[: k - 1]
    found = linprog(
        (table * persons[:, None]).ravel(), A_ub=load, b_ub=capacity[sites], A_eq=once, b_eq=np.ones(n), method="highs"
    )
    assert found.status == 0
    return float(found.fun)


def some_open(state: SearchState, seed: int, n_open: int = 3) -> BoolArray:
    """So many sites at random, at least one of each gemeente."""
    rng = np.random.default_rng([seed, 1])
    while True:
        is_open = np.isin(np.arange(state.compact.m), rng.permutation(state.compact.m)[:n_open])
        if len(np.unique(state.compact.area[is_open])) == 2:
            return is_open


def put(state: SearchState, is_open: BoolArray, price: FloatArray) -> None:
    """These open sites at these prices, whatever was there before."""
    state.open.is_open[:] = is_open
    state.open.price[:] = np.where(is_open, price, 0.0)
    state.rebuild()


def roomy(state: SearchState) -> SearchState:
    """The same with room for everyone in every site."""
    compact = replace(state.compact, capacity=np.full(state.compact.m, state.compact.size.sum()))
    return SearchState(compact, state.arcs.neighbour, UNSERVED_COST, state.share.shape[1])


def one_tree(town: LocalInstance) -> tuple[Subproblem, list[IntArray]]:
    """The tree of a whole problem, and every set of sites it may open, by position in the tree."""
    compact = build_compact(town, town.arc_cost)
    near, near_cost = site_neighbours(compact)
    with ThreadPoolExecutor(max_workers=1) as pool:
        bound = LagrangianBound(compact, pool)
        bound.restart(bound.multipliers)
        label = np.zeros(compact.m, dtype=np.int32)
        tree = DecompositionBound(compact, bound, label, site_graph(near, near_cost), pool).subproblems[0]
    at = np.full(town.n_candidates, -1)
    at[compact.site[tree.sites]] = np.arange(compact.m)
    return tree, [at[sites] for sites in site_sets(town)]


def is_allowed(compact: CompactInstance, is_open: BoolArray) -> bool:
    """Whether open sites keep the number of every group, the minimum of every area, and what is fixed."""
    numbers = np.bincount(compact.group[is_open], minlength=len(compact.quota))
    per_area = np.bincount(compact.area[is_open], minlength=len(compact.minimum))
    fixed_open = not (compact.fixed & ~is_open).any()
    return fixed_open and bool((numbers == compact.quota).all() and (per_area >= compact.minimum).all())
