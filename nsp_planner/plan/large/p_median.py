"""The large engine: bound and search married. In: a LocalInstance of any size. Out: a LocalPlan with a proven gap.

The bound from prices (bound.py) shows which sites the relaxed problem wants open; the search (search.py) makes plans of
them; the plan tells branch and bound per cluster (clusters.py) where the bound lacks most, and leaves of its trees are
plans to try. Every decision counts steps, not seconds: only the end depends on the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numba
import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.incumbent import FIRST_PLAN_GRACE_S, Incumbent
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large import rounding
from nsp_planner.plan.large.compact_instance import arc_lookup, build_core
from nsp_planner.plan.large.decomposition import ClusterBound
from nsp_planner.plan.large.lagrangian import PriceBound
from nsp_planner.plan.large.local_search import Lane, Search, neighbours
from nsp_planner.plan.large.necessary_conditions import LAYER, require_possible
from nsp_planner.plan.large.partition import partition, site_graph
from nsp_planner.plan.large.popmusic import Neighbourhoods, WholePlan
from nsp_planner.plan.large.reduced_cost_fixing import undecided
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan, settled_bound

ENGINE = "large"
SOLVER = f"nsp_planner (numba {numba.__version__})"
"""What plans at full size say they were made by."""
BIG_FACTOR = 4.0
"""Cost per person of finding no site, in times the cost of the longest arc; raised when plans still pay it."""
MAX_BIG = 3
ROUND_OFF = 1e-9
"""Part of the value taken off every bound for the round-off of sums."""
ROUNDS_PER_TURN, NODES_PER_TURN, IDLE_TURNS = 10, 20, 50
SEARCH_IDLE, IDLE_ROUNDS = 5, 2
"""After so many turns without a better plan the search makes fewer rounds, as the bound needs the time."""
EXACT_AT_LEAST_S = 10.0
EXACT_ARCS = 40_000
"""Arcs up to which an instance goes to the MILP when whole points leave a gap."""
FEW_ARCS = 12_000
"""Arcs up to which the MILP is sooner done than small problems of whole points."""
CLUSTER_SITES = 14.0
"""Sites to open per cluster at first; clusters that can prove no more merge."""


def milp_options(options: SolveOptions, time_limit_s: float | None = None) -> SolveOptions:
    """Options for a MILP that ends a solve at full size: HiGHS, at most two threads, no progress."""
    return replace(
        options,
        solver="highs",
        threads=max(1, min(options.threads, 2)),
        time_limit_s=options.time_limit_s if time_limit_s is None else time_limit_s,
        on_progress=None,
    )


def solve_p_median(
    instance: LocalInstance,
    options: SolveOptions,
    start: LocalPlan | None = None,
    *,
    grace_s: float = FIRST_PLAN_GRACE_S,
    good_enough: Callable[[IntArray, IntArray, FloatArray], bool] | None = None,
) -> LocalPlan:
    """Solve level 1 at any size: best plan found, and a proven bound on what any plan can reach.

    Args:
        instance: The problem.
        options: Limits, threads and seed.
        start: A plan at hand for a similar instance (sites by position); what changed is repaired.
        grace_s: Seconds beyond the time limit for a first plan.
        good_enough: Asked about the allocation (demand points, sites, shares) of every better plan; a yes ends the run.

    Raises:
        NoPlanError: When no plan exists, or none was found; the fault says which.
        KeyboardInterrupt: When interrupted before there was any plan; after that the best plan is returned.
    """
    require_possible(instance)
    with ThreadPoolExecutor(max_workers=max(1, min(options.threads, 2))) as pool:
        run = _Run(instance, options, pool)
        run.progress.grace_s, run.good_enough = grace_s, good_enough
        stopped_by = ""
        try:
            run.solve(start)
        except KeyboardInterrupt:
            if not run.has_plan():
                raise
            stopped_by = "interrupt"
        return run.plan(stopped_by)


class _Run:
    """One solve: everything known so far."""

    def __init__(self, instance: LocalInstance, options: SolveOptions, pool: ThreadPoolExecutor) -> None:
        self.instance, self.options, self.pool = instance, options, pool
        self.progress = Incumbent(options)
        self.core = build_core(instance, instance.arc_cost)
        self.proven_none = False
        self.best_open: IntArray | None = None
        self.best_allocation: tuple[IntArray, IntArray, FloatArray] | None = None
        self.best_cost = np.inf
        self.good_enough: Callable[[IntArray, IntArray, FloatArray], bool] | None = None
        if self.core.n == 0:
            return
        self.near, near_cost = neighbours(self.core)
        self.graph = site_graph(self.near, near_cost)
        self.big = BIG_FACTOR * max(1.0, float(self.core.row_cost.max(initial=1.0)))
        self.search = Search(self.core, self.near, self.big, pool, options.seed)
        self.prices = PriceBound(self.core, pool)
        self.neighbourhoods = Neighbourhoods(instance, options.seed) if Neighbourhoods.suits(instance) else None

    def has_plan(self) -> bool:
        """True when some plan satisfies every constraint."""
        return self.best_open is not None

    # -- the course of a run -------------------------------------------------------------------------------------

    def solve(self, start: LocalPlan | None) -> None:
        """Bound, search and clusters until the gap is closed or time is over."""
        if self.core.n == 0:
            self._keep_empty()
            return
        progress, prices = self.progress, self.prices
        if start is not None:
            self._start_from(start.open_sites)
        else:
            prices.climb(self._first_target(), 50, progress.out_of_time)
            self._take(self._most_open())
        if not self.has_plan() and len(self.core.row_site) <= EXACT_ARCS:
            return  # the MILP will tell
        prices.restart(self.search.lane.state.best)
        last = -np.inf
        while not progress.stop() and not prices.converged():
            prices.climb(self._target(), 50, progress.out_of_time)
            if not self.has_plan() and self._no_plan_exists():
                return
            self._note_bound(prices.best)
            if prices.best - last < 2e-5 * abs(prices.best) and prices.steps > 200:
                break
            last = prices.best
        self.search.wish = np.clip(prices.share_open, 0.0, 1.0)
        if not progress.stop() and start is None:
            self._take(self._most_open())
        self._alternate()

    def _alternate(self) -> None:
        """Rounds of search and nodes of the clusters' trees in turn."""
        progress = self.progress
        clusters: ClusterBound | None = self._clusters()
        idle = 0
        handed_over = False
        while not progress.stop():
            rounds = ROUNDS_PER_TURN if clusters is None or idle < SEARCH_IDLE else IDLE_ROUNDS
            gain = self.search.improve(rounds, progress.out_of_time)
            idle = 0 if gain < 0 else idle + 1
            if gain < 0:
                self._note_plan()
                if clusters is not None:
                    self._set_cutoffs(clusters)
            idle_now = clusters is None or idle >= SEARCH_IDLE
            if idle_now and self._improve_whole():
                continue
            if clusters is None and not handed_over and self._exact_may_end_it():
                handed_over = True
                self._hand_over()
            if clusters is None:
                if idle > IDLE_TURNS and (handed_over or not self.has_plan()):
                    break
                continue
            if progress.stop():
                break
            if clusters.improve(NODES_PER_TURN):
                self._set_cutoffs(clusters)
            self._note_bound(clusters.bound)
            if self._try_leaves(clusters):
                idle = 0
            self._note_bound(clusters.bound)
            one = len(clusters.clusters) == 1
            if clusters.finished or (clusters.stuck and not one):
                clusters = None

    def _improve_whole(self) -> bool:
        """Solve small problems of whole demand points exactly; True as long as there are any left to try."""
        local = self.neighbourhoods
        if local is None or self.best_allocation is None or self.best_open is None:
            return False
        if local.plan is None and self._undecided().costs.n_arcs <= FEW_ARCS:
            return False
        if local.plan is None or local.plan.cost > self.best_cost * (1 + 1e-9):
            demand, to, _ = self.best_allocation
            site = np.full(self.instance.n_demand, -1, dtype=np.int64)
            site[demand] = to
            local.begin(WholePlan(self.best_open, site, self.best_cost))
        if local.exhausted:
            return False
        if local.step(self.progress.deadline) and local.plan is not None:
            served = np.flatnonzero(local.plan.site >= 0)
            self._keep(local.plan.open_sites, served, local.plan.site[served], np.ones(len(served)))
        return True

    def _exact_may_end_it(self) -> bool:
        """True where the gap is not the sites' but the whole points', and what is left is small."""
        whole_points = self.instance.divisibility == Divisibility.WHOLE_POINTS
        return whole_points and self._undecided().costs.n_arcs <= EXACT_ARCS

    def _undecided(self) -> LocalInstance:
        return undecided(self.instance, self.core, self.prices, self.best_cost)

    def _hand_over(self) -> None:
        """Give what is left of a small instance to the MILP."""
        left = self.progress.left_s()
        if left < 1.0:
            return
        try:
            plan = solve_local_exact(self._undecided(), milp_options(self.options, left))
        except NoPlanError:
            return
        self._keep(plan.open_sites, plan.demand, plan.site, plan.share)
        self._note(plan.value, plan.bound)

    def _clusters(self) -> ClusterBound:
        prices = self.prices
        label = partition(self.core, self.graph, prices.share_open, CLUSTER_SITES)
        clusters = ClusterBound(
            self.core, prices.prices, prices.group_price, prices.share_open, label, self.graph, self.pool
        )
        self._set_cutoffs(clusters)
        return clusters

    def _set_cutoffs(self, clusters: ClusterBound) -> None:
        lane = self.search.lane
        lane.settle()
        state, core = lane.state, self.core
        used = np.arange(lane.share.shape[1]) < state.n_near[:, None]
        paid = core.size[:, None] * lane.share * (state.near_cost - clusters.ceiling[:, None])
        by_site = np.bincount(state.near_site[used], paid[used], minlength=core.m)
        clusters.set_plan(state.is_open, by_site.astype(np.float64))

    def _try_leaves(self, clusters: ClusterBound) -> bool:
        """Put the sites of decided trees into the plan where they make it cheaper; True when one did.

        In a single cluster a leaf is a whole plan: its exact cost then takes the place of its bound.
        """
        improved = False
        lane = self.search.lane
        whole_problem = len(clusters.clusters) == 1
        for cluster in clusters.clusters:
            while not self.progress.out_of_time():
                leaf = cluster.leaf()
                if leaf is None or (cluster.tried and not whole_problem):
                    break
                cluster.tried = True
                base_open, base_price = lane.state.is_open.copy(), lane.state.price.copy()
                is_open = base_open.copy()
                is_open[cluster.sites] = False
                is_open[leaf] = True
                n_open = np.bincount(self.core.area[is_open], minlength=len(self.core.minimum))
                if int(is_open.sum()) != self.core.p or (n_open < self.core.minimum).any():
                    break
                exact = self.search.value
                if (is_open != base_open).any():
                    lane.move_to(is_open, base_price)
                    exact = lane.settle()
                    if not whole_problem:
                        lane.descend(np.flatnonzero(is_open & ~base_open))
                    if lane.value() < self.search.value * (1 - 1e-9):
                        self.search.value = lane.value()
                        improved = True
                    else:
                        lane.move_to(base_open, base_price)
                if not whole_problem:
                    break
                cluster.close_leaf(exact - clusters.base)
        if improved:
            self.search.agree()
            self._note_plan()
            self._set_cutoffs(clusters)
        return improved

    # -- plans ---------------------------------------------------------------------------------------------------

    def _first_target(self) -> float:
        return float((self.core.size * self.prices.prices).sum())

    def _target(self) -> float:
        cost = self.progress.value
        if np.isfinite(cost):
            return cost
        return float(min(max(self.prices.best * 1.05, self._first_target()), 1.5 * self._worst() + 1.0))

    def _worst(self) -> float:
        """No plan costs more than this: everyone at the farthest site within reach."""
        core = self.core
        return float((core.size * np.maximum.reduceat(core.row_cost, core.row_start[:-1])).sum())

    def _no_plan_exists(self) -> bool:
        """True once the bound exceeds what any plan can cost."""
        self.proven_none = self.proven_none or self.prices.best > self._worst() * (1 + 1e-6) + 1e-6
        return self.proven_none

    def _most_open(self) -> IntArray:
        """The sites the relaxed problem opens most, within quota and minima."""
        return self.core.choose(-self.prices.share_open)[0]

    def _start_from(self, open_sites: IntArray) -> None:
        """Take over a plan made for a similar instance: sites that may not stay close, the best others open."""
        core = self.core
        position = np.full(self.instance.n_candidates, -1, dtype=np.int64)
        position[core.site] = np.arange(core.m)
        kept = position[open_sites[open_sites < self.instance.n_candidates]]
        wanted = np.zeros(core.m, dtype=np.bool_)
        wanted[kept[kept >= 0]] = True
        wanted |= core.fixed
        # the plan at hand serves everyone: a far hamlet may not be given up for what the change asks
        for _ in range(MAX_BIG + 1):
            self.search.lane.set_open(np.flatnonzero(wanted))
            self.search.value = self.search.repair(self.progress.out_of_time)
            if self.search.lane.unserved <= 1e-6 or self.progress.out_of_time():
                break
            self.search.set_big(self.search.big * 4.0)
        self._note_plan()

    def _take(self, sites: IntArray) -> None:
        """Descend from these sites; keep the result when it is the best plan."""
        search = self.search
        before = search.value
        kept = np.flatnonzero(search.lane.state.is_open)
        price = search.lane.state.price.copy()
        value = search.start(sites, self.progress.out_of_time)
        for _ in range(MAX_BIG):
            if search.lane.unserved <= 1e-6 or self.progress.out_of_time():
                break
            search.set_big(search.big * 4.0)
            value = search.start(np.flatnonzero(search.lane.state.is_open))
            search.improve(20, self.progress.out_of_time)
            value = search.value
        if value >= before:
            search.lane.state.price[:] = price
            search.lane.set_open(kept)
            search.value = before
            search.agree()
        self._note_plan()

    def _note_bound(self, bound: float) -> None:
        self._note(np.inf, bound - ROUND_OFF * abs(bound))

    def _note(self, cost: float, bound: float) -> None:
        """Take in a plan's cost and a bound, and report them where either is better by more than round-off."""
        known = self.progress
        better = cost < known.value * (1 - ROUND_OFF) or bound > known.bound + ROUND_OFF * abs(bound)
        known.note_value(cost)
        known.note_bound(bound)
        if better:
            known.report_progress()

    def _note_plan(self) -> None:
        """Keep the search's plan when it satisfies everything and is the best."""
        lane = self.search.lane
        if self.search.value >= self.best_cost and self.best_open is not None:
            return
        allocation = self._allocate(lane)
        if allocation is None:
            return
        self._keep(np.sort(self.core.site[np.flatnonzero(lane.state.is_open)]), *allocation)

    def _keep(self, open_sites: IntArray, demand: IntArray, site: IntArray, share: FloatArray) -> None:
        """Keep a plan that satisfies everything when it is the best."""
        cost = self._cost(demand, site, share)
        if cost < self.best_cost * (1 - 1e-12) or not self.has_plan():
            self.best_cost, self.best_open, self.best_allocation = cost, open_sites, (demand, site, share)
            self._note(cost, -np.inf)
            if self.good_enough is not None and self.good_enough(demand, site, share):
                self.progress.good_enough = True

    def _allocate(self, lane: Lane) -> tuple[IntArray, IntArray, FloatArray] | None:
        """The exact allocation of a lane as arcs of the instance; None when someone has no site."""
        core = self.core
        lane.settle()
        if lane.unserved > 1e-6:
            return None
        used = (np.arange(lane.share.shape[1]) < lane.state.n_near[:, None]) & (lane.share > 1e-9)
        point, slot = np.nonzero(used)
        share = lane.share[point, slot]
        if (np.bincount(point, share, minlength=core.n) <= 0).any():
            return None  # demand points without persons do not count as unserved, but need a site too
        site = lane.state.near_site[point, slot].astype(np.int64)
        if self.instance.divisibility == Divisibility.WHOLE_POINTS:
            rounded = rounding.round_to_whole(core, lane.state, lane.share)
            if rounded is None:
                return None
            point, site, share = np.arange(core.n), rounded, np.ones(core.n)
        share = share / np.bincount(point, share, minlength=core.n)[point]
        return core.demand[point], core.site[site], share

    def _cost(self, demand: IntArray, site: IntArray, share: FloatArray) -> float:
        return float((arc_lookup(self.instance, demand, site, self.instance.arc_cost) * share).sum())

    def _keep_empty(self) -> None:
        """No demand point is reachable: any sites will do, the value is 0 and nothing can be better."""
        self.best_open = np.sort(self.core.site[self.core.choose(np.zeros(self.core.m))[0]])
        nothing = np.zeros(0, dtype=np.int64)
        self.best_allocation = (nothing, nothing, np.zeros(0))
        self.best_cost = 0.0
        self._note(0.0, 0.0)

    def plan(self, stopped_by: str) -> LocalPlan:
        """The best plan as a LocalPlan."""
        if self.best_open is None or self.best_allocation is None:
            if len(self.core.row_site) > EXACT_ARCS:
                raise NoPlanError(self._why_no_plan())
            # small enough to be certain: the MILP finds a plan or proves and explains that there is none
            left = max(EXACT_AT_LEAST_S, self.progress.left_s())
            limits = replace(milp_options(self.options, left), on_progress=self.options.on_progress)
            return solve_local_exact(self.instance, limits)
        progress = self.progress
        demand, site, share = self.best_allocation
        value = self._cost(demand, site, share)
        bound = settled_bound(value, progress.bound)
        if not stopped_by:
            stopped_by = "time" if progress.out_of_time() and not progress.closed() else "gap"
        report = progress.report(ENGINE, SOLVER, stopped_by=stopped_by)
        return LocalPlan(self.best_open, demand, site, share, self.instance.objective, value, bound, report)

    def _why_no_plan(self) -> Fault:
        lane = self.search.lane
        if self.proven_none:
            message = "no plan exists: however the sites are chosen, some persons have no room within reach"
        elif self.instance.divisibility == Divisibility.WHOLE_POINTS and lane.unserved <= 1e-6:
            message = "no plan was found that keeps every demand point whole within the capacities"
        else:
            message = (
                "no plan was found: in the best one "
                f"{lane.unserved:,.0f} persons have no room within reach; whether one exists is not known"
            )
        point = np.flatnonzero(lane.state.n_near == 0)
        return Fault(
            LAYER,
            message,
            "raise the capacity or its slack, the number of sites or the cutoff, or give more time",
            column="capacity_persons",
            ids=tuple(self.instance.demand_ids[i] for i in self.core.demand[point].tolist()),
            proven=self.proven_none,
        )
