"""Every figure of a plan. In: nothing. Out: :class:`Evaluation`, all that outputs are made from.

:func:`nsp_planner.evaluate.evaluate.evaluate_plan` computes it, once and before anything is written; outputs order,
round and draw what stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.evaluate.change.baseline import Baseline
from nsp_planner.evaluate.change.changes import Changes
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.residents.account import PersonsAccount, PresentPersons
from nsp_planner.evaluate.residents.hazard_shapes import HazardShapes
from nsp_planner.evaluate.residents.parts import Part
from nsp_planner.evaluate.residents.shortfall import Certainty, Shortfall
from nsp_planner.evaluate.sites.choices import StatusCount
from nsp_planner.evaluate.sites.staffing import Staffing
from nsp_planner.evaluate.sites.unfit import UnfitCount
from nsp_planner.evaluate.sites.use import SiteStaff
from nsp_planner.evaluate.solved.consequences import Consequences
from nsp_planner.evaluate.solved.crossing import Crossing
from nsp_planner.evaluate.solved.goal import Goal
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.allocation import Allocation
from nsp_planner.plan.certify import Certificate
from nsp_planner.plan.instance import BoolArray


@dataclass(frozen=True, eq=False)
class ReportFigures:
    """Figures of the reports that are written when asked for.

    Attributes:
        parts: Parts of places whose people go to one L-NSP.
        local_wishes: What a gemeente's own wish for a building does.
        station_takeover: Which C-NSP takes over every L-NSP when its own fails.
        gaps, basics: What is asked and known of the chosen buildings (:mod:`nsp_planner.evaluate.sites.provisions`).
    """

    parts: tuple[Part, ...]
    local_wishes: pd.DataFrame
    station_takeover: pd.DataFrame
    gaps: pd.DataFrame
    basics: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Evaluation(PlanTables):
    """All that is known of a plan: its tables (:mod:`nsp_planner.evaluate.tables`), its facts and its figures.

    Attributes:
        premises: The settings that outputs print.
        layers: The checked tables that were planned with.
        goal: What was looked for and what was reached.
        metric, metric_nl: How walking distance is measured.
        station_metric_nl: How the distance from L-NSP to C-NSP is.
        persons: Shape (n,), inhabitants of every square, in the order of ``layers.demand``.
        counted: What every row of ``layers.sites`` counts for as an L-NSP, in its order: counted_persons,
            counted_present, capacity_basis (:mod:`nsp_planner.layers.sites.capacity`).
        is_ours: Which rows of ``layers.sites`` lie in the region; the others are noodsteunpunten of the neighbours.
        site_ids: Shape (m,), the candidate L-NSPs, as ``allocation.site`` counts them.
        allocation: Who goes where, in the metres that people walk.
        unreachable, not_connected, detour: See :class:`nsp_planner.evaluate.solved.planned.PlannedStudy`.
        consequences: What circumstances did; None in normal ones.
        crossing: Who crosses the border of the region; None where nobody may.
        hazards: Land and lines that circumstances strike.
        known_groups: The groups of vulnerable residents of which some square says how many there are.
        place_names: Place of every square, in the order of ``layers.demand``.
        place_points: Each place with where it lies (RD), the largest first.
        account: What became of every inhabitant.
        present: Who is there, where people were moved or added; None in an ordinary plan.
        baseline: What today's points give.
        use: Visitors, staff and drinking water per L-NSP (:func:`nsp_planner.evaluate.sites.use.rounded_up`).
        site_staff: Staff of one L-NSP and of one C-NSP (``lnsp``, ``cnsp``).
        staffing: Staff and drinking water per gemeente, and of the region under None.
        station_rules: Rules and wishes of stations that hold (:mod:`nsp_planner.layers.sites.station_rules`).
        shortfall: Who has no L-NSP within the norm.
        choices: Why each building is chosen or not (:mod:`nsp_planner.evaluate.sites.choices`).
        status_counts: What the status of buildings did to the plan.
        certainty: How much of the plan is agreed and known.
        to_check: What somebody must check of buildings, chosen or not (:mod:`nsp_planner.evaluate.sites.to_check`).
        unfit: What each rule left out of the lists.
        phases: When each site opens; None where the study does not ask for an order.
        changes: What it changes of the plan before it; None where none was named.
        certificates: What proves the bounds of level 1 and of level 2; None where no proof was asked for.
        for_reports: Figures of the reports; None where they were not asked for.
    """

    premises: Premises
    layers: Layers
    goal: Goal
    metric: str
    metric_nl: str
    station_metric_nl: str
    persons: FloatArray
    counted: pd.DataFrame
    is_ours: BoolArray
    site_ids: np.ndarray
    allocation: Allocation
    unreachable: pd.DataFrame
    not_connected: pd.DataFrame
    detour: pd.DataFrame | None
    consequences: Consequences | None
    crossing: Crossing | None
    hazards: HazardShapes
    known_groups: tuple[str, ...]
    place_names: pd.Series
    place_points: tuple[tuple[str, float, float], ...]
    account: PersonsAccount
    present: PresentPersons | None
    baseline: Baseline
    use: pd.DataFrame
    site_staff: Mapping[str, SiteStaff]
    staffing: Mapping[str | None, Staffing]
    station_rules: pd.DataFrame
    shortfall: Shortfall
    choices: pd.DataFrame
    status_counts: tuple[StatusCount, ...]
    certainty: Certainty
    to_check: pd.DataFrame
    unfit: tuple[UnfitCount, ...] = ()
    phases: PhasePlan | None = None
    changes: Changes | None = None
    certificates: tuple[Certificate, Certificate] | None = None
    for_reports: ReportFigures | None = None

    @property
    def report_figures(self) -> ReportFigures:
        """The figures of the reports; ``ValueError`` where they were not asked for."""
        if self.for_reports is None:
            raise ValueError("the figures of the reports were not asked for")
        return self.for_reports
