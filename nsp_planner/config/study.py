"""The sections that shape a plan, and the study itself. In: tables of a study file. Out: :class:`Study`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from nsp_planner.config.base import GemeenteCode, Settings, StudyPath, norm_field, norm_values
from nsp_planner.config.circumstances import Flood, PlanAtHand, PowerOutage, StaffShortage
from nsp_planner.config.fetch import FetchSettings
from nsp_planner.config.inputs import Inputs, Region
from nsp_planner.config.norms import NormSettings
from nsp_planner.config.people import Day, Neighbours, Tourism, Vulnerable
from nsp_planner.config.phasing import Phasing
from nsp_planner.norms import Norms, published_norms


class Ratios(Settings):
    """[ratios]: how many noodsteunpunten."""

    inhabitants_per_lnsp: float = norm_field("inhabitants_per_lnsp", gt=0)
    """Inhabitants per L-NSP."""
    quota_per: Literal["gemeente", "region"] = "gemeente"
    """"gemeente": every gemeente gets its own number; "region": only the total counts, each gemeente at least one."""
    rounding: Literal["up", "nearest"] = "up"
    """How inhabitants divided by the ratio become whole sites."""
    quota: dict[GemeenteCode, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """L-NSPs for single gemeenten that differ from the ratio, such as { GM0148 = 7 }."""
    lnsp_per_cnsp: float = norm_field("lnsp_per_cnsp", ge=1)
    """L-NSPs per C-NSP; the number of C-NSPs is the number of L-NSPs divided by this, rounded up."""
    extra_lnsp_per_cnsp: int = Field(default=0, ge=0)
    """L-NSPs a single C-NSP may have above the ratio."""
    min_lnsp_per_cnsp: int = Field(default=1, ge=0)
    """Fewest L-NSPs under one C-NSP."""


class Distances(Settings):
    """[distances]: how distance is measured and what is near."""

    method: Literal["straight_line", "network"] = "straight_line"
    """"network": along the streets of [inputs.network], to L-NSPs on foot, from L-NSP to C-NSP by car;
    "straight_line": straight line times the detour factor, labelled so on every output."""
    profile: Literal["foot", "bicycle", "car"] = "foot"
    """How people go to their L-NSP over a network; the rules of each profile stand in docs/network.md."""
    detour_factor: float = norm_field("detour_factor", ge=1, le=3)
    """Walking distance divided by straight line."""
    cutoff_m: float = Field(default=10_000, gt=0, le=100_000)
    """Computing limit: nobody is sent farther than this, in metres. At least the largest norm."""
    nearest_sites: int = Field(default=60, ge=1)
    """Computing limit: candidates kept per demand point, the nearest ones."""
    service_distance_kern_m: float = norm_field("service_distance_kern_m", gt=0)
    """Norm within kernen, in metres on foot."""
    service_distance_buitengebied_m: float = norm_field("service_distance_buitengebied_m", gt=0)
    """Norm in the buitengebied, in metres on foot."""
    kern_persons_within_500m: float = norm_field("kern_persons_within_500m", gt=0)
    """A square with at least this many inhabitants within 500 m of its centre lies in a kern."""
    cross_border: bool = True
    """Whether people may be sent to an L-NSP in another gemeente."""
    other_gemeente_penalty_m: float = Field(default=2_000, ge=0)
    """Metres that count extra for a C-NSP in another gemeente than its L-NSP: a preference, not a force."""

    @model_validator(mode="after")
    def _cutoff_covers_the_norms(self) -> Distances:
        largest = max(self.service_distance_kern_m, self.service_distance_buitengebied_m)
        if self.cutoff_m < largest:
            raise ValueError(f"cutoff_m ({self.cutoff_m:g}) must be at least the largest norm ({largest:g})")
        return self


class Links(Settings):
    """[links]: what is different on the network: bridges closed, ferries out, roads under water, barriers."""

    closed_bridges: tuple[str, ...] = ()
    """Names of bridges that are closed, such as "Wilhelminabrug"."""
    closed_names: tuple[str, ...] = ()
    """Names of streets, bridges or ferries that are closed along their whole length."""
    closed_ids: tuple[int, ...] = ()
    """Ids of lines of the source that are closed (OSM way ids)."""
    ferries_out: tuple[str, ...] = ()
    """Names of ferries that do not sail."""
    all_ferries_out: bool = False
    """No ferry sails."""
    under_water: tuple[StudyPath, ...] = ()
    """Files with polygons: streets in them are closed, and who lives in them is cut off."""
    barriers: tuple[StudyPath, ...] = ()
    """Files with lines that nobody can cross."""


class Capacity(Settings):
    """[capacity]: how many persons an L-NSP serves."""

    persons: float = norm_field("capacity_persons", gt=0)
    """Persons a site serves where its own capacity is not known."""
    slack: float = norm_field("capacity_slack", ge=0)
    """Share by which a capacity may be exceeded: 0.2 allows 6,000 on 5,000."""


class Decisions(Settings):
    """[decisions]: what is decided already. Ids of sites as in the candidate list."""

    fixed: tuple[str, ...] = ()
    """Sites that must be an L-NSP (pilot, decided)."""
    refused: tuple[str, ...] = ()
    """Sites that must not be an L-NSP."""
    fixed_cnsp: tuple[str, ...] = ()
    """Sites that must be a C-NSP."""
    refused_cnsp: tuple[str, ...] = ()
    """Sites that must not be a C-NSP."""
    preferred_kinds: dict[GemeenteCode, tuple[str, ...]] = Field(default_factory=dict)
    """Kinds of building that come first in a gemeente, such as { GM0148 = ["kulturhus"], GM0180 = ["kerk"] }: other
    kinds are only chosen where there are too few of these; fixed sites and the number of L-NSPs stay as they are."""
    preferred_kinds_m: float | None = Field(default=None, gt=0, le=50_000)
    """Makes preferred_kinds a wish instead of a rule: a building of another kind counts as so many metres farther for
    everybody who goes there, so it is chosen only where it saves more; never part of a distance that is shown."""

    @model_validator(mode="after")
    def _not_both(self) -> Decisions:
        for fixed, refused in ((self.fixed, self.refused), (self.fixed_cnsp, self.refused_cnsp)):
            if both := sorted(set(fixed) & set(refused)):
                raise ValueError(f"fixed and refused at the same time: {', '.join(both)}")
        return self


class PlanSettings(Settings):
    """[plan]: what a good plan is."""

    objective: Literal["min_distance", "max_coverage", "min_max", "min_sites"] = "min_distance"
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
    time_limit_s: float = Field(default=120, gt=0)
    """Time limit for the L-NSPs, in seconds; the best plan so far is kept, with its gap."""
    threads: int = Field(default=2, ge=1)
    """Threads of the solver."""
    seed: int = Field(default=1, ge=0, lt=2**31)
    """Seed of every random choice."""


class Study(Settings):
    """A study: everything one plan is made from."""

    title: str = Field(min_length=1)
    """Title on map, list and manifest, in Dutch."""
    illustration: bool = False
    """True for made-up or modelled data: every output then says that it is an illustration."""
    illustration_nl: str = Field(default="verzonnen gegevens", min_length=1, max_length=80)
    """What is made up or modelled, in Dutch; every output of an illustration says it after "Illustratie:"."""
    output: StudyPath = Path("runs")
    """Folder in which each run makes a fresh folder, relative to the study file."""
    region: Region
    inputs: Inputs
    ratios: Ratios = Ratios()
    distances: Distances = Distances()
    links: Links = Links()
    power_outage: PowerOutage | None = None
    flood: Flood | None = None
    staff_shortage: StaffShortage | None = None
    plan_at_hand: PlanAtHand | None = None
    capacity: Capacity = Capacity()
    decisions: Decisions = Decisions()
    plan: PlanSettings = PlanSettings()
    vulnerable: Vulnerable = Vulnerable()
    tourism: Tourism = Tourism()
    day: Day = Day()
    neighbours: Neighbours = Neighbours()
    solver: SolverSettings = SolverSettings()
    phasing: Phasing = Phasing()
    norms: NormSettings = NormSettings()
    fetch: FetchSettings = FetchSettings()

    @property
    def norms_in_force(self) -> Norms:
        """Every norm with the value this study gives it, and the source of the published one."""
        return published_norms().with_values(norm_values(self))

    @model_validator(mode="after")
    def _network_where_it_is_used(self) -> Study:
        if self.distances.method == "network" and self.inputs.network is None:
            raise ValueError('distances.method = "network" needs [inputs.network] with a path')
        if self.distances.method != "network" and self.links != Links():
            raise ValueError('[links] changes a network: it needs distances.method = "network"')
        return self

    @model_validator(mode="after")
    def _plan_has_what_it_needs(self) -> Study:
        if self.plan.objective == "min_sites" and self.ratios.quota:
            raise ValueError('plan.objective = "min_sites" finds the number of L-NSPs: take ratios.quota out')
        if self.plan.demand_points == "whole_buurten" and self.inputs.buurten is None:
            raise ValueError('plan.demand_points = "whole_buurten" needs [inputs.buurten] with a path')
        return self

    @model_validator(mode="after")
    def _people_have_a_source(self) -> Study:
        needs_buurten = self.vulnerable.buurt_columns or self.vulnerable.buurt_percentages
        if needs_buurten and self.inputs.buurten is None:
            raise ValueError("[vulnerable] reads columns per buurt: it needs [inputs.buurten] with a path")
        if self.day.time == "day" and not self.inputs.day and self.day.leaving == "conserve":
            raise ValueError('day.time = "day" needs [[inputs.day]], or leaving = "share" with a share')
        if self.neighbours.cross_border != "off" and self.inputs.neighbours is None:
            raise ValueError(f'neighbours.cross_border = "{self.neighbours.cross_border}" needs [inputs.neighbours]')
        if self.neighbours.cross_border != "off" and not self.distances.cross_border:
            raise ValueError("distances.cross_border = false keeps people in their gemeente: nobody reaches neighbours")
        return self
