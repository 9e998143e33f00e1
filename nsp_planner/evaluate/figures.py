"""The figures of a plan that its outputs print. In: a planned study and its evaluation. Out: :class:`Figures`.

Each is made when it is first asked for, and once: whoever prints a figure gets it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from nsp_planner.evaluate.baseline import Baseline, build_baseline
from nsp_planner.evaluate.hazard_shapes import HazardShapes, hazard_shapes
from nsp_planner.evaluate.local_wish import local_wishes
from nsp_planner.evaluate.parts import Part, build_parts
from nsp_planner.evaluate.places import place_names, place_points
from nsp_planner.evaluate.shortfall import Certainty, Shortfall, build_certainty, build_shortfall
from nsp_planner.evaluate.staffing import Staffing, staffing_per_area
from nsp_planner.evaluate.station_takeover import station_takeover
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures of a plan beside its tables; see the module's docstring."""

    planned: PlannedStudy
    evaluation: Evaluation

    @cached_property
    def place_names(self) -> pd.Series:
        """Place of every square, in the order of ``layers.demand``."""
        return place_names(self.planned)

    @cached_property
    def place_points(self) -> list[tuple[str, float, float]]:
        """Each place with where it lies (RD), the largest first."""
        planned = self.planned
        return place_points(planned.layers.demand, planned.local.population_persons, self.place_names)

    @cached_property
    def parts(self) -> list[Part]:
        """Parts of places whose people go to one L-NSP."""
        return build_parts(self.planned, self.evaluation, self.place_names)

    @cached_property
    def baseline(self) -> Baseline:
        """What today's points give."""
        return build_baseline(self.planned)

    @cached_property
    def staffing(self) -> dict[str | None, Staffing]:
        """Staff and drinking water per gemeente, and of the region under None."""
        return staffing_per_area(self.planned, self.evaluation)

    @cached_property
    def shortfall(self) -> Shortfall:
        """Who has no L-NSP within the norm."""
        return build_shortfall(self.planned, self.evaluation, self.place_names)

    @cached_property
    def certainty(self) -> Certainty:
        """How much of the plan is agreed and known."""
        return build_certainty(self.planned, self.evaluation)

    @cached_property
    def local_wishes(self) -> pd.DataFrame:
        """What a gemeente's own wish for a building does."""
        return local_wishes(self.planned)

    @cached_property
    def station_takeover(self) -> pd.DataFrame:
        """Which C-NSP takes over every L-NSP when its own fails."""
        return station_takeover(self.planned, self.evaluation)

    @cached_property
    def hazards(self) -> HazardShapes:
        """Land and lines that circumstances strike."""
        return hazard_shapes(self.planned)
