"""Marks and text of a picture. In: pixels. Out: SVG of sites, names, a scale bar and an arrow to the north.

Sites differ by shape and letter, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import geopandas as gpd

from nsp_planner.report import palette
from nsp_planner.report.paper.pdf import printable
from nsp_planner.report.svg.frame import Bounds, Frame

FONT = "Liberation Sans, Arial, sans-serif"
INK = "#14202b"
MOST_NAMES = 6
"""Names of places on a sketch."""


def lnsp_mark(x: float, y: float, radius: float) -> str:
    """A dot, edged in white."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius + 1.4}" fill="#fff"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{palette.LNSP_COLOUR}" stroke="{INK}" '
        'stroke-width="0.7"/>'
    )


def cnsp_mark(x: float, y: float, half: float) -> str:
    """A square."""
    return (
        f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half}" height="{2 * half}" '
        f'fill="{palette.CNSP_COLOUR}" stroke="#fff" stroke-width="1"/>'
    )


def number_mark(x: float, y: float, text: str) -> str:
    """A number in a circle; the first stands out."""
    first = text == "1"
    radius = 13 if first else 10
    colour = palette.LNSP_COLOUR if first else "#ffffff"
    ink = "#ffffff" if first else palette.LNSP_COLOUR
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" stroke="{palette.LNSP_COLOUR}" '
        f'stroke-width="2"/>{_text(x, y + radius * 0.42, text, radius * 1.2, ink, bold=True)}'
    )


def area_names(areas: gpd.GeoDataFrame, frame: Frame) -> list[str]:
    """The name of every gemeente in its middle."""
    points = areas.geometry.representative_point()
    return [
        _text(*frame.xy(p.x, p.y), str(name), 11.5, INK, bold=True, halo=True)
        for name, p in zip(areas["name"], points, strict=True)
    ]


def name_texts(
    names: Sequence[tuple[str, float, float]], frame: Frame, spots: Sequence[tuple[float, float]]
) -> list[str]:
    """Names that fit beside the numbers and each other, at most six."""
    taken = [(x - 15, y - 15, x + 15, y + 15) for x, y in spots]
    taken.append((0.0, frame.height - 34, 110.0, frame.height))
    texts = []
    x0, y0, x1, y1 = frame.bounds_m
    for name, x_m, y_m in names:
        if not (x0 < x_m < x1 and y0 < y_m < y1):
            continue
        x, y = frame.xy(x_m, y_m)
        half = 3.4 * len(name)
        for below in (0.0, 26.0, -20.0):
            box = (x - half, y + below - 12, x + half, y + below + 4)
            inside = box[0] > 2 and box[2] < frame.width - 2 and box[1] > 2 and box[3] < frame.height - 2
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                texts.append(_text(x, y + below, name, 11.5, INK, bold=True, halo=True))
                break
    return texts[:MOST_NAMES]


def _overlap(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def bar_length_m(frame: Frame) -> float:
    """The longest round length that takes at most a quarter of the picture."""
    return next((m for m in (10_000.0, 5_000.0, 2_000.0, 1_000.0) if m * frame.scale <= frame.width / 4), 500.0)


def scale_bar(frame: Frame, metres: float, avoid: Sequence[tuple[float, float]] = ()) -> list[str]:
    """A bar in the lower left corner; in the lower right one when a number lies there."""
    wide, x, y = metres * frame.scale, 12.0, frame.height - 12.0
    if any(a < x + wide + 18 and b > y - 34 for a, b in avoid):
        x = frame.width - 12.0 - wide
    label = f"{metres / 1000:g} km".replace(".", ",") if metres >= 1000 else f"{metres:g} m"
    return [
        f'<path d="M{x} {y - 5}v5h{wide:.1f}v-5" fill="none" stroke="{INK}" stroke-width="1.4"/>',
        _text(x + wide / 2, y - 5, label, 10, INK, halo=True),
    ]


def north_arrow(frame: Frame, avoid: Sequence[tuple[float, float]] = ()) -> list[str]:
    """An arrow in the upper right corner; in the upper left one when a number lies there."""
    x, y = frame.width - 16.0, 30.0
    if any(a > x - 26 and b < y + 24 for a, b in avoid):
        x = 16.0
    arrow = f'<path d="M{x} {y - 18}l5 12h-10z" fill="{INK}"/>'
    return [arrow, _text(x, y + 6, "N", 11, INK, bold=True, halo=True)]


def _text(x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False, halo: bool = False) -> str:
    edge = ' stroke="#fff" stroke-width="3" paint-order="stroke" stroke-linejoin="round"' if halo else ""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-family="{FONT}" font-size="{size:.1f}"{weight} '
        f'fill="{colour}"{edge}>{escape(printable(text))}</text>'
    )
