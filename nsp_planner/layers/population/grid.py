"""The population grid. In: CBS vierkantstatistieken of 100 m or 500 m. Out: one row per square of the file.

Reads the GeoPackage or the zip that holds it, with the column names of 2022 and later (aantal_inwoners), of 2015 to
2020 (INWONER) and of PDOK (aantalInwoners). The id of a square is its lower-left corner in RD: E2025N5030 in
hectometres (CBS) or E202500N503000 in metres. CBS, "Statistische gegevens per vierkant", 2023, chapter 2: a withheld
number is a code such as -99997, so everything below -99990 is missing, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from nsp_planner.config import PopulationInput
from nsp_planner.errors import Faults
from nsp_planner.layers.population.vulnerable_groups import PERSONS_65PLUS, group_column
from nsp_planner.layers.raw.cbs_codes import MISSING_BELOW
from nsp_planner.layers.raw.columns import find_column, fold, named_column
from nsp_planner.layers.raw.files import RawTable, read_table
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.text import text_column
from nsp_planner.layers.rd import explain_misplaced, inside_rd, is_rd
from nsp_planner.names import nearest_or_all

LAYER = "population"
ID_PATTERN = re.compile(r"c(?:rs)?28992r(?:es)?(100|500)m?")
PERSONS_GUESSES = ("aantal_inwoners", "inwoner", "inwoners")
GROUP_GUESSES = {
    "65plus": ("aantal_inwoners_65_jaar_en_ouder", "inw_65pl"),
    "alleenwonend": ("aantal_eenpersoonshuishoudens", "tothh_eenp"),
}
"""Groups of vulnerable residents that are read wherever the grid has them; a one-person household is one person."""
TOLERANCE_M = 2.0
"""Largest difference between the centre by id and the centre by geometry; web downloads round to degrees."""


def read_population(
    source: PopulationInput, faults: Faults, groups: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame | None, InputFile | None]:
    """All squares of the file, and the file read.

    Args:
        source: The file.
        faults: Where faults are added.
        groups: Column per group of vulnerable residents, beside those of :data:`GROUP_GUESSES`.

    Returns:
        ``demand_id`` str · ``x_m``, ``y_m`` float64, centre in RD · ``published_persons`` Int64, NA where withheld ·
        ``persons_65plus`` Int64 or NA · the other groups the file has (see ``vulnerable_groups.group_column``)
        Int64 or NA · ``resolution_m`` int64. ``None`` when a fault was added.
    """
    named = dict(groups or {})
    raw = read_table(LAYER, source, faults, suffixes=(".gpkg", ".zip"), columns=partial(_wanted_columns, groups=named))
    if raw is None:
        return None, None
    n_before, file = len(faults.items), source.path
    names = [str(name) for name in raw.frame.columns]
    id_column, resolution_m = _id_column(names, source, faults)
    persons_column = find_column(names, PERSONS_GUESSES)
    if persons_column is None:
        faults.add(
            LAYER,
            "no column holds the number of inhabitants",
            f"Give the CBS file as downloaded; the column is called one of {', '.join(PERSONS_GUESSES)}. "
            f"{nearest_or_all(PERSONS_GUESSES[0], names)}",
            file=file,
            column=PERSONS_GUESSES[0],
        )
    crs_is_rd = _check_crs(raw, faults, file)
    if id_column is None or persons_column is None or resolution_m is None:
        return None, raw.record
    ids = text_column(raw.frame[id_column]).str.upper()
    centre = _centres(ids, resolution_m, id_column, faults, file)
    double = ids.duplicated(keep=False) & (ids != "")
    if double.any():
        faults.add(
            LAYER,
            f"{ids[double].nunique():,} squares occur more than once",
            "Keep one row per square; perhaps two downloads were put together.",
            file=file,
            column=id_column,
            ids=ids[double].unique(),
        )
    if centre is not None and crs_is_rd and isinstance(raw.frame, gpd.GeoDataFrame):
        _check_geometry(raw.frame.geometry, *centre, ids, faults, file)
    persons = _counts(raw.frame[persons_column], ids, persons_column, faults, file)
    nothing = pd.Series(pd.array([pd.NA] * len(ids), dtype="Int64"), index=ids.index)
    counts = {PERSONS_65PLUS: nothing}
    for group, column in _group_columns(names, named, faults, file).items():
        counts[group_column(group)] = _counts(raw.frame[column], ids, column, faults, file)
    if len(faults.items) > n_before or centre is None:
        return None, raw.record
    return pd.DataFrame(
        {
            "demand_id": ids,
            "x_m": centre[0],
            "y_m": centre[1],
            "published_persons": persons,
            **counts,
            "resolution_m": np.int64(resolution_m),
        }
    ), raw.record


def _wanted_columns(names: Sequence[str], groups: Mapping[str, str]) -> list[str]:
    """Only the columns used: a CBS file has up to 136."""
    ids = [name for name in names if ID_PATTERN.fullmatch(fold(name))]
    persons = find_column(names, PERSONS_GUESSES)
    ours = [named_column(names, column) for column in groups.values()]
    if not ids or persons is None or None in ours:
        return list(names)  # to name the nearest in the fault
    guessed = [find_column(names, guesses) for group, guesses in GROUP_GUESSES.items() if group not in groups]
    wanted = [*ids, persons, *ours, *guessed]
    return list(dict.fromkeys(name for name in wanted if name is not None))


def _group_columns(names: list[str], groups: Mapping[str, str], faults: Faults, file: object) -> dict[str, str]:
    """The column of every group: those the study names, which must be there, and those that are guessed."""
    found = {}
    for group, wanted in groups.items():
        column = named_column(names, wanted)
        if column is None:
            message = f'the grid has no column "{wanted}" for the group {group!r}'
            faults.add(LAYER, message, nearest_or_all(wanted, names), file=file, column=f"vulnerable.columns.{group}")
        else:
            found[group] = column
    for group, guesses in GROUP_GUESSES.items():
        column = find_column(names, guesses)
        if group not in groups and column is not None:
            found[group] = column
    return found


def _id_column(names: list[str], source: PopulationInput, faults: Faults) -> tuple[str | None, int | None]:
    found = {int(match[1]): name for name in names if (match := ID_PATTERN.fullmatch(fold(name)))}
    asked = source.resolution_m
    if asked is not None and asked in found:
        return found[asked], asked
    if asked is None and len(found) == 1:
        resolution_m, name = next(iter(found.items()))
        return name, resolution_m
    if not found:
        faults.add(
            LAYER,
            "no column holds the ids of the squares",
            "Give the CBS file as downloaded, with the column crs28992res100m or crs28992res500m.",
            file=source.path,
            column=f"crs28992res{asked or 100}m",
        )
    else:
        faults.add(
            LAYER,
            f"the squares of the file are {' and '.join(map(str, sorted(found)))} m"
            + ("" if asked is None else f", the study says {asked} m"),
            "Correct resolution_m in [inputs.population] or give the other file.",
            file=source.path,
            column="resolution_m",
        )
    return None, None


def _check_crs(raw: RawTable, faults: Faults, file: object) -> bool:
    if not raw.has_geometry:
        return False
    if raw.crs is None:
        faults.add(
            LAYER,
            "the file does not state its CRS",
            "Give the CBS file as downloaded, or export it again with EPSG:28992 stated.",
            file=file,
        )
        return False
    if not is_rd(raw.crs):
        code = raw.crs.to_epsg()
        stated = f"EPSG:{code}" if code else raw.crs.name
        faults.add(
            LAYER,
            f"the CRS is {stated}, and the grid of CBS is EPSG:28992",
            "Give the CBS file as downloaded: squares brought to another CRS are no longer squares.",
            file=file,
        )
        return False
    return True


def _centres(
    ids: pd.Series, resolution_m: int, column: str, faults: Faults, file: object
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    parts = ids.str.extract(r"^E(\d{1,6})N(\d{1,6})$")
    x, y = (pd.to_numeric(parts[side], errors="coerce").to_numpy(dtype=np.float64) for side in (0, 1))
    # Northings in RD are 289 to 629 km: four figures are hectometres, six are metres.
    metres = (parts[1].str.len() == 6).to_numpy(dtype=bool)
    x, y = (np.where(metres, side, side * 100) for side in (x, y))
    bad = ~inside_rd(x, y)
    if bad.any():
        faults.add(
            LAYER,
            f"{int(bad.sum()):,} ids are no squares of the CBS grid, such as E2025N5030",
            "Give the CBS file as downloaded.",
            file=file,
            column=column,
            ids=ids[bad],
        )
        return None
    off = (x % resolution_m != 0) | (y % resolution_m != 0)
    if off.any():
        faults.add(
            LAYER,
            f"{int(off.sum()):,} squares do not lie on a grid of {resolution_m} m",
            "Correct resolution_m in [inputs.population] or give the CBS file as downloaded.",
            file=file,
            column=column,
            ids=ids[off],
        )
        return None
    return x + resolution_m / 2, y + resolution_m / 2


def _check_geometry(
    geometry: gpd.GeoSeries,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    ids: pd.Series,
    faults: Faults,
    file: object,
) -> None:
    """Centre by id and centre by geometry must agree, else the CRS or the ids are wrong."""
    low_x, low_y, high_x, high_y = shapely.bounds(geometry.to_numpy()).T
    x, y = (low_x + high_x) / 2, (low_y + high_y) / 2
    differs = (np.abs(x - x_m) > TOLERANCE_M) | (np.abs(y - y_m) > TOLERANCE_M)
    if not differs.any():
        return
    outside = differs & ~inside_rd(x, y)
    if outside.any():
        told = explain_misplaced(
            x[outside], y[outside], "Give the CBS file as downloaded, in EPSG:28992; this one was exported in degrees."
        )
        faults.add(LAYER, told.message, told.fix, file=file, column="geometry", ids=ids[outside])
    else:
        worst_m = float(np.hypot(x - x_m, y - y_m)[differs].max())
        faults.add(
            LAYER,
            f"{int(differs.sum()):,} squares lie elsewhere than their id says, up to {worst_m:,.0f} m",
            "Give the CBS file as downloaded: its CRS or its ids were changed.",
            file=file,
            column="geometry",
            ids=ids[differs],
        )


def _counts(values: pd.Series, ids: pd.Series, column: str, faults: Faults, file: object) -> pd.Series:
    """Whole numbers, NA for empty and for CBS codes; another negative number is a fault."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    faulty = {
        "no numbers": numbers.isna() & values.notna(),
        "negative and no CBS code for missing": (numbers < 0) & (numbers >= MISSING_BELOW),
        "no whole numbers": (numbers >= 0) & ((numbers % 1 != 0) | np.isinf(numbers)),
    }
    for what, rows in faulty.items():
        if rows.any():
            faults.add(
                LAYER,
                f"{int(rows.sum()):,} counts are {what}, such as {values[rows].iloc[0]}",
                "Correct the counts; a withheld one is empty or a CBS code such as -99997.",
                file=file,
                column=column,
                ids=ids[rows],
            )
    good = (numbers >= 0) & (numbers % 1 == 0) & ~np.isinf(numbers)
    return numbers.where(good).astype("Int64")
