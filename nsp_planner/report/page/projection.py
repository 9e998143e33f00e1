"""Where the browser draws a point. In: bounds in RD. Out: a polynomial from RD to web mercator (EPSG:3857), checked.

A browser has no RD projection; a polynomial of low degree is as good over one region and costs no library there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from pyproj import Transformer

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.layers.rd import RD

MAX_RESIDUAL_M = 0.05
MAX_DEGREE = 8


@dataclass(frozen=True, eq=False)
class WebMercatorFit:
    """Polynomial in u = (x - origin_x) / scale and v = (y - origin_y) / scale.

    Attributes:
        origin_m: RD coordinates of the middle of the bounds.
        scale_m: Half the larger side of the bounds.
        degree: Terms are u^a v^b with a + b <= degree, in the order of :func:`exponents`.
        x_terms: Coefficients of the web mercator x.
        y_terms: Coefficients of the web mercator y.
    """

    origin_m: tuple[float, float]
    scale_m: float
    degree: int
    x_terms: FloatArray
    y_terms: FloatArray

    def apply(self, x_m: FloatArray, y_m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """RD to EPSG:3857 as the browser does it."""
        terms = _terms((x_m - self.origin_m[0]) / self.scale_m, (y_m - self.origin_m[1]) / self.scale_m, self.degree)
        return terms @ self.x_terms, terms @ self.y_terms

    def as_header(self) -> dict[str, Any]:
        """The polynomial as the page reads it."""
        return {
            "origin_m": list(self.origin_m),
            "scale_m": self.scale_m,
            "degree": self.degree,
            "x": self.x_terms.tolist(),
            "y": self.y_terms.tolist(),
        }


def exponents(degree: int) -> list[tuple[int, int]]:
    """Exponents (a, b) of u and v with a + b <= degree."""
    return [(a, b) for a in range(degree + 1) for b in range(degree + 1 - a)]


def fit_web_mercator(bounds_m: tuple[float, float, float, float]) -> WebMercatorFit:
    """Fit over RD ``bounds_m`` (min x, min y, max x, max y) plus a margin.

    Raises:
        ValueError: No polynomial up to degree 8 is good to 0.05 m, so the bounds are no part of the Netherlands.
    """
    low, high = np.array(bounds_m[:2]), np.array(bounds_m[2:])
    middle = (low + high) / 2
    scale = max(float((high - low).max()) / 2, 500.0) * 1.05
    # Chebyshev nodes keep the error even over the bounds, where equal steps let it grow at the edges.
    nodes = np.cos(np.pi * (np.arange(24) + 0.5) / 24)
    u, v = (axis.ravel() for axis in np.meshgrid(nodes, nodes))
    x_web, y_web = _to_web().transform(middle[0] + u * scale, middle[1] + v * scale)
    for degree in range(3, MAX_DEGREE + 1):
        terms = _terms(u, v, degree)
        x_terms, y_terms = (np.linalg.lstsq(terms, target, rcond=None)[0] for target in (x_web, y_web))
        residual = float(np.hypot(terms @ x_terms - x_web, terms @ y_terms - y_web).max())
        if residual <= MAX_RESIDUAL_M:
            return WebMercatorFit((float(middle[0]), float(middle[1])), scale, degree, x_terms, y_terms)
    raise ValueError(f"no polynomial fits RD to web mercator over {bounds_m}: residual {residual:.2f} m")


@cache
def _to_web() -> Transformer:
    return Transformer.from_crs(RD, "EPSG:3857", always_xy=True)


def _terms(u: FloatArray, v: FloatArray, degree: int) -> FloatArray:
    terms: FloatArray = np.stack([u**a * v**b for a, b in exponents(degree)], axis=1)
    return terms
