"""The least cost as one MILP. In: a LocalInstance whose objective sums over arcs. Out: a LocalPlan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nsp_planner.plan.exact.allocation import Shares, begin_from, read_shares
from nsp_planner.plan.exact.no_plan import raise_no_plan
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.milp.local import LocalModel, build_local_model
from nsp_planner.plan.milp.outcome import MilpStatus
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, LocalPlan, SolverReport, settled_bound
from nsp_planner.plan.supports import POINTS, Supports

SUPPORTS = Supports("the exact model", POINTS, beyond=True)


def solve_least_cost(instance: LocalInstance, options: SolveOptions, start: LocalPlan | None = None) -> LocalPlan:
    """The least sum of :attr:`~.instance.LocalInstance.arc_cost` times share; groups must be merged."""
    SUPPORTS.require(instance)
    model = build_local_model(instance)
    if start is not None:
        begin_from(model, start)
    limits = above_round_off(options)
    outcome = solve_milp(model.problem, limits, warm_start=start is not None)
    if not outcome.has_solution:
        raise_no_plan(instance, outcome, options.time_limit_s)
    shares = read_shares(model, limits, settled=outcome.status is MilpStatus.OPTIMAL)
    seconds = outcome.seconds + shares.seconds
    report = options.report("exact", outcome.solver, seconds, outcome.stopped_by, outcome.trace)
    return plan_of(model, shares, outcome.bound, report)


def above_round_off(options: SolveOptions) -> SolveOptions:
    """With a gap that does not have the solver chase round-off: still well within what counts as proven."""
    return replace(options, gap=max(options.gap, PROOF_TOLERANCE / 10))


def plan_of(model: LocalModel, shares: Shares, bound: float, report: SolverReport) -> LocalPlan:
    """The plan of least cost of a solved model, its value recomputed from the arrays."""
    instance, arcs, share = model.instance, shares.arcs, shares.share
    if instance.cost_per_arc is None:
        value = float(np.sum(instance.weight[model.origin[arcs]] * share * model.distance_m[arcs]))
    else:
        value = float(np.sum(model.cost[arcs] * share))
    return LocalPlan(
        open_sites=shares.open_sites,
        demand=model.origin[arcs],
        site=model.destination[arcs],
        share=share,
        objective=instance.objective,
        value=value,
        bound=settled_bound(value, bound),
        report=report,
    )
