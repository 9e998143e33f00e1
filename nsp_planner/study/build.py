"""Layers to instances. In: checked tables and a study. Out: the frozen problem of level 1, and of level 2."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np

from nsp_planner.config import Study
from nsp_planner.costs.matrix import IntArray
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import BoolArray, CoordinationInstance, Divisibility, LocalInstance, Objective
from nsp_planner.study.distances import PeopleDistances, measure_people_distances, measure_road_distances
from nsp_planner.study.kinds import prefer_kinds
from nsp_planner.study.numbers import lnsps_in_region, lnsps_per_gemeente, max_lnsps_per_cnsp, n_cnsps


@dataclass(frozen=True, eq=False)
class LocalProblem:
    """Level 1 with what is needed to read its plan.

    Attributes:
        instance: The frozen problem.
        site_rows: Row in ``layers.sites`` of each candidate of the instance.
        distances: Every distance within the cutoff, also those the instance leaves out, and who has none.
    """

    instance: LocalInstance
    site_rows: list[int]
    distances: PeopleDistances


def build_local_problem(layers: Layers, study: Study) -> LocalProblem:
    """Level 1 of a study; ``SettingsError`` when a fixed or refused id is no candidate."""
    can_be = layers.sites["can_be_lnsp"].to_numpy(dtype=bool)
    rows = np.flatnonzero(can_be)
    sites = layers.sites.iloc[rows]
    site_ids = tuple(sites["site_id"])
    faults = Faults()
    aliases = merged_ids(layers)
    fixed = _marked(study.decisions.fixed, site_ids, aliases, "decisions.fixed", faults)
    refused = _marked(study.decisions.refused, site_ids, aliases, "decisions.refused", faults)
    faults.raise_if_any(SettingsError)
    refused |= (sites["status"] == "afgevallen").to_numpy(dtype=bool) & ~fixed
    per_gemeente = lnsps_per_gemeente(layers.calibration, study.ratios)
    fixed, refused = prefer_kinds(layers, study, sites, per_gemeente, fixed, refused)
    codes = tuple(layers.areas["area_code"])
    demand_gemeente = _positions(layers.demand["gemeente_code"], codes)
    site_gemeente = _positions(sites["gemeente_code"], codes)
    distances = measure_people_distances(layers, study, sites)
    costs = distances.costs
    if not study.distances.cross_border:
        costs = costs.keep_arcs(demand_gemeente[costs.arc_origin] == site_gemeente[costs.destination])
    costs = costs.keep_arcs(~refused[costs.destination]).keep_nearest(study.distances.nearest_sites)
    by_quota = study.ratios.quota_per == "gemeente"
    population = layers.demand["population_persons"].to_numpy(dtype=float)
    kern = (layers.demand["area_type"] == "kern").to_numpy(dtype=bool)
    own_capacity = sites["capacity_persons"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    capacity = np.where(np.isnan(own_capacity), study.capacity.persons, own_capacity) * (1 + study.capacity.slack)
    instance = LocalInstance(
        demand_ids=tuple(layers.demand["demand_id"]),
        population_persons=population,
        weight=population,
        demand_gemeente=demand_gemeente,
        service_distance_m=np.where(
            kern, study.distances.service_distance_kern_m, study.distances.service_distance_buitengebied_m
        ),
        site_ids=site_ids,
        capacity_persons=capacity,
        site_gemeente=site_gemeente,
        fixed=fixed,
        refused=refused,
        gemeente_codes=codes,
        costs=costs,
        n_sites=int(per_gemeente.sum()) if by_quota else lnsps_in_region(layers.calibration, study.ratios),
        quota=per_gemeente if by_quota else None,
        min_sites=None if by_quota else np.ones(len(codes), dtype=np.int64),
        objective=Objective(study.plan.objective),
        divisibility=Divisibility.WHOLE_POINTS if study.plan.demand_points == "whole" else Divisibility.DIVISIBLE,
    )
    return LocalProblem(instance, [int(row) for row in rows], distances)


def build_coordination(layers: Layers, study: Study, lnsp_rows: list[int]) -> tuple[CoordinationInstance, list[int]]:
    """Level 2 for the open L-NSPs at these rows of ``layers.sites``, and the row of each station.

    An open L-NSP is no station: a building is one thing at a time. Raises ``SettingsError`` for an unknown id.
    """
    can_be = layers.sites["can_be_cnsp"].to_numpy(dtype=bool).copy()
    can_be[lnsp_rows] = False
    rows = np.flatnonzero(can_be)
    lnsps, stations = layers.sites.iloc[lnsp_rows], layers.sites.iloc[rows]
    station_ids = tuple(stations["site_id"])
    faults = Faults()
    aliases = merged_ids(layers)
    fixed = _marked(study.decisions.fixed_cnsp, station_ids, aliases, "decisions.fixed_cnsp", faults)
    refused = _marked(study.decisions.refused_cnsp, station_ids, aliases, "decisions.refused_cnsp", faults)
    faults.raise_if_any(SettingsError)
    refused |= (stations["status"] == "afgevallen").to_numpy(dtype=bool) & ~fixed
    codes = tuple(layers.areas["area_code"])
    costs = measure_road_distances(layers, study, lnsps, stations)
    instance = CoordinationInstance(
        lnsp_ids=tuple(lnsps["site_id"]),
        lnsp_gemeente=_positions(lnsps["gemeente_code"], codes),
        station_ids=station_ids,
        station_gemeente=_positions(stations["gemeente_code"], codes),
        fixed=fixed,
        refused=refused,
        costs=costs,
        n_coordinators=n_cnsps(len(lnsp_rows), study.ratios),
        max_lnsp_per_cnsp=max_lnsps_per_cnsp(study.ratios),
        min_lnsp_per_cnsp=study.ratios.min_lnsp_per_cnsp,
        other_gemeente_penalty_m=study.distances.other_gemeente_penalty_m,
    )
    return instance, [int(row) for row in rows]


def _positions(codes: object, gemeente_codes: tuple[str, ...]) -> IntArray:
    position = {code: i for i, code in enumerate(gemeente_codes)}
    return np.array([position[code] for code in codes], dtype=np.int64)  # type: ignore[attr-defined]


def merged_ids(layers: Layers) -> dict[str, str]:
    """The site's id per id of a raw row that became one building with others."""
    if layers.merged.empty:
        return {}
    row_ids = layers.merged["source"] + ":" + layers.merged["source_row_id"]
    return dict(zip(row_ids, layers.merged["site_id"], strict=True))


def _marked(
    wanted: tuple[str, ...], known: tuple[str, ...], aliases: dict[str, str], key: str, faults: Faults
) -> BoolArray:
    ids = [aliases.get(site_id, site_id) for site_id in wanted]
    for given, site_id in zip(wanted, ids, strict=True):
        if site_id not in set(known):
            near = difflib.get_close_matches(given, known, n=1)
            fix = f"did you mean {near[0]!r}?" if near else "take the id from the candidate list of a run"
            faults.add("study", f"site {given!r} is no candidate here", fix, column=key)
    return np.isin(np.asarray(known, dtype=object), np.asarray(ids, dtype=object))
