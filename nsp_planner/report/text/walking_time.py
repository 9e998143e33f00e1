"""Distance as time. In: metres and a study. Out: minutes in Dutch, by the speed of the way people go.

On foot the norm in force counts (resident cards use the same), by bicycle or car the speed of the profile.
Waiting for a ferry or a bridge is not in it.
"""

from __future__ import annotations

from typing import Any

from nsp_planner.config import Study
from nsp_planner.layers.network.profiles import PROFILES
from nsp_planner.report.text.dutch import MISSING, is_missing, metres_nl, number_nl

GOING_NL = {"foot": "lopen", "bicycle": "fietsen", "car": "rijden"}


def metres_per_minute(study: Study) -> float:
    """Speed of the way people go to their L-NSP."""
    profile = study.distances.profile
    on_foot = study.norms_in_force.value("walking_metres_per_minute")
    return on_foot if profile == "foot" else PROFILES[profile].speed_kmh * 1000 / 60


def minutes_of(distance_m: Any, study: Study) -> float:
    """Minutes over a distance; NaN where it is missing."""
    return float("nan") if is_missing(distance_m) else float(distance_m) / metres_per_minute(study)


def minutes_nl(distance_m: Any, study: Study) -> str:
    """Whole minutes, at least 1: 15 min; an en dash where the distance is missing."""
    minutes = minutes_of(distance_m, study)
    return MISSING if is_missing(minutes) else f"{number_nl(max(1, round(minutes)))} min"


def how_far_nl(distance_m: Any, study: Study) -> str:
    """Metres and minutes: 1.250 m, 16 minuten lopen."""
    minutes = minutes_of(distance_m, study)
    if is_missing(minutes):
        return MISSING
    whole = max(1, round(minutes))
    going = GOING_NL[study.distances.profile]
    return f"{metres_nl(distance_m)}, {number_nl(whole)} {'minuut' if whole == 1 else 'minuten'} {going}"
