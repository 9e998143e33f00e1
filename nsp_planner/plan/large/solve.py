"""The large engine for every objective and divisibility. In: a LocalInstance of any size. Out: a LocalPlan.

Whole groups are merged first, except for ``min_max``, whose norm moves; ``engine`` knows the least distance, the other
objectives ask it for plans. Everything is compiled before the clock starts.
"""

from __future__ import annotations

from collections.abc import Callable

from nsp_planner.plan.groups import solve_merged
from nsp_planner.plan.instance import Divisibility, LocalInstance, Objective
from nsp_planner.plan.large import max_coverage, min_max, min_sites, p_median
from nsp_planner.plan.large.compilation import warm_up
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan


def solve_local_large(instance: LocalInstance, options: SolveOptions, start: LocalPlan | None = None) -> LocalPlan:
    """Solve level 1 at any size: best plan found, and a proven bound on what any plan can reach.

    Args:
        instance: The problem.
        options: Limits, threads and seed.
        start: A plan at hand for a similar instance (sites by position); what changed is repaired.

    Raises:
        NoPlanError: When no plan exists, or none was found; the fault says which.
        KeyboardInterrupt: When interrupted before there was any plan; after that the best plan is returned.
    """
    warm_up()
    solve: Callable[[LocalInstance, SolveOptions, LocalPlan | None], LocalPlan] = {
        Objective.MIN_DISTANCE: p_median.solve_p_median,
        Objective.MAX_COVERAGE: max_coverage.solve_coverage,
        Objective.MIN_MAX: min_max.solve_min_max,
        Objective.MIN_SITES: min_sites.solve_min_sites,
    }[instance.objective]

    def run(problem: LocalInstance, begin: LocalPlan | None) -> LocalPlan:
        return solve(problem, options, begin)

    merges = instance.divisibility is Divisibility.WHOLE_GROUPS and instance.objective is not Objective.MIN_MAX
    return solve_merged(instance, start, run) if merges else run(instance, start)
