"""Objective ``min_distance``. In: an instance. Out: the plan of least weighted distance, sum of w_i c_ij x_ij.

The p-median of Hakimi (1964).
"""

from __future__ import annotations

from collections.abc import Callable

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.exact.least_cost import solve_least_cost
from nsp_planner.plan.instance import MIN_DISTANCE, LocalInstance
from nsp_planner.plan.objective import Objective, ObjectiveWords, register, weight_sum
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan


@register
class MinDistance(Objective):
    """Least weighted distance; every other objective ends in it, so it has engines of its own."""

    name = MIN_DISTANCE
    words = ObjectiveWords("person-km", "persoon-km", "persoon-km", per=1000.0, weighs_persons=True)

    def objective_nl(self, instance: LocalInstance, share_nl: Callable[[float], str]) -> str:
        """What is looked for, in Dutch."""
        return "de kleinste totale loopafstand"

    def recompute(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> float:
        """Weighted metres."""
        return weight_sum(instance, plan, distance_m)

    def cost_problem(self, instance: LocalInstance) -> LocalInstance | None:
        """The problem itself."""
        return instance

    def solve_exact(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """One MILP."""
        return solve_least_cost(instance, options, start)

    def solve_large(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """Lagrangian bound and local search, in turns."""
        from nsp_planner.plan.large.p_median import solve_p_median  # numba: only where it is needed

        return solve_p_median(instance, options, start)
