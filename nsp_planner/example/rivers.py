"""Rivers of the example and where they can be crossed. In: nothing. Out: simple lines and points, EPSG:28992, metres.

The courses are drawn by hand, true to a few hundred metres: good for an illustration, for nothing else. Roads of the
example cross only at the crossings.
"""

from __future__ import annotations

from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

Coordinates = tuple[tuple[float, float], ...]


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


_IJSSEL: Coordinates = (
    (209600, 467500), (209000, 469500), (208700, 471500), (207900, 472900), (207400, 473700), (207100, 474400),
    (206200, 474900), (205500, 475600), (205200, 477000), (204700, 478300), (204300, 480000), (203900, 481500),
    (203700, 483700), (203200, 485300), (202000, 486000), (201900, 487300), (203200, 488000), (204600, 488700),
    (205000, 489600), (205900, 491200), (205800, 492700), (205000, 493800), (204400, 495200), (203600, 496300),
    (203000, 497800), (201800, 498700), (201200, 500200), (200300, 501300), (200000, 502500), (199300, 503100),
    (198600, 504200), (197700, 504800), (196500, 504600), (195600, 503700), (194500, 504000), (193300, 505400),
    (192600, 506700), (191700, 507600), (191250, 508300), (190600, 509300), (189500, 510300), (187000, 511500),
    (182500, 512500),
)  # fmt: skip
_VECHT: Coordinates = (
    (247500, 515600), (245000, 515200), (243200, 514900), (242500, 513300), (240900, 513100), (239300, 512200),
    (238500, 511300), (238250, 510200), (238000, 508800), (237000, 507500), (236300, 506300), (235400, 505400),
    (234500, 504500), (233000, 504100), (231500, 504500), (229500, 504600), (228000, 504200), (226600, 504000),
    (225300, 503400), (223500, 503500), (221000, 503500), (219000, 503900), (217000, 503700), (215600, 502700),
    (214300, 502350), (212800, 502800), (211500, 503300), (209500, 503700), (207500, 504400), (206800, 505800),
    (205000, 506200), (204000, 507300), (203000, 507900),
)  # fmt: skip
_ZWARTE_WATER: Coordinates = (
    (202300, 503700), (202600, 505900), (203000, 507900), (203700, 508900), (203300, 510000), (201900, 511000),
    (201700, 512400), (202300, 514000), (201300, 516500), (200000, 516400), (199200, 516000), (197500, 516700),
    (195200, 515900), (190500, 515500),
)  # fmt: skip

RIVERS: tuple[River, ...] = (
    River("IJssel", shapely.LineString(_IJSSEL), 230, 150.0, 70.0, 65.0, "IJsseldijk"),
    River("Vecht", shapely.LineString(_VECHT), 130, 80.0, 32.0, 24.0, "Vechtdijk"),
    River("Zwarte Water", shapely.LineString(_ZWARTE_WATER), 110, 75.0, 55.0, 42.0, "Zwartewaterdijk"),
)

CROSSINGS: tuple[Crossing, ...] = (
    Crossing("Deventer A1", "bridge", 208800, 471000),
    Crossing("Deventer centrum", "bridge", 207250, 474100),
    Crossing("Olst", "ferry", 203700, 483700),
    Crossing("Wijhe", "ferry", 205000, 489600),
    Crossing("Zwolle A28", "bridge", 200300, 501300),
    Crossing("Kampen Molenbrug", "bridge", 192700, 506500),
    Crossing("Kampen centrum", "bridge", 191250, 508300),
    Crossing("Kampen N307", "bridge", 189500, 510300),
    Crossing("Gramsbergen", "bridge", 242500, 513300),
    Crossing("Hardenberg noord", "bridge", 239300, 512200),
    Crossing("Hardenberg centrum", "bridge", 238250, 510200),
    Crossing("Mariënberg", "bridge", 235400, 505400),
    Crossing("Junne", "bridge", 229500, 504600),
    Crossing("Ommen", "bridge", 225300, 503400),
    Crossing("Vilsteren", "bridge", 219000, 503900),
    Crossing("Dalfsen", "bridge", 214300, 502350),
    Crossing("Berkum", "bridge", 207500, 504400),
    Crossing("Haerst", "bridge", 205000, 506200),
    Crossing("Holtenbroek", "bridge", 202600, 505900),
    Crossing("Hasselt", "bridge", 201900, 511000),
    Crossing("Zwartsluis", "bridge", 201300, 516500),
    Crossing("Genemuiden", "ferry", 199200, 516000),
)


def no_house_area() -> BaseGeometry:
    """The strips along the rivers in which nobody lives (polygon, EPSG:28992)."""
    return shapely.union_all([river.line.buffer(river.empty_m) for river in RIVERS])


def river_waters(outline: BaseGeometry, around_m: float = 3_000.0) -> tuple[Water, ...]:
    """The rivers in and around an outline as OpenStreetMap has them: courses, and polygons of water."""
    near = outline.buffer(around_m)
    waters = []
    for river in RIVERS:
        for line in shapely.get_parts(shapely.intersection(river.line, near)):
            if line.is_empty:
                continue
            ring = line.buffer(river.drawn_m).simplify(2.0).exterior
            waters.append(Water((("waterway", "river"), ("name", river.name)), line))
            waters.append(Water((("natural", "water"), ("water", "river"), ("name", river.name)), ring))
    return tuple(waters)
