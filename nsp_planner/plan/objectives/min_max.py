"""Objective ``min_max``: the search over distances. In: an instance, who decides single distances. Out: a plan.

Is there a plan in which at most so much weight is allocated beyond r metres? Where the answer is proven to be no, every
value must be larger than r; where a plan is found, it need not be larger than that plan's. Both engines use the state
kept here; they differ in who answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.instance import LocalInstance, Objective
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan, SolverReport, TracePoint, relative_gap
from nsp_planner.plan.thresholds import (
    allocation_m,
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


class MinMaxState:
    """Best plan and proven bound of one solve.

    Attributes:
        radii: Every value there can be, ascending.
        lower: Position in ``radii`` of the proven bound.
        plan: Best plan found, None before the first.
        value: Its percentile, infinite without one.
        distance_m: Distance of each allocation of the best plan.
        weight: Weight of each allocation of the best plan.
        stopped_by: ``interrupt`` once Ctrl-C has ended the work.
    """

    def __init__(self, instance: LocalInstance, options: SolveOptions) -> None:
        """Begin with the bound that all candidates together give."""
        self.instance, self.options = instance, options
        self.started = time.perf_counter()
        self.trace: list[TracePoint] = []
        self.radii = radii_m(instance)
        self.allowed = allowed_beyond(instance)
        self.lower = min(int(np.searchsorted(self.radii, nearest_percentile_m(instance))), len(self.radii) - 1)
        self.plan: LocalPlan | None = None
        self.value = np.inf
        self.metres = np.inf
        self.distance_m, self.weight = np.zeros(0), np.zeros(0)
        self.stopped_by = ""

    @property
    def bound(self) -> float:
        """The proven bound, in metres."""
        return float(self.radii[self.lower])

    @property
    def upper(self) -> int:
        """Position in ``radii`` of the best value."""
        return int(np.searchsorted(self.radii, self.value))

    def left_s(self) -> float:
        """Seconds left."""
        return self.started + self.options.time_limit_s - time.perf_counter()

    def done(self) -> bool:
        """True when the gap is closed, or the work was interrupted."""
        return bool(self.stopped_by) or relative_gap(self.value, min(self.bound, self.value)) <= self.options.gap

    def take(self, plan: LocalPlan) -> None:
        """Keep a plan of the instance when it is better, or as good with less distance."""
        distance_m = allocation_m(self.instance, plan.demand, plan.site)
        weight = self.instance.weight[plan.demand] * plan.share
        value, metres = percentile_m(distance_m, weight, self.allowed), float(np.sum(weight * distance_m))
        if (value, metres) < (self.value, self.metres):
            better = value < self.value
            self.plan, self.value, self.metres = plan, value, metres
            self.distance_m, self.weight = distance_m, weight
            if better:
                self._tell()

    def rule_out(self, position: int) -> None:
        """It is proven that no plan has the radius at this position, or less."""
        if position + 1 > self.lower:
            self.lower = min(position + 1, len(self.radii) - 1)
            if self.plan is not None:
                self._tell()

    def _tell(self) -> None:
        seconds = time.perf_counter() - self.started
        self.trace.append(TracePoint(seconds, self.value, min(self.bound, self.value)))
        if self.options.on_progress is not None:
            self.options.on_progress(self.trace[-1])

    def as_plan(self, engine: str, solver: str) -> LocalPlan:
        """The best plan with its proof; there must be one."""
        assert self.plan is not None
        stopped_by = self.stopped_by
        if not stopped_by:
            stopped_by = "gap" if self.done() else "time"
        report = SolverReport(
            engine=engine,
            solver=solver,
            seconds=time.perf_counter() - self.started,
            seed=self.options.seed,
            threads=self.options.threads,
            gap_asked=self.options.gap,
            time_limit_s=self.options.time_limit_s,
            stopped_by=stopped_by,
            trace=tuple(self.trace),
        )
        bound = min(self.bound, self.value)
        return replace(self.plan, objective=Objective.MIN_MAX, value=self.value, bound=bound, report=report)


def bisect_radii(
    state: MinMaxState,
    answer: Callable[[float, float, LocalPlan | None], Answer],
    *,
    try_share: float = 0.5,
    kept_share: float = POLISH_SHARE,
) -> None:
    """Halve the distances between bound and best plan until they meet, the gap is closed or time is up.

    Args:
        state: What is known; gets plans and bounds.
        answer: Told a distance in metres, the seconds it may take and a plan to begin from; the plan it gives may miss
            the limit, then it only counts for what it is.
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


def polish(state: MinMaxState, solve: Callable[[LocalInstance, float, LocalPlan | None], LocalPlan]) -> None:
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
