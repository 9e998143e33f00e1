"""Boundaries of gemeenten. In: a CBS or PDOK file. Out: one valid polygon in RD per gemeente of the file.

Reads CBS gebiedsindelingen (statcode, statnaam), the wijk- en buurtkaart (gemeentecode, gemeentenaam; rows of water
are dropped) and bestuurlijke gebieden (identificatie, naam). Several rows of one gemeente are merged.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from nsp_planner.config import AreasInput, Region
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.cbs_codes import is_water
from nsp_planner.layers.raw.columns import FieldSpec
from nsp_planner.layers.raw.files import VECTOR_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.locate import normalise_code
from nsp_planner.layers.raw.polygons import polygons_in_rd
from nsp_planner.layers.raw.rows import Rows, read_rows
from nsp_planner.layers.rd import RD
from nsp_planner.names import nearest_or_all

LAYER = "areas"
MOST_OVERLAP = 0.05
"""Two gemeenten that share more than this part of the smaller one are no neighbours."""
NOTED_OVERLAP_M2 = 50_000.0
"""Less is the drawing of a boundary."""
CODES = ("gemeentecode", "gm_code", "gemcode", "gemeente_code", "statcode", "identificatie", "area_code", "code")
NAMES = ("gemeentenaam", "gm_naam", "gemnaam", "gemeente_naam", "statnaam", "naam", "name", "gemeente")


def read_areas(source: AreasInput, log: InputLog) -> gpd.GeoDataFrame | None:
    """All gemeenten of the file: ``area_code``, ``name``, polygon in EPSG:28992, sorted by code.

    Gemeenten of one name get their code behind it: sheets, folders and tables go by the name.
    """
    fields = {
        "code": FieldSpec(CODES, source.code_column, True, "the code of a gemeente", "code_column", "inputs.areas"),
        "name": FieldSpec(NAMES, source.name_column, True, "the name of a gemeente", "name_column", "inputs.areas"),
    }
    rows = read_rows(LAYER, source, fields, log, suffixes=VECTOR_SUFFIXES)
    table = None if rows is None else _areas_table(rows)
    if table is None:
        return None
    merged = (
        table.dissolve(by="area_code", aggfunc="first", sort=True)
        if table["area_code"].duplicated().any()
        else (table.sort_values("area_code").set_index("area_code"))
    )
    areas = merged.reset_index()[["area_code", "name", "geometry"]]
    double = areas["name"].str.casefold().duplicated(keep=False)
    areas["name"] = areas["name"].where(~double, areas["name"] + " (" + areas["area_code"] + ")")
    for code, name in areas.loc[double, ["area_code", "name"]].itertuples(index=False):
        log.notes.add(LAYER, "meer gemeenten met deze naam: de code staat erbij", row_id=code, name=name)
    return areas


def _areas_table(rows: Rows) -> gpd.GeoDataFrame | None:
    codes = normalise_code(rows.of("code"))
    rows = rows.with_ids(codes.where(codes != "", rows.ids))
    polygons = polygons_in_rd(rows)
    if polygons is None:
        return None
    geometry, names = polygons.geometry, rows.of("name")
    drawn = ~shapely.is_missing(geometry.to_numpy()) & ~shapely.is_empty(geometry.to_numpy())
    keep = (codes != "") & drawn & ~is_water(rows.raw.frame)
    if not keep.any():
        message = "no row has the code of a gemeente, such as GM0193"
        fix = "Name the column with code_column = ... in [inputs.areas]."
        rows.with_ids(rows.of("code")).fault(message, fix, ~keep, column=rows.columns["code"])
        return None
    flat = keep & ~(shapely.area(geometry.to_numpy()) > 0)
    without_name = keep & (names == "")
    n_names = names[keep].groupby(codes[keep]).transform("nunique").reindex(codes.index, fill_value=1) > 1
    for wrong, message, fix in (
        (flat, "gemeenten have no area", "Give their polygons."),
        (without_name, "gemeenten have no name", "Fill in the name."),
        (n_names & ~without_name, "gemeenten have more than one name", "Give every row of a gemeente the same name."),
    ):
        if wrong.any():
            rows.fault(f"{codes[wrong].nunique():,} {message}", fix, wrong, column=rows.columns["name"])
            return None
    for code in sorted(set(codes[polygons.repaired & keep])):
        name = names[(codes == code) & keep].iloc[0]
        rows.log.notes.add(LAYER, "ongeldige geometrie hersteld", row_id=code, name=name)
    table = gpd.GeoDataFrame({"area_code": codes, "name": names}, geometry=geometry.to_numpy(), crs=RD)
    return table[keep.to_numpy()].reset_index(drop=True)


def check_overlaps(areas: gpd.GeoDataFrame, region: gpd.GeoDataFrame, log: InputLog, file: object) -> None:
    """Gemeenten that lie over those of the region: a fault where it is much (two years in one file), else a note."""
    shapes = areas.geometry.to_numpy()
    ours = np.flatnonzero(areas["area_code"].isin(region["area_code"]))
    first, second = shapely.STRtree(shapes).query(shapes[ours], predicate="intersects")
    first = ours[first]
    once = (first < second) | (~np.isin(second, ours) & (first != second))
    first, second = first[once], second[once]
    if not len(first):
        return
    shared_m2 = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    smaller_m2 = np.minimum(shapely.area(shapes[first]), shapely.area(shapes[second]))
    called = (areas["area_code"] + " " + areas["name"]).to_numpy(dtype=object)
    much = shared_m2 > MOST_OVERLAP * smaller_m2
    if much.any():
        ids = [called[k] for pair in zip(first[much], second[much], strict=True) for k in sorted(pair)]
        fix = "Give boundaries of one year, without wijken or provinces among them."
        log.faults.add(LAYER, "gemeenten overlap", fix, file=file, column="geometry", ids=dict.fromkeys(ids))
    for one, other, m2 in zip(first, second, shared_m2, strict=True):
        if NOTED_OVERLAP_M2 < m2 <= MOST_OVERLAP * min(shapely.area(shapes[one]), shapely.area(shapes[other])):
            note = f"overlapt {m2 / 10_000:,.0f} ha met {called[other]}: wie daar woont telt bij de laagste code"
            code, name = areas["area_code"].iloc[one], areas["name"].iloc[one]
            log.notes.add(LAYER, note, row_id=code, name=name)


def select_region(areas: gpd.GeoDataFrame, region: Region, faults: Faults, file: object) -> gpd.GeoDataFrame | None:
    """The gemeenten of the region, sorted by code; a code that is not in the file is a fault with the nearest one."""
    if not region.gemeenten:
        return areas.copy()
    known = dict(zip(areas["area_code"], areas["name"], strict=True))
    wrong = [code for code in region.gemeenten if code not in known]
    for code in wrong:
        hint = nearest_or_all(code, list(known))
        close = next((f" ({known[c]})" for c in known if f'"{c}"' in hint and hint.startswith("Did")), "")
        faults.add(
            "region",
            f'gemeente code "{code}" does not exist in the areas file',
            f"Correct the code, or give boundaries of the right year. {hint}{close}",
            file=file,
            column="gemeenten",
            ids=[code],
        )
    if wrong:
        return None
    return areas[areas["area_code"].isin(region.gemeenten)].reset_index(drop=True)
