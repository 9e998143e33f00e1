"""Whole groups as single demand points. In: an instance with whole groups. Out: the same problem with whole points.

All members of a group (a buurt) go to one site, so one variable decides for all of them: a group is one demand point
with the persons of its members, and its cost to a site is the sum of theirs. Nothing is lost or rounded; a plan of the
merged instance is a plan of the first one and costs the same. Unreachable members stay outside, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.errors import Fault, Faults, NoPlanError
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.solution import LocalPlan

LAYER = "whole buurten"
MAY_SPLIT = 'let squares go each to their own site (plan.demand_points = "whole" or "divisible")'


@dataclass(frozen=True, eq=False)
class MergedGroups:
    """An instance with its groups merged, and the way back.

    Attributes:
        instance: The same problem with one whole demand point per group; points without a group, and unreachable
            ones, stand by themselves.
        member: Shape (n,), demand point of ``instance`` of each demand point of the first instance.
    """

    instance: LocalInstance
    member: IntArray

    def merged(self, plan: LocalPlan) -> LocalPlan:
        """A plan of the first instance as one of the merged instance; groups it splits go to any of their sites."""
        demand, first = np.unique(self.member[plan.demand], return_index=True)
        return replace(plan, demand=demand, site=plan.site[first], share=np.ones(len(demand)))

    def expanded(self, plan: LocalPlan) -> LocalPlan:
        """A plan of the merged instance as one of the first: every reachable member at its group's site.

        Its evidence stays that of the merged instance, which is what a certificate is of.
        """
        site = np.full(self.instance.n_demand, -1, dtype=np.int64)
        site[plan.demand] = plan.site
        of_point = site[self.member]
        demand = np.flatnonzero(of_point >= 0).astype(np.int64)
        return replace(plan, demand=demand, site=of_point[demand], share=np.ones(len(demand)))


def solve_merged(
    instance: LocalInstance, start: LocalPlan | None, solve: Callable[[LocalInstance, LocalPlan | None], LocalPlan]
) -> LocalPlan:
    """Solve an instance with whole groups by ``solve``, which knows whole points.

    Raises:
        NoPlanError: As :func:`merge_groups`, and as ``solve``.
    """
    groups = merge_groups(instance)
    too_large = _too_large(groups.instance)
    if too_large:
        raise NoPlanError(too_large)
    return groups.expanded(solve(groups.instance, None if start is None else groups.merged(start)))


def merge_groups(instance: LocalInstance) -> MergedGroups:
    """One whole demand point per group.

    Raises:
        NoPlanError: A group whose reachable members have no site in common; the fault names each of them.
    """
    assert instance.group is not None, "whole groups come with the group of every demand point"
    n, costs = instance.n_demand, instance.costs
    reachable = instance.reachable
    alone = (instance.group < 0) | ~reachable
    key = np.where(alone, len(instance.group_ids) + np.arange(n), instance.group)
    names, member = np.unique(key, return_inverse=True)
    n_merged = len(names)
    usable = ~instance.refused[costs.destination]
    row, site = member[costs.arc_origin[usable]], costs.destination[usable]
    weight = instance.weight[costs.arc_origin[usable]]
    pair, of_pair, n_arcs = np.unique(
        row * np.int64(costs.n_destinations) + site, return_inverse=True, return_counts=True
    )
    row, site = pair // costs.n_destinations, pair % costs.n_destinations
    n_members = np.bincount(member[reachable], minlength=n_merged)
    common = n_arcs == n_members[row]
    _require_common_site(instance, names, member, n_members, row[common])

    def total(values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(of_pair, values, minlength=len(pair)), dtype=np.float64)

    sums = total(weight)
    # a group without weight costs nothing anywhere: any distance will do
    distance_m = np.where(sums > 0, total(weight * costs.distance_m[usable]), total(costs.distance_m[usable]))
    distance_m = distance_m / np.where(sums > 0, sums, n_arcs)
    beyond = total(instance.arc_beyond[usable]) / np.where(sums > 0, sums, 1.0)
    # as CostMatrix sorts its arcs
    order = np.lexsort((site[common], distance_m[common], row[common]))
    first = np.unique(member, return_index=True)[1]
    ids = [
        instance.group_ids[k] if k < len(instance.group_ids) else instance.demand_ids[i]
        for k, i in zip(names.tolist(), first.tolist(), strict=True)
    ]
    merged = replace(
        instance,
        demand_ids=tuple(ids) if len(set(ids)) == len(ids) else tuple(f"{name} ({k})" for k, name in enumerate(ids)),
        population_persons=np.bincount(member, instance.population_persons, minlength=n_merged).astype(np.float64),
        weight=np.bincount(member, instance.weight, minlength=n_merged).astype(np.float64),
        demand_gemeente=instance.demand_gemeente[first],
        service_distance_m=instance.service_distance_m[first],
        costs=CostMatrix.from_arcs(
            row[common],
            site[common],
            distance_m[common],
            n_origins=n_merged,
            n_destinations=costs.n_destinations,
            cutoff_m=costs.cutoff_m,
            metric=costs.metric,
            metric_nl=costs.metric_nl,
        ),
        divisibility=Divisibility.WHOLE_POINTS,
        group=None,
        group_ids=(),
        beyond_share=beyond[common][order],
        cost_per_arc=None if instance.cost_per_arc is None else total(instance.arc_cost[usable])[common][order],
    )
    return MergedGroups(merged, member.astype(np.int64))


def group_faults(instance: LocalInstance) -> tuple[Fault, ...]:
    """Why the groups of an instance cannot stay whole, each by itself; empty when each of them could."""
    try:
        return _too_large(merge_groups(instance).instance)
    except NoPlanError as error:
        return error.faults


def _too_large(merged: LocalInstance) -> tuple[Fault, ...]:
    costs = merged.costs
    largest = np.zeros(merged.n_demand)
    np.maximum.at(largest, costs.arc_origin, merged.capacity_persons[costs.destination])
    too_large = np.flatnonzero(merged.reachable & (merged.population_persons > largest))
    faults = Faults()
    if len(too_large):
        worst = too_large[np.argmax((merged.population_persons - largest)[too_large])]
        faults.add(
            LAYER,
            f"{len(too_large)} buurten have more persons than any site that all of them can reach holds; "
            f"{merged.demand_ids[worst]} has {merged.population_persons[worst]:,.0f}, the largest site there holds "
            f"{largest[worst]:,.0f}",
            f"{MAY_SPLIT}, or raise the capacities",
            column="plan.demand_points",
            ids=[merged.demand_ids[i] for i in too_large],
        )
    return tuple(faults.items)


def _require_common_site(
    instance: LocalInstance, names: IntArray, member: IntArray, n_members: IntArray, row: IntArray
) -> None:
    has_site = np.bincount(row, minlength=len(names)) > 0
    torn = np.flatnonzero((n_members > 0) & ~has_site)
    if not len(torn):
        return
    persons = float(instance.population_persons[np.isin(member, torn) & instance.reachable].sum())
    ids = [instance.group_ids[k] for k in names[torn].tolist()]
    raise NoPlanError(
        Fault(
            LAYER,
            f"{len(torn)} buurten with {persons:,.0f} persons have no site that all their squares can reach: "
            f"{', '.join(ids[:5])}",
            f"raise distances.cutoff_m or distances.nearest_sites, or {MAY_SPLIT}",
            column="plan.demand_points",
            ids=tuple(ids),
        )
    )
