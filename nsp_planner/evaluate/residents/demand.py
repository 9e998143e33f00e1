"""Where every person goes. In: a planned study. Out: the demand table, a row per demand point.

Beside the allocation stands the nearest open site, which is where people will walk, and the second nearest, which is
where they go when that one fails.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.solved.nearest import NO_SITE
from nsp_planner.evaluate.solved.planned import PlannedStudy

HARDLY_ANYBODY = 1e-9
"""Share of a square that is nobody: what rounding leaves of a divided one."""


def build_demand(planned: PlannedStudy) -> pd.DataFrame:
    """The table per demand point; columns in :mod:`nsp_planner.evaluate.tables`."""
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
    beyond, nearest = planned.allocation.beyond_norm_share, planned.nearest
    return pd.DataFrame(
        {
            "demand_id": list(instance.demand_ids),
            "site_id": _ids(site_ids, main_site),
            "n_sites": np.bincount(plan.demand, minlength=n),
            "distance_m": np.where(served, mean_distance, np.nan),
            "nearest_site_id": _ids(site_ids, nearest.site),
            "nearest_distance_m": nearest.distance_m,
            "second_site_id": _ids(site_ids, nearest.second_site),
            "second_distance_m": nearest.second_distance_m,
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
