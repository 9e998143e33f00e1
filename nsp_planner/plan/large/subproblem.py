"""Branch and bound on one cluster of sites. In: a CompactInstance, multipliers, ceilings. Out: a rising bound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.evidence import ClusterEvidence
from nsp_planner.plan.large import branch_and_bound
from nsp_planner.plan.large.compact_instance import CompactInstance, Int32Array
from nsp_planner.plan.large.node_bound import NodeWork, SubproblemArcs
from nsp_planner.plan.large.partition import hierarchy

ROOT_STEPS, NODE_STEPS, FACTOR = 80, 60, 0.1
ARCS_PER_TURN = 1e6
"""Arcs of a cluster times nodes expanded in one turn: keeps turns short."""
LARGEST_MULTIPLIER = float(np.finfo(np.float32).max) / 4
"""Where no plan exists multipliers grow without end; trees keep them in single precision. Any of them gives a bound."""
NOTHING_PROVEN = -1e300


class Subproblem:
    """One cluster: its small problem and its tree.

    Attributes:
        sites: Positions of its sites in the compact.
        floor: Least cutoff used so far: the tree proves no more than this.
        nodes: Nodes expanded.
        rise: How often its ceilings were raised.
        points: Shape (n,), demand points of the compact it may serve.
    """

    def __init__(
        self,
        compact: CompactInstance,
        graph: sp.csr_matrix,
        sites: IntArray,
        multipliers: FloatArray,
        ceiling: FloatArray,
        count: IntArray,
        penalty: FloatArray,
        proven: float = NOTHING_PROVEN,
    ) -> None:
        """Build the tree of one cluster from the best multipliers; ``proven`` is a bound that is known already."""
        parts = hierarchy(graph[sites][:, sites], compact.group[sites], compact.area[sites])
        first, last, root = parts.first, parts.last, parts.root
        sites = sites[parts.order]
        self.sites = sites
        start, points, local, cost = _arcs_below(compact, sites, ceiling)
        self.points = points
        n, m, n_parts = len(points), len(sites), len(first)
        part_group = compact.group[sites[first]]
        part_count = np.where(root, count[part_group], -1)
        self.arcs = SubproblemArcs(
            start,
            local,
            cost,
            compact.size[points],
            compact.capacity[sites],
            ceiling[points],
            first,
            last,
            parts.halves,
            root,
            np.where(root, penalty[part_group], 0.0),
            parts.apart,
        )
        self.work = _working_memory(self.arcs)
        self.tree = _empty_tree(2, n_parts, n)
        self.tree.bound[0] = proven
        self.tree.low[0] = np.where(part_count >= 0, part_count, 0)
        self.tree.high[0] = np.where(part_count >= 0, part_count, last - first)
        # the minimum of an area that lies wholly in this cluster holds for the part that is this area
        area = compact.area[sites]
        for at in np.unique(area):
            where = np.flatnonzero(area == at)
            part = np.flatnonzero((first == where[0]) & (last == where[-1] + 1))
            if len(part) and len(where) == int((compact.area == at).sum()):
                low = self.tree.low[0]
                low[part[-1]] = max(int(low[part[-1]]), int(compact.minimum[at]))
        self.tree.low[0, :m] = np.maximum(self.tree.low[0, :m], compact.fixed[sites])
        self.tree.multiplier[0] = np.clip(multipliers[points], -LARGEST_MULTIPLIER, LARGEST_MULTIPLIER)
        self.cutoff = np.inf
        self.floor = np.inf
        self.nodes = 0
        self.tried = False
        self.rise = 0

    @property
    def bound(self) -> float:
        """What the tree proves: the least cost of the cluster is at least this."""
        return float(min(self.floor, self.tree.bound.min()))

    @property
    def stuck(self) -> bool:
        """True when more nodes cannot raise the bound."""
        t = int(self.tree.bound.argmin())
        return bool(self.tree.bound[t] >= self.cutoff or self.tree.branch[t] == branch_and_bound.LEAF)

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
        if not np.isfinite(self.tree.bound[t]) or self.tree.branch[t] != branch_and_bound.LEAF:
            return None
        m = len(self.sites)
        return np.asarray(self.sites[self.tree.low[t, :m] > 0])

    def close_leaf(self, value: float) -> None:
        """Replace the bound of the lowest node, a leaf, by its exact value."""
        t = int(self.tree.bound.argmin())
        self.floor = min(self.floor, value)
        self.tree.bound[t] = np.inf

    def evidence(self, compact: CompactInstance) -> ClusterEvidence:
        """What a certificate begins from: the multipliers are those of the lowest node."""
        u = self.tree.multiplier[int(self.tree.bound.argmin())].astype(np.float64)
        return ClusterEvidence(
            np.sort(compact.site[self.sites]), self.bound, self.cutoff, compact.demand[self.points], u
        )

    def raise_ceiling(self, compact: CompactInstance, ceiling: FloatArray) -> None:
        """Take higher ceilings, for points that no other cluster can take; decided nodes are bounded again.

        Every node keeps its multipliers, so its bound falls by what the ceilings rise: the total loses nothing. A point
        that is new here gets the cost of its nearest site as multiplier, which takes nothing from any site.
        """
        old, tree = self.arcs, self.tree
        start, points, local, cost = _arcs_below(compact, self.sites, ceiling)
        self.arcs = old._replace(
            start=start, demand=local, cost=cost, size=compact.size[points], ceiling=ceiling[points]
        )
        least = np.full(len(points), np.inf)
        np.minimum.at(least, local, cost)
        at = np.searchsorted(points, self.points)
        least[at] = old.ceiling  # node bounds fall from here: multipliers that are lower stay
        fallen = float((self.arcs.size * (self.arcs.ceiling - least)).sum())
        multiplier = np.empty((len(tree.bound), len(points)), dtype=np.float32)
        # rounding down only costs a little: a multiplier above the cost of the nearest site would draw the site
        multiplier[:] = np.nextafter(least.astype(np.float32), np.float32(-np.inf))
        multiplier[:, at] = tree.multiplier
        fallen += float((self.arcs.size * (least - multiplier[0]))[np.isin(points, self.points, invert=True)].sum())
        bound = np.where(np.isfinite(tree.bound), tree.bound - fallen, tree.bound)
        again = np.where(tree.branch == branch_and_bound.LEAF, branch_and_bound.ROOT, tree.branch).astype(np.int32)
        self.tree = tree._replace(bound=bound, branch=again, multiplier=multiplier)
        self.floor -= fallen
        self.points = points
        self.work = _working_memory(self.arcs)
        self.rise += 1

    def expand(self, max_nodes: int) -> int:
        """Expand at most ``max_nodes`` nodes, fewer where they take long; returns how many."""
        max_nodes = max(1, min(max_nodes, int(ARCS_PER_TURN / max(1, len(self.arcs.cost)))))
        slots = int(np.isfinite(self.tree.bound).sum()) + max_nodes + 2
        if slots > len(self.tree.bound):
            old = self.tree
            used = len(old.bound)
            tree = _empty_tree(max(slots, 2 * used), old.low.shape[1], old.multiplier.shape[1])
            for new_array, old_array in zip(tree, old, strict=True):
                new_array[:used] = old_array
            self.tree = tree
        self.tried = False
        self.floor = min(self.floor, self.cutoff)
        done = int(
            branch_and_bound.expand(
                self.arcs, self.tree, self.work, ROOT_STEPS, NODE_STEPS, FACTOR, self.cutoff, max_nodes
            )
        )
        self.tree.bound[self.tree.bound >= self.cutoff] = np.inf
        self.nodes += done
        return done


def _arcs_below(
    compact: CompactInstance, sites: IntArray, ceiling: FloatArray
) -> tuple[IntArray, IntArray, Int32Array, FloatArray]:
    """The arcs of these sites below the ceiling: start per site, demand points, point and cost per arc."""
    span = np.diff(compact.col_start)[sites]
    arc = np.repeat(compact.col_start[sites] - np.concatenate([[0], np.cumsum(span)[:-1]]), span) + np.arange(
        span.sum()
    )
    owner = np.repeat(np.arange(len(sites)), span)
    demand, cost = compact.col_demand[arc], compact.col_cost[arc]
    keep = cost < ceiling[demand]
    points, local = np.unique(demand[keep], return_inverse=True)
    start = np.zeros(len(sites) + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner[keep], minlength=len(sites)), out=start[1:])
    return start, points.astype(np.int64), local.astype(np.int32), cost[keep]


def _working_memory(arcs: SubproblemArcs) -> NodeWork:
    n, m, n_parts = len(arcs.size), len(arcs.capacity), len(arcs.first)
    longest = max(1, int(np.diff(arcs.start).max(initial=0)))

    def limits() -> npt.NDArray[np.int16]:
        return np.empty(n_parts, dtype=np.int16)

    return NodeWork(
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
        np.empty(len(arcs.cost), dtype=np.int32),
        np.empty(m, dtype=np.int64),
        np.empty(m),
        np.empty(n),
        np.empty(n),
        limits(),
        limits(),
        limits(),
        limits(),
    )


def _empty_tree(slots: int, n_parts: int, n: int) -> branch_and_bound.Tree:
    return branch_and_bound.Tree(
        np.full(slots, np.inf),
        np.full(slots, branch_and_bound.ROOT, dtype=np.int32),
        np.zeros(slots),
        np.zeros((slots, n_parts), dtype=np.int16),
        np.zeros((slots, n_parts), dtype=np.int16),
        np.zeros((slots, n), dtype=np.float32),
    )
