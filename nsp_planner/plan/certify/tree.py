"""A bound proven once more, written down as it is proven. In: a least-cost problem, a target. Out: a Proof.

The same decomposition and the same bound per node as the large engine has, but grown to be read (``grown_tree``).
Everything counts nodes, not seconds: the same plan has the same certificate.
"""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
import scipy.sparse as sp

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.certify.certificate import Proof, rounded_down
from nsp_planner.plan.certify.grown_tree import Cluster, GrownTree
from nsp_planner.plan.evidence import ClusterEvidence, Evidence
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.compact_instance import CompactInstance, build_compact
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.partition import site_graph
from nsp_planner.plan.large.search_state import site_neighbours
from nsp_planner.plan.large.subproblem import NODE_STEPS, Subproblem

FINENESS, FINE, FEW_POINTS = 2e-4, 1e-7, 1_000
"""A step of the multipliers is about this part of the mean cost per person; less where there are few demand points."""
SLACK = 1e-7
"""A target is the claim less this part of the whole: what rounding costs down takes."""
MOST_NODES, ARC_STEPS = 2_000, 4e9
"""Nodes of a tree, and arcs times steps of all trees together: some seconds."""
ASCENT_STEPS = 300
THREADS = 2


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


def _of_evidence(
    compact: CompactInstance, evidence: Evidence, claim: float, slack: float
) -> tuple[list[Cluster], FloatArray, FloatArray]:
    assert evidence.ceiling is not None
    assert evidence.penalty is not None
    ceiling = evidence.ceiling[compact.demand]
    site_at = np.full(int(compact.site.max()) + 1, -1, dtype=np.int64)
    site_at[compact.site] = np.arange(compact.m)

    base = float((ceiling * compact.size).sum()) - float((evidence.penalty * compact.quota).sum())
    # a MILP may have proven more in the end: then every cluster is to prove what the plan pays in it
    more = claim > base + sum(each.proven for each in evidence.clusters) + 10 * slack

    def cluster(each: ClusterEvidence) -> Cluster:
        multipliers = evidence.multipliers.copy()
        multipliers[each.points] = each.multipliers
        return Cluster(
            site_at[each.sites],
            (each.cutoff if more else each.proven) - slack,
            each.cutoff,
            multipliers[compact.demand],
        )

    return [cluster(each) for each in evidence.clusters], ceiling, evidence.penalty


def _one_cluster(
    compact: CompactInstance, target: float, aim: float, evidence: Evidence | None, pool: Executor
) -> tuple[list[Cluster], FloatArray, FloatArray]:
    """All sites together; the ceiling lies beyond the farthest site, so that everyone is served within."""
    lagrangian = LagrangianBound(compact, pool)
    if evidence is not None:
        lagrangian.restart(evidence.multipliers[compact.demand])
    lagrangian.ascend(aim, ASCENT_STEPS, lambda: lagrangian.best >= target or lagrangian.converged())
    ceiling = np.maximum(np.maximum.reduceat(compact.row_cost, compact.row_start[:-1]) * 2.0, lagrangian.multipliers)
    base = float((ceiling * compact.size).sum())
    cluster = Cluster(np.arange(compact.m), target - base, aim - base, lagrangian.multipliers)
    return [cluster], ceiling, np.zeros(len(compact.quota))


def _grow_all(
    compact: CompactInstance,
    graph: sp.csr_matrix,
    clusters: list[Cluster],
    ceiling: FloatArray,
    penalty: FloatArray,
    unit: float,
    pool: Executor,
) -> list[GrownTree]:
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
        trees.append(GrownTree(subproblem, cluster, unit, group, whole, penalty))
    arcs = sum(tree.n_arcs for tree in trees)
    n_nodes = min(MOST_NODES, max(1, int(ARC_STEPS / NODE_STEPS / max(1, arcs))))
    for job in [pool.submit(tree.grow, n_nodes) for tree in trees]:
        job.result()
    return trees
