"""Cells of buildings that gemeenten changed. In: the table sites, a file of changes. Out: the table with them.

The file has a row per cell: site_id (as on the candidate list), field (of a source of buildings: name, status, toilets,
x, ...) and value; an empty value is not known. Everything else of a building stays as its sources have it. A building
with other coordinates keeps its id, and lies in the gemeente that they lie in.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from nsp_planner.config import FileInput, SitesInput
from nsp_planner.layers.raw.columns import FieldSpec
from nsp_planner.layers.raw.files import CSV_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.locate import find_gemeente
from nsp_planner.layers.raw.rows import Rows, read_rows
from nsp_planner.layers.raw.text import parse_rd
from nsp_planner.layers.sites.buildings import FIRST_STATUS
from nsp_planner.layers.sites.fields import build_fields
from nsp_planner.names import did_you_mean, nearest_or_all

LAYER = "sites: edits"
PLACE_FIELDS = ["x", "y"]
NOT_EDITABLE = ("source", "gemeente_code", "can_be_lnsp", "can_be_cnsp", "source_row_id")
"""What a source decides, or the place on the map."""


def read_site_edits(source: FileInput, log: InputLog) -> Rows | None:
    """The rows of a file of changes; ``None`` when a fault was added."""
    fields = {name: FieldSpec((name,), None, True, f"the {name} of a change") for name in ("site_id", "field", "value")}
    return read_rows(LAYER, source, fields, log, suffixes=CSV_SUFFIXES)


def apply_site_edits(
    sites: gpd.GeoDataFrame, edits: Rows, areas: gpd.GeoDataFrame, region: gpd.GeoDataFrame
) -> gpd.GeoDataFrame | None:
    """The sites with every change in them; ``None`` when a fault was added.

    Args:
        sites: The table sites, with unique ids.
        edits: What :func:`read_site_edits` read.
        areas: All gemeenten of the areas file.
        region: Gemeenten of the region.
    """
    n_before = edits.log.n_faults
    ids, names, values = edits.of("site_id"), edits.of("field"), edits.of("value")
    for site_id in ids[~ids.isin(sites["site_id"])].unique():
        fix = did_you_mean(site_id, sites["site_id"], "take the change out: the building is not on the list any more")
        edits.fault("a change is of a building that is not there", fix, ids == site_id, column=site_id)
    double = pd.DataFrame({"id": ids, "field": names}).duplicated(keep=False)
    if double.any():
        edits.fault("cells are changed more than once", "Keep one change per building and field.", double)
    known = [name for name in sites.columns if name not in (*NOT_EDITABLE, "site_id", "geometry")]
    for name in names[~names.isin([*known, *PLACE_FIELDS])].unique():
        edits.fault(f"there is no field {name!r} to change", nearest_or_all(name, known), names == name)
    if edits.log.n_faults > n_before:
        return None
    changed = pd.DataFrame({"id": ids, "field": names, "value": values})
    changed = changed.pivot(index="id", columns="field", values="value")
    parsed = _parsed(edits, changed)
    if parsed is None:
        return None
    table = sites.set_index("site_id", drop=False)
    for name in changed.columns.intersection(known):
        of = changed.index[changed[name].notna()]
        table.loc[of, name] = parsed.loc[of, name].array
    if set(changed.columns) & set(PLACE_FIELDS):
        table = _moved(table, changed, edits, areas, region)
    return None if edits.log.n_faults > n_before else table.reset_index(drop=True)


def _parsed(edits: Rows, changed: pd.DataFrame) -> pd.DataFrame | None:
    """The changed cells as the table sites has them, by the rules of a source of buildings; ``None`` with a fault."""
    texts = changed.fillna("").reset_index(drop=True)
    rows = replace(
        edits,
        raw=replace(edits.raw, frame=texts.astype("str")),
        columns={name: name for name in texts.columns},
        ids=pd.Series(list(changed.index), index=texts.index),
    )
    n_before = edits.log.n_faults
    source = SitesInput(path=edits.file, source="edits", columns={name: name for name in texts.columns})
    table = build_fields(rows, source).set_index(changed.index)
    table["status"] = table["status"].fillna(FIRST_STATUS)
    return None if edits.log.n_faults > n_before else table


def _moved(
    table: gpd.GeoDataFrame,
    changed: pd.DataFrame,
    edits: Rows,
    areas: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """The sites with other coordinates where a change has one, each in the gemeente it lies in then."""
    now = {"x": table.geometry.x.copy(), "y": table.geometry.y.copy()}
    for side in changed.columns.intersection(PLACE_FIELDS):
        given = changed[side].dropna()
        metres = parse_rd(given)
        if metres.isna().any():
            wrong = edits.of("site_id").isin(given.index[metres.isna()]) & (edits.of("field") == side)
            edits.fault(f"values of {side} are no RD metres", "Give RD metres, such as 203500.", wrong, column=side)
        now[side].loc[given.index] = metres.array
    of = changed.index[changed[list(changed.columns.intersection(PLACE_FIELDS))].notna().any(axis=1)]
    codes = find_gemeente(now["x"][of].to_numpy(), now["y"][of].to_numpy(), areas).codes
    outside = pd.Series(codes, index=of)[~pd.Series(codes, index=of).isin(region["area_code"])]
    if len(outside):
        fix = "Correct the coordinates."
        edits.fault("buildings are moved out of the region", fix, edits.of("site_id").isin(outside.index))
        return table
    table.loc[of, "gemeente_code"] = codes
    return table.set_geometry(gpd.points_from_xy(now["x"], now["y"], crs=table.crs))
