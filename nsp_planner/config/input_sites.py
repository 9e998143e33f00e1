"""Sources of candidate buildings. In: one [[inputs.sites]]. Out: the file, its columns, what its buildings can be."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from nsp_planner.config.input_tables import FileInput
from nsp_planner.config.statuses import Status


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
    guessed column unread. Left side: id, name, kind, x, y, longitude, latitude, gemeente_code, gemeente,
    capacity_persons (inhabitants served), capacity_present (people in the hall at once), status, status_reason,
    address (or street, house_number, house_letter, house_suffix), postcode, place, floor_area_m2, of a fire station
    renewal, suitability and tenure, and the provisions emergency_power, internet, heat, toilets, water_food,
    step_free, first_aid_room, access_24_7, parking, flood_safe. A column that is only called "capaciteit" is taken by
    its values, and that is said, unless a capacity is named here."""
    kinds: dict[str, str] = Field(default_factory=dict)
    """Kind of building per value of the kind column, such as { bijeenkomstfunctie = "gemeenschapshuis" }."""
    statuses: dict[str, Status] = Field(default_factory=dict)
    """Status per word of the status column, such as { "bestuur denkt na" = "in gesprek" }, for words that are not
    understood by themselves; "akkoord", "valt af", "in gesprek met bestuur", "kandidaat" and many others are."""
    crs: str | None = None
    """CRS of the coordinates, such as "EPSG:4326", where the file does not say; x and y are taken as EPSG:28992,
    longitude and latitude as EPSG:4326."""
    clip_to_region: bool = False
    """Leave out sites outside the region (they are counted in the report); without it they are a fault."""
    skip_without_coordinates: bool = False
    """Leave out rows that have neither coordinates nor an address that is known (counted and named in the report);
    without it they are a fault."""
