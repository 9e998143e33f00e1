"""The problem, frozen and free of solvers. In: arrays and a sparse cost matrix. Out: instances of level 1 and 2.

Numbers in brackets are the constraints of docs/model.md: (1) every reachable demand point is allocated once, (2) only
to open sites, (3) capacity, (4) number of sites in all or per gemeente, (5) fixed and refused sites, (6) divisibility,
(7) most weight beyond the norm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]


MIN_DISTANCE = "min_distance"
"""The objective that every other one ends in: least weighted distance, sum of w_i c_ij x_ij (p-median)."""


class Divisibility(StrEnum):
    """Constraint (6): what may be split over several sites."""

    DIVISIBLE = "divisible"
    """A demand point may be shared by sites."""
    WHOLE_POINTS = "whole_points"
    """Every demand point goes to one site."""
    WHOLE_GROUPS = "whole_groups"
    """All reachable demand points of a group (a buurt) go to one site."""


@dataclass(frozen=True, eq=False)
class LocalInstance:
    """Level 1: which candidate sites open as L-NSP, and who goes where.

    Demand points without any arc are unreachable: they are left out of (1), and everything that counts people
    counts and names them. n demand points, m candidate sites, g gemeenten.

    Attributes:
        demand_ids: Ids of the demand points, length n.
        population_persons: Shape (n,), w_i of the capacity constraint, at least 0.
        weight: Shape (n,), weight of the demand point in the objective; usually its persons.
        demand_gemeente: Shape (n,), position of the gemeente in ``gemeente_codes``.
        service_distance_m: Shape (n,), the norm of the demand point's area type.
        site_ids: Ids of the candidate sites, length m.
        capacity_persons: Shape (m,), Q_j including slack.
        site_gemeente: Shape (m,), position of the gemeente in ``gemeente_codes``.
        fixed: Shape (m,), true where the site must open.
        refused: Shape (m,), true where the site must stay closed.
        gemeente_codes: Codes such as GM0148, length g.
        costs: Distances c_ij, origins are demand points, destinations sites.
        n_sites: p, the number of sites to open.
        quota: Shape (g,), sites to open per gemeente, summing to ``n_sites``; None for only a total.
        min_sites: Shape (g,), fewest sites per gemeente where only the total counts; None for no such minimum.
        objective: Name of what to optimise, out of :mod:`nsp_planner.plan.objectives`.
        divisibility: What may be split.
        group: Shape (n,), position of the demand point's group in ``group_ids``, -1 where it has none and counts by
            itself; needed for whole groups only.
        group_ids: Names of the groups, such as the codes of buurten.
        percentile: For ``min_max``: share of the reachable weight within the distance to be made small, above 0, at
            most 1.
        share: For ``min_sites``: share of all weight that must be allocated within its norm, 0 to 1; ``n_sites`` is
            then the most that may open, and there is no quota.
        max_beyond: (7) Most weight that may be allocated beyond its norm; infinite for no such limit.
        beyond_share: Shape (n_arcs,), share of the demand point's weight that the arc takes beyond its norm; None
            where a demand point is one place, the costs are its metres, and all of it or nothing lies beyond. Merged
            groups and priced sites need it.
        cost_per_arc: Shape (n_arcs,), cost of the arc when the whole demand point takes it, for ``min_distance``; None
            for weight times metres. Objectives that are another sum over the allocations are solved with it.
    """

    demand_ids: tuple[str, ...]
    population_persons: FloatArray
    weight: FloatArray
    demand_gemeente: IntArray
    service_distance_m: FloatArray
    site_ids: tuple[str, ...]
    capacity_persons: FloatArray
    site_gemeente: IntArray
    fixed: BoolArray
    refused: BoolArray
    gemeente_codes: tuple[str, ...]
    costs: CostMatrix
    n_sites: int
    quota: IntArray | None = None
    min_sites: IntArray | None = None
    objective: str = MIN_DISTANCE
    divisibility: Divisibility = Divisibility.DIVISIBLE
    group: IntArray | None = None
    group_ids: tuple[str, ...] = ()
    percentile: float = 1.0
    share: float = 1.0
    max_beyond: float = np.inf
    beyond_share: FloatArray | None = None
    cost_per_arc: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that do not belong together (``ValueError``)."""
        n, m = len(self.demand_ids), len(self.site_ids)
        per_demand = (self.population_persons, self.weight, self.demand_gemeente, self.service_distance_m)
        per_site = (self.capacity_persons, self.site_gemeente, self.fixed, self.refused)
        if any(array.shape != (n,) for array in per_demand):
            raise ValueError(f"arrays per demand point must have shape ({n},)")
        if any(array.shape != (m,) for array in per_site):
            raise ValueError(f"arrays per site must have shape ({m},)")
        if (self.costs.n_origins, self.costs.n_destinations) != (n, m):
            raise ValueError("the cost matrix does not belong to these demand points and sites")
        if self.quota is not None and self.quota.shape != (len(self.gemeente_codes),):
            raise ValueError("quota must have one entry per gemeente")
        if self.min_sites is not None and self.min_sites.shape != (len(self.gemeente_codes),):
            raise ValueError("min_sites must have one entry per gemeente")
        if self.quota is not None and self.min_sites is not None:
            raise ValueError("quota fixes the number per gemeente: min_sites does not go with it")
        if self.quota is not None and int(self.quota.sum()) != self.n_sites:
            raise ValueError("the quota per gemeente must sum to n_sites")
        if self.group is not None and self.group.shape != (n,):
            raise ValueError(f"group must have shape ({n},)")
        if self.group is None and self.divisibility is Divisibility.WHOLE_GROUPS:
            raise ValueError("whole groups need to know the group of every demand point")
        if self.beyond_share is not None and self.beyond_share.shape != (self.costs.n_arcs,):
            raise ValueError("beyond_share must have one entry per arc")
        if self.cost_per_arc is not None and self.cost_per_arc.shape != (self.costs.n_arcs,):
            raise ValueError("cost_per_arc must have one entry per arc")
        if not (0.0 < self.percentile <= 1.0 and 0.0 <= self.share <= 1.0):
            raise ValueError("percentile must be above 0 and at most 1, share between 0 and 1")

    @property
    def n_demand(self) -> int:
        """Number of demand points n."""
        return len(self.demand_ids)

    @property
    def n_candidates(self) -> int:
        """Number of candidate sites m."""
        return len(self.site_ids)

    @property
    def reachable(self) -> BoolArray:
        """Shape (n,), true where some candidate that is not refused lies within the cutoff."""
        usable = ~self.refused[self.costs.destination]
        return np.bincount(self.costs.arc_origin[usable], minlength=self.n_demand) > 0

    @property
    def arc_cost(self) -> FloatArray:
        """Shape (n_arcs,), cost of each arc when the whole demand point takes it: what ``min_distance`` sums."""
        if self.cost_per_arc is not None:
            return self.cost_per_arc
        return np.asarray(self.weight[self.costs.arc_origin] * self.costs.distance_m, dtype=np.float64)

    @property
    def arc_beyond(self) -> FloatArray:
        """Shape (n_arcs,), weight that lies beyond its norm when the whole demand point takes the arc."""
        origin = self.costs.arc_origin
        share = self.beyond_share
        if share is None:
            share = (self.costs.distance_m > self.service_distance_m[origin]).astype(np.float64)
        return np.asarray(self.weight[origin] * share, dtype=np.float64)

    def keep_arcs(self, keep: BoolArray) -> LocalInstance:
        """The same instance with only the arcs where ``keep``, shape (n_arcs,), is true."""
        beyond = None if self.beyond_share is None else self.beyond_share[keep]
        cost = None if self.cost_per_arc is None else self.cost_per_arc[keep]
        return replace(self, costs=self.costs.keep_arcs(keep), beyond_share=beyond, cost_per_arc=cost)


