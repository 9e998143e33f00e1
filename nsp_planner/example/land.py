"""The ground of the example as a raster of 100 m squares. In: boundaries, roads. Out: :class:`Land`.

Rows run north, columns east; row 0, column 0 is the lower-left square. Squares are the squares of the CBS grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy import ndimage

from nsp_planner.example.geometry import Flags, Floats, Ints, Objects
from nsp_planner.example.rivers import no_house_area

CELL_M = 100


@dataclass(frozen=True, eq=False)
class Land:
    """A raster over the region; every array has shape (rows, columns).

    Attributes:
        x0_hm: Left edge of column 0, in hectometres.
        y0_hm: Lower edge of row 0, in hectometres.
        gemeente: Row of the gemeente, by the centre of the square; -1 outside the region.
        dry: Whether houses may stand here (in the region, not along a river).
        road_m: Distance to the nearest road, in metres, to within a square.
    """

    x0_hm: int
    y0_hm: int
    gemeente: Ints
    dry: Flags
    road_m: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.gemeente.shape[0], self.gemeente.shape[1]

    def centre_xy(self, rows: Ints | int, columns: Ints | int) -> Floats:
        """Centres of squares, metres, shape (n, 2)."""
        return np.column_stack([(self.x0_hm + columns + 0.5) * CELL_M, (self.y0_hm + rows + 0.5) * CELL_M])

    def row_column(self, xy: Floats) -> Ints:
        """Row and column of the squares that hold points, shape (n, 2); may lie outside the raster."""
        return np.floor(xy[:, ::-1] / CELL_M).astype(np.int64) - np.array([self.y0_hm, self.x0_hm], dtype=np.int64)

    def holds(self, cells: Ints) -> Flags:
        """Which pairs of row and column lie in the raster."""
        return np.asarray(((cells >= 0) & (cells < np.array(self.shape))).all(axis=1))


def build_land(boundaries: gpd.GeoDataFrame, roads: Objects) -> Land:
    """The raster over the boundaries, with a margin of one square."""
    x0, y0, x1, y1 = (int(v) for v in np.floor(boundaries.total_bounds / CELL_M) + np.array([-1, -1, 2, 2]))
    shape = (y1 - y0, x1 - x0)
    land = Land(x0, y0, np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=bool), np.zeros(shape))
    xy = land.centre_xy(*(axis.ravel() for axis in np.indices(shape)))
    for i, polygon in enumerate(boundaries.geometry):
        shapely.prepare(polygon)
        land.gemeente.flat[np.flatnonzero(shapely.contains_xy(polygon, xy))] = i
    land.dry[:] = (land.gemeente >= 0) & ~shapely.contains_xy(no_house_area(), xy).reshape(shape)
    cells = land.row_column(shapely.get_coordinates(shapely.segmentize(roads, 40.0)))
    on_road = np.zeros(shape, dtype=bool)
    on_road[tuple(cells[land.holds(cells)].T)] = True
    land.road_m[:] = ndimage.distance_transform_edt(~on_road) * CELL_M
    return land
