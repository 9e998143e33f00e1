"""Swaps of sites, compiled: bounded, estimated, done. In: open arcs with their prices. Out: changes of the cost.

A swap is bounded with all other prices kept, then estimated with new prices of the sites around it only. Whoever finds
no open site pays ``unserved_cost``.
"""

import numpy as np

from nsp_planner.plan.large.arrays import close_site, open_site, refresh_point
from nsp_planner.plan.large.dual_prices import SURE_M, best_other
from nsp_planner.plan.large.kernel import kernel
from nsp_planner.plan.large.knapsack import clearing_price, fill_value

ROUND_OFF = 1e-9
"""Part of what is paid that sums of it may differ by."""


@kernel
def swap_bound(arcs, state, scratch, a, b):
    """Lower bound on the change of cost when a closes (or -1) and b opens (or -1), the other prices kept."""
    delta, n = _leave(arcs, state, scratch, a)
    if b >= 0:
        delta += _gain(arcs, state, scratch, b)
    _come_back(state, scratch, n)
    return delta


@kernel
def _leave(arcs, state, scratch, a):
    """Let the demand points of a pay what they pay without it: (change of cost, how many), for :func:`_come_back`."""
    if a < 0:
        return 0.0, 0
    delta = arcs.capacity[a] * state.price[a]
    n = 0
    for t in range(arcs.col_start[a], arcs.col_start[a + 1]):
        i = np.int64(arcs.col_demand[t])
        if state.best_site[i] == a:
            other = best_other(arcs, state, i, a)
            delta += arcs.size[i] * (other - state.best[i])
            scratch.left_point[n] = i
            scratch.left_best[n] = state.best[i]
            state.best[i] = other
            n += 1
    return delta, n


@kernel
def _come_back(state, scratch, n):
    """Undo :func:`_leave`."""
    for k in range(n):
        state.best[scratch.left_point[k]] = scratch.left_best[k]


@kernel
def _gain(arcs, state, scratch, b):
    """Change of cost when b opens: who pays more than the way there comes, as far as there is room."""
    n = 0
    total = 0.0
    gain = 0.0
    for t in range(arcs.col_start[b], arcs.col_start[b + 1]):
        i = np.int64(arcs.col_demand[t])
        d = arcs.col_cost[t] - state.best[i]
        if d < 0.0:
            scratch.r[n] = d
            scratch.s[n] = arcs.size[i]
            scratch.idx[n] = i
            n += 1
            total += arcs.size[i]
            gain += d * arcs.size[i]
    return fill_value(scratch.r, scratch.s, scratch.idx, n, total, gain, arcs.capacity[b])


@kernel
def _collect(state, arcs, scratch, n_sites, a, b):
    """The open sites that get new prices, at most n_sites, into scratch.sites: b first, then the neighbours of both."""
    k = 0
    if b >= 0:
        scratch.sites[0] = b
        scratch.local_of_site[b] = 0
        k = 1
    for q in range(arcs.neighbour.shape[1]):
        for side in range(2):
            at = a if side == 0 else b
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


@kernel
def reprice(arcs, state, scratch, a, b, n_local, max_sweeps, tolerance, limit):
    """New prices of the open sites around closing a (or -1) and opening b (or -1).

    The new prices are left in scratch.sites and scratch.price. Returns (change of the dual value, number of sites).
    Every sweep raises the dual value, so it ends as soon as the change lies above limit by more than round-off.
    """
    unserved_cost = arcs.unserved_cost[0]
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
        outside = unserved_cost
        scratch.arc_start[d] = n_arcs
        for q in range(state.n_near[i]):
            j = state.near_site[i, q]
            if j == a:
                continue
            if state.near_cost[i, q] >= outside:
                break  # dearer ones follow, and prices are not negative: none is better
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
            scratch.arc_cost[n_arcs] = unserved_cost * 4.0
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
            if scratch.arc_cost[q] < unserved_cost * 2.0:
                at = scratch.by_site_start[local]
                scratch.by_site_point[at] = d
                scratch.by_site_cost[at] = scratch.arc_cost[q]
                scratch.by_site_start[local] = at + 1
    for j in range(k_sites, 0, -1):
        scratch.by_site_start[j] = scratch.by_site_start[j - 1]
    scratch.by_site_start[0] = 0
    for j in range(k_sites):
        scratch.price[j] = 0.0 if scratch.sites[j] == b else state.price[scratch.sites[j]]
    n_last = 1 if b >= 0 else 0
    for d in range(n_points):
        _refresh_local(scratch, d, n_last)
    delta = 0.0
    for _sweep in range(max_sweeps):
        moved = 0.0
        for j in range(k_sites):
            moved = max(moved, _reprice_site(arcs, scratch, j, n_last))
        delta = _repriced_change(arcs, state, scratch, n_points, k_sites, a, b, old)
        if moved <= tolerance or delta > limit + ROUND_OFF * old:
            break
    for d in range(n_points):
        scratch.local_of_demand[scratch.points[d]] = -1
    for j in range(k_sites):
        scratch.local_of_site[scratch.sites[j]] = -1
    return delta, k_sites


