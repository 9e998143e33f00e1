"""Level 1 solved as one exact MILP. In: a :class:`LocalInstance`. Out: a :class:`LocalPlan` with its proven bound.

The model itself stands in ``plan.milp.local``. Meant for a gemeente or a small region, some 200,000 arcs; for more
there is ``plan.large``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.plan.diagnose.local import explain_no_plan
from nsp_planner.plan.groups import merge_groups, solve_merged
from nsp_planner.plan.instance import Divisibility, LocalInstance, Objective
from nsp_planner.plan.milp.local import (
    LocalModel,
    build_local_model,
    hold_uncovered,
    set_distance,
    set_n_open,
    set_nothing,
    set_uncovered,
)
from nsp_planner.plan.milp.solver import MilpOutcome, MilpStatus, solve_milp
from nsp_planner.plan.objectives.min_max import Answer, MinMaxState, bisect_radii, polish
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, LocalPlan, SolverReport, TracePoint
from nsp_planner.plan.thresholds import allowed_beyond, limited_to, within_norm_limit

SHARE_NOISE = 1e-7
"""Shares up to this are round-off of the solver (its feasibility tolerance), not persons."""
COVERAGE_TIME = 0.7
"""Part of the time limit for the first stage of ``max_coverage`` and ``min_sites``."""
ALLOCATION_TIME_S = 30.0
"""Time limit for the last allocation to the chosen sites, a small LP."""

DEFAULT_OPTIONS = SolveOptions()


def solve_local_exact(
    instance: LocalInstance, options: SolveOptions = DEFAULT_OPTIONS, start: LocalPlan | None = None
) -> LocalPlan:
    """Solve level 1 as one MILP.

    Args:
        instance: The problem.
        options: Solver and limits; progress is reported by HiGHS only.
        start: A plan to begin from; it need not be good, nor feasible.

    Returns:
        A plan whose value is recomputed from the arrays. With another objective than ``min_distance`` value and bound
        are those of the weight covered, the distance of the percentile or the number of sites; then the total
        distance is made small with what is left of the time.

    Raises:
        NoPlanError: Proven that no plan exists, with the constraints in the way; or none found in time, said so.
        SettingsError: No such solver here.
    """
    if instance.objective is Objective.MIN_MAX:
        return _solve_min_max(instance, start, options)
    if instance.divisibility is Divisibility.WHOLE_GROUPS:

        def solve_whole(merged: LocalInstance, begin: LocalPlan | None) -> LocalPlan:
            return solve_local_exact(merged, options, begin)

        return solve_merged(instance, start, solve_whole)
    if instance.objective is Objective.MIN_SITES:
        return _solve_min_sites(instance, start, options)
    model = build_local_model(instance)
    if start is not None:
        _begin_from(model, start)
    if instance.objective is Objective.MIN_DISTANCE:
        first = solve_milp(model.problem, _above_round_off(options), warm_start=start is not None)
        if not first.has_solution:
            _raise_no_plan(instance, first, options.time_limit_s)
        outcome, settled = first, first.status is MilpStatus.OPTIMAL
    else:
        outcome, settled = _solve_coverage(model, options, start is not None)
    arcs, share, seconds = _read_shares(model, _above_round_off(options), settled)
    return _as_plan(
        model,
        arcs,
        share,
        outcome,
        SolverReport(
            engine="exact",
            solver=outcome.solver,
            seconds=outcome.seconds + seconds,
            seed=options.seed,
            threads=options.threads,
            gap_asked=options.gap,
            time_limit_s=options.time_limit_s,
            stopped_by=outcome.stopped_by,
            trace=outcome.trace,
        ),
    )


def _above_round_off(options: SolveOptions) -> SolveOptions:
    """With a gap that does not have the solver chase round-off: still well within what counts as proven."""
    return replace(options, gap=max(options.gap, PROOF_TOLERANCE / 10))


def _begin_from(model: LocalModel, start: LocalPlan) -> None:
    """Set the variables to a plan; arcs it does not use, and those the model does not have, count as 0."""
    n_candidates = model.instance.n_candidates
    opens = np.zeros(n_candidates)
    opens[start.open_sites] = 1.0
    known = dict(zip((start.demand * n_candidates + start.site).tolist(), start.share.tolist(), strict=True))
    for variable, value in zip(model.y, opens.tolist(), strict=True):
        variable.varValue = value
    for variable, arc in zip(model.x, (model.origin * n_candidates + model.destination).tolist(), strict=True):
        variable.varValue = known.get(arc, 0.0)


def _solve_coverage(model: LocalModel, options: SolveOptions, warm: bool) -> tuple[MilpOutcome, bool]:
    """``max_coverage``: the most weight within the norm, then the least distance with that coverage held.

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
    limits = _above_round_off(options)
    first_s = options.time_limit_s * COVERAGE_TIME
    first = solve_milp(model.problem, replace(limits, time_limit_s=first_s, on_progress=watch), warm_start=warm)
    if not first.has_solution:
        _raise_no_plan(model.instance, first, options.time_limit_s)
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


