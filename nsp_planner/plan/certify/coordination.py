"""The certificate of level 2. In: an instance and its plan. Out: a Certificate, docs/certificate.md.

An L-NSP is a demand point of one person, a station a site. All stations are one cluster; its tree takes the multipliers
of every node from the model's linear relaxation, which bounds as much as the Lagrangian relaxation does. The fewest
L-NSPs per C-NSP are left out, which only lowers the bound.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.certify.certificate import Certificate, Int32Array, Proof, Tree, rounded_down
from nsp_planner.plan.certify.idle_arcs import without_idle_arcs
from nsp_planner.plan.instance import BoolArray, CoordinationInstance
from nsp_planner.plan.solution import CoordinationPlan
from nsp_planner.plan.station_relaxation import LARGEST, StationRelaxation

ROUND_OFF = 1e-7
"""A target is the claim less this part of it: what rounding costs down takes."""
MOST_NODES, MOST_ARCS = 400, 2_000_000
"""Nodes of the tree, and nodes times arcs: some seconds, counted so that a plan always has the same certificate."""


def certify_coordination(instance: CoordinationInstance, plan: CoordinationPlan) -> Certificate:
    """The certificate of a plan of C-NSPs."""
    n, m = len(instance.lnsp_ids), len(instance.station_ids)
    positions = np.arange(n, dtype=np.int64)
    arc_cost = rounded_down(instance.costs.distance_m + instance.arc_price_m)
    target = plan.bound - ROUND_OFF * abs(plan.bound) if math.isfinite(plan.bound) else plan.value
    return without_idle_arcs(
        Certificate(
            objective="distance",
            demand_ids=instance.lnsp_ids,
            persons=np.ones(n),
            weight=np.ones(n),
            site_ids=instance.station_ids,
            capacity=np.full(m, float(instance.max_lnsp_per_cnsp)),
            group=np.zeros(m, dtype=np.int64),
            fixed=instance.fixed,
            refused=instance.refused,
            group_codes=("all",),
            arc_start=instance.costs.indptr,
            arc_site=instance.costs.destination,
            arc_cost=arc_cost,
            n_sites=instance.n_coordinators,
            quota=None,
            minimum=None,
            wanted_share=1.0,
            constant=0.0,
            maximised=False,
            open_sites=plan.open_stations,
            demand=positions,
            site=plan.coordinator,
            share=np.ones(n),
            value=plan.value,
            bound=plan.bound,
            proven=None,
            proof=_prove(instance, arc_cost.astype(np.float64), target),
            metres=instance.costs.lookup(positions, plan.coordinator),
            penalty_m=instance.other_gemeente_penalty_m,
            lnsp_gemeente=instance.lnsp_gemeente,
            station_gemeente=instance.station_gemeente,
            station_price_m=instance.station_price_m,
            ratio=instance.lnsp_per_cnsp,
            load_price_m=instance.load_price_m,
        )
    )


@dataclass(eq=False)
class _Node:
    """One node: what stations must and may do, its multipliers in steps, its bound, the station it branches on."""

    must: BoolArray
    may: BoolArray
    row: Int32Array
    own_row: bool
    bound: float
    branch: int = -1
    children: list[int] = field(default_factory=list)


def _prove(instance: CoordinationInstance, arc_cost: FloatArray, target: float) -> Proof | None:
    """The tree of the one cluster, grown until ``target`` or until the nodes are used up."""
    sites = np.flatnonzero(~instance.refused)
    reached = np.bincount(instance.costs.arc_origin[~instance.refused[instance.costs.destination]])
    if not len(sites) or len(reached) < len(instance.lnsp_ids) or not reached.all():
        return None
    problem = StationRelaxation(instance, arc_cost, sites)
    nodes: list[_Node] = []
    nowhere = np.zeros(len(instance.lnsp_ids), dtype=np.int32)

    def add(above: float, row: Int32Array, must: BoolArray, may: BoolArray) -> int:
        share, multipliers = problem.relaxed(must, may)
        own = share is not None
        if own:
            row = np.clip(np.round(multipliers / problem.step), -LARGEST, LARGEST).astype(np.int32)
        kept = np.minimum(problem.ceiling.astype(np.float64), row * problem.step)
        bound, must, may = problem.bound(kept, must.copy(), may.copy(), target)
        node = _Node(must, may, row, own, max(above, bound))
        free = np.flatnonzero(may & ~must)
        if node.bound < target and share is not None and len(free):
            node.branch = int(free[np.abs(share[free] - 0.5).argmin()])
        nodes.append(node)
        return len(nodes) - 1

    add(-np.inf, nowhere, instance.fixed[sites], np.ones(len(sites), dtype=np.bool_))
    waiting = [(nodes[0].bound, 0)]
    most = min(MOST_NODES, max(1, MOST_ARCS // max(1, len(arc_cost))))
    while waiting[0][0] < target and len(nodes) < most and nodes[waiting[0][1]].branch >= 0:
        number = heapq.heappop(waiting)[1]
        node = nodes[number]
        for opens in (False, True):
            must, may = node.must.copy(), node.may.copy()
            (must if opens else may)[node.branch] = opens
            child = add(node.bound, node.row, must, may)
            node.children.append(child)
            heapq.heappush(waiting, (nodes[child].bound, child))
    base = float(problem.ceiling.sum(dtype=np.float64))
    tree = _written(nodes, sites, target - base, min(target, waiting[0][0]) - base)
    return Proof(problem.step, problem.ceiling, np.zeros(1), (tree,), base + tree.bound)


def _written(nodes: list[_Node], sites: IntArray, target: float, bound: float) -> Tree:
    """The nodes in preorder; each branches on one station."""
    order, waiting = [], [0]
    while waiting:
        node = nodes[waiting.pop()]
        order.append(node)
        waiting += reversed(node.children)
    first = np.array([node.branch if node.children else 0 for node in order], dtype=np.int64)
    rows = [node.row for node in order if node.own_row]
    n = len(order[0].row)
    return Tree(
        sites=sites,
        points=np.arange(n, dtype=np.int64),
        farther=np.full(n, np.inf, dtype=np.float32),
        target=target,
        first=first,
        last=np.array([node.branch + 1 if node.children else 0 for node in order], dtype=np.int64),
        at=np.zeros(len(order), dtype=np.int64),
        has_row=np.array([node.own_row for node in order], dtype=np.bool_),
        rows=np.array(rows, dtype=np.int32).reshape(-1, n),
        bound=bound,
    )
