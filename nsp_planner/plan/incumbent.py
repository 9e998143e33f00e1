"""Best value and bound of one solve, its clock and its trace. In: values and bounds as found. Out: whether to stop.

Every driver keeps one; what it reports, and what its plan claims, has passed :func:`~.solution.settled_bound` here.
"""

from __future__ import annotations

import math
import time

from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import SolverReport, TracePoint, relative_gap, settled_bound

FIRST_PLAN_GRACE_S = 60.0
"""Seconds beyond the time limit in which a first plan may still be found: compiling in a first run takes some of it."""
NEAR_ENOUGH = 0.25
"""Part of the gap asked for at which a plan that is known no longer has to come within it."""


class Incumbent:
    """What is known of one solve.

    Attributes:
        value: Best value, infinite (on the wrong side) before the first plan.
        bound: Best proven bound as found; it may lie past the value by round-off.
        trace: Value and bound over time.
        grace_s: Seconds beyond the time limit for a first plan.
        good_enough: True once whoever asked needs no better plan.
        stopped_by: ``interrupt`` once Ctrl-C has ended the work.
    """

    def __init__(self, options: SolveOptions, *, maximised: bool = False, grace_s: float = 0.0) -> None:
        """Start the clock."""
        self.options, self.maximised, self.grace_s = options, maximised, grace_s
        self.started = time.perf_counter()
        self.value = -math.inf if maximised else math.inf
        self.bound = -self.value
        self.trace: list[TracePoint] = []
        self.good_enough = False
        self.stopped_by = ""

    @property
    def deadline(self) -> float:
        """When the time limit has passed, on the clock of ``time.perf_counter``."""
        return self.started + self.options.time_limit_s

    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    def left_s(self) -> float:
        """Seconds left of the time limit."""
        return self.deadline - time.perf_counter()

    def out_of_time(self) -> bool:
        """True when the time limit has passed; without any plan yet, when the time of grace has passed too."""
        return self.left_s() <= (0.0 if math.isfinite(self.value) else -self.grace_s)

    def settled(self) -> float:
        """The bound that the best plan may claim; ``VerificationError`` where it contradicts the value."""
        return settled_bound(self.value, self.bound, maximised=self.maximised)

    def closed(self) -> bool:
        """True when the gap is small enough, or the plan is good enough for who asked.

        Where a plan is known that should come within the gap too, it has to; unless the best plan is so near the bound
        that it will not.
        """
        if self.good_enough:
            return True
        if not math.isfinite(self.value):
            return False
        gap, bound, known = relative_gap(self.value, self.settled()), self.settled(), self.options.known_value
        if gap > self.options.gap or known is None or gap <= NEAR_ENOUGH * self.options.gap:
            return gap <= self.options.gap
        return relative_gap(known, bound) <= self.options.gap

    def done(self) -> bool:
        """True when the gap is closed, or the work was interrupted."""
        return bool(self.stopped_by) or self.closed()

    def stop(self) -> bool:
        """True when there is nothing left to do or no time."""
        return self.done() or self.out_of_time()

    def note_value(self, value: float) -> None:
        """Keep a plan's value where it is better."""
        self.value = max(self.value, value) if self.maximised else min(self.value, value)

    def note_bound(self, bound: float) -> None:
        """Keep a bound where it is better."""
        self.bound = min(self.bound, bound) if self.maximised else max(self.bound, bound)

    def report_progress(self) -> None:
        """Add value and bound to the trace and report them, once there is a plan."""
        if not math.isfinite(self.value):
            return
        self.trace.append(TracePoint(self.seconds(), self.value, self.settled()))
        if self.options.on_progress is not None:
            self.options.on_progress(self.trace[-1])

    def report(self, engine: str, solver: str, *, stopped_by: str = "") -> SolverReport:
        """The report of the solve, which ends now."""
        why = stopped_by or self.stopped_by or ("gap" if self.done() else "time")
        return self.options.report(engine, solver, self.seconds(), why, tuple(self.trace))
