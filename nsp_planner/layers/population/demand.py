"""Demand points. In: squares of the file, gemeenten, official totals. Out: the tables demand and calibration.

A square belongs to the gemeente its centre lies in, else to the nearest of the areas file within 500 m, because
boundaries are generalised along water. So the file should hold the neighbours of the region too; how many squares lay
outside every boundary is noted. Squares of other gemeenten, of none, and without inhabitants are left out and counted:
demand plus left out equals the file plus what calibration added.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.errors import Faults
from nsp_planner.layers.population.calibrate import KERN_RADIUS_M, persons_within, place_missing_persons
from nsp_planner.layers.population.vulnerable_groups import group_column, group_names
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.locate import NEAR_AREA_M, find_gemeente
from nsp_planner.layers.rd import RD
from nsp_planner.names import counted_nl, inhabitants_nl

LAYER = "population"
MAX_LISTED = 500
"""Squares of no gemeente are listed one by one up to this number, and added up beyond (a national file)."""
PLAUSIBLE = (0.5, 1.5)
"""Published persons divided by official: outside this the files do not belong together. CBS withholds up to some
20 % in the most rural gemeenten; a wrong column (households) or a grid cut off halfway is far outside."""


def build_demand(
    grid: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame,
    official: pd.Series | None,
    kern_persons: float,
    files: tuple[object, object],
    log: InputLog,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame] | None:
    """Place, calibrate and type the squares.

    Args:
        grid: As :func:`~nsp_planner.layers.population.grid.read_population` returns it.
        areas: All gemeenten of the areas file.
        region: Those of the region.
        official: Official persons per gemeente code, ``None`` for counts as published.
        kern_persons: Persons within 500 m from which a square lies in a kern.
        files: Paths of the population and totals files, for faults.
        log: Where faults are added, squares left out are counted, and those outside every boundary are noted.

    Returns:
        demand and calibration as :mod:`~nsp_planner.layers.tables` defines them, or ``None`` with faults added.
    """
    n_before = log.n_faults
    squares = grid.assign(gemeente_code=_gemeente_of_squares(grid, areas, log))
    in_region = squares["gemeente_code"].isin(region["area_code"])
    elsewhere = ~in_region & (squares["gemeente_code"] != "")
    _count_left_out(squares[elsewhere], areas, "buiten de regio", log)
    squares = squares.assign(area_type=_area_types(squares, in_region, kern_persons))[in_region]
    empty = squares["published_persons"].eq(0).fillna(False).astype(bool)
    _count_left_out(squares[empty], region, "geen inwoners volgens het bestand", log)
    squares = squares[~empty]

    table = _calibration_table(squares, region, official)
    _check_totals(table, official, files, log.faults)
    if log.n_faults > n_before:
        return None
    added = np.zeros(len(squares), np.int64) if official is None else place_missing_persons(squares, official)
    squares = squares.assign(
        added_persons=added, population_persons=squares["published_persons"].fillna(0).astype(np.int64) + added
    )
    table["added_persons"] = (
        squares.groupby("gemeente_code")["added_persons"].sum().reindex(table["area_code"]).to_numpy()
    )
    table["total_persons"] = table["published_persons"] + table["added_persons"]

    nobody = squares["population_persons"] == 0
    withheld = squares["published_persons"].isna()
    _count_left_out(squares[nobody & withheld], region, "aantal inwoners niet vrijgegeven, niemand toegewezen", log)
    _count_left_out(squares[nobody & ~withheld], region, "niemand over na kalibratie", log, persons=0)
    squares = squares[~nobody].sort_values("demand_id").reset_index(drop=True)
    columns = [
        "demand_id",
        "population_persons",
        "published_persons",
        "added_persons",
        *(group_column(name) for name in group_names(squares.columns)),
        "gemeente_code",
        "area_type",
        "resolution_m",
    ]
    demand = gpd.GeoDataFrame(squares[columns], geometry=gpd.points_from_xy(squares["x_m"], squares["y_m"]), crs=RD)
    return demand, table


def _gemeente_of_squares(grid: pd.DataFrame, areas: gpd.GeoDataFrame, log: InputLog) -> pd.Series:
    x_m, y_m = grid["x_m"].to_numpy(), grid["y_m"].to_numpy()
    low_x, low_y, high_x, high_y = areas.total_bounds
    near = (x_m >= low_x - NEAR_AREA_M) & (x_m <= high_x + NEAR_AREA_M)
    near &= (y_m >= low_y - NEAR_AREA_M) & (y_m <= high_y + NEAR_AREA_M)
    codes = np.full(len(grid), "", dtype=object)
    located = find_gemeente(x_m[near], y_m[near], areas)
    codes[near] = located.codes
    if located.is_nearest.any():
        persons = int(grid["published_persons"][near][located.is_nearest].sum())
        log.notes.add(
            LAYER,
            f"{counted_nl(located.is_nearest.sum(), 'vierkanten')} ({inhabitants_nl(persons)}) net buiten elke "
            "grens toegedeeld aan de dichtstbijzijnde gemeente",
        )
    alone = grid[codes == ""]
    reason = f"meer dan {NEAR_AREA_M:.0f} m van elke gemeente in het bestand met grenzen"
    if 0 < len(alone) <= MAX_LISTED:
        for square, persons in zip(alone["demand_id"], alone["published_persons"], strict=True):
            log.left_out.add(LAYER, square, "", reason, None if pd.isna(persons) else int(persons))
    elif len(alone):
        log.left_out.add(
            LAYER, "", "", f"{reason} ({counted_nl(len(alone), 'vierkanten')})", int(alone["published_persons"].sum())
        )
    return pd.Series(codes, index=grid.index, dtype="str")


def _area_types(squares: pd.DataFrame, in_region: pd.Series, kern_persons: float) -> pd.Series:
    """``kern`` or ``buitengebied`` of the region's squares, by the published persons on both sides of its border."""
    types = pd.Series("buitengebied", index=squares.index, dtype="str")
    ours = squares[in_region]
    x_m, y_m = squares["x_m"], squares["y_m"]
    near = x_m.between(ours["x_m"].min() - KERN_RADIUS_M, ours["x_m"].max() + KERN_RADIUS_M)
    near &= y_m.between(ours["y_m"].min() - KERN_RADIUS_M, ours["y_m"].max() + KERN_RADIUS_M)
    persons = squares.loc[near, "published_persons"].fillna(0).to_numpy(dtype=np.int64)
    around = persons_within(x_m[near].to_numpy(), y_m[near].to_numpy(), persons)
    types[near] = np.where(around >= kern_persons, "kern", "buitengebied")
    return types


