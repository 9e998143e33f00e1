"""What every noodsteunpunt gets to do. In: a planned study. Out: the tables of L-NSPs and of C-NSPs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.evaluate.solved.nearest import NO_SITE
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.stations.nearer_cnsp import n_nearer_cnsps


def build_lnsps(planned: PlannedStudy) -> pd.DataFrame:
    """The table of open L-NSPs; columns in :mod:`nsp_planner.evaluate.tables`."""
    instance, plan = planned.local, planned.local_plan
    m = instance.n_candidates
    allocation = planned.allocation
    load, distance = allocation.site_persons, allocation.distance_m
    metres = np.bincount(plan.site, allocation.persons * distance, m)
    worst = np.zeros(m)
    np.maximum.at(worst, plan.site, distance)
    nearest = planned.nearest.site
    walks = nearest != NO_SITE
    nearest_persons = np.bincount(nearest[walks], instance.population_persons[walks], m)
    chosen = planned.own_lnsps
    walked = load
    if planned.crossing is not None:
        load = load + planned.crossing.incoming_at(pd.Series(planned.local.site_ids)).to_numpy()
    rows = [planned.local_site_rows[j] for j in chosen]
    sites, counted = (each.iloc[rows].reset_index(drop=True) for each in (planned.layers.sites, planned.counted))
    coordinator = planned.coordination_plan.coordinator
    stations = planned.layers.sites.iloc[[planned.station_rows[k] for k in coordinator]]
    at_station = planned.coordination.costs.lookup(np.arange(len(coordinator), dtype=np.int64), coordinator)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(walked[chosen] > 0, metres[chosen] / walked[chosen], np.nan)
    table = pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "name": sites["name"],
            "kind": sites["kind"],
            "gemeente_code": sites["gemeente_code"],
            "gemeente_name": _gemeente_names(planned, sites["gemeente_code"]),
            **counted.to_dict("series"),
            "persons": load[chosen],
            "load": load[chosen] / counted["counted_persons"],
            "persons_65plus": _persons_65plus(planned)[chosen],
            "nearest_persons": nearest_persons[chosen],
            "mean_distance_m": mean,
            "worst_distance_m": np.where(walked[chosen] > 0, worst[chosen], np.nan),
            "mean_minutes": mean / planned.premises.metres_per_minute,
            "cnsp_id": stations["site_id"].to_numpy(),
            "cnsp_name": stations["name"].to_numpy(),
            "cnsp_distance_m": at_station,
            "cnsp_minutes": at_station / planned.premises.driving_metres_per_minute,
            "cnsp_beyond_norm": at_station > planned.premises.cnsp_norm_m,
            "cnsp_elsewhere": stations["gemeente_code"].to_numpy() != sites["gemeente_code"].to_numpy(),
            "n_nearer_cnsp": n_nearer_cnsps(planned),
            "fixed": instance.fixed[chosen],
        }
    )
    return table.sort_values(["gemeente_name", "name", "site_id"], ignore_index=True)


def build_cnsps(planned: PlannedStudy, lnsps: pd.DataFrame) -> pd.DataFrame:
    """The table of C-NSPs, from the L-NSPs they coordinate; columns in :mod:`nsp_planner.evaluate.tables`."""
    rows = [planned.station_rows[k] for k in planned.coordination_plan.open_stations]
    sites = planned.layers.sites.iloc[rows].reset_index(drop=True)
    grouped = lnsps.groupby("cnsp_id").agg(
        n_lnsp=("site_id", "size"),
        persons=("persons", "sum"),
        mean_distance_m=("cnsp_distance_m", "mean"),
        worst_distance_m=("cnsp_distance_m", "max"),
        mean_minutes=("cnsp_minutes", "mean"),
        worst_minutes=("cnsp_minutes", "max"),
    )
    table = pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "name": sites["name"],
            "gemeente_code": sites["gemeente_code"],
            "gemeente_name": _gemeente_names(planned, sites["gemeente_code"]),
        }
    ).join(grouped, on="site_id")
    table["n_lnsp"] = table["n_lnsp"].fillna(0).astype(int)
    table["persons"] = table["persons"].fillna(0.0)
    return table.sort_values(["gemeente_name", "name", "site_id"], ignore_index=True)


def _gemeente_names(planned: PlannedStudy, codes: pd.Series) -> pd.Series:
    names = planned.layers.areas.set_index("area_code")["name"]
    return codes.map(names).fillna(codes)


def _persons_65plus(planned: PlannedStudy) -> np.ndarray:
    """Persons of 65 and over per candidate; NaN where no square allocated to it says."""
    plan, m = planned.local_plan, planned.local.n_candidates
    known = planned.layers.demand["persons_65plus"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    persons = known[plan.demand] * plan.share
    says = ~np.isnan(persons)
    total = np.bincount(plan.site[says], persons[says], m)
    return np.where(np.bincount(plan.site[says], minlength=m) > 0, total, np.nan)
