"""The sections that shape a plan: [ratios], [capacity], [decisions], [plan], [solver]. In: tables. Out: settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from nsp_planner.config.base import GemeenteCode, Settings
from nsp_planner.config.norm_fields import norm_field
from nsp_planner.config.statuses import STATUS_RULES, Status, StatusRule
from nsp_planner.names import names_of_files


class Ratios(Settings):
    """[ratios]: how many noodsteunpunten."""

    inhabitants_per_lnsp: float = norm_field("inhabitants_per_lnsp", ge=10, le=1_000_000)
    """Inhabitants per L-NSP."""
    quota_per: Literal["gemeente", "region"] = "gemeente"
    """"gemeente": every gemeente gets its own number; "region": only the total counts, each gemeente at least one."""
    rounding: Literal["up", "nearest"] = "up"
    """How inhabitants divided by the ratio become whole sites."""
    quota: dict[GemeenteCode, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """L-NSPs for single gemeenten that differ from the ratio, such as { GM0148 = 7 }."""
    lnsp_per_cnsp: float = norm_field("lnsp_per_cnsp", ge=1, le=1_000_000)
    """L-NSPs per C-NSP; the number of C-NSPs is the number of L-NSPs divided by this, rounded up."""
    load_price_m: float = norm_field("load_price_m", ge=0, le=1_000_000)
    """What a C-NSP carries above the ratio has a price: the first L-NSP above it counts as so many metres farther, the
    next one twice as many, and so on. It weighs in the choice only; never part of a distance that is shown. 0 sends
    every L-NSP to the nearest C-NSP."""
    most_lnsp_per_cnsp: int = norm_field("most_lnsp_per_cnsp", ge=1, le=1_000_000)
    """Most L-NSPs under one C-NSP, whatever the price; a ratio above it counts in its place. As low as the ratio it is
    a hard 1 on so many."""
    min_lnsp_per_cnsp: int = Field(default=1, ge=0, le=1_000)
    """Fewest L-NSPs under one C-NSP."""

    @model_validator(mode="after")
    def _quota_counts(self) -> Ratios:
        if self.quota and self.quota_per == "region":
            raise ValueError('quota counts per gemeente, which quota_per = "region" does not: take one of the two out')
        return self


class Capacity(Settings):
    """[capacity]: how many persons an L-NSP serves."""

    persons: float = norm_field("capacity_persons", ge=1, le=20_000_000)
    """Inhabitants a site serves where its own capacity is not known."""
    largest: float = norm_field("capacity_largest", ge=1, le=1_000_000)
    """What a large building counts for at most, in times ``persons``: with 1 a church for 800 at once serves as many
    inhabitants as any other L-NSP, though it could hold 24,000; with 2 it may do the work of two."""
    slack: float = norm_field("capacity_slack", ge=0, le=100)
    """Share by which a capacity may be exceeded: 0.1 allows 5,500 on 5,000, a load of 110 %."""


StationRule = Literal["fixed", "refused"] | Annotated[float, Field(ge=0, le=100_000)]
"""What a value of a station's column does: a rule, or metres."""


class StationDecisions(Settings):
    """[decisions.stations]: a rule or a wish per value of a column of the fire stations, as in the list of stations.

    Such as renewal = { "2025-2030" = 1000 } or suitability = { ongeschikt = "refused" }. "fixed": it must be a C-NSP;
    "refused": it must not be one; a number: it counts as so many metres farther for each L-NSP under it.
    """

    renewal: dict[str, StationRule] = Field(default_factory=dict)
    """When the station is rebuilt (vernieuwing)."""
    suitability: dict[str, StationRule] = Field(default_factory=dict)
    """How suitable it is as a C-NSP (geschiktheid)."""
    tenure: dict[str, StationRule] = Field(default_factory=dict)
    """Whose it is: owned, or let by somebody (eigendom)."""


