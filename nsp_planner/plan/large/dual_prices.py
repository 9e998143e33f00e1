"""Dual prices of the open sites, compiled. In: open arcs. Out: prices, and the bound on the cost that they prove.

For given open sites the best allocation is a transportation problem. Its dual puts a price pi_j >= 0 per person on
every open site (the multiplier of its capacity); a person at i pays min_j (c_ij + pi_j), and
sum_i w_i min_j (c_ij + pi_j) - sum_j Q_j pi_j is a lower bound on the cost of the allocation, tight at the best prices.
Prices are found by coordinate ascent: the best price of one site, the others kept, is the one at which exactly its
capacity comes (a weighted selection).
"""

import numpy as np

from nsp_planner.plan.large.arrays import refresh_point
from nsp_planner.plan.large.kernel import kernel
from nsp_planner.plan.large.knapsack import clearing_price

SURE_M = 1e-6
"""Metres per person that one site must be better than the next one to be taken without looking at all."""


@kernel
def dual_value(arcs, state):
    """Lower bound on the cost of allocating to the open sites at the current prices."""
    total = 0.0
    for i in range(len(arcs.size)):
        total += arcs.size[i] * state.best[i]
    for j in range(len(arcs.capacity)):
        if state.is_open[j]:
            total -= arcs.capacity[j] * state.price[j]
    return total


@kernel
def best_other(arcs, state, i, j):
    """What demand point i pays at the best open site but j."""
    best = arcs.unserved_cost[0]
    for q in range(state.n_near[i]):
        if state.near_cost[i, q] >= best:
            break
        site = state.near_site[i, q]
        if site != j:
            value = state.near_cost[i, q] + state.price[site]
            if value < best:
                best = value
    return best


@kernel
def relax(arcs, state, scratch, queue, queued, n_queue, tolerance, max_updates, limit):
    """Coordinate ascent on the prices of the sites in the (ring) queue and of the sites that they drive persons to.

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
        old = state.price[j]
        room = arcs.capacity[j]
        n = 0
        total = 0.0
        for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
            i = np.int64(arcs.col_demand[e])
            if arcs.col_cost[e] <= state.best[i]:
                scratch.idx[n] = e
                total += arcs.size[i]
                n += 1
        if old == 0.0 and total <= room:
            continue  # whoever might come has room
        n_near = n
        n = 0
        total = 0.0
        for q in range(n_near):
            e = np.int64(scratch.idx[q])
            i = np.int64(arcs.col_demand[e])
            c = arcs.col_cost[e]
            other = best_other(arcs, state, i, j) if state.best_site[i] == j else state.best[i]
            if c <= other:  # who is as well off elsewhere counts too: what they pay hangs on this price
                scratch.r[n] = c - other
                scratch.s[n] = arcs.size[i]
                scratch.idx[n] = e
                total += arcs.size[i]
                n += 1
        new = clearing_price(scratch.r, scratch.s, scratch.idx, n, total, room)
        if abs(new - old) <= tolerance:
            continue
        state.price[j] = new
        delta -= room * (new - old)
        for q in range(n):
            e = np.int64(scratch.idx[q])
            i = np.int64(arcs.col_demand[e])
            was = state.best_site[i]
            before = state.best[i]
            here = arcs.col_cost[e] + new
            if was != j and here > before:
                continue  # it stays where it is
            if (was == j and new + SURE_M < -scratch.r[q]) or here < before:
                state.best[i] = here
                state.best_site[i] = j
            else:
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
