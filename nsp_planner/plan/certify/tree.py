"""A bound proven once more, written down as it is proven. In: a least-cost problem, a target. Out: a Proof.

The same decomposition and the same bound per node as the large engine has, with three differences that make it short to
write down: a node is done as soon as it reaches the target; multipliers are whole numbers of a step before they are
valued; and sites are decided only at multipliers that are kept, so that a reader can decide them again.
Everything counts nodes, not seconds: the same plan has the same certificate.
"""

from __future__ import annotations

import heapq
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import linprog

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.certify.certificate import Int32Array, Proof, Tree, rounded_down
from nsp_planner.plan.evidence import ClusterEvidence, Evidence
from nsp_planner.plan.instance import BoolArray, LocalInstance
from nsp_planner.plan.large import branch_and_bound
from nsp_planner.plan.large.compact_instance import CompactInstance, build_compact
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.partition import site_graph
from nsp_planner.plan.large.search_state import site_neighbours
from nsp_planner.plan.large.subproblem import FACTOR, NODE_STEPS, ROOT_STEPS, Subproblem

Limits = npt.NDArray[np.int16]
FINENESS, FINE, FEW_POINTS = 2e-4, 1e-7, 1_000
"""A step of the multipliers is about this part of the mean cost per person; less where there are few demand points."""
SLACK = 1e-7
"""A target is the claim less this part of the whole: what rounding costs down takes."""
MOST_NODES, ARC_STEPS = 2_000, 1e9
"""Nodes of a tree, and arcs times steps of all trees together: some seconds."""
ASCENT_STEPS = 300
LEAF_ARCS = 30_000
"""Where every site is decided the best multipliers come from a linear program, up to so many arcs of open sites."""
THREADS = 2
ROUND_OFF = 1e-9
LARGEST = 2**31 - 1


def prove(instance: LocalInstance, target: float, aim: float, evidence: Evidence | None = None) -> Proof | None:
    """A bound on the least cost of an instance, from :attr:`~.LocalInstance.arc_cost`, in single precision already.

    Args:
        instance: The problem; groups do not stay whole here.
        target: Bound that is enough; trees are not grown beyond it.
        aim: A cost that is not below the least: steps are as long as the bound lies below it.
        evidence: Where to begin; of this instance.
    """
    compact = build_compact(instance, instance.arc_cost)
    if compact.n == 0:
        return None
    graph = site_graph(*site_neighbours(compact))
    unit = _unit(compact, aim)
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        if evidence is not None and evidence.clusters:
            clusters, ceiling, penalty = _of_evidence(compact, evidence, target, SLACK * abs(aim))
        else:
            clusters, ceiling, penalty = _one_cluster(compact, target, aim, evidence, pool)
        ceiling_of_point = rounded_down(ceiling * compact.size)
        ceiling = ceiling_of_point / compact.size
        base = float(ceiling_of_point.sum(dtype=np.float64)) - float((penalty * compact.quota).sum())
        grown = _grow_all(compact, graph, clusters, ceiling, penalty, unit, pool)
    whole = np.zeros(instance.n_demand, dtype=np.float32)
    whole[compact.demand] = ceiling_of_point
    trees = tuple(tree.written(compact) for tree in grown)
    return Proof(unit, whole, penalty, trees, base + sum(tree.bound for tree in trees))


def _unit(compact: CompactInstance, aim: float) -> float:
    mean = max(aim, 1e-3) / float(compact.size.sum())
    return float(2.0 ** np.floor(np.log2((FINE if compact.n <= FEW_POINTS else FINENESS) * mean)))


@dataclass(frozen=True, eq=False)
class _Cluster:
    """Sites, target, aim and first multipliers of one cluster, by positions of the compact."""

    sites: IntArray
    target: float
    aim: float
    multipliers: FloatArray


