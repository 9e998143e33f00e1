"""The sections on who is where: [vulnerable], [tourism], [day], [neighbours]. In: tables of a study file.

Out: who weighs more, who is a guest, where people are by day, and what happens across the border of the region.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from nsp_planner.config.base import GemeenteCode, Settings
from nsp_planner.config.norm_fields import norm_field

GroupName = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Share = Annotated[float, Field(ge=0, le=1)]


class Vulnerable(Settings):
    """[vulnerable]: who needs a noodsteunpunt nearby most: 65+, living alone, other columns.

    Groups are indicators of their own in every run. "65plus" (persons of 65 and over) and "alleenwonend" (households of
    one person) are read from the grid where it has them.
    """

    columns: dict[GroupName, str] = Field(default_factory=dict)
    """Other groups by a column of the population grid with their number, such as
    { eenouder = "aantal_eenouderhuishoudens" }."""
    buurt_columns: dict[GroupName, str] = Field(default_factory=dict)
    """Groups by a column of [inputs.buurten] with their number per buurt; spread over the squares of the buurt by
    inhabitants, and labelled as an estimate."""
    buurt_percentages: dict[GroupName, str] = Field(default_factory=dict)
    """The same by a column with the percentage of the inhabitants, such as
    { 65plus = "percentage_personen_65_jaar_en_ouder" }."""
    weights: dict[GroupName, Annotated[float, Field(ge=1, le=100)]] = Field(default_factory=dict)
    """How many persons one person of a group counts for when distances are weighed, such as { 65plus = 2 }: 1 is as
    everybody. Persons and capacities stay what they are."""
    unknown: Literal["share", "none"] = "share"
    """Squares whose number is not published: "share" weighs them by the share of the group in the known squares of
    the gemeente (an estimate); "none" gives them no extra weight."""

    @model_validator(mode="after")
    def _one_source_per_group(self) -> Vulnerable:
        tables = (self.columns, self.buurt_columns, self.buurt_percentages)
        names = [name for table in tables for name in table]
        if double := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"a group is read from more than one column: {', '.join(double)}")
        return self


class Tourism(Settings):
    """[tourism]: guests beside the inhabitants: what is read from [[inputs.guests]], and what is only known roughly."""

    factor: float = Field(default=1.0, ge=0, le=100)
    """The season: persons of [[inputs.guests]] times this, whole per row."""
    persons: int = Field(default=0, ge=0)
    """Guests whose place is not known, spread evenly over the populated squares of ``gemeenten`` in the
    buitengebied."""
    gemeenten: tuple[GemeenteCode, ...] = ()
    """The gemeenten of ``persons``."""
    count_for_number: bool = False
    """Whether guests count for the number of L-NSPs; they always count for distances and capacities."""

    @model_validator(mode="after")
    def _persons_have_a_place(self) -> Tourism:
        if bool(self.persons) != bool(self.gemeenten):
            raise ValueError("persons and gemeenten belong together: give both, or neither")
        return self


class Day(Settings):
    """[day]: where people are: at home by night, or by day at the schools and workplaces of [[inputs.day]]."""

    time: Literal["night", "day"] = "night"
    """"night": everybody at home; "day": residents leave, and the persons of [[inputs.day]] are there."""
    leaving: Literal["conserve", "share"] = "conserve"
    """"conserve": as many residents leave home as are elsewhere in the region by [[inputs.day]], from every square in
    proportion; "share": the share below leaves, and the difference comes from or goes to places outside the region."""
    leaving_share: Share = 0.0
    """Share of the residents that is away by day, with leaving = "share"."""
    leaving_share_of: dict[GemeenteCode, Share] = Field(default_factory=dict)
    """The same for single gemeenten, such as { GM0193 = 0.4 }."""


class Neighbours(Settings):
    """[neighbours]: people and noodsteunpunten just outside the region, from [inputs.neighbours]."""

    cross_border: Literal["off", "on", "priced"] = "off"
    """"off": nobody crosses the border of the region; "on": as if it were not there; "priced": crossing counts
    ``crossing_penalty_m`` extra when plans are weighed, while every distance that is shown stays the true one."""
    crossing_penalty_m: float = Field(default=2_000, ge=0, le=100_000)
    """Metres that crossing the border counts extra, with cross_border = "priced"."""
    buffer_m: float = Field(default=5_000, gt=0, le=50_000)
    """How far outside the region people and buildings count, in metres."""
    weight: float = Field(default=1.0, gt=0, le=1)
    """How much a person of the neighbours counts when distances are weighed: 1 is as ours. Capacities count whole."""
    sites: Literal["given", "chosen"] = "given"
    """"given": every building of [[inputs.neighbours.sites]] within the buffer is open; "chosen": the plan chooses
    among them, as many per neighbouring gemeente as its inhabitants in the buffer ask for."""
    inhabitants_per_lnsp: float = norm_field("inhabitants_per_lnsp", ge=10, le=1_000_000)
    """Inhabitants per L-NSP in the neighbouring gemeenten, with sites = "chosen"; rounded up."""
