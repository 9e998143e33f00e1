"""Candidate buildings from OpenStreetMap. In: features and outlines. Out: one row per building, and what is left out.

Features of one building become one row: points in or beside it, its own outline, and the grounds it stands on (the
yard of a school). Floor area is the outline, times the storeys where they are known; the BAG is better and goes before.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nsp_planner.fetch.osm_read import OsmObjects
from nsp_planner.fetch.osm_rules import Rules, provisions_of
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS

IntArray = NDArray[np.int64]
MIN_SHARED = 0.25
"""Grounds and the building on them share at least this part of the smaller: outlines are drawn by different hands."""
PROVISIONS = ("step_free", "toilets", "internet", "access_24_7")
"""Provisions OpenStreetMap has tags for."""
CANDIDATE_COLUMNS = (
    "id",
    "name",
    "kind",
    "role",
    "x",
    "y",
    "address",
    "place",
    "floor_area_m2",
    "floor_area_source",
    *PROVISIONS,
    "use_bag",
    "ref_bag",
    "osm_features",
    "osm_link",
)
LEFT_OUT_COLUMNS = ("id", "name", "kind", "x", "y", "reason")
OSM_TYPES = {"n": "node", "w": "way", "r": "relation"}

assert set(PROVISIONS) <= set(GAP_COLUMNS)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidates and what was left out.

    Attributes:
        table: :data:`CANDIDATE_COLUMNS`, geometry is the outline of the building or the point where there is none;
            sorted by id. Provisions are ``yes``, ``no`` or ``unknown``.
        left_out: :data:`LEFT_OUT_COLUMNS`, reason in Dutch.
    """

    table: gpd.GeoDataFrame
    left_out: pd.DataFrame


def build_candidates(objects: OsmObjects, rules: Rules) -> Candidates:
    """One row per building.

    Args:
        objects: As :func:`~nsp_planner.fetch.osm_read.read_osm_objects` returns them.
        rules: The rules they were read with.
    """
    features, buildings = objects.features, objects.buildings
    left_out = [_left_out(features[features["reason"] != ""], rules)]
    features = features[features["reason"] == ""].reset_index(drop=True)
    building = _building_of(features, buildings, rules.snap_m)
    grounds = ((features.geom_type != "Point") & ~features["is_building"]).to_numpy(dtype=bool)
    alone = grounds & (building < 0)
    left_out.append(_left_out(features[alone].assign(reason="terrein zonder gebouw"), rules))
    features, building = features[~alone].reset_index(drop=True), building[~alone]
    group = _groups(features, building, rules)
    table = _rows(features, buildings, building, group, rules)
    small = (table.geom_type != "Point") & (table.area < rules.minimum_footprint_m2)
    left_out.append(
        table[small].assign(reason=f"kleiner dan {rules.minimum_footprint_m2:g} m² grondvlak")[list(LEFT_OUT_COLUMNS)]
    )
    kept = table[~small].sort_values("id").reset_index(drop=True)
    return Candidates(kept, pd.concat(left_out, ignore_index=True))


def _building_of(features: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, snap_m: float) -> IntArray:
    """Position of each feature's building, -1 for none: itself, the one around or near it, or the main one on it."""
    position = np.full(len(features), -1, dtype=np.int64)
    if not len(buildings):
        return position
    shapes, geometry = buildings.geometry.to_numpy(), features.geometry.to_numpy()
    own = pd.Series(np.arange(len(buildings)), index=buildings["osm_id"]).reindex(features["osm_id"]).to_numpy()
    is_building = features["is_building"].to_numpy(dtype=bool)
    position[is_building] = np.nan_to_num(own[is_building], nan=-1).astype(np.int64)
    tree = shapely.STRtree(shapes)

    points = np.flatnonzero((features.geom_type == "Point").to_numpy())
    nearest = tree.query_nearest(geometry[points], max_distance=snap_m, all_matches=False)
    position[points[nearest[0]]] = nearest[1]

    grounds = np.flatnonzero((features.geom_type != "Point").to_numpy() & ~is_building)
    which, hit = tree.query(geometry[grounds], predicate="intersects")
    if len(which):
        ground, area_m2 = grounds[which], shapely.area(shapes[hit])
        shared_m2 = shapely.area(shapely.intersection(geometry[ground], shapes[hit]))
        belongs = shared_m2 >= MIN_SHARED * np.minimum(area_m2, shapely.area(geometry[ground]))
        same_kind = _has_same_kind(features, position, ground, hit)
        best = pd.DataFrame({"ground": ground, "hit": hit, "same": same_kind, "shared": shared_m2})[belongs]
        best = best.sort_values(["ground", "same", "shared", "hit"], ascending=[True, False, False, True])
        best = best.drop_duplicates("ground")
        position[best["ground"].to_numpy()] = best["hit"].to_numpy()
    return position


def _has_same_kind(
    features: gpd.GeoDataFrame, position: IntArray, ground: IntArray, hit: IntArray
) -> NDArray[np.bool_]:
    """Whether the building carries a feature of the same rule as the grounds."""
    rank = features["rank"].to_numpy()
    known = {(int(p), int(r)) for p, r in zip(position, rank, strict=True) if p >= 0}
    return np.array([(int(h), int(rank[g])) in known for g, h in zip(ground, hit, strict=True)], dtype=bool)


