"""The tree of one cluster, grown and kept whole. In: a cluster, a target. Out: a Tree for the certificate.

A node is done as soon as it reaches the target; multipliers are whole numbers of a step before they are valued; and
sites are decided only at multipliers that are kept, so that a reader can decide them again.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import linprog

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.certify.certificate import Int32Array, Tree
from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.large import branch_and_bound, node_bound
from nsp_planner.plan.large.compact_instance import CompactInstance
from nsp_planner.plan.large.subproblem import FACTOR, NODE_STEPS, ROOT_STEPS, Subproblem

Limits = npt.NDArray[np.int16]
LEAF_ARCS = 30_000
"""Where every site is decided the best multipliers come from a linear program, up to so many arcs of open sites."""
ROUND_OFF = 1e-9
LARGEST = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Cluster:
    """Sites, target, aim and first multipliers of one cluster, by positions of the compact."""

    sites: IntArray
    target: float
    aim: float
    multipliers: FloatArray


@dataclass(eq=False)
class _Node:
    """One node: its number, its limits, its multipliers, the part it branches on and where; children by number."""

    bound: float
    low: Limits
    high: Limits
    row: Int32Array
    own_row: bool
    part: int = branch_and_bound.LEAF
    at: float = 0.0
    children: list[int] = field(default_factory=list)
    is_best: bool = False


class GrownTree:
    """The tree of one cluster; ``bound`` is what its leaves prove."""

    def __init__(
        self,
        subproblem: Subproblem,
        cluster: Cluster,
        unit: float,
        group: Int32Array,
        whole: BoolArray,
        penalty: FloatArray,
    ) -> None:
        """Nothing is grown yet.

        Args:
            subproblem: The cluster's arcs, hierarchy and limits of the root.
            cluster: Its target and aim.
            unit: The step of multipliers, per person.
            group: Group of each of its sites.
            whole: Shape (groups,), whether all sites of the group lie in one cluster.
            penalty: Shape (groups,), per open site of the others.
        """
        self.subproblem, self.arcs, self.work = subproblem, subproblem.arcs, subproblem.work
        self.target, self.aim, self.unit = cluster.target, max(cluster.aim, cluster.target), unit
        self.group, self.whole, self.penalty = group, whole, penalty
        self.ceiling_row = np.minimum(np.ceil(self.arcs.ceiling / unit), LARGEST)
        self.nodes: list[_Node] = []
        self.bound = -np.inf

    @property
    def n_arcs(self) -> int:
        """Arcs below the ceilings."""
        return len(self.arcs.cost)

    def grow(self, n_nodes: int) -> None:
        """Add nodes, the lowest first, until all reach the target or ``n_nodes`` are made."""
        tree = self.subproblem.tree
        start = np.zeros(len(self.arcs.size), dtype=np.int32)
        first = np.minimum(tree.multiplier[0].astype(np.float64), self.arcs.ceiling)
        self._add(-np.inf, tree.low[0].copy(), tree.high[0].copy(), first, start, ROOT_STEPS)
        waiting = [(self.nodes[0].bound, 0)]
        while waiting and waiting[0][0] < self.target and len(self.nodes) < n_nodes:
            best: FloatArray | None = None
            bound, number = heapq.heappop(waiting)
            node = self.nodes[number]
            first = self._values(node.row)
            if node.part == branch_and_bound.LEAF:
                best = None if node.is_best else self._best_of_leaf(node)
                if best is None:
                    heapq.heappush(waiting, (bound, number))
                    break
                # every site is decided: only better multipliers help, in the one child that is possible
                first, node.part, node.at = best, 0, 0.5
            for side in (0, 1):
                low, high = node.low.copy(), node.high.copy()
                if side == 0:
                    high[node.part] = int(np.floor(node.at))
                else:
                    low[node.part] = int(np.floor(node.at)) + 1
                node.children.append(len(self.nodes))
                self._add(bound, low, high, first.copy(), node.row, NODE_STEPS)
                self.nodes[-1].is_best = best is not None
                heapq.heappush(waiting, (self.nodes[-1].bound, len(self.nodes) - 1))
        self.bound = min(self.target, waiting[0][0])

    def _values(self, row: Int32Array) -> FloatArray:
        return np.asarray(np.minimum(self.arcs.ceiling, row * self.unit), dtype=np.float64)

    def _add(self, parent: float, low: Limits, high: Limits, u: FloatArray, row: Int32Array, steps: int) -> None:
        """Bound a node from the multipliers of its parent, in whole steps, and decide sites at them."""
        arcs, work = self.arcs, self.work
        found = node_bound.bound_node(arcs, low, high, u, work, steps, FACTOR, self.aim, self.target, False)
        known = self._values(row) if parent > -np.inf else None
        own = found < np.inf and (known is None or bool((u != known).any()))
        if own:
            nearest = np.clip(np.round(u / self.unit), -LARGEST, LARGEST)
            row = np.where(u >= arcs.ceiling, self.ceiling_row, nearest).astype(np.int32)
        share_open = work.share_open.copy()
        value = node_bound.value_at(arcs, low, high, self._values(row), work)
        node = _Node(max(parent, value), low, high, row, own)
        self.nodes.append(node)
        if value < self.target:
            self._decide(low, high, value)
            node.part, node.at = branch_and_bound.branch_on(arcs, share_open, low, high)

    def _best_of_leaf(self, node: _Node) -> FloatArray | None:
        """The best multipliers where every site is decided: the dual of a transportation problem; None if too large."""
        arcs = self.arcs
        owner = np.repeat(np.arange(len(arcs.capacity)), np.diff(arcs.start))
        used = np.flatnonzero(node.low[owner] > 0)
        if not 0 < len(used) <= LEAF_ARCS:
            return None
        point, site, n = arcs.demand[used], owner[used], len(arcs.size)
        persons, column = arcs.size[point], np.arange(len(used))
        once = sp.csr_matrix((np.ones(len(used)), (point, column)), shape=(n, len(used)))
        held = sp.csr_matrix((persons, (site, column)), shape=(len(arcs.capacity), len(used)))
        cost = persons * (arcs.cost[used] - arcs.ceiling[point])
        limits = np.concatenate([np.ones(n), arcs.capacity])
        rules = sp.vstack([once, held])
        found = linprog(cost, A_ub=rules, b_ub=limits, method="highs")  # type: ignore[call-overload]
        if found.status != 0:
            return None
        return np.asarray(np.minimum(arcs.ceiling, arcs.ceiling + found.ineqlin.marginals[:n] / arcs.size))

    def _decide(self, low: Limits, high: Limits, value: float) -> None:
        """Open or close the sites for which the other way costs the target, at the multipliers just valued."""
        work = self.work
        enough = self.target + ROUND_OFF * abs(self.target)
        for g in np.unique(self.group).tolist():
            here = np.flatnonzero(self.group == g)
            exact = bool(self.whole[g])
            free = (low[here] == 0) & (high[here] > 0)
            inn, out = here[free & work.chosen[here]], here[free & ~work.chosen[here]]
            penalty = 0.0 if exact else float(self.penalty[g])
            cost_in, cost_out = work.v[inn] + penalty, work.v[out] + penalty
            swap = np.inf if exact else 0.0
            least_out = min(swap, float(cost_out.min(initial=np.inf)))
            most_in = max(-swap, float(cost_in.max(initial=-np.inf)))
            low[inn[value - cost_in + least_out >= enough]] = 1
            high[out[value + cost_out - most_in >= enough]] = 0

    def written(self, compact: CompactInstance) -> Tree:
        """The tree with its nodes in preorder, by positions of the instance."""
        first, last, at, has_row = [], [], [], []
        rows = []
        waiting = [0]
        while waiting:
            node = self.nodes[waiting.pop()]
            branches = bool(node.children)
            first.append(int(self.arcs.first[node.part]) if branches else 0)
            last.append(int(self.arcs.last[node.part]) if branches else 0)
            at.append(int(np.floor(node.at)) if branches else 0)
            has_row.append(node.own_row)
            if node.own_row:
                rows.append(node.row)
            waiting += reversed(node.children)
        subproblem = self.subproblem
        return Tree(
            compact.site[subproblem.sites],
            compact.demand[subproblem.points],
            np.full(len(subproblem.points), np.inf, dtype=np.float32),
            self.target,
            np.array(first, dtype=np.int64),
            np.array(last, dtype=np.int64),
            np.array(at, dtype=np.int64),
            np.array(has_row, dtype=np.bool_),
            np.array(rows, dtype=np.int32).reshape(-1, len(subproblem.points)),
            self.bound,
        )
