"""The study itself. In: tables of a study file. Out: a :class:`Study`, one section per subject.

A section knows nothing of the others; what must hold between two of them is checked here.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from nsp_planner.config.base import Settings, StudyPath
from nsp_planner.config.circumstances import Flood, PlanAtHand, PowerOutage, StaffShortage
from nsp_planner.config.distances import Distances, Links
from nsp_planner.config.eligibility import Eligibility
from nsp_planner.config.fetch import FetchSettings
from nsp_planner.config.inputs import Inputs, Region
from nsp_planner.config.norm_fields import norm_values
from nsp_planner.config.norms import NormSettings
from nsp_planner.config.people import Day, Neighbours, Tourism, Vulnerable
from nsp_planner.config.phasing import Phasing
from nsp_planner.config.planning import Capacity, Decisions, PlanSettings, Ratios, SolverSettings
from nsp_planner.config.previous import Previous
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.norms import Norms, published_norms


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
    eligibility: Eligibility = Eligibility()
    ratios: Ratios = Ratios()
    distances: Distances = Distances()
    links: Links = Links()
    power_outage: PowerOutage | None = None
    flood: Flood | None = None
    staff_shortage: StaffShortage | None = None
    plan_at_hand: PlanAtHand | None = None
    previous: Previous | None = None
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

    def asks_for(self, section: str) -> bool:
        """Whether the study has this section, and not only the defaults or the norms of it."""
        return section in self.model_fields_set

    def not_asking_for(self, section: str) -> Study:
        """The same settings, with this section there for its values only."""
        study = self.model_copy()
        study.model_fields_set.discard(section)
        return study

    def after(self, run: Path) -> Study:
        """The study as one that comes after a finished run, with the other keys of [previous] as they are.

        Raises:
            SettingsError: The study only opens noodsteunpunten of a plan at hand.
        """
        study = self.change(previous=Previous(run=run) if self.previous is None else self.previous.change(run=run))
        if (other := study.limited_to_existing) is not None:
            message = f"[{other}] only opens noodsteunpunten of the plan at hand: --previous does not go with it"
            raise SettingsError(Fault("study", message, "leave one of the two out", column="previous.run"))
        return study

    @property
    def limited_to_existing(self) -> str | None:
        """The section by which only noodsteunpunten of a plan made before can open; None where all candidates can."""
        return next((name for name in ("plan_at_hand", "staff_shortage") if getattr(self, name) is not None), None)

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
    def _one_plan_made_before(self) -> Study:
        other = self.limited_to_existing
        if self.previous is not None and other is not None:
            raise ValueError(
                f"[{other}] only opens noodsteunpunten of the plan at hand: [previous] does not go with it"
            )
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
