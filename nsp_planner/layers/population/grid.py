"""The population grid. In: CBS vierkantstatistieken of 100 m or 500 m. Out: one row per square of the file.

Reads the GeoPackage or the zip that holds it, with the column names of 2022 and later (aantal_inwoners), of 2015 to
2020 (INWONER) and of PDOK (aantalInwoners). The id of a square is its lower-left corner in RD: E2025N5030 in
hectometres (CBS) or E202500N503000 in metres. CBS, "Statistische gegevens per vierkant", 2023, chapter 2: a withheld
number is a code such as -99997, so everything below -99990 is missing, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from nsp_planner.config import PopulationInput
from nsp_planner.layers.population.vulnerable_groups import PERSONS_65PLUS, group_column
from nsp_planner.layers.raw.columns import FieldSpec, find_column, find_columns, fold, named_column
from nsp_planner.layers.raw.coordinates import has_place
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.rows import Rows, read_rows
from nsp_planner.layers.rd import explain_misplaced, inside_rd, is_rd

FloatArray = NDArray[np.float64]

LAYER = "population"
ID_PATTERN = re.compile(r"c(?:rs)?28992r(?:es)?(100|500)m?")
PERSONS_COLUMNS = ("aantal_inwoners", "inwoner", "inwoners")
GROUP_COLUMNS = {
    "65plus": ("aantal_inwoners_65_jaar_en_ouder", "inw_65pl"),
    "alleenwonend": ("aantal_eenpersoonshuishoudens", "tothh_eenp"),
}
"""Groups of vulnerable residents that are read wherever the grid has them; a one-person household is one person."""
TOLERANCE_M = 2.0
"""Largest difference between the centre by id and the centre by geometry; web downloads round to degrees."""


def read_population(
    source: PopulationInput, log: InputLog, groups: Mapping[str, str] | None = None
) -> pd.DataFrame | None:
    """All squares of the file.

    Args:
        source: The file.
        log: Where the file is recorded and faults are added.
        groups: Column per group of vulnerable residents, beside those of :data:`GROUP_COLUMNS`.

    Returns:
        ``demand_id`` str · ``x_m``, ``y_m`` float64, centre in RD · ``published_persons`` Int64, NA where withheld ·
        ``persons_65plus`` Int64 or NA · the other groups the file has (see ``vulnerable_groups.group_column``)
        Int64 or NA · ``resolution_m`` int64. ``None`` when a fault was added.
    """
    named, n_before = dict(groups or {}), log.n_faults
    only = partial(_wanted_columns, groups=named)
    rows = read_rows(LAYER, source, {}, log, suffixes=(".gpkg", ".zip"), only=only)
    if rows is None:
        return None
    group_fields = {
        **{group: FieldSpec(named=column, key=group, table="vulnerable.columns") for group, column in named.items()},
        **{group: FieldSpec(synonyms) for group, synonyms in GROUP_COLUMNS.items() if group not in named},
    }
    persons_field = {"persons": FieldSpec(PERSONS_COLUMNS, required=True, what="the number of inhabitants")}
    columns = find_columns(LAYER, rows.names, {**persons_field, **group_fields}, log.faults, source.path)
    id_column, resolution_m = _id_column(rows, source)
    crs_is_rd = _check_crs(rows)
    if id_column is None or columns is None or resolution_m is None:
        return None
    rows = replace(rows, columns={**columns, "demand_id": id_column})
    ids = rows.of("demand_id").str.upper()
    rows = rows.with_ids(ids)
    centre = _centres(rows, resolution_m)
    double = ids.duplicated(keep=False) & (ids != "")
    if centre is not None:  # a square may be named in hectometres and in metres
        double = pd.Series(list(zip(*centre, strict=True)), index=ids.index).duplicated(keep=False)
    if double.any():
        fix = "Keep one row per square; perhaps two downloads were put together."
        rows.fault(f"{ids[double].nunique():,} squares occur more than once", fix, double, column=id_column)
    if centre is not None and crs_is_rd:
        _check_geometry(rows, *centre)
    persons = rows.counts("persons", "counts").astype("Int64")
    _check_one_column(rows)
    counts = {PERSONS_65PLUS: pd.Series(pd.array([pd.NA] * len(ids), dtype="Int64"), index=ids.index)}
    for group in group_fields:
        if group in columns:
            counts[group_column(group)] = rows.counts(group, "counts").astype("Int64")
    if log.n_faults > n_before or centre is None:
        return None
    return pd.DataFrame(
        {
            "demand_id": ids,
            "x_m": centre[0],
            "y_m": centre[1],
            "published_persons": persons,
            **counts,
            "resolution_m": np.int64(resolution_m),
        }
    )


def _check_one_column(rows: Rows) -> None:
    """A fault where two columns may be the inhabitants and differ."""
    chosen = rows.raw.frame[rows.columns["persons"]]
    names = {fold(name) for name in PERSONS_COLUMNS}
    for name in rows.names:
        other = rows.raw.frame[name]
        differs = (other != chosen) & (other.notna() | chosen.notna())
        if fold(name) in names and name != rows.columns["persons"] and differs.any():
            message = f"two columns may be the inhabitants, and differ: {rows.columns['persons']} and {name}"
            rows.fault(message, "Keep the right one.", differs, column=name)


def _wanted_columns(names: Sequence[str], groups: Mapping[str, str]) -> list[str]:
    """Only the columns used: a CBS file has up to 136."""
    ids = [name for name in names if ID_PATTERN.fullmatch(fold(name))]
    persons = find_column(names, PERSONS_COLUMNS)
    ours = [named_column(names, column) for column in groups.values()]
    if not ids or persons is None or None in ours:
        return list(names)  # to name the nearest in the fault
    guessed = [find_column(names, synonyms) for group, synonyms in GROUP_COLUMNS.items() if group not in groups]
    persons_too = [name for name in names if fold(name) in {fold(each) for each in PERSONS_COLUMNS}]
    wanted = [*ids, persons, *persons_too, *ours, *guessed]
    return list(dict.fromkeys(name for name in wanted if name is not None))


def _id_column(rows: Rows, source: PopulationInput) -> tuple[str | None, int | None]:
    found = {int(match[1]): name for name in rows.names if (match := ID_PATTERN.fullmatch(fold(name)))}
    asked = source.resolution_m
    if asked is not None and asked in found:
        return found[asked], asked
    if asked is None and len(found) == 1:
        resolution_m, name = next(iter(found.items()))
        return name, resolution_m
    if not found:
        fix = "Give the CBS file as downloaded, with the column crs28992res100m or crs28992res500m."
        rows.fault("no column holds the ids of the squares", fix, column=f"crs28992res{asked or 100}m")
    else:
        sides = f"the squares of the file are {' and '.join(map(str, sorted(found)))} m"
        fix = "Correct resolution_m in [inputs.population] or give the other file."
        rows.fault(sides + ("" if asked is None else f", the study says {asked} m"), fix, column="resolution_m")
    return None, None


def _check_crs(rows: Rows) -> bool:
    raw = rows.raw
    if not raw.has_geometry:
        return False
    if raw.crs is None:
        fix = "Give the CBS file as downloaded, or export it again with EPSG:28992 stated."
        rows.fault("the file does not state its CRS", fix)
        return False
    if not is_rd(raw.crs):
        code = raw.crs.to_epsg()
        stated = f"EPSG:{code}" if code else raw.crs.name
        fix = "Give the CBS file as downloaded: squares brought to another CRS are no longer squares."
        rows.fault(f"the CRS is {stated}, and the grid of CBS is EPSG:28992", fix)
        return False
    return True


def _centres(rows: Rows, resolution_m: int) -> tuple[FloatArray, FloatArray] | None:
    parts, column = rows.ids.str.extract(r"^E(\d{1,6})N(\d{1,6})$"), rows.columns["demand_id"]
    x, y = (pd.to_numeric(parts[side], errors="coerce").to_numpy(dtype=np.float64) for side in (0, 1))
    # Northings in RD are 289 to 629 km: four figures are hectometres, six are metres.
    metres = (parts[1].str.len() == 6).to_numpy(dtype=bool)
    x, y = (np.where(metres, side, side * 100) for side in (x, y))
    bad = ~inside_rd(x, y)
    if bad.any():
        message = f"{int(bad.sum()):,} ids are no squares of the CBS grid, such as E2025N5030"
        rows.fault(message, "Give the CBS file as downloaded.", bad, column=column)
        return None
    off = (x % resolution_m != 0) | (y % resolution_m != 0)
    if off.any():
        fix = "Correct resolution_m in [inputs.population] or give the CBS file as downloaded."
        message = f"{int(off.sum()):,} squares do not lie on a grid of {resolution_m} m"
        rows.fault(message, fix, off, column=column)
        return None
    return x + resolution_m / 2, y + resolution_m / 2


def _check_geometry(rows: Rows, x_m: FloatArray, y_m: FloatArray) -> None:
    """Centre by id and centre by geometry must agree, else the CRS or the ids are wrong."""
    assert isinstance(rows.raw.frame, gpd.GeoDataFrame)
    low_x, low_y, high_x, high_y = shapely.bounds(rows.raw.frame.geometry.to_numpy()).T
    x, y = (low_x + high_x) / 2, (low_y + high_y) / 2
    nowhere = ~np.isfinite(x) | ~np.isfinite(y) | ~has_place(rows.raw.frame.geometry)
    if nowhere.any():
        fix = "Give the CBS file as downloaded: its squares have a geometry."
        rows.fault(f"{int(nowhere.sum()):,} squares have no geometry", fix, nowhere, column="geometry")
        return
    differs = (np.abs(x - x_m) > TOLERANCE_M) | (np.abs(y - y_m) > TOLERANCE_M)
    if not differs.any():
        return
    outside = differs & ~inside_rd(x, y)
    if outside.any():
        fix = "Give the CBS file as downloaded, in EPSG:28992; this one was exported in degrees."
        misplaced = explain_misplaced(x[outside], y[outside], fix)
        rows.fault(misplaced.message, misplaced.fix, outside, column="geometry")
    else:
        worst_m = float(np.hypot(x - x_m, y - y_m)[differs].max())
        message = f"{int(differs.sum()):,} squares lie elsewhere than their id says, up to {worst_m:,.0f} m"
        fix = "Give the CBS file as downloaded: its CRS or its ids were changed."
        rows.fault(message, fix, differs, column="geometry")
