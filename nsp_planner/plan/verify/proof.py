"""The claims of a plan about itself: bound, reason to stop, settings, trace. In: a plan's figures. Out: faults.

That a bound is right cannot be recomputed without solving; that it contradicts the plan can.
"""

from __future__ import annotations

import math

from nsp_planner.errors import Faults
from nsp_planner.plan.solution import PROOF_TOLERANCE, SolverReport

BOUND_TOLERANCE = 1e-9
"""A bound may lie past the value by at most this part of the value: round-off of doubles. One of the trace may by the
tolerance of solvers: only the last one is laid on the value (``settled_bound``)."""
STOPPED_BY = ("gap", "time", "interrupt")
REFUSED = "do not use this plan; report it with its manifest"


def check_proof(faults: Faults, value: float, bound: float, gap: float, report: SolverReport, maximised: bool) -> None:
    """Claims of a plan of either level: bound on the right side, stopped as it says, sane settings, trace in line.

    That a bound is right cannot be recomputed without solving; that it contradicts the plan can.
    """
    sign = -1.0 if maximised else 1.0
    room, trace_room = (part * max(1.0, abs(value)) for part in (BOUND_TOLERANCE, PROOF_TOLERANCE))
    if math.isnan(bound) or sign * bound == math.inf or sign * (bound - value) > room:
        side = "below" if maximised else "above"
        faults.add("proof", f"the bound {bound!r} lies {side} the value {value!r}", REFUSED, column="bound")
    if report.stopped_by not in STOPPED_BY:
        faults.add("proof", f"stopped by {report.stopped_by!r}", REFUSED, column="stopped_by")
    elif report.stopped_by == "gap" and not gap <= max(report.gap_asked, PROOF_TOLERANCE):
        faults.add(
            "proof",
            f"says to have stopped at the gap asked, {report.gap_asked:g}, but the gap is {gap:g}",
            REFUSED,
            column="stopped_by",
        )
    numbers = (report.seconds, report.gap_asked, report.time_limit_s)
    if not all(math.isfinite(number) and number >= 0 for number in numbers) or report.threads < 1:
        faults.add("proof", "seconds, gap, time limit or threads are impossible", REFUSED, column="report")
    for point in report.trace:
        if sign * (point.bound - value) > trace_room or point.seconds < 0:
            faults.add(
                "proof",
                f"after {point.seconds:.1f} s a bound of {point.bound!r} was claimed, past the value {value!r}",
                REFUSED,
                column="trace",
            )
            break
