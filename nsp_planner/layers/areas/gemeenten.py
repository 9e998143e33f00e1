"""Boundaries of gemeenten. In: a CBS or PDOK file. Out: one valid polygon in RD per gemeente of the file.

Reads CBS gebiedsindelingen (statcode, statnaam), the wijk- en buurtkaart (gemeentecode, gemeentenaam; rows of water
are dropped) and bestuurlijke gebieden (identificatie, naam). Several rows of one gemeente are merged.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from nsp_planner.config import AreasInput, Region
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.cbs_codes import is_water
from nsp_planner.layers.raw.columns import find_column, named_column
from nsp_planner.layers.raw.files import VECTOR_SUFFIXES, RawTable, read_table
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import Notes
from nsp_planner.layers.raw.locate import normalise_code
from nsp_planner.layers.raw.text import text_column
from nsp_planner.layers.rd import RD, explain_misplaced, inside_rd, to_rd
from nsp_planner.names import nearest_or_all

LAYER = "areas"
CODE_GUESSES = ("gemeentecode", "gm_code", "gemcode", "gemeente_code", "statcode", "identificatie", "area_code", "code")
NAME_GUESSES = ("gemeentenaam", "gm_naam", "gemnaam", "gemeente_naam", "statnaam", "naam", "name", "gemeente")


def read_areas(source: AreasInput, faults: Faults, notes: Notes) -> tuple[gpd.GeoDataFrame | None, InputFile | None]:
    """All gemeenten of the file: ``area_code``, ``name``, polygon in EPSG:28992, sorted by code; and the file read."""
    raw = read_table(LAYER, source, faults, suffixes=VECTOR_SUFFIXES)
    if raw is None:
        return None, None
    table = _areas_table(raw, source, faults, notes)
    if table is None:
        return None, raw.record
    merged = (
        table.dissolve(by="area_code", aggfunc="first", sort=True)
        if table["area_code"].duplicated().any()
        else (table.sort_values("area_code").set_index("area_code"))
    )
    return merged.reset_index()[["area_code", "name", "geometry"]], raw.record


def _areas_table(raw: RawTable, source: AreasInput, faults: Faults, notes: Notes) -> gpd.GeoDataFrame | None:
    frame, file = raw.frame, source.path
    if not isinstance(frame, gpd.GeoDataFrame):
        faults.add(LAYER, "the layer has no geometry", "Give the layer with the boundaries.", file=file)
        return None
    code_column = _column(frame, source.code_column, CODE_GUESSES, "code_column", faults, file)
    name_column = _column(frame, source.name_column, NAME_GUESSES, "name_column", faults, file)
    geometry = _valid_geometry(frame.geometry, raw, faults, file)
    if code_column is None or name_column is None or geometry is None:
        return None
    codes, repaired = normalise_code(text_column(frame[code_column])), geometry[1]
    keep = (codes != "") & ~geometry[0].is_empty & geometry[0].notna() & ~is_water(frame)
    if not keep.any():
        faults.add(
            LAYER,
            "no row has the code of a gemeente, such as GM0193",
            "Name the column with code_column = ... in [inputs.areas].",
            file=file,
            column=code_column,
            ids=text_column(frame[code_column]).unique(),
        )
        return None
    names = text_column(frame[name_column])
    for code in sorted(set(codes[repaired & keep])):
        notes.add(LAYER, code, names[(codes == code) & keep].iloc[0], "ongeldige geometrie hersteld")
    table = gpd.GeoDataFrame({"area_code": codes, "name": names}, geometry=geometry[0].to_numpy(), crs=RD)
    return table[keep.to_numpy()].reset_index(drop=True)


def _column(
    frame: pd.DataFrame, named: str | None, guesses: tuple[str, ...], key: str, faults: Faults, file: object
) -> str | None:
    names = [str(name) for name in frame.columns if name != frame.attrs.get("geometry", "geometry")]
    found = find_column(names, guesses) if named is None else named_column(names, named)
    if found is None and named is not None:
        faults.add(LAYER, f'the file has no column "{named}"', nearest_or_all(named, names), file=file, column=named)
    elif found is None:
        faults.add(
            LAYER,
            f"no column looks like the {key.removesuffix('_column')} of a gemeente",
            f"Name it with {key} = ... in [inputs.areas]. {nearest_or_all(guesses[0], names)}",
            file=file,
            column=key,
        )
    return found


def _valid_geometry(
    geometry: gpd.GeoSeries, raw: RawTable, faults: Faults, file: object
) -> tuple[gpd.GeoSeries, pd.Series] | None:
    """Polygons in RD and which of them were repaired."""
    if raw.crs is None:
        faults.add(
            LAYER,
            "the file does not state its CRS",
            "Export it again as EPSG:28992 with the CRS in the file.",
            file=file,
        )
        return None
    kinds = set(geometry.geom_type.dropna()) - {"Polygon", "MultiPolygon", "GeometryCollection"}
    if kinds:
        faults.add(
            LAYER,
            f"the layer holds {', '.join(sorted(kinds))}, not polygons",
            "Give the layer with the boundaries.",
            file=file,
        )
        return None
    try:
        rd = to_rd(geometry)
    except Exception as error:  # PROJ errors, and NaN or infinite coordinates
        faults.add(
            LAYER,
            f"the geometry cannot be brought to EPSG:28992: {error}",
            "Export the file again as EPSG:28992.",
            file=file,
        )
        return None
    centre = np.asarray(rd.total_bounds, dtype=np.float64)
    corners = np.array([centre[:2], centre[2:]])
    if not bool(np.all(inside_rd(corners[:, 0], corners[:, 1]))) and not np.isnan(centre).any():
        low, high = np.asarray(rd.bounds, dtype=np.float64)[:, :2], np.asarray(rd.bounds, dtype=np.float64)[:, 2:]
        wrong = ~(inside_rd(low[:, 0], low[:, 1]) | inside_rd(high[:, 0], high[:, 1])) & ~np.isnan(low[:, 0])
        if wrong.any():
            told = explain_misplaced(
                low[wrong, 0], low[wrong, 1], "Export the file again with the CRS it is really in (EPSG:4326?)."
            )
            faults.add(LAYER, told.message, told.fix, file=file, ids=np.flatnonzero(wrong) + 1)
            return None
    broken = ~rd.is_valid & rd.notna()
    if broken.any():
        repaired = shapely.make_valid(rd[broken].to_numpy())
        rd = rd.copy()
        rd[broken] = gpd.GeoSeries(repaired, index=rd.index[broken], crs=rd.crs)
    return rd, broken


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
