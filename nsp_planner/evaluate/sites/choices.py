"""Why a building is chosen or not. In: a planned study. Out: a row per building of the region, with the reason.

choices (DataFrame, indexed by site_id, in the order of ``layers.sites``):
    chosen bool · standing (``fixed``, ``preferred``, ``free``, ``refused``: as what it may be, by [decisions] or its
    status) · by (``decision``, ``rule`` (of stations) or ``status``, "" for a free one) · against bool ([decisions]
    says otherwise than the status does) · reason (:data:`REASONS`) · other_id (the L-NSP nearest to a preferred
    building that is not chosen) · other_m (straight line to it) · swap_id (the chosen building it replaces best) ·
    swap_person_km (what that exchange makes the inhabitants walk more together, everyone to the nearest L-NSP, full or
    not; may be below 0)

An exchange is with a building that is neither fixed nor preferred, in the same gemeente where each gemeente has its
number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from nsp_planner.config import SiteRole
from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.solved.nearest import NO_SITE
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.sites.standing import Standing, standing
from nsp_planner.plan.instance import MIN_DISTANCE

REASONS = (
    *("fixed", "fixed_by_kind", "preferred", "chosen", "of_plan_at_hand"),
    *("refused", "dropped", "other_kind", "not_in_plan_at_hand", "not_needed"),
    *("out_of_reach", "places_fixed", "others_agreed", "costs_more", "costs_little", "other_goal"),
)
"""Reasons; the last row is of preferred buildings that are not chosen."""
COLUMNS = ("chosen", "standing", "by", "against", "reason", "other_id", "other_m", "swap_id", "swap_person_km")
METRES_PER_KM = 1_000.0


class StatusCount(NamedTuple):
    """How many buildings have a status that fixes or prefers them, and how many of these are chosen."""

    standing: str
    status: str
    n: int
    n_chosen: int


def count_by_status(choices: pd.DataFrame, status: pd.Series) -> tuple[StatusCount, ...]:
    """What status did: a count per standing (``fixed``, ``preferred``) and status; ``status`` is by site_id."""
    by_status = choices[(choices["by"] == "status") & choices["standing"].isin(["fixed", "preferred"])]
    groups = by_status.groupby([by_status["standing"], status.reindex(by_status.index)], sort=True)["chosen"]
    return tuple(
        StatusCount(str(standing), str(told), len(chosen), int(chosen.sum())) for (standing, told), chosen in groups
    )


def build_choices(planned: PlannedStudy) -> pd.DataFrame:
    """A row per building of the region; columns in the module's docstring."""
    layers, decisions, local = planned.layers, planned.study.decisions, planned.local
    as_lnsp, as_cnsp = (standing(layers, decisions, role) for role in (SiteRole.LNSP, SiteRole.CNSP))
    n, candidate = len(layers.sites), np.asarray(planned.local_site_rows, dtype=np.int64)
    position = np.full(n, NO_SITE)
    position[candidate] = np.arange(len(candidate))
    lnsp, cnsp = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    lnsp[candidate[planned.local_plan.open_sites]] = True
    cnsp[[planned.station_rows[k] for k in planned.coordination_plan.open_stations]] = True
    station = np.full(n, NO_SITE)
    station[planned.station_rows] = np.arange(len(planned.station_rows))
    passed = _Passed(planned, as_lnsp)
    rows = []
    for row in range(n):
        known = as_cnsp if position[row] < 0 or (cnsp[row] and not lnsp[row]) else as_lnsp
        chosen, what = bool(lnsp[row] or cnsp[row]), _standing(known, row)
        at = position[row] if known is as_lnsp else station[row]
        problem = local if known is as_lnsp else planned.coordination
        fixed, refused = (bool(mask[at]) if at >= 0 else False for mask in (problem.fixed, problem.refused))
        reason = _reason(planned, what, chosen=chosen, fixed=fixed, refused=refused)
        found = passed.of(int(at)) if reason == "preferred" and not chosen else _Exchange(reason)
        rows.append((chosen, what, "" if what == "free" else known.by(row), bool(known.against_status[row]), *found))
    table = pd.DataFrame(rows, columns=list(COLUMNS), index=pd.Index(layers.sites["site_id"], name="site_id"))
    return table[planned.is_ours]


