"""Kernels of the search: value a plan by prices, add, drop and swap sites. In: arcs, open sites, prices. Out: values.

For given open sites the best allocation is a transportation problem. Its dual puts a price pi_j >= 0 per person on
every open site; a person at i pays min_j (c_ij + pi_j), and sum_i w_i min_j (c_ij + pi_j) - sum_j Q_j pi_j is a lower
bound on the cost of the allocation, tight at the best prices. Prices are found by coordinate ascent: the best price of
one site, the others kept, is the one at which exactly its capacity comes (a weighted selection). A change of sites is
valued by re-pricing the sites around it only. Whoever finds no open site pays ``big``.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from nsp_planner.plan.large.knapsack import _fill


class Arcs(NamedTuple):
    """What never changes during a search (see core.Core), and the neighbours of every site, nearest first."""

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
    big: np.ndarray


class State(NamedTuple):
    """Open sites and prices; per demand point its cheapest open arcs and the best of them at these prices.

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


@nb.njit(nogil=True, cache=True)
def refresh_point(arcs, state, i):
    """Recompute the best open site of demand point i."""
    best = arcs.big[0]
    site = -1
    for q in range(state.n_near[i]):
        j = state.near_site[i, q]
        value = state.near_cost[i, q] + state.price[j]
        if value < best:
            best = value
            site = j
    state.best[i] = best
    state.best_site[i] = site


@nb.njit(nogil=True, cache=True)
def rebuild(arcs, state):
    """Fill the open arcs of every demand point from is_open."""
    width = state.near_site.shape[1]
    for i in range(len(arcs.size)):
        n = 0
        for a in range(arcs.row_start[i], arcs.row_start[i + 1]):
            if state.is_open[arcs.row_site[a]]:
                state.near_site[i, n] = arcs.row_site[a]
                state.near_cost[i, n] = arcs.row_cost[a]
                n += 1
                if n == width:
                    break
        state.n_near[i] = n
        refresh_point(arcs, state, i)


@nb.njit(nogil=True, cache=True)
def _reload_point(arcs, state, i):
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


@nb.njit(nogil=True, cache=True)
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


@nb.njit(nogil=True, cache=True)
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


@nb.njit(nogil=True, cache=True)
def dual_value(arcs, state):
    """Lower bound on the cost of allocating to the open sites at the current prices."""
    total = 0.0
    for i in range(len(arcs.size)):
        total += arcs.size[i] * state.best[i]
    for j in range(len(arcs.capacity)):
        if state.is_open[j]:
            total -= arcs.capacity[j] * state.price[j]
    return total


@nb.njit(nogil=True, cache=True)
def swap_bound(arcs, state, scratch, a, b):
    """Lower bound on the change of cost when a closes (or -1) and b opens (or -1), the other prices kept."""
    delta = 0.0
    if a >= 0:
        delta += arcs.capacity[a] * state.price[a]
        for t in range(arcs.col_start[a], arcs.col_start[a + 1]):
            i = np.int64(arcs.col_demand[t])
            if state.best_site[i] == a:
                second = arcs.big[0]
                for q in range(state.n_near[i]):
                    j = state.near_site[i, q]
                    if j != a:
                        value = state.near_cost[i, q] + state.price[j]
                        if value < second:
                            second = value
                delta += arcs.size[i] * (second - state.best[i])
    if b >= 0:
        n = 0
        total = 0.0
        gain = 0.0
        for t in range(arcs.col_start[b], arcs.col_start[b + 1]):
            i = np.int64(arcs.col_demand[t])
            other = state.best[i]
            if a >= 0 and state.best_site[i] == a:
                other = arcs.big[0]
                for q in range(state.n_near[i]):
                    j = state.near_site[i, q]
                    if j != a:
                        value = state.near_cost[i, q] + state.price[j]
                        if value < other:
                            other = value
            d = arcs.col_cost[t] - other
            if d < 0.0:
                scratch.r[n] = d
                scratch.s[n] = arcs.size[i]
                scratch.idx[n] = i
                n += 1
                total += arcs.size[i]
                gain += d * arcs.size[i]
        if total > arcs.capacity[b]:
            k, filled, left = _fill(scratch.r, scratch.s, scratch.idx, n, arcs.capacity[b])
            delta += filled + (scratch.r[k] * left if k < n else 0.0)
        else:
            delta += gain
    return delta


