"""The sections [region] and [inputs]. In: tables of a study file. Out: which gemeenten and which raw files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field

from nsp_planner.config.base import GemeenteCode, Settings, StudyPath


class Region(Settings):
    """[region]: which gemeenten are planned."""

    name: str = Field(min_length=1)
    """Name of the veiligheidsregio or area, as it stands on every output."""
    gemeenten: tuple[GemeenteCode, ...] = ()
    """Codes of the gemeenten that make up the region, such as "GM0148"; empty means all in the areas file."""


class FileInput(Settings):
    """A file with one table."""

    path: StudyPath
    """The file, relative to the study file."""
    layer: str | None = None
    """Layer of a GeoPackage or sheet of a workbook; needed only where the file has more than one."""


class PopulationInput(FileInput):
    """[inputs.population]: CBS vierkantstatistieken, 100 m or 500 m, GeoPackage or the zip that holds it."""

    source_nl: str = Field(default="CBS", min_length=1)
    """Whose figures these are, as outputs name them."""
    resolution_m: Literal[100, 500] | None = None
    """Side of a square; read from the name of the id column when left out."""


class TotalsInput(FileInput):
    """[inputs.totals]: official inhabitants per gemeente (CBS kerncijfers), CSV, Excel or GeoPackage."""

    code_column: str = "gemeentecode"
    """Column with the code of the gemeente (GM0148); rows with other codes are passed over."""
    persons_column: str = "aantal_inwoners"
    """Column with the inhabitants; negative CBS codes are missing."""


class AreasInput(FileInput):
    """[inputs.areas]: boundaries of gemeenten (CBS gebiedsindelingen or wijk- en buurtkaart through PDOK).

    Neighbouring gemeenten should be in the file too: a square of no gemeente joins the nearest one within 500 m.
    """

    code_column: str | None = None
    """Column with the code (GM0148); guessed from "statcode", "gemeentecode" and the like when left out.
    Several rows with one code (buurten) are merged to one area."""
    name_column: str | None = None
    """Column with the name; guessed from "statnaam", "gemeentenaam" and the like when left out."""


class BuurtenInput(FileInput):
    """[inputs.buurten]: buurten, from the CBS wijk- en buurtkaart (polygons), or a table with a row per buurt.

    Polygons give every square its buurt; where they overlap, the smallest counts. A second file with figures per buurt
    goes in ``table``.
    """

    code_column: str | None = None
    """Column with the code of the buurt (BU01930000); guessed from "buurtcode" and the like when left out."""
    name_column: str | None = None
    """Column with the name; guessed from "buurtnaam" and the like when left out."""
    table: StudyPath | None = None
    """CSV or Excel file with figures per buurt, by the same codes, for [vulnerable]."""
    table_code_column: str | None = None
    """Column with the code of the buurt in ``table``; guessed likewise."""
    as_places: bool = False
    """Whether cards and lists for residents go by buurt instead of by place (the town in the address of buildings)."""


class PeopleInput(FileInput):
    """[[inputs.guests]] and [[inputs.day]]: people who are somewhere: campsites, schools, workplaces.

    Points (CSV or Excel with coordinates, GeoPackage, GeoJSON) stand in their square of 100 m; polygons are spread over
    the squares in them. A table with only the code of a gemeente is spread over the populated squares there.
    """

    label: str = Field(min_length=1)
    """What they are, in Dutch, such as "campings en vakantieparken"."""
    persons_column: str = "personen"
    """Column with the number of persons."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Which column holds what; the rest is guessed. Left side: name, x, y, longitude, latitude, gemeente_code."""
    crs: str | None = None
    """CRS of the coordinates where the file does not say, as for [[inputs.sites]]."""
    clip_to_region: bool = False
    """Leave out rows outside the region (they are counted in the report); without it they are a fault."""
    skip_without_persons: bool = False
    """Leave out rows without a number (counted in the report: not known is not zero); without it they are a fault."""


class SiteRole(StrEnum):
    """What a candidate site may become."""

    LNSP = "lnsp"
    """Local noodsteunpunt."""
    CNSP = "cnsp"
    """Coordinating noodsteunpunt."""