def _of_evidence(
    compact: CompactInstance, evidence: Evidence, claim: float, slack: float
) -> tuple[list[_Cluster], FloatArray, FloatArray]:
    assert evidence.ceiling is not None
    assert evidence.penalty is not None
    ceiling = evidence.ceiling[compact.demand]
    site_at = np.full(int(compact.site.max()) + 1, -1, dtype=np.int64)
    site_at[compact.site] = np.arange(compact.m)

    base = float((ceiling * compact.size).sum()) - float((evidence.penalty * compact.quota).sum())
    # a MILP may have proven more in the end: then every cluster is to prove what the plan pays in it
    more = claim > base + sum(each.proven for each in evidence.clusters) + 10 * slack

    def cluster(each: ClusterEvidence) -> _Cluster:
        multipliers = evidence.multipliers.copy()
        multipliers[each.points] = each.multipliers
        return _Cluster(
            site_at[each.sites],
            (each.cutoff if more else each.proven) - slack,
            each.cutoff,
            multipliers[compact.demand],
        )

    return [cluster(each) for each in evidence.clusters], ceiling, evidence.penalty


def _one_cluster(
    compact: CompactInstance, target: float, aim: float, evidence: Evidence | None, pool: Executor
) -> tuple[list[_Cluster], FloatArray, FloatArray]:
    """All sites together; the ceiling lies beyond the farthest site, so that everyone is served within."""
    lagrangian = LagrangianBound(compact, pool)
    if evidence is not None:
        lagrangian.restart(evidence.multipliers[compact.demand])
    lagrangian.ascend(aim, ASCENT_STEPS, lambda: lagrangian.best >= target or lagrangian.converged())
    ceiling = np.maximum(np.maximum.reduceat(compact.row_cost, compact.row_start[:-1]) * 2.0, lagrangian.multipliers)
    base = float((ceiling * compact.size).sum())
    cluster = _Cluster(np.arange(compact.m), target - base, aim - base, lagrangian.multipliers)
    return [cluster], ceiling, np.zeros(len(compact.quota))


def _grow_all(
    compact: CompactInstance,
    graph: sp.csr_matrix,
    clusters: list[_Cluster],
    ceiling: FloatArray,
    penalty: FloatArray,
    unit: float,
    pool: Executor,
) -> list[_GrownTree]:
    """Every cluster's tree, grown until its target or until the nodes are used up."""
    inside = np.zeros((len(clusters), len(compact.quota)), dtype=np.int64)
    for k, cluster in enumerate(clusters):
        inside[k] = np.bincount(compact.group[cluster.sites], minlength=len(compact.quota))
    whole = (inside > 0).sum(axis=0) <= 1
    count = np.where(whole, compact.quota, -1)
    trees = []
    for cluster in clusters:
        multipliers = np.minimum(cluster.multipliers, ceiling)
        subproblem = Subproblem(compact, graph, cluster.sites, multipliers, ceiling, count, penalty)
        group = compact.group[subproblem.sites]
        trees.append(_GrownTree(subproblem, cluster, unit, group, whole, penalty))
    arcs = sum(tree.n_arcs for tree in trees)
    n_nodes = min(MOST_NODES, max(1, int(ARC_STEPS / NODE_STEPS / max(1, arcs))))
    for job in [pool.submit(tree.grow, n_nodes) for tree in trees]:
        job.result()
    return trees


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


class _GrownTree:
    """The tree of one cluster; ``bound`` is what its leaves prove."""

    def __init__(
        self,
        subproblem: Subproblem,
        cluster: _Cluster,
        unit: float,
        group: Int32Array,
        whole: BoolArray,
        penalty: FloatArray,
    ) -> None:
        self.subproblem, self.arcs, self.work = subproblem, subproblem.arcs, subproblem.work
        self.target, self.aim, self.unit = cluster.target, max(cluster.aim, cluster.target), unit
        self.group, self.whole, self.penalty = group, whole, penalty
        self.ceiling_row = np.minimum(np.ceil(self.arcs.ceiling / unit), LARGEST)
        self.nodes: list[_Node] = []
        self.bound = -np.inf

    @property
    def n_arcs(self) -> int:
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
        found = branch_and_bound.bound_node(arcs, low, high, u, work, steps, FACTOR, self.aim, self.target, False)
        known = self._values(row) if parent > -np.inf else None
        own = found < np.inf and (known is None or bool((u != known).any()))
        if own:
            nearest = np.clip(np.round(u / self.unit), -LARGEST, LARGEST)
            row = np.where(u >= arcs.ceiling, self.ceiling_row, nearest).astype(np.int32)
        share_open = work.share_open.copy()
        value = branch_and_bound.value_at(arcs, low, high, self._values(row), work)
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
