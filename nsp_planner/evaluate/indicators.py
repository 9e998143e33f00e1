"""The indicators of a plan. In: a planned study and its tables. Out: one tidy table, per gemeente and for the region.

Persons of an area are those who live there, wherever their L-NSP lies; shares are of all of them, so people out of
reach count as not within any distance. Distances are weighted by persons, over the served ones.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.plan.allocation import Allocation
from nsp_planner.plan.instance import BoolArray

SHARE_1_KM_M, SHARE_2_5_KM_M = 1_000.0, 2_500.0
"""Distances of the two published shares, % binnen 1 km and % binnen 2,5 km: no norms, the same in every study."""


def weighted_quantile(values: FloatArray, weights: FloatArray, share: float) -> float:
    """Smallest value that at least ``share`` of the weight does not exceed; NaN without weight."""
    if weights.sum() <= 0:
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) >= share * weights.sum() * (1 - 1e-12)
    return float(values[order][np.argmax(reached)])


def build_indicators(
    planned: PlannedStudy, people: pd.DataFrame, lnsps: pd.DataFrame, cnsps: pd.DataFrame, nearer: pd.DataFrame
) -> pd.DataFrame:
    """The indicators of every plan, for the region and every gemeente."""
    region = planned.study.region.name
    areas = [("region", region, region)]
    areas += [("gemeente", str(a.area_code), str(a.name)) for a in planned.layers.areas.itertuples()]
    lives_in = planned.layers.demand["gemeente_code"].to_numpy()
    assumed = (planned.counted["capacity_basis"] == "assumed").to_numpy()[planned.local_site_rows]
    rows: list[tuple[str, str, str, str, float, str]] = []
    for level, code, name in areas:
        at_home = np.ones(len(lives_in), dtype=bool) if level == "region" else lives_in == code
        of_area = at_home[planned.allocation.demand]
        own_lnsps = lnsps if level == "region" else lnsps[lnsps["gemeente_code"] == code]
        own_cnsps = cnsps if level == "region" else cnsps[cnsps["gemeente_code"] == code]
        values = _people_values(planned, people[at_home], at_home)
        values |= _distance_values(planned.allocation, of_area)
        total = values["persons"]
        for share in ("share_within_1000m", "share_within_2500m", "share_within_norm"):
            values[share] = values[share] / total if total else float("nan")
        values["n_lnsp"], values["n_cnsp"] = float(len(own_lnsps)), float(len(own_cnsps))
        values["persons_per_lnsp"] = total / len(own_lnsps) if len(own_lnsps) else float("nan")
        values["highest_load"] = float(own_lnsps["load"].max()) if len(own_lnsps) else float("nan")
        values["n_lnsp_assumed"] = float((own_lnsps["capacity_basis"] == "assumed").sum())
        of_area_assumed = of_area & assumed[planned.allocation.site]
        values["assumed_persons"] = float(planned.allocation.persons[of_area_assumed].sum())
        walked = own_lnsps["nearest_persons"] / own_lnsps["counted_persons"]
        values["highest_nearest_load"] = float(walked.max()) if len(own_lnsps) else float("nan")
        values |= _coordination_values(own_lnsps, own_cnsps, nearer[nearer["site_id"].isin(own_lnsps["site_id"])])
        rows += [(level, code, name, key, values[key], unit) for key, (unit, _) in INDICATORS.items()]
    columns = ["area_level", "area_code", "area_name", "indicator", "value", "unit"]
    return pd.DataFrame(rows, columns=columns)


def _people_values(planned: PlannedStudy, people: pd.DataFrame, at_home: np.ndarray) -> dict[str, float]:
    population = planned.local.population_persons[at_home]
    served = people["site_id"].notna().to_numpy()
    return {
        "persons": float(population.sum()),
        "served_persons": float(population[served].sum()),
        "unreachable_persons": float(population[~served].sum()),
        "nearest_mean_distance_m": _mean(people["nearest_distance_m"].to_numpy(), population),
        "second_mean_distance_m": _mean(people["second_distance_m"].to_numpy(), population),
    }


def _distance_values(allocation: Allocation, of_area: BoolArray) -> dict[str, float]:
    distance_m, persons = allocation.distance_m[of_area], allocation.persons[of_area]
    lived = persons > 0
    return {
        "share_within_1000m": float(persons[distance_m <= SHARE_1_KM_M].sum()),
        "share_within_2500m": float(persons[distance_m <= SHARE_2_5_KM_M].sum()),
        "share_within_norm": float(persons[allocation.within_norm[of_area]].sum()),
        "mean_distance_m": _mean(distance_m, persons),
        "p95_distance_m": weighted_quantile(distance_m, persons, 0.95),
        "worst_distance_m": float(distance_m[lived].max()) if lived.any() else float("nan"),
    }


def _coordination_values(lnsps: pd.DataFrame, cnsps: pd.DataFrame, nearer: pd.DataFrame) -> dict[str, float]:
    """Of the L-NSPs of an area, wherever their C-NSP lies, and of its C-NSPs."""
    return {
        "cnsp_mean_distance_m": float(lnsps["cnsp_distance_m"].mean()),
        "cnsp_worst_distance_m": float(lnsps["cnsp_distance_m"].max()),
        "cnsp_mean_minutes": float(lnsps["cnsp_minutes"].mean()),
        "cnsp_worst_minutes": float(lnsps["cnsp_minutes"].max()),
        "n_beyond_cnsp_norm": float(lnsps["cnsp_beyond_norm"].sum()),
        "n_cnsp_elsewhere": float(lnsps["cnsp_elsewhere"].sum()),
        "n_nearer_cnsp": float(len(nearer)),
        "n_nearer_unexplained": float((nearer["reasons"].str.len() == 0).sum()),
        "highest_n_lnsp": float(cnsps["n_lnsp"].max()),
    }


def _mean(values: FloatArray, weights: FloatArray) -> float:
    known = ~np.isnan(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")
