"""What closing an open site would cost, estimated for all. In: an instance and its plan. Out: cost and replacements.

For site j closed and site k opened in its place, everybody else stays where the plan has them unless k is nearer:

    cost(j, k) = sum_i w_i x_ij (d_i - c_ij)
                 - f_jk sum_i w_i x_ij max(0, d_i - c_ik) - sum_i sum_l≠j w_i x_il max(0, c_il - c_ik)

with d_i the distance to the nearest open site but j (the cutoff where there is none) and f_jk the part of the people of
j for whom k has room. The room of other sites is not looked at and no third site moves, so this is an estimate, no
bound: it says which refusals deserve a new solve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray, LocalInstance
from nsp_planner.plan.solution import LocalPlan


@dataclass(frozen=True, eq=False)
class RefusalEstimate:
    """One open site that would close.

    Attributes:
        site: Position of the site.
        persons: Persons allocated to it.
        cost: Estimated weighted metres more with the best replacement, infinite where no site may replace it.
        replacements: Positions of the best replacements, the best first.
        replacement_costs: Estimated weighted metres more with each of them.
    """

    site: int
    persons: float
    cost: float
    replacements: IntArray
    replacement_costs: FloatArray


def estimate_refusals(instance: LocalInstance, plan: LocalPlan, *, n_replacements: int = 3) -> list[RefusalEstimate]:
    """Every open site of a plan, in its order."""
    m, costs = instance.n_candidates, instance.costs
    is_open = np.zeros(m, dtype=bool)
    is_open[plan.open_sites] = True
    may_open = ~is_open & ~instance.refused
    used = costs.lookup(plan.demand, plan.site)
    weight = instance.weight[plan.demand] * plan.share
    persons = plan.persons(instance.population_persons)
    gain = _gain(costs, plan.demand, weight, used, may_open)
    estimates = []
    for site in plan.open_sites.tolist():
        own = np.flatnonzero(plan.site == site)
        elsewhere = _nearest_open_but(costs, plan.demand[own], is_open, site)
        lost = float((weight[own] * (elsewhere - used[own])).sum())
        own_gain = _gain(costs, plan.demand[own], weight[own], elsewhere, may_open)
        takers = _gain(costs, plan.demand[own], persons[own], elsewhere, may_open, count=True)
        own_gain = own_gain * np.minimum(1.0, instance.capacity_persons / np.maximum(takers, 1.0))
        kept_gain = gain - _gain(costs, plan.demand[own], weight[own], used[own], may_open)
        may = may_open.copy()
        if instance.quota is not None:
            may &= instance.site_gemeente == instance.site_gemeente[site]
        candidates = np.flatnonzero(may)
        cost = lost - own_gain[candidates] - kept_gain[candidates]
        order = np.argsort(cost, kind="stable")[:n_replacements]
        estimates.append(
            RefusalEstimate(
                site=site,
                persons=float(persons[own].sum()),
                cost=float(cost[order[0]]) if len(order) else float("inf"),
                replacements=candidates[order].astype(np.int64),
                replacement_costs=cost[order],
            )
        )
    return estimates


def _gain(
    costs: CostMatrix,
    demand: IntArray,
    weight: FloatArray,
    distance: FloatArray,
    may_open: BoolArray,
    *,
    count: bool = False,
) -> FloatArray:
    """Weighted metres less per candidate if these persons may go there, shape (m,); with ``count`` the weights."""
    start, n_arcs = costs.indptr[demand], np.diff(costs.indptr)[demand]
    first = np.repeat(start - np.r_[0, np.cumsum(n_arcs)[:-1]], n_arcs)
    arcs = first + np.arange(int(n_arcs.sum()))
    who = np.repeat(np.arange(len(demand)), n_arcs)
    less_m = np.maximum(0.0, distance[who] - costs.distance_m[arcs])
    saved = weight[who] * (less_m > 0 if count else less_m)
    gain = np.bincount(costs.destination[arcs], saved, costs.n_destinations).astype(np.float64)
    return np.where(may_open, gain, 0.0)


def _nearest_open_but(costs: CostMatrix, demand: IntArray, is_open: BoolArray, site: int) -> FloatArray:
    """Distance from each demand point to the nearest open site but one; the cutoff where there is none."""
    start, n_arcs = costs.indptr[demand], np.diff(costs.indptr)[demand]
    first = np.repeat(start - np.r_[0, np.cumsum(n_arcs)[:-1]], n_arcs)
    arcs = first + np.arange(int(n_arcs.sum()))
    who = np.repeat(np.arange(len(demand)), n_arcs)
    other = is_open[costs.destination[arcs]] & (costs.destination[arcs] != site)
    nearest = np.full(len(demand), costs.cutoff_m)
    np.minimum.at(nearest, who[other], costs.distance_m[arcs][other])
    return nearest
