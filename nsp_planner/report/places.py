"""The names people know their place by. In: a planned study. Out: the name of the place of every square.

The CBS grid has no place names. The buildings do: a square belongs to the place (``plaats`` in the address) of the
nearest building of the same gemeente that has one, whatever that building is used for. Where no building of the
gemeente has a place, the gemeente is the place. The rule needs no extra file, follows the addresses people use and
never crosses the border of a gemeente; at the edge of two villages it may differ from the postal address.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from nsp_planner.evaluate.tables import PlannedStudy


def place_names(planned: PlannedStudy) -> pd.Series:
    """Place of every square, str, in the order of ``layers.demand``."""
    demand, sites = planned.layers.demand, planned.layers.sites
    names = planned.layers.areas.set_index("area_code")["name"].astype(str)
    place = demand["gemeente_code"].map(names).fillna(demand["gemeente_code"]).astype(str).to_numpy(dtype=object)
    known = sites[sites["place"].notna() & (sites["place"].astype("string").str.strip() != "")]
    xy = demand.geometry.get_coordinates().to_numpy()
    for code, rows in known.groupby("gemeente_code"):
        here = (demand["gemeente_code"] == code).to_numpy()
        if here.any():
            tree = cKDTree(rows.geometry.get_coordinates().to_numpy())
            place[here] = rows["place"].astype(str).str.strip().to_numpy(dtype=object)[tree.query(xy[here])[1]]
    return pd.Series(np.asarray(place, dtype=object), index=demand.index, name="place", dtype="str")