@nb.njit(nogil=True, cache=True)
def _collect(state, arcs, scratch, n_sites, a, b):
    """The open sites to re-price, at most n_sites, into scratch.sites: b first, then the neighbours of both."""
    k = 0
    first = b
    if first >= 0:
        scratch.sites[0] = first
        scratch.local_of_site[first] = 0
        k = 1
    for q in range(arcs.neighbour.shape[1]):
        for side in range(2):
            at = a if side == 0 else first
            if at < 0:
                continue
            j = arcs.neighbour[at, q]
            if j >= 0 and j != a and state.is_open[j] and scratch.local_of_site[j] < 0 and k < n_sites:
                scratch.sites[k] = j
                scratch.local_of_site[j] = k
                k += 1
        if k >= n_sites:
            break
    return k


@nb.njit(nogil=True, cache=True)
def reprice(arcs, state, scratch, a, b, n_local, max_sweeps, tolerance):
    """Re-price the open sites around closing a (or -1) and opening b (or -1).

    The new prices are left in scratch.sites and scratch.price. Returns (change of the dual value, number of sites).
    """
    big = arcs.big[0]
    k_sites = _collect(state, arcs, scratch, n_local, a, b)
    # the demand points any of these sites could serve
    n_points = 0
    cap = len(scratch.points)
    n_lists = k_sites + (1 if a >= 0 else 0)
    for t in range(n_lists):
        j = scratch.sites[t] if t < k_sites else a
        for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
            i = np.int64(arcs.col_demand[e])
            if scratch.local_of_demand[i] < 0 and arcs.col_cost[e] <= state.best[i] and n_points < cap:
                scratch.local_of_demand[i] = n_points
                scratch.points[n_points] = i
                n_points += 1
    # arcs by point; site counts
    for j in range(k_sites + 1):
        scratch.by_site_start[j] = 0
    n_arcs = 0
    old = 0.0
    for d in range(n_points):
        i = scratch.points[d]
        old += arcs.size[i] * state.best[i]
        outside = big
        scratch.arc_start[d] = n_arcs
        for q in range(state.n_near[i]):
            j = state.near_site[i, q]
            if j == a:
                continue
            local = scratch.local_of_site[j]
            if local >= 0:
                scratch.arc_site[n_arcs] = local
                scratch.arc_cost[n_arcs] = state.near_cost[i, q]
                scratch.by_site_start[local + 1] += 1
                n_arcs += 1
            else:
                value = state.near_cost[i, q] + state.price[j]
                if value < outside:
                    outside = value
        scratch.outside[d] = outside
        # room for the arc of b
        if b >= 0:
            scratch.arc_site[n_arcs] = 0
            scratch.arc_cost[n_arcs] = big * 4.0
            n_arcs += 1
    scratch.arc_start[n_points] = n_arcs
    if b >= 0:
        for e in range(arcs.col_start[b], arcs.col_start[b + 1]):
            d = scratch.local_of_demand[arcs.col_demand[e]]
            if d >= 0:
                scratch.arc_cost[scratch.arc_start[d + 1] - 1] = arcs.col_cost[e]
                scratch.by_site_start[1] += 1
    for j in range(k_sites):
        scratch.by_site_start[j + 1] += scratch.by_site_start[j]
    for d in range(n_points):
        for q in range(scratch.arc_start[d], scratch.arc_start[d + 1]):
            local = scratch.arc_site[q]
            if scratch.arc_cost[q] < big * 2.0:
                at = scratch.by_site_start[local]
                scratch.by_site_point[at] = d
                scratch.by_site_cost[at] = scratch.arc_cost[q]
                scratch.by_site_start[local] = at + 1
    for j in range(k_sites, 0, -1):
        scratch.by_site_start[j] = scratch.by_site_start[j - 1]
    scratch.by_site_start[0] = 0
    for j in range(k_sites):
        scratch.price[j] = 0.0 if scratch.sites[j] == b else state.price[scratch.sites[j]]
    for _sweep in range(max_sweeps):
        moved = 0.0
        for j in range(k_sites):
            n = 0
            total = 0.0
            room = arcs.capacity[scratch.sites[j]]
            for q in range(scratch.by_site_start[j], scratch.by_site_start[j + 1]):
                d = scratch.by_site_point[q]
                other = scratch.outside[d]
                c = scratch.by_site_cost[q]
                if c >= other:
                    continue
                for t in range(scratch.arc_start[d], scratch.arc_start[d + 1]):
                    local = scratch.arc_site[t]
                    if local != j:
                        value = scratch.arc_cost[t] + scratch.price[local]
                        if value < other:
                            other = value
                if c < other:
                    scratch.r[n] = c - other
                    scratch.s[n] = arcs.size[scratch.points[d]]
                    total += scratch.s[n]
                    n += 1
            new = 0.0
            if total > room:
                k, value, _ = _fill(scratch.r, scratch.s, scratch.idx, n, room)
                if k < n:
                    new = -scratch.r[k]
            moved = max(moved, abs(new - scratch.price[j]))
            scratch.price[j] = new
        if moved <= tolerance:
            break
    delta = -old
    for d in range(n_points):
        best = scratch.outside[d]
        for t in range(scratch.arc_start[d], scratch.arc_start[d + 1]):
            value = scratch.arc_cost[t] + scratch.price[scratch.arc_site[t]]
            if value < best:
                best = value
        i = scratch.points[d]
        delta += arcs.size[i] * best
        scratch.local_of_demand[i] = -1
    for j in range(k_sites):
        site = scratch.sites[j]
        delta -= arcs.capacity[site] * scratch.price[j]
        if site != b:
            delta += arcs.capacity[site] * state.price[site]
        scratch.local_of_site[site] = -1
    if a >= 0:
        delta += arcs.capacity[a] * state.price[a]
    return delta, k_sites


