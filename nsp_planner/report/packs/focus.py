"""One gemeente of a plan. In: a planned study, its evaluation and a code. Out: the same plan, seen from that gemeente.

Kept are the squares of the gemeente and those of neighbours whose people go to one of its L-NSPs; its own buildings and
every L-NSP that those people are sent to, and that its own inhabitants walk to or fall back on; its C-NSPs. Persons
and loads of an L-NSP stay those of the whole plan. Figures of the region become those of the gemeente.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import CostMatrix, IntArray
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.solution import LocalPlan


def focus_on(planned: PlannedStudy, evaluation: Evaluation, gemeente_code: str) -> tuple[PlannedStudy, Evaluation]:
    """The plan and its tables for one gemeente; ``KeyError`` for a code that is not in the region."""
    areas = planned.layers.areas
    if gemeente_code not in set(areas["area_code"]):
        raise KeyError(f"{gemeente_code} is no gemeente of the region")
    name = str(areas.set_index("area_code").loc[gemeente_code, "name"])
    lnsps, people = evaluation.lnsps, evaluation.demand
    own = set(lnsps.loc[lnsps["gemeente_code"] == gemeente_code, "site_id"])
    lives_here = (planned.layers.demand["gemeente_code"] == gemeente_code).to_numpy()
    plan = planned.local_plan
    site_ids = np.asarray(planned.local.site_ids, dtype=object)
    comes = np.zeros(len(people), dtype=bool)
    comes[plan.demand[np.isin(site_ids[plan.site], list(own))]] = True
    rows: IntArray = np.flatnonzero(lives_here | comes).astype(np.int64)
    kept_people = people.iloc[rows].reset_index(drop=True)
    kept_plan = np.isin(plan.demand, rows)
    used = {*own, *site_ids[plan.site[kept_plan]]}
    used |= {s for c in ("nearest_site_id", "second_site_id") for s in people.loc[lives_here, c].dropna()}
    kept_lnsps = lnsps[lnsps["site_id"].isin(used)].reset_index(drop=True)
    cnsps = evaluation.cnsps
    coordinates = lnsps.loc[lnsps["site_id"].isin(own), "cnsp_id"]
    kept_cnsps = cnsps[cnsps["site_id"].isin(coordinates) | (cnsps["gemeente_code"] == gemeente_code)]
    kept_cnsps = kept_cnsps.reset_index(drop=True)
    study = planned.study.change(title=f"{planned.study.title}: gemeente {name}", region={"name": name})
    focused = replace(
        planned,
        study=study,
        layers=_layers(planned, gemeente_code, rows, {*kept_lnsps["site_id"], *kept_cnsps["site_id"]}),
        local=_instance(planned.local, rows),
        local_plan=_plan(plan, rows, kept_plan),
        distances=_rows_of(planned.distances, rows),
    )
    indicators = evaluation.indicators
    figures = indicators[indicators["area_code"] == gemeente_code]
    as_region = figures.assign(area_level="region")
    return focused, Evaluation(
        kept_people, kept_lnsps, kept_cnsps, pd.concat([as_region, figures], ignore_index=True)
    )  # fmt: skip


def _layers(planned: PlannedStudy, code: str, rows: IntArray, used: set[str]) -> Layers:
    layers = planned.layers
    sites = layers.sites
    return replace(
        layers,
        demand=layers.demand.iloc[rows].reset_index(drop=True),
        sites=sites[(sites["gemeente_code"] == code) | sites["site_id"].isin(used)].reset_index(drop=True),
        areas=layers.areas[layers.areas["area_code"] == code].reset_index(drop=True),
        calibration=layers.calibration[layers.calibration["area_code"] == code].reset_index(drop=True),
    )


def _instance(instance: LocalInstance, rows: IntArray) -> LocalInstance:
    return replace(
        instance,
        demand_ids=tuple(instance.demand_ids[i] for i in rows),
        population_persons=instance.population_persons[rows],
        weight=instance.weight[rows],
        demand_gemeente=instance.demand_gemeente[rows],
        service_distance_m=instance.service_distance_m[rows],
        costs=_rows_of(instance.costs, rows),
    )


def _plan(plan: LocalPlan, rows: IntArray, kept: np.ndarray) -> LocalPlan:
    return replace(
        plan, demand=np.searchsorted(rows, plan.demand[kept]), site=plan.site[kept], share=plan.share[kept]
    )  # fmt: skip


def _rows_of(costs: CostMatrix, rows: IntArray) -> CostMatrix:
    """Only these origins, in this (ascending) order."""
    wanted = np.zeros(costs.n_origins, dtype=bool)
    wanted[rows] = True
    arcs = wanted[costs.arc_origin]
    indptr = np.concatenate([[0], np.cumsum(np.diff(costs.indptr)[rows])]).astype(np.int64)
    return replace(costs, indptr=indptr, destination=costs.destination[arcs], distance_m=costs.distance_m[arcs])