@kernel
def _best_local(scratch, d, n_last, j):
    """What demand point d of :func:`reprice` pays at the best site but j, and at which of the repriced (-1: another).

    Its arcs stand cheapest first, but for that of the site that opens, which stands last.
    """
    best = scratch.outside[d]
    site = -1
    last = scratch.arc_start[d + 1] - n_last
    for t in range(scratch.arc_start[d], last):
        if scratch.arc_cost[t] >= best:
            break
        local = scratch.arc_site[t]
        if local != j:
            value = scratch.arc_cost[t] + scratch.price[local]
            if value < best:
                best = value
                site = local
    if n_last and j != 0:
        value = scratch.arc_cost[last] + scratch.price[0]
        if value < best:
            best = value
            site = 0
    return best, site


@kernel
def _refresh_local(scratch, d, n_last):
    """Recompute the best site of demand point d of :func:`reprice`."""
    best, site = _best_local(scratch, d, n_last, -1)
    scratch.local_best[d] = best
    scratch.local_site[d] = site


@kernel
def _reprice_site(arcs, scratch, j, n_last):
    """The best price of one of the repriced sites, the others kept, as in ``dual_prices``; returns how far it moved."""
    old = scratch.price[j]
    room = arcs.capacity[scratch.sites[j]]
    n = 0
    total = 0.0
    for q in range(scratch.by_site_start[j], scratch.by_site_start[j + 1]):
        d = scratch.by_site_point[q]
        if scratch.by_site_cost[q] <= scratch.local_best[d]:
            scratch.idx[n] = q
            total += arcs.size[scratch.points[d]]
            n += 1
    if old == 0.0 and total <= room:
        return 0.0  # whoever might come has room
    n_near = n
    n = 0
    total = 0.0
    for t in range(n_near):
        q = scratch.idx[t]
        d = scratch.by_site_point[q]
        c = scratch.by_site_cost[q]
        other = scratch.local_best[d]
        if scratch.local_site[d] == j:
            other, _ = _best_local(scratch, d, n_last, j)
        if c <= other:
            scratch.r[n] = c - other
            scratch.s[n] = arcs.size[scratch.points[d]]
            scratch.idx[n] = q
            total += scratch.s[n]
            n += 1
    new = clearing_price(scratch.r, scratch.s, scratch.idx, n, total, room)
    scratch.price[j] = new
    for t in range(n if new != old else 0):
        q = scratch.idx[t]
        d = scratch.by_site_point[q]
        here = scratch.by_site_cost[q] + new
        if scratch.local_site[d] == j and new + SURE_M >= -scratch.r[t]:
            _refresh_local(scratch, d, n_last)
        elif scratch.local_site[d] == j or here < scratch.local_best[d]:
            scratch.local_best[d] = here
            scratch.local_site[d] = j
    return abs(new - old)


@kernel
def _repriced_change(arcs, state, scratch, n_points, k_sites, a, b, old):
    """Change of the dual value at the prices of :func:`reprice`; old is what its demand points pay now."""
    delta = -old
    for d in range(n_points):
        delta += arcs.size[scratch.points[d]] * scratch.local_best[d]
    for j in range(k_sites):
        site = scratch.sites[j]
        delta -= arcs.capacity[site] * scratch.price[j]
        if site != b:
            delta += arcs.capacity[site] * state.price[site]
    if a >= 0:
        delta += arcs.capacity[a] * state.price[a]
    return delta


@kernel
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


@kernel
def best_swap(arcs, state, scratch, a, n_closer, n_try, n_local, max_sweeps, tolerance, threshold):
    """The best swap of open site a for a site nearby: (site to open or -1, estimated change of cost)."""
    found = -1
    best = threshold
    if arcs.fixed[a] or not state.is_open[a]:
        return found, best
    width = min(arcs.neighbour.shape[1], n_closer)
    cand, bound = scratch.candidate, scratch.candidate_bound
    n = 0
    loss, n_left = _leave(arcs, state, scratch, a)
    for q in range(width):
        b = arcs.neighbour[a, q]
        if b < 0:
            break
        if state.is_open[b] or (arcs.area[b] != arcs.area[a] and state.spare[arcs.area[a]] <= 0):
            continue
        value = loss + _gain(arcs, state, scratch, b)
        if value < threshold:
            cand[n] = b
            bound[n] = value
            n += 1
    _come_back(state, scratch, n_left)
    for attempt in range(min(n, n_try)):
        k = attempt
        for q in range(attempt + 1, n):
            if bound[q] < bound[k]:
                k = q
        cand[k], cand[attempt] = cand[attempt], cand[k]
        bound[k], bound[attempt] = bound[attempt], bound[k]
        if bound[attempt] >= best:
            break
        delta, _ = reprice(arcs, state, scratch, a, cand[attempt], n_local, max_sweeps, tolerance, best)
        if delta < best:
            best = delta
            found = cand[attempt]
    return found, best
