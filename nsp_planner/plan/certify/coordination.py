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
import scipy.sparse as sp
from scipy.optimize import linprog

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.certify.certificate import Certificate, Int32Array, Proof, Tree, rounded_down
from nsp_planner.plan.certify.idle_arcs import without_idle_arcs
from nsp_planner.plan.instance import BoolArray, CoordinationInstance
from nsp_planner.plan.solution import CoordinationPlan

ROUND_OFF = 1e-7
"""A target is the claim less this part of it: what rounding costs down takes."""
DECIDE = 1e-9
"""Stations are decided where the other way costs more than the target by this part of it: round-off of sums."""
LARGEST = 2**31 - 1
FIRST_ARCS = 12
"""Arcs per L-NSP that every linear program begins with."""
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
    problem = _Stations(instance, arc_cost, sites)
    nodes: list[_Node] = []
    nowhere = np.zeros(len(instance.lnsp_ids), dtype=np.int32)

    def add(above: float, row: Int32Array, must: BoolArray, may: BoolArray) -> int:
        share, multipliers = problem.relaxed(must, may)
        own = share is not None
        if own:
            row = np.clip(np.round(multipliers / problem.step), -LARGEST, LARGEST).astype(np.int32)
        bound, must, may = problem.bound(row, must.copy(), may.copy(), target)
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


class _Stations:
    """The cluster of all stations that are not refused: its linear relaxation, and the bound of given multipliers."""

    def __init__(self, instance: CoordinationInstance, arc_cost: FloatArray, sites: IntArray) -> None:
        """L-NSPs by station as a dense matrix of costs, infinite where there is no arc."""
        at = np.full(len(instance.station_ids), -1, dtype=np.int64)
        at[sites] = np.arange(len(sites))
        site = at[instance.costs.destination]
        usable = site >= 0
        self.n, self.m, self.n_open = len(instance.lnsp_ids), len(sites), instance.n_coordinators
        self.lnsp, self.site, self.cost = instance.costs.arc_origin[usable], site[usable], arc_cost[usable]
        self.dense = np.full((self.n, self.m), np.inf)
        self.dense[self.lnsp, self.site] = self.cost
        start = np.searchsorted(self.lnsp, np.arange(self.n))
        self.active = np.arange(len(self.lnsp)) - start[self.lnsp] < FIRST_ARCS
        most = min(instance.max_lnsp_per_cnsp, self.n)
        self.steps = instance.step_price_m if instance.load_price_m > 0 else np.zeros(0)
        self.ratio = most - len(self.steps)
        self.rank_price = np.full(self.n, np.inf)
        self.rank_price[:most] = np.concatenate([np.zeros(self.ratio), self.steps])
        dearest = max(float(self.cost.max()) + float(self.steps.max(initial=0.0)), 1.0)
        self.ceiling = np.full(self.n, 4.0 * dearest, dtype=np.float32)
        self.step = float(2.0 ** np.ceil(np.log2(float(self.ceiling[0]) / LARGEST)))

    def relaxed(self, must: BoolArray, may: BoolArray) -> tuple[FloatArray | None, FloatArray]:
        """How far each station is open in the linear relaxation, and the multipliers of (1); None where it has none.

        An L-NSP may stay without a station at its ceiling, so that there is a solution wherever stations can be chosen.
        The program has the arcs to near stations, and those that turned out to matter.
        """
        while True:
            share, multipliers = self._relaxed(np.flatnonzero(may[self.site] & self.active), must, may)
            matters = may[self.site] & ~self.active & (self.cost < multipliers[self.lnsp])
            if share is None or not matters.any():
                return share, multipliers
            self.active |= matters

    def _relaxed(self, arcs: IntArray, must: BoolArray, may: BoolArray) -> tuple[FloatArray | None, FloatArray]:
        lnsp, site, a = self.lnsp[arcs], self.site[arcs], len(arcs)
        n, m, t = self.n, self.m, len(self.steps)
        v, z, u, s = np.arange(a), a + np.arange(m), a + m + np.arange(m * t), a + m + m * t + np.arange(n)
        of_step, columns = np.repeat(np.arange(m), t), a + m + m * t + n

        def rows(count: int, *parts: tuple[IntArray, IntArray, float]) -> sp.csr_matrix:
            values = np.concatenate([np.full(len(row), value) for row, _, value in parts])
            where = np.concatenate([row for row, *_ in parts]), np.concatenate([column for _, column, _ in parts])
            return sp.csr_matrix((values, where), shape=(count, columns))

        closed_arcs = np.flatnonzero(~must[site])  # under a station that must open v is at most 1 as it is
        once = rows(n, (lnsp, v, 1.0), (np.arange(n), s, 1.0))
        number = rows(1, (np.zeros(m, dtype=np.int64), z, 1.0))
        under_open = rows(
            len(closed_arcs),
            (np.arange(len(closed_arcs)), v[closed_arcs], 1.0),
            (np.arange(len(closed_arcs)), z[site[closed_arcs]], -1.0),
        )
        load = rows(m, (site, v, 1.0), (np.arange(m), z, -float(self.ratio)), (of_step, u, -1.0))
        in_order = rows(m * t, (np.arange(m * t), u, 1.0), (np.arange(m * t), z[of_step], -1.0))
        found = linprog(  # type: ignore[call-overload]
            np.concatenate([self.cost[arcs], np.zeros(m), np.tile(self.steps, m), self.ceiling]),
            A_ub=sp.vstack([under_open, load, in_order]),
            b_ub=np.zeros(len(closed_arcs) + m + m * t),
            A_eq=sp.vstack([once, number]),
            b_eq=np.append(np.ones(n), float(self.n_open)),
            bounds=np.column_stack(
                [
                    np.concatenate([np.zeros(a), must, np.zeros(m * t + n)]),
                    np.concatenate([np.ones(a), may, np.ones(m * t + n)]),
                ]
            ),
            method="highs",
        )
        if found.status != 0:
            return None, np.zeros(n)
        return np.asarray(found.x[z]), np.asarray(found.eqlin.marginals[:n])

    def bound(
        self, row: Int32Array, must: BoolArray, may: BoolArray, target: float
    ) -> tuple[float, BoolArray, BoolArray]:
        """What no plan of the node costs less than, and what its stations must and may do where the rest costs more."""
        multipliers = np.minimum(self.ceiling.astype(np.float64), row * self.step)
        gain = np.sort(self.dense - multipliers[:, None], axis=0) + self.rank_price[:, None]
        cost = np.minimum(gain, 0.0).sum(axis=0)
        free = np.flatnonzero(may & ~must)
        n_free = self.n_open - int(must.sum())
        if (must & ~may).any() or not 0 <= n_free <= len(free):
            return np.inf, must, may
        ranked = free[np.argsort(cost[free], kind="stable")]
        inn, out = ranked[:n_free], ranked[n_free:]
        value = float(multipliers.sum() + cost[must].sum() + cost[inn].sum())
        enough = target + DECIDE * abs(target)
        must[inn[value - cost[inn] + cost[out].min(initial=np.inf) >= enough]] = True
        may[out[value + cost[out] - cost[inn].max(initial=-np.inf) >= enough]] = False
        return value, must, may


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
