"""People who are somewhere. In: campsites, schools, workplaces. Out: persons per row, and per square of the grid.

Points stand in the square around them; polygons are spread evenly over the squares whose centre lies in them (a small
one goes to the square of its inner point); rows with only a gemeente are spread evenly over the populated squares of
that gemeente. Persons stay whole and add up to the file.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from nsp_planner.config import PeopleInput
from nsp_planner.errors import Faults
from nsp_planner.layers.population.calibrate import apportion
from nsp_planner.layers.raw.cbs_codes import MISSING_BELOW
from nsp_planner.layers.raw.columns import find_column, named_column
from nsp_planner.layers.raw.coordinates import read_coordinates
from nsp_planner.layers.raw.files import CSV_SUFFIXES, EXCEL_SUFFIXES, VECTOR_SUFFIXES, RawTable, read_table
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import LeftOut
from nsp_planner.layers.raw.locate import find_gemeente, normalise_code
from nsp_planner.layers.raw.polygons import polygons_in_rd
from nsp_planner.layers.raw.text import parse_numbers, text_column
from nsp_planner.names import nearest_or_all

SUFFIXES = (*CSV_SUFFIXES, *EXCEL_SUFFIXES, *VECTOR_SUFFIXES)
GUESSES = {
    "name": ("naam", "name", "label"),
    "x": ("x", "x_coordinaat", "rdx", "x_rd"),
    "y": ("y", "y_coordinaat", "rdy", "y_rd"),
    "longitude": ("longitude", "lon", "lng", "lengtegraad"),
    "latitude": ("latitude", "lat", "breedtegraad"),
    "gemeente_code": ("gemeentecode", "gm_code", "gemeente_code"),
}
POLYGONS = ("Polygon", "MultiPolygon")

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class People:
    """People of one input.

    Attributes:
        table: name str · persons int64 · gemeente_code str · x_m, y_m float64 (NaN where only the gemeente is known) ·
            shape (polygon in RD or None).
        label: What they are, in Dutch.
    """

    table: pd.DataFrame
    label: str

    @property
    def n_persons(self) -> int:
        """All persons together."""
        return int(self.table["persons"].sum())


def read_people(
    layer: str,
    source: PeopleInput,
    areas: gpd.GeoDataFrame | None,
    region: gpd.GeoDataFrame | None,
    faults: Faults,
    left_out: LeftOut,
) -> tuple[People | None, InputFile | None]:
    """The people of one input that lie in the region, and the file read; ``None`` with faults added.

    Args:
        layer: How the input is called in faults, such as ``guests: campings``.
        source: Its settings.
        areas: All gemeenten of the areas file; ``None`` where it could not be read.
        region: The gemeenten where people may be; ``None`` likewise.
        faults: Where faults are added.
        left_out: Where rows left out are counted.
    """
    raw = read_table(layer, source, faults, suffixes=SUFFIXES)
    if raw is None:
        return None, None
    n_before = len(faults.items)
    names = [str(name) for name in raw.frame.columns if str(name) != "geometry"]
    columns = _columns(layer, names, source, faults)
    if columns is None:
        return None, raw.record
    text = pd.DataFrame({field: text_column(raw.frame[column]) for field, column in columns.items()})
    ids = pd.Series([f"row {n + raw.is_text}" for n in range(1, len(text) + 1)], index=text.index)
    if "name" in text:
        ids = text["name"].where(text["name"] != "", ids)
    persons, known = _persons(layer, text["persons"], ids, source, faults, left_out)
    placed = _place(layer, raw, text, source, ids, faults)
    if placed is None or areas is None or region is None or len(faults.items) > n_before:
        return None, raw.record
    table = placed.assign(name=ids.to_numpy(), persons=persons)
    inside = known & _in_region(layer, table, ids, areas, region, source, faults, left_out)
    if len(faults.items) > n_before:
        return None, raw.record
    return People(table[inside].reset_index(drop=True), source.label), raw.record


def spread_people(people: People, demand: gpd.GeoDataFrame, factor: float = 1.0) -> pd.DataFrame:
    """The people per square of the grid.

    Args:
        people: As read.
        demand: Populated squares: gemeente_code, resolution_m, point at the centre.
        factor: Persons of each row times this, rounded to whole persons.

    Returns:
        ``x_m``, ``y_m`` (centre of the square) · ``gemeente_code`` · ``persons`` int64, at least 1; squares may occur
        more than once. Persons add up to the rounded persons of the rows.
    """
    side = float(demand["resolution_m"].iloc[0])
    columns = ("x_m", "y_m", "gemeente_code", "shape", "persons")
    parts = [
        _spread_row((float(x), float(y)), str(code), shape, demand, side, round_half_up(float(persons) * factor))
        for x, y, code, shape, persons in zip(*(people.table[name].tolist() for name in columns), strict=True)
    ]
    empty = pd.DataFrame({"x_m": [], "y_m": [], "gemeente_code": pd.Series(dtype="str"), "persons": []})
    table = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else empty
    return table.astype({"x_m": "float64", "y_m": "float64", "persons": "int64"})


def spread_over(demand: gpd.GeoDataFrame, rows: NDArray[np.bool_], persons: int) -> pd.DataFrame:
    """Persons evenly over some populated squares, in the columns of :func:`spread_people`."""
    squares = demand[rows]
    order = pd.util.hash_array(squares["demand_id"].to_numpy(dtype=object))
    share = apportion(persons, np.ones(len(squares), dtype=np.int64), order)
    table = pd.DataFrame(
        {
            "x_m": squares.geometry.x.to_numpy(),
            "y_m": squares.geometry.y.to_numpy(),
            "gemeente_code": squares["gemeente_code"].to_numpy(),
            "persons": share,
        }
    )
    return table[share > 0].reset_index(drop=True)


def round_half_up(value: float) -> int:
    """Whole persons."""
    return int(np.floor(value + 0.5))


def centre_of_square(x_m: FloatArray, y_m: FloatArray, side_m: float) -> tuple[FloatArray, FloatArray]:
    """Centre of the square of the grid around each point."""
    return np.floor(x_m / side_m) * side_m + side_m / 2, np.floor(y_m / side_m) * side_m + side_m / 2


def _columns(layer: str, names: list[str], source: PeopleInput, faults: Faults) -> dict[str, str] | None:
    n_before = len(faults.items)
    unknown = sorted(set(source.columns) - set(GUESSES))
    if unknown:
        fix = f"Left side of columns: {', '.join(GUESSES)}."
        faults.add(layer, f"unknown field {unknown[0]!r}", fix, file=source.path, column="columns")
    wanted = {"persons": source.persons_column, **source.columns}
    found: dict[str, str] = {}
    for field, name in wanted.items():
        column = named_column(names, name)
        if column is None and name != "":
            fix = f"Name the right one in the study. {nearest_or_all(name, names)}"
            faults.add(layer, f'the file has no column "{name}"', fix, file=source.path, column=name)
        elif column is not None:
            found[field] = column
    for field, guesses in GUESSES.items():
        guessed = find_column(names, guesses)
        if field not in wanted and guessed is not None:
            found[field] = guessed
    return found if len(faults.items) == n_before else None


def _persons(
    layer: str, text: pd.Series, ids: pd.Series, source: PeopleInput, faults: Faults, left_out: LeftOut
) -> tuple[IntArray, NDArray[np.bool_]]:
    """Persons per row and which rows have a number; a negative number is a fault, a missing one is never 0."""
    numbers = parse_numbers(text, whole=True)
    missing = (text == "") | (numbers < MISSING_BELOW)
    for what, rows in (
        ("no numbers", numbers.isna() & ~missing),
        ("negative", (numbers < 0) & ~missing),
        ("no whole numbers", (numbers >= 0) & (numbers % 1 != 0)),
    ):
        if rows.any():
            message = f"{int(rows.sum()):,} numbers of persons are {what}, such as {text[rows].iloc[0]}"
            fix = "Correct them; leave empty what is not known."
            faults.add(layer, message, fix, file=source.path, column=source.persons_column, ids=ids[rows])
    if missing.any() and source.skip_without_persons:
        left_out.add_rows(layer, ids[missing], ids[missing], "aantal personen niet bekend")
    elif missing.any():
        message = f"{int(missing.sum()):,} rows have no number of persons"
        fix = "Fill them in, or leave these rows out with skip_without_persons = true."
        faults.add(layer, message, fix, file=source.path, column=source.persons_column, ids=ids[missing])
    return numbers.fillna(0).clip(lower=0).to_numpy().astype(np.int64), ~missing.to_numpy(dtype=bool)


def _place(
    layer: str, raw: RawTable, text: pd.DataFrame, source: PeopleInput, ids: pd.Series, faults: Faults
) -> pd.DataFrame | None:
    n, frame = len(text), raw.frame
    shape: NDArray[np.object_] = np.full(n, None, dtype=object)
    if isinstance(frame, gpd.GeoDataFrame) and frame.geometry.geom_type.isin(POLYGONS).any():
        rd = polygons_in_rd(layer, raw, faults, source.path)
        if rd is None:
            return None
        shape = rd.geometry.to_numpy()
        inner = shapely.point_on_surface(shape)
        x_m, y_m = shapely.get_x(inner), shapely.get_y(inner)
    elif raw.has_geometry or {"x", "y"} <= set(text) or {"longitude", "latitude"} <= set(text):
        found = read_coordinates(layer, raw, text, source, ids, faults)
        if found is None:
            return None
        x_m, y_m = found
    elif "gemeente_code" in text:
        x_m = y_m = np.full(n, np.nan)
    else:
        fix = "Name them in columns: x and y (RD metres), longitude and latitude, or gemeente_code."
        faults.add(layer, "no columns say where the people are", fix, file=source.path, column="columns")
        return None
    codes = normalise_code(text["gemeente_code"]) if "gemeente_code" in text else pd.Series("", index=text.index)
    nowhere = np.isnan(x_m) & (codes == "").to_numpy()
    if nowhere.any():
        fix = "Add coordinates or the code of a gemeente."
        faults.add(layer, f"{int(nowhere.sum()):,} rows have no place", fix, file=source.path, ids=ids[nowhere])
        return None
    return pd.DataFrame({"x_m": x_m, "y_m": y_m, "gemeente_code": codes.to_numpy(dtype=object), "shape": shape})


def _in_region(
    layer: str,
    table: pd.DataFrame,
    ids: pd.Series,
    areas: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame,
    source: PeopleInput,
    faults: Faults,
    left_out: LeftOut,
) -> NDArray[np.bool_]:
    """Which rows lie in the region; fills in the gemeente of points and polygons."""
    located = table["x_m"].notna().to_numpy()
    codes = table["gemeente_code"].to_numpy(dtype=object).copy()
    codes[located] = find_gemeente(table["x_m"].to_numpy()[located], table["y_m"].to_numpy()[located], areas).codes
    table["gemeente_code"] = codes
    unknown = ~located & ~np.isin(codes, areas["area_code"].to_numpy(dtype=object))
    if unknown.any():
        fix = f"Correct the code. {nearest_or_all(str(codes[unknown][0]), list(areas['area_code']))}"
        message = f"{int(unknown.sum()):,} rows have a gemeente that does not exist, such as {codes[unknown][0]}"
        faults.add(layer, message, fix, file=source.path, column="gemeente_code", ids=ids[unknown])
    inside: NDArray[np.bool_] = np.isin(codes, region["area_code"].to_numpy(dtype=object))
    outside = ~inside & ~unknown
    if outside.any() and source.clip_to_region:
        for name, persons in zip(ids[outside], table.loc[outside, "persons"].tolist(), strict=True):
            left_out.add(layer, name, str(name), "buiten de regio", int(persons))
    elif outside.any():
        fix = "Correct their place, or leave them out with clip_to_region = true."
        message = f"{int(outside.sum()):,} of {len(table):,} rows lie outside the region"
        faults.add(layer, message, fix, file=source.path, ids=ids[outside])
    return inside


def _spread_row(
    at: tuple[float, float],
    code: str,
    shape: shapely.Geometry | None,
    demand: gpd.GeoDataFrame,
    side: float,
    persons: int,
) -> pd.DataFrame:
    x_m, y_m = np.array(at[:1]), np.array(at[1:])
    if persons == 0:
        return pd.DataFrame()
    if np.isnan(x_m[0]):
        return spread_over(demand, (demand["gemeente_code"] == code).to_numpy(), persons)
    if shape is not None:
        x_m, y_m = _squares_inside(shape, side, x_m, y_m)
    x_m, y_m = centre_of_square(x_m, y_m, side)
    order = pd.util.hash_array(np.asarray([f"{x:.0f}-{y:.0f}" for x, y in zip(x_m, y_m, strict=True)], dtype=object))
    share = apportion(persons, np.ones(len(x_m), dtype=np.int64), order)
    table = pd.DataFrame({"x_m": x_m, "y_m": y_m, "gemeente_code": code, "persons": share})
    return table[share > 0]


def _squares_inside(
    shape: shapely.Geometry, side: float, x_m: FloatArray, y_m: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Centres of the squares in a polygon, or the inner point given where there are none."""
    low_x, low_y, high_x, high_y = shapely.bounds(shape)
    xs = np.arange(np.floor(low_x / side) * side + side / 2, high_x + side, side)
    ys = np.arange(np.floor(low_y / side) * side + side / 2, high_y + side, side)
    grid_x, grid_y = (axis.ravel() for axis in np.meshgrid(xs, ys))
    inside = shapely.contains_xy(shape, grid_x, grid_y)
    return (grid_x[inside], grid_y[inside]) if inside.any() else (x_m, y_m)
