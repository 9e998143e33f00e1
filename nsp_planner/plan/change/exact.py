"""The fewest changes as MILPs. In: all plans that are good enough, the plan before. Out: the one that changes least.

Three stages on the model of docs/model.md, each holding on to what the one before found: the fewest other sites,

    min sum_{j other} y_j    subject to (1) to (7) and sum_ij h_i c_ij x_ij <= C,

then the fewest persons who get another site, sum of w_i x_ij over j that i did not go to, then the least distance.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pulp

from nsp_planner.plan.change.problem import ROOM, ChangeProblem, FewestChanges
from nsp_planner.plan.exact.allocation import begin_from, read_shares
from nsp_planner.plan.exact.least_cost import above_round_off, plan_of
from nsp_planner.plan.milp.local import LocalModel, build_local_model, set_distance
from nsp_planner.plan.milp.outcome import MilpStatus
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, LocalPlan

STAGE_SHARES = (0.6, 0.5, 1.0)
"""Part of the time left that each stage may take."""


def solve_fewest_changes(problem: ChangeProblem, begin: LocalPlan, options: SolveOptions) -> FewestChanges:
    """The plan that changes least of those that are good enough.

    Args:
        problem: What is good enough, and what is a change.
        begin: A plan that is good enough.
        options: Limits; the gap is not looked at, for each stage is solved to its end.
    """
    instance = problem.instance
    model = build_local_model(instance)
    if math.isfinite(problem.most_cost):
        _add_limit(model, model.cost, problem.most_cost, "cost")
    begin_from(model, begin)
    usable = ~instance.refused[instance.costs.destination]
    moved = problem.moved_persons[usable]
    other = pulp.LpAffineExpression({y: 1.0 for y, is_other in zip(model.y, problem.is_other, strict=True) if is_other})
    limits = above_round_off(replace(options, gap=0.0, on_progress=None, known_value=None))
    left_s, at_least, stopped_by, settled = options.time_limit_s, 0, "gap", False
    for stage, share in enumerate(STAGE_SHARES):
        if stage == 0:
            model.problem.setObjective(other)
        elif stage == 1:
            _set(model, moved)
        else:
            set_distance(model)
        kept = [variable.varValue for variable in (*model.y, *model.x)]
        outcome = solve_milp(model.problem, replace(limits, time_limit_s=max(1.0, left_s * share)), warm_start=True)
        left_s -= outcome.seconds
        settled = outcome.status is MilpStatus.OPTIMAL
        if outcome.stopped_by != "gap":
            stopped_by = outcome.stopped_by
        if not outcome.has_solution:
            for variable, value in zip((*model.y, *model.x), kept, strict=True):
                variable.varValue = value
            break
        if stage == 0:
            at_least = math.ceil(outcome.bound - PROOF_TOLERANCE) if math.isfinite(outcome.bound) else 0
            model.problem.addConstraint(pulp.LpConstraint(other, pulp.LpConstraintLE, "other", round(outcome.value)))
        elif stage == 1:
            _add_limit(model, moved, outcome.value, "moved")
        if outcome.stopped_by == "interrupt":
            break
    shares = read_shares(model, limits, settled)
    return FewestChanges(plan_of(model, shares, -np.inf, begin.report), max(0, at_least), stopped_by)


def _set(model: LocalModel, coefficient: np.ndarray) -> None:
    terms = zip(model.x, coefficient.tolist(), strict=True)
    model.problem.setObjective(pulp.LpAffineExpression({x: c for x, c in terms if c != 0.0}))


def _add_limit(model: LocalModel, coefficient: np.ndarray, most: float, name: str) -> None:
    terms = {x: c for x, c in zip(model.x, coefficient.tolist(), strict=True) if c != 0.0}
    if terms:
        room = ROOM * max(1.0, abs(most))
        model.problem.addConstraint(
            pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintLE, name, most + room)
        )
