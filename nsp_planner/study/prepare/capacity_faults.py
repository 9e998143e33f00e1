"""Faults of too little room, in both measures of a capacity. In: faults of level 1. Out: the same, told in both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nsp_planner.config import Capacity
from nsp_planner.errors import Fault
from nsp_planner.layers.sites.capacity import measures_told
from nsp_planner.norms import Norms

ABOUT_ROOM = ("capacity", "plan.demand_points")
"""How the columns of faults begin that speak of the persons a site holds."""


def in_both_measures(faults: Iterable[Fault], capacity: Capacity, norms: Norms) -> tuple[Fault, ...]:
    """The faults; those about room also say what so many inhabitants are in people at once: lists speak of those."""
    told = measures_told(capacity, norms)
    return tuple(
        replace(each, fix=f"{each.fix.rstrip('.')}. {told}") if (each.column or "").startswith(ABOUT_ROOM) else each
        for each in faults
    )
