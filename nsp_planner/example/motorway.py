"""Motorways of the example. In: outline, country roads. Out: two carriageways each, ramps, and what they cut.

Courses are drawn by hand through open country, true to a kilometre at best. Nobody walks on them or across them but
where a country road passes over or under: that is what makes them a barrier for people on foot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.rivers import CROSSINGS
from nsp_planner.example.ways import joined, way_table

_COURSES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "A1": (
        (200000, 469500), (205500, 470150), (208417, 470851), (209209, 470971), (212500, 471700), (216500, 471400),
        (219800, 471500), (224000, 472000),
    ),
    "A28": (
        (197500, 498500), (199985, 501036), (200697, 501404), (202000, 501750), (203400, 501400), (206300, 502400),
        (207344, 504071), (207806, 504597), (208000, 507000), (206300, 510300), (205300, 514200), (206200, 518500),
        (207400, 522000), (208600, 526500),
    ),
}  # fmt: skip
"""By number, with the straight over each river a little beside the bridge for everybody."""

HALF_M = 12.0
"""From the middle to each carriageway."""
UNDERPASS_M = 40.0
"""Half the length of an underpass or viaduct."""
CLEAR_M = 55.0
"""Streets keep this far from the middle."""
RAMP_M = 350.0
NO_FOOT = {"foot": "no", "bicycle": "no"}
BETWEEN_EXITS_M = 3_500.0
EXIT_ROADS = ("secondary", "tertiary", "unclassified")
"""Roads that have exits, the first ones rather than the last."""
OUTSIDE_M = 1_500.0


@dataclass(frozen=True, eq=False)
class Motorway:
    """One motorway within the region and a little outside it: its number and the line of its middle."""

    ref: str
    middle: shapely.LineString


def build_motorways(outline: BaseGeometry) -> list[Motorway]:
    """The motorways that run through the outline, smooth, at least a kilometre long."""
    area, found = outline.buffer(OUTSIDE_M), list[Motorway]()
    for ref, course in _COURSES.items():
        parts = shapely.get_parts(shapely.intersection(_smooth(course), area))
        inside = [part for part in parts if part.length > 1_000.0 and part.intersects(outline)]
        found += [Motorway(ref, max(inside, key=lambda part: float(part.length)))] if inside else []
    return found


def strip(motorways: list[Motorway], half_width_m: float) -> BaseGeometry:
    """The motorways as an area; empty without motorways."""
    return shapely.union_all([motorway.middle.buffer(half_width_m) for motorway in motorways])


def passed_under(roads: gpd.GeoDataFrame, motorways: list[Motorway]) -> gpd.GeoDataFrame:
    """The roads with the parts at a motorway tagged as viaduct (larger roads) or tunnel."""
    area = strip(motorways, UNDERPASS_M)
    if area.is_empty:
        return roads
    at = shapely.intersects(area, roads.geometry.to_numpy())
    free, crossed = roads[~at], roads[at]
    outside = crossed.set_geometry(shapely.difference(crossed.geometry.to_numpy(), area)).explode()
    inside = crossed.set_geometry(shapely.intersection(crossed.geometry.to_numpy(), area)).explode()
    large = inside["highway"].isin(["secondary", "tertiary"]).to_numpy()
    inside = inside.assign(
        bridge=np.where(large, "yes", ""), tunnel=np.where(large, "", "yes"), layer=np.where(large, "1", "-1")
    )
    return joined([free, outside[~outside.is_empty], inside])


def build_carriageways(motorways: list[Motorway], roads: gpd.GeoDataFrame, zone: BaseGeometry) -> gpd.GeoDataFrame:
    """Carriageways and ramps.

    Args:
        motorways: The motorways.
        roads: The streets, cut at junctions; exits are made where roads pass over or under.
        zone: Land between the dykes, over which the motorway is a named bridge.
    """
    tables = []
    for motorway in motorways:
        exits = _exits(motorway.middle, roads)
        edges = shapely.get_coordinates(shapely.intersection(motorway.middle, zone.boundary))
        at_zone = shapely.line_locate_point(motorway.middle, shapely.points(edges)) if len(edges) else np.empty(0)
        at_ramps = np.array([[at - RAMP_M, at + RAMP_M] for at, _, _ in exits]).ravel()
        tables += _carriageways(motorway, np.concatenate([at_zone, at_ramps]), zone)
        tables += [_ramps(motorway, at, right, left) for at, right, left in exits]
    return joined(tables)


def _smooth(course: tuple[tuple[float, float], ...]) -> shapely.LineString:
    """Corners cut four times (Chaikin 1974); the middle of every straight stays where it is."""
    xy = np.array(course, dtype=float)
    for _ in range(4):
        cut = np.empty((2 * len(xy) - 2, 2))
        cut[::2] = 0.75 * xy[:-1] + 0.25 * xy[1:]
        cut[1::2] = 0.25 * xy[:-1] + 0.75 * xy[1:]
        xy = np.vstack([xy[:1], cut, xy[-1:]])
    return shapely.LineString(xy)


def _beside(middle: shapely.LineString, at_m: NDArray[np.float64], right_m: float) -> NDArray[np.float64]:
    """Points beside the line, to the right of its direction, shape (n, 2)."""
    here = shapely.get_coordinates(shapely.line_interpolate_point(middle, at_m))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(middle, np.minimum(at_m + 15.0, middle.length)))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(middle, np.maximum(at_m - 15.0, 0.0)))
    along = (ahead - behind) / np.hypot(*(ahead - behind).T)[:, None]
    return np.round(here + right_m * np.column_stack([along[:, 1], -along[:, 0]]), 3)


def _exits(
    middle: shapely.LineString, roads: gpd.GeoDataFrame
) -> list[tuple[float, NDArray[np.float64], NDArray[np.float64]]]:
    """Where exits are: metres along the motorway, and the ends of the viaduct to its right and left."""
    over_or_under = (roads["bridge"] == "yes") | (roads["tunnel"] == "yes")
    viaduct = roads[over_or_under & (roads["name"] == "") & roads["highway"].isin(EXIT_ROADS)]
    meets = np.asarray(shapely.intersection(viaduct.geometry.to_numpy(), middle), dtype=object)
    once = shapely.get_type_id(meets) == shapely.GeometryType.POINT
    viaduct, lines = viaduct[once], viaduct.geometry.to_numpy()[once]
    at = shapely.line_locate_point(middle, meets[once])
    found: list[tuple[float, NDArray[np.float64], NDArray[np.float64]]] = []
    for k in np.lexsort((at, [EXIT_ROADS.index(kind) for kind in viaduct["highway"]])):
        room = RAMP_M + 50.0 < at[k] < middle.length - RAMP_M - 50.0
        if not room or any(abs(at[k] - other) < BETWEEN_EXITS_M for other, _, _ in found):
            continue
        ends = shapely.get_coordinates(lines[k])[[0, -1]]
        right_point = _beside(middle, at[[k]], UNDERPASS_M)[0]
        nearer = np.argsort(np.hypot(*(ends - right_point).T))
        found.append((float(at[k]), ends[nearer[0]], ends[nearer[1]]))
    return found


def _carriageways(motorway: Motorway, breaks: NDArray[np.float64], zone: BaseGeometry) -> list[gpd.GeoDataFrame]:
    middle = motorway.middle
    breaks = np.unique(np.concatenate([[0.0, middle.length], breaks]))
    tables = []
    for start, end in pairwise(breaks.tolist()):
        at = np.linspace(start, end, max(2, round((end - start) / 80.0) + 1))
        centre = middle.interpolate((start + end) / 2)
        name = min(CROSSINGS, key=lambda c: float(np.hypot(c.x - centre.x, c.y - centre.y))).name
        tags = {"name": name, "bridge": "yes", "layer": "1"} if zone.contains(centre) else {}
        paths = (_beside(middle, at, HALF_M), _beside(middle, at, -HALF_M)[::-1])
        lines = [shapely.LineString(path) for path in paths]
        tables.append(way_table(lines, highway="motorway", oneway="yes", ref=motorway.ref, **NO_FOOT, **tags))
    return tables


def _ramps(motorway: Motorway, at: float, right: NDArray[np.float64], left: NDArray[np.float64]) -> gpd.GeoDataFrame:
    """Four ramps of one exit, in the direction one drives."""
    near = np.array([at - RAMP_M, at - 120.0, at + 120.0, at + RAMP_M])
    lines = []
    for side, end in ((1.0, right), (-1.0, left)):
        on_motorway, beside = _beside(motorway.middle, near, side * HALF_M), _beside(motorway.middle, near, side * 35.0)
        before = np.vstack([on_motorway[0], beside[1], end])
        after = np.vstack([end, beside[2], on_motorway[3]])
        lines += [before, after] if side > 0 else [after[::-1], before[::-1]]
    return way_table(
        [shapely.LineString(line) for line in lines],
        highway="motorway_link",
        oneway="yes",
        ref=motorway.ref,
        **NO_FOOT,
    )
