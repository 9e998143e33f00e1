"""Words of the sites table. In: nothing. Out: the statuses of a site, and its basic provisions."""

from __future__ import annotations

STATUSES = ("idee", "in gesprek", "akkoord eigenaar", "pilot", "operationeel", "afgevallen")
"""Status of a site, from idea to operational; the words of the candidate list."""

GAP_COLUMNS = (
    "emergency_power",
    "internet",
    "heat",
    "toilets",
    "water_food",
    "step_free",
    "first_aid_room",
    "access_24_7",
    "parking",
    "flood_safe",
)
"""Basic provisions of a site, each ``yes``, ``no`` or ``unknown``."""
