"""Candidate buildings of one source. In: CSV, Excel, GeoPackage or GeoJSON. Out: one row per row of the file, in RD.

Everything is read as text, mapped to the fields of the sites table, checked and placed in a gemeente. Merging rows
on one building is the work of :mod:`~nsp_planner.layers.sites.buildings`.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from nsp_planner.config import SitesInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.coordinates import read_coordinates
from nsp_planner.layers.raw.files import CSV_SUFFIXES, EXCEL_SUFFIXES, VECTOR_SUFFIXES, RawTable, read_table
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import LeftOut, Notes
from nsp_planner.layers.raw.locate import find_gemeente, normalise_code
from nsp_planner.layers.raw.text import text_column
from nsp_planner.layers.sites.columns import map_columns
from nsp_planner.layers.sites.fields import build_fields
from nsp_planner.names import nearest_or_all

SUFFIXES = (*CSV_SUFFIXES, *EXCEL_SUFFIXES, *VECTOR_SUFFIXES)


def site_layer(source: SitesInput) -> str:
    """How a source of sites is called in faults, ``left_out`` and ``notes``: ``sites: kazernes``."""
    return f"sites: {source.source}"


def read_sites(
    source: SitesInput,
    areas: gpd.GeoDataFrame | None,
    region: gpd.GeoDataFrame | None,
    faults: Faults,
    left_out: LeftOut,
    notes: Notes,
) -> tuple[pd.DataFrame | None, InputFile | None]:
    """The rows of one source that lie in the region, with the columns of the sites table, and the file read.

    Args:
        source: Settings of the source.
        areas: All gemeenten of the areas file; ``None`` where it could not be read: what needs no areas is checked.
        region: Gemeenten of the region, or ``None`` likewise.
        faults: Where faults are added.
        left_out: Where rows left out are listed.
        notes: Where doubts are noted.

    Returns:
        Columns of the sites table but for geometry, with ``x_m``, ``y_m`` (RD metres) instead; missing text is NA,
        also for status. ``None`` when a fault was added.
    """
    layer = site_layer(source)
    raw = read_table(layer, source, faults, suffixes=SUFFIXES)
    if raw is None:
        return None, None
    n_before, file = len(faults.items), source.path
    names = [str(name) for name in raw.frame.columns if not _is_geometry(raw, str(name))]
    columns = map_columns(layer, names, source.columns, faults, file)
    if columns is None:
        return None, raw.record
    text = pd.DataFrame(
        {field: text_column(raw.frame[column]) for field, column in columns.items()}, index=raw.frame.index
    )
    ids = _row_ids(layer, text, raw, source, faults)
    coordinates = read_coordinates(layer, raw, text, source, ids, faults)
    table = build_fields(layer, text, columns, source, ids, faults, notes)
    if coordinates is None:
        return None, raw.record
    table["x_m"], table["y_m"] = coordinates
    table = _with_coordinates(layer, table, ids, source, faults, left_out)
    table["site_id"] = _site_ids(table, text, source, stable="id" in text and not text["id"].duplicated().any())
    if areas is None or region is None:
        return None, raw.record
    table["found_code"] = find_gemeente(table["x_m"].to_numpy(), table["y_m"].to_numpy(), areas).codes
    table = _clip(layer, table, ids, region, source, faults, left_out)
    _check_codes(layer, table, ids, areas, source, faults, notes)
    if len(faults.items) > n_before:
        return None, raw.record
    return table.assign(gemeente_code=table["found_code"]).drop(columns="found_code"), raw.record


def _is_geometry(raw: RawTable, name: str) -> bool:
    return isinstance(raw.frame, gpd.GeoDataFrame) and name == raw.frame.geometry.name


def _row_ids(layer: str, text: pd.DataFrame, raw: RawTable, source: SitesInput, faults: Faults) -> pd.Series:
    """How each row is called in faults: its id, else "row 5", counted with the header as row 1 where there is one."""
    numbers = pd.Series([f"row {n}" for n in range(1 + raw.is_text, len(text) + 1 + raw.is_text)], index=text.index)
    if "id" not in text:
        return numbers
    double = text["id"].duplicated(keep=False) & (text["id"] != "")
    if double.any() and "id" in source.columns:
        faults.add(
            layer,
            f"{text['id'][double].nunique():,} ids occur more than once",
            "Give every row its own id, or map another column to id.",
            file=source.path,
            column=source.columns["id"],
            ids=text["id"][double].unique(),
        )
    return text["id"].where(text["id"] != "", numbers)


def _with_coordinates(
    layer: str, table: pd.DataFrame, ids: pd.Series, source: SitesInput, faults: Faults, left_out: LeftOut
) -> pd.DataFrame:
    without = table["x_m"].isna()
    if without.any():
        if source.skip_without_coordinates:
            left_out.add_rows(layer, ids[without], table["name"][without], "geen coördinaten")
        else:
            faults.add(
                layer,
                f"{int(without.sum()):,} rows have no coordinates",
                "Add them, or leave these rows out with skip_without_coordinates = true.",
                file=source.path,
                column="x, y",
                ids=ids[without],
            )
    return table[~without].copy()


def _site_ids(table: pd.DataFrame, text: pd.DataFrame, source: SitesInput, *, stable: bool) -> pd.Series:
    """Ids that other rows and their order do not change: source and the id in the file, else RD to the metre.

    Rows of one source on one square metre are told apart by a number in the order of their names.
    """
    x, y = (table[side].round().map("{:.0f}".format).astype("str") for side in ("x_m", "y_m"))
    made = source.source + ":" + x + "-" + y
    count = (
        made.to_frame("made").assign(name=table["name"]).sort_values(["made", "name"]).groupby("made").cumcount() + 1
    )
    count = count.reindex(made.index)
    made = made.where(count == 1, made + "-" + count.astype("str"))
    if not stable:
        return made
    own = text["id"].reindex(table.index)
    return made.where(own == "", source.source + ":" + own)


def _clip(
    layer: str,
    table: pd.DataFrame,
    ids: pd.Series,
    region: gpd.GeoDataFrame,
    source: SitesInput,
    faults: Faults,
    left_out: LeftOut,
) -> pd.DataFrame:
    outside = ~table["found_code"].isin(region["area_code"])
    if outside.any():
        if source.clip_to_region:
            rows = table[outside]
            left_out.add_rows(layer, ids[rows.index], rows["name"], "buiten de regio")
        else:
            faults.add(
                layer,
                f"{int(outside.sum()):,} of {len(table):,} candidates lie outside the region",
                "Correct their coordinates, or leave them out with clip_to_region = true.",
                file=source.path,
                column="geometry",
                ids=ids[table.index[outside]],
            )
    return table[~outside]


def _check_codes(
    layer: str,
    table: pd.DataFrame,
    ids: pd.Series,
    areas: gpd.GeoDataFrame,
    source: SitesInput,
    faults: Faults,
    notes: Notes,
) -> None:
    """The code in the file must exist; where it differs from the place on the map, the map counts and it is noted."""
    names = dict(zip(areas["area_code"], areas["name"], strict=True))
    codes = normalise_code(table["gemeente_code"])
    given = table["gemeente_code"] != ""
    wrong = given & ~codes.isin(list(names))
    if wrong.any():
        first = str(table["gemeente_code"][wrong].iloc[0])
        faults.add(
            layer,
            f'{int(wrong.sum()):,} rows have a gemeente code that does not exist, such as "{first}"',
            f'Correct it, or leave the column unread with columns = {{ gemeente_code = "" }}. '
            f"{nearest_or_all(first, list(names))}",
            file=source.path,
            column=source.columns.get("gemeente_code", "gemeente_code"),
            ids=ids[table.index[wrong]],
        )
    differs = given & ~wrong & (codes != table["found_code"])
    for index in table.index[differs]:
        notes.add(
            layer,
            table.at[index, "site_id"],
            str(table.at[index, "name"]),
            f"ligt in {names[table.at[index, 'found_code']]}, het bestand zegt {names[codes[index]]}",
        )
