"""Who takes over when a C-NSP fails. In: a planned study and its tables. Out: a table, one row per L-NSP.

Columns: cnsp_name · lnsp_name · persons · takes_over_name (the nearest other C-NSP, None where none is in reach) ·
distance_m · minutes (by car) · n_lnsp_then (L-NSPs that one then coordinates); by C-NSP and L-NSP.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.tables import PlanTables


def station_takeover(planned: PlannedStudy, tables: PlanTables) -> pd.DataFrame:
    """For every L-NSP the nearest other C-NSP, and how many L-NSPs that one would then coordinate."""
    instance, plan = planned.coordination, planned.coordination_plan
    costs = instance.costs
    is_open = np.zeros(costs.n_destinations, dtype=bool)
    is_open[plan.open_stations] = True
    own: IntArray = plan.coordinator[costs.arc_origin]
    others = costs.keep_arcs(is_open[costs.destination] & (costs.destination != own))
    names = planned.layers.sites.set_index("site_id")["name"]
    counts = np.bincount(plan.coordinator, minlength=costs.n_destinations)
    takes_over: dict[tuple[int, int], int] = {}
    first = [others.indptr[i] if others.indptr[i] < others.indptr[i + 1] else -1 for i in range(others.n_origins)]
    for i, arc in enumerate(first):
        if arc >= 0:
            key = (int(plan.coordinator[i]), int(others.destination[arc]))
            takes_over[key] = takes_over.get(key, 0) + 1
    persons = dict(zip(tables.lnsps["site_id"], tables.lnsps["persons"], strict=True))
    speed_m = planned.premises.driving_metres_per_minute
    rows = []
    for i, arc in enumerate(first):
        lnsp_id, station = instance.lnsp_ids[i], int(plan.coordinator[i])
        other = None if arc < 0 else int(others.destination[arc])
        rows.append(
            {
                "cnsp_name": names[instance.station_ids[station]],
                "lnsp_name": names[lnsp_id],
                "persons": float(persons[lnsp_id]),
                "takes_over_name": None if other is None else names[instance.station_ids[other]],
                "distance_m": None if other is None else float(others.distance_m[arc]),
                "minutes": None if other is None else float(others.distance_m[arc]) / speed_m,
                "n_lnsp_then": None if other is None else int(counts[other]) + takes_over[(station, other)],
            }
        )
    return pd.DataFrame(rows).sort_values(["cnsp_name", "lnsp_name"], kind="stable", ignore_index=True)
