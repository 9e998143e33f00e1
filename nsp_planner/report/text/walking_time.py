"""Distance with its time. In: metres and the premises. Out: Dutch, with minutes by the speed of the way people go.

On foot the norm in force counts (resident cards use the same), by bicycle or car the speed of the profile.
"""

from __future__ import annotations

from typing import Any

from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.report.text.dutch import MISSING, is_missing, metres_nl, number_nl, whole_minutes

GOING_NL = {"foot": "lopen", "bicycle": "fietsen", "car": "rijden"}


def minutes_nl(distance_m: Any, premises: Premises) -> str:
    """Whole minutes: 15 min; an en dash where the distance is missing."""
    if is_missing(distance_m):
        return MISSING
    return f"{number_nl(whole_minutes(premises.minutes_on_the_way(float(distance_m))))} min"


def how_far_nl(distance_m: Any, premises: Premises) -> str:
    """Metres and minutes: 1.250 m, 16 minuten lopen."""
    if is_missing(distance_m):
        return MISSING
    told = spelled_minutes_nl(premises.minutes_on_the_way(float(distance_m)))
    return f"{metres_nl(distance_m)}, {told} {GOING_NL[premises.profile]}"


def spelled_minutes_nl(minutes: float) -> str:
    """1 minuut, 16 minuten."""
    whole = whole_minutes(minutes)
    return f"{number_nl(whole)} {'minuut' if whole == 1 else 'minuten'}"
