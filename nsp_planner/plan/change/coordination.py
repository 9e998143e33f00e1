"""C-NSPs that change as little as they can of a plan before. In: level 2, the stations before. Out: a plan.

Of the plans that the asked gap allows the one with the fewest other stations, then the one of least value. L-NSPs are
not kept under a C-NSP for its own sake: one that passes a nearer C-NSP needs a reason that people understand.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pulp

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.exact.station_fixing import best_under
from nsp_planner.plan.instance import BoolArray, CoordinationInstance
from nsp_planner.plan.milp.coordination import build_coordination_model
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, CoordinationPlan, LeastChange, settled_bound

FIRST_SHARE = 0.6
"""Part of the time for the fewest other stations; the rest is for the least value with so many."""
ROOM = 1e-6
"""Part of the allowed value that is kept for round-off of limits and solvers."""
NOT_KNOWN = -1


@dataclass(frozen=True, eq=False)
class PreviousStations:
    """A plan made before, by position in an instance of l L-NSPs and k stations.

    Attributes:
        was_open: Shape (k,), whether the station coordinated.
        coordinator: Shape (l,), station of each L-NSP, -1 where it was no L-NSP or its station is no candidate.
        known: Shape (l,), whether it was an L-NSP.
        search_s: Seconds to look for the plan with the fewest changes.
    """

    was_open: BoolArray
    coordinator: IntArray
    known: BoolArray
    search_s: float = 30.0

    @classmethod
    def of(
        cls,
        instance: CoordinationInstance,
        open_ids: Iterable[str],
        coordinator_of: Mapping[str, str],
        *,
        search_s: float = 30.0,
    ) -> PreviousStations:
        """The plan before by ids: its C-NSPs, and that of every L-NSP."""
        opened = set(open_ids)
        position = {station: k for k, station in enumerate(instance.station_ids)}
        before = [coordinator_of.get(lnsp) for lnsp in instance.lnsp_ids]
        at = [NOT_KNOWN if station is None else position.get(station, NOT_KNOWN) for station in before]
        return cls(
            was_open=np.array([station in opened for station in instance.station_ids], dtype=bool),
            coordinator=np.array(at, dtype=np.int64),
            known=np.array([station is not None for station in before], dtype=bool),
            search_s=search_s,
        )

    def n_other(self, plan: CoordinationPlan) -> int:
        """C-NSPs of a plan that were none before."""
        return int((~self.was_open[plan.open_stations]).sum())

    def moved(self, plan: CoordinationPlan) -> int:
        """L-NSPs of both plans that have another C-NSP."""
        return int((self.known & (self.coordinator != plan.coordinator)).sum())

    def fewest_other(self, instance: CoordinationInstance) -> int:
        """Other stations that every plan has: by fixed and refused stations and the number alone."""
        usable = int((self.was_open & ~instance.refused).sum())
        return max(0, instance.n_coordinators - usable, int((instance.fixed & ~self.was_open).sum()))


def change_least_coordination(
    instance: CoordinationInstance, options: SolveOptions, previous: PreviousStations
) -> CoordinationPlan:
    """The plan of level 2 within the asked gap with the fewest other stations; raises as ``solve_coordination``."""
    first = solve_coordination(instance, options)
    at_least, clock = previous.fewest_other(instance), time.perf_counter()
    plan, stopped_by = first, first.report.stopped_by
    best = first.bound if first.gap <= options.gap else first.value
    allowed = max(first.value, best / (1 - options.gap) * (1 - ROOM)) if math.isfinite(best) else first.value
    if previous.n_other(first) > at_least and stopped_by != "interrupt":
        stations, proven, stopped_by = _fewest_other(instance, options, previous, allowed)
        at_least = max(at_least, proven)
        if stations is not None:
            found = best_under(instance, stations)
            if found.value <= allowed * (1 + ROOM):
                bound = settled_bound(found.value, first.bound)
                plan = replace(
                    first, open_stations=stations, coordinator=found.coordinator, value=found.value, bound=bound
                )
    if first.gap <= options.gap < plan.gap or previous.n_other(plan) > previous.n_other(first):
        plan = first
    n_other = previous.n_other(plan)
    seconds = first.report.seconds + time.perf_counter() - clock
    return replace(
        plan,
        report=replace(first.report, seconds=seconds),
        least_change=LeastChange(
            n_other=n_other,
            n_other_at_least=min(at_least, n_other),
            moved=float(previous.moved(plan)),
            first_n_other=previous.n_other(first),
            first_value=first.value,
            allowed_value=allowed,
            stopped_by=stopped_by,
        ),
    )


def _fewest_other(
    instance: CoordinationInstance, options: SolveOptions, previous: PreviousStations, allowed: float
) -> tuple[IntArray | None, int, str]:
    """Stations of a plan with the fewest other ones, how many are proven to be needed, and why it stopped."""
    model = build_coordination_model(instance)
    value = model.problem.objective
    model.problem.addConstraint(pulp.LpConstraint(value, pulp.LpConstraintLE, "allowed", allowed))
    other = pulp.LpAffineExpression(
        {z: 1.0 for z, before in zip(model.z, previous.was_open, strict=True) if not before}
    )
    model.problem.setObjective(other)
    limits = replace(options, gap=PROOF_TOLERANCE / 10, on_progress=None, time_limit_s=previous.search_s * FIRST_SHARE)
    found = solve_milp(model.problem, limits)
    proven = math.ceil(found.bound - PROOF_TOLERANCE) if math.isfinite(found.bound) else 0
    if not found.has_solution:
        return None, max(0, proven), found.stopped_by
    model.problem.addConstraint(pulp.LpConstraint(other, pulp.LpConstraintLE, "other", round(found.value)))
    model.problem.setObjective(value)
    stations = _open(model.z)
    if found.stopped_by != "interrupt":
        limits = replace(limits, time_limit_s=previous.search_s * (1 - FIRST_SHARE))
        nearest = solve_milp(model.problem, limits, warm_start=True)
        stations = _open(model.z) if nearest.has_solution else stations
        if nearest.stopped_by != "gap":
            return stations, max(0, proven), nearest.stopped_by
    return stations, max(0, proven), found.stopped_by


def _open(stations: list[pulp.LpVariable]) -> IntArray:
    return np.flatnonzero([(variable.varValue or 0.0) > 0.5 for variable in stations]).astype(np.int64)
