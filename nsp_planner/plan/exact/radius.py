"""One distance of ``min_max`` decided by a MILP. In: an instance and a distance. Out: a plan within it, or a proof."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.exact.allocation import read_shares
from nsp_planner.plan.exact.least_cost import plan_of
from nsp_planner.plan.groups import merge_groups
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.milp.local import build_local_model, set_distance, set_nothing
from nsp_planner.plan.milp.outcome import MilpStatus
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.radius_search import Answer
from nsp_planner.plan.thresholds import limited_to


def decide_radius(instance: LocalInstance, radius_m: float, options: SolveOptions) -> Answer:
    """Whether ``min_max`` can be at most ``radius_m``: the model without an objective.

    Args:
        instance: The problem.
        radius_m: The distance in question.
        options: Solver, limits and seed; any plan will do, so the gap does not count.
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
    limits = replace(options, gap=0.0, on_progress=None)
    outcome = solve_milp(model.problem, limits)
    interrupted = outcome.stopped_by == "interrupt"
    if not outcome.has_solution:
        return Answer(impossible=outcome.status is MilpStatus.INFEASIBLE, interrupted=interrupted)
    set_distance(model)
    shares = read_shares(model, limits, settled=False)
    report = replace(limits, threads=1).report("exact", outcome.solver, outcome.seconds, "time")
    plan = plan_of(model, shares, -np.inf, report)
    return Answer(plan if groups is None else groups.expanded(plan), interrupted=interrupted)
