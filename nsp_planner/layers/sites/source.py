"""Candidate buildings of one source. In: CSV, Excel, GeoPackage or GeoJSON. Out: one row per row of the file, in RD.

Everything is read as text, mapped to the fields of the sites table, checked and placed in a gemeente. Merging rows
on one building is the work of :mod:`~nsp_planner.layers.sites.buildings`.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from nsp_planner.config import SitesInput
from nsp_planner.layers.raw.coordinates import read_coordinates
from nsp_planner.layers.raw.files import ANY_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.locate import find_gemeente, normalise_code
from nsp_planner.layers.raw.rows import Rows, read_rows
from nsp_planner.layers.sites.columns import site_fields
from nsp_planner.layers.sites.fields import build_fields
from nsp_planner.names import nearest_or_all


def site_layer(source: SitesInput) -> str:
    """How a source of sites is called in faults, ``left_out`` and ``notes``: ``sites: kazernes``."""
    return f"sites: {source.source}"


def read_sites(
    source: SitesInput, areas: gpd.GeoDataFrame | None, region: gpd.GeoDataFrame | None, log: InputLog
) -> pd.DataFrame | None:
    """The rows of one source that lie in the region, with the columns of the sites table.

    Args:
        source: Settings of the source.
        areas: All gemeenten of the areas file; ``None`` where it could not be read: what needs no areas is checked.
        region: Gemeenten of the region, or ``None`` likewise.
        log: Where the file, faults, doubts and rows left out are recorded.

    Returns:
        Columns of the sites table but for geometry, with ``x_m``, ``y_m`` (RD metres) instead; missing text is NA,
        also for status. ``None`` when a fault was added.
    """
    n_before, layer = log.n_faults, site_layer(source)
    fields = site_fields(source.columns, layer, log.faults, source.path)
    rows = read_rows(layer, source, fields, log, suffixes=ANY_SUFFIXES)
    if rows is None or log.n_faults > n_before:
        return None
    rows = _with_own_ids(rows, source)
    coordinates = read_coordinates(rows, source)
    table = build_fields(rows, source)
    if coordinates is None:
        return None
    table["x_m"], table["y_m"] = coordinates
    table = _with_coordinates(rows, table, source)
    table["site_id"] = _site_ids(rows, table, source)
    if areas is None or region is None:
        return None
    table["found_code"] = find_gemeente(table["x_m"].to_numpy(), table["y_m"].to_numpy(), areas).codes
    table = _clip(rows, table, region, source)
    _check_codes(rows, table, areas, source)
    if log.n_faults > n_before:
        return None
    return table.assign(gemeente_code=table["found_code"]).drop(columns="found_code")


def _with_own_ids(rows: Rows, source: SitesInput) -> Rows:
    """The rows, called by their id in faults where they have one."""
    own = rows.of("id")
    double = own.duplicated(keep=False) & (own != "")
    rows = rows.with_ids(own.where(own != "", rows.ids))
    if double.any() and "id" in source.columns:
        message = f"{own[double].nunique():,} ids occur more than once"
        fix = "Give every row its own id, or map another column to id."
        rows.fault(message, fix, double, column=source.columns["id"])
    return rows


def _with_coordinates(rows: Rows, table: pd.DataFrame, source: SitesInput) -> pd.DataFrame:
    without = table["x_m"].isna()
    if without.any():
        if source.skip_without_coordinates:
            rows.log.left_out.add_rows(rows.layer, rows.ids[without], table["name"][without], "geen coördinaten")
        else:
            fix = "Add them, or leave these rows out with skip_without_coordinates = true."
            rows.fault(f"{int(without.sum()):,} rows have no coordinates", fix, without, column="x, y")
    return table[~without].copy()


def _site_ids(rows: Rows, table: pd.DataFrame, source: SitesInput) -> pd.Series:
    """Ids that other rows and their order do not change: source and the id in the file, else RD to the metre.

    Rows of one source on one square metre are distinguished by a number in the order of their names.
    """
    x, y = (table[side].round().map("{:.0f}".format).astype("str") for side in ("x_m", "y_m"))
    made = source.source + ":" + x + "-" + y
    count = (
        made.to_frame("made").assign(name=table["name"]).sort_values(["made", "name"]).groupby("made").cumcount() + 1
    )
    count = count.reindex(made.index)
    made = made.where(count == 1, made + "-" + count.astype("str"))
    if rows.of("id").duplicated().any():
        return made
    own = rows.of("id").reindex(table.index)
    return made.where(own == "", source.source + ":" + own)


def _clip(rows: Rows, table: pd.DataFrame, region: gpd.GeoDataFrame, source: SitesInput) -> pd.DataFrame:
    outside = ~table["found_code"].isin(region["area_code"])
    if outside.any():
        far = table[outside]
        if source.clip_to_region:
            rows.log.left_out.add_rows(rows.layer, rows.ids[far.index], far["name"], "buiten de regio")
        else:
            message = f"{int(outside.sum()):,} of {len(table):,} candidates lie outside the region"
            fix = "Correct their coordinates, or leave them out with clip_to_region = true."
            rows.fault(message, fix, rows.ids.index.isin(far.index), column="geometry")
    return table[~outside]


def _check_codes(rows: Rows, table: pd.DataFrame, areas: gpd.GeoDataFrame, source: SitesInput) -> None:
    """The code in the file must exist; where it differs from the place on the map, the map counts and it is noted."""
    names = dict(zip(areas["area_code"], areas["name"], strict=True))
    codes = normalise_code(table["gemeente_code"])
    given = table["gemeente_code"] != ""
    wrong = given & ~codes.isin(list(names))
    if wrong.any():
        first = str(table["gemeente_code"][wrong].iloc[0])
        message = f'{int(wrong.sum()):,} rows have a gemeente code that does not exist, such as "{first}"'
        fix = (
            'Correct it, or leave the column unread with columns = { gemeente_code = "" }. '
            f"{nearest_or_all(first, list(names))}"
        )
        column = source.columns.get("gemeente_code", "gemeente_code")
        rows.fault(message, fix, rows.ids.index.isin(table.index[wrong]), column=column)
    differs = given & ~wrong & (codes != table["found_code"])
    for index in table.index[differs]:
        there, said = names[table.at[index, "found_code"]], names[codes[index]]
        site_id, name = table.at[index, "site_id"], str(table.at[index, "name"])
        rows.log.notes.add(rows.layer, f"ligt in {there}, het bestand zegt {said}", row_id=site_id, name=name)