def _groups(features: gpd.GeoDataFrame, building: IntArray, rules: Rules) -> IntArray:
    """Number of the building each feature ends up in: the same outline, or grounds of the same kind around it.

    A fire station in a town hall stays a row of its own: it may become a C-NSP, and the file of stations needs it.
    """
    n = len(features)
    role = np.array([rules.kinds[rank].role for rank in features["rank"]], dtype=object)
    first = pd.Series(np.arange(n)).groupby([building, role]).transform("min").to_numpy()
    first = np.where(building >= 0, first, np.arange(n))
    links = [(np.arange(n), first)]
    geometry, rank = features.geometry.to_numpy(), features["rank"].to_numpy()
    grounds = np.flatnonzero((features.geom_type != "Point").to_numpy() & ~features["is_building"].to_numpy(dtype=bool))
    if len(grounds):
        inner = shapely.point_on_surface(geometry)
        which, hit = shapely.STRtree(inner).query(geometry[grounds], predicate="intersects")
        same = rank[grounds[which]] == rank[hit]
        links.append((grounds[which][same], hit[same]))
    start, end = (np.concatenate(side) for side in zip(*links, strict=True))
    graph = coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _rows(
    features: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, building: IntArray, group: IntArray, rules: Rules
) -> gpd.GeoDataFrame:
    rows: list[dict[str, object]] = []
    shapes, footprint_m2 = buildings.geometry.to_numpy(), buildings.geometry.area.to_numpy()
    levels, refs = buildings["levels"].to_numpy(dtype=float), buildings["ref_bag"].to_numpy()
    shared = buildings["use"].isin(rules.shared_buildings).to_numpy(dtype=bool)
    ranked = features.assign(
        building=building,
        group=group,
        # A room of a club in a school does not make the school a clubhouse, unless it is called kulturhus or the like.
        by_tag=[not rules.kinds[rank].by_name_only for rank in features["rank"]],
        is_point=(features.geom_type == "Point").to_numpy(),
        nameless=[not tags.get("name") for tags in features["tags"]],
    ).sort_values(["group", "by_tag", "is_point", "rank", "nameless", "osm_id"])
    for _, members in ranked.groupby("group", sort=True):
        tags: dict[str, str] = {}
        for own in members["tags"]:  # the first that has a tag gives it
            tags = {**own, **tags}
        best = members.iloc[0]
        of_best = members.loc[(members["rank"] == best["rank"]) & (members["building"] >= 0), "building"].to_numpy()
        main = int(of_best[np.argmax(footprint_m2[of_best])]) if len(of_best) else -1
        shape = shapes[main] if main >= 0 else best.geometry
        point = shapely.point_on_surface(shape)
        one_of_many = main >= 0 and bool(shared[main]) and bool(members["is_point"].all())
        area_m2 = footprint_m2[main] if main >= 0 and not one_of_many else np.nan
        storeys = levels[main] if main >= 0 else np.nan
        kind = rules.kinds[int(best["rank"])]
        rows.append(
            {
                "id": best["osm_id"],
                "name": tags.get("name", ""),
                "kind": kind.kind,
                "role": kind.role,
                "x": round(point.x, 1),
                "y": round(point.y, 1),
                "address": _address(tags),
                "place": tags.get("addr:city", ""),
                "floor_area_m2": np.nan
                if np.isnan(area_m2)
                else round(area_m2 * (1 if np.isnan(storeys) else storeys)),
                "floor_area_source": _area_source(area_m2, storeys),
                **dict.fromkeys(PROVISIONS, "unknown"),
                **provisions_of(tags, rules),
                "use_bag": "",
                "ref_bag": str(refs[main]).zfill(16) if main >= 0 and refs[main] else "",
                "osm_features": " ".join(sorted(members["osm_id"])),
                "osm_link": osm_link(best["osm_id"]),
                "geometry": shape,
            }
        )
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=[*CANDIDATE_COLUMNS, "geometry"]), geometry="geometry", crs=RD)


def _address(tags: dict[str, str]) -> str:
    return f"{tags.get('addr:street', '')} {tags.get('addr:housenumber', '')}".strip() if "addr:street" in tags else ""


def _area_source(area_m2: float, storeys: float) -> str:
    if np.isnan(area_m2):
        return ""
    return "omtrek OSM" if np.isnan(storeys) else "omtrek OSM x bouwlagen"


def osm_link(osm_id: str) -> str:
    """The page of an object on openstreetmap.org."""
    return f"https://www.openstreetmap.org/{OSM_TYPES[osm_id[0]]}/{osm_id[1:]}"


def _left_out(features: gpd.GeoDataFrame, rules: Rules) -> pd.DataFrame:
    points = features.geometry.representative_point()
    return pd.DataFrame(
        {
            "id": features["osm_id"].to_numpy(),
            "name": [tags.get("name", "") for tags in features["tags"]],
            "kind": [rules.kinds[rank].kind for rank in features["rank"]],
            "x": points.x.round(1).to_numpy(),
            "y": points.y.round(1).to_numpy(),
            "reason": features["reason"].to_numpy(),
        },
        columns=list(LEFT_OUT_COLUMNS),
    )
