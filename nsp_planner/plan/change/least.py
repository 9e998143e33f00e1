"""A plan that changes as little as it can of the one before. In: an instance, the plan before. Out: a LocalPlan.

Solved as ever for a plan and a bound, begun from the plan before; then, among all plans that the asked gap allows, the
one with the fewest other sites, then the fewest persons who get another site, then the least distance. Exactly where
the instance is solved exactly, by search at full size. The bound stays that of the problem; value and gap are those of
the plan that is delivered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.change.allowance import allowed_value, is_allowed
from nsp_planner.plan.change.exact import solve_fewest_changes
from nsp_planner.plan.change.previous import PreviousSites
from nsp_planner.plan.change.problem import ChangeProblem, FewestChanges, change_problem
from nsp_planner.plan.incumbent import NEAR_ENOUGH
from nsp_planner.plan.instance import MIN_DISTANCE, LocalInstance
from nsp_planner.plan.objective import Objective, objective
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LeastChange, LocalPlan, settled_bound
from nsp_planner.plan.solve import engine_for, solve_local

FEW_LACKING, MOST_LACKING = 20, 0.25
"""Sites, or the part of them, that may be lacking in the plan before for it to be begun from: each is looked for."""
START_SHARE = 0.25
"""Part of the time for the fewest changes that may be spent on the plan to begin from."""


def change_least(
    instance: LocalInstance,
    options: SolveOptions,
    previous: PreviousSites,
    *,
    on_stage: Callable[[str], None] = lambda _: None,
) -> LocalPlan:
    """The plan within the asked gap that changes least of the plan before.

    Raises:
        NoPlanError: No plan satisfies the constraints, or none was found in time; the fault says which.
    """
    goal = objective(instance.objective)
    exact, is_near = engine_for(instance, options) == "exact", _is_near(instance, previous)
    if exact:
        # a tighter bound leaves more plans to choose among
        first = solve_local(instance, replace(options, gap=options.gap * NEAR_ENOUGH))
        first = replace(first, report=replace(first.report, gap_asked=options.gap))
    else:
        start = _repaired(goal, instance, options, previous) if is_near else None
        known = start.value if start is not None and goal.cost_problem(instance) is not None else None
        first = solve_local(instance, replace(options, known_value=known), start)
    limit = allowed_value(first, options.gap, maximised=goal.maximised)
    on_stage("choosing the plan that changes least of the one before")
    clock, at_least = time.perf_counter(), previous.fewest_other(instance)
    found = FewestChanges(first, at_least, first.report.stopped_by)
    allowing = goal.allowing(instance, limit)
    if allowing is not None and first.report.stopped_by != "interrupt" and len(first.demand):
        problem, limits = change_problem(*allowing, previous), replace(options, time_limit_s=previous.search_s)
        begin = problem.merged(first)
        if exact:
            found = solve_fewest_changes(problem, begin, limits)
        else:
            found = _search(problem, begin, limits, at_least, is_near=is_near)
        found = replace(found, plan=problem.expanded(found.plan))
    seconds = time.perf_counter() - clock
    plan = _with_proof(goal, instance, first, found.plan, seconds)
    too_bad = first.gap <= options.gap < plan.gap or not is_allowed(plan.value, limit, maximised=goal.maximised)
    if too_bad or previous.n_other(plan) > previous.n_other(first):
        plan = _with_proof(goal, instance, first, first, seconds)
    n_other = previous.n_other(plan)
    change = LeastChange(
        n_other=n_other,
        n_other_at_least=min(n_other, max(at_least, found.n_other_at_least)),
        moved=plan.total(instance.costs, previous.moved_persons(instance)),
        first_n_other=previous.n_other(first),
        first_value=first.value,
        allowed_value=limit,
        stopped_by=found.stopped_by,
    )
    return replace(plan, least_change=change)


def _is_near(instance: LocalInstance, previous: PreviousSites) -> bool:
    """Whether the plan before, its numbers made right, is worth beginning from: most of its sites can stay."""
    return previous.fewest_other(instance) <= max(FEW_LACKING, MOST_LACKING * instance.n_sites)


def _search(
    problem: ChangeProblem, begin: LocalPlan, options: SolveOptions, at_least: int, *, is_near: bool
) -> FewestChanges:
    """From both ends; of plans with as few other sites the one that moves fewest people."""
    from nsp_planner.plan.change.reallocate import move_fewest  # numba: only where it is needed
    from nsp_planner.plan.change.search import ChangeSearch

    deadline = time.perf_counter() + options.time_limit_s
    best, stopped_by = begin, "gap"
    try:
        search = ChangeSearch(problem, begin, deadline, options.seed)
        if problem.n_other(begin) > at_least:
            ends: list[LocalPlan | None] = [None, None]
            if is_near:
                search.begin_before()
                ends[0] = search.grow(problem.n_other(begin))
            if ends[0] is None or problem.n_other(ends[0]) > at_least:
                search.begin_at(begin.open_sites)
                ends[1] = search.shrink()
                if ends[0] is not None:
                    search.begin_at(ends[0].open_sites)
                    ends[0] = search.shrink() or ends[0]
            good = [begin, *(each for each in ends if each is not None)]
            fewest = min(problem.n_other(plan) for plan in good)
            good = [move_fewest(problem, plan) for plan in good if problem.n_other(plan) == fewest]
            best = min(good, key=lambda plan: (problem.moved(plan), problem.cost(plan)))
        else:
            best = move_fewest(problem, begin)
        stopped_by = "time" if search.out_of_time() else "gap"
    except KeyboardInterrupt:
        stopped_by = "interrupt"
    return FewestChanges(best, at_least, stopped_by)


def _repaired(
    goal: Objective, instance: LocalInstance, options: SolveOptions, previous: PreviousSites
) -> LocalPlan | None:
    """The plan before with its numbers made right where that costs least; None where that is no plan."""
    from nsp_planner.plan.change.search import ChangeSearch  # numba: only where it is needed

    if goal.finds_number:
        return None
    least = goal.as_least_cost(instance) or replace(instance, objective=MIN_DISTANCE)
    try:
        problem = change_problem(least, np.inf, previous)
    except NoPlanError:
        return None  # solving says why
    nobody = np.zeros(0, dtype=np.int64)
    report = options.report("large", "", 0.0, "gap")
    empty = LocalPlan(nobody, nobody, nobody, np.zeros(0), instance.objective, np.inf, -np.inf, report)
    deadline = time.perf_counter() + START_SHARE * previous.search_s
    search = ChangeSearch(problem, empty, deadline, options.seed)
    if search.compact.n == 0:
        return None
    search.begin_before()
    plan = search.plan()
    if plan is None:
        return None
    plan = problem.expanded(plan)
    return replace(plan, value=goal.value_of(instance, plan))


def _with_proof(
    goal: Objective, instance: LocalInstance, first: LocalPlan, plan: LocalPlan, seconds: float
) -> LocalPlan:
    """A plan with the proof of the first: the same problem, so the same bound."""
    value = first.value if plan is first else goal.value_of(instance, plan)
    bound = settled_bound(value, first.bound, maximised=goal.maximised)
    return replace(
        first,
        open_sites=plan.open_sites,
        demand=plan.demand,
        site=plan.site,
        share=plan.share,
        value=value,
        bound=bound,
        report=replace(first.report, seconds=first.report.seconds + seconds),
    )
