"""A better lower bound, cluster by cluster. In: a Core, prices, a partition of the sites. Out: the bound, improved.

Give a demand point up at the price ceiling_i to whichever cluster wants it: the bound is then
sum_i w_i ceiling_i + sum over the clusters of the least cost of a cluster, and each cluster is a small location problem
with whole sites, solved by branch and bound (cluster.py, branch.py). A ceiling may rise for free from the price u_i up
to the cost of the nearest site of a second cluster, so only the demand points along the borders stay at prices.

Where a cluster can prove no more its ceilings rise; where they cannot, it merges with the neighbour it shares most
with. Nothing that was proven is lost by either.
"""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.large.compact_instance import Core
from nsp_planner.plan.large.subproblem import Cluster

BATCH = 4
RISES = (1.6, 4.0, 12.0)
"""Ceilings rise at most to this many times the price: little at first, as arcs cost time; more where stuck."""
WIDEST_OPEN = 60.0
"""Clusters merge up to about this many sites to open."""
ENOUGH = 1e-5
"""A cluster that lacks less than this part of the whole cost is left alone."""


class ClusterBound:
    """The bound as a sum over clusters, improved where most is missing."""

    def __init__(
        self,
        core: Core,
        prices: FloatArray,
        group_price: FloatArray,
        share_open: FloatArray,
        label: npt.NDArray[np.int32],
        graph: sp.csr_matrix,
        pool: Executor,
    ) -> None:
        """Cut the problem into clusters; each begins with the bound of the prices."""
        self.core, self.prices, self.group_price, self.graph, self.pool = core, prices, group_price, graph, pool
        self.share_open = share_open
        self.label = label.copy()
        n_labels = int(label.max()) + 1
        everyone = np.arange(core.n)
        self.ceiling = self._ceilings(everyone, RISES[0] if n_labels > 1 else np.inf)
        penalty, count = self._groups()
        self.penalty = penalty
        self.base = float((core.size * self.ceiling).sum()) - float((penalty * core.quota).sum())
        self.clusters = [
            Cluster(core, graph, np.flatnonzero(label == k), prices, self.ceiling, count, penalty)
            for k in range(n_labels)
        ]

    @property
    def bound(self) -> float:
        """Lower bound on the whole problem, after every cluster has its root."""
        return self.base + sum(cluster.bound for cluster in self.clusters)

    @property
    def stuck(self) -> bool:
        """True when no cluster can prove more, not even with higher ceilings or merged."""
        return all(c.stuck for c in self.clusters) and not any(self._can_change(c) for c in self.clusters)

    @property
    def finished(self) -> bool:
        """True when the plan's own cost is proven."""
        return all(cluster.finished for cluster in self.clusters)

    def set_plan(self, is_open: npt.NDArray[np.bool_], cost_by_site: FloatArray) -> None:
        """Cut every cluster off at what the plan pays in it; the plan's total is then the most that is proven.

        cost_by_site (m,) is sum over the demand points of the persons at the site times (cost - ceiling).
        """
        by_site = cost_by_site + np.where(is_open, self.penalty[self.core.group], 0.0)
        for cluster in self.clusters:
            cluster.set_cutoff(float(by_site[cluster.sites].sum()))

    def improve(self, n_nodes: int) -> bool:
        """Expand n_nodes nodes in each of the clusters that lack most; first, stuck ones are changed.

        Returns True when ceilings changed: the plan's cost per cluster must then be given again.
        """
        fresh = [c for c in self.clusters if c.nodes == 0]
        if fresh:
            jobs = [self.pool.submit(c.expand, 1) for c in fresh]
        else:
            if self._change_stuck():
                return True
            lacking = [c for c in self.clusters if not c.stuck]
            lacking.sort(key=lambda c: c.bound - c.cutoff)
            jobs = [self.pool.submit(c.expand, n_nodes) for c in lacking[:BATCH]]
        for job in jobs:
            job.result()
        return False

    def _can_change(self, cluster: Cluster) -> bool:
        if cluster.cutoff - cluster.bound <= ENOUGH * abs(self.base) or len(self.clusters) == 1:
            return False
        return cluster.rise < len(RISES) - 1 or self._partner(cluster) is not None

    def _change_stuck(self) -> bool:
        """Raise the ceilings of every stuck cluster, or merge the one that lacks most; True when anything changed."""
        stuck = [c for c in self.clusters if c.stuck and self._can_change(c)]
        stuck.sort(key=lambda c: c.bound - c.cutoff)
        changed = False
        for cluster in stuck:
            if cluster.rise < len(RISES) - 1:
                self._raise(cluster)
                changed = True
        if not changed and stuck:
            partner = self._partner(stuck[0])
            assert partner is not None, "a cluster that can change and has the highest ceilings has a partner"
            self._merge(stuck[0], partner)
            changed = True
        return changed

    def _raise(self, cluster: Cluster) -> None:
        home = self._at_home(cluster.sites)
        new = np.maximum(self.ceiling[home], self._ceilings(home, RISES[cluster.rise + 1]))
        self.base += float((self.core.size[home] * (new - self.ceiling[home])).sum())
        self.ceiling[home] = new
        cluster.raise_ceiling(self.core, self.ceiling)

    def _merge(self, one: Cluster, other: Cluster) -> None:
        core = self.core
        label = self.label[one.sites[0]]
        self.label[other.sites] = label
        before = self.base
        home = self._at_home(np.concatenate([one.sites, other.sites]))
        rise = max(one.rise, other.rise)
        new = np.maximum(self.ceiling[home], self._ceilings(home, RISES[rise]))
        self.base += float((core.size[home] * (new - self.ceiling[home])).sum())
        self.ceiling[home] = new
        penalty, count = self._groups()
        self.base += float(((self.penalty - penalty) * core.quota).sum())
        self.penalty = penalty
        proven = one.bound + other.bound - (self.base - before)
        sites = np.sort(np.concatenate([one.sites, other.sites]))
        merged = Cluster(core, self.graph, sites, self.prices, self.ceiling, count, penalty, proven)
        merged.rise = rise
        at = self.clusters.index(one)
        self.clusters[at] = merged
        self.clusters.remove(other)

    def _partner(self, cluster: Cluster) -> Cluster | None:
        """The cluster that shares most persons at its border, lacks weighing too; None when all are too large."""
        core = self.core
        home = self._at_home(cluster.sites)
        here = self.label[cluster.sites[0]]
        shared = np.zeros(int(self.label.max()) + 1)
        _, label = _second_cluster(core, self.label, home)
        known = label >= 0
        at_price = self.ceiling[home] <= self.prices[home] * RISES[0]
        np.add.at(shared, label[known], (core.size[home] * (0.01 + at_price))[known])
        n_open = float(self.share_open[cluster.sites].sum())
        best, most = None, 0.0
        for other in self.clusters:
            there = self.label[other.sites[0]]
            together = n_open + float(self.share_open[other.sites].sum())
            if there == here or together > WIDEST_OPEN:
                continue
            score = shared[there] * (1e-3 + max(0.0, other.cutoff - other.bound) / max(1.0, abs(self.base)))
            if score > most:
                best, most = other, score
        return best

    def _at_home(self, sites: IntArray) -> IntArray:
        """The demand points whose nearest site is one of these."""
        core = self.core
        is_here = np.zeros(core.m, dtype=np.bool_)
        is_here[sites] = True
        return np.flatnonzero(is_here[core.row_site[core.row_start[:-1]]])

    def _ceilings(self, points: IntArray, rise: float) -> FloatArray:
        """The cost of a second cluster, at most so many times the price and at least the price."""
        cost, _ = _second_cluster(self.core, self.label, points)
        prices = self.prices[points]
        return np.maximum(prices, np.minimum(cost, rise * prices)) if np.isfinite(rise) else cost

    def _groups(self) -> tuple[FloatArray, IntArray]:
        """Per group what each open site pays, and its number of sites; the first where it lies in several clusters."""
        core = self.core
        present = np.zeros((len(core.quota), int(self.label.max()) + 1), dtype=np.bool_)
        present[core.group, self.label] = True
        apart = present.sum(axis=1) > 1
        return np.where(apart, -self.group_price, 0.0), np.where(apart, -1, core.quota)


def _second_cluster(core: Core, label: npt.NDArray[np.int32], points: IntArray) -> tuple[FloatArray, IntArray]:
    """Cost and label of the nearest site of another cluster than the nearest site's, per point; far and -1 for none."""
    span = np.diff(core.row_start)[points]
    first = np.cumsum(span) - span
    arc = np.repeat(core.row_start[points] - first, span) + np.arange(span.sum())
    owner = np.repeat(np.arange(len(points)), span)
    arc_label = label[core.row_site[arc]]
    other = np.flatnonzero(arc_label != arc_label[first][owner])
    cost = np.full(len(points), 2.0 * core.row_cost.max(initial=0.0) + 1.0)
    where = np.full(len(points), -1, dtype=np.int64)
    point, at = np.unique(owner[other], return_index=True)
    cost[point] = core.row_cost[arc[other[at]]]
    where[point] = arc_label[other[at]]
    return cost, where
