"""The search over distances of ``min_max``. In: an instance, a function that decides single distances. Out: a plan.

Is there a plan in which at most so much weight is allocated beyond r metres? Where the answer is proven to be no, every
value must be larger than r; where a plan is found, it need not be larger than that plan's. Both engines use the search
kept here; they differ in how a distance is decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.incumbent import Incumbent
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.thresholds import (
    allowed_beyond,
    limited_to,
    nearest_percentile_m,
    percentile_m,
    radii_m,
)

POLISH_SHARE = 0.25
"""Part of the time kept for the second stage, the least distance within the smallest limit."""


@dataclass(frozen=True)
class Answer:
    """Whether a limited problem has a plan: one was found, or it is proven that there is none, or neither.

    Attributes:
        plan: The plan that was found.
        impossible: Proven that there is none.
        interrupted: Ctrl-C ended the work.
    """

    plan: LocalPlan | None = None
    impossible: bool = False
    interrupted: bool = False


class RadiusSearch(Incumbent):
    """Best plan and proven bound of one solve, in distances out of ``radii``.

    Attributes:
        instance: The problem.
        radii: Every value there can be, ascending.
        lower: Position in ``radii`` of the proven bound.
        allowed: Weight that may be allocated beyond the value.
        plan: Best plan found, None before the first.
        distance_m: Distance of each allocation of the best plan.
        weight: Weight of each allocation of the best plan.
    """

    def __init__(self, instance: LocalInstance, options: SolveOptions) -> None:
        """Begin with the bound that all candidates together give."""
        super().__init__(options)
        self.instance = instance
        self.radii = radii_m(instance)
        self.allowed = allowed_beyond(instance)
        self.lower = min(int(np.searchsorted(self.radii, nearest_percentile_m(instance))), len(self.radii) - 1)
        self.bound = float(self.radii[self.lower])
        self.plan: LocalPlan | None = None
        self.metres = np.inf
        self.distance_m, self.weight = np.zeros(0), np.zeros(0)

    @property
    def upper(self) -> int:
        """Position in ``radii`` of the best value."""
        return int(np.searchsorted(self.radii, self.value))

    def take(self, plan: LocalPlan) -> None:
        """Keep a plan of the instance when it is better, or as good with less distance."""
        distance_m = self.instance.costs.lookup(plan.demand, plan.site)
        weight = self.instance.weight[plan.demand] * plan.share
        value, metres = percentile_m(distance_m, weight, self.allowed), float(np.sum(weight * distance_m))
        if (value, metres) < (self.value, self.metres):
            better = value < self.value
            self.plan, self.metres = plan, metres
            self.distance_m, self.weight = distance_m, weight
            self.note_value(value)
            if better:
                self.report_progress()

    def rule_out(self, position: int) -> None:
        """It is proven that no plan has the radius at this position, or less."""
        if position + 1 > self.lower:
            self.lower = min(position + 1, len(self.radii) - 1)
            self.note_bound(float(self.radii[self.lower]))
            self.report_progress()

    def as_plan(self, engine: str, solver: str) -> LocalPlan:
        """The best plan with its proof; there must be one."""
        assert self.plan is not None
        report, bound = self.report(engine, solver), self.settled()
        return replace(self.plan, objective=self.instance.objective, value=self.value, bound=bound, report=report)


def bisect_radii(
    state: RadiusSearch,
    answer: Callable[[float, float, LocalPlan | None], Answer],
    *,
    try_share: float = 0.5,
    kept_share: float = POLISH_SHARE,
) -> None:
    """Halve the distances between bound and best plan until they meet, the gap is closed or time is up.

    Args:
        state: What is known; gets plans and bounds.
        answer: Decides a distance in metres, given the seconds it may take and a plan to begin from; the plan it
            gives may miss the limit, then it only counts for what it is.
        try_share: Part of the time left that one answer may take.
        kept_share: Part of the time limit that is not spent here.
    """
    low = state.lower  # as the bound, but also past what could not be decided
    while low < state.upper and not state.done():
        left_s = state.left_s() - kept_share * state.options.time_limit_s
        if left_s <= 0:
            return
        middle = (low + state.upper) // 2
        found = answer(float(state.radii[middle]), max(1.0, left_s * try_share), state.plan)
        if found.plan is not None:
            state.take(found.plan)
        elif found.impossible:
            state.rule_out(middle)
        if found.interrupted:
            state.stopped_by = "interrupt"
        low = max(low if state.upper <= middle else middle + 1, state.lower)


def polish(state: RadiusSearch, solve: Callable[[LocalInstance, float, LocalPlan | None], LocalPlan]) -> None:
    """Second stage: the least distance with the value held, which may not grow."""
    if state.stopped_by or state.left_s() <= 0:
        return
    limited = limited_to(state.instance, state.value)
    if limited is None:
        return
    try:
        plan = solve(limited, max(1.0, state.left_s()), state.plan)
    except NoPlanError:
        return
    state.take(plan)
    if plan.report.stopped_by == "interrupt":
        state.stopped_by = "interrupt"
