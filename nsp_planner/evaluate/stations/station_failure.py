"""What fails when one C-NSP fails. In: a coordination instance and plan. Out: per station where its L-NSPs go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.solution import CoordinationPlan


@dataclass(frozen=True, eq=False)
class StationFailure:
    """One C-NSP that fails, and where its L-NSPs go: each to the nearest C-NSP that is left, full or not.

    Attributes:
        station: Position of the station that fails.
        orphans: Positions of its L-NSPs.
        takes_over: Position of the station each orphan goes to, -1 where no other C-NSP is left or within reach.
        extra_m: Metres more than before, per orphan; NaN without another C-NSP.
        highest_n_lnsp: Most L-NSPs under one C-NSP afterwards.
        n_over_ratio: L-NSPs above the ratio, afterwards.
    """

    station: int
    orphans: IntArray
    takes_over: IntArray
    extra_m: FloatArray
    highest_n_lnsp: int
    n_over_ratio: int


def distances_m(instance: CoordinationInstance) -> FloatArray:
    """Every distance, shape (L-NSPs, stations), infinite where there is none: a region has some 114 by 34."""
    dense = np.full((len(instance.lnsp_ids), len(instance.station_ids)), np.inf)
    dense[instance.costs.arc_origin, instance.costs.destination] = instance.costs.distance_m
    return dense


def coordinator_distance_m(instance: CoordinationInstance, plan: CoordinationPlan) -> FloatArray:
    """Distance of each L-NSP to its coordinator, shape (l,), without penalties."""
    chosen: FloatArray = distances_m(instance)[np.arange(len(instance.lnsp_ids)), plan.coordinator]
    return chosen


def station_failures(instance: CoordinationInstance, plan: CoordinationPlan) -> list[StationFailure]:
    """The failure of every C-NSP, the one that orphans most L-NSPs first; then the one whose orphans go farthest."""
    dense, own_m = distances_m(instance), coordinator_distance_m(instance, plan)
    failures = []
    for station in plan.open_stations.tolist():
        orphans = np.flatnonzero(plan.coordinator == station).astype(np.int64)
        left = plan.open_stations[plan.open_stations != station]
        takes_over = np.full(len(orphans), -1, dtype=np.int64)
        extra_m = np.full(len(orphans), np.nan)
        if len(left) and len(orphans):
            to_left = dense[np.ix_(orphans, left)]
            nearest = to_left.argmin(axis=1)
            there_m = to_left[np.arange(len(orphans)), nearest]
            known = np.isfinite(there_m)
            takes_over[known] = left[nearest[known]]
            extra_m[known] = there_m[known] - own_m[orphans[known]]
        after = plan.coordinator.copy()
        after[orphans] = takes_over
        counts = np.bincount(after[after >= 0], minlength=len(instance.station_ids))
        failures.append(
            StationFailure(
                station=station,
                orphans=orphans,
                takes_over=takes_over,
                extra_m=extra_m,
                highest_n_lnsp=int(counts.max(initial=0)),
                n_over_ratio=int(np.maximum(counts - instance.lnsp_per_cnsp, 0).sum()),
            )
        )
    return sorted(failures, key=lambda f: (-len(f.orphans), -float(np.nansum(f.extra_m)), f.station))
