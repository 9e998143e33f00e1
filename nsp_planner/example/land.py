"""The ground of the example as a raster of 100 m squares. In: boundaries, roads. Out: :class:`Land`.

Rows run north, columns east; row 0, column 0 is the lower-left square. Squares are the squares of the CBS grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

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
    gemeente: NDArray[np.int64]
    dry: NDArray[np.bool_]
    road_m: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.gemeente.shape[0], self.gemeente.shape[1]

    def centre_xy(self, rows: NDArray[np.int64] | int, columns: NDArray[np.int64] | int) -> NDArray[np.float64]:
        """Centres of squares, metres, shape (n, 2)."""
        return np.column_stack([(self.x0_hm + columns + 0.5) * CELL_M, (self.y0_hm + rows + 0.5) * CELL_M])

    def row_column(self, x: float, y: float) -> tuple[int, int]:
        """The square that holds a point."""
        return int(y // CELL_M) - self.y0_hm, int(x // CELL_M) - self.x0_hm


def build_land(boundaries: gpd.GeoDataFrame, roads: NDArray[np.object_]) -> Land:
    """The raster over the boundaries, with a margin of one square."""
    x0, y0, x1, y1 = (int(v) for v in np.floor(boundaries.total_bounds / CELL_M) + np.array([-1, -1, 2, 2]))
    rows, columns = np.indices((y1 - y0, x1 - x0))
    x = (x0 + columns.ravel() + 0.5) * CELL_M
    y = (y0 + rows.ravel() + 0.5) * CELL_M
    gemeente = np.full(x.shape, -1, dtype=np.int64)
    for i, polygon in enumerate(boundaries.geometry):
        left, low, right, high = polygon.bounds
        near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
        gemeente[near[shapely.contains_xy(polygon, x[near], y[near])]] = i
    wet = shapely.contains_xy(no_house_area(), x, y)
    on_road = np.zeros(rows.shape, dtype=bool)
    road_xy = shapely.get_coordinates(shapely.segmentize(roads, 40.0))
    along = np.floor(road_xy / CELL_M).astype(np.int64) - np.array([x0, y0])
    inside = ((along >= 0) & (along < np.array([x1 - x0, y1 - y0]))).all(axis=1)
    on_road[along[inside, 1], along[inside, 0]] = True
    road_m = ndimage.distance_transform_edt(~on_road) * CELL_M
    gemeente = gemeente.reshape(rows.shape)
    return Land(x0, y0, gemeente, (gemeente >= 0) & ~wet.reshape(rows.shape), road_m)


def smooth_noise(shape: tuple[int, int], width_cells: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Noise with mean 0 and standard deviation 1 that changes over about ``width_cells`` squares."""
    noise = ndimage.gaussian_filter(rng.standard_normal(shape), width_cells, mode="wrap", truncate=3.0)
    scaled: NDArray[np.float64] = (noise - noise.mean()) / noise.std()
    return scaled