def _solve_min_sites(instance: LocalInstance, start: LocalPlan | None, options: SolveOptions) -> LocalPlan:
    """``min_sites``: the fewest sites that cover the share, then the least distance with so many.

    A number of sites is whole, so the bound of the first stage is rounded up.
    """
    allowed = allowed_beyond(instance)
    if allowed < 0:
        raise NoPlanError(explain_no_plan(instance))
    model = build_local_model(replace(instance, max_beyond=allowed))
    set_n_open(model)
    if start is not None:
        _begin_from(model, start)

    def whole(point: TracePoint) -> TracePoint:
        return TracePoint(point.seconds, point.value, _sites_up(point.bound))

    def watch(point: TracePoint) -> None:
        if options.on_progress is not None:
            options.on_progress(whole(point))

    limits = _above_round_off(options)
    first_s = options.time_limit_s * COVERAGE_TIME
    watched = replace(limits, time_limit_s=first_s, on_progress=watch)
    first = solve_milp(model.problem, watched, warm_start=start is not None)
    if not first.has_solution:
        _raise_no_plan(instance, first, options.time_limit_s)
    set_distance(model)
    arcs, share, seconds = _read_shares(model, limits, settled=False)
    value = float(np.count_nonzero(_values(model)[2]))
    report = SolverReport(
        engine="exact",
        solver=first.solver,
        seconds=first.seconds + seconds,
        seed=options.seed,
        threads=options.threads,
        gap_asked=options.gap,
        time_limit_s=options.time_limit_s,
        stopped_by=first.stopped_by,
        trace=tuple(whole(point) for point in first.trace),
    )
    bound = min(_sites_up(first.bound), value)
    plan = replace(_as_plan(model, arcs, share, first, report), value=value, bound=bound)
    if first.stopped_by == "interrupt":
        return plan
    try:
        limited = within_norm_limit(instance, int(value))
        left_s = max(1.0, options.time_limit_s - report.seconds)
        nearer = solve_local_exact(limited, replace(options, time_limit_s=left_s, on_progress=None), plan)
    except NoPlanError:
        return plan
    report = replace(report, seconds=report.seconds + nearer.report.seconds)
    if nearer.report.stopped_by == "interrupt":
        report = replace(report, stopped_by="interrupt")
    return replace(nearer, objective=instance.objective, value=value, bound=bound, report=report)


def _sites_up(bound: float) -> float:
    """A bound on a number of sites, rounded up to a whole one."""
    return float(np.ceil(bound - PROOF_TOLERANCE)) if np.isfinite(bound) else bound


def _solve_min_max(instance: LocalInstance, start: LocalPlan | None, options: SolveOptions) -> LocalPlan:
    """``min_max``: is there a plan within r metres, for one r after the other; then the least distance."""
    state = MinMaxState(instance, options)
    quiet = replace(options, on_progress=None)

    def solve(limited: LocalInstance, seconds: float, begin: LocalPlan | None) -> LocalPlan:
        return solve_local_exact(limited, replace(quiet, time_limit_s=seconds), begin)

    anyhow = replace(instance, objective=Objective.MIN_DISTANCE)
    first = solve_local_exact(anyhow, replace(quiet, gap=0.2, time_limit_s=options.time_limit_s / 2), start)
    state.take(first)
    if first.report.stopped_by == "interrupt":
        state.stopped_by = "interrupt"
    bisect_radii(state, partial(is_possible, instance, options=quiet))
    polish(state, solve)
    return state.as_plan("exact", first.report.solver)


