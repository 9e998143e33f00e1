"""The example region in memory. In: a seed and a scale. Out: :class:`Example`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.boundaries import build_boundaries
from nsp_planner.example.buildings import build_candidates, build_stations
from nsp_planner.example.cbs import build_grid
from nsp_planner.example.land import Land, build_land
from nsp_planner.example.places import Region, read_region
from nsp_planner.example.population import settle
from nsp_planner.example.roads import build_roads
from nsp_planner.example.streets import build_streets


@dataclass(frozen=True, eq=False)
class Example:
    """Everything the example is made of, before it is written as files.

    Attributes:
        region: Gemeenten with official totals, places.
        boundaries: Polygons of the gemeenten.
        roads: Country roads between places and farmsteads, as lines.
        land: Raster of 100 m squares.
        squares: Squares with the true number of persons, published or not.
        grid: Squares as CBS would publish them.
        candidates: Candidate buildings.
        stations: Fire stations.
        streets_seed: Seed of the streets.
    """

    region: Region
    boundaries: gpd.GeoDataFrame
    roads: NDArray[np.object_]
    land: Land
    squares: pd.DataFrame
    grid: gpd.GeoDataFrame
    candidates: pd.DataFrame
    stations: pd.DataFrame
    streets_seed: np.random.SeedSequence

    @cached_property
    def outline(self) -> BaseGeometry:
        """The region as one polygon."""
        return shapely.union_all(self.boundaries.geometry.to_numpy())

    @cached_property
    def streets(self) -> gpd.GeoDataFrame:
        """Every way people can travel, with OpenStreetMap tags; made when first asked for."""
        rng = np.random.default_rng(self.streets_seed)
        return build_streets(self.region, self.squares, self.land, self.roads, self.outline, rng)


def build_example(*, seed: int = 1, scale: float = 1.0) -> Example:
    """Make the example in memory; the same seed and scale give the same example.

    Args:
        seed: Seed of every random choice.
        scale: Share of the region's inhabitants; below 1 only some of its gemeenten.

    Raises:
        ValueError: ``scale`` is not above 0 and at most 1, or ``seed`` is negative.
    """
    # a stream per part: a change in one part leaves the others as they were
    seeds = np.random.SeedSequence(seed).spawn(6)
    streams = [np.random.default_rng(child) for child in seeds[:5]]
    region = read_region(scale)
    boundaries = build_boundaries(region, streams[0])
    outline = shapely.union_all(boundaries.geometry.to_numpy())
    roads = build_roads(region.places[["x", "y"]].to_numpy(float), outline, streams[1])
    land = build_land(boundaries, roads)
    squares = settle(region, land, streams[2])
    grid = build_grid(squares, land, streams[3])
    candidates = build_candidates(region, squares, land, boundaries, streams[4])
    stations = build_stations(region)
    return Example(region, boundaries, roads, land, squares, grid, candidates, stations, seeds[5])
