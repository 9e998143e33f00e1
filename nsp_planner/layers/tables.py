"""The checked tables that leave this stage. In: nothing. Out: :class:`Layers`, and what each column means.

All geometry is EPSG:28992 (RD, metres). Ids are strings, unique and stable between runs. A missing count is missing
(``pd.NA``), never 0; an unknown provision is ``unknown``, never ``no``.

demand (GeoDataFrame, one row per populated square, centre point, RangeIndex):
    demand_id str (CBS square id such as E2025N5030) · population_persons int64, after calibration ·
    published_persons Int64, as in the file, NA where withheld · added_persons int64, by calibration ·
    persons_65plus Int64 or NA · gemeente_code str · area_type ``kern`` or ``buitengebied`` · resolution_m int64 ·
    buurt_code ``string``, where the study has buurten, NA in no buurt · vulnerable_NAME Int64 or NA, another group of
    residents that an input has · residents_persons, away_persons, day_persons, guest_persons int64, where people were
    moved or added: population_persons is then residents - away + day + guests
sites (GeoDataFrame, one row per building, point, RangeIndex):
    site_id str · name str · kind str, Dutch · source str · gemeente_code str · address str or NA · place str or NA ·
    capacity_persons Float64, NA where not known · status str (``STATUSES``) · status_reason str or NA ·
    can_be_lnsp bool · can_be_cnsp bool · GAP_COLUMNS, each ``yes``, ``no`` or ``unknown`` ·
    floor_area_m2 Float64 or NA
areas (GeoDataFrame, one row per gemeente of the region, polygon, sorted by code):
    area_code str · name str
calibration (DataFrame, one row per gemeente and the same order as areas):
    area_code · name · published_persons · added_persons · total_persons · official_persons (NA without totals) ·
    n_squares · n_withheld_squares
merged (DataFrame, one row per raw row that was merged into a building with another):
    site_id · name · source · source_row_id · distance_m to the building's point
left_out (DataFrame, raw rows left out on request or by rule, so that nothing vanishes silently):
    layer · row_id · name · reason (Dutch) · persons Int64 (NA for sites and where not known). Squares left out for one
    reason are added up per gemeente: row_id is then its code, and the reason says how many squares. Persons of demand
    plus persons left out are the persons of the file plus those that calibration added.
notes (DataFrame, one row per repair or doubt):
    layer · row_id · name · note (Dutch)
buurten (GeoDataFrame or None, one row per buurt with squares of the region, polygon, sorted by code):
    buurt_code str · name str · gemeente_code str (where most of its people live) · n_squares · persons
presence (DataFrame or None, where people were moved or added, one row per gemeente):
    area_code · name · residents · away (residents not at home by day) · day (people at school or work) · guests ·
    present = residents - away + day + guests
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
    """Everything read and checked for one study; see the module's docstring for the columns.

    Attributes:
        demand: Populated squares of the region.
        sites: Candidate buildings of the region.
        areas: Gemeenten of the region.
        calibration: Published, added and total persons per gemeente.
        merged: Raw rows that became one building.
        left_out: Raw rows left out, with the reason.
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
