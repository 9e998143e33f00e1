"""Distance as time. In: metres and the premises. Out: minutes in Dutch, by the speed of the way people go.

On foot the norm in force counts (resident cards use the same), by bicycle or car the speed of the profile.
Waiting for a ferry or a bridge is not in it.
"""

from __future__ import annotations

from typing import Any

from nsp_planner.evaluate.premises import Premises
from nsp_planner.report.text.dutch import MISSING, is_missing, metres_nl, number_nl

GOING_NL = {"foot": "lopen", "bicycle": "fietsen", "car": "rijden"}


def minutes_of(distance_m: Any, premises: Premises) -> float:
    """Minutes over a distance; NaN where it is missing."""
    return float("nan") if is_missing(distance_m) else float(distance_m) / premises.metres_per_minute


def minutes_nl(distance_m: Any, premises: Premises) -> str:
    """Whole minutes, at least 1: 15 min; an en dash where the distance is missing."""
    minutes = minutes_of(distance_m, premises)
    return MISSING if is_missing(minutes) else f"{number_nl(max(1, round(minutes)))} min"


def how_far_nl(distance_m: Any, premises: Premises) -> str:
    """Metres and minutes: 1.250 m, 16 minuten lopen."""
    minutes = minutes_of(distance_m, premises)
    if is_missing(minutes):
        return MISSING
    whole = max(1, round(minutes))
    going = GOING_NL[premises.profile]
    return f"{metres_nl(distance_m)}, {number_nl(whole)} {'minuut' if whole == 1 else 'minuten'} {going}"