@nb.njit(nogil=True, cache=True)
def _insert(keys, items, n, limit, key, item):
    """Insert into the first n of two arrays sorted by key, at most limit entries; returns the new number."""
    if n == limit:
        if n == 0 or keys[n - 1] <= key:
            return n
        n -= 1
    q = n
    while q > 0 and keys[q - 1] > key:
        keys[q] = keys[q - 1]
        items[q] = items[q - 1]
        q -= 1
    keys[q] = key
    items[q] = item
    return n + 1


@nb.njit(nogil=True, cache=True)
def site_neighbours(arcs, n_points, neighbour, far):
    """Per site the sites nearest to it, over the demand points nearest to it: least c_ia + c_ib."""
    m = len(arcs.capacity)
    width = neighbour.shape[1]
    dist = np.full(m, np.inf)
    touched = np.empty(m, np.int32)
    keys = np.empty(max(width, n_points) + 1)
    items = np.empty(max(width, n_points) + 1, np.int64)
    points = np.empty(n_points + 1, np.int64)
    for a in range(m):
        n = 0
        for e in range(arcs.col_start[a], arcs.col_start[a + 1]):
            n = _insert(keys, points, n, n_points, arcs.col_cost[e], np.int64(arcs.col_demand[e]))
        n_touched = 0
        for q in range(n):
            i = points[q]
            base = keys[q]
            for e in range(arcs.row_start[i], arcs.row_start[i + 1]):
                b = arcs.row_site[e]
                value = base + arcs.row_cost[e]
                if value < dist[b]:
                    if dist[b] == np.inf:
                        touched[n_touched] = b
                        n_touched += 1
                    dist[b] = value
        k = 0
        for q in range(n_touched):
            b = np.int64(touched[q])
            if b != a:
                k = _insert(keys, items, k, width, dist[b], b)
        for q in range(width):
            neighbour[a, q] = items[q] if q < k else -1
            far[a, q] = keys[q] if q < k else np.inf
        for q in range(n_touched):
            dist[touched[q]] = np.inf


