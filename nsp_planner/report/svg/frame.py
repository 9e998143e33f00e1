"""Where RD lies in a picture. In: bounds in metres and a size in pixels. Out: :class:`Frame`, from RD to pixels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """Where RD lies in a picture: ``bounds_m`` (min x, min y, max x, max y) on ``width`` by ``height`` pixels."""

    bounds_m: Bounds
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Pixels per metre."""
        x0, y0, x1, y1 = self.bounds_m
        return min(self.width / (x1 - x0), self.height / (y1 - y0))

    def xy(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Pixels of a point; the bounds lie in the middle of the picture."""
        x0, y0, x1, y1 = self.bounds_m
        left = (self.width - (x1 - x0) * self.scale) / 2
        top = (self.height - (y1 - y0) * self.scale) / 2
        return left + (x_m - x0) * self.scale, top + (y1 - y_m) * self.scale


def frame_around(bounds_m: Iterable[float], width: float, height: float | None = None, margin_m: float = 500) -> Frame:
    """A frame with a margin around bounds; without ``height`` as high as the bounds ask for."""
    x0, y0, x1, y1 = bounds_m
    box = (float(x0) - margin_m, float(y0) - margin_m, float(x1) + margin_m, float(y1) + margin_m)
    return Frame(box, width, height if height is not None else width * (box[3] - box[1]) / (box[2] - box[0]))


def widened(frame: Frame) -> Frame:
    """The same frame with bounds that fill the picture."""
    x0, y0, x1, y1 = frame.bounds_m
    wide, high = frame.width / frame.scale, frame.height / frame.scale
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return Frame((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2), frame.width, frame.height)
