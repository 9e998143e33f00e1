"""Layers to instances. In: checked tables and a study. Out: the frozen problem of level 1, and of level 2."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from nsp_planner.config import SiteRole, Study
from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.costs.rows import keep_near
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.layers.sites.capacity import count_capacity
from nsp_planner.layers.sites.standing import check_named, check_not_both, standing
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import CoordinationInstance, LocalInstance, priced
from nsp_planner.plan.objective import objective
from nsp_planner.study.circumstances.existing_plan import ExistingPlan
from nsp_planner.study.circumstances.numbers import SiteNumbers, numbers_to_open
from nsp_planner.study.circumstances.site_effects import SiteEffects, refuse_lnsps, site_effects
from nsp_planner.study.prepare.distances import DistancesOnce, PeopleDistances, measure_road_distances
from nsp_planner.study.prepare.fixed_numbers import check_fixed_fit
from nsp_planner.study.prepare.plan_settings import DIVISIBILITY, buurten_of, numbers_for
from nsp_planner.study.prepare.preferred_kinds import prefer_kinds
from nsp_planner.study.prepare.ratios import (
    lnsps_in_region,
    lnsps_per_cnsp,
    lnsps_per_gemeente,
)
from nsp_planner.study.prepare.site_prices import site_prices_m
from nsp_planner.study.prepare.stations import check_enough_stations, find_stations
from nsp_planner.study.prepare.weights import counted_for_number, objective_weight


@dataclass(frozen=True, eq=False)
class LocalProblem:
    """Level 1 with what is needed to read its plan.

    Attributes:
        instance: The frozen problem, in the distances people walk.
        site_rows: Row in ``layers.sites`` of each candidate of the instance.
        distances: Every distance within the cutoff, also those the instance leaves out, and who has none.
        effects: What circumstances do to buildings.
        normal: L-NSPs to open in normal circumstances.
    """

    instance: LocalInstance
    site_rows: list[int]
    distances: PeopleDistances
    effects: SiteEffects
    normal: SiteNumbers

    @property
    def extra_m(self) -> FloatArray | None:
        """Shape (m,), metres that count extra on the way to each candidate; None where nothing does."""
        extra_m = self.effects.penalty_m[self.site_rows]
        return extra_m if extra_m.any() else None

    @cached_property
    def priced(self) -> LocalInstance:
        """The problem as plans are weighed: the instance with what buildings are priced at in its costs."""
        return priced(self.instance, self.extra_m)


def build_local_problem(
    layers: Layers,
    study: Study,
    existing: ExistingPlan | None = None,
    distances: DistancesOnce | None = None,
    *,
    stations_too: bool = False,
) -> LocalProblem:
    """Level 1 of a study, chosen among the sites of the existing plan where one is given.

    Args:
        layers: The checked tables.
        study: The settings.
        existing: The plan the choice is limited to.
        distances: Distances in these layers; None measures them.
        stations_too: Whether to look for too few stations first, before anything is measured.

    Raises:
        SettingsError: A fixed or refused id is no candidate, or circumstances name what is not there.
        NoPlanError: All candidates drop out, or there are too few stations.
    """
    can_be = layers.sites["can_be_lnsp"].to_numpy(dtype=bool)
    rows = np.flatnonzero(can_be)
    sites = layers.sites.iloc[rows]
    site_ids = tuple(sites["site_id"])
    faults = Faults()
    left_out = () if layers.unfit is None else tuple(layers.unfit["site_id"])
    check_named(layers, study.decisions.fixed, site_ids, "decisions.fixed", faults)
    check_named(layers, study.decisions.refused, (*site_ids, *left_out), "decisions.refused", faults)
    check_not_both(layers, study.decisions, SiteRole.LNSP, faults)
    faults.raise_if_any(SettingsError)
    known = standing(layers, study.decisions, SiteRole.LNSP)
    effects = site_effects(layers, study)
    fixed, refused = refuse_lnsps(effects, rows, known.fixed[rows], known.refused[rows])
    counted = counted_for_number(layers, study)
    per_gemeente = lnsps_per_gemeente(counted, study.ratios)
    fixed, refused = prefer_kinds(layers, study, sites, per_gemeente, fixed, refused)
    codes = tuple(layers.areas["area_code"])
    demand_gemeente = _positions(layers.demand["gemeente_code"], codes)
    site_gemeente = _positions(sites["gemeente_code"], codes)
    if existing is not None:
        in_hand = np.isin(np.asarray(site_ids, dtype=object), np.asarray(sorted(existing.lnsp_ids), dtype=object))
        fixed, refused = np.zeros_like(fixed), refused | ~in_hand
    agreed = known if existing is None else None
    effects = replace(effects, penalty_m=site_prices_m(layers, study, effects, agreed, rows, fixed, refused))
    weight = objective_weight(layers, study)
    group, group_ids = buurten_of(layers, study)
    by_quota = study.ratios.quota_per == "gemeente"
    population = layers.demand["population_persons"].to_numpy(dtype=float)
    kern = (layers.demand["area_type"] == "kern").to_numpy(dtype=bool)
    room = count_capacity(sites, study.capacity, study.norms_in_force)
    capacity = room["counted_persons"].to_numpy(dtype=float) * (1 + study.capacity.slack)
    normal = SiteNumbers(
        int(per_gemeente.sum()) if by_quota else lnsps_in_region(counted, study.ratios),
        per_gemeente if by_quota else None,
        None if by_quota else np.ones(len(codes), dtype=np.int64),
    )
    numbers = numbers_to_open(layers, study, existing, normal, site_gemeente, ~refused)
    finds_number = objective(study.plan.objective).finds_number
    if not finds_number:
        check_fixed_fit(layers, known, rows, fixed, numbers)
    if stations_too:
        n_lnsp = max(int(fixed.sum()), 1) if finds_number else numbers.n_sites
        stations = find_stations(layers, study, n_lnsp, effects, existing)
        check_enough_stations(stations, n_lnsp, study, at_least=finds_number)
    measured = (distances or DistancesOnce(layers)).of(study)
    costs = measured.costs
    if not study.distances.cross_border:
        costs = costs.keep_arcs(demand_gemeente[costs.arc_origin] == site_gemeente[costs.destination])
    costs = keep_near(costs.keep_arcs(~refused[costs.destination]), weight, group, study.distances.nearest_sites)
    numbers = numbers_for(study, numbers, ~refused, site_gemeente)
    instance = LocalInstance(
        demand_ids=tuple(layers.demand["demand_id"]),
        population_persons=population,
        weight=weight,
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
        n_sites=numbers.n_sites,
        quota=numbers.quota,
        min_sites=numbers.min_sites,
        objective=study.plan.objective,
        divisibility=DIVISIBILITY[study.plan.demand_points],
        group=group,
        group_ids=group_ids,
        percentile=study.plan.percentile,
        share=study.plan.share,
    )
    return LocalProblem(instance, [int(row) for row in rows], measured, effects, normal)


def build_coordination(
    layers: Layers, study: Study, lnsp_rows: list[int], effects: SiteEffects, existing: ExistingPlan | None = None
) -> tuple[CoordinationInstance, list[int]]:
    """Level 2 for the open L-NSPs at these rows of ``layers.sites``, and the row of each station.

    An open L-NSP is no station: a building is one thing at a time. Where circumstances leave fewer stations than the
    ratio asks for, all that are left open and each may have more L-NSPs.

    Raises:
        SettingsError: An unknown id. NoPlanError: there is no station, or all drop out.
    """
    found = find_stations(layers, study, len(lnsp_rows), effects, existing, lnsp_rows)
    lnsps, stations = layers.sites.iloc[lnsp_rows], layers.sites.iloc[found.rows]
    codes = tuple(layers.areas["area_code"])
    costs = measure_road_distances(layers, study, lnsps, stations, usable=~found.refused)
    instance = CoordinationInstance(
        lnsp_ids=tuple(lnsps["site_id"]),
        lnsp_gemeente=_positions(lnsps["gemeente_code"], codes),
        station_ids=found.ids,
        station_gemeente=_positions(stations["gemeente_code"], codes),
        fixed=found.fixed,
        refused=found.refused,
        costs=costs,
        n_coordinators=found.n_coordinators,
        max_lnsp_per_cnsp=found.most,
        lnsp_per_cnsp=lnsps_per_cnsp(study.ratios),
        load_price_m=study.ratios.load_price_m,
        min_lnsp_per_cnsp=study.ratios.min_lnsp_per_cnsp,
        other_gemeente_penalty_m=study.distances.other_gemeente_penalty_m,
        station_price_m=found.price_m,
    )
    return instance, [int(row) for row in found.rows]


def _positions(codes: object, gemeente_codes: tuple[str, ...]) -> IntArray:
    position = {code: i for i, code in enumerate(gemeente_codes)}
    return np.array([position[code] for code in codes], dtype=np.int64)  # type: ignore[attr-defined]
