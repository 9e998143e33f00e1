"""A better lower bound by Lagrangian decomposition. In: a CompactInstance, multipliers, clusters. Out: the bound.

Constraint (1) holds within each cluster of sites, and a demand point may go to another cluster at ceiling_i: the bound
is then sum_i w_i ceiling_i + sum over the clusters of the least cost of a subproblem, and each subproblem is a small
location problem with whole sites, solved by branch and bound (``subproblem``, ``branch_and_bound``). A ceiling may rise
for free from the multiplier u_i up to the cost of the nearest site of a second cluster, so only the demand points along
the borders stay at multipliers.

Ceilings rise where a cluster's gap no longer closes; clusters whose gap no longer closes with the highest ceilings are
merged with the neighbour that they share most with. Nothing that was proven is lost by either.

A minimum of a gemeente whose sites lie in several clusters counts in none of them: the bound is right, and weaker than
it could be until these clusters merge. A penalty as groups have would mend it, at the price of a multiplier each.
"""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.large.compact_instance import CompactInstance
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.subproblem import NOTHING_PROVEN, Subproblem

BATCH = 4
RISES = (1.6, 4.0, 12.0)
"""Ceilings rise at most to this many times the multiplier: little at first, as arcs cost time; more where stuck."""
WIDEST_OPEN = 60.0
"""Clusters merge up to about this many sites to open."""
ENOUGH = 1e-5
"""A cluster that lacks less than this part of the whole cost is left alone."""


