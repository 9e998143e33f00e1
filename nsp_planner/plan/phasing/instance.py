"""The order of opening, frozen and free of solvers. In: sites of a plan, budgets, costs. Out: what an order is worth.

Year t, site j: y_jt = 1 where j is open at the end of year t. The rules of docs/model.md, section phasing:

(P1) what opened stays open: y_jt <= y_j,t+1
(P2) an L-NSP opens not before its C-NSP: y_jt <= z_k(j)t; a C-NSP opens with its first L-NSP
(P3) money: sum_j once_j (y_jt - y_j,t-1) + per_year_j y_jt <= budget_t, or summed over the years with carry-over
(P4) project capacity: sum_j (y_jt - y_j,t-1) <= most sites per year
(P5) pilots and sites named open in the first year

Worth is the sum over the years of the persons within the norm: those who find room at an open site within their norm,
a maximum flow (persons to sites, capacities of the sites). Demand points with the same sites within the norm count as
one group, which changes nothing and makes a region of 25,000 squares some hundreds of groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray

EURO_ROUND_OFF = 1e-6
LARGEST_FLOW = 2.0e9
"""Flows are whole numbers of 32 bits: persons are scaled so that all of them together stay below this."""


@dataclass(frozen=True, eq=False)
class PhasingInstance:
    """What an order of opening is made for: l L-NSPs, k C-NSPs, g groups of demand points, T years.

    Sites are numbered L-NSPs first, then C-NSPs: l + k in all.

    Attributes:
        lnsp_ids: Ids of the L-NSPs.
        station_ids: Ids of the C-NSPs.
        coordinator: Shape (l,), position of the C-NSP of each L-NSP.
        capacity_persons: Shape (l,), persons an L-NSP serves.
        group_persons: Shape (g,), persons per group; only groups with some L-NSP within the norm.
        arc_group: Shape (a,), group of each group-site pair within the norm.
        arc_site: Shape (a,), L-NSP of each pair.
        budget_eur: Shape (T,), euros per year.
        once_eur: Shape (l + k,), what opening costs.
        per_year_eur: Shape (l + k,), what a site costs in every year that it is open, the first one in full.
        first: Shape (l + k,), true where a site opens in the first year.
        max_new: Most sites that open in one year; None for no limit.
        carry_over: Whether euros that are left may be spent later.
    """

    lnsp_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    coordinator: IntArray
    capacity_persons: FloatArray
    group_persons: FloatArray
    arc_group: IntArray
    arc_site: IntArray
    budget_eur: FloatArray
    once_eur: FloatArray
    per_year_eur: FloatArray
    first: BoolArray
    max_new: int | None = None
    carry_over: bool = False

    @property
    def n_lnsps(self) -> int:
        """Number of L-NSPs l."""
        return len(self.lnsp_ids)

    @property
    def n_years(self) -> int:
        """Number of years T."""
        return len(self.budget_eur)


def group_demand(
    costs: CostMatrix, persons: FloatArray, service_distance_m: FloatArray, open_sites: IntArray
) -> tuple[FloatArray, IntArray, IntArray]:
    """Demand points with the same open sites within the norm, as groups.

    Args:
        costs: Distances from demand points to candidates.
        persons: Shape (n,).
        service_distance_m: Shape (n,), the norm of each demand point.
        open_sites: Positions of the sites of the plan; the pairs hold positions in this array.

    Returns:
        Persons per group, and group and site of every pair within the norm.
    """
    at = np.full(costs.n_destinations, -1, dtype=np.int64)
    at[open_sites] = np.arange(len(open_sites))
    origin, site = costs.arc_origin, at[costs.destination]
    near = (site >= 0) & (costs.distance_m <= service_distance_m[origin]) & (persons[origin] > 0)
    origin, site = origin[near], site[near]
    order = np.lexsort((site, origin))
    origin, site = origin[order], site[order]
    points, start = np.unique(origin, return_index=True)
    ends = np.append(start, len(origin))[1:]
    number: dict[bytes, int] = {}
    of_point = np.array(
        [number.setdefault(site[a:b].tobytes(), len(number)) for a, b in zip(start, ends, strict=True)], dtype=np.int64
    )
    group_persons = np.bincount(of_point, weights=persons[points], minlength=len(number)).astype(np.float64)
    sets = [np.frombuffer(key, dtype=np.int64) for key in number]
    arc_group = np.repeat(np.arange(len(sets), dtype=np.int64), [len(one) for one in sets])
    return group_persons, arc_group, np.concatenate(sets) if sets else np.zeros(0, dtype=np.int64)


def with_stations(instance: PhasingInstance, lnsp_opens: IntArray) -> IntArray:
    """The year index of every site from those of the L-NSPs (T: not within the years): C-NSPs with their first one."""
    n_years = instance.n_years
    station = np.full(len(instance.station_ids), n_years, dtype=np.int64)
    np.minimum.at(station, instance.coordinator, lnsp_opens)
    station[instance.first[instance.n_lnsps :]] = 0
    return np.concatenate([lnsp_opens, station])


def spent_eur(instance: PhasingInstance, opens: IntArray) -> FloatArray:
    """Euros per year, shape (T,), of an order: year index of every site, T where it does not open."""
    n = instance.n_years
    once = np.bincount(opens, weights=instance.once_eur, minlength=n + 1)[:n]
    running = np.cumsum(np.bincount(opens, weights=instance.per_year_eur, minlength=n + 1)[:n])
    return np.asarray(once + running, dtype=np.float64)


def is_possible(instance: PhasingInstance, opens: IntArray) -> bool:
    """Whether an order keeps to money (P3) and project capacity (P4)."""
    spent: FloatArray = spent_eur(instance, opens)
    budget: FloatArray = instance.budget_eur
    if instance.carry_over:
        spent, budget = np.add.accumulate(spent), np.add.accumulate(budget)
    if (spent > budget + EURO_ROUND_OFF * max(1.0, float(budget.max()))).any():
        return False
    if instance.max_new is None:
        return True
    return bool((np.bincount(opens, minlength=instance.n_years + 1)[: instance.n_years] <= instance.max_new).all())


def broken_rules(instance: PhasingInstance, opens: IntArray) -> list[str]:
    """Which of (P2) to (P5) an order breaks, in words; empty for a good one. (P1) holds by the form of ``opens``."""
    broken, n_lnsps = [], instance.n_lnsps
    if opens.shape != instance.first.shape or opens.min(initial=0) < 0 or opens.max(initial=0) > instance.n_years:
        return ["every site needs one year"]
    late = opens[:n_lnsps] < opens[n_lnsps:][instance.coordinator]
    if late.any():
        broken.append(f"{int(late.sum())} L-NSPs open before their C-NSP")
    if not is_possible(instance, opens):
        broken.append("more euros or sites in a year than there are")
    if (opens[instance.first] != 0).any():
        broken.append("a site that opens first does not")
    return broken


class Coverage:
    """How many persons find room within the norm at a set of open L-NSPs: a maximum flow, monotone and submodular."""

    def __init__(self, instance: PhasingInstance) -> None:
        """Build the network of groups and sites once; only the capacities of the sites change."""
        n_groups, n_sites = len(instance.group_persons), instance.n_lnsps
        total = max(1.0, float(instance.group_persons.sum()))
        self.scale = min(1_000.0, LARGEST_FLOW / total)
        self._sink = 1 + n_groups + n_sites
        persons = np.floor(instance.group_persons * self.scale).astype(np.int64)
        near_sites = np.bincount(instance.arc_site, weights=instance.group_persons[instance.arc_group])
        at_most = np.zeros(n_sites)
        at_most[: len(near_sites)] = near_sites
        self._room = np.floor(np.minimum(instance.capacity_persons, at_most) * self.scale).astype(np.int64)
        # rows in order: source, groups, sites; scipy asks for sorted rows and int32
        order = np.lexsort((instance.arc_site, instance.arc_group))
        from_ = np.r_[np.zeros(n_groups, int), 1 + instance.arc_group[order], 1 + n_groups + np.arange(n_sites)]
        to = np.r_[1 + np.arange(n_groups), 1 + n_groups + instance.arc_site[order], np.full(n_sites, self._sink)]
        self._capacity = np.r_[persons, persons[instance.arc_group[order]], self._room].astype(np.int32)
        self._indptr = np.r_[0, np.cumsum(np.bincount(from_, minlength=self._sink + 1))].astype(np.int32)
        self._to = to.astype(np.int32)
        self._n_groups, self._group_persons = n_groups, instance.group_persons
        self._arc_group, self._arc_site = instance.arc_group, instance.arc_site
        self._known: dict[bytes, float] = {}

    def persons(self, is_open: BoolArray) -> float:
        """Persons who find room, for open L-NSPs given as shape (l,); never more than there truly are."""
        key = np.packbits(is_open).tobytes()
        if key not in self._known:
            self._known[key] = float(maximum_flow(self._graph(is_open), 0, self._sink).flow_value) / self.scale
        return self._known[key]

    def shares(self, is_open: BoolArray) -> FloatArray:
        """Who goes where in such a flow: share of the group along each group-site pair, shape (a,)."""
        flow = maximum_flow(self._graph(is_open), 0, self._sink).flow
        rows, columns = 1 + self._arc_group, 1 + self._n_groups + self._arc_site
        most = np.maximum(np.floor(self._group_persons * self.scale), 1.0)[self._arc_group]
        along: FloatArray = np.asarray(flow[rows, columns], dtype=np.float64).ravel() / most
        return np.clip(along, 0.0, 1.0)

    def _graph(self, is_open: BoolArray) -> csr_array:
        capacity = self._capacity.copy()
        capacity[len(capacity) - len(self._room) :] = np.where(is_open, self._room, 0)
        size = self._sink + 1
        return csr_array((capacity, self._to, self._indptr), shape=(size, size))

    def per_year(self, instance: PhasingInstance, opens: IntArray) -> FloatArray:
        """Persons within the norm at the end of every year of an order, shape (T,)."""
        lnsp = opens[: instance.n_lnsps]
        return np.array([self.persons(lnsp <= year) for year in range(instance.n_years)])
