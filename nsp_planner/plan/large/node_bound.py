"""The bound of one node of a cluster's tree. In: arcs of the cluster, limits of its parts, multipliers. Out: a bound.

The cluster may leave a demand point (in part) to other clusters at ``ceiling`` per person; within the cluster
a demand point is served at most once. Node bound: sum_i w_i (u_i - ceiling_i) + sum of the open sites' v_j(u) for
multipliers u <= ceiling, improved by steps along an averaged subgradient (volume algorithm, Barahona and Anbil 2000).

Limits are on how many sites open in a part of the map, for parts that are nested (a binary hierarchy whose leaves are
single sites). Nested counts keep the choice of sites easy: merge sorted lists from the leaves up.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from nsp_planner.plan.large.knapsack import fill_site


class SubproblemArcs(NamedTuple):
    """Arcs of a cluster by site (only those below the ceiling), demand points, sites, and the hierarchy.

    Sites are ordered such that every part of the hierarchy is a range first[t]:last[t]; children come before parents;
    part j < m is site j. root marks the parts that are a whole group (their limits are the group's count, or none and
    then ``penalty`` per open site).
    """

    start: np.ndarray
    demand: np.ndarray
    cost: np.ndarray
    size: np.ndarray
    capacity: np.ndarray
    ceiling: np.ndarray
    first: np.ndarray
    last: np.ndarray
    middle: np.ndarray
    root: np.ndarray
    penalty: np.ndarray
    apart: np.ndarray


class NodeWork(NamedTuple):
    """Working memory of one cluster.

    idx (arcs,) has from start[j] on the demand points that site j takes: whole[j] of them whole, part[j] of the next.
    """

    taken: np.ndarray
    direction: np.ndarray
    trial: np.ndarray
    best_u: np.ndarray
    v: np.ndarray
    chosen: np.ndarray
    share_open: np.ndarray
    order: np.ndarray
    spare: np.ndarray
    length: np.ndarray
    forced: np.ndarray
    r: np.ndarray
    s: np.ndarray
    idx: np.ndarray
    whole: np.ndarray
    part: np.ndarray
    u: np.ndarray
    base_u: np.ndarray
    low: np.ndarray
    high: np.ndarray
    base_low: np.ndarray
    base_high: np.ndarray


@nb.njit(nogil=True, cache=True)
def _evaluate(arcs, u, high, work):
    """v_j of every site that is not closed, infinite for the others; who it takes stays in ``work``."""
    start, demand, cost, size, capacity = arcs.start, arcs.demand, arcs.cost, arcs.size, arcs.capacity
    v, whole, part, r, s, idx = work.v, work.whole, work.part, work.r, work.s, work.idx
    for j in range(len(capacity)):
        if high[j] == 0:
            v[j] = np.inf
            continue
        first = start[j]
        v[j], whole[j], part[j] = fill_site(first, start[j + 1], demand, cost, size, capacity[j], u, r, s, idx[first:])


@nb.njit(nogil=True, cache=True)
def _choose(arcs, low, high, work):
    """Choose the cheapest sites within the limits of every part; returns their value, inf when impossible."""
    m = len(arcs.capacity)
    v, chosen, order, spare, length, forced = (work.v, work.chosen, work.order, work.spare, work.length, work.forced)
    value = 0.0
    for t in range(len(arcs.first)):
        a = arcs.first[t]
        if t < m:
            chosen[t] = False
            if low[t] > high[t]:
                return np.inf
            forced[t] = 1 if low[t] > 0 else 0
            length[t] = 1 if high[t] > 0 else 0
            if length[t]:
                order[a] = t
            continue
        # merge the two halves: sites that must open first, then by value
        left = arcs.middle[t, 0]
        right = arcs.middle[t, 1]
        x = arcs.first[left]
        y = arcs.first[right]
        n_left = length[left]
        n_right = length[right]
        must = forced[left] + forced[right]
        if must > high[t] or n_left + n_right < low[t]:
            return np.inf
        k = 0
        for q in range(forced[left]):
            spare[k] = order[x + q]
            k += 1
        for q in range(forced[right]):
            spare[k] = order[y + q]
            k += 1
        p = forced[left]
        q = forced[right]
        n = min(np.int64(high[t]), n_left + n_right)
        while k < n:
            if q >= n_right or (p < n_left and v[order[x + p]] <= v[order[y + q]]):
                spare[k] = order[x + p]
                p += 1
            else:
                spare[k] = order[y + q]
                q += 1
            k += 1
        for q in range(n):
            order[a + q] = spare[q]
        length[t] = n
        forced[t] = max(must, np.int64(low[t]))
    for t in range(len(arcs.first)):
        if arcs.root[t]:
            a = arcs.first[t]
            for q in range(length[t]):
                j = order[a + q]
                if q < forced[t] or v[j] + arcs.penalty[t] < 0.0:
                    chosen[j] = True
                    value += v[j] + arcs.penalty[t]
    return value


@nb.njit(nogil=True, cache=True)
def _decide(arcs, low, high, work, value, cutoff):
    """Open or close for good the sites that cannot be otherwise below the cutoff."""
    for t in range(len(arcs.first)):
        if not arcs.root[t]:
            continue
        exact = low[t] == high[t]
        best_out = np.inf if exact else -arcs.penalty[t]
        worst_in = -np.inf if exact else -arcs.penalty[t]
        for j in range(arcs.first[t], arcs.last[t]):
            if high[j] == 0 or low[j] == 1:
                continue
            if work.chosen[j]:
                worst_in = max(worst_in, work.v[j])
            else:
                best_out = min(best_out, work.v[j])
        for j in range(arcs.first[t], arcs.last[t]):
            if high[j] == 0 or low[j] == 1:
                continue
            if work.chosen[j]:
                if value - work.v[j] + best_out >= cutoff:
                    low[j] = 1
            elif value + work.v[j] - worst_in >= cutoff:
                high[j] = 0


@nb.njit(nogil=True, cache=True)
def value_at(arcs, low, high, u, work):
    """Bound of a node at multipliers u, inf when its limits are impossible; the choice of sites stays in ``work``."""
    _evaluate(arcs, u, high, work)
    value = _choose(arcs, low, high, work)
    for i in range(len(arcs.size)):
        value += arcs.size[i] * (u[i] - arcs.ceiling[i])
    return value


@nb.njit(nogil=True, cache=True)
def bound_node(arcs, low, high, u, work, n_steps, factor, cutoff, enough, decides):
    """Improve the multipliers u of a node in place until its bound is ``enough``; returns the bound.

    Steps are as long as the bound lies below the cutoff. Decides sites that cannot be otherwise below it, where asked.
    """
    taken, direction, trial, best_u = work.taken, work.direction, work.trial, work.best_u
    share_open, chosen = work.share_open, work.chosen
    idx, whole, part, size, ceiling = work.idx, work.whole, work.part, arcs.size, arcs.ceiling
    n = len(size)
    m = len(arcs.capacity)
    best = -np.inf
    bad = 0
    for i in range(n):
        trial[i] = u[i]
    for j in range(m):
        share_open[j] = 0.0
    for step in range(n_steps):
        value = value_at(arcs, low, high, trial, work)
        if value == np.inf:
            return np.inf
        for i in range(n):
            taken[i] = 0.0
        if decides:
            _decide(arcs, low, high, work, value, cutoff)
        for j in range(m):
            if chosen[j]:
                first = arcs.start[j]
                last = first + whole[j]
                for a in range(first, last):
                    taken[idx[a]] += 1.0
                if part[j] > 0.0:
                    taken[idx[last]] += part[j]
        if step == 0:
            weight = 1.0
            for i in range(n):
                direction[i] = 0.0
        else:
            gd = 0.0
            dd = 0.0
            for i in range(n):
                diff = (1.0 - taken[i]) - direction[i]
                gd -= size[i] * direction[i] * diff
                dd += size[i] * diff * diff
            weight = 0.1 if dd <= 0.0 else min(max(gd / dd, 0.02), 0.2)
        for i in range(n):
            direction[i] += weight * ((1.0 - taken[i]) - direction[i])
        for j in range(m):
            share_open[j] += weight * ((1.0 if chosen[j] else 0.0) - share_open[j])
        if value > best:
            best = value
            for i in range(n):
                best_u[i] = trial[i]
            bad = 0
        else:
            bad += 1
            if bad >= 4:
                factor *= 0.7
                bad = 0
        if best >= enough:
            break
        norm = 0.0
        for i in range(n):
            if best_u[i] < ceiling[i] or direction[i] < 0.0:
                norm += size[i] * direction[i] * direction[i]
        if norm <= 0.0:
            break
        move = factor * (cutoff - best) / norm
        for i in range(n):
            trial[i] = min(ceiling[i], best_u[i] + move * direction[i])
    for i in range(n):
        u[i] = best_u[i]
    return best
