"""Charts as SVG, drawn without a library. In: series of points. Out: one SVG text, readable in print and by ear.

Series differ by marker and dash as well as by colour; axes start and end at round numbers; numbers are Dutch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nsp_planner.report.text.dutch import number_nl

WIDTH, HEIGHT = 860, 430
LEFT, RIGHT, TOP, BOTTOM = 86, 86, 26, 74
COLOURS = ("#14324f", "#c43e00", "#00795c", "#7a3b8f")
DASHES = ("", "7 4", "2 4", "10 3 2 3")
INK, GRID, SOFT = "#14202b", "#d5dbe1", "#46535e"


@dataclass(frozen=True)
class Series:
    """One line: name, values of y at each x (None: no value), and whether it is read on the right-hand axis."""

    name: str
    y: Sequence[float | None]
    right: bool = False


@dataclass(frozen=True)
class Axis:
    """An axis: its Dutch title with unit, and a factor from value to what is shown (0.001 for km)."""

    title: str
    factor: float = 1.0


def line_chart(
    x: Sequence[float],
    series: Sequence[Series],
    *,
    x_axis: Axis,
    left: Axis,
    right: Axis | None = None,
    marked: tuple[int, str] | None = None,
    labels: Sequence[str] | None = None,
    title: str = "",
) -> str:
    """A line chart with one or two vertical axes.

    Args:
        x: Place of each point; need not be sorted.
        series: The lines, at most four.
        x_axis: Title of the horizontal axis.
        left: Title of the left axis.
        right: Title of the right axis, for series with ``right``.
        marked: A point to mark with a vertical line: its position in ``x`` and a short text.
        labels: Text under each x instead of round numbers.
        title: What it shows, for readers who cannot see it.

    Returns:
        The SVG; an empty chart where nothing is known.
    """
    order = sorted(range(len(x)), key=lambda i: x[i])
    x_ticks = _ticks([x[i] * x_axis.factor for i in order], from_zero=False)
    x_low, x_high = (min([*x_ticks, *(v * x_axis.factor for v in x)]), max([*x_ticks, *(v * x_axis.factor for v in x)]))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="system-ui, Segoe UI, Arial, sans-serif" font-size="13"><title>{escape(title)}</title>'
    ]

    def at_x(value: float) -> float:
        span = (x_high - x_low) or 1.0
        return LEFT + (value * x_axis.factor - x_low) / span * (WIDTH - LEFT - RIGHT)

    for side, axis in ((False, left), (True, right)):
        if axis is None:
            continue
        values = [v * axis.factor for s in series if s.right is side for v in s.y if v is not None]
        ticks = _ticks(values)
        scale = (ticks[0], ticks[-1])
        for tick in ticks:
            y = _at_y(tick, scale)
            if not side:
                parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>')
            place, anchor = (WIDTH - RIGHT + 8, "start") if side else (LEFT - 8, "end")
            parts.append(_text(place, y + 4, _tick_text(tick, ticks), anchor))
        middle, turn = (TOP + HEIGHT - BOTTOM) / 2, WIDTH - 14 if side else 18
        parts.append(
            f'<text transform="translate({turn} {middle}) rotate(-90)" text-anchor="middle" fill="{SOFT}">'
            f"{escape(axis.title)}</text>"
        )
        for number, one in enumerate(series):
            if one.right is side:
                parts.append(_line([(at_x(x[i]), one.y[i]) for i in order], number, axis.factor, scale))
    named = [(value, label) for value, label in zip(x, labels or (), strict=False)]
    for value, text in named or [(tick / x_axis.factor, _tick_text(tick, x_ticks)) for tick in x_ticks]:
        parts.append(_text(at_x(value), HEIGHT - BOTTOM + 18, text, "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 38, x_axis.title, "middle", SOFT))
    if marked is not None:
        at = at_x(x[marked[0]])
        parts.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{INK}" stroke-dasharray="3 3"/>')
        anchor, shift = ("end", -6) if at > WIDTH / 2 else ("start", 6)
        parts.append(_text(at + shift, TOP + 12, marked[1], anchor))
    parts.append(_legend(series))
    return "".join([*parts, "</svg>"])


def _line(points: Sequence[tuple[float, float | None]], number: int, factor: float, scale: tuple[float, float]) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    known = [(x, _at_y(y * factor, scale)) for x, y in points if y is not None]
    if not known:
        return ""
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in known)
    line = f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.4" stroke-dasharray="{dash}"/>'
    return line + "".join(_sign(x, y, number, colour) for x, y in known)


def _sign(x: float, y: float, number: int, colour: str) -> str:
    if number % 2 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" fill="{colour}"/>'
    return (
        f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="#fff" stroke="{colour}" stroke-width="2"/>'
    )


def _legend(series: Sequence[Series]) -> str:
    parts, x, y = [], float(LEFT), HEIGHT - 10
    for number, one in enumerate(series):
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        parts.append(
            f'<path d="M{x:.0f} {y - 4}h30" stroke="{colour}" stroke-width="2.4" stroke-dasharray="{dash}"/>'
            + _sign(x + 15, y - 4, number, colour)
            + _text(x + 38, y, one.name, "start")
        )
        x += 62 + 7.1 * len(one.name)
    return "".join(parts)


def _at_y(value: float, scale: tuple[float, float]) -> float:
    span = (scale[1] - scale[0]) or 1.0
    return HEIGHT - BOTTOM - (value - scale[0]) / span * (HEIGHT - BOTTOM - TOP)


def _text(x: float, y: float, text: str, anchor: str, colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _tick_text(tick: float, ticks: Sequence[float]) -> str:
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    return number_nl(tick, max(0, -math.floor(math.log10(step) + 1e-9)))


def _ticks(values: Sequence[float], *, from_zero: bool = True, wanted: int = 6) -> list[float]:
    """Round numbers that span the values, steps of 1, 2 or 5 times a power of ten."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low = min(low, 0.0) if from_zero else low
    if high <= low:
        high = low + 1.0
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough - 1e-12)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [n * step for n in range(first, last + 1)]
