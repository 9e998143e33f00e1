"""The region in a plan of both. In: a joint problem and its plan. Out: the part of the region, and who crosses.

What is kept as the plan of the region has our demand points only, with the noodsteunpunten of the neighbours as sites
that are open already. Every figure of the region is made of that part. Value, bound and gap are not: they stay those of
the joint problem, for of the region alone nothing is proven; ``Goal.own_value`` is our part of the value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.config import Study
from nsp_planner.costs.matrix import CostMatrix, IntArray
from nsp_planner.evaluate.solved.crossing import FLOW_COLUMNS, Crossing
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.capacity import count_capacity
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import BoolArray, LocalInstance
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.study.circumstances.site_effects import SiteEffects
from nsp_planner.study.prepare.instances import LocalProblem
from nsp_planner.study.prepare.neighbours import JointProblem


@dataclass(frozen=True, eq=False)
class OwnPart:
    """The region in a plan.

    Attributes:
        problem: Level 1 with our demand points, our candidates and the neighbours' open sites.
        layers: Our layers, with the neighbours' open sites.
        plan: Its plan; value and bound are those of what was solved, which has the neighbours' people in it.
        lnsp_rows: Rows in ``layers.sites`` of the open L-NSPs of ours.
        crossing: Who crosses the border; None where nobody may.
    """

    problem: LocalProblem
    layers: Layers
    plan: LocalPlan
    lnsp_rows: list[int]
    crossing: Crossing | None


def own_part(problem: LocalProblem, layers: Layers, joint: JointProblem | None, plan: LocalPlan) -> OwnPart:
    """The plan of the region: all of it where there are no neighbours, or its part in a plan of both."""
    if joint is None:
        return OwnPart(problem, layers, plan, [problem.site_rows[j] for j in plan.open_sites], None)
    is_open = np.zeros(joint.instance.n_candidates, dtype=bool)
    is_open[plan.open_sites] = True
    kept = joint.is_ours | is_open
    position = np.where(kept, np.cumsum(kept) - 1, -1)
    here = joint.lives_here[plan.demand]
    own_plan = replace(
        plan,
        open_sites=position[plan.open_sites],
        demand=plan.demand[here],
        site=position[plan.site[here]],
        share=plan.share[here],
    )
    abroad = is_open[~joint.is_ours]
    all_layers = replace(layers, sites=_concat(layers.sites, joint.neighbours.sites[abroad]))
    rows = [*problem.site_rows, *range(len(layers.sites), len(all_layers.sites))]
    metres = _columns(joint.metres, joint.lives_here, position)
    instance = _instance(joint, metres, kept)
    distances = problem.distances
    return OwnPart(
        problem=replace(
            problem,
            instance=instance,
            site_rows=rows,
            effects=_spared(problem.effects, int(abroad.sum()), joint.study),
            distances=replace(
                distances,
                costs=_with_more(distances.costs, metres, problem.instance.n_candidates),
                unreachable=_still_unreachable(distances.unreachable, instance),
            ),
        ),
        layers=all_layers,
        plan=own_plan,
        lnsp_rows=[problem.site_rows[j] for j in plan.open_sites[joint.is_ours[plan.open_sites]]],
        crossing=_crossing(joint, plan, is_open & ~joint.is_ours),
    )


def _instance(joint: JointProblem, costs: CostMatrix, kept: BoolArray) -> LocalInstance:
    """Our problem with the sites kept; the neighbours' are fixed and come in numbers of their own."""
    own, both = joint.own.instance, joint.instance
    abroad = kept & ~joint.is_ours
    n_abroad = np.bincount(both.site_gemeente[abroad], minlength=len(both.gemeente_codes))
    n_abroad = n_abroad[len(own.gemeente_codes) :].astype(np.int64)
    return replace(
        own,
        site_ids=tuple(both.site_ids[j] for j in np.flatnonzero(kept)),
        capacity_persons=both.capacity_persons[kept],
        site_gemeente=both.site_gemeente[kept],
        fixed=(both.fixed | abroad)[kept],
        refused=both.refused[kept],
        gemeente_codes=both.gemeente_codes,
        costs=costs,
        n_sites=own.n_sites + int(abroad.sum()),
        quota=None if own.quota is None else np.concatenate([own.quota, n_abroad]),
        min_sites=None if own.min_sites is None else np.concatenate([own.min_sites, n_abroad]),
    )


def _crossing(joint: JointProblem, plan: LocalPlan, opened: BoolArray) -> Crossing:
    """Who crosses, and the neighbours' sites that are open: ``opened``, shape (m,)."""
    both, settings, abroad = joint.instance, joint.study.neighbours, np.flatnonzero(opened)
    names = dict(
        zip(
            [*joint.layers.areas["area_code"], *joint.neighbours.areas["area_code"]],
            [*joint.layers.areas["name"], *joint.neighbours.areas["name"]],
            strict=True,
        )
    )
    own_rows = joint.layers.sites.iloc[joint.own.site_rows]
    facts = pd.concat([pd.DataFrame(own_rows), pd.DataFrame(joint.neighbours.sites)], ignore_index=True)
    codes = np.asarray(both.gemeente_codes, dtype=object)
    persons = plan.persons(both.population_persons)
    distance = joint.metres.lookup(plan.demand, plan.site)
    ours, here = joint.lives_here[plan.demand], joint.is_ours[plan.site]
    flows = pd.DataFrame(
        {
            "site_id": np.asarray(both.site_ids, dtype=object)[plan.site],
            "name": facts["name"].to_numpy(dtype=object)[plan.site],
            "gemeente_code": codes[both.site_gemeente[plan.site]],
            "from_code": codes[both.demand_gemeente[plan.demand]],
            "persons": persons,
            "metres": persons * distance,
        }
    )
    sites = facts.iloc[abroad].reset_index(drop=True)
    counted = count_capacity(sites, joint.study.capacity, joint.study.norms_in_force)
    points = joint.neighbours.sites.geometry[opened[~joint.is_ours]]
    load = {
        side: np.bincount(plan.site[rows], persons[rows], len(facts)) for side, rows in (("own", ~ours), ("our", ours))
    }
    theirs = both.population_persons[~joint.lives_here]
    served = np.bincount(plan.demand, plan.share, both.n_demand)[~joint.lives_here] > 0
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
                **counted.to_dict("series"),
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


def _columns(metres: CostMatrix, lives_here: BoolArray, position: IntArray) -> CostMatrix:
    """Only our demand points, and the destinations that have a position, at that position."""
    kept = lives_here[metres.arc_origin] & (position[metres.destination] >= 0)
    return CostMatrix.from_arcs(
        metres.arc_origin[kept],
        position[metres.destination[kept]],
        metres.distance_m[kept],
        n_origins=int(lives_here.sum()),
        n_destinations=int(position.max(initial=-1)) + 1,
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
