"""The region and its neighbours as one problem. In: our problem, people and buildings across. Out: who crosses.

Model (docs/adr/0008): demand points and sites of the neighbours join level 1. Theirs are open as given, with their own
capacity, or chosen by a number of their own per gemeente; our number, quota, fixed and refused sites stay as they are,
so that a plan still has as many L-NSPs of ours as before. A priced crossing adds metres to the arcs between both sides
in the problem that is solved; afterwards everything is told in the true metres. What is kept as the plan of the region
has our demand points only, with the noodsteunpunten of the neighbours as sites that are open already.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.config import Study
from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.evaluate.crossing import FLOW_COLUMNS, Crossing
from nsp_planner.layers.rd import RD
from nsp_planner.layers.tables import Layers, NeighbourLayers
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.study.build.distances import measure_people_distances
from nsp_planner.study.build.instances import LocalProblem
from nsp_planner.study.build.plan_settings import keep_near
from nsp_planner.study.circumstances.site_effects import SiteEffects

ROUND_OFF = 1e-9
DEMAND_COLUMNS = ["demand_id", "population_persons", "gemeente_code", "area_type", "geometry"]


@dataclass(frozen=True, eq=False)
class OwnPart:
    """What is left of a joint plan for the region: problem and layers with the neighbours' open sites, the plan."""

    problem: LocalProblem
    layers: Layers
    plan: LocalPlan
    crossing: Crossing


@dataclass(frozen=True, eq=False)
class JointProblem:
    """The problem of the region and its neighbours.

    Attributes:
        instance: What is solved: our demand points and candidates first, then those of the neighbours.
        metres: True distances of the same arcs.
        own: Our problem.
        layers: Our layers.
        neighbours: The neighbours.
        study: The settings.
    """

    instance: LocalInstance
    metres: CostMatrix
    own: LocalProblem
    layers: Layers
    neighbours: NeighbourLayers
    study: Study

    def own_part(self, plan: LocalPlan) -> OwnPart:
        """The plan of the region in a plan of both, and who crosses the border."""
        n_demand, n_sites = self.own.instance.n_demand, self.own.instance.n_candidates
        abroad = plan.open_sites[plan.open_sites >= n_sites]
        position = np.full(self.instance.n_candidates, -1, dtype=np.int64)
        position[:n_sites] = np.arange(n_sites)
        position[abroad] = n_sites + np.arange(len(abroad))
        ours = plan.demand < n_demand
        own_plan = replace(
            plan,
            open_sites=position[plan.open_sites],
            demand=plan.demand[ours],
            site=position[plan.site[ours]],
            share=plan.share[ours],
        )
        sites = self.neighbours.sites.iloc[abroad - n_sites]
        layers = replace(self.layers, sites=_concat(self.layers.sites, sites))
        rows = [*self.own.site_rows, *range(len(self.layers.sites), len(layers.sites))]
        metres = _columns(self.metres, n_demand, position, n_sites + len(abroad))
        instance = self._instance(metres, abroad, n_sites)
        return OwnPart(
            problem=replace(
                self.own,
                instance=instance,
                site_rows=rows,
                effects=_spared(self.own.effects, len(abroad), self.study),
                distances=replace(
                    self.own.distances,
                    costs=_with_more(self.own.distances.costs, metres, n_sites),
                    unreachable=_still_unreachable(self.own.distances.unreachable, instance),
                ),
            ),
            layers=layers,
            plan=own_plan,
            crossing=self._crossing(plan, abroad),
        )

    def _instance(self, costs: CostMatrix, abroad: IntArray, n_sites: int) -> LocalInstance:
        kept = np.concatenate([np.arange(n_sites), abroad])
        own, joint = self.own.instance, self.instance
        n_abroad = np.bincount(joint.site_gemeente[abroad], minlength=len(joint.gemeente_codes))
        n_abroad = n_abroad[len(own.gemeente_codes) :].astype(np.int64)
        return replace(
            own,
            site_ids=tuple(joint.site_ids[j] for j in kept),
            capacity_persons=joint.capacity_persons[kept],
            site_gemeente=joint.site_gemeente[kept],
            fixed=joint.fixed[kept] | (kept >= n_sites),
            refused=joint.refused[kept],
            gemeente_codes=joint.gemeente_codes,
            costs=costs,
            n_sites=own.n_sites + len(abroad),
            quota=None if own.quota is None else np.concatenate([own.quota, n_abroad]),
            min_sites=None if own.min_sites is None else np.concatenate([own.min_sites, n_abroad]),
        )

    def _crossing(self, plan: LocalPlan, abroad: IntArray) -> Crossing:
        n_demand, n_sites = self.own.instance.n_demand, self.own.instance.n_candidates
        joint, settings = self.instance, self.study.neighbours
        names = dict(
            zip(
                [*self.layers.areas["area_code"], *self.neighbours.areas["area_code"]],
                [*self.layers.areas["name"], *self.neighbours.areas["name"]],
                strict=True,
            )
        )
        own_rows = self.layers.sites.iloc[self.own.site_rows]
        facts = pd.concat([pd.DataFrame(own_rows), pd.DataFrame(self.neighbours.sites)], ignore_index=True)
        codes = np.asarray(joint.gemeente_codes, dtype=object)
        persons = plan.persons(joint.population_persons)
        distance = self.metres.lookup(plan.demand, plan.site)
        ours, here = plan.demand < n_demand, plan.site < n_sites
        flows = pd.DataFrame(
            {
                "site_id": np.asarray(joint.site_ids, dtype=object)[plan.site],
                "name": facts["name"].to_numpy(dtype=object)[plan.site],
                "gemeente_code": codes[joint.site_gemeente[plan.site]],
                "from_code": codes[joint.demand_gemeente[plan.demand]],
                "persons": persons,
                "metres": persons * distance,
            }
        )
        sites = facts.iloc[abroad].reset_index(drop=True)
        points = self.neighbours.sites.geometry.iloc[abroad - n_sites]
        load = {side: np.bincount(plan.site[rows], persons[rows], len(facts)) for side, rows in
                (("own", ~ours), ("our", ours))}  # fmt: skip
        theirs = joint.population_persons[n_demand:]
        served = np.bincount(plan.demand, plan.share, joint.n_demand)[n_demand:] > 0
        return Crossing(
            outgoing=_flows(flows[ours & ~here], names),
            incoming=_flows(flows[~ours & here], names),
            sites=pd.DataFrame(
                {
                    "site_id": sites["site_id"],
                    "name": sites["name"],
                    "kind": sites["kind"],
                    "gemeente_code": sites["gemeente_code"],
                    "gemeente_name": sites["gemeente_code"].map(names),
                    "capacity_persons": joint.capacity_persons[abroad] / (1 + self.study.capacity.slack),
                    "own_persons": load["own"][abroad],
                    "our_persons": load["our"][abroad],
                    "x_m": points.x.to_numpy(),
                    "y_m": points.y.to_numpy(),
                }
            ),
            priced_m=settings.crossing_penalty_m if settings.cross_border == "priced" else None,
            buffer_m=settings.buffer_m,
            chosen=settings.sites == "chosen",
            persons=float(theirs.sum()),
            at_home_persons=float(persons[~ours & ~here].sum()),
            unreachable_persons=float(theirs[~served].sum()),
        )


