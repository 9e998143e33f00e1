"""The example as CBS would publish it. In: squares with true persons, boundaries. Out: tables in the CBS layouts.

Squares below five persons and five dwellings are left out; counts are rounded to multiples of five; counts below five
are -99997 (CBS, Vierkantstatistieken, methode). Shares by origin, benefits, building years and ownership are left
withheld in every square: an illustration has no business making them up.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from nsp_planner.example.geometry import Ints
from nsp_planner.example.land import CELL_M, Land
from nsp_planner.example.places import Region, read_table
from nsp_planner.layers.rd import RD

WITHHELD = -99997
GRID_COLUMNS: tuple[str, ...] = tuple(read_table("grid_columns.csv")["name"])
"""Columns of the CBS 100 m file of 2024 (version 1), in its order and with its spelling."""
_AGES = tuple(name for name in GRID_COLUMNS if name.startswith("aantal_inwoners_"))
_HOUSEHOLDS = tuple(name for name in GRID_COLUMNS if name.endswith(("huishoudens", "_kind")) and "_part_" not in name)


def build_grid(squares: pd.DataFrame, land: Land, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The squares as CBS publishes them: :data:`GRID_COLUMNS` and the polygon of each square, EPSG:28992.

    Args:
        squares: As :func:`nsp_planner.example.population.settle` returns them.
        land: The raster, for the position of row 0 and column 0.
        rng: Source of every random choice.
    """
    true = _true_counts(squares, rng)
    kept = (true["aantal_inwoners"] >= 5) | (true["aantal_woningen"] >= 5)
    squares, true = squares[kept], true[kept]
    ids, boxes = cbs_squares(land.x0_hm + squares["column"].to_numpy(), land.y0_hm + squares["row"].to_numpy())
    columns: dict[str, object] = {"crs28992res100m": ids}
    for name in GRID_COLUMNS[1:]:
        columns[name] = published(true[name].to_numpy()) if name in true else np.int32(WITHHELD)
    households = true["aantal_part_huishoudens"].to_numpy()
    size = np.round(true["aantal_inwoners"].to_numpy() / np.maximum(households, 1), 1)
    columns["gemiddelde_huishoudensgrootte"] = np.where(households >= 5, size, float(WITHHELD))
    return gpd.GeoDataFrame(columns, index=range(len(squares)), geometry=boxes, crs=RD)


def cbs_squares(east_hm: Ints, north_hm: Ints) -> tuple[list[str], NDArray[np.object_]]:
    """Id and polygon of squares of 100 m by their lower-left corner, in hectometres."""
    ids = [f"E{e:04d}N{n:04d}" for e, n in zip(east_hm, north_hm, strict=True)]
    x, y = east_hm * float(CELL_M), north_hm * float(CELL_M)
    return ids, shapely.box(x, y, x + CELL_M, y + CELL_M)


def published(count: Ints) -> NDArray[np.int32]:
    """A true count as CBS shows it: a multiple of five, or -99997 below five."""
    return np.where(count >= 5, (count + 2) // 5 * 5, WITHHELD).astype(np.int32)


def _true_counts(squares: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Sex, ages, households and dwellings per square before rounding, by the columns of CBS."""
    persons = squares["persons"].to_numpy()
    n = len(squares)
    town = squares["place"].to_numpy() >= 0
    old = np.clip(rng.normal(0.21, 0.07, n), 0.04, 0.6)
    young = np.array([0.155, 0.12, 0.25, 0.265])
    ages = rng.multinomial(persons, np.column_stack([(1 - old)[:, None] * (young / young.sum()), old]))
    men = rng.binomial(persons, 0.497)
    size = np.clip(rng.normal(np.where(town, 2.25, 2.6), 0.25), 1.3, 3.6)
    households = np.where(persons > 0, np.maximum(np.rint(persons / size), 1), 0).astype(np.int64)
    one = np.clip(0.36 - 0.35 * (size - 2.2), 0.05, 0.8)
    kinds = np.column_stack([one, (1 - one) * 0.46, (1 - one) * 0.10, (1 - one) * 0.44])
    types = rng.multinomial(households, kinds)
    empty = rng.binomial(households, 0.03)
    holiday = np.where(squares["holiday_park"].to_numpy(), rng.integers(6, 18, n), 0)
    dwellings = households + empty + holiday
    flats = np.where(town & (persons > 60), rng.binomial(dwellings, 0.45), 0)
    counts = {
        "aantal_inwoners": persons,
        "aantal_mannen": men,
        "aantal_vrouwen": persons - men,
        **dict(zip(_AGES, ages.T, strict=True)),
        "aantal_part_huishoudens": households,
        **dict(zip(_HOUSEHOLDS, types.T, strict=True)),
        "aantal_woningen": dwellings,
        "aantal_meergezins_woningen": flats,
        "aantal_niet_bewoonde_woningen": empty + holiday,
    }
    return pd.DataFrame(counts, index=squares.index)


def areas_table(boundaries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The boundaries in the layout of the CBS gebiedsindelingen."""
    table = {
        "statcode": boundaries["code"],
        "jrstatcode": "2024" + boundaries["code"],
        "statnaam": boundaries["naam"],
        "rubriek": "gemeente",
        "id": np.arange(1, len(boundaries) + 1, dtype=np.int32),
    }
    return gpd.GeoDataFrame(table, geometry=boundaries.geometry, crs=RD)


def totals_table(region: Region, boundaries: gpd.GeoDataFrame) -> pd.DataFrame:
    """The official totals in the layout of CBS Kerncijfers wijken en buurten, water rows with -99997 included."""
    gemeenten, area_m2 = region.gemeenten, boundaries.area.to_numpy()
    total = gemeenten["inwoners"].to_numpy()
    men = np.rint(total * 0.497).astype(np.int64)
    land = pd.DataFrame(
        {
            "gemeentecode": gemeenten["code"],
            "gemeentenaam": gemeenten["naam"],
            "indelingswijziging_wijken_en_buurten": 1,
            "water": "NEE",
            "bevolkingsdichtheid_inwoners_per_km2": np.rint(total / (area_m2 / 1e6)).astype(int),
            "aantal_inwoners": total,
            "mannen": men,
            "vrouwen": total - men,
            "percentage_personen_65_jaar_en_ouder": 21,
            "gemiddelde_huishoudsgrootte": 2.3,
            "oppervlakte_land_in_ha": np.rint(area_m2 / 1e4).astype(int),
            "jrstatcode": "2024" + gemeenten["code"],
            "jaar": 2024,
        }
    )
    known = ("gemeentecode", "gemeentenaam", "water", "jrstatcode", "jaar")
    unknown = dict.fromkeys((str(name) for name in land if name not in known), WITHHELD)
    return pd.concat([land[gemeenten["water"].to_numpy()].assign(water="JA", **unknown), land])
