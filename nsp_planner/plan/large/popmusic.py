"""POPMUSIC: better plans of whole demand points, a few sites at a time. In: a plan. Out: a plan of at most its cost.

A few open sites that lie together, the demand points that go to them and the best closed sites among these make a
small problem of the same kind, which the exact model solves (POPMUSIC: Taillard and Voss 2002; for this problem
Stefanello, de Araujo and Mueller 2015). Divisible demand needs none of this: there the swaps of ``local_search`` do.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.errors import NoPlanError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.options import SolveOptions

SIZES = (3, 5, 8)
"""Open sites of a small problem: the next size once no small problem of the last one helps."""
MOST_POINTS = 160
"""Demand points of a small problem; where fewer than the first size of sites have more, this is no use."""
CLOSED_PER_OPEN = 9
"""Closed sites that a small problem may open, per open site."""
ARCS_PER_POINT = 30
"""Nearest sites of the small problem that a demand point may go to."""
SMALL_LIMIT_S = 20.0
SMALL_GAP = 1e-6


@dataclass(frozen=True, eq=False)
class WholePlan:
    """Open sites, ascending, the site of every demand point, shape (n,), -1 for the unreachable, and the cost."""

    open_sites: IntArray
    site: IntArray
    cost: float


class Popmusic:
    """Makes a plan of whole demand points cheaper, until no small problem of the largest size does so any more."""

    def __init__(self, instance: LocalInstance, seed: int) -> None:
        """Put the arcs ready; ``seed`` orders the visits."""
        self.instance = instance
        self.cost = instance.arc_cost
        self.origin = instance.costs.arc_origin
        self.rng = np.random.default_rng(seed)
        self.plan: WholePlan | None = None
        self.size = 0
        self.fresh: set[int] = set()

    @staticmethod
    def suits(instance: LocalInstance) -> bool:
        """True where demand points are whole and a few sites serve few enough of them to solve exactly."""
        whole = instance.divisibility is Divisibility.WHOLE_POINTS
        return whole and SIZES[0] * instance.n_demand <= MOST_POINTS * max(1, instance.n_sites)

    @property
    def exhausted(self) -> bool:
        """True when the plan is at its best in every small problem of every size."""
        return not self.fresh and self.size >= len(SIZES) - 1

    def begin(self, plan: WholePlan) -> None:
        """Go on from this plan, small problems first."""
        self.plan, self.size, self.fresh = plan, 0, set(plan.open_sites.tolist())

    def step(self, deadline: float) -> bool:
        """Solve one small problem; True when that makes the plan cheaper.

        Raises:
            ValueError: There is no plan to begin from.
        """
        if self.plan is None:
            raise ValueError("no plan to begin from")
        if not self.fresh:
            if self.exhausted:
                return False
            self.size += 1
            self.fresh = set(self.plan.open_sites.tolist())
        seed_site = int(self.rng.choice(np.sort(np.fromiter(self.fresh, dtype=np.int64))))
        chosen = self._together(self.plan, seed_site, min(SIZES[self.size], len(self.plan.open_sites)))
        better = self._solve(self.plan, chosen, deadline)
        if better is None:
            self.fresh.discard(seed_site)
            return False
        touched = self.fresh | set(chosen.tolist()) | (set(better.open_sites.tolist()) - set(self.plan.open_sites))
        self.fresh = touched & set(better.open_sites.tolist())
        self.plan = better
        return True

    def _together(self, plan: WholePlan, seed_site: int, size: int) -> IntArray:
        """The seed site and the open sites that its demand points could best go to instead."""
        m = self.instance.n_candidates
        is_open = np.zeros(m, dtype=np.bool_)
        is_open[plan.open_sites] = True
        mine = (plan.site == seed_site)[self.origin] & is_open[self.instance.costs.destination]
        destination = self.instance.costs.destination[mine]
        n_mine = max(1, int((plan.site == seed_site).sum()))
        far = 2.0 * float(self.cost.max(initial=1.0))
        reached = np.bincount(destination, minlength=m)
        mean = (np.bincount(destination, self.cost[mine], minlength=m) + far * (n_mine - reached)) / n_mine
        mean[~is_open] = np.inf
        mean[seed_site] = -1.0
        order = np.argsort(mean, kind="stable")[:size]
        n_points = np.cumsum(np.bincount(plan.site[plan.site >= 0], minlength=m)[order])
        fits: IntArray = order[: max(2, int(np.searchsorted(n_points, MOST_POINTS, side="right")))]
        return fits

    def _solve(self, plan: WholePlan, chosen: IntArray, deadline: float) -> WholePlan | None:
        """The plan with the small problem around the chosen sites solved; None when that makes it no cheaper."""
        small, points, sites, now = self._small(plan, chosen)
        try:
            limit_s = max(0.1, min(SMALL_LIMIT_S, deadline - time.perf_counter()))
            solved = solve_local_exact(small, SolveOptions(gap=SMALL_GAP, time_limit_s=limit_s, threads=1, seed=0))
        except NoPlanError:
            return None
        if solved.value >= now * (1 - 1e-9):
            return None
        site = plan.site.copy()
        site[points[solved.demand]] = sites[solved.site]
        is_open = np.zeros(self.instance.n_candidates, dtype=np.bool_)
        is_open[plan.open_sites] = True
        is_open[chosen] = False
        is_open[sites[solved.open_sites]] = True
        return WholePlan(np.flatnonzero(is_open), site, plan.cost - now + solved.value)

    def _small(self, plan: WholePlan, chosen: IntArray) -> tuple[LocalInstance, IntArray, IntArray, float]:
        """The small problem, its demand points and sites by position in the whole one, and its cost now."""
        whole, costs = self.instance, self.instance.costs
        points = np.flatnonzero(np.isin(plan.site, chosen))
        is_open = np.zeros(whole.n_candidates, dtype=np.bool_)
        is_open[plan.open_sites] = True
        arcs = np.flatnonzero(np.isin(self.origin, points))
        to = costs.destination[arcs]
        current = np.full(whole.n_demand, np.inf)
        used = to == plan.site[self.origin[arcs]]
        current[self.origin[arcs[used]]] = self.cost[arcs[used]]
        saving = np.maximum(0.0, current[self.origin[arcs]] - self.cost[arcs])
        worth = np.bincount(to, saving, minlength=whole.n_candidates)
        worth[is_open | whole.refused] = 0.0
        closed = np.argsort(-worth, kind="stable")[: CLOSED_PER_OPEN * len(chosen)]
        sites = np.sort(np.concatenate((chosen, closed[worth[closed] > 0.0])))
        usable = np.isin(to, sites)
        arcs, to = arcs[usable], to[usable]
        point_of = np.searchsorted(points, self.origin[arcs])
        rank = _rank(point_of, self.cost[arcs])
        keep = (rank < ARCS_PER_POINT) | (to == plan.site[self.origin[arcs]])
        arcs, to, point_of = arcs[keep], to[keep], point_of[keep]
        matrix = CostMatrix.from_arcs(
            point_of,
            np.searchsorted(sites, to),
            costs.distance_m[arcs],
            n_origins=len(points),
            n_destinations=len(sites),
            cutoff_m=costs.cutoff_m,
            metric=costs.metric,
            metric_nl=costs.metric_nl,
        )
        # as CostMatrix sorts its arcs
        order = np.lexsort((to, costs.distance_m[arcs], point_of))
        n_gemeenten = len(whole.gemeente_codes)
        n_here = np.bincount(whole.site_gemeente[chosen], minlength=n_gemeenten)
        minimum = whole.min_sites
        if minimum is not None:
            outside = np.bincount(whole.site_gemeente[plan.open_sites], minlength=n_gemeenten) - n_here
            minimum = np.maximum(0, minimum - outside)
        small = replace(
            whole,
            demand_ids=tuple(whole.demand_ids[i] for i in points),
            population_persons=whole.population_persons[points],
            weight=whole.weight[points],
            demand_gemeente=whole.demand_gemeente[points],
            service_distance_m=whole.service_distance_m[points],
            site_ids=tuple(whole.site_ids[j] for j in sites),
            capacity_persons=whole.capacity_persons[sites],
            site_gemeente=whole.site_gemeente[sites],
            fixed=whole.fixed[sites],
            refused=whole.refused[sites],
            costs=matrix,
            n_sites=len(chosen),
            quota=None if whole.quota is None else n_here,
            min_sites=minimum,
            group=None,
            group_ids=(),
            beyond_share=None,
            cost_per_arc=None if whole.cost_per_arc is None else self.cost[arcs[order]],
        )
        return small, points, sites, float(current[points].sum())


def _rank(row: IntArray, cost: FloatArray) -> IntArray:
    """Place of every arc among those of its row, cheapest first."""
    order = np.lexsort((cost, row))
    first = np.searchsorted(row[order], row[order], side="left")
    rank = np.empty(len(row), dtype=np.int64)
    rank[order] = np.arange(len(row)) - first
    return rank
