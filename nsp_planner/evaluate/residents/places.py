"""The names people know their place by. In: a planned study. Out: the name of the place of every square.

The CBS grid has no place names. The buildings do: a square belongs to the place (``plaats`` in the address) of the
nearest building of the same gemeente that has one, whatever that building is used for. Where no building of the
gemeente has a place, the gemeente is the place. The rule needs no extra file, follows the addresses people use and
never crosses the border of a gemeente; at the edge of two villages it may differ from the postal address. Where a study
has buurten and says ``inputs.buurten.as_places``, a square's buurt is its place.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.evaluate.solved.planned import PlannedStudy


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
    buurten = planned.layers.buurten
    if buurten is not None and planned.premises.buurten_are_places:
        named = demand["buurt_code"].astype("object").map(buurten.set_index("buurt_code")["name"].astype(str))
        place = np.where(named.notna(), named.to_numpy(dtype=object), place)
    return pd.Series(np.asarray(place, dtype=object), index=demand.index, name="place", dtype="str")


def place_points(squares: gpd.GeoDataFrame, persons: FloatArray, names: pd.Series) -> list[tuple[str, float, float]]:
    """Each place with the populated square nearest to the middle of its people (RD), the largest place first.

    Args:
        squares: Rows of ``layers.demand``.
        persons: Their inhabitants, shape (n,).
        names: Their places, as :func:`place_names` gives. Places with one name in two gemeenten are two.
    """
    xy = squares.geometry.get_coordinates().to_numpy()
    found = []
    for (_, name), rows in squares.groupby([squares["gemeente_code"].to_numpy(), names.to_numpy()]).indices.items():
        weight = np.maximum(persons[rows], 1e-9)
        middle = np.average(xy[rows], axis=0, weights=weight)
        x, y = xy[rows][np.argmin(((xy[rows] - middle) ** 2).sum(axis=1))]
        found.append((float(weight.sum()), str(name), float(x), float(y)))
    return [(name, x, y) for _, name, x, y in sorted(found, key=lambda place: (-place[0], place[1], place[2]))]