class DecompositionBound:
    """The bound as a sum over clusters, improved where most is missing."""

    def __init__(
        self,
        compact: CompactInstance,
        lagrangian: LagrangianBound,
        label: npt.NDArray[np.int32],
        graph: sp.csr_matrix,
        pool: Executor,
    ) -> None:
        """Cut the problem into clusters, by a label per site; each begins with the bound of the multipliers."""
        self.compact, self.graph, self.pool = compact, graph, pool
        self.multipliers, self.group_multiplier = lagrangian.multipliers, lagrangian.group_multiplier
        self.share_open = lagrangian.share_open
        self.label = label.copy()
        n_labels = int(label.max()) + 1
        everyone = np.arange(compact.n)
        self.ceiling = self._ceilings(everyone, RISES[0] if n_labels > 1 else np.inf)
        penalty, count = self._groups()
        self.penalty = penalty
        self.base = float((compact.size * self.ceiling).sum()) - float((penalty * compact.quota).sum())
        self.subproblems = [
            Subproblem(compact, graph, np.flatnonzero(label == k), self.multipliers, self.ceiling, count, penalty)
            for k in range(n_labels)
        ]

    @property
    def bound(self) -> float:
        """Lower bound on the whole problem, after every cluster has its root."""
        return self.base + sum(subproblem.bound for subproblem in self.subproblems)

    @property
    def proven(self) -> bool:
        """True once every cluster has its root: before that there is no bound."""
        return all(subproblem.nodes > 0 or subproblem.bound > NOTHING_PROVEN for subproblem in self.subproblems)

    @property
    def stuck(self) -> bool:
        """True when no cluster can prove more, not even with higher ceilings or merged."""
        return all(c.stuck for c in self.subproblems) and not any(self._can_change(c) for c in self.subproblems)

    @property
    def finished(self) -> bool:
        """True when the plan's own cost is proven."""
        return all(subproblem.finished for subproblem in self.subproblems)

    def set_plan(self, is_open: npt.NDArray[np.bool_], cost_by_site: FloatArray) -> None:
        """Cut every cluster off at what the plan pays in it; the plan's total is then the most that is proven.

        cost_by_site (m,) is sum over the demand points of the persons at the site times (cost - ceiling).
        """
        by_site = cost_by_site + np.where(is_open, self.penalty[self.compact.group], 0.0)
        for subproblem in self.subproblems:
            subproblem.set_cutoff(float(by_site[subproblem.sites].sum()))

    def improve(self, n_nodes: int) -> bool:
        """Expand n_nodes nodes in each of the clusters that lack most; first, stuck ones are changed.

        Returns True when ceilings changed: the plan's cost per cluster must then be given again.
        """
        fresh = [c for c in self.subproblems if c.nodes == 0]
        if fresh:
            jobs = [self.pool.submit(c.expand, 1) for c in fresh]
        else:
            if self._change_stuck():
                return True
            lacking = [c for c in self.subproblems if not c.stuck]
            lacking.sort(key=lambda c: c.bound - c.cutoff)
            jobs = [self.pool.submit(c.expand, n_nodes) for c in lacking[:BATCH]]
        for job in jobs:
            job.result()
        return False

    def _can_change(self, subproblem: Subproblem) -> bool:
        if subproblem.cutoff - subproblem.bound <= ENOUGH * abs(self.base) or len(self.subproblems) == 1:
            return False
        return subproblem.rise < len(RISES) - 1 or self._partner(subproblem) is not None

    def _change_stuck(self) -> bool:
        """Raise the ceilings of every stuck subproblem, or merge the one that lacks most; True on any change."""
        stuck = [c for c in self.subproblems if c.stuck and self._can_change(c)]
        stuck.sort(key=lambda c: c.bound - c.cutoff)
        changed = False
        for subproblem in stuck:
            if subproblem.rise < len(RISES) - 1:
                self._raise(subproblem)
                changed = True
        if not changed and stuck:
            partner = self._partner(stuck[0])
            assert partner is not None, "a cluster that can change and has the highest ceilings has a partner"
            self._merge(stuck[0], partner)
            changed = True
        return changed

    def _raise(self, subproblem: Subproblem) -> None:
        home = self._at_home(subproblem.sites)
        new = np.maximum(self.ceiling[home], self._ceilings(home, RISES[subproblem.rise + 1]))
        self.base += float((self.compact.size[home] * (new - self.ceiling[home])).sum())
        self.ceiling[home] = new
        subproblem.raise_ceiling(self.compact, self.ceiling)

    def _merge(self, one: Subproblem, other: Subproblem) -> None:
        compact = self.compact
        label = self.label[one.sites[0]]
        self.label[other.sites] = label
        before = self.base
        home = self._at_home(np.concatenate([one.sites, other.sites]))
        rise = max(one.rise, other.rise)
        new = np.maximum(self.ceiling[home], self._ceilings(home, RISES[rise]))
        self.base += float((compact.size[home] * (new - self.ceiling[home])).sum())
        self.ceiling[home] = new
        penalty, count = self._groups()
        self.base += float(((self.penalty - penalty) * compact.quota).sum())
        self.penalty = penalty
        proven = one.bound + other.bound - (self.base - before)
        sites = np.sort(np.concatenate([one.sites, other.sites]))
        merged = Subproblem(compact, self.graph, sites, self.multipliers, self.ceiling, count, penalty, proven)
        merged.rise = rise
        at = self.subproblems.index(one)
        self.subproblems[at] = merged
        self.subproblems.remove(other)

    def _partner(self, subproblem: Subproblem) -> Subproblem | None:
        """The cluster that shares most persons at its border, lacks weighing too; None when all are too large."""
        compact = self.compact
        home = self._at_home(subproblem.sites)
        here = self.label[subproblem.sites[0]]
        shared = np.zeros(int(self.label.max()) + 1)
        _, label = _second_cluster(compact, self.label, home)
        known = label >= 0
        at_multiplier = self.ceiling[home] <= self.multipliers[home] * RISES[0]
        np.add.at(shared, label[known], (compact.size[home] * (0.01 + at_multiplier))[known])
        n_open = float(self.share_open[subproblem.sites].sum())
        best, most = None, 0.0
        for other in self.subproblems:
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
        compact = self.compact
        is_here = np.zeros(compact.m, dtype=np.bool_)
        is_here[sites] = True
        return np.flatnonzero(is_here[compact.row_site[compact.row_start[:-1]]])

    def _ceilings(self, points: IntArray, rise: float) -> FloatArray:
        """The cost of a second subproblem, at most so many times the multiplier and at least the multiplier."""
        cost, _ = _second_cluster(self.compact, self.label, points)
        multipliers = self.multipliers[points]
        return np.maximum(multipliers, np.minimum(cost, rise * multipliers)) if np.isfinite(rise) else cost

    def _groups(self) -> tuple[FloatArray, IntArray]:
        """Per group what each open site pays, and its number of sites; the first where it lies in several clusters."""
        compact = self.compact
        present = np.zeros((len(compact.quota), int(self.label.max()) + 1), dtype=np.bool_)
        present[compact.group, self.label] = True
        apart = present.sum(axis=1) > 1
        return np.where(apart, -self.group_multiplier, 0.0), np.where(apart, -1, compact.quota)


def _second_cluster(
    compact: CompactInstance, label: npt.NDArray[np.int32], points: IntArray
) -> tuple[FloatArray, IntArray]:
    """Cost and label of the nearest site of another cluster than the nearest site's, per point; far and -1 for none."""
    span = np.diff(compact.row_start)[points]
    first = np.cumsum(span) - span
    arc = np.repeat(compact.row_start[points] - first, span) + np.arange(span.sum())
    owner = np.repeat(np.arange(len(points)), span)
    arc_label = label[compact.row_site[arc]]
    other = np.flatnonzero(arc_label != arc_label[first][owner])
    cost = np.full(len(points), 2.0 * compact.row_cost.max(initial=0.0) + 1.0)
    where = np.full(len(points), -1, dtype=np.int64)
    point, at = np.unique(owner[other], return_index=True)
    cost[point] = compact.row_cost[arc[other[at]]]
    where[point] = arc_label[other[at]]
    return cost, where
