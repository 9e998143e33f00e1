"""The tables of a finished plan. In: nothing. Out: :class:`PlannedStudy` and :class:`Evaluation`, and their columns.

demand (DataFrame, one row per demand point, same order as ``layers.demand``):
    demand_id · site_id (the site that most of its persons are allocated to, NA when unreachable) · n_sites (sites its
    persons are spread over) · distance_m (mean over its allocation, NA when unreachable) · nearest_site_id (nearest
    open site) · nearest_distance_m · second_site_id · second_distance_m · norm_m (service distance of its area type) ·
    within_norm bool (all of its persons go at most the norm; false when unreachable) · beyond_norm_persons (its persons
    who go farther, or have no site; of a square that is divided only those)
lnsps (DataFrame, one row per open L-NSP, sorted by gemeente and name):
    site_id · name · kind · gemeente_code · gemeente_name · capacity_persons (without slack) · persons (allocated, those
    of the neighbours with them; distances are those of the region's own people) ·
    load (persons / capacity_persons) · persons_65plus (allocated, a lower bound: withheld squares are not in it; NA
    where no square says) · nearest_persons (people whose nearest open site it is: where people will walk) ·
    mean_distance_m · worst_distance_m · cnsp_id · cnsp_name · cnsp_distance_m · fixed bool
cnsps (DataFrame, one row per C-NSP, sorted by gemeente and name):
    site_id · name · gemeente_code · gemeente_name · n_lnsp · persons · mean_distance_m · worst_distance_m
indicators (DataFrame, tidy: one row per area and indicator):
    area_level (``region`` or ``gemeente``) · area_code · area_name · indicator (:data:`INDICATORS`) · value · unit
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from nsp_planner.config import Study
from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.evaluate.consequences import Consequences
from nsp_planner.evaluate.crossing import Crossing
from nsp_planner.evaluate.nearest import NearestSites
from nsp_planner.evaluate.premises import Premises, premises_of
from nsp_planner.layers.tables import Layers
from nsp_planner.norms import Norms
from nsp_planner.plan.allocation import Allocation
from nsp_planner.plan.certificate import Certificate, certify_coordination, certify_local
from nsp_planner.plan.instance import BoolArray, CoordinationInstance, LocalInstance, priced
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan

INDICATORS: dict[str, tuple[str, str]] = {
    "persons": ("persons", "Inwoners"),
    "served_persons": ("persons", "Inwoners met een L-NSP"),
    "unreachable_persons": ("persons", "Inwoners zonder L-NSP binnen bereik"),
    "n_lnsp": ("sites", "Aantal L-NSP's"),
    "n_cnsp": ("sites", "Aantal C-NSP's"),
    "persons_per_lnsp": ("persons", "Inwoners per L-NSP"),
    "share_within_1000m": ("share", "% binnen 1 km"),
    "share_within_2500m": ("share", "% binnen 2,5 km"),
    "share_within_norm": ("share", "% binnen de norm (kern/buitengebied)"),
    "mean_distance_m": ("m", "Gemiddelde loopafstand"),
    "p95_distance_m": ("m", "Loopafstand die 95 % haalt"),
    "worst_distance_m": ("m", "Grootste loopafstand"),
    "nearest_mean_distance_m": ("m", "Gemiddelde loopafstand tot het dichtstbijzijnde L-NSP"),
    "second_mean_distance_m": ("m", "Gemiddelde loopafstand tot het tweede L-NSP"),
    "highest_load": ("share", "Max. belasting"),
    "highest_nearest_load": ("share", "Max. belasting als ieder naar het dichtstbijzijnde L-NSP gaat"),
}
"""Unit and Dutch label of every indicator; distances are weighted by persons, shares are of all persons of the area,
unreachable ones included. Persons of an area are those who live there, wherever their L-NSP lies."""


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

    @cached_property
    def certificates(self) -> tuple[Certificate, Certificate]:
        """What proves the bounds of level 1 and of level 2."""
        instance, plan = self.solved or (self.priced, self.local_plan)
        return certify_local(instance, plan), certify_coordination(self.coordination, self.coordination_plan)

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

    @property
    def own_value(self) -> float:
        """The objective over the region's own people alone; ``local_plan.value`` counts those of the neighbours too.

        Value and bound of the plan stay those of the joint problem, which is what is proven.
        """
        plan = self.local_plan
        metres = self.priced.costs.lookup(plan.demand, plan.site)
        return objective(plan.objective).recompute(self.priced, plan, metres)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The indicators of a plan as tables; see the module's docstring for the columns."""

    demand: pd.DataFrame
    lnsps: pd.DataFrame
    cnsps: pd.DataFrame
    indicators: pd.DataFrame

    def value(self, indicator: str, area_code: str | None = None) -> float:
        """One indicator of one gemeente, or of the region when no code is given; ``KeyError`` when there is none."""
        table = self.indicators
        chosen = table[
            (table["indicator"] == indicator)
            & ((table["area_level"] == "region") if area_code is None else (table["area_code"] == area_code))
        ]
        if chosen.empty:
            raise KeyError(f"no indicator {indicator!r} for {area_code or 'the region'}")
        return float(chosen["value"].iloc[0])
