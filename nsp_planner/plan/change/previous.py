"""The plan made before, as an instance knows it. In: ids of its sites and of who went where. Out: positions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray, LocalInstance

NOT_KNOWN = -1


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
    search_s: float = 30.0

    @classmethod
    def of(
        cls,
        instance: LocalInstance,
        open_ids: Iterable[str],
        site_of: Mapping[str, str],
        *,
        counts: BoolArray | None = None,
        search_s: float = 30.0,
    ) -> PreviousSites:
        """The plan before by ids: its open sites, and the site of every demand point that it gave one."""
        opened = set(open_ids)
        position = {site_id: j for j, site_id in enumerate(instance.site_ids)}
        before = [site_of.get(point) for point in instance.demand_ids]
        site = [NOT_KNOWN if site_id is None else position.get(site_id, NOT_KNOWN) for site_id in before]
        return cls(
            was_open=np.array([site_id in opened for site_id in instance.site_ids], dtype=bool),
            counts=np.ones(instance.n_candidates, dtype=bool) if counts is None else counts,
            site=np.array(site, dtype=np.int64),
            known=np.array([site_id is not None for site_id in before], dtype=bool),
            search_s=search_s,
        )

    @property
    def is_other(self) -> BoolArray:
        """Shape (m,), whether the site, where it opens, is an other site than before."""
        other: BoolArray = self.counts & ~self.was_open
        return other

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