def join_neighbours(problem: LocalProblem, layers: Layers, study: Study) -> JointProblem | None:
    """Our problem with that of the neighbours; None where the study has none, or nobody may cross the border.

    Raises:
        SettingsError: The neighbours' sites are to be chosen while only the total number of ours counts.
    """
    neighbours, own = layers.neighbours, problem.instance
    if neighbours is None:
        return None
    theirs, settings = neighbours.demand, study.neighbours
    sites = (
        neighbours.sites[(neighbours.sites["status"] != "afgevallen")] if len(neighbours.sites) else neighbours.sites
    )
    neighbours = replace(neighbours, sites=sites.reset_index(drop=True))
    given = settings.sites == "given"
    if not given and own.quota is None:
        fix = 'set ratios.quota_per = "gemeente", or neighbours.sites = "given"'
        message = "the sites of the neighbours cannot be chosen where only the total number of L-NSPs counts"
        raise SettingsError(Fault("study", message, fix, column="neighbours.sites"))
    codes = (*own.gemeente_codes, *neighbours.areas["area_code"])
    place = {str(code): n for n, code in enumerate(codes)}
    n_own, n_all = own.n_candidates, own.n_candidates + len(sites)
    site_gemeente = np.array([place[code] for code in neighbours.sites["gemeente_code"]], dtype=np.int64)
    demand_gemeente = np.array([place[code] for code in theirs["gemeente_code"]], dtype=np.int64)
    persons = theirs["population_persons"].to_numpy(dtype=float)
    weight = np.concatenate([own.weight, persons * settings.weight])
    group = None if own.group is None else np.concatenate([own.group, np.full(len(theirs), -1, dtype=np.int64)])
    metres = keep_near(_joint_metres(problem, neighbours, layers, study), weight, group, study.distances.nearest_sites)
    there = np.bincount(site_gemeente - len(own.gemeente_codes), minlength=len(neighbours.areas)).astype(np.int64)
    number = there
    if not given:
        lived = np.bincount(demand_gemeente - len(own.gemeente_codes), persons, len(neighbours.areas))
        wanted = np.array([math.ceil(n / settings.inhabitants_per_lnsp - ROUND_OFF) for n in lived], dtype=np.int64)
        number = np.minimum(wanted, there)
    capacity = np.full(len(sites), study.capacity.persons)
    if len(sites):
        known = neighbours.sites["capacity_persons"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        capacity = np.where(np.isnan(known), study.capacity.persons, known)
    norms = study.distances
    kern = (theirs["area_type"] == "kern").to_numpy(dtype=bool)
    theirs_m = np.where(kern, norms.service_distance_kern_m, norms.service_distance_buitengebied_m)
    priced = _priced(metres, problem, study, own.n_demand, n_own, n_all)
    instance = replace(
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
        costs=priced,
        n_sites=own.n_sites + int(number.sum()),
        quota=None if own.quota is None else np.concatenate([own.quota, number]),
        min_sites=None if own.min_sites is None else np.concatenate([own.min_sites, number]),
        group=group,
    )
    return JointProblem(instance, metres, problem, layers, neighbours, study)


def _joint_metres(problem: LocalProblem, neighbours: NeighbourLayers, layers: Layers, study: Study) -> CostMatrix:
    """True distances: ours to ours as measured, the other three measured here; refused sites have no arc.

    All of ours, not only the nearest ones of our problem: what all squares of a buurt reach is known with theirs only.
    """
    own, ours_m = problem.instance, problem.distances.costs
    ours_m = ours_m.keep_arcs(~own.refused[ours_m.destination])
    n_demand, n_sites = own.n_demand, own.n_candidates
    parts = [(ours_m.arc_origin, ours_m.destination, ours_m.distance_m)]
    if len(neighbours.sites):
        every = gpd.GeoDataFrame(
            pd.concat([layers.demand[DEMAND_COLUMNS], neighbours.demand[DEMAND_COLUMNS]], ignore_index=True), crs=RD
        )
        costs = measure_people_distances(replace(layers, demand=every), study, neighbours.sites).costs
        parts.append((costs.arc_origin, costs.destination + n_sites, costs.distance_m))
    if len(neighbours.demand):
        ours = layers.sites.iloc[problem.site_rows]
        costs = measure_people_distances(replace(layers, demand=neighbours.demand), study, ours).costs
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
    metres: CostMatrix, problem: LocalProblem, study: Study, n_demand: int, n_own: int, n_all: int
) -> CostMatrix:
    """What plans are weighed by: metres, with what circumstances and a priced crossing add."""
    at_site = np.zeros(n_all)
    at_site[:n_own] = problem.effects.penalty_m[problem.site_rows]
    extra: FloatArray = at_site[metres.destination]
    if study.neighbours.cross_border == "priced":
        crosses = (metres.arc_origin < n_demand) != (metres.destination < n_own)
        extra = extra + study.neighbours.crossing_penalty_m * crosses
    if not extra.any():
        return metres
    return metres.with_distances(metres.distance_m + extra, metres.cutoff_m + float(extra.max()))


