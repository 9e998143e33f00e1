"""Persons with a place. In: a list of campsites, schools, workplaces or inhabitants. Out: persons per row, checked."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from nsp_planner.config import PeopleInput
from nsp_planner.layers.raw.columns import FieldSpec
from nsp_planner.layers.raw.coordinates import PAIRS, has_place, read_coordinates
from nsp_planner.layers.raw.files import ANY_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.locate import find_gemeente, normalise_code
from nsp_planner.layers.raw.polygons import polygons_in_rd
from nsp_planner.layers.raw.rows import Rows, read_rows
from nsp_planner.names import nearest_or_all

SYNONYMS = {
    "name": ("naam", "name", "label"),
    "x": ("x", "x_coordinaat", "rdx", "x_rd"),
    "y": ("y", "y_coordinaat", "rdy", "y_rd"),
    "longitude": ("longitude", "lon", "lng", "lengtegraad"),
    "latitude": ("latitude", "lat", "breedtegraad"),
    "gemeente_code": ("gemeentecode", "gm_code", "gemeente_code"),
}
POLYGONS = ("Polygon", "MultiPolygon")

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PlacedPersons:
    """Persons of one input.

    Attributes:
        table: name str · persons int64 · gemeente_code str · x_m, y_m float64 (NaN where only the gemeente is known) ·
            shape (polygon in RD or None).
        label: What they are, in Dutch.
    """

    table: pd.DataFrame
    label: str


def read_placed_persons(
    layer: str,
    source: PeopleInput,
    areas: gpd.GeoDataFrame | None,
    region: gpd.GeoDataFrame | None,
    log: InputLog,
) -> PlacedPersons | None:
    """The persons of one input that lie in the region; ``None`` with faults added.

    Args:
        layer: How the input is called in faults, such as ``guests: campings``.
        source: Its settings.
        areas: All gemeenten of the areas file; ``None`` where it could not be read.
        region: The gemeenten where persons may be; ``None`` likewise.
        log: Where the file, faults and rows left out are recorded.
    """
    n_before = log.n_faults
    unknown = sorted(set(source.columns) - set(SYNONYMS))
    if unknown:
        fix = f"Left side of columns: {', '.join(SYNONYMS)}."
        log.faults.add(layer, f"unknown field {unknown[0]!r}", fix, file=source.path, column="columns")
    fields = {
        "persons": FieldSpec((), source.persons_column, required=True),
        **{field: FieldSpec(synonyms, source.columns.get(field)) for field, synonyms in SYNONYMS.items()},
    }
    rows = read_rows(layer, source, fields, log, suffixes=ANY_SUFFIXES)
    if rows is None or log.n_faults > n_before:
        return None
    rows = rows.with_ids(rows.of("name").where(rows.of("name") != "", rows.ids))
    persons = _persons(rows, source)
    placed = _place(rows, source)
    if placed is None or areas is None or region is None or log.n_faults > n_before:
        return None
    known = persons.notna().to_numpy(dtype=bool)
    table = placed.assign(name=rows.ids.to_numpy(), persons=persons.fillna(0).to_numpy().astype(np.int64))
    inside = known & _in_region(rows, table, areas, region, source)
    if log.n_faults > n_before:
        return None
    return PlacedPersons(table[inside].reset_index(drop=True), source.label)


def _persons(rows: Rows, source: PeopleInput) -> pd.Series:
    """Persons per row, NaN where missing, which is never 0."""
    n_before = rows.log.n_faults
    numbers = rows.counts("persons", "numbers of persons")
    missing = numbers.isna()
    if not missing.any() or rows.log.n_faults > n_before:
        return numbers
    if source.skip_without_persons:
        rows.log.left_out.add_rows(rows.layer, rows.ids[missing], rows.ids[missing], "aantal personen niet bekend")
    else:
        fix = "Fill them in, or leave these rows out with skip_without_persons = true."
        message = f"{int(missing.sum()):,} rows have no number of persons"
        rows.fault(message, fix, missing, column=source.persons_column)
    return numbers


def _place(rows: Rows, source: PeopleInput) -> pd.DataFrame | None:
    frame = rows.raw.frame
    shape: NDArray[np.object_] = np.full(len(frame), None, dtype=object)
    if isinstance(frame, gpd.GeoDataFrame) and frame.geometry.geom_type.isin(POLYGONS).any():
        rd = polygons_in_rd(rows)
        if rd is None:
            return None
        shape = rd.geometry.to_numpy()
        there = has_place(rd.geometry)
        x_m, y_m = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
        inner = shapely.point_on_surface(shape[there])
        x_m[there], y_m[there] = shapely.get_x(inner), shapely.get_y(inner)
    elif rows.raw.has_geometry or any(set(pair) <= set(rows.columns) for pair in PAIRS):
        found = read_coordinates(rows, source)
        if found is None:
            return None
        x_m, y_m = found
    elif "gemeente_code" in rows.columns:
        x_m = y_m = np.full(len(frame), np.nan)
    else:
        fix = "Name them in columns: x and y (RD metres), longitude and latitude, or gemeente_code."
        rows.fault("no columns say where the people are", fix, column="columns")
        return None
    codes = normalise_code(rows.of("gemeente_code"))
    nowhere = np.isnan(x_m) & (codes == "").to_numpy()
    if nowhere.any():
        rows.fault(f"{int(nowhere.sum()):,} rows have no place", "Add coordinates or the code of a gemeente.", nowhere)
        return None
    return pd.DataFrame({"x_m": x_m, "y_m": y_m, "gemeente_code": codes.to_numpy(dtype=object), "shape": shape})


def _in_region(
    rows: Rows, table: pd.DataFrame, areas: gpd.GeoDataFrame, region: gpd.GeoDataFrame, source: PeopleInput
) -> BoolArray:
    """Which rows lie in the region; fills in the gemeente of points and polygons."""
    located = table["x_m"].notna().to_numpy()
    codes = table["gemeente_code"].to_numpy(dtype=object).copy()
    codes[located] = find_gemeente(table["x_m"].to_numpy()[located], table["y_m"].to_numpy()[located], areas).codes
    table["gemeente_code"] = codes
    unknown = ~located & ~np.isin(codes, areas["area_code"].to_numpy(dtype=object))
    if unknown.any():
        fix = f"Correct the code. {nearest_or_all(str(codes[unknown][0]), list(areas['area_code']))}"
        message = f"{int(unknown.sum()):,} rows have a gemeente that does not exist, such as {codes[unknown][0]}"
        rows.fault(message, fix, unknown, column="gemeente_code")
    inside: BoolArray = np.isin(codes, region["area_code"].to_numpy(dtype=object))
    outside = ~inside & ~unknown
    if outside.any() and source.clip_to_region:
        for name, persons in zip(rows.ids[outside], table.loc[outside, "persons"].tolist(), strict=True):
            rows.log.left_out.add(rows.layer, name, str(name), "buiten de regio", int(persons))
    elif outside.any():
        fix = "Correct their place, or leave them out with clip_to_region = true."
        rows.fault(f"{int(outside.sum()):,} of {len(table):,} rows lie outside the region", fix, outside)
    return inside
