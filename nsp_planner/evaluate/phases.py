"""The phases of a plan. In: the year in which each site opens. Out: :class:`PhasePlan`, with indicators per phase.

A site that opened stays open: the sites open in a year are those whose year is that one or an earlier one, so the
phases are nested by construction.

per_phase (DataFrame, one row per year, in the order of the years):
    year · n_lnsp_new · n_lnsp (open at the end of the year) · n_cnsp_new · n_cnsp · persons (inhabitants) ·
    within_norm_persons (who find room at an open L-NSP within their norm) · share_within_norm ·
    nearest_within_norm_persons (who have an open L-NSP within their norm, full or not) · per group of vulnerable
    residents that the demand table knows, nearest_within_norm_GROUP (a lower bound: what is not published is not in
    it) · budget_eur · once_low_eur · once_high_eur · per_year_low_eur · per_year_high_eur (of every site open that
    year) · spent_eur (at the costs the order was made with) · best_possible_persons (proven most within_norm_persons
    of this year, whatever the order)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.solved.nearest import nearest_open
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.population.vulnerable_groups import group_column, group_names
from nsp_planner.plan.phasing.instance import PhasingInstance, spent_eur
from nsp_planner.plan.phasing.model import PhasingPlanned


@dataclass(frozen=True, eq=False)
class PhasePlan:
    """When each site of a plan opens.

    Attributes:
        years: The years, ascending.
        year_of_site: Year of opening per site id, L-NSPs and C-NSPs; a site of the plan that is not in it does not open
            within these years.
        per_phase: Indicators after each phase; columns in the module's docstring.
        first_within_norm: Shape (n,), number of the first phase in which each square has an open L-NSP within its norm,
            full or not; :data:`NEVER` where none has.
    """

    years: tuple[int, ...]
    year_of_site: Mapping[str, int]
    per_phase: pd.DataFrame
    first_within_norm: IntArray

    def __post_init__(self) -> None:
        """Refuse years out of order, a site in another year, a table of other years (``ValueError``)."""
        if list(self.years) != sorted(set(self.years)):
            raise ValueError("years must be ascending and each one once")
        if not set(self.year_of_site.values()) <= set(self.years):
            raise ValueError("a site opens in a year that is none of the years")
        if self.per_phase["year"].tolist() != list(self.years):
            raise ValueError("per_phase must have one row per year, in their order")

    def phase_of(self, site_ids: Iterable[str]) -> list[int]:
        """Number of the phase in which each site opens, :data:`NEVER` where it does not."""
        number = {year: n for n, year in enumerate(self.years)}
        return [number.get(self.year_of_site.get(site_id, -1), NEVER) for site_id in site_ids]

    def n_opening(self, site_ids: Iterable[str]) -> int:
        """How many of these sites open within the years."""
        return sum(site_id in self.year_of_site for site_id in site_ids)

    @property
    def last_opening(self) -> int | None:
        """The last year in which a site opens; None where none does."""
        return max(self.year_of_site.values(), default=None)

    @property
    def nearest_within_norm_share(self) -> pd.Series:
        """Part of the inhabitants with an open L-NSP within their norm, per phase; NaN without inhabitants."""
        persons = self.per_phase["persons"].astype(float)
        return self.per_phase["nearest_within_norm_persons"] / persons.where(persons > 0)

    def opened_in(self, year: int) -> tuple[str, ...]:
        """Ids of the sites that open in a year, sorted."""
        return tuple(sorted(site_id for site_id, opens in self.year_of_site.items() if opens == year))

    def open_in(self, year: int) -> frozenset[str]:
        """Ids of the sites open at the end of a year: opened in it or before."""
        return frozenset(site_id for site_id, opens in self.year_of_site.items() if opens <= year)


@dataclass(frozen=True, eq=False)
class SiteCosts:
    """What the sites of a plan cost, in euros, L-NSPs first and then C-NSPs; each of shape (l + k,)."""

    once_low: FloatArray
    once_high: FloatArray
    per_year_low: FloatArray
    per_year_high: FloatArray

    def at(self, end: Literal["low", "middle", "high"]) -> tuple[FloatArray, FloatArray]:
        """Once and per year, at one end of the ranges or in the middle."""
        share = {"low": 0.0, "middle": 0.5, "high": 1.0}[end]
        once: FloatArray = self.once_low + share * (self.once_high - self.once_low)
        per_year: FloatArray = self.per_year_low + share * (self.per_year_high - self.per_year_low)
        return once, per_year


NEVER = 255
"""Phase of a site that does not open, and of a square that no phase brings within its norm."""
WITHIN_NORM = "nearest_within_norm_"
"""First part of the columns of ``per_phase`` that count a group of vulnerable residents."""


def vulnerable_groups(demand: pd.DataFrame) -> dict[str, FloatArray]:
    """Per group of vulnerable residents its persons per demand point, NaN where not published; known groups only."""
    groups: dict[str, FloatArray] = {}
    for name in group_names(demand.columns):
        counts = demand[group_column(name)].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        groups[name] = np.asarray(counts, dtype=np.float64)
    return {name: counts for name, counts in groups.items() if not np.isnan(counts).all()}


def build_phase_plan(
    planned: PlannedStudy, instance: PhasingInstance, solved: PhasingPlanned, costs: SiteCosts
) -> PhasePlan:
    """The phases of a plan with their indicators, recomputed from the plan's distances."""
    phasing = planned.study.phasing
    years, n_lnsps = phasing.years, instance.n_lnsps
    lnsp, station = solved.opens[:n_lnsps], solved.opens[n_lnsps:]
    persons, groups = planned.local.population_persons, vulnerable_groups(planned.layers.demand)
    spent = spent_eur(instance, solved.opens)
    rows = []
    for t, year in enumerate(years):
        open_now = planned.local_plan.open_sites[lnsp <= t]
        _, nearest_m = nearest_open(planned.distances, open_now)
        within = nearest_m <= planned.local.service_distance_m
        new, running = solved.opens == t, solved.opens <= t
        rows.append(
            {
                "year": year,
                "n_lnsp_new": int((lnsp == t).sum()),
                "n_lnsp": int((lnsp <= t).sum()),
                "n_cnsp_new": int((station == t).sum()),
                "n_cnsp": int((station <= t).sum()),
                "persons": float(persons.sum()),
                "within_norm_persons": float(solved.per_year[t]),
                "share_within_norm": float(solved.per_year[t] / persons.sum()) if persons.sum() else float("nan"),
                "nearest_within_norm_persons": float(persons[within].sum()),
                **{f"{WITHIN_NORM}{name}": float(np.nansum(counts[within])) for name, counts in groups.items()},
                "budget_eur": phasing.budget_eur(year),
                "once_low_eur": float(costs.once_low[new].sum()),
                "once_high_eur": float(costs.once_high[new].sum()),
                "per_year_low_eur": float(costs.per_year_low[running].sum()),
                "per_year_high_eur": float(costs.per_year_high[running].sum()),
                "spent_eur": float(spent[t]),
                "best_possible_persons": float(solved.per_year_bound[t]),
            }
        )
    ids = [*instance.lnsp_ids, *instance.station_ids]
    opens = {site_id: years[t] for site_id, t in zip(ids, solved.opens.tolist(), strict=True) if t < len(years)}
    phase = np.where(lnsp < len(years), lnsp, NEVER)
    return PhasePlan(years, opens, pd.DataFrame(rows), first_phase_within_norm(planned, phase))


def first_phase_within_norm(planned: PlannedStudy, phase: IntArray) -> IntArray:
    """The first phase in which each square has an open L-NSP within its norm, shape (n,).

    Args:
        planned: The planned study.
        phase: Phase in which each open L-NSP opens, in the order of ``open_sites``.
    """
    costs, local = planned.distances, planned.local
    opens = np.full(local.n_candidates, NEVER, dtype=np.int64)
    opens[planned.local_plan.open_sites] = phase
    near = costs.distance_m <= local.service_distance_m[costs.arc_origin]
    first = np.full(costs.n_origins, NEVER, dtype=np.int64)
    np.minimum.at(first, costs.arc_origin[near], opens[costs.destination[near]])
    return first