def is_possible(
    instance: LocalInstance, radius_m: float, seconds: float, start: LocalPlan | None, *, options: SolveOptions
) -> Answer:
    """Whether ``min_max`` can be at most ``radius_m``: the model without an objective.

    Args:
        instance: The problem.
        radius_m: The distance in question.
        seconds: Time limit.
        start: Not used: a plan at hand misses the limit.
        options: Solver, threads and seed.
    """
    limited = limited_to(instance, radius_m)
    if limited is None:
        return Answer(impossible=True)
    groups = None
    if limited.divisibility is Divisibility.WHOLE_GROUPS:
        try:
            groups = merge_groups(limited)
        except NoPlanError:
            return Answer(impossible=True)
        limited = groups.instance
    model = build_local_model(limited)
    set_nothing(model)
    limits = replace(options, gap=0.0, time_limit_s=seconds, on_progress=None)
    outcome = solve_milp(model.problem, limits)
    interrupted = outcome.stopped_by == "interrupt"
    if not outcome.has_solution:
        return Answer(impossible=outcome.status is MilpStatus.INFEASIBLE, interrupted=interrupted)
    set_distance(model)
    arcs, share, _ = _read_shares(model, limits, settled=False)
    report = SolverReport("exact", outcome.solver, outcome.seconds, options.seed, 1, 0.0, seconds, "time")
    plan = _as_plan(model, arcs, share, replace(outcome, bound=-np.inf), report)
    return Answer(plan if groups is None else groups.expanded(plan), interrupted=interrupted)


def _read_shares(model: LocalModel, options: SolveOptions, settled: bool) -> tuple[IntArray, FloatArray, float]:
    """Arcs in use, the share along each, and the seconds it took.

    A plan stopped within a gap need not have the best allocation to its own sites, and may hold crumbs on sites that
    are all but closed: then the sites are fixed and the allocation is solved once more, a small LP.
    """
    seconds = 0.0
    if model.instance.divisibility is Divisibility.DIVISIBLE:
        _, x, opens = _values(model)
        if not settled or (x[~opens[model.destination]] > SHARE_NOISE).any():
            found = [variable.varValue for variable in model.x]
            for variable, is_open in zip(model.y, opens.tolist(), strict=True):
                variable.bounds(int(is_open), int(is_open))
                variable.varValue = float(is_open)
            again = solve_milp(model.problem, replace(options, time_limit_s=ALLOCATION_TIME_S, on_progress=None))
            seconds = again.seconds
            if not again.has_solution:
                for variable, value in zip((*model.y, *model.x), (*opens.astype(float), *found), strict=True):
                    variable.varValue = value
    _, x, opens = _values(model)
    x[~opens[model.destination]] = 0.0
    if model.instance.divisibility is Divisibility.WHOLE_POINTS:
        x = np.where(x > 0.5, 1.0, 0.0)
    x[x <= SHARE_NOISE] = 0.0
    total = np.bincount(model.origin, weights=x, minlength=model.instance.n_demand)
    arcs = np.flatnonzero(x > 0)
    return arcs, x[arcs] / total[model.origin[arcs]], seconds


def _values(model: LocalModel) -> tuple[FloatArray, FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Values of y and x, and which sites are open."""
    y = np.fromiter((v.varValue or 0.0 for v in model.y), dtype=np.float64, count=len(model.y))
    x = np.fromiter((v.varValue or 0.0 for v in model.x), dtype=np.float64, count=len(model.x))
    return y, x, y > 0.5


def _as_plan(
    model: LocalModel, arcs: IntArray, share: FloatArray, outcome: MilpOutcome, report: SolverReport
) -> LocalPlan:
    """The plan, its value recomputed from the arrays; a bound past it by round-off is laid on it."""
    instance = model.instance
    weight = instance.weight[model.origin[arcs]] * share
    if instance.objective is not Objective.MAX_COVERAGE:
        value = float(np.sum(weight * model.distance_m[arcs]))
        past = outcome.bound > value
    else:
        value = float(np.sum(weight) - np.sum(model.beyond[arcs] * share))
        past = outcome.bound < value
    near = abs(outcome.bound - value) <= PROOF_TOLERANCE * max(1.0, abs(value))
    return LocalPlan(
        open_sites=np.flatnonzero(_values(model)[2]).astype(np.int64),
        demand=model.origin[arcs],
        site=model.destination[arcs],
        share=share,
        objective=instance.objective,
        value=value,
        bound=value if past and near else outcome.bound,
        report=report,
    )


def _raise_no_plan(instance: LocalInstance, outcome: MilpOutcome, time_limit_s: float) -> None:
    """Name the constraint in the way, or say that time ran out before a plan was found."""
    if outcome.status is MilpStatus.INFEASIBLE:
        raise NoPlanError(explain_no_plan(instance))
    when = "before it was stopped" if outcome.stopped_by == "interrupt" else f"within {time_limit_s:g} s"
    raise NoPlanError(
        Fault(
            "solver",
            f"no plan found {when} ({outcome.solver}); that none exists is not proven",
            "raise the time limit, allow more slack on the capacities, or cut the region into parts",
            column="time_limit_s",
            proven=False,
        )
    )
