"""What may be given up for fewer changes. In: the plan found at first, the asked gap. Out: the worst value allowed."""

from __future__ import annotations

import math

from nsp_planner.plan.solution import CoordinationPlan, LocalPlan

ROOM = 1e-6
"""Part of the allowed value that is kept for round-off of limits and solvers."""


def allowed_value(plan: LocalPlan | CoordinationPlan, gap: float, *, maximised: bool = False) -> float:
    """The worst value that may be had for fewer changes; never better than that of the plan.

    Its gap to the bound is at most ``gap``. Where the plan itself did not come within that gap, so that nothing is
    known to be, the value lies by at most ``gap`` off that of the plan: a change must be worth more than that.
    """
    best = plan.bound if plan.gap <= gap else plan.value
    if not math.isfinite(best):
        return plan.value
    if maximised:
        return min(plan.value, best / (1 + gap) * (1 + ROOM))
    return max(plan.value, best / (1 - gap) * (1 - ROOM))


def is_allowed(value: float, allowed: float, *, maximised: bool = False) -> bool:
    """Whether a value is as good as the worst one allowed, up to round-off."""
    room = ROOM * max(1.0, abs(allowed))
    return value >= allowed - room if maximised else value <= allowed + room
