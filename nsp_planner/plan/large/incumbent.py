"""How far a run is. In: costs and bounds as they are found. Out: clock, best of both, trace, whether to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from nsp_planner.plan.solution import TracePoint, relative_gap

FIRST_PLAN_GRACE_S = 60.0
"""Seconds beyond the time limit in which a first plan may still be found: compiling in a first run takes some of it."""


@dataclass
class Progress:
    """Clock, best value and bound (both as costs), trace."""

    started: float
    deadline: float
    gap: float
    report: Callable[[TracePoint], None] | None
    cost: float = np.inf
    bound: float = -np.inf
    trace: list[TracePoint] = field(default_factory=list)
    grace_s: float = FIRST_PLAN_GRACE_S
    enough: bool = False

    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    def out_of_time(self) -> bool:
        """True when the time limit has passed; without any plan yet, when the time of grace has passed too."""
        grace_s = 0.0 if np.isfinite(self.cost) else self.grace_s
        return time.perf_counter() >= self.deadline + grace_s

    def update(self, cost: float, bound: float) -> None:
        """Take in a plan's cost and a bound; extend the trace where either is better."""
        better = cost < self.cost * (1 - 1e-9) or bound > self.bound + 1e-9 * abs(bound)
        self.cost = min(self.cost, cost)
        self.bound = max(self.bound, bound)
        if better and np.isfinite(self.cost):
            point = TracePoint(self.seconds(), self.cost, min(self.bound, self.cost))
            self.trace.append(point)
            if self.report is not None:
                self.report(point)

    def closed(self) -> bool:
        """True when the gap is small enough, or the plan is good enough for who asked."""
        if self.enough:
            return True
        if not np.isfinite(self.cost):
            return False
        return relative_gap(self.cost, min(self.bound, self.cost)) <= self.gap

    def stop(self) -> bool:
        """True when there is nothing left to do or no time."""
        return self.closed() or self.out_of_time()
