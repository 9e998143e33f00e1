"""What one map shows of a plan: the whole region, or one gemeente. In: a plan and its tables. Out: :class:`View`.

A view takes rows of tables and computes nothing: the plan, its persons and its loads stay those of the whole region.

Of one gemeente are kept its own squares and those of neighbours whose people go to one of its L-NSPs; its own buildings
and every L-NSP that those people are sent to, and that its own inhabitants walk to or fall back on; its C-NSPs. The
figures of the region become those of the gemeente.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.figures import Figures
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy


@dataclass(frozen=True, eq=False)
class View:
    """Rows of the tables of a plan.

    Attributes:
        planned: The whole plan.
        title: Title over the map.
        region_name: Region or gemeente.
        rows: Rows of ``layers.demand`` that are shown, ascending.
        squares: Those rows.
        sites: Buildings shown.
        areas: Gemeenten shown.
        evaluation: Tables of what is shown; rows of ``demand`` as ``squares``.
        place_names: Places of the squares.
    """

    planned: PlannedStudy
    title: str
    region_name: str
    rows: IntArray
    squares: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    evaluation: Evaluation
    place_names: pd.Series

    @property
    def persons(self) -> FloatArray:
        """Inhabitants of the squares shown."""
        persons: FloatArray = self.planned.local.population_persons[self.rows]
        return persons


def whole_view(figures: Figures) -> View:
    """Everything."""
    planned, evaluation = figures.planned, figures.evaluation
    layers, premises = planned.layers, planned.premises
    rows = np.arange(len(layers.demand), dtype=np.int64)
    return View(
        planned,
        premises.title,
        premises.region_name,
        rows,
        layers.demand,
        layers.sites,
        layers.areas,
        evaluation,
        figures.place_names,
    )


def view_of_gemeente(figures: Figures, gemeente_code: str) -> View:
    """One gemeente; ``KeyError`` for a code that is not in the region."""
    planned, evaluation = figures.planned, figures.evaluation
    areas, sites, plan = planned.layers.areas, planned.layers.sites, planned.local_plan
    if gemeente_code not in set(areas["area_code"]):
        raise KeyError(f"{gemeente_code} is no gemeente of the region")
    name = str(areas.set_index("area_code").loc[gemeente_code, "name"])
    lnsps, people = evaluation.lnsps, evaluation.demand
    own = set(lnsps.loc[lnsps["gemeente_code"] == gemeente_code, "site_id"])
    lives_here = (planned.layers.demand["gemeente_code"] == gemeente_code).to_numpy()
    site_ids = np.asarray(planned.local.site_ids, dtype=object)
    comes = np.zeros(len(people), dtype=bool)
    comes[plan.demand[np.isin(site_ids[plan.site], list(own))]] = True
    rows: IntArray = np.flatnonzero(lives_here | comes).astype(np.int64)
    used = {*own, *site_ids[plan.site[np.isin(plan.demand, rows)]]}
    used |= {s for c in ("nearest_site_id", "second_site_id") for s in people.loc[lives_here, c].dropna()}
    kept_lnsps = lnsps[lnsps["site_id"].isin(used)].reset_index(drop=True)
    cnsps = evaluation.cnsps
    coordinates = lnsps.loc[lnsps["site_id"].isin(own), "cnsp_id"]
    kept_cnsps = cnsps[cnsps["site_id"].isin(coordinates) | (cnsps["gemeente_code"] == gemeente_code)]
    kept_cnsps = kept_cnsps.reset_index(drop=True)
    chosen = {*kept_lnsps["site_id"], *kept_cnsps["site_id"]}
    values = evaluation.indicators[evaluation.indicators["area_code"] == gemeente_code]
    indicators = pd.concat([values.assign(area_level="region"), values], ignore_index=True)
    return View(
        planned=planned,
        title=f"{planned.premises.title}: gemeente {name}",
        region_name=name,
        rows=rows,
        squares=planned.layers.demand.iloc[rows].reset_index(drop=True),
        sites=sites[(sites["gemeente_code"] == gemeente_code) | sites["site_id"].isin(chosen)].reset_index(drop=True),
        areas=areas[areas["area_code"] == gemeente_code].reset_index(drop=True),
        evaluation=Evaluation(people.iloc[rows].reset_index(drop=True), kept_lnsps, kept_cnsps, indicators),
        place_names=figures.place_names.iloc[rows].reset_index(drop=True),
    )
