"""The sections [region] and [inputs]. In: tables of a study file. Out: which gemeenten and which raw files."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from nsp_planner.config.base import GemeenteCode, Settings, StudyPath
from nsp_planner.config.input_sites import SitesInput
from nsp_planner.config.input_tables import (
    AddressesInput,
    AreasInput,
    BuurtenInput,
    FileInput,
    PeopleInput,
    PopulationInput,
    TotalsInput,
)


class Region(Settings):
    """[region]: which gemeenten are planned."""

    name: str = Field(min_length=1)
    """Name of the veiligheidsregio or area, as it stands on every output."""
    gemeenten: tuple[GemeenteCode, ...] = ()
    """Codes of the gemeenten that make up the region, such as "GM0148"; empty means all in the areas file."""

    @field_validator("gemeenten")
    @classmethod
    def _each_once(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if double := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"gemeenten are named twice: {', '.join(double)}")
        return codes


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
    addresses: AddressesInput | None = None
    """Addresses with their place (BAG), for candidates that come with an address only."""
    site_edits: FileInput | None = None
    """Cells of candidate buildings that are not as their sources have them: a CSV with site_id, field (of a source of
    buildings) and value, a row per cell, as `nsp-planner merge-lists` writes it; everything else stays as it is."""
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
    same_address_m: float = Field(default=150.0, ge=0, le=1_000)
    """Rows with one address, or one name in one place, are one building up to this distance in metres: lists put the
    same hall at its door, its middle or its parking. 0 looks at distance only."""
    border_tolerance_m: float = Field(default=200.0, ge=0, le=2_000)
    """A list that names another gemeente than the map is believed up to this distance from that gemeente, in metres
    (boundaries are generalised); beyond it the row is a fault."""
