"""The best plan of a run that satisfies every constraint. In: search states, allocations. Out: a plan, or why none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Fault
from nsp_planner.plan.incumbent import Incumbent
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large import rounding
from nsp_planner.plan.large.compact_instance import CompactInstance
from nsp_planner.plan.large.handover import ENGINE, SOLVER
from nsp_planner.plan.large.necessary_conditions import LAYER
from nsp_planner.plan.large.search_state import SearchState
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan, settled_bound

ROUND_OFF = 1e-9
"""Part of the value taken off every bound for the round-off of sums."""
UNSERVED = 1e-6
"""Persons without a site that are round-off."""

Allocation = tuple[IntArray, IntArray, FloatArray]
"""Demand points, sites and shares, all by position in the instance."""


class BestPlan(Incumbent):
    """Best plan and bound of one run of least cost.

    Attributes:
        open_sites: Sorted positions of its open sites, None before the first plan.
        allocation: Who goes where in it.
    """

    def __init__(
        self,
        instance: LocalInstance,
        options: SolveOptions,
        *,
        grace_s: float,
        is_good_enough: Callable[[IntArray, IntArray, FloatArray], bool] | None,
    ) -> None:
        """Nothing is known; ``is_good_enough`` is asked about the allocation of every better plan."""
        super().__init__(options, grace_s=grace_s)
        self.instance, self.is_good_enough = instance, is_good_enough
        self.cost_of_arc = instance.arc_cost
        self.open_sites: IntArray | None = None
        self.allocation: Allocation | None = None

    @property
    def exists(self) -> bool:
        """True when some plan satisfies every constraint."""
        return self.open_sites is not None

    def note(self, cost: float, bound: float) -> None:
        """Take in a plan's cost and a bound, and report them where either is better by more than round-off."""
        better = cost < self.value * (1 - ROUND_OFF) or bound > self.bound + ROUND_OFF * abs(bound)
        self.note_value(cost)
        self.note_bound(bound)
        if better:
            self.report_progress()

    def note_proven(self, bound: float) -> None:
        """Take in a bound that sums of doubles gave."""
        self.note(np.inf, bound - ROUND_OFF * abs(bound))

    def keep(self, open_sites: IntArray, demand: IntArray, site: IntArray, share: FloatArray) -> None:
        """Keep a plan that satisfies everything when it is the best."""
        cost = self._cost(demand, site, share)
        if cost < self.value * (1 - 1e-12) or not self.exists:
            self.open_sites, self.allocation = open_sites, (demand, site, share)
            self.note(cost, -np.inf)
            if self.is_good_enough is not None and self.is_good_enough(demand, site, share):
                self.good_enough = True

    def keep_state(self, compact: CompactInstance, state: SearchState, value: float) -> None:
        """Keep the plan of a search state of this value when it satisfies everything and is the best."""
        if value >= self.value and self.exists:
            return
        allocation = allocation_of(self.instance, compact, state)
        if allocation is not None:
            self.keep(np.sort(compact.site[np.flatnonzero(state.open.is_open)]), *allocation)

    def keep_nobody(self, compact: CompactInstance) -> None:
        """No demand point is reachable: any sites will do, the value is 0 and nothing can be better."""
        nothing = np.zeros(0, dtype=np.int64)
        self.open_sites = np.sort(compact.site[compact.choose(np.zeros(compact.m))[0]])
        self.allocation = (nothing, nothing, np.zeros(0))
        self.note(0.0, 0.0)

    def _cost(self, demand: IntArray, site: IntArray, share: FloatArray) -> float:
        return float((self.cost_of_arc[self.instance.costs.arcs(demand, site)] * share).sum())

    def as_plan(self) -> LocalPlan:
        """The best plan with its proof; there must be one."""
        assert self.open_sites is not None
        assert self.allocation is not None
        value = self._cost(*self.allocation)
        bound = settled_bound(value, self.bound)
        stopped_by = self.stopped_by
        if not stopped_by:
            stopped_by = "time" if self.out_of_time() and not self.closed() else "gap"
        report = self.report(ENGINE, SOLVER, stopped_by=stopped_by)
        return LocalPlan(self.open_sites, *self.allocation, self.instance.objective, value, bound, report)


def allocation_of(instance: LocalInstance, compact: CompactInstance, state: SearchState) -> Allocation | None:
    """The exact allocation of a search state as arcs of the instance; None when someone has no site."""
    state.allocate()
    if state.unserved > UNSERVED:
        return None
    point, slot = np.nonzero(state.used & (state.share > 1e-9))
    share = state.share[point, slot]
    if (np.bincount(point, share, minlength=compact.n) <= 0).any():
        return None  # demand points without persons do not count as unserved, but need a site too
    site = state.open.near_site[point, slot].astype(np.int64)
    if instance.divisibility == Divisibility.WHOLE_POINTS:
        rounded = rounding.round_to_whole(compact, state.open, state.share)
        if rounded is None:
            return None
        point, site, share = np.arange(compact.n), rounded, np.ones(compact.n)
    share = share / np.bincount(point, share, minlength=compact.n)[point]
    return compact.demand[point], compact.site[site], share


def why_no_plan(instance: LocalInstance, compact: CompactInstance, state: SearchState, *, proven_none: bool) -> Fault:
    """Why no plan was found, and whether it is proven that there is none."""
    if proven_none:
        message = "no plan exists: however the sites are chosen, some persons have no room within reach"
    elif instance.divisibility == Divisibility.WHOLE_POINTS and state.unserved <= UNSERVED:
        message = "no plan was found that keeps every demand point whole within the capacities"
    else:
        message = (
            "no plan was found: in the best one "
            f"{state.unserved:,.0f} persons have no room within reach; whether one exists is not known"
        )
    point = np.flatnonzero(state.open.n_near == 0)
    return Fault(
        LAYER,
        message,
        "raise the capacity or its slack, the number of sites or the cutoff, or give more time",
        column="capacity_persons",
        ids=tuple(instance.demand_ids[i] for i in compact.demand[point].tolist()),
        proven=proven_none,
    )
