"""The large engine for every objective and divisibility. In: a LocalInstance of any size. Out: a LocalPlan.

What an objective makes of it stands in its own file of ``plan.objectives``: ``p_median`` knows the least cost, the
other drivers ask it for plans. Everything is compiled before the clock starts.
"""

from __future__ import annotations

from dataclasses import replace

from nsp_planner.plan.groups import solve_merged
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large.compilation import warm_up
from nsp_planner.plan.objective import objective
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan

MOST_THREADS = 2
"""Threads the engine can use: more are of no use to it, and the report says what was used."""


def solve_local_large(instance: LocalInstance, options: SolveOptions, start: LocalPlan | None = None) -> LocalPlan:
    """Solve level 1 at any size: best plan found, and a proven bound on what any plan can reach.

    Args:
        instance: The problem.
        options: Limits, threads and seed.
        start: A plan of a similar instance (sites by position); what changed is repaired.

    Raises:
        NoPlanError: When no plan exists, or none was found; the fault says which.
        KeyboardInterrupt: When interrupted before there was any plan; after that the best plan is returned.
    """
    warm_up()
    options = replace(options, threads=max(1, min(options.threads, MOST_THREADS)))
    goal = objective(instance.objective)
    if (priced := goal.as_least_cost(instance)) is not None:
        return replace(solve_local_large(priced, options, start), objective=goal.name)
    if instance.divisibility is Divisibility.WHOLE_GROUPS and goal.merges_groups:
        return solve_merged(instance, start, lambda merged, begin: goal.solve_large(merged, options, begin))
    return goal.solve_large(instance, options, start)