def _standing(known: Standing, row: int) -> str:
    for what in ("refused", "fixed", "preferred"):
        if getattr(known, what)[row]:
            return what
    return "free"


def _reason(planned: PlannedStudy, what: str, *, chosen: bool, fixed: bool, refused: bool) -> str:
    """The reason; ``preferred`` for a preferred one that is not chosen too, which needs a closer look."""
    facts = planned.consequences
    limited = facts is not None and facts.existing is not None
    if chosen:
        if limited:
            return "of_plan_at_hand"
        if fixed:
            return "fixed" if what == "fixed" else "fixed_by_kind"
        return "preferred" if what == "preferred" else "chosen"
    if what == "refused":
        return "refused"
    if facts is not None and (what == "fixed" or refused):
        return "not_in_plan_at_hand" if limited else "dropped"
    if refused:
        return "other_kind"
    return "preferred" if what == "preferred" and not limited else "not_needed"


class _Exchange(NamedTuple):
    """The end of a row: why, and the L-NSPs that say so."""

    reason: str
    other_id: object = pd.NA
    other_m: float = float("nan")
    swap_id: object = pd.NA
    swap_person_km: float = float("nan")


class _Passed:
    """Preferred buildings that are not chosen: what stands in their way."""

    def __init__(self, planned: PlannedStudy, known: Standing) -> None:
        self.planned, self.costs = planned, planned.distances
        rows = np.asarray(planned.local_site_rows, dtype=np.int64)
        points = planned.layers.sites.geometry
        self.xy_m = np.column_stack([points.x.to_numpy(), points.y.to_numpy()])[rows]
        self.opened = planned.own_lnsps
        self.may_go = self.opened[~planned.local.fixed[self.opened]]
        self.agreed = known.preferred[rows] | known.fixed[rows]
        far_m = self.costs.cutoff_m
        self.site = planned.nearest.site
        self.nearest_m, self.second_m = (
            np.where(np.isnan(metres), far_m, metres)
            for metres in (planned.nearest.distance_m, planned.nearest.second_distance_m)
        )

    def of(self, site: int) -> _Exchange:
        """What stands in the way of the candidate at this position."""
        local, ids = self.planned.local, self.planned.local.site_ids
        apart_m = np.hypot(*(self.xy_m[self.opened] - self.xy_m[site]).T)
        other: tuple[object, float] = (pd.NA, float("nan"))
        if len(self.opened):
            other = ids[int(self.opened[apart_m.argmin()])], float(apart_m.min())
        arcs: IntArray = np.flatnonzero(self.costs.destination == site).astype(np.int64)
        if not len(arcs):
            return _Exchange("out_of_reach", *other)
        places = self.may_go
        if local.quota is not None:
            places = places[local.site_gemeente[places] == local.site_gemeente[site]]
        if not len(places):
            return _Exchange("places_fixed", *other)
        places = places[~self.agreed[places]]
        if not len(places):
            return _Exchange("others_agreed", *other)
        more_m, persons = self._exchanges(arcs, places)
        best = int(more_m.argmin())
        worth_m = self.planned.study.decisions.preferred_status_m * persons[best]
        reason = "costs_more" if more_m[best] > worth_m else "costs_little"
        if local.objective != MIN_DISTANCE:
            reason = "other_goal"
        return _Exchange(reason, *other, ids[int(places[best])], float(more_m[best]) / METRES_PER_KM)

    def _exchanges(self, arcs: IntArray, places: IntArray) -> tuple[FloatArray, FloatArray]:
        """For each place that closes, the metres that all walk more together, and who then goes to the new site."""
        weight, m = self.planned.local.population_persons, self.costs.n_destinations
        there_m = np.full(len(weight), np.inf)
        there_m[self.costs.arc_origin[arcs]] = self.costs.distance_m[arcs]
        kept_m = np.minimum(there_m, self.nearest_m) - self.nearest_m
        moved_m = np.minimum(there_m, self.second_m) - self.nearest_m
        walks = self.site >= 0
        change = np.bincount(self.site[walks], (weight * (moved_m - kept_m))[walks], m)
        takes = weight * (there_m < self.nearest_m)
        joins = weight * (there_m < self.second_m) - takes
        taken = np.bincount(self.site[walks], joins[walks], m)
        return (weight * kept_m).sum() + change[places], takes.sum() + taken[places]
