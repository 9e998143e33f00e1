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
from nsp_planner.plan.solution import LocalPlan, TracePoint


def solve_local_large(
    instance: LocalInstance,
    *,
    gap: float,
    time_limit_s: float,
    seed: int,
    threads: int = 2,
    start: LocalPlan | None = None,
    on_progress: Callable[[TracePoint], None] | None = None,
) -> LocalPlan:
    """Solve level 1 at any size: best plan found, and a proven bound on what any plan can reach.

    Args:
        instance: The problem.
        gap: Relative gap between value and bound at which to stop.
        time_limit_s: Seconds after which to stop and return the best plan so far.
        seed: Seed of every random choice; same seed and instance, same plan, unless time runs out first.
        threads: Threads to use; the plan does not depend on it.
        start: A plan at hand for a similar instance (sites by position); what changed is repaired.
        on_progress: Called with every improvement of value or bound.

    Raises:
        NoPlanError: When no plan exists, or none was found; the fault says which.
        KeyboardInterrupt: When interrupted before there was any plan; after that the best plan is returned.
    """
    warm_up()
    solve: Callable[..., LocalPlan] = {
        Objective.MIN_DISTANCE: p_median.solve_local_large,
        Objective.MAX_COVERAGE: max_coverage.solve_coverage,
        Objective.MIN_MAX: min_max.solve_min_max,
        Objective.MIN_SITES: min_sites.solve_min_sites,
    }[instance.objective]

    def run(problem: LocalInstance, begin: LocalPlan | None) -> LocalPlan:
        return solve(
            problem,
            gap=gap,
            time_limit_s=time_limit_s,
            seed=seed,
            threads=threads,
            start=begin,
            on_progress=on_progress,
        )

    merges = instance.divisibility is Divisibility.WHOLE_GROUPS and instance.objective is not Objective.MIN_MAX
    return solve_merged(instance, start, run) if merges else run(instance, start)
