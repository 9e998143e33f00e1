"""C-NSPs that change as little as they can of a plan before. In: level 2, the stations before. Out: a plan.

Of the plans that the asked gap allows the one with the fewest other stations, then the fewest L-NSPs that get another
C-NSP, then the least value. Three stages on the model of level 2, narrowed down to what such plans can use.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
import pulp

from nsp_planner.plan.change.allowance import allowed_value, is_allowed
from nsp_planner.plan.change.previous import PreviousStations
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.exact.station_fixing import Coordinators, best_under, narrowed
from nsp_planner.plan.instance import BoolArray, CoordinationInstance
from nsp_planner.plan.milp.coordination import CoordinationModel, begin_from, build_coordination_model
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, CoordinationPlan, LeastChange, settled_bound

STAGE_SHARES = (0.6, 0.5, 1.0)
"""Part of the time left that each stage may take."""


@dataclass(frozen=True, eq=False)
class _Found:
    """Stations with the fewest changes, how many other ones are proven to be needed, and why the search stopped."""

    coordinators: Coordinators
    n_other_at_least: int
    stopped_by: str


def change_least_coordination(
    instance: CoordinationInstance, options: SolveOptions, previous: PreviousStations
) -> CoordinationPlan:
    """The plan of level 2 within the asked gap that changes least; raises as ``solve_coordination``."""
    first = solve_coordination(instance, options)
    at_least, clock = previous.fewest_other(instance), time.perf_counter()
    plan, stopped_by = first, first.report.stopped_by
    allowed = allowed_value(first, options.gap)
    if (previous.n_other(first) > at_least or previous.moved(first)) and stopped_by != "interrupt":
        found = _fewest_changes(instance, options, previous, first, allowed)
        at_least, stopped_by = max(at_least, found.n_other_at_least), found.stopped_by
        value = found.coordinators.value
        plan = replace(
            first,
            open_stations=found.coordinators.open_stations,
            coordinator=found.coordinators.coordinator,
            value=value,
            bound=settled_bound(value, first.bound),
        )
    too_bad = first.gap <= options.gap < plan.gap or not is_allowed(plan.value, allowed)
    if too_bad or previous.n_other(plan) > previous.n_other(first):
        plan = first
    n_other = previous.n_other(plan)
    seconds = first.report.seconds + time.perf_counter() - clock
    return replace(
        plan,
        report=replace(first.report, seconds=seconds),
        kept=previous.kept(plan),
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


def _fewest_changes(
    instance: CoordinationInstance,
    options: SolveOptions,
    previous: PreviousStations,
    first: CoordinationPlan,
    allowed: float,
) -> _Found:
    """The plan that changes least of those that are worth ``allowed`` or better, begun from ``first``, one of them."""
    model = build_coordination_model(narrowed(instance, allowed).instance)
    value = model.problem.objective
    model.problem.addConstraint(pulp.LpConstraint(value, pulp.LpConstraintLE, "allowed", allowed))
    moves = previous.known[model.lnsp] & (previous.coordinator[model.lnsp] != model.station)
    stages = (_count(model.z, ~previous.was_open), _count(model.v, moves), value)
    begin_from(model, first.open_stations, first.coordinator)
    limits = replace(options, gap=PROOF_TOLERANCE / 10, on_progress=None)
    left_s, at_least, stopped_by = previous.search_s, 0, "gap"
    is_open, stays = _read(model, previous)
    for stage, (wanted, share) in enumerate(zip(stages, STAGE_SHARES, strict=True)):
        if not wanted:
            continue
        model.problem.setObjective(wanted)
        found = solve_milp(model.problem, replace(limits, time_limit_s=max(1.0, left_s * share)), warm_start=True)
        left_s -= found.seconds
        stopped_by = found.stopped_by if found.stopped_by != "gap" else stopped_by
        if stage == 0 and math.isfinite(found.bound):
            at_least = max(0, math.ceil(found.bound - PROOF_TOLERANCE))
        if not found.has_solution:
            break
        is_open, stays = _read(model, previous)
        if found.stopped_by == "interrupt":
            break
        if wanted is not value:
            most = pulp.LpConstraint(wanted, pulp.LpConstraintLE, f"stage{stage}", round(found.value))
            model.problem.addConstraint(most)
    costs = instance.costs
    kept = ~stays[costs.arc_origin] | (previous.coordinator[costs.arc_origin] == costs.destination)
    coordinators = best_under(replace(instance, costs=costs.keep_arcs(kept)), np.flatnonzero(is_open).astype(np.int64))
    return _Found(coordinators, at_least, stopped_by)


def _count(variables: list[pulp.LpVariable], counted: BoolArray) -> pulp.LpAffineExpression:
    return pulp.LpAffineExpression({each: 1.0 for each, counts in zip(variables, counted, strict=True) if counts})


def _read(model: CoordinationModel, previous: PreviousStations) -> tuple[BoolArray, BoolArray]:
    """Which stations are open, and which L-NSPs stay under the one they had."""
    is_open, taken = (
        np.array([(variable.varValue or 0.0) > 0.5 for variable in variables], dtype=bool)
        for variables in (model.z, model.v)
    )
    stays = np.zeros(len(previous.known), dtype=bool)
    stays[model.lnsp[taken & (previous.coordinator[model.lnsp] == model.station)]] = True
    return is_open, stays
