"""Whole demand points. In: open sites with exact prices and shares. Out: one site per demand point, capacities kept.

Split demand points go whole to the site where the reduced cost is least; sites that are then too full give demand
points away, cheapest first, by moves and exchanges; at the end moves and exchanges that save cost are made.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from nsp_planner.plan.large.arrays import OpenArcs
from nsp_planner.plan.large.compact_instance import CompactInstance


@nb.njit(nogil=True, cache=True)
def _slot(state, i, j):
    for q in range(state.n_near[i]):
        if state.near_site[i, q] == j:
            return q
    return -1


@nb.njit(nogil=True, cache=True)
def _round(size, capacity, state, share, col_start, col_demand, site, load, max_passes):
    """Fill site (n,) with one open site per demand point; returns the persons above capacity that are left."""
    n = len(size)
    for j in range(len(load)):
        load[j] = 0.0
    for i in range(n):
        best = -1
        for q in range(state.n_near[i]):
            if best < 0 or share[i, q] > share[i, best]:
                best = q
        site[i] = state.near_site[i, best]
        load[site[i]] += size[i]
    for sweep in range(max_passes):
        changed = False
        over = 0.0
        for j in range(len(load)):
            over += max(0.0, load[j] - capacity[j])
        # one pass: over every demand point, the best move or exchange; overload weighs more in every pass
        weight = 1e3 * (1.0 + sweep)
        for i in range(n):
            a = np.int64(site[i])
            here = _slot(state, i, a)
            over_a = max(0.0, load[a] - capacity[a])
            gain = -1e-9
            to = -1
            other = -1
            for q in range(state.n_near[i]):
                b = np.int64(state.near_site[i, q])
                if b == a:
                    continue
                step = size[i] * (state.near_cost[i, q] - state.near_cost[i, here])
                over_b = max(0.0, load[b] - capacity[b])
                new = max(0.0, load[a] - size[i] - capacity[a]) + max(0.0, load[b] + size[i] - capacity[b])
                value = step + weight * (new - over_a - over_b)
                if value < gain:
                    gain = value
                    to = b
                    other = -1
                # exchange with a demand point of b, only where i alone does not fit or a is too full
                if load[b] + size[i] > capacity[b] and (over_a > 0.0 or step < 0.0):
                    for e in range(col_start[b], col_start[b + 1]):
                        k = np.int64(col_demand[e])
                        if site[k] != b or k == i:
                            continue
                        back = _slot(state, k, a)
                        if back < 0:
                            continue
                        there = _slot(state, k, b)
                        diff = size[i] - size[k]
                        new = max(0.0, load[a] - diff - capacity[a]) + max(0.0, load[b] + diff - capacity[b])
                        value = (
                            step
                            + size[k] * (state.near_cost[k, back] - state.near_cost[k, there])
                            + weight * (new - over_a - over_b)
                        )
                        if value < gain:
                            gain = value
                            to = b
                            other = k
            if to >= 0:
                changed = True
                site[i] = to
                load[a] -= size[i]
                load[to] += size[i]
                if other >= 0:
                    site[other] = a
                    load[to] -= size[other]
                    load[a] += size[other]
        if not changed:
            if over <= 1e-6:
                break
            if sweep > 20:
                break
    over = 0.0
    for j in range(len(load)):
        over += max(0.0, load[j] - capacity[j])
    return over


def round_to_whole(
    compact: CompactInstance, state: OpenArcs, share: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64] | None:
    """One open site per demand point, shape (n,); None when some site would still be too full."""
    site = np.empty(compact.n, dtype=np.int64)
    load = np.zeros(compact.m)
    over = _round(compact.size, compact.capacity, state, share, compact.col_start, compact.col_demand, site, load, 60)
    return site if over <= 1e-6 else None
