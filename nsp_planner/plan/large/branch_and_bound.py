"""Branch and bound on a cluster of sites, every node bounded by multipliers. In: arcs of a cluster. Out: a lower bound.

Branching is on how many sites open in a part of the map, for parts that are nested: "3 or fewer here, or 4 and more"
moves the bound where "this site or not" hardly does, for its neighbour would take its place. The bound of a node stands
in ``node_bound``.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from nsp_planner.plan.large.node_bound import bound_node

LEAF = -1
ROOT = -2


class Tree(NamedTuple):
    """Open nodes: bound (inf: free slot), part to branch on (or LEAF, ROOT) and where, limits per part, multipliers."""

    bound: np.ndarray
    branch: np.ndarray
    at: np.ndarray
    low: np.ndarray
    high: np.ndarray
    multiplier: np.ndarray


@nb.njit(nogil=True, cache=True)
def branch_on(arcs, share_open, low, high):
    """The part whose number of open sites is most in doubt, larger parts weighing more, or LEAF; and its number."""
    best = -1.0
    part = LEAF
    at = 0.0
    for t in range(len(arcs.first)):
        if low[t] == high[t]:
            continue
        total = 0.0
        free = False
        for j in range(arcs.first[t], arcs.last[t]):
            if high[j] > 0:
                total += 1.0 if low[j] > 0 else share_open[j]
                free = free or low[j] == 0
        if not free:
            continue
        below = np.floor(total)
        doubt = min(total - below, below + 1.0 - total)
        score = doubt * arcs.apart[t]
        if total <= low[t] or total >= high[t]:
            score = -0.5
        if score > best:
            best = score
            part = t
            at = total
    if part >= 0:
        at = min(max(at, low[part] + 0.5), high[part] - 0.5)
    return part, at


@nb.njit(nogil=True, cache=True)
def expand(arcs, tree, work, root_steps, node_steps, factor, cutoff, max_nodes):
    """Expand at most max_nodes nodes, the one with the lowest bound first; the caller leaves room for two each.

    Stops at a leaf (every site decided). Returns the number of nodes expanded.
    """
    n = len(arcs.size)
    n_parts = len(arcs.first)
    slots = len(tree.bound)
    u, low, high = work.u, work.low, work.high
    done = 0
    while done < max_nodes:
        t = 0
        for q in range(slots):
            if tree.bound[q] < tree.bound[t]:
                t = q
        parent = tree.bound[t]
        part = np.int64(tree.branch[t])
        at = tree.at[t]
        if parent >= cutoff or part == LEAF:
            break
        done += 1
        tree.bound[t] = np.inf
        for k in range(n_parts):
            work.base_low[k] = tree.low[t, k]
            work.base_high[k] = tree.high[t, k]
        for i in range(n):
            work.base_u[i] = tree.multiplier[t, i]
        free = 0
        for side in range(1 if part == ROOT else 2):
            for k in range(n_parts):
                low[k] = work.base_low[k]
                high[k] = work.base_high[k]
            if part != ROOT:
                if side == 0:
                    low[part] = np.int64(np.floor(at)) + 1
                else:
                    high[part] = np.int64(np.floor(at))
            for i in range(n):
                u[i] = min(work.base_u[i], arcs.ceiling[i])
            steps = root_steps if part == ROOT else node_steps
            value = bound_node(arcs, low, high, u, work, steps, factor, cutoff, cutoff, True)
            if value < parent:
                value = parent
            if value >= cutoff:
                continue
            while tree.bound[free] != np.inf:
                free += 1
            tree.bound[free] = value
            tree.branch[free], tree.at[free] = branch_on(arcs, work.share_open, low, high)
            for k in range(n_parts):
                tree.low[free, k] = low[k]
                tree.high[free, k] = high[k]
            for i in range(n):
                tree.multiplier[free, i] = u[i]
    return done
