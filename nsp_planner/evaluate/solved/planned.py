"""A solved study. In: nothing. Out: :class:`PlannedStudy`; outputs see its evaluation and not this."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from nsp_planner.config import Study
from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.evaluate.solved.consequences import Consequences
from nsp_planner.evaluate.solved.coordination_value import CoordinationValue
from nsp_planner.evaluate.solved.crossing import Crossing
from nsp_planner.evaluate.solved.goal import Goal, LevelResult
from nsp_planner.evaluate.solved.nearest import NearestSites
from nsp_planner.evaluate.solved.premises import Premises, premises_of
from nsp_planner.evaluate.solved.reach import Reach, measure_reach
from nsp_planner.layers.sites.capacity import count_capacity
from nsp_planner.layers.tables import Layers
from nsp_planner.norms import Norms
from nsp_planner.plan.allocation import Allocation
from nsp_planner.plan.certify import Certificate, certify_coordination, certify_local
from nsp_planner.plan.decisions import DecisionSolver
from nsp_planner.plan.instance import BoolArray, CoordinationInstance, LocalInstance, priced
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan


@dataclass(frozen=True, eq=False)
class PlannedStudy:
    """One solved study: settings, layers, both instances and both verified plans.

    Attributes:
        study: The settings.
        layers: The checked tables; demand points of the local instance are the rows of ``layers.demand`` in order.
        local: Level 1 instance; its sites are ``layers.sites.iloc[local_site_rows]``.
        local_site_rows: Row in ``layers.sites`` of each candidate L-NSP.
        local_plan: Verified plan of L-NSPs.
        coordination: Level 2 instance; its stations are ``layers.sites.iloc[station_rows]``.
        station_rows: Row in ``layers.sites`` of each candidate C-NSP.
        coordination_plan: Verified plan of C-NSPs.
        distances: Distance of every demand point to every candidate within the cutoff (not cut to the nearest ones).
        unreachable: Demand points without any candidate within reach: id, persons, reason, reason_nl (Dutch).
        not_connected: Candidates that do not lie on the network: id, reason, reason_nl (Dutch).
        detour: Measured detour factor per gemeente beside the fallback (columns of costs/network/detour.py); None for
            straight lines.
        crossing: Who crosses the border of the region; None where nobody may. The noodsteunpunten of the neighbours are
            then sites and open sites too: theirs is every gemeente that is not in ``layers.areas``.
        consequences: What an outage, a flood, a shortage or closed links did; None in normal circumstances.
        extra_m: Shape (m,), metres that count extra on the way to each candidate while planning (a building that is
            less wanted in an outage or because another kind is preferred, a priced crossing); None where nothing is
            priced. They are in :attr:`priced` and in ``local_plan.value``, never in ``local`` or an indicator.
        solved: Level 1 as it was solved, with its plan: with the neighbours in it where there are any. What is proven
            is proven of these.
    """

    study: Study
    layers: Layers
    local: LocalInstance
    local_site_rows: list[int]
    local_plan: LocalPlan
    coordination: CoordinationInstance
    station_rows: list[int]
    coordination_plan: CoordinationPlan
    distances: CostMatrix
    unreachable: pd.DataFrame = field(default_factory=pd.DataFrame)
    not_connected: pd.DataFrame = field(default_factory=pd.DataFrame)
    detour: pd.DataFrame | None = None
    consequences: Consequences | None = None
    crossing: Crossing | None = None
    extra_m: FloatArray | None = None
    solved: tuple[LocalInstance, LocalPlan] | None = None

    @property
    def as_solved(self) -> tuple[LocalInstance, LocalPlan]:
        """Level 1 as it was solved, with its plan: prices in it, and the neighbours where there are any."""
        return self.solved or (self.priced, self.local_plan)

    @cached_property
    def certificates(self) -> tuple[Certificate, Certificate]:
        """What proves the bounds of level 1 and of level 2."""
        instance, plan = self.as_solved
        return certify_local(instance, plan), certify_coordination(self.coordination, self.coordination_plan)

    @cached_property
    def decisions(self) -> DecisionSolver:
        """Solves the plan again with one decision more, for what that costs."""
        return DecisionSolver(self.priced, self.local_plan)

    @cached_property
    def yardstick_reach(self) -> Reach:
        """How far people go in the plan that decisions are held against."""
        return measure_reach(self.local, self.decisions.yardstick)

    @cached_property
    def premises(self) -> Premises:
        """The settings that outputs print: outputs see these and not the study."""
        return premises_of(self.study)

    @cached_property
    def allocation(self) -> Allocation:
        """Who goes where, in the metres that people walk."""
        return Allocation.of(self.local, self.local_plan)

    @cached_property
    def nearest(self) -> NearestSites:
        """The open sites nearest to every demand point, full or not."""
        return NearestSites.of(self.distances, self.local_plan.open_sites)

    @cached_property
    def counted(self) -> pd.DataFrame:
        """What every row of ``layers.sites`` counts for: :func:`nsp_planner.layers.sites.capacity.count_capacity`."""
        return count_capacity(self.layers.sites, self.study.capacity, self.norms)

    @cached_property
    def is_ours(self) -> BoolArray:
        """Which rows of ``layers.sites`` lie in the region; the others are noodsteunpunten of the neighbours."""
        ours: BoolArray = self.layers.sites["gemeente_code"].isin(self.layers.areas["area_code"]).to_numpy(dtype=bool)
        return ours

    @property
    def own_lnsps(self) -> IntArray:
        """Sorted positions of the open sites of the region."""
        opened = self.local_plan.open_sites
        return opened[self.is_ours[np.asarray(self.local_site_rows, dtype=np.int64)[opened]]]

    @property
    def norms(self) -> Norms:
        """Every norm with the value the study gives it."""
        return self.study.norms_in_force

    @cached_property
    def priced(self) -> LocalInstance:
        """Level 1 as plans are weighed: ``local`` with what buildings are priced at in its costs."""
        return priced(self.local, self.extra_m)

    @cached_property
    def goal(self) -> Goal:
        """What was looked for and what was reached."""
        plan, crossing = self.local_plan, self.crossing
        own_value = None
        if crossing is not None:
            metres = self.priced.costs.lookup(plan.demand, plan.site)
            own_value = objective(plan.objective).recompute(self.priced, plan, metres)
        return Goal(
            instance=self.local,
            value=plan.value,
            own_value=own_value,
            weighs_inhabitants=not np.array_equal(self.local.weight, self.local.population_persons),
            weighs_neighbours=crossing is not None and self.study.neighbours.weight != 1,
            crossing_m=None if crossing is None else crossing.priced_m,
            most_extra_m=None if self.extra_m is None else float(self.extra_m.max()),
            lnsp=LevelResult.of(plan, str(plan.objective), len(plan.open_sites)),
            cnsp=LevelResult.of(self.coordination_plan, "min_distance", len(self.coordination_plan.open_stations)),
            cnsp_value=CoordinationValue.of(self.coordination, self.coordination_plan),
        )