@nb.njit(nogil=True, cache=True)
def relax(arcs, state, scratch, queue, queued, n_queue, tolerance, max_updates, limit):
    """Coordinate ascent on the prices of the sites in the (ring) queue and whomever they push.

    Stops when the queue is empty, after max_updates, or as soon as the dual value has risen by limit. Returns the
    change of the dual value. queued (m,) marks the sites in the queue; it is all false afterwards.
    """
    head = 0
    size_queue = len(queue)
    delta = 0.0
    updates = 0
    while n_queue > 0:
        j = np.int64(queue[head])
        head = (head + 1) % size_queue
        n_queue -= 1
        queued[j] = False
        if updates >= max_updates or delta >= limit:
            continue
        updates += 1
        n = 0
        total = 0.0
        room = arcs.capacity[j]
        for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
            i = np.int64(arcs.col_demand[e])
            c = arcs.col_cost[e]
            if state.best_site[i] == j:
                other = arcs.big[0]
                for q in range(state.n_near[i]):
                    site = state.near_site[i, q]
                    if site != j:
                        value = state.near_cost[i, q] + state.price[site]
                        if value < other:
                            other = value
            else:
                other = state.best[i]
            if c < other:
                scratch.r[n] = c - other
                scratch.s[n] = arcs.size[i]
                scratch.idx[n] = i
                total += arcs.size[i]
                n += 1
        new = 0.0
        if total > room:
            k, value, _ = _fill(scratch.r, scratch.s, scratch.idx, n, room)
            if k < n:
                new = -scratch.r[k]
        old = state.price[j]
        if abs(new - old) <= tolerance:
            continue
        state.price[j] = new
        delta -= room * (new - old)
        for q in range(n):
            i = np.int64(scratch.idx[q])
            was = state.best_site[i]
            before = state.best[i]
            refresh_point(arcs, state, i)
            delta += arcs.size[i] * (state.best[i] - before)
            now = state.best_site[i]
            if was != now:
                other_site = now if was == j else was
                if other_site >= 0 and not queued[other_site] and n_queue < size_queue:
                    queued[other_site] = True
                    queue[(head + n_queue) % size_queue] = other_site
                    n_queue += 1
    return delta


@nb.njit(nogil=True, cache=True)
def change(arcs, state, queue, queued, a, b):
    """Close a and open b, prices of the others kept; put b and the sites that took over from a in the queue.

    Returns (change of the dual value, number of sites in the queue).
    """
    close_site(arcs, state, a)
    delta = arcs.capacity[a] * state.price[a]
    state.price[a] = 0.0
    open_site(arcs, state, b)
    state.price[b] = 0.0
    queue[0] = b
    queued[b] = True
    n_queue = 1
    for side in range(2):
        j = a if side == 0 else b
        for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
            i = np.int64(arcs.col_demand[e])
            before = state.best[i]
            refresh_point(arcs, state, i)
            delta += arcs.size[i] * (state.best[i] - before)
            now = state.best_site[i]
            if side == 0 and now >= 0 and not queued[now]:
                queued[now] = True
                queue[n_queue] = now
                n_queue += 1
    return delta, n_queue


@nb.njit(nogil=True, cache=True)
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


@nb.njit(nogil=True, cache=True)
def best_swap(arcs, state, scratch, a, n_closer, n_try, n_local, max_sweeps, tolerance, threshold):
    """The best swap of open site a for a site nearby: (site to open or -1, estimated change of cost)."""
    found = -1
    best = threshold
    if arcs.fixed[a] or not state.is_open[a]:
        return found, best
    width = min(arcs.neighbour.shape[1], n_closer)
    cand = np.empty(width, np.int32)
    bound = np.empty(width, np.float64)
    n = 0
    for q in range(width):
        b = arcs.neighbour[a, q]
        if b < 0:
            break
        if state.is_open[b] or (arcs.area[b] != arcs.area[a] and state.spare[arcs.area[a]] <= 0):
            continue
        value = swap_bound(arcs, state, scratch, a, b)
        if value < threshold:
            cand[n] = b
            bound[n] = value
            n += 1
    for attempt in range(min(n, n_try)):
        k = attempt
        for q in range(attempt + 1, n):
            if bound[q] < bound[k]:
                k = q
        cand[k], cand[attempt] = cand[attempt], cand[k]
        bound[k], bound[attempt] = bound[attempt], bound[k]
        if bound[attempt] >= best:
            break
        delta, _ = reprice(arcs, state, scratch, a, cand[attempt], n_local, max_sweeps, tolerance)
        if delta < best:
            best = delta
            found = cand[attempt]
    return found, best
