"""Arrays of the search, and opening and closing of sites in them, compiled. In: arcs, sites. Out: open arcs, kept."""

from typing import NamedTuple

import numpy as np

from nsp_planner.plan.large.kernel import kernel


class Arcs(NamedTuple):
    """What never changes during a search (see CompactInstance), and the neighbours of every site, nearest first.

    unserved_cost has one entry: what each person pays who finds no open site.
    """

    col_start: np.ndarray
    col_demand: np.ndarray
    col_cost: np.ndarray
    row_start: np.ndarray
    row_site: np.ndarray
    row_cost: np.ndarray
    size: np.ndarray
    capacity: np.ndarray
    area: np.ndarray
    fixed: np.ndarray
    neighbour: np.ndarray
    unserved_cost: np.ndarray


class OpenArcs(NamedTuple):
    """Open sites and their dual prices; per demand point its cheapest open arcs and the best of them at these prices.

    Prices are not negative and the arcs of a point stand cheapest first, so that kernels stop at the first arc whose
    cost alone is too much.
    spare (areas,) is how many open sites each area has above its minimum.
    """

    is_open: np.ndarray
    price: np.ndarray
    near_site: np.ndarray
    near_cost: np.ndarray
    n_near: np.ndarray
    best_site: np.ndarray
    best: np.ndarray
    spare: np.ndarray


class Scratch(NamedTuple):
    """Working memory of one thread."""

    local_of_demand: np.ndarray
    local_of_site: np.ndarray
    points: np.ndarray
    outside: np.ndarray
    arc_start: np.ndarray
    arc_site: np.ndarray
    arc_cost: np.ndarray
    by_site_start: np.ndarray
    by_site_point: np.ndarray
    by_site_cost: np.ndarray
    sites: np.ndarray
    price: np.ndarray
    r: np.ndarray
    s: np.ndarray
    idx: np.ndarray
    left_point: np.ndarray
    left_best: np.ndarray
    local_best: np.ndarray
    local_site: np.ndarray
    candidate: np.ndarray
    candidate_bound: np.ndarray


@kernel
def refresh_point(arcs, state, i):
    """Recompute the best open site of demand point i."""
    best = arcs.unserved_cost[0]
    site = -1
    for q in range(state.n_near[i]):
        if state.near_cost[i, q] >= best:
            break  # dearer ones follow, and prices are not negative
        j = state.near_site[i, q]
        value = state.near_cost[i, q] + state.price[j]
        if value < best:
            best = value
            site = j
    state.best[i] = best
    state.best_site[i] = site


@kernel
def _reload_point(arcs, state, i):
    """Fill the open arcs of demand point i from is_open, the cheapest as far as there is room."""
    width = state.near_site.shape[1]
    n = 0
    for a in range(arcs.row_start[i], arcs.row_start[i + 1]):
        if state.is_open[arcs.row_site[a]]:
            state.near_site[i, n] = arcs.row_site[a]
            state.near_cost[i, n] = arcs.row_cost[a]
            n += 1
            if n == width:
                break
    state.n_near[i] = n


@kernel
def rebuild(arcs, state):
    """Fill the open arcs of every demand point from is_open."""
    for i in range(len(arcs.size)):
        _reload_point(arcs, state, i)
        refresh_point(arcs, state, i)


@kernel
def close_site(arcs, state, j):
    """Close site j; the best values are not refreshed."""
    state.is_open[j] = False
    state.spare[arcs.area[j]] -= 1
    width = state.near_site.shape[1]
    for a in range(arcs.col_start[j], arcs.col_start[j + 1]):
        i = arcs.col_demand[a]
        n = state.n_near[i]
        if n == width:
            _reload_point(arcs, state, i)
            continue
        for q in range(n):
            if state.near_site[i, q] == j:
                for t in range(q, n - 1):
                    state.near_site[i, t] = state.near_site[i, t + 1]
                    state.near_cost[i, t] = state.near_cost[i, t + 1]
                state.n_near[i] = n - 1
                break


@kernel
def open_site(arcs, state, j):
    """Open site j; the best values are not refreshed."""
    state.is_open[j] = True
    state.spare[arcs.area[j]] += 1
    width = state.near_site.shape[1]
    for a in range(arcs.col_start[j], arcs.col_start[j + 1]):
        i = arcs.col_demand[a]
        c = arcs.col_cost[a]
        n = state.n_near[i]
        if n == width:
            last = state.near_cost[i, n - 1]
            if last < c or (last == c and state.near_site[i, n - 1] < j):
                continue
            n -= 1
        q = n
        # ties by site, as in the rows: closing and opening again leaves the same list
        while q > 0 and (
            state.near_cost[i, q - 1] > c or (state.near_cost[i, q - 1] == c and state.near_site[i, q - 1] > j)
        ):
            state.near_site[i, q] = state.near_site[i, q - 1]
            state.near_cost[i, q] = state.near_cost[i, q - 1]
            q -= 1
        state.near_site[i, q] = j
        state.near_cost[i, q] = c
        state.n_near[i] = n + 1


@kernel
def set_state(arcs, state, is_open, price, moved, switched):
    """Take over open sites and prices; returns how many sites differed, listed in moved, and marks those switched."""
    n_moved = 0
    for j in range(len(is_open)):
        switched[j] = state.is_open[j] != is_open[j]
        if switched[j]:
            if state.is_open[j]:
                close_site(arcs, state, j)
            else:
                open_site(arcs, state, j)
        if switched[j] or state.price[j] != price[j]:
            state.price[j] = price[j]
            moved[n_moved] = j
            n_moved += 1
    for t in range(n_moved):
        j = np.int64(moved[t])
        for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
            refresh_point(arcs, state, np.int64(arcs.col_demand[e]))
    return n_moved
