"""What one map shows of a plan: the whole region, or one gemeente. In: an evaluation. Out: :class:`View`.

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
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.tables import PlanTables


@dataclass(frozen=True, eq=False)
class View:
    """Rows of the tables of a plan.

    Attributes:
        whole: The whole plan.
        title: Title over the map.
        region_name: Region or gemeente.
        rows: Rows of ``layers.demand`` that are shown, ascending.
        squares: Those rows.
        sites: Buildings shown.
        areas: Gemeenten shown.
        tables: Tables of what is shown; rows of ``demand`` as ``squares``.
        place_names: Places of the squares.
    """

    whole: Evaluation
    title: str
    region_name: str
    rows: IntArray
    squares: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    tables: PlanTables
    place_names: pd.Series

    @property
    def resolution_m(self) -> int:
        """Side of a square of the region; a gemeente may have none."""
        return int(self.whole.layers.demand["resolution_m"].iloc[0])

    @property
    def persons(self) -> FloatArray:
        """Inhabitants of the squares shown."""
        persons: FloatArray = self.whole.persons[self.rows]
        return persons


def whole_view(evaluation: Evaluation) -> View:
    """Everything."""
    layers, premises = evaluation.layers, evaluation.premises
    return View(
        evaluation,
        premises.title,
        premises.region_name,
        np.arange(len(layers.demand), dtype=np.int64),
        layers.demand,
        layers.sites,
        layers.areas,
        evaluation,
        evaluation.place_names,
    )


def view_of_gemeente(evaluation: Evaluation, gemeente_code: str) -> View:
    """One gemeente; ``KeyError`` for a code that is not in the region."""
    layers, allocation = evaluation.layers, evaluation.allocation
    areas, sites = layers.areas, layers.sites
    if gemeente_code not in set(areas["area_code"]):
        raise KeyError(f"{gemeente_code} is no gemeente of the region")
    name = str(areas.set_index("area_code").loc[gemeente_code, "name"])
    lnsps, people = evaluation.lnsps, evaluation.demand
    own = set(lnsps.loc[lnsps["gemeente_code"] == gemeente_code, "site_id"])
    lives_here = (layers.demand["gemeente_code"] == gemeente_code).to_numpy()
    goes_to = evaluation.site_ids[allocation.site]
    comes = np.zeros(len(people), dtype=bool)
    comes[allocation.demand[np.isin(goes_to, list(own))]] = True
    rows: IntArray = np.flatnonzero(lives_here | comes).astype(np.int64)
    used = {*own, *goes_to[np.isin(allocation.demand, rows)]}
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
        whole=evaluation,
        title=f"{evaluation.premises.title}: gemeente {name}",
        region_name=name,
        rows=rows,
        squares=layers.demand.iloc[rows].reset_index(drop=True),
        sites=sites[(sites["gemeente_code"] == gemeente_code) | sites["site_id"].isin(chosen)].reset_index(drop=True),
        areas=areas[areas["area_code"] == gemeente_code].reset_index(drop=True),
        tables=PlanTables(people.iloc[rows].reset_index(drop=True), kept_lnsps, kept_cnsps, indicators),
        place_names=evaluation.place_names.iloc[rows].reset_index(drop=True),
    )
