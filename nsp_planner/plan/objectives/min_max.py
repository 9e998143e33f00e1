"""Objective ``min_max``. In: an instance. Out: the plan of the smallest distance for a share of the weight.

With the share ``percentile`` 1 it is the worst distance (p-center). Then the least distance in all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.exact.radius import decide_radius
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import MIN_DISTANCE, LocalInstance
from nsp_planner.plan.objective import VALUE_TOLERANCE, Difference, Objective, ObjectiveWords, register, weight_sum
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.radius_search import Answer, RadiusSearch, bisect_radii, polish
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.supports import EVERYTHING, Supports
from nsp_planner.plan.thresholds import COVER_TOLERANCE, allowed_beyond, limited_to, percentile_m

SUPPORTS = Supports("the exact model of min_max", EVERYTHING)
FIRST_GAP = 0.2
"""Gap at which the first plan, one of least distance, is good enough to begin from."""


@register
class MinMax(Objective):
    """Smallest distance within which the share ``percentile`` of the reachable weight is allocated, then the least.

    The unreachable have no distance and do not count.
    """

    name = "min_max"
    words = ObjectiveWords("m", "m", "meter", in_metres=True)
    merges_groups = False
    reads = ("percentile",)

    def objective_nl(self, instance: LocalInstance, share_nl: Callable[[float], str]) -> str:
        """What is looked for, in Dutch."""
        if instance.percentile < 1:
            part = share_nl(instance.percentile)
            return f"de kleinste loopafstand waarbinnen {part} van de inwoners blijft, daarna de kleinste in totaal"
        return "de kleinste grootste loopafstand, daarna de kleinste in totaal"

    def recompute(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> float:
        """The smallest distance beyond which no more weight lies than may."""
        allowed, room = _allowed(plan, instance)
        for radius_m in np.unique(np.append(distance_m, 0.0)).tolist():
            if weight_sum(instance, plan, distance_m > radius_m) <= allowed + room:
                return float(radius_m)
        return 0.0

    def differences(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> list[Difference]:
        """Little enough weight beyond the value, and too much at any distance below it.

        So near the edge that round-off decides, two values can both be right: hence not :meth:`recompute`.
        """
        allowed, room = _allowed(plan, instance)
        beyond = weight_sum(instance, plan, distance_m > plan.value * (1 + VALUE_TOLERANCE))
        here_or_beyond = weight_sum(instance, plan, distance_m >= plan.value * (1 - VALUE_TOLERANCE))
        too_large = plan.value > 0 and not here_or_beyond > allowed
        if not (beyond > allowed + room or too_large or not np.isfinite(plan.value) or plan.value < 0):
            return []
        message = (
            f"the plan says {plan.value!r}: {beyond!r} lies beyond it and {here_or_beyond!r} not nearer, where "
            f"{allowed!r} may lie beyond"
        )
        return [Difference("objective", message, "value")]

    def value_of(self, instance: LocalInstance, plan: LocalPlan) -> float:
        """The distance beyond which no more weight is allocated than may."""
        distance_m = instance.costs.lookup(plan.demand, plan.site)
        return percentile_m(distance_m, instance.weight[plan.demand] * plan.share, allowed_beyond(instance))

    def allowing(self, instance: LocalInstance, value: float) -> tuple[LocalInstance, float] | None:
        """No more weight beyond that distance than may."""
        limited = limited_to(instance, value)
        return None if limited is None else (limited, np.inf)

    def solve_exact(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """Is there a plan within r metres, for one r after the other; then the least distance."""
        SUPPORTS.require(instance)
        search = RadiusSearch(instance, options)
        quiet = replace(options, on_progress=None)

        def solve(limited: LocalInstance, seconds: float, begin: LocalPlan | None) -> LocalPlan:
            return solve_local_exact(limited, replace(quiet, time_limit_s=seconds), begin)

        anyhow = replace(instance, objective=MIN_DISTANCE)
        limits = replace(quiet, gap=FIRST_GAP, time_limit_s=options.time_limit_s / 2)
        first = solve_local_exact(anyhow, limits, start)
        search.take(first)
        if first.report.stopped_by == "interrupt":
            search.stopped_by = "interrupt"

        def decide(radius_m: float, seconds: float, begin: LocalPlan | None) -> Answer:
            del begin  # a plan that is known misses the limit
            return decide_radius(instance, radius_m, replace(quiet, time_limit_s=seconds))

        bisect_radii(search, decide)
        polish(search, solve)
        return search.as_plan("exact", first.report.solver)

    def solve_large(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """Distances ruled out by Lagrangian bounds and set covers, distances above tried one after the other."""
        from nsp_planner.plan.large.min_max import solve_min_max  # numba: only where it is needed

        return solve_min_max(instance, options, start)


def _allowed(plan: LocalPlan, instance: LocalInstance) -> tuple[float, float]:
    """Weight of the allocated that may lie beyond the value, and how much round-off may add to it."""
    everyone = math.fsum(instance.weight[np.unique(plan.demand)])
    if instance.percentile >= 1:
        return 0.0, 0.0
    return (1 - instance.percentile) * everyone, COVER_TOLERANCE * max(1.0, everyone)
