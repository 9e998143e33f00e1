"""Objective ``max_coverage``. In: an instance. Out: the plan of most weight within its norm, then of least distance.

The maximal covering of Church and ReVelle (1974), as least weight allocated farther than its norm: the same, for every
reachable demand point is allocated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.exact.allocation import begin_from, read_shares
from nsp_planner.plan.exact.least_cost import above_round_off, plan_of
from nsp_planner.plan.exact.no_plan import raise_no_plan
from nsp_planner.plan.instance import MIN_DISTANCE, LocalInstance
from nsp_planner.plan.milp.local import LocalModel, build_local_model, hold_uncovered, set_distance, set_uncovered
from nsp_planner.plan.milp.outcome import MilpOutcome, MilpStatus
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.objective import Objective, ObjectiveWords, beyond_norm, register, weight_sum
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, LocalPlan, TracePoint, settled_bound
from nsp_planner.plan.supports import POINTS, Supports

SUPPORTS = Supports("the exact model of max_coverage", POINTS, beyond=True)
FIRST_STAGE_TIME = 0.7
"""Part of the time limit for the first stage."""


@register
class MaxCoverage(Objective):
    """Most weight allocated within the norm of its area type, then least weighted distance."""

    name = "max_coverage"
    maximised = True
    words = ObjectiveWords(
        "persons within their norm", "inwoners binnen de norm", "inwoners minder binnen de norm", weighs_persons=True
    )

    def objective_nl(self, instance: LocalInstance, share_nl: Callable[[float], str]) -> str:
        """What is looked for, in Dutch."""
        return "de meeste inwoners binnen de norm, daarna de kleinste totale loopafstand"

    def recompute(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> float:
        """Weight allocated within its norm."""
        return weight_sum(instance, plan, 1.0 - beyond_norm(instance, plan, distance_m))

    def value_of(self, instance: LocalInstance, plan: LocalPlan) -> float:
        """Weight allocated, less what of it lies beyond its norm."""
        arcs = instance.costs.arcs(plan.demand, plan.site)
        return float(((instance.weight[plan.demand] - instance.arc_beyond[arcs]) * plan.share).sum())

    def allowing(self, instance: LocalInstance, value: float) -> tuple[LocalInstance, float] | None:
        """At most the rest of the weight beyond the norm."""
        beyond = max(0.0, float(instance.weight[instance.reachable].sum()) - value)
        room = PROOF_TOLERANCE * 1e-3 * float(instance.weight.sum())
        at_most = min(instance.max_beyond, beyond + room)
        return replace(instance, objective=MIN_DISTANCE, max_beyond=at_most), np.inf

    def solve_exact(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """The most weight within the norm, then the least distance with that coverage held."""
        SUPPORTS.require(instance)
        model = build_local_model(instance)
        if start is not None:
            begin_from(model, start)
        outcome, settled = _solve_stages(model, options, start is not None)
        shares = read_shares(model, above_round_off(options), settled)
        seconds = outcome.seconds + shares.seconds
        report = options.report("exact", outcome.solver, seconds, outcome.stopped_by, outcome.trace)
        weight = instance.weight[model.origin[shares.arcs]] * shares.share
        value = float(np.sum(weight) - np.sum(model.beyond[shares.arcs] * shares.share))
        bound = settled_bound(value, outcome.bound, maximised=True)
        return replace(plan_of(model, shares, -np.inf, report), value=value, bound=bound)

    def solve_large(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """Plans by metres added beyond the norm, a Lagrangian bound on the weight beyond it."""
        from nsp_planner.plan.large.max_coverage import solve_max_coverage  # numba: only where it is needed

        return solve_max_coverage(instance, options, start)


def _solve_stages(model: LocalModel, options: SolveOptions, warm: bool) -> tuple[MilpOutcome, bool]:
    """The most weight within the norm, then the least distance with that coverage held.

    Returns:
        The outcome of the first stage as weight covered (value, bound from above, trace), its time that of both
        stages, and whether the second stage came to a proven end.
    """
    reachable = float(model.instance.weight[model.instance.reachable].sum())

    def covered(point: TracePoint) -> TracePoint:
        return TracePoint(point.seconds, reachable - point.value, reachable - point.bound)

    def watch(point: TracePoint) -> None:
        if options.on_progress is not None:
            options.on_progress(covered(point))

    set_uncovered(model)
    limits = above_round_off(options)
    first_s = options.time_limit_s * FIRST_STAGE_TIME
    first = solve_milp(model.problem, replace(limits, time_limit_s=first_s, on_progress=watch), warm_start=warm)
    if not first.has_solution:
        raise_no_plan(model.instance, first, options.time_limit_s)
    variables = (*model.y, *model.x)
    found = [variable.varValue for variable in variables]
    hold_uncovered(model, max(0.0, first.value))
    set_distance(model)
    stopped_by, seconds, settled = first.stopped_by, first.seconds, False
    if stopped_by != "interrupt":
        left_s = max(1.0, options.time_limit_s - first.seconds)
        second = solve_milp(model.problem, replace(limits, time_limit_s=left_s, on_progress=None), warm_start=True)
        stopped_by = second.stopped_by if second.stopped_by != "gap" else first.stopped_by
        seconds, settled = seconds + second.seconds, second.status is MilpStatus.OPTIMAL
        if not second.has_solution:
            for variable, value in zip(variables, found, strict=True):
                variable.varValue = value
    outcome = replace(
        first,
        value=reachable - first.value,
        bound=reachable - first.bound,
        seconds=seconds,
        stopped_by=stopped_by,
        trace=tuple(covered(point) for point in first.trace),
    )
    return outcome, settled
