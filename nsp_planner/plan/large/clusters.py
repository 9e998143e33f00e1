"""A better lower bound, cluster by cluster. In: a Core, prices, a partition of the sites. Out: the bound, improved.

Give a demand point up at the price ceiling_i to whichever cluster wants it: the bound is then
sum_i w_i ceiling_i + sum over the clusters of the least cost of a cluster, and each cluster is a small location problem
with whole sites, solved by branch and bound (branch.py). A ceiling may rise for free from the price u_i up to the cost
of the nearest site of a second cluster, so only the demand points along the borders stay at prices.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.sparse.csgraph import dijkstra
from scipy.spatial.distance import squareform

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.large import branch
from nsp_planner.plan.large.core import Core

ROOT_STEPS, NODE_STEPS, FACTOR = 80, 60, 0.1
BATCH = 4
SLOW_TURNS, SLOW = 6, 0.03
"""A partition is given up when this many turns gained less than this part of what lacks."""
ARCS_PER_TURN = 1e6
"""Arcs of a cluster times nodes expanded in one turn: keeps turns short."""
MOST_RISE = 1.6
"""Ceilings rise at most to this many times the price: beyond that arcs cost time and gain nothing."""
LARGEST_PRICE = float(np.finfo(np.float32).max) / 4
"""Where no plan exists prices grow without end; the trees keep them in single precision. Any price gives a bound."""


def site_graph(near: npt.NDArray[np.int32], near_cost: FloatArray) -> sp.csr_matrix:
    """The sites with their nearest neighbours as a symmetric graph."""
    m, width = near.shape[0], min(24, near.shape[1])
    a = np.repeat(np.arange(m), width)
    b = near[:, :width].ravel()
    length = near_cost[:, :width].ravel() + 1e-6
    keep = b >= 0
    graph = sp.csr_matrix((length[keep], (a[keep], b[keep])), shape=(m, m))
    return graph.maximum(graph.T).tocsr()


@dataclass(frozen=True)
class Hierarchy:
    """Nested parts of the sites of a cluster: 0..m-1 are the sites in ``order``, halves come before wholes.

    Attributes:
        order: Shape (m,), the sites such that every part is a range.
        first: First position of each part.
        last: One past its last position.
        halves: Shape (parts, 2), the parts it consists of, -1 for a site.
        root: True where the part is a whole group.
        apart: How far the part lies from the rest of its group: what a branch on its number of sites is worth.
    """

    order: IntArray
    first: IntArray
    last: IntArray
    halves: IntArray
    root: npt.NDArray[np.bool_]
    apart: FloatArray


def hierarchy(graph: sp.csr_matrix, group: npt.NDArray[np.int32], area: npt.NDArray[np.int32]) -> Hierarchy:
    """Average-linkage clustering of the sites within each group, where areas stay together as parts of their own."""
    m = len(group)
    order: list[int] = []
    first, last = list(range(m)), list(range(1, m + 1))
    halves = [(-1, -1)] * m
    root, apart = [False] * m, [1.0] * m
    for g in np.unique(group):
        members = np.flatnonzero(group == g)
        offset, k = len(order), len(members)
        if k == 1:
            order.append(int(members[0]))
            root[offset] = True
            continue
        far = np.asarray(dijkstra(graph[members][:, members], directed=False))
        finite = far[np.isfinite(far)].max(initial=1.0)
        far[~np.isfinite(far)] = 2.0 * finite
        # sites of other areas are farther than any of the own: an area is then a part
        other = area[members][:, None] != area[members][None, :]
        merges = linkage(squareform(far + other * (far.max() + 1.0), checks=False), method="average")
        leaves = leaves_list(merges)
        order += members[leaves].tolist()
        # linkage numbers sites 0..k-1 and merges k, k+1, ...; ours: sites by position, merges at the end
        position = np.empty(k, dtype=np.int64)
        position[leaves] = np.arange(k) + offset
        number = [*position.tolist(), *range(len(first), len(first) + k - 1)]
        for t, (a, b, height, _) in enumerate(merges.tolist()):
            left, right = number[int(a)], number[int(b)]
            if first[left] > first[right]:
                left, right = right, left
            first.append(first[left])
            last.append(last[right])
            halves.append((left, right))
            root.append(t == k - 2)
            apart.append(height)
            apart[left] = apart[right] = height
    return Hierarchy(
        np.array(order, dtype=np.int64),
        np.array(first, dtype=np.int64),
        np.array(last, dtype=np.int64),
        np.array(halves, dtype=np.int64).reshape(-1, 2),
        np.array(root, dtype=np.bool_),
        np.array(apart),
    )


def partition(core: Core, graph: sp.csr_matrix, weight: FloatArray, target: float) -> npt.NDArray[np.int32]:
    """A cluster per site, shape (m,): parts that lie together with at most about ``target`` sites to open each.

    Parts are halved along the line between two far ends until they are small. Sites of a group with a quota stay
    together where the group itself is small enough. weight (m,) is how open each site is in the relaxed problem.
    """
    m = core.m
    whole = core.quota <= target if len(core.quota) > 1 else np.zeros(1, dtype=np.bool_)
    unit = np.where(whole[core.group], core.group, len(core.quota) + np.arange(m))
    label = np.zeros(m, dtype=np.int32)
    n_labels = 1
    waiting = [np.arange(m)]
    while waiting:
        part = waiting.pop()
        if weight[part].sum() <= target or len(np.unique(unit[part])) == 1:
            continue
        side = _halve(graph[part][:, part], weight[part] + 1e-6, unit[part])
        if side.all() or not side.any():
            continue
        label[part[side]] = n_labels
        n_labels += 1
        waiting += [part[side], part[~side]]
    return label


def _halve(graph: sp.csr_matrix, weight: FloatArray, unit: IntArray) -> npt.NDArray[np.bool_]:
    """Split a graph of sites in two parts of about equal weight, keeping units together."""

    def distance(start: int) -> FloatArray:
        d = np.asarray(dijkstra(graph, directed=False, indices=start), dtype=np.float64)  # type: ignore[call-overload]
        finite = d[np.isfinite(d)]
        return np.where(np.isfinite(d), d, 2.0 * finite.max() + 1.0)

    from_one_end = distance(int(distance(0).argmax()))
    position = from_one_end - distance(int(from_one_end.argmax()))
    _, index = np.unique(unit, return_inverse=True)
    unit_weight = np.bincount(index, weight)
    unit_position = np.bincount(index, weight * position) / unit_weight
    order = np.argsort(unit_position, kind="stable")
    total = np.cumsum(unit_weight[order])
    cut = int(np.argmin(np.abs(total[:-1] - total[-1] / 2)))
    first = np.zeros(len(unit_weight), dtype=np.bool_)
    first[order[: cut + 1]] = True
    return np.asarray(first[index])


class Cluster:
    """One cluster: its small problem and its tree.

    Attributes:
        sites: Positions of its sites in the core.
        floor: Least cutoff used so far: the tree proves no more than this.
        nodes: Nodes expanded.
    """

    def __init__(
        self,
        core: Core,
        graph: sp.csr_matrix,
        sites: IntArray,
        prices: FloatArray,
        ceiling: FloatArray,
        count: IntArray,
        penalty: FloatArray,
    ) -> None:
        """Build the trees of one cluster from the prices at hand."""
        parts = hierarchy(graph[sites][:, sites], core.group[sites], core.area[sites])
        first, last, root = parts.first, parts.last, parts.root
        sites = sites[parts.order]
        self.sites = sites
        span = np.diff(core.col_start)[sites]
        arc = np.repeat(core.col_start[sites] - np.concatenate([[0], np.cumsum(span)[:-1]]), span) + np.arange(
            span.sum()
        )
        owner = np.repeat(np.arange(len(sites)), span)
        demand = core.col_demand[arc]
        cost = core.col_cost[arc]
        keep = cost < ceiling[demand]
        owner, demand, cost = owner[keep], demand[keep], cost[keep]
        points, local = np.unique(demand, return_inverse=True)
        start = np.zeros(len(sites) + 1, dtype=np.int64)
        np.cumsum(np.bincount(owner, minlength=len(sites)), out=start[1:])
        n, m, n_parts = len(points), len(sites), len(first)
        part_group = core.group[sites[first]]
        part_count = np.where(root, count[part_group], -1)
        self.arcs = branch.ClusterArcs(
            start,
            local.astype(np.int32),
            cost,
            core.size[points],
            core.capacity[sites],
            ceiling[points],
            first,
            last,
            parts.halves,
            root,
            np.where(root, penalty[part_group], 0.0),
            parts.apart,
        )
        longest = max(1, int(np.diff(start).max(initial=0)))

        def limits() -> npt.NDArray[np.int16]:
            return np.empty(n_parts, dtype=np.int16)

        self.work = branch.NodeWork(
            np.empty(n),
            np.empty(n),
            np.empty(n),
            np.empty(n),
            np.empty(m),
            np.zeros(m, dtype=np.bool_),
            np.empty(m),
            np.empty(m, dtype=np.int64),
            np.empty(m, dtype=np.int64),
            np.empty(n_parts, dtype=np.int64),
            np.empty(n_parts, dtype=np.int64),
            np.empty(longest),
            np.empty(longest),
            np.empty(longest, dtype=np.int32),
            np.empty(n),
            np.empty(n),
            limits(),
            limits(),
            limits(),
            limits(),
        )
        self.tree = _empty_tree(2, n_parts, n)
        self.tree.bound[0] = -1e300
        self.tree.low[0] = np.where(part_count >= 0, part_count, 0)
        self.tree.high[0] = np.where(part_count >= 0, part_count, last - first)
        # the minimum of an area that lies wholly in this cluster holds for the part that is this area
        area = core.area[sites]
        for at in np.unique(area):
            where = np.flatnonzero(area == at)
            part = np.flatnonzero((first == where[0]) & (last == where[-1] + 1))
            if len(part) and len(where) == int((core.area == at).sum()):
                low = self.tree.low[0]
                low[part[-1]] = max(int(low[part[-1]]), int(core.minimum[at]))
        self.tree.low[0, :m] = np.maximum(self.tree.low[0, :m], core.fixed[sites])
        self.tree.price[0] = np.clip(prices[points], -LARGEST_PRICE, LARGEST_PRICE)
        self.cutoff = np.inf
        self.floor = np.inf
        self.nodes = 0
        self.tried = False

    @property
    def bound(self) -> float:
        """What the tree proves: the least cost of the cluster is at least this."""
        return float(min(self.floor, self.tree.bound.min()))

    @property
    def stuck(self) -> bool:
        """True when more nodes cannot raise the bound."""
        t = int(self.tree.bound.argmin())
        return bool(self.tree.bound[t] >= self.cutoff or self.tree.branch[t] == branch.LEAF)

    @property
    def finished(self) -> bool:
        """True when everything up to the cutoff is proven."""
        return bool(self.tree.bound.min() >= self.cutoff)

    def set_cutoff(self, cutoff: float) -> None:
        """Prove no more than ``cutoff``."""
        self.cutoff = cutoff

    def leaf(self) -> IntArray | None:
        """The open sites of the lowest node, if that node decides every site."""
        t = int(self.tree.bound.argmin())
        if not np.isfinite(self.tree.bound[t]) or self.tree.branch[t] != branch.LEAF:
            return None
        m = len(self.sites)
        return np.asarray(self.sites[self.tree.low[t, :m] > 0])

    def close_leaf(self, value: float) -> None:
        """Replace the bound of the lowest node, a leaf, by its exact value."""
        t = int(self.tree.bound.argmin())
        self.floor = min(self.floor, value)
        self.tree.bound[t] = np.inf

    def expand(self, max_nodes: int) -> int:
        """Expand at most ``max_nodes`` nodes, fewer where they take long; returns how many."""
        max_nodes = max(1, min(max_nodes, int(ARCS_PER_TURN / max(1, len(self.arcs.cost)))))
        slots = int(np.isfinite(self.tree.bound).sum()) + max_nodes + 2
        if slots > len(self.tree.bound):
            old = self.tree
            used = len(old.bound)
            tree = _empty_tree(max(slots, 2 * used), old.low.shape[1], old.price.shape[1])
            for new_array, old_array in zip(tree, old, strict=True):
                new_array[:used] = old_array
            self.tree = tree
        self.tried = False
        self.floor = min(self.floor, self.cutoff)
        done = int(
            branch.expand(self.arcs, self.tree, self.work, ROOT_STEPS, NODE_STEPS, FACTOR, self.cutoff, max_nodes)
        )
        self.tree.bound[self.tree.bound >= self.cutoff] = np.inf
        self.nodes += done
        return done


def _empty_tree(slots: int, n_parts: int, n: int) -> branch.Tree:
    return branch.Tree(
        np.full(slots, np.inf),
        np.full(slots, branch.ROOT, dtype=np.int32),
        np.zeros(slots),
        np.zeros((slots, n_parts), dtype=np.int16),
        np.zeros((slots, n_parts), dtype=np.int16),
        np.zeros((slots, n), dtype=np.float32),
    )


class ClusterBound:
    """The bound as a sum over clusters, improved where most is missing."""

    def __init__(
        self,
        core: Core,
        prices: FloatArray,
        group_price: FloatArray,
        label: npt.NDArray[np.int32],
        graph: sp.csr_matrix,
        pool: Executor,
    ) -> None:
        """Cut the problem into clusters; each begins with the bound of the prices."""
        self.core = core
        self.pool = pool
        self.label = label
        self.gains: list[float] = []
        n_labels = int(label.max()) + 1
        self.ceiling = _second_cluster_cost(core, label)
        if n_labels > 1:
            self.ceiling = np.maximum(prices, np.minimum(self.ceiling, MOST_RISE * prices))
        present = np.zeros((len(core.quota), n_labels), dtype=np.bool_)
        present[core.group, label] = True
        apart = present.sum(axis=1) > 1
        self.penalty = np.where(apart, -group_price, 0.0)
        count = np.where(apart, -1, core.quota)
        self.base = float((core.size * self.ceiling).sum()) - float((self.penalty * core.quota).sum())
        self.clusters = [
            Cluster(core, graph, np.flatnonzero(label == k), prices, self.ceiling, count, self.penalty)
            for k in range(n_labels)
        ]

    @property
    def bound(self) -> float:
        """Lower bound on the whole problem, after every cluster has its root."""
        return self.base + sum(cluster.bound for cluster in self.clusters)

    @property
    def stuck(self) -> bool:
        """True when no cluster can prove more."""
        return all(cluster.stuck for cluster in self.clusters)

    @property
    def finished(self) -> bool:
        """True when the plan's own cost is proven."""
        return all(cluster.finished for cluster in self.clusters)

    @property
    def worn_out(self) -> bool:
        """True when little more is to be had here: the last turns gained hardly anything of what lacks."""
        lacking = sum(max(0.0, c.cutoff - c.bound) for c in self.clusters)
        turns = self.gains[-SLOW_TURNS:]
        return len(self.clusters) > 1 and len(turns) == SLOW_TURNS and sum(turns) <= SLOW * lacking

    def set_plan(self, is_open: npt.NDArray[np.bool_], cost_by_site: FloatArray) -> None:
        """Cut every cluster off at what the plan pays in it; the plan's total is then the most that is proven.

        cost_by_site (m,) is sum over the demand points of the persons at the site times (cost - ceiling).
        """
        by_site = cost_by_site + np.where(is_open, self.penalty[self.core.group], 0.0)
        value = np.bincount(self.label, by_site, minlength=len(self.clusters))
        for cluster, cutoff in zip(self.clusters, value.tolist(), strict=True):
            cluster.set_cutoff(cutoff)

    def improve(self, n_nodes: int) -> int:
        """Expand n_nodes nodes in each of the clusters that lack most; returns how many were expanded."""
        fresh = [c for c in self.clusters if c.nodes == 0]
        chosen = fresh
        before = self.bound
        if not fresh:
            lacking = [c for c in self.clusters if not c.stuck]
            lacking.sort(key=lambda c: c.bound - c.cutoff)
            chosen = lacking[:BATCH]
        jobs = [self.pool.submit(c.expand, 1 if fresh else n_nodes) for c in chosen]
        done = sum(job.result() for job in jobs)
        if not fresh:
            self.gains.append(self.bound - before)
        return done


def _second_cluster_cost(core: Core, label: npt.NDArray[np.int32]) -> FloatArray:
    """Per demand point the cost of the nearest site of a cluster other than that of the nearest site, shape (n,)."""
    point = np.repeat(np.arange(core.n), np.diff(core.row_start))
    home = label[core.row_site[core.row_start[:-1]]]
    other = label[core.row_site] != home[point]
    result = np.full(core.n, 2.0 * core.row_cost.max(initial=0.0) + 1.0)
    points, first = np.unique(point[other], return_index=True)
    result[points] = core.row_cost[other][first]
    return result
