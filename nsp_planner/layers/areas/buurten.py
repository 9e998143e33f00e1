"""Buurten. In: polygons of the CBS wijk- en buurtkaart, figures per buurt. Out: buurten in RD, the buurt of a square.

Any polygons with codes will do. Where polygons overlap (a wijk around its buurten), a square belongs to the smallest;
a square in none has no buurt, which is counted and never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from nsp_planner.config import BuurtenInput, FileInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.cbs_codes import is_water, read_counts
from nsp_planner.layers.raw.columns import FieldSpec, named_column
from nsp_planner.layers.raw.files import CSV_SUFFIXES, EXCEL_SUFFIXES, VECTOR_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.polygons import polygons_in_rd
from nsp_planner.layers.raw.rows import Rows, read_rows
from nsp_planner.layers.raw.text import text_column
from nsp_planner.layers.rd import RD
from nsp_planner.names import counted_nl, nearest_or_all

LAYER = "buurten"
CODES = ("buurtcode", "bu_code", "buurt_code", "statcode", "code")
NAMES = ("buurtnaam", "bu_naam", "buurt_naam", "statnaam", "naam", "name")


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
            message = f'the buurten have no column "{column}"'
            faults.add(LAYER, message, nearest_or_all(column, names), file=self.file, column=key)
            return None
        n_before, index = len(faults.items), self.figures.index

        def report(message: str, fix: str, rows: pd.Series) -> None:
            faults.add(LAYER, message, fix, file=self.file, column=found, ids=index[rows])

        values = read_counts(self.figures[found], "figures", report, whole=False)
        return values if len(faults.items) == n_before else None


def read_buurten(source: BuurtenInput, log: InputLog) -> Buurten | None:
    """The buurten of the file or files; ``None`` when a fault was added."""
    fields = {
        "code": FieldSpec(CODES, source.code_column, True, "the code of a buurt", "code_column", "inputs.buurten"),
        "name": FieldSpec(NAMES, source.name_column, True, "the name of a buurt", "name_column", "inputs.buurten"),
    }
    rows = read_rows(LAYER, source, fields, log, suffixes=VECTOR_SUFFIXES)
    table = None if rows is None else _polygons(rows)
    figures, figure_rows = (None, rows) if source.table is None else _figures(source, log)
    if table is None or figure_rows is None:
        return None
    own = table.drop_duplicates("buurt_code").set_index("buurt_code").drop(columns=["name", "geometry"])
    merged = table[["buurt_code", "name", "geometry"]].dissolve(by="buurt_code", aggfunc="first").reset_index()
    if figures is not None:
        own = own.drop(columns=[name for name in own if name in figures]).join(figures)
        unknown = figures.index.difference(own.index)
        if len(unknown) == len(figures):
            message = "none of the codes of the table is the code of a buurt"
            fix = f"Both files need the same codes, such as {own.index[0]}; name the column with table_code_column."
            log.faults.add(LAYER, message, fix, file=source.table, column="table_code_column", ids=unknown)
            return None
        if len(unknown):
            log.notes.add(
                LAYER, f"niet op de kaart: {counted_nl(len(unknown), 'buurten')} van de tabel, zoals {unknown[0]}"
            )
    return Buurten(merged[["buurt_code", "name", "geometry"]], pd.DataFrame(own), figure_rows.file)


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


def join_buurten(demand: gpd.GeoDataFrame, buurten: Buurten, log: InputLog) -> gpd.GeoDataFrame:
    """The demand table with ``buurt_code``; how many people have none is noted, a map without any is a fault.

    Beside water the centre of a square may lie in no buurt: it then belongs to one that the square can touch.
    """
    touches_m = float(demand["resolution_m"].iloc[0]) / np.sqrt(2)
    codes = find_buurt(demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy(), buurten.polygons, touches_m)
    codes.index = demand.index
    alone = codes.isna()
    if bool(alone.all()):
        message = "no square of the region lies in a buurt"
        log.faults.add(LAYER, message, "Give the buurten of this region.", file=buurten.file, column="geometry")
    elif alone.any():
        persons = int(demand.loc[alone, "population_persons"].sum())
        log.notes.add(
            LAYER,
            f"in geen enkele buurt: {counted_nl(alone.sum(), 'vierkanten')} ({counted_nl(persons, 'mensen')})",
        )
    return demand.assign(buurt_code=codes)


def buurten_of_region(demand: gpd.GeoDataFrame, buurten: Buurten) -> gpd.GeoDataFrame:
    """The buurten with squares of the region: buurt_code, name, gemeente_code (of most people), n_squares, persons."""
    placed = demand[demand["buurt_code"].notna()]
    by_buurt = placed.groupby(placed["buurt_code"].astype("str"))
    most = placed.groupby([placed["buurt_code"].astype("str"), "gemeente_code"])["population_persons"].sum()
    most = most.reset_index().sort_values(["population_persons", "gemeente_code"], ascending=[False, True])
    gemeente = most.drop_duplicates("buurt_code").set_index("buurt_code")["gemeente_code"]
    table = buurten.polygons[buurten.polygons["buurt_code"].isin(by_buurt.groups)].reset_index(drop=True)
    codes = table["buurt_code"]
    return gpd.GeoDataFrame(
        {
            "buurt_code": codes,
            "name": table["name"],
            "gemeente_code": codes.map(gemeente),
            "n_squares": codes.map(by_buurt.size()).astype("int64"),
            "persons": codes.map(by_buurt["population_persons"].sum()).astype("int64"),
        },
        geometry=table.geometry.array,
        crs=RD,
    )


def _polygons(rows: Rows) -> gpd.GeoDataFrame | None:
    rows = rows.with_ids(rows.of("code").where(rows.of("code") != "", rows.ids))
    rd = polygons_in_rd(rows)
    if rd is None:
        return None
    table = gpd.GeoDataFrame(
        pd.DataFrame(rows.raw.frame[rows.names]).assign(buurt_code=rows.of("code"), name=rows.of("name")),
        geometry=rd.geometry.array,
        crs=RD,
    )
    shapes = table.geometry.to_numpy()
    drawn = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    keep = (table["buurt_code"] != "") & drawn & ~is_water(rows.raw.frame)
    if rd.repaired.any():
        rows.log.notes.add(LAYER, f"ongeldige geometrie hersteld van {counted_nl(rd.repaired.sum(), 'buurten')}")
    if not keep.any():
        message = "no row has a code and a polygon"
        rows.fault(message, "Name the column with code_column.", column=rows.columns["code"])
        return None
    return table[keep].reset_index(drop=True)


def _figures(source: BuurtenInput, log: InputLog) -> tuple[pd.DataFrame | None, Rows | None]:
    assert source.table is not None
    key = ("table_code_column", "inputs.buurten")
    fields = {"code": FieldSpec(CODES, source.table_code_column, True, "the code of a buurt", *key)}
    suffixes = (*CSV_SUFFIXES, *EXCEL_SUFFIXES)
    rows = read_rows(f"{LAYER}: table", FileInput(path=source.table), fields, log, suffixes=suffixes)
    if rows is None:
        return None, None
    rows.check_cells(rows.names)
    table, code = pd.DataFrame({name: text_column(rows.raw.frame[name]) for name in rows.names}), rows.columns["code"]
    rows = rows.with_ids(rows.of("code"))
    double = table[code].duplicated(keep=False) & (table[code] != "")
    if double.any():
        message = f"{table[code][double].nunique():,} buurten occur more than once in the table"
        rows.fault(message, "Keep one row per buurt.", double, column=code)
        return None, None
    return table[table[code] != ""].set_index(code), rows
