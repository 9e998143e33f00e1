"""Words of the sites table. In: nothing. Out: statuses of a site, its basic provisions, what is known of stations."""

from __future__ import annotations

from typing import get_args

from nsp_planner.config import STATUSES, Provision

__all__ = ["GAP_COLUMNS", "GAP_LABELS", "STATION_COLUMNS", "STATUSES"]

GAP_COLUMNS: tuple[str, ...] = get_args(Provision)
"""Basic provisions of a site, each ``yes``, ``no`` or ``unknown``."""

STATION_COLUMNS = ("renewal", "suitability", "tenure")
"""What is known of a fire station, in the words of its list: when it is rebuilt, how suitable it is, whose it is."""

GAP_LABELS = {
    "emergency_power": "Noodstroom",
    "internet": "Internet",
    "heat": "Warmte",
    "toilets": "Toiletten",
    "water_food": "Water en voedsel",
    "step_free": "Drempelvrij",
    "first_aid_room": "EHBO-ruimte",
    "access_24_7": "Toegang 24/7",
    "parking": "Parkeren",
    "flood_safe": "Veilig bij hoogwater",
}
"""Provisions as readers see them."""

CAPACITY_FIELDS = ("capacity_persons", "capacity_present")
"""What a building can hold: inhabitants served, and people in it at once."""
