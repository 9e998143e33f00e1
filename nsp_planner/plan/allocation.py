"""Who goes where, and how far. In: an instance and its plan. Out: :class:`Allocation`, made once per plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray, LocalInstance
from nsp_planner.plan.solution import LocalPlan


@dataclass(frozen=True, eq=False)
class Allocation:
    """The allocation of a plan, an entry per pair of a demand point and a site, k of them.

    Attributes:
        demand: Shape (k,), position of the demand point.
        site: Shape (k,), position of the site.
        share: Shape (k,), part of the demand point, in (0, 1].
        persons: Shape (k,), its inhabitants.
        distance_m: Shape (k,), how far they go.
        within_norm: Shape (k,), whether that is at most the norm of their area type.
        n_demand, n_sites: Demand points and sites, those without an entry among them.
    """

    demand: IntArray
    site: IntArray
    share: FloatArray
    persons: FloatArray
    distance_m: FloatArray
    within_norm: BoolArray
    n_demand: int
    n_sites: int

    @classmethod
    def of(cls, instance: LocalInstance, plan: LocalPlan) -> Allocation:
        """The allocation of a plan in the distances of an instance; ``KeyError`` when a pair has no arc."""
        distance_m = instance.costs.lookup(plan.demand, plan.site)
        return cls(
            demand=plan.demand,
            site=plan.site,
            share=plan.share,
            persons=plan.persons(instance.population_persons),
            distance_m=distance_m,
            within_norm=distance_m <= instance.service_distance_m[plan.demand],
            n_demand=instance.n_demand,
            n_sites=instance.n_candidates,
        )

    @cached_property
    def served_share(self) -> FloatArray:
        """Shape (n_demand,), part of each demand point that has a site."""
        return np.bincount(self.demand, self.share, self.n_demand).astype(np.float64)

    @cached_property
    def beyond_norm_share(self) -> FloatArray:
        """Shape (n_demand,), part of each demand point whose site lies farther than the norm, or that has none."""
        near = self.within_norm
        within = np.bincount(self.demand[near], self.share[near], self.n_demand)
        beyond: FloatArray = np.clip(1.0 - within, 0.0, 1.0)
        return beyond

    @cached_property
    def share_m(self) -> FloatArray:
        """Shape (n_demand,), metres times the part that walks them: the mean distance where all have a site."""
        return np.bincount(self.demand, self.share * self.distance_m, self.n_demand).astype(np.float64)

    @cached_property
    def mean_m(self) -> FloatArray:
        """Shape (n_demand,), mean distance of the part of each demand point that has a site, 0 where none has."""
        served = self.served_share
        mean: FloatArray = np.divide(self.share_m, served, out=np.zeros(self.n_demand), where=served > 0)
        return mean

    @cached_property
    def site_persons(self) -> FloatArray:
        """Shape (n_sites,), persons allocated to each site."""
        return np.bincount(self.site, self.persons, self.n_sites).astype(np.float64)
