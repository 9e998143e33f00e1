"""Rivers of the example and where they can be crossed. In: tables of this folder. Out: lines and points, RD metres.

The courses are drawn by hand, true to a few hundred metres: good for an illustration, for nothing else. Roads of the
example cross only at the crossings.
"""

from __future__ import annotations

from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.places import read_table


class River(NamedTuple):
    """A river, with distances from its middle in metres.

    Attributes:
        name: Its name.
        line: Its middle.
        empty_m: Nearer than this stands no house.
        dyke_m: To the dykes, less than ``empty_m``, so that houses stand behind them.
        shore_m: To where bridges and ferries begin.
        drawn_m: To the edge of the water as maps draw it.
        dyke_name: Name of the road on the dykes.
    """

    name: str
    line: shapely.LineString
    empty_m: float
    dyke_m: float
    shore_m: float
    drawn_m: float
    dyke_name: str


class Crossing(NamedTuple):
    """A place to cross a river: its name, what it is (``bridge`` or ``ferry``) and where."""

    name: str
    kind: str
    x: float
    y: float


class Water(NamedTuple):
    """What an OpenStreetMap extract says of a river: its tags, and its course or the ring around its water."""

    tags: tuple[tuple[str, str], ...]
    line: shapely.LineString


COURSES = {
    str(name): shapely.LineString(part[["x", "y"]].to_numpy(float))
    for name, part in read_table("courses.csv").groupby("name", sort=False)
}
"""Middles of rivers and motorways by name, EPSG:28992."""
RIVERS = (
    River("IJssel", COURSES["IJssel"], 230, 150.0, 70.0, 65.0, "IJsseldijk"),
    River("Vecht", COURSES["Vecht"], 130, 80.0, 32.0, 24.0, "Vechtdijk"),
    River("Zwarte Water", COURSES["Zwarte Water"], 110, 75.0, 55.0, 42.0, "Zwartewaterdijk"),
)
CROSSINGS = tuple(Crossing(*row) for row in read_table("crossings.csv").itertuples(index=False, name=None))


def no_house_area() -> BaseGeometry:
    """The strips along the rivers in which nobody lives (polygon, EPSG:28992)."""
    return shapely.union_all([river.line.buffer(river.empty_m) for river in RIVERS])


def river_waters(outline: BaseGeometry, around_m: float = 3_000.0) -> tuple[Water, ...]:
    """The rivers in and around an outline as OpenStreetMap has them: courses, and polygons of water."""
    near = outline.buffer(around_m)
    waters = []
    for river in RIVERS:
        for line in shapely.get_parts(shapely.intersection(river.line, near)):
            if not line.is_empty:
                ring = line.buffer(river.drawn_m).simplify(2.0).exterior
                waters.append(Water((("waterway", "river"), ("name", river.name)), line))
                waters.append(Water((("natural", "water"), ("water", "river"), ("name", river.name)), ring))
    return tuple(waters)