def _columns(metres: CostMatrix, n_demand: int, position: IntArray, n_destinations: int) -> CostMatrix:
    """Only the first origins and the destinations that have a position, at that position."""
    kept = (metres.arc_origin < n_demand) & (position[metres.destination] >= 0)
    return CostMatrix.from_arcs(
        metres.arc_origin[kept],
        position[metres.destination[kept]],
        metres.distance_m[kept],
        n_origins=n_demand,
        n_destinations=n_destinations,
        cutoff_m=metres.cutoff_m,
        metric=metres.metric,
        metric_nl=metres.metric_nl,
    )


def _with_more(costs: CostMatrix, metres: CostMatrix, n_own: int) -> CostMatrix:
    """Every distance to our candidates, and those to the neighbours' sites, which come after ``n_own``."""
    more = metres.destination >= n_own
    wider = replace(costs, n_destinations=metres.n_destinations)
    return wider.with_arcs(metres.arc_origin[more], metres.destination[more], metres.distance_m[more])


def _spared(effects: SiteEffects, n_more: int, study: Study) -> SiteEffects:
    """The same with more sites that nothing happens to, as what strikes the neighbours is not known; ours pay to go."""
    safe = np.zeros(n_more, dtype=bool)
    priced_m = study.neighbours.crossing_penalty_m if study.neighbours.cross_border == "priced" else 0.0
    return replace(
        effects,
        lnsp_dropped=np.concatenate([effects.lnsp_dropped, safe]),
        cnsp_dropped=np.concatenate([effects.cnsp_dropped, safe]),
        dark=np.concatenate([effects.dark, safe]),
        penalty_m=np.concatenate([effects.penalty_m, np.full(n_more, priced_m)]),
    )


def _still_unreachable(table: pd.DataFrame, instance: LocalInstance) -> pd.DataFrame:
    """Of the demand points without a candidate of ours, those without one across the border too."""
    reached = {point for point, reached in zip(instance.demand_ids, instance.reachable, strict=True) if reached}
    return table if table.empty else table[~table["id"].isin(reached)].reset_index(drop=True)


def _concat(ours: gpd.GeoDataFrame, theirs: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if theirs.empty:
        return ours
    return gpd.GeoDataFrame(pd.concat([ours, theirs[list(ours.columns)]], ignore_index=True), crs=RD)


def _flows(flows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    keys = ["site_id", "name", "gemeente_code", "from_code"]
    table = flows.groupby(keys, as_index=False)[["persons", "metres"]].sum()
    table = table.assign(
        gemeente_name=table["gemeente_code"].map(names),
        from_name=table["from_code"].map(names),
        mean_distance_m=table["metres"] / table["persons"].where(table["persons"] > 0),
    )
    table = table.sort_values(["persons", "site_id", "from_code"], ascending=[False, True, True], ignore_index=True)
    return pd.DataFrame(table[list(FLOW_COLUMNS)])
