"""Made-up candidates for a real grid. In: CBS buurten, CBS grid, a seed. Out: two CSV files of invented buildings.

For regions of which only the open population grid is at hand: what comes out shows that the planner works at that
size, and says nothing about buildings that exist.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import Faults
from nsp_planner.layers.rd import RD

STATIONS_NAME = "kazernes.csv"
INHABITANTS_PER_STATION = 12_000.0
JITTER_M = 40.0
BUURT_COLUMNS = ("buurtcode", "buurtnaam", "gemeentecode", "gemeentenaam", "water")


def draw_candidates(
    buurten_path: Path,
    grid_path: Path,
    out_path: Path,
    *,
    seed: int,
    inhabitants_per_candidate: float = 1_500.0,
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
    candidates = _draw(squares, buurten, "buurtcode", inhabitants_per_candidate, rng)
    candidates["naam"] = [
        f"Buurtlocatie {name} {turn} (verzonnen)"
        for name, turn in zip(candidates["buurtnaam"], candidates["turn"], strict=True)
    ]
    candidates["soort"] = "buurtlocatie (verzonnen)"
    stations = _draw(squares, buurten, "gemeentecode", INHABITANTS_PER_STATION, rng)
    stations["naam"] = [
        f"Brandweerkazerne {name} {turn} (verzonnen)"
        for name, turn in zip(stations["gemeentenaam"], stations["turn"], strict=True)
    ]
    stations["soort"] = "brandweerkazerne (verzonnen)"
    out_path.parent.mkdir(parents=True, exist_ok=True)
    columns = ["nummer", "naam", "soort", "buurtcode", "buurtnaam", "gemeentecode", "x", "y"]
    for table, letter, path in ((candidates, "B", out_path), (stations, "K", out_path.parent / STATIONS_NAME)):
        table["nummer"] = [f"{letter}{i:04d}" for i in range(1, len(table) + 1)]
        table[columns].to_csv(path, sep=";", index=False, encoding="utf-8", lineterminator="\n")


def _squares_with_buurt(buurten_path: Path, grid_path: Path) -> tuple[pd.DataFrame, dict[str, BaseGeometry]]:
    """Populated squares (x, y of the centre, persons, buurt) and the polygon of each buurt by code."""
    faults = Faults()
    buurten = _read(buurten_path, "buurten", BUURT_COLUMNS, faults)
    grid = _read(grid_path, "grid", ("aantal_inwoners",), faults)
    faults.raise_if_any()
    buurten = buurten[buurten["water"] == "NEE"]
    grid = grid[grid["aantal_inwoners"] > 0]
    centres = gpd.GeoDataFrame(grid[["aantal_inwoners"]], geometry=shapely.centroid(grid.geometry), crs=RD)
    wanted = [*BUURT_COLUMNS[:-1], "geometry"]
    joined = centres.sjoin(buurten[wanted], predicate="within").drop(columns="index_right")
    joined = joined[~joined.index.duplicated()]
    if joined.empty:
        fix = "give the grid and the buurten of one region"
        faults.add("grid", "no populated square lies in a buurt", fix, file=grid_path)
        faults.raise_if_any()
    squares = pd.DataFrame(joined.drop(columns="geometry"))
    squares["x"], squares["y"] = joined.geometry.x, joined.geometry.y
    return squares.reset_index(drop=True), dict(zip(buurten["buurtcode"], buurten.geometry, strict=True))


def _read(path: Path, layer: str, columns: tuple[str, ...], faults: Faults) -> gpd.GeoDataFrame:
    """A layer in RD with the columns needed; a fault (and an empty table) where that cannot be."""
    empty = gpd.GeoDataFrame(columns=[*columns, "geometry"], geometry="geometry", crs=RD)
    try:
        missing = [name for name in columns if name not in pyogrio.read_info(path)["fields"]]
        if missing:
            fix = "give the file as CBS publishes it"
            faults.add(layer, f"the file has no column {', '.join(missing)}", fix, file=path, column=missing[0])
            return empty
        table = gpd.read_file(path, columns=list(columns))
    except pyogrio.errors.DataSourceError:
        faults.add(layer, "the file is missing or cannot be read", "give the path of a GeoPackage", file=path)
        return empty
    if table.crs is None:
        faults.add(layer, "the file does not say its CRS", "give the file as CBS publishes it (EPSG:28992)", file=path)
        return empty
    return table.to_crs(RD)


def _draw(
    squares: pd.DataFrame, buurten: dict[str, BaseGeometry], per: str, inhabitants: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Drawn squares per buurt or gemeente, without repeating one, with jittered x, y and ``turn`` from 1 up."""
    drawn = []
    for _, part in squares.groupby(per, sort=True):
        persons = part["aantal_inwoners"].to_numpy(float)
        n = min(max(round(persons.sum() / inhabitants), 1), len(part))
        chosen = rng.choice(len(part), size=n, replace=False, p=persons / persons.sum())
        drawn.append(part.iloc[np.sort(chosen)].assign(turn=np.arange(1, n + 1)))
    table = pd.concat(drawn, ignore_index=True)
    moved = np.round(table[["x", "y"]].to_numpy() + rng.uniform(-JITTER_M, JITTER_M, (len(table), 2)), 1)
    inside = _within(moved, table["buurtcode"], buurten)
    table[["x", "y"]] = np.where(inside[:, None], moved, table[["x", "y"]].to_numpy())
    return table


def _within(xy: NDArray[np.float64], codes: pd.Series, buurten: dict[str, BaseGeometry]) -> NDArray[np.bool_]:
    """Whether each point lies in its own buurt."""
    polygons = np.array([buurten[code] for code in codes], dtype=object)
    inside: NDArray[np.bool_] = shapely.contains_xy(polygons, xy[:, 0], xy[:, 1])
    return inside