def _calibration_table(squares: pd.DataFrame, region: gpd.GeoDataFrame, official: pd.Series | None) -> pd.DataFrame:
    codes = region["area_code"]
    by_gemeente = squares.groupby("gemeente_code")["published_persons"]

    def per_gemeente(values: pd.Series) -> pd.Series:
        return values.reindex(codes).fillna(0).astype(np.int64).reset_index(drop=True)

    published, n_squares, n_published = by_gemeente.sum(), by_gemeente.size(), by_gemeente.count()
    known = pd.Series(dtype="Int64") if official is None else official.astype("Int64")
    return pd.DataFrame(
        {
            "area_code": codes.to_numpy(),
            "name": region["name"].to_numpy(),
            "published_persons": per_gemeente(published),
            "added_persons": np.int64(0),
            "total_persons": per_gemeente(published),
            "official_persons": known.reindex(codes).astype("Int64").reset_index(drop=True),
            "n_squares": per_gemeente(n_squares),
            "n_withheld_squares": per_gemeente(n_squares - n_published),
        }
    )


def _check_totals(
    table: pd.DataFrame, official: pd.Series | None, files: tuple[object, object], faults: Faults
) -> None:
    named = table["area_code"].str.cat(table["name"], sep=" ")
    none = table["n_squares"] == 0
    if none.any():
        faults.add(
            LAYER,
            f"{counted_nl(none.sum(), 'gemeenten')} of the region have no squares with inhabitants",
            "Give a grid that covers the whole region, or correct gemeenten in [region].",
            file=files[0],
            ids=named[none],
        )
    elif table["published_persons"].sum() == 0:
        message = "none of the squares of the region has a published number of inhabitants above 0"
        faults.add(LAYER, message, "Give the CBS file as downloaded, of a year that is published.", file=files[0])
        return
    if official is None:
        return
    unknown = table["official_persons"].isna()
    if unknown.any():
        faults.add(
            "totals",
            f"{counted_nl(unknown.sum(), 'gemeenten')} of the region have no official number of inhabitants",
            "Give totals of the same year as the boundaries, with a row per gemeente.",
            file=files[1],
            ids=named[unknown],
        )
    share = table["published_persons"] / table["official_persons"].astype("Float64")
    # Where nothing is published at all there is no share to judge, only withheld squares to fill.
    odd = ((share < PLAUSIBLE[0]) | (share > PLAUSIBLE[1])).fillna(False) & ~none & (table["published_persons"] > 0)
    odd |= (table["official_persons"] == 0).fillna(False) & (table["published_persons"] > 0)
    for _, row in table[odd.astype(bool)].iterrows():
        faults.add(
            "totals",
            f"{row['name']} has {row['published_persons']:,} inhabitants in the grid and {row['official_persons']:,} "
            "in the totals: too far apart to calibrate",
            "Check that both are inhabitants of the same year and that the grid covers the whole gemeente.",
            file=files[1],
            ids=[row["area_code"]],
        )


def _count_left_out(
    squares: pd.DataFrame, areas: gpd.GeoDataFrame, reason: str, log: InputLog, persons: int | None = None
) -> None:
    """One row per gemeente: persons as published (or as given), unknown where all squares are withheld."""
    names = dict(zip(areas["area_code"], areas["name"], strict=True))
    for code, published in squares.groupby("gemeente_code")["published_persons"]:
        known = int(published.sum()) if published.notna().any() else None
        log.left_out.add(
            LAYER,
            code,
            names[str(code)],
            f"{reason} ({counted_nl(len(published), 'vierkanten')})",
            known if persons is None else persons,
        )
