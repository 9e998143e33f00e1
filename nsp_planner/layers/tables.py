"""The checked tables that leave this stage. In: nothing. Out: :class:`Layers`.

The columns of each table, with type and meaning, stand in ``tables.toml`` beside this file; ``schemas`` checks them.
All geometry is EPSG:28992. A missing count is missing (``pd.NA``), never 0; an unknown provision is ``unknown``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from nsp_planner.layers.raw.input_file import InputFile

if TYPE_CHECKING:
    from nsp_planner.layers.network.backdrop import Backdrop
    from nsp_planner.layers.network.network import Network


@dataclass(frozen=True, eq=False)
class Layers:
    """Everything read and checked for one study; ``tables.toml`` tells the columns.

    Attributes:
        demand: Populated squares of the region.
        sites: Candidate buildings of the region.
        areas: Gemeenten of the region.
        calibration: Published, added and total persons per gemeente.
        merged: Raw rows that became one building.
        left_out: Raw rows left out, with the reason.
        unfit: Rows of the lists that a rule says are no candidates.
        inputs: Every file that was read.
        notes: What was repaired, and where a file contradicts the map.
        networks: Network per profile (``foot``, ``car``, ...); empty where distances are straight lines.
        link_shapes: Shapes in RD: by the key of [links] that names their files, and where circumstances strike (keys in
            ``layers.hazards.shapes``).
        buurten: Buurten of the region, where the study has them.
        presence: Residents, guests and people by day per gemeente; None where everybody is a resident at home.
        neighbours: People and noodsteunpunten just outside the region, where the study has them.
        backdrop: Water and main roads to draw under the maps; None where no input gives them.
    """

    demand: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    calibration: pd.DataFrame
    merged: pd.DataFrame
    left_out: pd.DataFrame
    inputs: tuple[InputFile, ...]
    notes: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["layer", "row_id", "name", "note"], dtype="str")
    )
    unfit: pd.DataFrame | None = None
    networks: Mapping[str, Network] = field(default_factory=dict)
    link_shapes: Mapping[str, tuple[BaseGeometry, ...]] = field(default_factory=dict)
    buurten: gpd.GeoDataFrame | None = None
    presence: pd.DataFrame | None = None
    neighbours: NeighbourLayers | None = None
    backdrop: Backdrop | None = None


@dataclass(frozen=True, eq=False)
class NeighbourLayers:
    """What lies outside the region, within the buffer.

    Attributes:
        demand: demand_id (never one of the region), population_persons, gemeente_code, area_type, point.
        sites: As the sites table, with ids that are not those of the region.
        areas: Gemeenten with people or sites in the buffer: area_code, name, polygon.
        left_out_persons: Persons of the files who live farther away than the buffer.
    """

    demand: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    left_out_persons: int
