"""Arcs looked up once more in the matrix of distances. In: an instance, pairs. Out: who can be reached, how far.

No lookup of the models is used: what a pair costs is found by its two positions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix, FloatArray
from nsp_planner.errors import Faults
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.verify.proof import REFUSED


def reachable_points(instance: LocalInstance) -> npt.NDArray[np.bool_]:
    """Demand points with an arc to a site that is not refused."""
    costs = instance.costs
    usable = ~instance.refused[costs.destination]
    so_far = np.concatenate([[0], np.cumsum(usable)])
    reachable: npt.NDArray[np.bool_] = so_far[costs.indptr[1:]] > so_far[costs.indptr[:-1]]
    return reachable


def check_arcs(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> FloatArray:
    """Distance of each allocation; pairs that are not in the cost matrix are beyond the cutoff."""
    distance_m = distances_of(instance.costs, plan.demand, plan.site)
    if np.isnan(distance_m).any():
        ids = [instance.demand_ids[i] for i in np.unique(plan.demand[np.isnan(distance_m)])]
        faults.add(
            "reach",
            f"{len(ids)} demand points are allocated to a site that is not within {instance.costs.cutoff_m:g} m",
            REFUSED,
            ids=ids,
        )
    return distance_m


def distances_of(
    costs: CostMatrix, origin: npt.NDArray[np.integer], destination: npt.NDArray[np.integer]
) -> FloatArray:
    """Distance of each pair as the cost matrix has it, NaN for pairs it does not have."""
    distance_m = np.full(len(origin), np.nan)
    waiting = np.arange(len(origin))
    while len(waiting):  # one pair per origin at a time: nearly all have one, and sorting a million arcs takes long
        _, first = np.unique(origin[waiting], return_index=True)
        pair = waiting[first]
        wanted = np.full(len(costs.indptr) - 1, -1, dtype=np.int64)
        wanted[origin[pair]] = destination[pair]
        at = np.flatnonzero(costs.destination == np.repeat(wanted, np.diff(costs.indptr)))
        row = np.searchsorted(costs.indptr, at, side="right") - 1
        found = np.full(len(wanted), np.nan)
        found[row[::-1]] = costs.distance_m[at[::-1]]  # of equal pairs the nearest
        distance_m[pair] = found[origin[pair]]
        waiting = np.delete(waiting, first)
    return distance_m
