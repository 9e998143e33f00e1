"""Rows on one building become one site. In: rows of all sources in RD. Out: the tables sites and merged.

The rule: rows are taken in the order of the sources in the study, within a source in the order of their ids. A row
within ``same_building_m`` of buildings that are already there joins the nearest; otherwise it starts a building at its
own point. So every row lies within that distance of its building's point and chains of neighbours do not grow
together. Then buildings with one address, or one name where no two addresses contradict it, are one building up to
``same_address_m``: lists put the same hall at its door, its middle or its parking. Rows without a role in common (a
hall and a fire station next door) are one building only at the very same point: a station that vanishes into its
neighbour is missed as C-NSP. The building keeps id and point of the row that started it; its name is the most frequent
one among the rows of that row's source (the starting row's where several are as frequent), without the number of a
room; it can be what any row can be; every other field is the first that is known.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nsp_planner.layers.raw.input_log import InputLog, listed
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.rooms import without_room_numbers
from nsp_planner.layers.sites.same_address import addresses_of, far_addresses, join_addresses, plain_names
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATION_COLUMNS
from nsp_planner.names import agreeing_nl, counted_nl

SITE_COLUMNS = (
    "site_id",
    "name",
    "kind",
    "source",
    "gemeente_code",
    "address",
    "place",
    "capacity_persons",
    "capacity_present",
    "status",
    "status_reason",
    "can_be_lnsp",
    "can_be_cnsp",
    *STATION_COLUMNS,
    *GAP_COLUMNS,
    "floor_area_m2",
)
MERGED_COLUMNS = ("site_id", "name", "source", "source_row_id", "distance_m")
FIRST_STATUS = "idee"
SAME_POINT_M = 1.0
"""Two points this near are the same address point, whatever the lists say the building can be."""


class Buildings(NamedTuple):
    """sites and merged as ``layers.tables`` defines them; ``rows``: the rows in order, with ``building_id``."""

    sites: gpd.GeoDataFrame
    merged: pd.DataFrame
    rows: pd.DataFrame


def merge_buildings(
    rows: pd.DataFrame, sources: tuple[str, ...], same_building_m: float, same_address_m: float = 0.0
) -> Buildings:
    """Merge rows of all sources.

    Args:
        rows: As :func:`~nsp_planner.layers.sites.source.read_sites` returns them, all sources together.
        sources: Names of the sources in the order of the study.
        same_building_m: Largest distance between a row and the point of its building, in metres.
        same_address_m: Largest distance between the points of two buildings with one address or name, in metres.

    Returns:
        sites sorted by id.
    """
    rank = {source: position for position, source in enumerate(sources)}
    keys = [(rank[source], _natural(site_id)) for source, site_id in zip(rows["source"], rows["site_id"], strict=True)]
    order = sorted(range(len(rows)), key=keys.__getitem__)
    rows = rows.iloc[order].reset_index(drop=True)
    xy_m = rows[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    roles = rows[["can_be_lnsp", "can_be_cnsp"]].to_numpy(dtype=bool)
    first = assign_buildings(xy_m, same_building_m, roles)
    if same_address_m > 0:
        first = join_addresses(first, xy_m, same_address_m, roles, addresses_of(rows), plain_names(rows["name"]))
    rows["first"] = first
    rows["building_id"] = rows["site_id"].to_numpy()[first]
    rows["distance_m"] = np.hypot(*(xy_m - xy_m[first]).T)

    values = rows.copy()
    values["kind"] = values["kind"].where(values["kind"] != "overig")
    values[list(GAP_COLUMNS)] = values[list(GAP_COLUMNS)].where(values[list(GAP_COLUMNS)] != "unknown")
    values["status_reason"] = values["status_reason"].where(values["status"].notna())
    by_building = values.groupby("first", sort=True)
    sites = by_building.first()
    sites["name"] = _best_names(rows)
    sites["kind"] = sites["kind"].fillna("overig")
    sites[list(GAP_COLUMNS)] = sites[list(GAP_COLUMNS)].fillna("unknown")
    sites["status_reason"] = _reason_of_status(values, sites["status"])
    sites["status"] = sites["status"].fillna(FIRST_STATUS)
    for role in ("can_be_lnsp", "can_be_cnsp"):
        sites[role] = by_building[role].any()
    start = rows.loc[sites.index]
    for column in ("site_id", "source", "gemeente_code", "x_m", "y_m"):
        sites[column] = start[column]
    table = (
        gpd.GeoDataFrame(sites[list(SITE_COLUMNS)], geometry=gpd.points_from_xy(sites["x_m"], sites["y_m"]), crs=RD)
        .sort_values("site_id")
        .reset_index(drop=True)
    )

    as_read = rows.assign(name=rows["row_name"]) if "row_name" in rows else rows
    together = as_read[rows.groupby("first")["first"].transform("size") > 1]
    merged = together.assign(site_id=rows["site_id"].to_numpy()[together["first"]])[list(MERGED_COLUMNS)]
    merged = merged.astype({column: "str" for column in MERGED_COLUMNS if column != "distance_m"})
    merged = merged.sort_values(["site_id", "distance_m", "source_row_id"]).reset_index(drop=True)
    return Buildings(table, merged, rows)


def note_far_joins(buildings: Buildings, same_building_m: float, same_address_m: float, log: InputLog) -> None:
    """One note on the buildings that were one by address or name only, and on addresses that lie in two places."""
    far = buildings.merged[buildings.merged["distance_m"] > same_building_m]
    if len(far):
        names = list(dict.fromkeys(buildings.sites.set_index("site_id").loc[far["site_id"], "name"]))
        least, most = far["distance_m"].min(), far["distance_m"].max()
        rows_nl = f"{counted_nl(len(far), 'rijen')} {agreeing_nl(len(far), 'ligt', 'liggen')}"
        metres = f"{most:.0f} m" if len(far) == 1 else f"{least:.0f} tot {most:.0f} m"
        told = f"{rows_nl} {metres} van hetzelfde gebouw, met één adres of naam"
        log.notes.add("sites", f"{told}: {listed(names)}")
    for address, names in far_addresses(buildings.rows, same_address_m):
        log.notes.add("sites", f"één adres op twee plekken ({address}): {listed(names)}; controleer de coördinaten")


def assign_buildings(
    xy_m: NDArray[np.float64], same_building_m: float, roles: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """For each row, in this order, the row that started its building (itself, or an earlier one within the distance).

    Args:
        xy_m: RD coordinates in metres, shape (n, 2).
        same_building_m: Largest distance to the row that started the building.
        roles: Shape (n, number of roles), what each row can be; rows without a common role join only within
            :data:`SAME_POINT_M`. Left out: everything joins.

    Returns:
        Positions, shape (n,).
    """
    first = np.arange(len(xy_m))
    pairs = cKDTree(xy_m).query_pairs(same_building_m, output_type="ndarray")
    if not len(pairs):
        return first
    pairs = np.sort(pairs, axis=1)
    distance_m = np.hypot(*(xy_m[pairs[:, 0]] - xy_m[pairs[:, 1]]).T)
    if roles is not None:
        alike = (roles[pairs[:, 0]] & roles[pairs[:, 1]]).any(axis=1) | (distance_m <= SAME_POINT_M)
        pairs, distance_m = pairs[alike], distance_m[alike]
    order = np.lexsort((pairs[:, 0], distance_m, pairs[:, 1]))
    # Whether a row starts a building depends on the rows before it; only rows with a neighbour are walked through.
    for earlier, later in pairs[order]:
        if first[later] == later and first[earlier] == earlier:
            first[later] = earlier
    return first


def _natural(site_id: str) -> list[tuple[bool, int, str]]:
    """Sort key that puts SB2 before SB10."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", site_id) if part]


def _best_names(rows: pd.DataFrame) -> pd.Series:
    """Most frequent name among the rows of the starting row's source, the earliest among equals."""
    rows = rows.assign(name=without_room_numbers(rows["name"], rows["first"]))
    own = rows[rows["source"].to_numpy() == rows["source"].to_numpy()[rows["first"]]].reset_index(names="row")
    counts = own.groupby(["first", "name"], sort=False)["row"].agg(n="size", at="min").reset_index()
    best = counts.sort_values(["first", "n", "at"], ascending=[True, False, True]).drop_duplicates("first")
    names: pd.Series = best.set_index("first")["name"]
    return names


def _reason_of_status(values: pd.DataFrame, statuses: pd.Series) -> pd.Series:
    """The reason that stands beside the status chosen, not one beside another row's status."""
    same = values[values["status"].notna() & (values["status"] == statuses.reindex(values["first"]).to_numpy())]
    reasons: pd.Series = same.groupby("first")["status_reason"].first()
    aligned: pd.Series = reasons.reindex(statuses.index)
    return aligned
