"""C-NSPs that change as little as they can of a plan before. In: level 2, the stations before. Out: a plan.

Of the plans that the asked gap allows the one with the fewest other stations, then the one of least value. L-NSPs are
not kept under a C-NSP for its own sake: one that passes a nearer C-NSP needs a reason that people understand.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pulp

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.change.allowance import allowed_value, is_allowed
from nsp_planner.plan.change.previous import PreviousStations
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.exact.station_fixing import best_under
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.milp.coordination import build_coordination_model
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, CoordinationPlan, LeastChange, settled_bound

FIRST_SHARE = 0.6
"""Part of the time for the fewest other stations; the rest is for the least value with so many."""


def change_least_coordination(
    instance: CoordinationInstance, options: SolveOptions, previous: PreviousStations
) -> CoordinationPlan:
    """The plan of level 2 within the asked gap with the fewest other stations; raises as ``solve_coordination``."""
    first = solve_coordination(instance, options)
    at_least, clock = previous.fewest_other(instance), time.perf_counter()
    plan, stopped_by = first, first.report.stopped_by
    allowed = allowed_value(first, options.gap)
    if previous.n_other(first) > at_least and stopped_by != "interrupt":
        stations, proven, stopped_by = _fewest_other(instance, options, previous, allowed)
        at_least = max(at_least, proven)
        if stations is not None:
            found = best_under(instance, stations)
            if is_allowed(found.value, allowed):
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
