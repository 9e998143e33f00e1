"""The rows that published columns are made from. In: an evaluation. Out: a row per building.

What an evaluation says of a building stands before what the list of sites says of it.
"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.unfit import UNFIT_COLUMNS
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.report.text.choices import why_nl
from nsp_planner.report.text.coordination import station_rules_nl
from nsp_planner.report.text.dutch import BASIS_NL, ROLE_CNSP, ROLE_LNSP, YES_NO, row_nl
from nsp_planner.report.text.to_check import to_check_nl


def site_rows(evaluation: Evaluation, site_ids: Iterable[str]) -> gpd.GeoDataFrame:
    """The sites with these ids in this order: the columns of ``layers.sites``, provisions in Dutch, gemeente_name.

    With what each counts for as an L-NSP, missing for what cannot be one, why it is chosen or not, what to check of it.
    """
    names = evaluation.layers.areas.set_index("area_code")["name"]
    counted = evaluation.counted[evaluation.layers.sites["can_be_lnsp"]]
    sites = evaluation.layers.sites.join(counted).set_index("site_id").loc[list(site_ids)].reset_index()
    gemeente = sites["gemeente_code"].map(names).fillna(sites["gemeente_code"])
    why = sites["site_id"].map(why_nl(evaluation, sites["site_id"])).astype(object).fillna("")
    basis = sites["capacity_basis"].map(BASIS_NL)
    told = {name: sites[name].map(YES_NO) for name in GAP_COLUMNS}
    rules = sites["site_id"].map(station_rules_nl(evaluation)).astype(object)
    check = sites["site_id"].map(to_check_nl(evaluation)).astype(object)
    words = {"why": why, "to_check": check, "station_rule": rules, **told}
    return sites.assign(gemeente_name=gemeente, capacity_basis=basis, **words)


def evaluated_rows(evaluation: Evaluation, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """The sites of a table of an evaluation, in its order, with what it says of them."""
    rows = site_rows(evaluation, table["site_id"])
    told = [str(name) for name in table.columns if name != "capacity_basis"]
    return rows.assign(**{name: table[name].array for name in told})


def lnsp_rows(evaluation: Evaluation) -> gpd.GeoDataFrame:
    """The open L-NSPs of the region."""
    return evaluated_rows(evaluation, evaluation.lnsps).assign(role=ROLE_LNSP)


def cnsp_rows(evaluation: Evaluation) -> gpd.GeoDataFrame:
    """The C-NSPs."""
    return evaluated_rows(evaluation, evaluation.cnsps).assign(role=ROLE_CNSP)


def candidate_rows(evaluation: Evaluation) -> gpd.GeoDataFrame:
    """The sites of the region that are not chosen."""
    chosen = {*evaluation.lnsps["site_id"], *evaluation.cnsps["site_id"]}
    ids = evaluation.layers.sites["site_id"]
    return site_rows(evaluation, ids[~ids.isin(chosen) & evaluation.is_ours])


def unfit_rows(evaluation: Evaluation) -> gpd.GeoDataFrame:
    """Buildings of the lists that are no candidates, by rule and name; an empty point where one has no place."""
    layers = evaluation.layers
    unfit = pd.DataFrame(columns=list(UNFIT_COLUMNS)) if layers.unfit is None else layers.unfit
    rows = unfit[unfit["site_id"] == unfit["building_id"]]
    names = layers.areas.set_index("area_code")["name"]
    points = gpd.points_from_xy(rows["x_m"].astype("float64"), rows["y_m"].astype("float64"))
    told = rows.assign(gemeente_name=rows["gemeente_code"].map(names), source_row_id=rows["source_row_id"].map(row_nl))
    return gpd.GeoDataFrame(told, geometry=points, crs=RD)