class SitesInput(FileInput):
    """[[inputs.sites]]: candidate buildings from one source: CSV, Excel, GeoPackage or GeoJSON."""

    source: str = Field(min_length=1, pattern=r"^[a-z0-9-]+$")
    """Short name of the source in lower case, first part of made site ids, such as "stemlokalen"."""
    source_nl: str | None = None
    """How the source is named on outputs, such as "Stemlokalen 2025 (Kiesraad)"."""
    can_be: tuple[SiteRole, ...] = (SiteRole.LNSP,)
    """What these buildings may become: "lnsp", "cnsp" or both."""
    kind: str = "overig"
    """Kind of building where the file does not say, in Dutch, such as "school" or "brandweerkazerne"."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Which column of the file holds what, such as { name = "naam", x = "X" }; the rest is guessed, and "" leaves a
    guessed column unread. Left side: id, name, kind, x, y, longitude, latitude, gemeente_code, capacity_persons,
    status, status_reason, address (or street, house_number, house_letter, house_suffix), place, floor_area_m2 and
    the provisions emergency_power, internet, heat, toilets, water_food, step_free, first_aid_room, access_24_7,
    parking, flood_safe."""
    kinds: dict[str, str] = Field(default_factory=dict)
    """Kind of building per value of the kind column, such as { bijeenkomstfunctie = "gemeenschapshuis" }."""
    crs: str | None = None
    """CRS of the coordinates, such as "EPSG:4326", where the file does not say; x and y are taken as EPSG:28992,
    longitude and latitude as EPSG:4326."""
    clip_to_region: bool = False
    """Leave out sites outside the region (they are counted in the report); without it they are a fault."""
    skip_without_coordinates: bool = False
    """Leave out rows without coordinates (counted and named in the report); without it they are a fault."""


class NeighboursInput(Settings):
    """[inputs.neighbours]: people and buildings outside the region."""

    areas: AreasInput | None = None
    """Boundaries of the neighbouring gemeenten; left out where [inputs.areas] has them too."""

    population: PopulationInput | None = None
    """Population grid of the neighbours; may be the same file as that of the region."""
    people: PeopleInput | None = None
    """Instead of a grid: points or polygons with inhabitants, each taken at its middle."""
    sites: tuple[SitesInput, ...] = ()
    """Noodsteunpunten of the neighbours, or candidates for them."""


class NetworkInput(FileInput):
    """[inputs.network]: streets and paths: an OpenStreetMap extract (.osm.pbf), a saved osmnx graph or a line layer."""

    crs: str | None = None
    """CRS of a line layer that does not say, such as "EPSG:28992"."""
    buffer_m: float = Field(default=5_000, ge=0, le=50_000)
    """How far around the region streets are kept, in metres: people walk across the border."""
    connect_limit_m: float = Field(default=500, gt=0, le=5_000)
    """Farthest a square or site may lie from a street, in metres; beyond it, it is not connected and is named."""
    small_island_m: float = Field(default=500, ge=0)
    """Loose pieces with fewer metres of street: who lives there is connected to a larger piece within the limit."""
    join_islands_m: float = Field(default=5, ge=0, le=50)
    """Pieces of the network at most this far apart, in metres, are joined; 0 joins nothing."""
    store: StudyPath | None = None
    """Folder in which the network that was read is kept for the next run. Left out: "processed" beside the nearest
    folder "raw" above the file, or beside the file."""

    def store_folder(self) -> Path:
        """Where the network that was read is kept."""
        if self.store is not None:
            return self.store
        raw = next((folder for folder in self.path.parents if folder.name == "raw"), None)
        return (self.path.parent if raw is None else raw.parent) / "processed"


class BackdropInput(Settings):
    """[inputs.backdrop]: water and main roads drawn under the maps; no distance is measured on them."""

    path: StudyPath
    """An OpenStreetMap extract (.osm.pbf). Left out: the extract of [inputs.network], where there is one."""


class Inputs(Settings):
    """[inputs]: the raw files."""

    population: PopulationInput
    """The population grid."""
    areas: AreasInput
    """Boundaries of the gemeenten."""
    totals: TotalsInput | None = None
    """Official inhabitants per gemeente, to which the grid is calibrated; without it the grid counts as published,
    and every output says so."""
    network: NetworkInput | None = None
    """Streets and paths; needed for distances.method = "network"."""
    backdrop: BackdropInput | None = None
    """Water and main roads under the maps."""
    sites: tuple[SitesInput, ...] = Field(min_length=1)
    """Sources of candidate buildings, one [[inputs.sites]] each."""
    buurten: BuurtenInput | None = None
    """Buurten, for figures per buurt and plans that keep buurten whole."""
    guests: tuple[PeopleInput, ...] = ()
    """Campsites and other places with guests, one [[inputs.guests]] each; see [tourism]."""
    day: tuple[PeopleInput, ...] = ()
    """Schools and workplaces with people by day, one [[inputs.day]] each; see [day]."""
    neighbours: NeighboursInput | None = None
    """People and buildings outside the region; see [neighbours]."""
    same_building_m: float = Field(default=25.0, ge=0, le=250)
    """Rows within this distance of each other, in metres, are one building."""
