"""Land that a hazard strikes. In: polygons in RD. Out: which points lie in them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry


class HazardArea(tuple[BaseGeometry, ...]):
    """Polygons in RD that count as one area: united and prepared once, when first asked."""

    @cached_property
    def _united(self) -> BaseGeometry:
        area = shapely.union_all(list(self))
        shapely.prepare(area)
        return area

    def contains_points(self, xy_m: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which points, shape (n, 2) in RD, lie in it or on its edge; none where it has no polygon."""
        if not self:
            return np.zeros(len(xy_m), dtype=bool)
        found: npt.NDArray[np.bool_] = shapely.intersects_xy(self._united, xy_m[:, 0], xy_m[:, 1])
        return found
