"""How many of a group live where. In: a demand table. Out: counts per demand point, known or estimated.

Not published is not zero: a known count is NaN where nobody says, and an estimate is only given where it is asked for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nsp_planner.layers.population.vulnerable_groups import group_column

FloatArray = NDArray[np.float64]


def residents(demand: pd.DataFrame) -> FloatArray:
    """Residents per demand point, wherever they are by day and without guests."""
    column = "residents_persons" if "residents_persons" in demand else "population_persons"
    lived: FloatArray = demand[column].to_numpy(dtype=float)
    return lived


def known_counts(demand: pd.DataFrame, name: str) -> FloatArray:
    """Persons of a group per demand point, NaN where not published; never more than live there.

    CBS rounds every count to multiples of 5 by itself, so that a small square may seem to have more of a group than
    people.
    """
    counts = demand[group_column(name)].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    capped: FloatArray = np.minimum(counts, residents(demand))
    return capped


def estimated_counts(demand: pd.DataFrame, name: str) -> FloatArray:
    """The same, with the share in the gemeente's known squares where not published, else that of the region.

    All NaN where no square says anything.
    """
    counts, lived = known_counts(demand, name), residents(demand)
    known = ~np.isnan(counts)
    if known.all() or not known.any():
        return counts
    codes = pd.Series(demand["gemeente_code"].to_numpy(dtype=object))
    sums = pd.DataFrame({"count": counts[known], "lived": lived[known]}).groupby(codes[known].to_numpy()).sum()
    of_region = counts[known].sum() / max(float(lived[known].sum()), 1.0)
    share = (sums["count"] / sums["lived"].where(sums["lived"] > 0)).fillna(of_region)
    per_point = codes.map(share).fillna(of_region).to_numpy(dtype=float)
    estimate: FloatArray = np.where(known, counts, per_point * lived)
    return estimate


def share_at_home(demand: pd.DataFrame) -> FloatArray:
    """Share of the residents of every demand point that is at home; 1 where nobody lives."""
    lived = residents(demand)
    if "away_persons" not in demand:
        return np.ones(len(lived))
    away = demand["away_persons"].to_numpy(dtype=float)
    home: FloatArray = 1.0 - np.divide(away, lived, out=np.zeros_like(lived), where=lived > 0)
    return home