def priced(instance: LocalInstance, extra_m: FloatArray | None) -> LocalInstance:
    """The instance with metres added on the way to each site, shape (m,); the same instance where nothing is added.

    Who is beyond a norm stays a matter of the metres people walk.
    """
    return instance if extra_m is None else with_costs(instance, instance.costs.plus(extra_m))


def with_costs(instance: LocalInstance, costs: CostMatrix) -> LocalInstance:
    """The instance weighed by other metres on the same arcs, with the same people beyond their norm."""
    true = instance.costs
    beyond = (true.distance_m > instance.service_distance_m[true.arc_origin]).astype(np.float64)
    if instance.beyond_share is not None:
        beyond = instance.beyond_share
    at = true.arcs(costs.arc_origin, costs.destination)  # other metres are another order of the arcs
    return replace(instance, costs=costs, beyond_share=beyond[at])


@dataclass(frozen=True, eq=False)
class CoordinationInstance:
    """Level 2: which stations become C-NSP, and which coordinates each open L-NSP.

    Attributes:
        lnsp_ids: Ids of the open L-NSPs, length l.
        lnsp_gemeente: Shape (l,), gemeente position.
        station_ids: Ids of the candidate C-NSPs, length k.
        station_gemeente: Shape (k,), gemeente position.
        fixed: Shape (k,), station must coordinate.
        refused: Shape (k,), station must not.
        costs: Distances d_jk, origins are L-NSPs, destinations stations.
        n_coordinators: Number of C-NSPs to open.
        max_lnsp_per_cnsp: Most L-NSPs under one C-NSP.
        lnsp_per_cnsp: L-NSPs that one C-NSP carries without a price.
        load_price_m: Metres added in the objective for the first L-NSP under one C-NSP above ``lnsp_per_cnsp``; twice
            as many for the second, and so on.
        min_lnsp_per_cnsp: Fewest L-NSPs under an open C-NSP.
        other_gemeente_penalty_m: Metres added in the objective where the coordinator lies in another gemeente.
        station_price_m: Shape (k,), metres added in the objective for every L-NSP under the station; None for none.
    """

    lnsp_ids: tuple[str, ...]
    lnsp_gemeente: IntArray
    station_ids: tuple[str, ...]
    station_gemeente: IntArray
    fixed: BoolArray
    refused: BoolArray
    costs: CostMatrix
    n_coordinators: int
    max_lnsp_per_cnsp: int
    lnsp_per_cnsp: int
    load_price_m: float = 0.0
    min_lnsp_per_cnsp: int = 1
    other_gemeente_penalty_m: float = 0.0
    station_price_m: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that do not belong together (``ValueError``)."""
        n_lnsp, n_stations = len(self.lnsp_ids), len(self.station_ids)
        if self.lnsp_gemeente.shape != (n_lnsp,):
            raise ValueError(f"arrays per L-NSP must have shape ({n_lnsp},)")
        if any(a.shape != (n_stations,) for a in (self.station_gemeente, self.fixed, self.refused)):
            raise ValueError(f"arrays per station must have shape ({n_stations},)")
        if self.station_price_m is not None and self.station_price_m.shape != (n_stations,):
            raise ValueError(f"station_price_m must have shape ({n_stations},)")
        if (self.costs.n_origins, self.costs.n_destinations) != (n_lnsp, n_stations):
            raise ValueError("the cost matrix does not belong to these L-NSPs and stations")

    @property
    def arc_price_m(self) -> FloatArray:
        """Shape (n_arcs,), metres that an arc costs beside its distance: other gemeente, wish of its station."""
        lnsp, station = self.costs.arc_origin, self.costs.destination
        price_m = self.other_gemeente_penalty_m * (self.lnsp_gemeente[lnsp] != self.station_gemeente[station])
        if self.station_price_m is not None:
            price_m = price_m + self.station_price_m[station]
        return np.asarray(price_m, dtype=np.float64)

    @property
    def step_price_m(self) -> FloatArray:
        """Shape (steps,), price of each L-NSP under one C-NSP above the ratio, up to the most; it rises."""
        n_steps = max(0, min(self.max_lnsp_per_cnsp, len(self.lnsp_ids)) - self.lnsp_per_cnsp)
        return self.load_price_m * np.arange(1, n_steps + 1, dtype=np.float64)