class Decisions(Settings):
    """[decisions]: what is decided already, by id (as in the candidate list), else by the status of a building."""

    fixed: tuple[str, ...] = ()
    """Sites that must be an L-NSP, whatever their status."""
    refused: tuple[str, ...] = ()
    """Sites that must not be an L-NSP, whatever their status."""
    fixed_cnsp: tuple[str, ...] = ()
    """Sites that must be a C-NSP."""
    refused_cnsp: tuple[str, ...] = ()
    """Sites that must not be a C-NSP."""
    by_status: dict[Status, StatusRule] = Field(default=dict(STATUS_RULES))
    """What the status of a building does, for statuses that differ from the default, such as { pilot = "preferred" }:
    "fixed": it must be chosen; "preferred": it counts as nearer than buildings that are not (preferred_status_m);
    "free": it may be chosen; "refused": it must not. For L-NSPs and C-NSPs alike; "preferred" for L-NSPs only."""
    preferred_status_m: float = norm_field("preferred_status_m", ge=0, le=50_000)
    """Metres that a building without a preferred status counts farther for everybody who goes there, in a gemeente that
    has a building with one (in the region where only the total counts); 0 for no preference. Never part of a distance
    that is shown, and nobody counts as beyond a norm for it."""
    preferred_kinds: dict[GemeenteCode, tuple[str, ...]] = Field(default_factory=dict)
    """Kinds of building that come first in a gemeente, such as { GM0148 = ["kulturhus"], GM0180 = ["kerk"] }: other
    kinds are only chosen where there are too few of these; fixed sites and the number of L-NSPs stay as they are."""
    preferred_kinds_m: float | None = Field(default=None, gt=0, le=50_000)
    """Makes preferred_kinds a wish instead of a rule: a building of another kind counts as so many metres farther for
    everybody who goes there, so it is chosen only where it saves more; never part of a distance that is shown."""
    stations: StationDecisions = StationDecisions()

    @field_validator("by_status", mode="before")
    @classmethod
    def _others_by_default(cls, value: Any) -> Any:
        return {**STATUS_RULES, **value} if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _not_both(self) -> Decisions:
        if twice := sorted(set(self.fixed) & set(self.fixed_cnsp)):
            raise ValueError(f"fixed as L-NSP and as C-NSP, a building is one thing at a time: {', '.join(twice)}")
        for fixed, refused in ((self.fixed, self.refused), (self.fixed_cnsp, self.refused_cnsp)):
            if both := sorted(set(fixed) & set(refused)):
                raise ValueError(f"fixed and refused at the same time: {', '.join(both)}")
        return self


if TYPE_CHECKING:
    ObjectiveName = str
else:  # an objective is a file of plan/objectives; adding one is all there is to it
    ObjectiveName = Literal[names_of_files("plan/objectives", first="min_distance")]


class PlanSettings(Settings):
    """[plan]: what a good plan is."""

    objective: ObjectiveName = "min_distance"
    """"min_distance": least total walking distance; "max_coverage": most persons within their norm; "min_max": the
    smallest worst distance, or that of a percentile; "min_sites": the fewest L-NSPs that have a share of the persons
    within their norm, whatever the ratio. All but the first then take the least total distance."""
    percentile: float = Field(default=1.0, gt=0, le=1)
    """For "min_max": the part of the persons (of those with a candidate in reach) whose distance counts; 1 is the worst
    distance of all, 0.95 leaves the farthest 5 % out."""
    share: float = Field(default=0.9, ge=0, le=1)
    """For "min_sites": the part of all persons that must be allocated within their norm."""
    demand_points: Literal["divisible", "whole", "whole_buurten"] = "divisible"
    """"divisible": the persons of one square may go to several sites; "whole": each square to one site;
    "whole_buurten": all squares of a buurt to one site, which needs [inputs.buurten]."""


class SolverSettings(Settings):
    """[solver]: how long and how exactly to compute."""

    method: Literal["auto", "exact", "large"] = "auto"
    """"exact": one MILP for the whole region; "large": bound and search; "auto": chosen by size."""
    name: Literal["highs", "cbc"] = "highs"
    """Solver of the exact model."""
    gap: float = Field(default=0.005, ge=0, lt=1)
    """Relative gap at which solving may stop: 0.005 is 0.5 % above the proven bound."""
    time_limit_s: float = Field(default=120, gt=0, le=2_592_000)
    """Time limit for the L-NSPs, in seconds; the best plan so far is kept, with its gap."""
    threads: int = Field(default=2, ge=1, le=1_024)
    """Threads of the solver."""
    seed: int = Field(default=1, ge=0, lt=2**31)
    """Seed of every random choice."""
