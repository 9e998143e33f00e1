"""What circumstances did to a plan. In: a planned study, its problem, the existing plan. Out: the same with facts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nsp_planner.config import SiteRole
from nsp_planner.costs.matrix import FloatArray
from nsp_planner.costs.rows import islanded
from nsp_planner.evaluate.residents.demand import build_demand
from nsp_planner.evaluate.solved.consequences import (
    FEWER_COLUMNS,
    LINK_COLUMNS,
    ChangeFromExisting,
    Consequences,
    FloodConsequences,
    OutageConsequences,
    empty,
)
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.hazards.shapes import RASTERS
from nsp_planner.layers.sites.standing import standing
from nsp_planner.plan.instance import BoolArray
from nsp_planner.study.circumstances.areas import hazard_area, xy_m
from nsp_planner.study.circumstances.existing_plan import ExistingPlan
from nsp_planner.study.circumstances.exposure import Exposure
from nsp_planner.study.circumstances.site_effects import at_work
from nsp_planner.study.prepare.distances import link_changes, measure_road_distances
from nsp_planner.study.prepare.instances import LocalProblem
from nsp_planner.study.prepare.ratios import n_cnsps


def with_consequences(planned: PlannedStudy, problem: LocalProblem, existing: ExistingPlan | None) -> PlannedStudy:
    """The planned study with what its circumstances did; as it is in normal circumstances.

    Inhabitants who have buildings within reach that all drop out join the unreachable, with that reason.
    """
    study = planned.study
    causes = at_work(study)
    if not causes and existing is None:
        return planned
    people = build_demand(planned)
    served = people["site_id"].notna().to_numpy()
    planned = replace(planned, unreachable=_all_unreachable(planned, served))
    wanted = problem.normal.n_sites if existing is None else len(existing.lnsp_ids)
    coordination = planned.coordination_plan
    wanted_cnsps = n_cnsps(len(planned.local_plan.open_sites), study.ratios)
    fewer_cnsps = len(coordination.open_stations) < wanted_cnsps
    links = problem.distances.links
    facts = Consequences(
        causes=causes,
        n_lnsp_wanted=wanted,
        n_cnsp_wanted=wanted_cnsps,
        sites=problem.effects.table,
        fewer=_fewer(planned, problem, existing),
        max_lnsp_per_cnsp=int(np.bincount(coordination.coordinator).max()) if fewer_cnsps else None,
        islanded=_islanded(planned),
        fixed_lost=_fixed_lost(planned, problem),
        links=empty(LINK_COLUMNS) if links is None else links,
        recomputed=problem.distances.recomputed,
        power=_power(planned, problem.effects.exposure),
        flood=_flood(planned, problem.effects.exposure, served),
        existing=None if existing is None else _beside(planned, people, existing),
    )
    return replace(planned, consequences=facts)


def _all_unreachable(planned: PlannedStudy, served: BoolArray) -> pd.DataFrame:
    table = planned.unreachable
    ids = planned.layers.demand["demand_id"]
    more = ~served & ~ids.isin(table["id"] if len(table) else []).to_numpy()
    if not more.any():
        return table
    told = f"heeft binnen {planned.study.distances.cutoff_m:.0f} m alleen locaties die uitvallen of dicht blijven"
    rows = pd.DataFrame(
        {
            "id": ids[more].to_numpy(),
            "persons": planned.local.population_persons[more],
            "reason": "dropped",
            "reason_nl": told,
        }
    )
    return rows if table.empty else pd.concat([table, rows], ignore_index=True)


def _fewer(planned: PlannedStudy, problem: LocalProblem, existing: ExistingPlan | None) -> pd.DataFrame:
    areas, sites = planned.layers.areas, planned.layers.sites
    codes = list(areas["area_code"])
    opened = sites.iloc[[planned.local_site_rows[j] for j in planned.local_plan.open_sites]]["gemeente_code"]
    n_open = opened.value_counts().reindex(codes, fill_value=0).to_numpy()
    if existing is not None:
        wanted = np.array([existing.n_in(planned.layers, code) for code in codes])
    elif problem.normal.quota is not None:
        wanted = problem.normal.quota
    else:
        return empty(FEWER_COLUMNS)
    table = pd.DataFrame({"gemeente_code": codes, "name": list(areas["name"]), "wanted": wanted, "open": n_open})
    return pd.DataFrame(table[table["open"] < table["wanted"]]).reset_index(drop=True)


def _islanded(planned: PlannedStudy) -> tuple[str, ...]:
    """Open L-NSPs that no station reaches over the roads that are left."""
    study, layers = planned.study, planned.layers
    if not layers.networks or link_changes(layers, study, flooded=True) is None:
        return ()
    lnsps = layers.sites.iloc[[planned.local_site_rows[j] for j in planned.local_plan.open_sites]]
    stations = layers.sites.iloc[planned.station_rows]
    over_road = measure_road_distances(layers, study, lnsps, stations, as_they_were=False)
    alone = islanded(over_road, ~planned.coordination.refused)
    return tuple(lnsps["site_id"][alone])


def _fixed_lost(planned: PlannedStudy, problem: LocalProblem) -> tuple[str, ...]:
    ids = planned.layers.sites["site_id"].to_numpy()
    dropped = problem.effects.lnsp_dropped
    return tuple(ids[dropped & standing(planned.layers, planned.study.decisions, SiteRole.LNSP).fixed])


def _power(planned: PlannedStudy, exposure: Exposure) -> OutageConsequences | None:
    study, layers = planned.study, planned.layers
    outage = study.power_outage
    if outage is None:
        return None
    sites = layers.sites
    dark = np.zeros(len(sites), dtype=bool)  # what strikes the neighbours' sites, which come last, is not known
    dark[: len(exposure.sites_dark)] = exposure.sites_dark
    power, lnsp = sites["emergency_power"].to_numpy(), sites["can_be_lnsp"].to_numpy(dtype=bool)
    unknown = dark & (power == "unknown")
    rows = np.asarray(planned.local_site_rows, dtype=np.int64)
    plan = planned.local_plan
    hinges = unknown[rows] & (SiteRole.LNSP in outage.roles)
    on_unknown = plan.persons(planned.local.population_persons)[hinges[plan.site]].sum()
    stations = np.asarray(planned.station_rows, dtype=np.int64)[planned.coordination_plan.open_stations]
    if outage.whole_region:
        where = "de hele regio"
    else:
        names = dict(zip(layers.areas["area_code"], layers.areas["name"], strict=True))
        parts = [str(names[code]) for code in outage.gemeenten]
        where = ", ".join([*parts, *(["het getekende gebied"] if outage.area else [])])
    return OutageConsequences(
        where_nl=where,
        persons=int(planned.local.population_persons[exposure.demand_dark].sum()),
        n_yes=int((dark & lnsp & (power == "yes")).sum()),
        n_no=int((dark & lnsp & (power == "no")).sum()),
        n_unknown=int((unknown & lnsp).sum()),
        unknown=outage.unknown,
        n_open=int(dark[rows][plan.open_sites].sum()),
        n_open_unknown=int(hinges[plan.open_sites].sum()),
        persons_on_unknown=float(on_unknown),
        n_stations_unknown=int(unknown[stations].sum()) if SiteRole.CNSP in outage.roles else 0,
    )


def _flood(planned: PlannedStudy, exposure: Exposure, served: BoolArray) -> FloodConsequences | None:
    flood, layers = planned.study.flood, planned.layers
    if flood is None:
        return None
    persons, wet = planned.local.population_persons, exposure.demand_flooded
    rasters = hazard_area(layers, RASTERS)
    beyond = ~rasters.contains_points(xy_m(layers.demand)) if rasters else np.zeros(len(persons), dtype=bool)
    return FloodConsequences(
        n_squares=int((wet & (persons > 0)).sum()),
        persons=int(persons[wet].sum()),
        people=flood.people,
        evacuated=int(persons[wet & ~served].sum()),
        cut_off=int(persons[~wet & ~served].sum()),
        unknown_persons=int(persons[beyond].sum()),
        roads=bool(layers.networks),
    )


def _beside(planned: PlannedStudy, people: pd.DataFrame, existing: ExistingPlan) -> ChangeFromExisting:
    before = existing.people.set_index("demand_id").reindex(people["demand_id"])
    had, has = before["site_id"].fillna("").to_numpy(dtype=object), people["site_id"].fillna("").to_numpy(dtype=object)
    more_m = people["distance_m"].to_numpy(dtype=float) - before["distance_m"].to_numpy(dtype=float)
    persons = planned.local.population_persons
    marks = {"moved": had != has, "farther": more_m >= 1, "lost": (had != "") & (has == "")}
    sites = planned.layers.sites
    opened = {planned.local.site_ids[j] for j in planned.local_plan.open_sites}
    closed = sites[sites["site_id"].isin(existing.lnsp_ids - opened)].sort_values(["gemeente_code", "name"])
    gemeente = planned.layers.demand["gemeente_code"].to_numpy()
    rows = []
    for code, name in zip(planned.layers.areas["area_code"], planned.layers.areas["name"], strict=True):
        here = gemeente == code
        counts = {key: float(persons[here & mark].sum()) for key, mark in marks.items()}
        rows.append(
            {
                "gemeente_code": code,
                "name": name,
                "persons": float(persons[here].sum()),
                **counts,
                "farther_mean_m": _mean(more_m, persons, here & marks["farther"]),
            }
        )
    return ChangeFromExisting(
        n_lnsp=len(existing.lnsp_ids),
        n_cnsp=len(existing.cnsp_ids),
        n_closed=len(closed),
        closed=tuple(closed["name"].astype(str)),
        moved=float(persons[marks["moved"]].sum()),
        farther=float(persons[marks["farther"]].sum()),
        nearer=float(persons[more_m <= -1].sum()),
        farther_mean_m=_mean(more_m, persons, marks["farther"]),
        farther_most_m=float(np.max(more_m, where=marks["farther"] & (persons > 0), initial=0.0)),
        lost=float(persons[marks["lost"]].sum()),
        per_gemeente=pd.DataFrame(rows),
    )


def _mean(value_m: FloatArray, persons: FloatArray, who: BoolArray) -> float:
    total = persons[who].sum()
    return float(value_m[who] @ persons[who] / total) if total > 0 else float("nan")
