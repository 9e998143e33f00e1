"""Circumstances a plan must stand: power outage, flood, staff shortage. In: tables of a study file. Out: settings.

Left out, a section changes nothing. They are made to be laid over a study as scenarios; each may be combined with the
others and with [links].
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from nsp_planner.config.base import GemeenteCode, Settings, StudyPath
from nsp_planner.config.input_sites import SiteRole

BOTH_ROLES = (SiteRole.LNSP, SiteRole.CNSP)


class PowerOutage(Settings):
    """[power_outage]: no electricity, so that a building needs emergency power of its own (column emergency_power)."""

    whole_region: bool = False
    """The power is out everywhere."""
    gemeenten: tuple[GemeenteCode, ...] = ()
    """Gemeenten where the power is out, by code."""
    area: tuple[StudyPath, ...] = ()
    """Files with polygons in which the power is out."""
    without: Literal["drop", "penalty", "keep"] = "drop"
    """What becomes of a building without emergency power: "drop": it cannot be used; "penalty": it counts as penalty_m
    farther away; "keep": nothing."""
    unknown: Literal["drop", "penalty", "keep"] = "keep"
    """The same for a building of which it is not known; unknown is not no, and every output says how much hinges on
    it."""
    penalty_m: float = Field(default=1_000, gt=0, le=50_000)
    """Metres that count extra on the way to a building with a penalty; never part of a distance that is shown."""
    roles: tuple[SiteRole, ...] = BOTH_ROLES
    """For which role emergency power is needed; stations have no penalty, they are dropped or kept."""

    @model_validator(mode="after")
    def _somewhere(self) -> PowerOutage:
        given = [self.whole_region, bool(self.gemeenten), bool(self.area)]
        if not any(given):
            raise ValueError("say where the power is out: whole_region = true, gemeenten, or area")
        if self.whole_region and any(given[1:]):
            raise ValueError("whole_region = true leaves nothing for gemeenten or area: choose one")
        if not self.roles:
            raise ValueError('roles is empty: give "lnsp", "cnsp" or both')
        return self


class Flood(Settings):
    """[flood]: land under water: buildings in it drop out, streets in it close (where distances are walked)."""

    area: tuple[StudyPath, ...] = ()
    """Files with polygons of the land under water."""
    depth: tuple[StudyPath, ...] = ()
    """Rasters of water depth in metres (GeoTIFF or ASCII grid, as LIWO gives them)."""
    depth_limit_m: float = Field(default=0.2, ge=0, le=10)
    """Land counts as under water where a raster says more than this, in metres."""
    depth_crs: str | None = None
    """CRS of a raster that does not say, such as "EPSG:28992"."""
    people: Literal["nearest_dry", "to_evacuate"] = "to_evacuate"
    """Who lives in it: "to_evacuate": is counted as to be evacuated and given no L-NSP; "nearest_dry": leaves before
    the water comes, over the streets as they were, to an L-NSP that stays dry."""

    @model_validator(mode="after")
    def _somewhere(self) -> Flood:
        if not self.area and not self.depth:
            raise ValueError("say where the water is: area (polygons) or depth (rasters)")
        return self


class StaffShortage(Settings):
    """[staff_shortage]: fewer L-NSPs can be staffed; those that open are chosen among the plan at hand."""

    closed_share: float | None = Field(default=None, gt=0, lt=1)
    """Share of the L-NSPs that stay closed, such as 0.25; what opens is rounded down, at least 1."""
    open_lnsps: int | None = Field(default=None, ge=1)
    """L-NSPs of the region that open, instead of a share."""
    per: Literal["region", "gemeente"] = "region"
    """Where the share counts: staff goes where it is needed most ("region"), or stays in its gemeente."""
    open_in: dict[GemeenteCode, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """L-NSPs that open in single gemeenten, such as { GM0148 = 3 }; the others keep theirs, or their share."""

    @model_validator(mode="after")
    def _one_number(self) -> StaffShortage:
        if self.closed_share is not None and self.open_lnsps is not None:
            raise ValueError("closed_share and open_lnsps say the same thing: choose one")
        if self.closed_share is None and self.open_lnsps is None and not self.open_in:
            raise ValueError("say how many open: closed_share, open_lnsps or open_in")
        if self.open_in and (self.open_lnsps is not None or (self.closed_share is not None and self.per == "region")):
            raise ValueError('open_in goes with nothing else, or with closed_share and per = "gemeente"')
        return self


class PlanAtHand(Settings):
    """[plan_at_hand]: only noodsteunpunten of a plan made before, in normal circumstances, can open."""

    run: StudyPath | None = None
    """Folder of that finished run; left out: the plan of this study in normal circumstances is made first."""
