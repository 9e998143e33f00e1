"""Buurten. In: polygons of the CBS wijk- en buurtkaart, figures per buurt. Out: buurten in RD, the buurt of a square.

Any polygons with codes will do. Where polygons overlap (a wijk around its buurten), a square belongs to the smallest;
a square in none has no buurt, which is counted and never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from nsp_planner.config import BuurtenInput, FileInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.cbs_codes import MISSING_BELOW, is_water
from nsp_planner.layers.raw.columns import find_column, named_column
from nsp_planner.layers.raw.files import CSV_SUFFIXES, EXCEL_SUFFIXES, VECTOR_SUFFIXES, RawTable, read_table
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import Notes
from nsp_planner.layers.raw.polygons import polygons_in_rd
from nsp_planner.layers.raw.text import parse_numbers, text_column
from nsp_planner.layers.rd import RD
from nsp_planner.names import nearest_or_all

LAYER = "buurten"
CODE_GUESSES = ("buurtcode", "bu_code", "buurt_code", "statcode", "code")
NAME_GUESSES = ("buurtnaam", "bu_naam", "buurt_naam", "statnaam", "naam", "name")


@dataclass(frozen=True, eq=False)
class Buurten:
    """Buurten as read.

    Attributes:
        polygons: buurt_code str, name str, polygon in EPSG:28992; one row per buurt, sorted by code.
        figures: Every other column of the files as they have it, index buurt_code.
        file: The file with the figures, for faults.
    """

    polygons: gpd.GeoDataFrame
    figures: pd.DataFrame
    file: Path

    def numbers(self, column: str, key: str, faults: Faults) -> pd.Series | None:
        """A figure per buurt (float64, NaN where missing or withheld); ``None`` with a fault added."""
        names = [str(name) for name in self.figures.columns]
        found = named_column(names, column)
        if found is None:
            faults.add(
                LAYER,
                f'the buurten have no column "{column}"',
                nearest_or_all(column, names),
                file=self.file,
                column=key,
            )
            return None
        text = text_column(self.figures[found])
        values = parse_numbers(text)
        missing = (values < MISSING_BELOW) | (text == "")
        for what, rows in (("no numbers", values.isna() & ~missing), ("negative", (values < 0) & ~missing)):
            if rows.any():
                message = f"{int(rows.sum()):,} figures are {what}, such as {text[rows].iloc[0]}"
                fix = "Correct them; a missing one is empty or a CBS code such as -99997."
                faults.add(LAYER, message, fix, file=self.file, column=found, ids=text.index[rows])
                return None
        return values.where(~missing)


def read_buurten(source: BuurtenInput, faults: Faults, notes: Notes) -> tuple[Buurten | None, tuple[InputFile, ...]]:
    """The buurten and the files read; ``None`` when a fault was added."""
    raw = read_table(LAYER, source, faults, suffixes=VECTOR_SUFFIXES)
    if raw is None:
        return None, ()
    records, file = [raw.record], source.path
    table = _polygons(raw, source, faults, notes)
    figures: pd.DataFrame | None = None
    if source.table is not None:
        figures, record = _figures(source, faults)
        records += [] if record is None else [record]
        file = source.table
    if table is None or (source.table is not None and figures is None):
        return None, tuple(records)
    own = table.drop_duplicates("buurt_code").set_index("buurt_code").drop(columns=["name", "geometry"])
    merged = table[["buurt_code", "name", "geometry"]].dissolve(by="buurt_code", aggfunc="first").reset_index()
    if figures is not None:
        own = own.drop(columns=[name for name in own if name in figures]).join(figures)
        unknown = figures.index.difference(own.index)
        if len(unknown) == len(figures):
            message = "none of the codes of the table is the code of a buurt"
            fix = f"Both files need the same codes, such as {own.index[0]}; name the column with table_code_column."
            faults.add(LAYER, message, fix, file=source.table, column="table_code_column", ids=unknown)
            return None, tuple(records)
        if len(unknown):
            notes.add(
                LAYER, "", "", f"{len(unknown)} buurten van de tabel staan niet op de kaart: {unknown[0]} en verder"
            )
    return Buurten(merged[["buurt_code", "name", "geometry"]], pd.DataFrame(own), file), tuple(records)


def find_buurt(
    x_m: NDArray[np.float64], y_m: NDArray[np.float64], polygons: gpd.GeoDataFrame, reach_m: float = 0.0
) -> pd.Series:
    """Code of the smallest polygon around each point, else of the nearest within ``reach_m`` (``string``, NA: none)."""
    shapes = polygons.geometry.to_numpy()
    # positions in order of size: the lowest that holds a point is the smallest
    rank = np.empty(len(shapes), dtype=np.int64)
    rank[np.argsort(shapely.area(shapes), kind="stable")] = np.arange(len(shapes))
    tree = shapely.STRtree(shapes)
    points = np.atleast_1d(np.asarray(shapely.points(x_m, y_m), dtype=object))
    point, polygon = tree.query(points, predicate="intersects")
    best = np.full(len(x_m), len(shapes), dtype=np.int64)
    np.minimum.at(best, point, rank[polygon])
    alone = np.flatnonzero(best == len(shapes))
    if reach_m > 0 and len(alone):
        near, polygon = tree.query_nearest(points[alone], max_distance=reach_m)
        np.minimum.at(best, alone[near], rank[polygon])
    by_rank = [*polygons["buurt_code"].to_numpy(dtype=object)[np.argsort(rank)], None]
    return pd.Series([by_rank[n] for n in best.tolist()], dtype="string")


def join_buurten(demand: gpd.GeoDataFrame, buurten: Buurten, faults: Faults, notes: Notes) -> gpd.GeoDataFrame:
    """The demand table with ``buurt_code``; how many people have none is noted, a map without any is a fault.

    Beside water the centre of a square may lie in no buurt: it then belongs to one that the square can touch.
    """
    touches_m = float(demand["resolution_m"].iloc[0]) / np.sqrt(2)
    codes = find_buurt(demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy(), buurten.polygons, touches_m)
    codes.index = demand.index
    alone = codes.isna()
    if bool(alone.all()):
        message = "no square of the region lies in a buurt"
        faults.add(LAYER, message, "Give the buurten of this region.", file=buurten.file, column="geometry")
    elif alone.any():
        persons = int(demand.loc[alone, "population_persons"].sum())
        notes.add(LAYER, "", "", f"{int(alone.sum())} vierkanten ({persons} mensen) liggen in geen enkele buurt")
    return demand.assign(buurt_code=codes)


def buurten_of_region(demand: gpd.GeoDataFrame, buurten: Buurten) -> gpd.GeoDataFrame:
    """The buurten with squares of the region: buurt_code, name, gemeente_code (of most people), n_squares, persons."""
    placed = demand[demand["buurt_code"].notna()]
    groups = placed.groupby(placed["buurt_code"].astype("str"))
    most = placed.groupby([placed["buurt_code"].astype("str"), "gemeente_code"])["population_persons"].sum()
    most = most.reset_index().sort_values(["population_persons", "gemeente_code"], ascending=[False, True])
    gemeente = most.drop_duplicates("buurt_code").set_index("buurt_code")["gemeente_code"]
    table = buurten.polygons[buurten.polygons["buurt_code"].isin(groups.groups)].reset_index(drop=True)
    codes = table["buurt_code"]
    return gpd.GeoDataFrame(
        {
            "buurt_code": codes,
            "name": table["name"],
            "gemeente_code": codes.map(gemeente),
            "n_squares": codes.map(groups.size()).astype("int64"),
            "persons": codes.map(groups["population_persons"].sum()).astype("int64"),
        },
        geometry=table.geometry.array,
        crs=RD,
    )


def _polygons(raw: RawTable, source: BuurtenInput, faults: Faults, notes: Notes) -> gpd.GeoDataFrame | None:
    frame, file = raw.frame, source.path
    rd = polygons_in_rd(LAYER, raw, faults, file)
    names = [str(name) for name in frame.columns if str(name) != "geometry"]
    code = _column(names, source.code_column, CODE_GUESSES, "code_column", faults, file)
    name = _column(names, source.name_column, NAME_GUESSES, "name_column", faults, file)
    if rd is None or code is None or name is None:
        return None
    table = gpd.GeoDataFrame(
        pd.DataFrame(frame[names]).assign(buurt_code=text_column(frame[code]), name=text_column(frame[name])),
        geometry=rd.geometry.array,
        crs=RD,
    )
    keep = (table["buurt_code"] != "") & ~table.geometry.is_empty & table.geometry.notna() & ~is_water(frame)
    if rd.n_repaired:
        notes.add(LAYER, "", "", f"ongeldige geometrie hersteld van {rd.n_repaired} buurten")
    if not keep.any():
        faults.add(
            LAYER, "no row has a code and a polygon", "Name the column with code_column.", file=file, column=code
        )
        return None
    return table[keep].reset_index(drop=True)


def _column(
    names: Sequence[str], named: str | None, guesses: Sequence[str], key: str, faults: Faults, file: object
) -> str | None:
    found = find_column(names, guesses) if named is None else named_column(names, named)
    if found is None:
        wanted = named or guesses[0]
        fix = f"Name the right one with {key} in [inputs.buurten]. {nearest_or_all(wanted, list(names))}"
        faults.add(LAYER, f'the file has no column "{wanted}"', fix, file=file, column=named or key)
    return found


def _figures(source: BuurtenInput, faults: Faults) -> tuple[pd.DataFrame | None, InputFile | None]:
    assert source.table is not None
    file = FileInput(path=source.table)
    raw = read_table(f"{LAYER}: table", file, faults, suffixes=(*CSV_SUFFIXES, *EXCEL_SUFFIXES))
    if raw is None:
        return None, None
    names = [str(name) for name in raw.frame.columns]
    code = _column(names, source.table_code_column, CODE_GUESSES, "table_code_column", faults, source.table)
    if code is None:
        return None, raw.record
    table = pd.DataFrame({name: text_column(raw.frame[name]) for name in names})
    double = table[code].duplicated(keep=False) & (table[code] != "")
    if double.any():
        faults.add(
            LAYER,
            f"{table[code][double].nunique():,} buurten occur more than once in the table",
            "Keep one row per buurt.",
            file=source.table,
            column=code,
            ids=table[code][double].unique(),
        )
        return None, raw.record
    return table[table[code] != ""].set_index(code), raw.record
