"""The example region in memory. In: a seed and a scale. Out: :class:`Example`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.boundaries import build_boundaries
from nsp_planner.example.buildings import build_candidates, build_stations
from nsp_planner.example.cbs import build_grid
from nsp_planner.example.geometry import Objects
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
        outline: The region as one polygon.
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
    outline: BaseGeometry
    roads: Objects
    land: Land
    squares: pd.DataFrame
    grid: gpd.GeoDataFrame
    candidates: pd.DataFrame
    stations: pd.DataFrame
    streets_seed: np.random.SeedSequence

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
    *seeds, streets_seed = np.random.SeedSequence(seed).spawn(6)
    of_boundaries, of_roads, of_people, of_grid, of_buildings = map(np.random.default_rng, seeds)
    region = read_region(scale)
    boundaries = build_boundaries(region, of_boundaries)
    outline = shapely.union_all(boundaries.geometry.to_numpy())
    roads = build_roads(region.places[["x", "y"]].to_numpy(float), outline, of_roads)
    land = build_land(boundaries, roads)
    squares = settle(region, land, of_people)
    grid = build_grid(squares, land, of_grid)
    candidates = build_candidates(region, squares, boundaries, of_buildings)
    stations = build_stations(region)
    return Example(region, boundaries, outline, roads, land, squares, grid, candidates, stations, streets_seed)
