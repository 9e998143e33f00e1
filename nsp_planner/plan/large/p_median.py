"""The least cost at full size: Lagrangian bound and local search, in turns. In: a LocalInstance. Out: a LocalPlan.

The Lagrangian bound shows which sites the relaxed problem opens; the local search makes plans of them; the plan says
where branch and bound per subproblem has most to gain, and leaves of its trees are plans to try. Every decision counts
steps, not seconds: only the end depends on the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import NoPlanError
from nsp_planner.plan.evidence import Evidence
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.incumbent import FIRST_PLAN_GRACE_S
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large.best_plan import BestPlan, why_no_plan
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.decomposition import DecompositionBound
from nsp_planner.plan.large.handover import EXACT_ARCS, milp_options
from nsp_planner.plan.large.kept_search import KeptSearch
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.leaves import set_cutoffs, try_leaves
from nsp_planner.plan.large.necessary_conditions import require_possible
from nsp_planner.plan.large.partition import partition, site_graph
from nsp_planner.plan.large.popmusic import Popmusic, WholePlan
from nsp_planner.plan.large.reduced_cost_fixing import undecided
from nsp_planner.plan.large.search_state import site_neighbours
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.supports import POINTS, Supports

SUPPORTS = Supports("the large engine", POINTS)
STEPS_PER_TURN, ROUNDS_PER_TURN, NODES_PER_TURN, IDLE_TURNS = 50, 10, 20, 50
SEARCH_IDLE, IDLE_ROUNDS = 5, 2
"""After so many turns without a better plan the search makes fewer rounds, as the bound needs the time."""
EXACT_AT_LEAST_S = 10.0
FEW_ARCS = 12_000
"""Arcs up to which the MILP is sooner done than small problems of whole points."""
CLUSTER_SITES = 14.0
"""Sites to open per cluster at first; clusters whose gap no longer closes merge."""


def solve_p_median(
    instance: LocalInstance,
    options: SolveOptions,
    start: LocalPlan | None = None,
    *,
    grace_s: float = FIRST_PLAN_GRACE_S,
    good_enough: Callable[[IntArray, IntArray, FloatArray], bool] | None = None,
) -> LocalPlan:
    """The plan of least cost at any size: best plan found, and a proven bound on what any plan can reach.

    Args:
        instance: The problem.
        options: Limits, threads and seed.
        start: A plan of a similar instance (sites by position); what changed is repaired.
        grace_s: Seconds beyond the time limit for a first plan.
        good_enough: Asked about the allocation (demand points, sites, shares) of every better plan; a yes ends the run.

    Raises:
        SettingsError: The instance has a constraint that is not kept here.
        NoPlanError: When no plan exists, or none was found; the fault says which.
        KeyboardInterrupt: When interrupted before there was any plan; after that the best plan is returned.
    """
    SUPPORTS.require(instance)
    require_possible(instance)
    with ThreadPoolExecutor(max_workers=max(1, min(options.threads, 2))) as pool:
        best = BestPlan(instance, options, grace_s=grace_s, is_good_enough=good_enough)
        run = _Run(instance, best, pool)
        try:
            run.solve(start)
        except KeyboardInterrupt:
            if not best.exists:
                raise
            best.stopped_by = "interrupt"
        return run.plan()


class _Run:
    """One solve: everything known so far."""

    def __init__(self, instance: LocalInstance, best: BestPlan, pool: ThreadPoolExecutor) -> None:
        self.instance, self.best, self.pool = instance, best, pool
        self.compact = build_compact(instance, best.cost_of_arc)
        self.proven_none = False
        self.decomposition: DecompositionBound | None = None
        if self.compact.n == 0:
            return
        near, near_cost = site_neighbours(self.compact)
        self.graph = site_graph(near, near_cost)
        self.search = KeptSearch(self.compact, near, best, pool)
        self.lagrangian = LagrangianBound(self.compact, pool)
        self.popmusic = Popmusic(instance, best.options.seed) if Popmusic.suits(instance) else None

    # -- the course of a run -------------------------------------------------------------------------------------

    def solve(self, start: LocalPlan | None) -> None:
        """Bound, search and decomposition until the gap is closed or time is over."""
        if self.compact.n == 0:
            self.best.keep_nobody(self.compact)
            return
        best, lagrangian = self.best, self.lagrangian
        if start is not None:
            self.search.start_from(start.open_sites)
        else:
            lagrangian.ascend(self._first_target(), STEPS_PER_TURN, best.out_of_time)
            self.search.start_at(self._most_open())
        if not best.exists and len(self.compact.row_site) <= EXACT_ARCS:
            return  # the MILP will find out
        lagrangian.restart(self.search.state.open.best)
        last = -np.inf
        while not best.stop() and not lagrangian.converged():
            lagrangian.ascend(self._target(), STEPS_PER_TURN, best.out_of_time)
            if not best.exists and self._no_plan_exists():
                return
            best.note_proven(lagrangian.best)
            if lagrangian.best - last < 2e-5 * abs(lagrangian.best) and lagrangian.steps > 4 * STEPS_PER_TURN:
                break
            last = lagrangian.best
        self.search.opening_bias = np.clip(lagrangian.share_open, 0.0, 1.0)
        if not best.stop() and start is None:
            self.search.start_at(self._most_open())
        self._alternate()

    def _alternate(self) -> None:
        """Rounds of search and nodes of the subproblems' trees in turn."""
        best = self.best
        decomposition: DecompositionBound | None = self._decompose()
        idle = 0
        handed_over = False
        while not best.stop():
            rounds = ROUNDS_PER_TURN if decomposition is None or idle < SEARCH_IDLE else IDLE_ROUNDS
            gain = self.search.improve(rounds, best.out_of_time)
            idle = 0 if gain < 0 else idle + 1
            if gain < 0:
                self.search.keep()
                if decomposition is not None:
                    set_cutoffs(decomposition, self.search)
            if (decomposition is None or idle >= SEARCH_IDLE) and self._improve_whole():
                continue
            if decomposition is None and not handed_over and self._exact_may_end_it():
                handed_over = True
                self._hand_over()
            if decomposition is None:
                if idle > IDLE_TURNS and (handed_over or not best.exists):
                    break
                continue
            if best.stop():
                break
            if decomposition.improve(NODES_PER_TURN):
                set_cutoffs(decomposition, self.search)
            best.note_proven(decomposition.bound)
            if try_leaves(decomposition, self.search):
                idle = 0
            best.note_proven(decomposition.bound)
            one = len(decomposition.subproblems) == 1
            if decomposition.finished or (decomposition.stuck and not one):
                decomposition = None

    def _improve_whole(self) -> bool:
        """Solve small problems of whole demand points exactly; True as long as there are any left to try."""
        popmusic, best = self.popmusic, self.best
        if popmusic is None or best.allocation is None or best.open_sites is None:
            return False
        if popmusic.plan is None and self._undecided().costs.n_arcs <= FEW_ARCS:
            return False
        if popmusic.plan is None or popmusic.plan.cost > best.value * (1 + 1e-9):
            demand, to, _ = best.allocation
            site = np.full(self.instance.n_demand, -1, dtype=np.int64)
            site[demand] = to
            popmusic.begin(WholePlan(best.open_sites, site, best.value))
        if popmusic.exhausted:
            return False
        if popmusic.step(best.deadline) and popmusic.plan is not None:
            served = np.flatnonzero(popmusic.plan.site >= 0)
            best.keep(popmusic.plan.open_sites, served, popmusic.plan.site[served], np.ones(len(served)))
        return True

    def _exact_may_end_it(self) -> bool:
        """True where the gap is not the sites' but the whole points', and what is left is small."""
        whole_points = self.instance.divisibility == Divisibility.WHOLE_POINTS
        return whole_points and self._undecided().costs.n_arcs <= EXACT_ARCS

    def _undecided(self) -> LocalInstance:
        return undecided(self.instance, self.compact, self.lagrangian, self.best.value)

    def _hand_over(self) -> None:
        """Give what is left of a small instance to the MILP."""
        left_s = self.best.left_s()
        if left_s < 1.0:
            return
        try:
            plan = solve_local_exact(self._undecided(), milp_options(self.best.options, left_s))
        except NoPlanError:
            return
        self.best.keep(plan.open_sites, plan.demand, plan.site, plan.share)
        self.best.note(plan.value, plan.bound)

    # -- the decomposition ---------------------------------------------------------------------------------------

    def _decompose(self) -> DecompositionBound:
        label = partition(self.compact, self.graph, self.lagrangian.share_open, CLUSTER_SITES)
        self.decomposition = DecompositionBound(self.compact, self.lagrangian, label, self.graph, self.pool)
        set_cutoffs(self.decomposition, self.search)
        return self.decomposition

    # -- plans ---------------------------------------------------------------------------------------------------

    def _first_target(self) -> float:
        return float((self.compact.size * self.lagrangian.multipliers).sum())

    def _target(self) -> float:
        cost = self.best.value
        if np.isfinite(cost):
            return cost
        return float(min(max(self.lagrangian.best * 1.05, self._first_target()), 1.5 * self._worst() + 1.0))

    def _worst(self) -> float:
        """No plan costs more than this: everyone at the farthest site within reach."""
        compact = self.compact
        return float((compact.size * np.maximum.reduceat(compact.row_cost, compact.row_start[:-1])).sum())

    def _no_plan_exists(self) -> bool:
        """True once the bound exceeds what any plan can cost."""
        self.proven_none = self.proven_none or self.lagrangian.best > self._worst() * (1 + 1e-6) + 1e-6
        return self.proven_none

    def _most_open(self) -> IntArray:
        """The sites the relaxed problem opens most, within quota and minima."""
        return self.compact.choose(-self.lagrangian.share_open)[0]

    def plan(self) -> LocalPlan:
        """The best plan as a LocalPlan."""
        if self.best.exists:
            return replace(self.best.as_plan(), evidence=self._evidence())
        if len(self.compact.row_site) > EXACT_ARCS:
            fault = why_no_plan(self.instance, self.compact, self.search.state, proven_none=self.proven_none)
            raise NoPlanError(fault)
        # small enough to be certain: the MILP finds a plan or proves and explains that there is none
        options = self.best.options
        limits = milp_options(options, max(EXACT_AT_LEAST_S, self.best.left_s()))
        return solve_local_exact(self.instance, replace(limits, on_progress=options.on_progress))

    def _evidence(self) -> Evidence | None:
        """What is known of the bound, by positions of the instance."""
        compact = self.compact
        if compact.n == 0:
            return None
        multipliers = np.zeros(self.instance.n_demand)
        multipliers[compact.demand] = self.lagrangian.multipliers
        if self.decomposition is None or not self.decomposition.proven:
            return Evidence(multipliers)
        ceiling = np.zeros(self.instance.n_demand)
        ceiling[compact.demand] = self.decomposition.ceiling
        clusters = tuple(each.evidence(compact) for each in self.decomposition.subproblems)
        return Evidence(multipliers, clusters, ceiling, self.decomposition.penalty)
