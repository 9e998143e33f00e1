"""What a building can hold, in its two measures. In: the table of sites, [capacity], norms. Out: what each counts for.

``capacity_persons`` is the inhabitants that a building serves, ``capacity_present`` the people in it at once. A share a
of the inhabitants comes on a day, a visitor stays at most s hours, and at the busiest moment it is p times as busy as
on average over the 24 hours of a day (norms ``share_attending_per_day``, ``max_stay_hours``, ``peak_factor``):

    at once, busiest = inhabitants x a x s / 24 x p

5,000 inhabitants, 20 % a day, 2 hours, peak factor 2: 167 at once. A hall for 250 serves 7,500 inhabitants.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from nsp_planner.config import Capacity
from nsp_planner.norms import Norms

HOURS_PER_DAY = 24.0
CapacityBasis = Literal["assumed", "enough", "persons", "present"]
"""Why a building counts for what it does: nothing is known; it is known to hold the most that counts, or more; what is
known of the inhabitants it serves, or of the people at once, is less."""


def share_at_once(norms: Norms) -> float:
    """Part of the inhabitants that is there at the busiest moment."""
    per_day, hours = norms.value("share_attending_per_day"), norms.value("max_stay_hours")
    return per_day * hours / HOURS_PER_DAY * norms.value("peak_factor")


def measures_told(capacity: Capacity, norms: Norms) -> str:
    """What the norms of use make of a capacity, and what a building counts for, as English sentences for faults."""
    at_once = share_at_once(norms)
    return (
        f"Persons are inhabitants served: {capacity.persons:,.0f} of them are {capacity.persons * at_once:,.0f} people "
        f"in the hall at once. A building of unknown capacity counts for {capacity.persons:,.0f}, none for more than "
        f"{capacity.persons * capacity.largest:,.0f} (capacity.persons, capacity.largest), slack not included."
    )


def count_capacity(sites: pd.DataFrame, capacity: Capacity, norms: Norms) -> pd.DataFrame:
    """What every building counts for, whatever it can be; slack is not in it.

    Where both measures are known the smaller counts. A building of which neither is known counts for
    ``capacity.persons``, one that holds more for at most ``capacity.largest`` times as many.

    Args:
        sites: With ``capacity_persons`` and ``capacity_present``, NA where not known.
        capacity: The section of the study.
        norms: Those in force.

    Returns:
        Index of ``sites``; columns ``counted_persons`` (inhabitants), ``counted_present`` (the same as people at once)
        and ``capacity_basis`` (:data:`CapacityBasis`).
    """
    at_once = share_at_once(norms)
    persons = sites["capacity_persons"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    present = sites["capacity_present"].astype("Float64").to_numpy(dtype=float, na_value=np.nan) / at_once
    known, most = np.fmin(persons, present), capacity.persons * capacity.largest
    counted = np.where(np.isnan(known), capacity.persons, np.minimum(known, most))
    limiting = np.where(present <= np.nan_to_num(persons, nan=np.inf), "present", "persons")
    basis = np.where(np.isnan(known), "assumed", np.where(known >= most, "enough", limiting))
    return pd.DataFrame(
        {"counted_persons": counted, "counted_present": counted * at_once, "capacity_basis": basis}, index=sites.index
    )
