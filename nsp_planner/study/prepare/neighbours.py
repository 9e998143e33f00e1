"""The region and its neighbours as one problem. In: our problem, people and buildings across. Out: the joint problem.

Model (docs/adr/0008): demand points and sites of the neighbours join level 1. Theirs are open as given, with their own
capacity, or chosen by a number of their own per gemeente; our number, quota, fixed and refused sites stay as they are,
so that a plan still has as many L-NSPs of ours as before. A priced crossing adds metres to the arcs between both sides
in the problem that is solved; afterwards everything is told in the true metres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.config import Study
from nsp_planner.costs.matrix import CostMatrix, FloatArray
from nsp_planner.costs.rows import keep_near
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.capacity import count_capacity
from nsp_planner.layers.tables import Layers, NeighbourLayers
from nsp_planner.plan.instance import BoolArray, LocalInstance, with_costs
from nsp_planner.study.prepare.distances import DistancesOnce
from nsp_planner.study.prepare.instances import LocalProblem

ROUND_OFF = 1e-9
DEMAND_COLUMNS = ["demand_id", "population_persons", "gemeente_code", "area_type", "geometry"]


@dataclass(frozen=True, eq=False)
class JointProblem:
    """The problem of the region and its neighbours.

    Attributes:
        instance: What is solved, n demand points and m sites: ours first, then those of the neighbours.
        is_ours: Shape (m,), sites of the region.
        lives_here: Shape (n,), demand points of the region.
        metres: True distances of the same arcs.
        own: Our problem.
        layers: Our layers.
        neighbours: The neighbours.
        study: The settings.
    """

    instance: LocalInstance
    is_ours: BoolArray
    lives_here: BoolArray
    metres: CostMatrix
    own: LocalProblem
    layers: Layers
    neighbours: NeighbourLayers
    study: Study


def join_neighbours(
    problem: LocalProblem, layers: Layers, study: Study, distances: DistancesOnce | None = None
) -> JointProblem | None:
    """Our problem with that of the neighbours; None where the study has none, or nobody may cross the border.

    Raises:
        SettingsError: The neighbours' sites are to be chosen while only the total number of ours counts.
    """
    neighbours, own = layers.neighbours, problem.instance
    if neighbours is None:
        return None
    theirs, settings = neighbours.demand, study.neighbours
    refused = [status for status, rule in study.decisions.by_status.items() if rule == "refused"]
    sites = neighbours.sites[~neighbours.sites["status"].isin(refused)] if len(neighbours.sites) else neighbours.sites
    neighbours = replace(neighbours, sites=sites.reset_index(drop=True))
    given = settings.sites == "given"
    if not given and own.quota is None:
        fix = 'set ratios.quota_per = "gemeente", or neighbours.sites = "given"'
        message = "the sites of the neighbours cannot be chosen where only the total number of L-NSPs counts"
        raise SettingsError(Fault("study", message, fix, column="neighbours.sites"))
    codes = (*own.gemeente_codes, *neighbours.areas["area_code"])
    place = {str(code): n for n, code in enumerate(codes)}
    is_ours = np.arange(own.n_candidates + len(sites)) < own.n_candidates
    lives_here = np.arange(own.n_demand + len(theirs)) < own.n_demand
    site_gemeente = np.array([place[code] for code in neighbours.sites["gemeente_code"]], dtype=np.int64)
    demand_gemeente = np.array([place[code] for code in theirs["gemeente_code"]], dtype=np.int64)
    persons = theirs["population_persons"].to_numpy(dtype=float)
    weight = np.concatenate([own.weight, persons * settings.weight])
    group = None if own.group is None else np.concatenate([own.group, np.full(len(theirs), -1, dtype=np.int64)])
    metres = keep_near(
        _joint_metres(problem, neighbours, study, distances or DistancesOnce(layers)),
        weight,
        group,
        study.distances.nearest_sites,
    )
    there = np.bincount(site_gemeente - len(own.gemeente_codes), minlength=len(neighbours.areas)).astype(np.int64)
    number = there
    if not given:
        lived = np.bincount(demand_gemeente - len(own.gemeente_codes), persons, len(neighbours.areas))
        wanted = np.array([math.ceil(n / settings.inhabitants_per_lnsp - ROUND_OFF) for n in lived], dtype=np.int64)
        number = np.minimum(wanted, there)
    capacity = np.full(len(sites), study.capacity.persons)
    if len(sites):
        counted = count_capacity(neighbours.sites, study.capacity, study.norms_in_force)
        capacity = counted["counted_persons"].to_numpy(dtype=float)
    norms = study.distances
    kern = (theirs["area_type"] == "kern").to_numpy(dtype=bool)
    theirs_m = np.where(kern, norms.service_distance_kern_m, norms.service_distance_buitengebied_m)
    joined = replace(
        own,
        demand_ids=(*own.demand_ids, *theirs["demand_id"]),
        population_persons=np.concatenate([own.population_persons, persons]),
        weight=weight,
        demand_gemeente=np.concatenate([own.demand_gemeente, demand_gemeente]),
        service_distance_m=np.concatenate([own.service_distance_m, theirs_m]),
        site_ids=(*own.site_ids, *neighbours.sites["site_id"]) if len(sites) else own.site_ids,
        capacity_persons=np.concatenate([own.capacity_persons, capacity * (1 + study.capacity.slack)]),
        site_gemeente=np.concatenate([own.site_gemeente, site_gemeente]),
        fixed=np.concatenate([own.fixed, np.full(len(sites), given)]),
        refused=np.concatenate([own.refused, np.zeros(len(sites), dtype=bool)]),
        gemeente_codes=codes,
        costs=metres,
        n_sites=own.n_sites + int(number.sum()),
        quota=None if own.quota is None else np.concatenate([own.quota, number]),
        min_sites=None if own.min_sites is None else np.concatenate([own.min_sites, number]),
        group=group,
    )
    weighed = _priced(metres, problem, study, is_ours, lives_here)
    instance = joined if weighed is metres else with_costs(joined, weighed)
    return JointProblem(instance, is_ours, lives_here, metres, problem, layers, neighbours, study)


def _joint_metres(
    problem: LocalProblem, neighbours: NeighbourLayers, study: Study, distances: DistancesOnce
) -> CostMatrix:
    """True distances: ours to ours as measured, the other three measured here; refused sites have no arc.

    All of ours, not only the nearest ones of our problem: what all squares of a buurt reach is known with theirs only.
    """
    own, ours_m, layers = problem.instance, problem.distances.costs, distances.layers
    ours_m = ours_m.keep_arcs(~own.refused[ours_m.destination])
    n_demand, n_sites = own.n_demand, own.n_candidates
    parts = [(ours_m.arc_origin, ours_m.destination, ours_m.distance_m)]
    if len(neighbours.sites):
        every = gpd.GeoDataFrame(
            pd.concat([layers.demand[DEMAND_COLUMNS], neighbours.demand[DEMAND_COLUMNS]], ignore_index=True), crs=RD
        )
        costs = distances.between("all to the neighbours' sites", study, every, neighbours.sites).costs
        parts.append((costs.arc_origin, costs.destination + n_sites, costs.distance_m))
    if len(neighbours.demand):
        ours = layers.sites.iloc[problem.site_rows]
        costs = distances.between("the neighbours to our sites", study, neighbours.demand, ours).costs
        costs = costs.keep_arcs(~own.refused[costs.destination])
        parts.append((costs.arc_origin + n_demand, costs.destination, costs.distance_m))
    origin, destination, distance_m = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return CostMatrix.from_arcs(
        origin,
        destination,
        distance_m,
        n_origins=n_demand + len(neighbours.demand),
        n_destinations=n_sites + len(neighbours.sites),
        cutoff_m=own.costs.cutoff_m,
        metric=own.costs.metric,
        metric_nl=own.costs.metric_nl,
    )


def _priced(
    metres: CostMatrix, problem: LocalProblem, study: Study, is_ours: BoolArray, lives_here: BoolArray
) -> CostMatrix:
    """What plans are weighed by: metres, with what circumstances and a priced crossing add."""
    at_site = np.zeros(len(is_ours))
    at_site[is_ours] = problem.effects.penalty_m[problem.site_rows]
    extra: FloatArray = at_site[metres.destination]
    if study.neighbours.cross_border == "priced":
        crosses = lives_here[metres.arc_origin] != is_ours[metres.destination]
        extra = extra + study.neighbours.crossing_penalty_m * crosses
    if not extra.any():
        return metres
    return metres.with_distances(metres.distance_m + extra, metres.cutoff_m + float(extra.max()))
