"""Where every person goes. In: a planned study. Out: the people table, a row per demand point.

Beside the allocation stands the nearest open site, which is where people will walk, and the second nearest, which is
where they go when that one fails.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.evaluate.tables import PlannedStudy

NO_SITE = -1
HARDLY_ANYBODY = 1e-9
"""Share of a square that is nobody: what rounding leaves of a divided one."""


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


def build_demand(planned: PlannedStudy) -> pd.DataFrame:
    """The people table; columns in :mod:`nsp_planner.evaluate.tables`."""
    plan, instance = planned.local_plan, planned.local
    n = instance.n_demand
    mean_distance = planned.allocation.share_m
    order = np.lexsort((plan.site, -plan.share, plan.demand))
    demand_sorted = plan.demand[order]
    first = np.r_[True, demand_sorted[1:] != demand_sorted[:-1]] if len(order) else np.zeros(0, dtype=bool)
    main_site = np.full(n, NO_SITE, dtype=np.int64)
    main_site[demand_sorted[first]] = plan.site[order][first]
    served = main_site != NO_SITE
    site_ids = np.asarray(instance.site_ids, dtype=object)
    beyond = planned.allocation.beyond_norm_share
    nearest, nearest_m = nearest_open(planned.distances, plan.open_sites)
    second, second_m = nearest_open(planned.distances, plan.open_sites, rank=1)
    return pd.DataFrame(
        {
            "demand_id": list(instance.demand_ids),
            "site_id": _ids(site_ids, main_site),
            "n_sites": np.bincount(plan.demand, minlength=n),
            "distance_m": np.where(served, mean_distance, np.nan),
            "nearest_site_id": _ids(site_ids, nearest),
            "nearest_distance_m": nearest_m,
            "second_site_id": _ids(site_ids, second),
            "second_distance_m": second_m,
            "norm_m": instance.service_distance_m,
            "within_norm": served & (beyond < HARDLY_ANYBODY),
            "beyond_norm_persons": instance.population_persons * beyond,
        }
    )


def _ids(site_ids: np.ndarray, position: IntArray) -> pd.Series:
    ids = pd.Series(pd.NA, index=range(len(position)), dtype="string")
    known = position != NO_SITE
    ids[known] = site_ids[position[known]]
    return ids
