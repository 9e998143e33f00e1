"""Why there is no plan of L-NSPs. In: an instance proven to have none. Out: faults that name the constraint in the way.

First what can be counted (fixed sites, quota, capacity in all), then what a maximum flow shows (capacity nearby), then
small MILPs in which one constraint may be broken at a price (reach, capacity with so many sites). A fault is only given
when it is proven: each is a necessary condition that the instance fails.
"""

from __future__ import annotations

from nsp_planner.errors import Fault, Faults
from nsp_planner.plan.diagnose.at_a_price import EXPLAIN_OPTIONS
from nsp_planner.plan.diagnose.counts import count_candidates, count_capacity, count_fixed
from nsp_planner.plan.diagnose.flow import capacity_nearby
from nsp_planner.plan.diagnose.milps import capacity_with_so_many_sites, reach_of_everyone, share_covered, whole_points
from nsp_planner.plan.groups import group_faults, merge_groups
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.options import SolveOptions

MAX_ARCS = 300_000
"""Above this the allocation itself is too large for a MILP here; what needs it is then left out."""


def explain_no_plan(instance: LocalInstance, options: SolveOptions = EXPLAIN_OPTIONS) -> tuple[Fault, ...]:
    """Name what stands in the way of any plan, with ids, numbers and what to do; at least one fault.

    Args:
        instance: A problem of level 1 that a solver proved to have no plan.
        options: Solver and limits of each of at most three MILPs.
    """
    if instance.divisibility is Divisibility.WHOLE_GROUPS:
        groups = group_faults(instance)
        if groups:
            return groups
        instance = merge_groups(instance).instance
    faults = Faults()
    count_fixed(faults, instance)
    count_candidates(faults, instance)
    countable = not faults.items
    count_capacity(faults, instance)
    capacity_nearby(faults, instance)
    if countable:
        reach_of_everyone(faults, instance, options)
    small = instance.costs.n_arcs <= MAX_ARCS
    if not faults.items:
        whole_points(faults, instance, options if small else None)
    if not faults.items and small:
        capacity_with_so_many_sites(faults, instance, options)
    if not faults.items and instance.objective == "min_sites":
        share_covered(faults, instance, options if small else None)
    if not faults.items:
        faults.add(
            "plan",
            "no plan satisfies all constraints together, and none of them could be singled out in time",
            "take decisions, quota or capacities out one by one, or cut the region into parts",
        )
    return tuple(faults.items)
