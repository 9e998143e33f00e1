"""Level 1 solved by exact MILPs. In: a :class:`LocalInstance`. Out: a :class:`LocalPlan` with its proven bound.

The model itself stands in ``plan.milp.local``, what each objective makes of it in its own file of ``plan.objectives``.
Meant for a gemeente or a small region, some 200,000 arcs; for more there is ``plan.large``.
"""

from __future__ import annotations

from dataclasses import replace

from nsp_planner.plan.groups import solve_merged
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan

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
    goal = objective(instance.objective)
    if (priced := goal.as_least_cost(instance)) is not None:
        return replace(solve_local_exact(priced, options, start), objective=goal.name)
    if instance.divisibility is Divisibility.WHOLE_GROUPS and goal.merges_groups:
        return solve_merged(instance, start, lambda merged, begin: solve_local_exact(merged, options, begin))
    return goal.solve_exact(instance, options, start)
