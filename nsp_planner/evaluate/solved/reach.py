"""How far people go in a plan. In: an instance and its plan. Out: mean and worst distance, persons within the norm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.plan.allocation import Allocation
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.solution import LocalPlan


@dataclass(frozen=True)
class Reach:
    """Distances of a plan.

    Attributes:
        n_sites: Open sites.
        persons: Inhabitants, the unreachable ones among them.
        served_persons: Inhabitants with a site.
        within_norm_persons: Inhabitants whose site lies within the norm of their area type.
        mean_m: Mean distance of the served, weighted by persons; NaN without any.
        worst_m: Largest distance of anyone served; NaN without any.
        gap: Proven relative gap of the plan.
    """

    n_sites: int
    persons: float
    served_persons: float
    within_norm_persons: float
    mean_m: float
    worst_m: float
    gap: float


def measure_reach(instance: LocalInstance, plan: LocalPlan) -> Reach:
    """Distances of a plan, recomputed from the instance."""
    allocation = Allocation.of(instance, plan)
    persons, distance = allocation.persons, allocation.distance_m
    lived = persons > 0
    served = float(persons.sum())
    return Reach(
        n_sites=len(plan.open_sites),
        persons=float(instance.population_persons.sum()),
        served_persons=served,
        within_norm_persons=float(persons[allocation.within_norm].sum()),
        mean_m=float(np.dot(distance, persons) / served) if served else float("nan"),
        worst_m=float(distance[lived].max()) if lived.any() else float("nan"),
        gap=plan.gap,
    )


def least_possible_worst_m(instance: LocalInstance) -> float:
    """A lower bound on the worst distance of any plan: the largest distance to the nearest candidate, in metres."""
    costs = instance.costs
    usable = costs.keep_arcs(~instance.refused[costs.destination])
    has = np.diff(usable.indptr) > 0
    has &= instance.population_persons > 0
    nearest = usable.distance_m[usable.indptr[:-1][has]]
    return float(nearest.max()) if len(nearest) else 0.0


def persons_without_arc(instance: LocalInstance, within_m: float) -> float:
    """Persons who have a candidate within the cutoff but none within ``within_m`` metres."""
    costs = instance.costs
    usable = ~instance.refused[costs.destination]
    near = usable & (costs.distance_m <= within_m)
    n_near = np.bincount(costs.arc_origin[near], minlength=instance.n_demand)
    return float(instance.population_persons[instance.reachable & (n_near == 0)].sum())
