"""The instance as the engine computes with it. In: a LocalInstance. Out: :class:`CompactInstance`.

Costs are per person (weight_i c_ij / w_i), so that allocation, bound and search move persons and never look at weights
again. Refused sites and unreachable demand points are gone. Demand points without persons but with weight get
:data:`NOBODY_PERSONS`, and capacities grow by the total of it: the problem is then no harder than the real one,
so bounds stay valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import LocalInstance

Int32Array = npt.NDArray[np.int32]
NOBODY_PERSONS = 1e-6
UNSERVED_FACTOR, RAISE = 4.0, 4.0
"""Cost per person of finding no site, in times the cost of the longest arc; what it is raised by while plans pay it."""


@dataclass(frozen=True, eq=False)
class CompactInstance:
    """Arcs by demand point (rows) and by site (columns), cheapest first; n demand points, m sites, g groups.

    Attributes:
        demand: Shape (n,), position of the demand point in the instance.
        site: Shape (m,), position of the site in the instance.
        size: Shape (n,), persons, above 0.
        capacity: Shape (m,), persons.
        group: Shape (m,), group of the site: its gemeente where there are quotas, else 0.
        quota: Shape (g,), sites to open per group.
        area: Shape (m,), area of the site: its gemeente where there are quotas or minima, else 0.
        minimum: Shape (areas,), fewest sites to open per area; with quotas these.
        fixed: Shape (m,), true where the site must open.
        row_start: Shape (n + 1,).
        row_site: Shape (a,), site of each arc.
        row_cost: Shape (a,), cost per person.
        col_start: Shape (m + 1,).
        col_demand: Shape (a,), demand point of each arc.
        col_cost: Shape (a,), cost per person.
    """

    demand: IntArray
    site: IntArray
    size: FloatArray
    capacity: FloatArray
    group: Int32Array
    quota: IntArray
    area: Int32Array
    minimum: IntArray
    fixed: npt.NDArray[np.bool_]
    row_start: IntArray
    row_site: Int32Array
    row_cost: FloatArray
    col_start: IntArray
    col_demand: Int32Array
    col_cost: FloatArray

    @property
    def n(self) -> int:
        """Number of demand points."""
        return len(self.size)

    @property
    def m(self) -> int:
        """Number of usable sites."""
        return len(self.capacity)

    @property
    def p(self) -> int:
        """Number of sites to open."""
        return int(self.quota.sum())

    def unserved_cost(self, raises: int = 0) -> float:
        """Cost per person of finding no site, after so many raises."""
        return UNSERVED_FACTOR * RAISE**raises * max(1.0, float(self.row_cost.max(initial=1.0)))

    def choose(self, value: FloatArray) -> tuple[IntArray, npt.NDArray[np.bool_]]:
        """The sites of least total value that may open together; and which of them a minimum or decision forces.

        Returns (positions, ascending; shape (m,) true where forced). Fixed sites are among them.
        """
        rank = np.where(self.fixed, -np.inf, value)
        order = np.lexsort((rank, self.area))
        first = np.searchsorted(self.area[order], np.arange(len(self.minimum)))
        forced = self.fixed.copy()
        forced[order] |= np.arange(self.m) - first[self.area[order]] < self.minimum[self.area[order]]
        n_free = self.p - int(forced.sum())
        others = np.flatnonzero(~forced)
        free = others[np.argsort(value[others], kind="stable")[: max(0, n_free)]]
        return np.sort(np.concatenate([np.flatnonzero(forced), free])), forced

    def rows(self) -> tuple[Any, ...]:
        """The arcs by demand point, as kernels take them."""
        return self.row_start, self.row_site, self.row_cost

    def columns(self) -> tuple[Any, ...]:
        """The arcs by site, as kernels take them."""
        return self.col_start, self.col_demand, self.col_cost


def build_compact(instance: LocalInstance, arc_cost: FloatArray) -> CompactInstance:
    """The computing form of an instance for given costs per arc (whole demand point), shape (n_arcs,)."""
    costs = instance.costs
    origin = costs.arc_origin
    usable = ~instance.refused[costs.destination]
    demand = np.flatnonzero(np.bincount(origin[usable], minlength=instance.n_demand) > 0)
    site = np.flatnonzero(~instance.refused)
    size = np.maximum(instance.population_persons[demand], NOBODY_PERSONS)
    extra = float((size - instance.population_persons[demand]).sum())
    new_demand = np.full(instance.n_demand, -1, dtype=np.int32)
    new_demand[demand] = np.arange(len(demand), dtype=np.int32)
    new_site = np.full(instance.n_candidates, -1, dtype=np.int32)
    new_site[site] = np.arange(len(site), dtype=np.int32)

    i = new_demand[origin[usable]]
    del origin
    j = new_site[costs.destination[usable]]
    k = arc_cost[usable] / size[i]
    by_row = np.lexsort((k, i))
    i, j, k = i[by_row], j[by_row], k[by_row]
    row_start = np.zeros(len(demand) + 1, dtype=np.int64)
    np.cumsum(np.bincount(i, minlength=len(demand)), out=row_start[1:])
    by_col = np.lexsort((k, j))  # cheapest first: kernels then run through arcs whose outcome is predictable
    col_start = np.zeros(len(site) + 1, dtype=np.int64)
    np.cumsum(np.bincount(j, minlength=len(site)), out=col_start[1:])
    # a site without a limit holds at most everyone
    capacity = np.minimum(instance.capacity_persons[site].astype(np.float64), float(size.sum())) + extra
    if instance.quota is None:
        group = np.zeros(len(site), dtype=np.int32)
        quota = np.array([instance.n_sites], dtype=np.int64)
        area, minimum = group, np.zeros(1, dtype=np.int64)
        if instance.min_sites is not None and (instance.min_sites > 0).any():
            area = instance.site_gemeente[site].astype(np.int32)
            minimum = instance.min_sites.astype(np.int64)
    else:
        group = instance.site_gemeente[site].astype(np.int32)
        quota = instance.quota.astype(np.int64)
        area, minimum = group, quota
    return CompactInstance(
        demand,
        site,
        size,
        capacity,
        group,
        quota,
        area,
        minimum,
        instance.fixed[site],
        row_start,
        j,
        k,
        col_start,
        i[by_col],
        k[by_col],
    )
