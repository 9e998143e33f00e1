"""Use and floor area of candidates from the BAG. In: candidates with outlines, the BAG service. Out: candidates.

Only the squares of 250 m with a candidate are asked for. An address (verblijfsobject) counts when it is in use and lies
in the outline; dwellings count only where there is nothing else. A point in a building of many users gets the area of
its own address, or none.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from nsp_planner.fetch.catalogue import Source
from nsp_planner.fetch.ogc import FEATURE_ID, Bounds, read_collection
from nsp_planner.fetch.web import Web
from nsp_planner.layers.rd import RD

TILE_M = 250.0
NEAR_M = 15.0
"""A candidate without an outline takes the nearest address within this distance."""
NOT_IN_USE = r"ingetrokken|niet gerealiseerd|gevormd|buiten gebruik|ten onrechte"
DWELLING = "woonfunctie"
BAG_COLUMNS = (
    FEATURE_ID,
    "identificatie",
    "gebruiksdoel",
    "oppervlakte",
    "status",
    "openbare_ruimte_naam",
    "huisnummer",
    "huisletter",
    "toevoeging",
    "woonplaats_naam",
)


def tiles(candidates: gpd.GeoDataFrame) -> list[Bounds]:
    """Boxes of 250 m that hold all candidates, neighbours in a row joined; RD metres, sorted."""
    bounds = shapely.bounds(candidates.geometry.to_numpy())
    low = np.floor((bounds[:, :2] - NEAR_M) / TILE_M).astype(np.int64)
    high = np.floor((bounds[:, 2:] + NEAR_M) / TILE_M).astype(np.int64)
    cells = {
        (row, column)
        for (c0, r0), (c1, r1) in zip(low.tolist(), high.tolist(), strict=True)
        for row in range(r0, r1 + 1)
        for column in range(c0, c1 + 1)
    }
    boxes: list[Bounds] = []
    for row, column in sorted(cells):
        west, south = column * TILE_M, row * TILE_M
        if boxes and boxes[-1][1] == south and boxes[-1][2] == west:
            boxes[-1] = (boxes[-1][0], south, west + TILE_M, south + TILE_M)
        else:
            boxes.append((west, south, west + TILE_M, south + TILE_M))
    return boxes


def fetch_bag(web: Web, source: Source, candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Addresses around the candidates: :data:`BAG_COLUMNS` as far as the service has them, points in RD.

    Raises:
        WebError: The service cannot be read.
    """
    found: list[gpd.GeoDataFrame] = []
    for box in tiles(candidates):
        table = read_collection(web, source, bounds=box)
        if len(table):
            found.append(table)
        web.sleep(web.politeness.pause_s)
    if not found:
        return gpd.GeoDataFrame(
            {name: pd.Series(dtype="str") for name in BAG_COLUMNS}, geometry=gpd.GeoSeries([], crs=RD)
        )
    table = pd.concat(found, ignore_index=True).drop_duplicates(FEATURE_ID)
    there = [name for name in BAG_COLUMNS if name in table]
    return gpd.GeoDataFrame(table[[*there, "geometry"]], crs=RD).sort_values(FEATURE_ID).reset_index(drop=True)


def add_bag(candidates: gpd.GeoDataFrame, bag: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Candidates with floor area, use and, where it was empty, address and place of the BAG.

    Args:
        candidates: As :func:`~nsp_planner.fetch.osm_candidates.build_candidates` returns them.
        bag: As :func:`fetch_bag` returns them.
    """
    table = candidates.copy()
    pairs = _pairs(table, _in_use(bag))
    if pairs.empty:
        return table
    is_dwelling = pairs["use"] == DWELLING
    only_dwellings = is_dwelling.groupby(pairs["row"]).transform("all")
    pairs = pairs[~is_dwelling | only_dwellings]
    area_m2 = pairs.groupby("row")["area_m2"].sum(min_count=1)
    area_m2 = area_m2[area_m2 > 0]
    table.loc[area_m2.index, "floor_area_m2"] = area_m2.round()
    table.loc[area_m2.index, "floor_area_source"] = "BAG"
    uses = pairs.groupby("row")["use"].agg(
        lambda texts: ",".join(sorted({part for text in texts for part in text.split(",") if part}))
    )
    table.loc[uses.index, "use_bag"] = uses
    largest = pairs.sort_values(["row", "area_m2", "address"], ascending=[True, False, True]).drop_duplicates("row")
    largest = largest.set_index("row")
    for column in ("address", "place"):
        empty = largest.index[(table.loc[largest.index, column] == "").to_numpy()]
        table.loc[empty, column] = largest.loc[empty, column]
    return table


def _in_use(bag: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Addresses in use, with the columns ``use``, ``area_m2``, ``address``, ``place``."""

    def text(name: str) -> pd.Series:
        if name not in bag:
            return pd.Series("", index=bag.index, dtype="str")
        values = bag[name].astype("object").where(bag[name].notna(), "")
        plain: pd.Series = values.astype("str").str.removesuffix(".0").str.strip()
        return plain

    number = text("huisnummer") + text("huisletter")
    suffix = text("toevoeging")
    table = gpd.GeoDataFrame(
        {
            "use": text("gebruiksdoel").str.replace(r"[\[\]'\"]|\s+(?=,)|(?<=,)\s+", "", regex=True),
            "area_m2": pd.to_numeric(text("oppervlakte"), errors="coerce"),
            "address": (
                text("openbare_ruimte_naam") + " " + number.where(suffix == "", number + "-" + suffix)
            ).str.strip(),
            "place": text("woonplaats_naam"),
        },
        geometry=bag.geometry.to_numpy(),
        crs=RD,
    )
    # 999999 and 1 stand in the BAG for an area nobody knows.
    table["area_m2"] = table["area_m2"].where(table["area_m2"].between(2, 999_998))
    return table[~text("status").str.contains(NOT_IN_USE, case=False).to_numpy(dtype=bool)].reset_index(drop=True)


def _pairs(candidates: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> pd.DataFrame:
    """Which address belongs to which candidate: ``row`` of the candidate and the columns of the address."""
    shapes, points = candidates.geometry.to_numpy(), addresses.geometry.to_numpy()
    if not len(shapes) or not len(points):
        return pd.DataFrame({"row": pd.Series(dtype="int64")})
    is_point = (candidates.geom_type == "Point").to_numpy()
    tree = shapely.STRtree(points)
    outlined = np.flatnonzero(~is_point)
    row, hit = tree.query(shapes[outlined], predicate="intersects")
    lonely = np.flatnonzero(is_point)
    near_row, near_hit = tree.query_nearest(shapes[lonely], max_distance=NEAR_M, all_matches=False)
    position = np.concatenate([outlined[row], lonely[near_row]])
    pairs = addresses.drop(columns="geometry").iloc[np.concatenate([hit, near_hit])].reset_index(drop=True)
    pairs["row"] = candidates.index.to_numpy()[position]
    one_of_many = (~is_point & candidates["floor_area_m2"].isna().to_numpy())[position]
    own = candidates["address"].to_numpy()[position] == pairs["address"].to_numpy()
    kept: pd.DataFrame = pairs[~one_of_many | own].reset_index(drop=True)
    return kept
