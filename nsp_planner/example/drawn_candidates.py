"""Made-up candidates for a real grid. In: CBS buurten, CBS grid, a seed. Out: two CSV files of invented buildings.

For regions of which only the open population grid is at hand: what comes out shows that the planner works at that
size, and says nothing about buildings that exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from nsp_planner.config import FileInput
from nsp_planner.errors import DataError, Fault
from nsp_planner.example.files import write_csv
from nsp_planner.layers.raw.columns import FieldSpec, find_column
from nsp_planner.layers.raw.files import VECTOR_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.polygons import polygons_in_rd
from nsp_planner.layers.raw.rows import read_rows
from nsp_planner.layers.rd import RD

STATIONS_NAME = "kazernes.csv"
INHABITANTS_PER_STATION = 12_000.0
JITTER_M = 40.0
BUURT_COLUMNS = ("buurtcode", "buurtnaam", "gemeentecode", "gemeentenaam", "water")


def draw_candidates(
    buurten_path: Path, grid_path: Path, out_path: Path, *, seed: int, inhabitants_per_candidate: float = 1_500.0
) -> None:
    """Draw candidate buildings and fire stations at populated squares, by buurt.

    Every buurt with inhabitants gets at least one candidate and about one per ``inhabitants_per_candidate``; every
    gemeente at least one station and about one per 12,000 inhabitants. Squares are drawn by their inhabitants, the
    building stands within 40 m of the centre and within its buurt (or on the centre of the square).

    Args:
        buurten_path: CBS buurten: buurtcode, buurtnaam, gemeentecode, gemeentenaam, water and polygons.
        grid_path: CBS 100 m grid: aantal_inwoners and polygons.
        out_path: CSV of the candidates; the stations go beside it as ``kazernes.csv``.
        seed: Seed of every random choice.
        inhabitants_per_candidate: Inhabitants per candidate, above 0.

    Raises:
        ValueError: ``inhabitants_per_candidate`` is not above 0.
        DataError: A file is missing, cannot be read or lacks a column, or the two do not cover each other.
        OSError: The folder cannot be written.
    """
    if not inhabitants_per_candidate > 0:
        raise ValueError(f"inhabitants_per_candidate must be above 0, not {inhabitants_per_candidate:g}")
    rng = np.random.default_rng(seed)
    squares, buurten = _squares_with_buurt(buurten_path, grid_path)
    out_path.parent.mkdir(parents=True, exist_ok=True)
    for letter, per, inhabitants, kind, path in (
        ("B", "buurt", inhabitants_per_candidate, "Buurtlocatie", out_path),
        ("K", "gemeente", INHABITANTS_PER_STATION, "Brandweerkazerne", out_path.parent / STATIONS_NAME),
    ):
        table = _draw(squares, buurten, f"{per}code", inhabitants, rng)
        table["nummer"] = [f"{letter}{i:04d}" for i in range(1, len(table) + 1)]
        table["naam"] = f"{kind} " + table[f"{per}naam"] + " " + table["turn"].astype("str") + " (verzonnen)"
        table["soort"] = f"{kind.lower()} (verzonnen)"
        columns = ["nummer", "naam", "soort", "buurtcode", "buurtnaam", "gemeentecode", "x", "y"]
        write_csv(table[columns], path, decimal=".")


def _squares_with_buurt(buurten_path: Path, grid_path: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Populated squares (x, y of the centre, aantal_inwoners, buurt) and the polygon of each buurt by code."""
    log = InputLog()
    buurten = _read(buurten_path, "buurten", BUURT_COLUMNS, log)
    grid = _read(grid_path, "grid", ("aantal_inwoners",), log)
    if buurten is None or grid is None:
        raise DataError(log.faults.items)
    buurten = buurten[buurten["water"] == "NEE"].drop(columns="water")
    grid = grid[grid["aantal_inwoners"] > 0]
    centres = grid.set_geometry(shapely.centroid(grid.geometry.to_numpy()), crs=RD)
    joined = centres.sjoin(buurten, predicate="within")
    joined = joined[~joined.index.duplicated()]
    if joined.empty:
        fix = "give the grid and the buurten of one region"
        raise DataError(Fault("grid", "no populated square lies in a buurt", fix, str(grid_path)))
    squares = pd.DataFrame(joined.drop(columns="geometry")).assign(x=joined.geometry.x, y=joined.geometry.y)
    return squares.reset_index(drop=True), buurten.set_index("buurtcode").geometry


def _read(path: Path, layer: str, columns: tuple[str, ...], log: InputLog) -> gpd.GeoDataFrame | None:
    """A layer in RD with the columns needed; ``None`` with a fault where that cannot be."""
    fields = {name: FieldSpec((name,), required=True, what=name) for name in columns}

    def only(names: Sequence[str]) -> list[str]:
        return [found for name in columns if (found := find_column(names, [name])) is not None]

    rows = read_rows(layer, FileInput(path=path), fields, log, suffixes=VECTOR_SUFFIXES, only=only)
    polygons = None if rows is None else polygons_in_rd(rows)
    if rows is None or polygons is None:
        return None
    return gpd.GeoDataFrame({name: rows.raw.frame[rows.columns[name]] for name in columns}, geometry=polygons.geometry)


def _draw(
    squares: pd.DataFrame, buurten: pd.Series, per: str, inhabitants: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Drawn squares per buurt or gemeente, without repeating one, with jittered x, y and ``turn`` from 1 up."""
    drawn = []
    for _, part in squares.groupby(per, sort=True):
        persons = part["aantal_inwoners"].to_numpy(float)
        n = min(max(round(persons.sum() / inhabitants), 1), len(part))
        chosen = rng.choice(len(part), size=n, replace=False, p=persons / persons.sum())
        drawn.append(part.iloc[np.sort(chosen)].assign(turn=np.arange(1, n + 1)))
    table = pd.concat(drawn, ignore_index=True)
    xy = table[["x", "y"]].to_numpy()
    moved = np.round(xy + rng.uniform(-JITTER_M, JITTER_M, xy.shape), 1)
    inside = shapely.contains_xy(buurten.loc[table["buurtcode"]].to_numpy(), moved[:, 0], moved[:, 1])
    table[["x", "y"]] = np.where(inside[:, None], moved, xy)
    return table
