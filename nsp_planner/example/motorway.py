"""Motorways of the example. In: outline, country roads. Out: two carriageways each, ramps, and what they cut.

Courses are drawn by hand through open country, true to a kilometre at best. Nobody walks on them or across them but
where a country road passes over or under: that is what makes them a barrier for people on foot.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.geometry import Floats, across, length_of, to_lines
from nsp_planner.example.rivers import COURSES, CROSSINGS
from nsp_planner.example.ways import joined, way_table

REFS = ("A1", "A28")
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
    for ref in REFS:
        parts = shapely.get_parts(shapely.intersection(_smooth(COURSES[ref]), area))
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


def _smooth(course: shapely.LineString) -> shapely.LineString:
    """Corners cut four times (Chaikin 1974); the middle of every straight stays where it is."""
    xy = shapely.get_coordinates(course)
    for _ in range(4):
        cut = np.stack([0.75 * xy[:-1] + 0.25 * xy[1:], 0.25 * xy[:-1] + 0.75 * xy[1:]], axis=1).reshape(-1, 2)
        xy = np.vstack([xy[:1], cut, xy[-1:]])
    return shapely.LineString(xy)


def _beside(middle: shapely.LineString, at_m: Floats, right_m: float) -> Floats:
    """Points beside the line, to the right of its direction, shape (n, 2)."""
    at = np.stack([at_m, np.minimum(at_m + 15.0, middle.length), np.maximum(at_m - 15.0, 0.0)])
    here, ahead, behind = shapely.get_coordinates(middle.interpolate(at.ravel())).reshape(3, -1, 2)
    along = (ahead - behind) / length_of(ahead - behind)[:, None]
    return np.round(here - right_m * across(along), 3)


def _exits(middle: shapely.LineString, roads: gpd.GeoDataFrame) -> list[tuple[float, Floats, Floats]]:
    """Where exits are: metres along the motorway, and the ends of the viaduct to its right and left."""
    over_or_under = (roads["bridge"] == "yes") | (roads["tunnel"] == "yes")
    viaduct = roads[over_or_under & (roads["name"] == "") & roads["highway"].isin(EXIT_ROADS)]
    meets = np.asarray(shapely.intersection(viaduct.geometry.to_numpy(), middle), dtype=object)
    once = shapely.get_type_id(meets) == shapely.GeometryType.POINT
    viaduct, at = viaduct[once], shapely.line_locate_point(middle, meets[once])
    found: list[tuple[float, Floats, Floats]] = []
    for k in np.lexsort((at, [EXIT_ROADS.index(kind) for kind in viaduct["highway"]])):
        room = RAMP_M + 50.0 < at[k] < middle.length - RAMP_M - 50.0
        if room and all(abs(at[k] - other) >= BETWEEN_EXITS_M for other, _, _ in found):
            ends = shapely.get_coordinates(viaduct.geometry.iloc[k])[[0, -1]]
            right, left = np.argsort(length_of(ends - _beside(middle, at[[k]], UNDERPASS_M)))
            found.append((float(at[k]), ends[right], ends[left]))
    return found


def _carriageways(motorway: Motorway, breaks: Floats, zone: BaseGeometry) -> list[gpd.GeoDataFrame]:
    middle = motorway.middle
    tables = []
    for start, end in pairwise(np.unique([0.0, middle.length, *breaks]).tolist()):
        at = np.linspace(start, end, max(2, round((end - start) / 80.0) + 1))
        centre = middle.interpolate((start + end) / 2)
        name = min(CROSSINGS, key=lambda c: float(np.hypot(c.x - centre.x, c.y - centre.y))).name
        tags = {"name": name, "bridge": "yes", "layer": "1"} if zone.contains(centre) else {}
        lines = to_lines(np.stack([_beside(middle, at, HALF_M), _beside(middle, at, -HALF_M)[::-1]]))
        tables.append(way_table(lines, highway="motorway", oneway="yes", ref=motorway.ref, **NO_FOOT, **tags))
    return tables


def _ramps(motorway: Motorway, at: float, right: Floats, left: Floats) -> gpd.GeoDataFrame:
    """Four ramps of one exit, in the direction one drives."""
    near = np.array([at - RAMP_M, at - 120.0, at + 120.0, at + RAMP_M])
    ramps = []
    for side, end in ((1.0, right), (-1.0, left)):
        on_motorway, beside = _beside(motorway.middle, near, side * HALF_M), _beside(motorway.middle, near, side * 35.0)
        before, after = [on_motorway[0], beside[1], end], [end, beside[2], on_motorway[3]]
        ramps += [before, after] if side > 0 else [after[::-1], before[::-1]]
    return way_table(to_lines(np.array(ramps)), highway="motorway_link", oneway="yes", ref=motorway.ref, **NO_FOOT)
