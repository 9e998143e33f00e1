"""The plan made before, as an instance knows it. In: ids of its sites and of who went where. Out: positions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray, CoordinationInstance, LocalInstance
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan

NOT_KNOWN = -1
SEARCH_S = 30.0
"""Seconds to look for the plan with the fewest changes where nobody asks for more."""


@dataclass(frozen=True, eq=False)
class PreviousSites:
    """A plan made before, by position in an instance of n demand points and m sites.

    Attributes:
        was_open: Shape (m,), whether the site was open.
        counts: Shape (m,), whether opening it where it was not open is a change; false for sites of neighbours.
        site: Shape (n,), the site that most of the demand point went to, -1 where none is known or it is no candidate.
        known: Shape (n,), whether the plan before had the demand point and gave it a site.
        search_s: Seconds to look for the plan with the fewest changes.
    """

    was_open: BoolArray
    counts: BoolArray
    site: IntArray
    known: BoolArray
    search_s: float = SEARCH_S

    @classmethod
    def of(
        cls,
        instance: LocalInstance,
        open_ids: Iterable[str],
        site_of: Mapping[str, str],
        *,
        counts: BoolArray | None = None,
        search_s: float = SEARCH_S,
    ) -> PreviousSites:
        """The plan before by ids: its open sites, and the site of every demand point that it gave one."""
        site, known = _positions(instance.demand_ids, site_of, instance.site_ids)
        counts = np.ones(instance.n_candidates, dtype=bool) if counts is None else counts
        return cls(_among(instance.site_ids, open_ids), counts, site, known, search_s)

    @property
    def is_other(self) -> BoolArray:
        """Shape (m,), whether the site, where it opens, is an other site than before."""
        other: BoolArray = self.counts & ~self.was_open
        return other

    def n_other(self, plan: LocalPlan) -> int:
        """Open sites of a plan that are other ones than before."""
        return int(self.is_other[plan.open_sites].sum())

    def moved_persons(self, instance: LocalInstance) -> FloatArray:
        """Shape (n_arcs,), persons who get another site when the whole demand point takes the arc."""
        origin = instance.costs.arc_origin
        moves = self.known[origin] & (self.site[origin] != instance.costs.destination)
        return np.asarray(instance.population_persons[origin] * moves, dtype=np.float64)

    def fewest_other(self, instance: LocalInstance) -> int:
        """Other sites that every plan has: by fixed and refused sites and the numbers to open alone."""
        usable_before = self.was_open & ~instance.refused & self.counts
        forced = instance.fixed & self.is_other
        ours = self.counts

        def lacking(where: BoolArray, number: int) -> int:
            return max(int((forced & where).sum()), number - int((usable_before & where).sum()), 0)

        everywhere = np.ones(len(ours), dtype=bool)
        theirs = int((~ours & ~instance.refused).sum())
        per = instance.quota if instance.quota is not None else instance.min_sites
        at_least = 0
        if per is not None:
            here = [instance.site_gemeente == g for g in range(len(per))]
            at_least = sum(lacking(each, int(n)) for each, n in zip(here, per, strict=True) if ours[each].any())
        if instance.quota is None and instance.objective != "min_sites":
            at_least = max(at_least, lacking(everywhere, instance.n_sites - theirs))
        return at_least


@dataclass(frozen=True, eq=False)
class PreviousStations:
    """A plan made before, by position in an instance of l L-NSPs and k stations.

    Attributes:
        was_open: Shape (k,), whether the station coordinated.
        coordinator: Shape (l,), station of each L-NSP, -1 where it was no L-NSP or its station is no candidate.
        known: Shape (l,), whether it was an L-NSP.
        search_s: Seconds to look for the plan with the fewest changes.
    """

    was_open: BoolArray
    coordinator: IntArray
    known: BoolArray
    search_s: float = SEARCH_S

    @classmethod
    def of(
        cls,
        instance: CoordinationInstance,
        open_ids: Iterable[str],
        coordinator_of: Mapping[str, str],
        *,
        search_s: float = SEARCH_S,
    ) -> PreviousStations:
        """The plan before by ids: its C-NSPs, and that of every L-NSP."""
        coordinator, known = _positions(instance.lnsp_ids, coordinator_of, instance.station_ids)
        return cls(_among(instance.station_ids, open_ids), coordinator, known, search_s)

    def n_other(self, plan: CoordinationPlan) -> int:
        """C-NSPs of a plan that were none before."""
        return int((~self.was_open[plan.open_stations]).sum())

    def kept(self, plan: CoordinationPlan) -> BoolArray:
        """Shape (l,), L-NSPs that stay under the C-NSP they had."""
        stay: BoolArray = self.known & (self.coordinator == plan.coordinator)
        return stay

    def moved(self, plan: CoordinationPlan) -> int:
        """L-NSPs of both plans that have another C-NSP."""
        return int((self.known & ~self.kept(plan)).sum())

    def fewest_other(self, instance: CoordinationInstance) -> int:
        """Other stations that every plan has: by fixed and refused stations and the number alone."""
        usable = int((self.was_open & ~instance.refused).sum())
        return max(0, instance.n_coordinators - usable, int((instance.fixed & ~self.was_open).sum()))


def _among(ids: Sequence[str], wanted: Iterable[str]) -> BoolArray:
    return np.isin(np.asarray(ids, dtype=object), np.asarray(list(wanted), dtype=object))


def _positions(who: Sequence[str], site_of: Mapping[str, str], ids: Sequence[str]) -> tuple[IntArray, BoolArray]:
    """Of everyone the position of their site, -1 where it is none of ``ids``; and whether they had one."""
    position = {site_id: j for j, site_id in enumerate(ids)}
    before = [site_of.get(each) for each in who]
    at = [NOT_KNOWN if site_id is None else position.get(site_id, NOT_KNOWN) for site_id in before]
    return np.array(at, dtype=np.int64), np.array([site_id is not None for site_id in before], dtype=bool)
