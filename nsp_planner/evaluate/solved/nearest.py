"""Where people walk: the open sites nearest to them. In: distances and open sites. Out: position and metres of each.

The nearest open site is where people will go, whatever the plan; the second nearest is where they go when that fails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray

NO_SITE = -1


@dataclass(frozen=True, eq=False)
class NearestSites:
    """The nearest and the second nearest open site of every demand point.

    Attributes:
        site: Shape (n,), position of the nearest, -1 where none lies within the cutoff.
        distance_m: Shape (n,), how far it is, NaN where there is none.
        second_site, second_distance_m: The same of the second nearest.
    """

    site: IntArray
    distance_m: FloatArray
    second_site: IntArray
    second_distance_m: FloatArray

    @classmethod
    def of(cls, costs: CostMatrix, open_sites: IntArray) -> NearestSites:
        """Those of these distances."""
        return cls(*nearest_open(costs, open_sites), *nearest_open(costs, open_sites, rank=1))


def nearest_open(costs: CostMatrix, open_sites: IntArray, rank: int = 0) -> tuple[IntArray, FloatArray]:
    """The nearest open site of each origin (``rank`` 0) or the next ones (1, 2, ...), and its distance.

    Returns:
        Positions of the sites, shape (n,), -1 where none lies within the cutoff; distances in metres, NaN there.
    """
    is_open = np.zeros(costs.n_destinations, dtype=bool)
    is_open[open_sites] = True
    kept = costs.keep_arcs(is_open[costs.destination])
    has = np.diff(kept.indptr) > rank
    at = kept.indptr[:-1][has] + rank
    site = np.full(costs.n_origins, NO_SITE, dtype=np.int64)
    distance = np.full(costs.n_origins, np.nan)
    site[has], distance[has] = kept.destination[at], kept.distance_m[at]
    return site, distance
