"""Objective ``max_coverage`` at full size. In: a LocalInstance. Out: a LocalPlan with a proven gap.

Least weight beyond the norm: plans by added metres and the Lagrangian bound take turns (``uncovered``); a small
instance goes to the MILP in the end.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.incumbent import FIRST_PLAN_GRACE_S
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.best_found import BestFound
from nsp_planner.plan.large.handover import EXACT_ARCS, milp_options
from nsp_planner.plan.large.uncovered import PENALTIES, Found, UncoveredBound, UncoveredWeight, search_plan, thread_pool
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.supports import POINTS, Supports

SUPPORTS = Supports("the large engine for max_coverage", POINTS)
FIRST_SHARE, BOUND_SHARE, TURN_SHARE = 0.4, 0.25, 0.5
"""Parts of the time: for the first plan, for the bound, and of what is left for each plan after it."""
NOTABLE = 1e-4
"""A bound better by less than this part of the weight is not reported."""
LEAST_S = 1.0
"""A turn shorter than this finds nothing."""


def solve_max_coverage(instance: LocalInstance, options: SolveOptions, start: LocalPlan | None = None) -> LocalPlan:
    """Most weight within the norm; arguments and errors as ``solve_local_large``. Groups must be merged."""
    SUPPORTS.require(instance)
    return _MaxCoverage(instance, options).run(start)


class _MaxCoverage(BestFound):
    """One solve: ``uncovered`` is the proven least weight beyond the norm, ``best`` the plan with the least found."""

    def __init__(self, instance: LocalInstance, options: SolveOptions) -> None:
        super().__init__(instance, options, maximised=True)
        self.reachable = float(instance.weight[instance.reachable].sum())
        self.beyond = UncoveredWeight(instance)
        self.uncovered, self.reported = 0.0, 0.0
        self.bound = self.reachable

    def take(self, found: Found) -> None:
        """Keep a plan when less lies beyond the norm, or as much with less distance."""
        if self.best is None or (found.beyond, found.metres) < (self.best.beyond, self.best.metres):
            self.best = found
            self.note_value(self.reachable - found.beyond)
            self.report_change()
        if found.interrupted:
            self.stopped_by = "interrupt"

    def note_uncovered(self, uncovered: float) -> None:
        """Keep a bound from below on the weight beyond the norm."""
        self.uncovered = max(self.uncovered, uncovered)
        self.bound = self.reachable - self.uncovered
        if self.closed() or self.uncovered > self.reported + NOTABLE * self.reachable:
            self.reported = self.uncovered
            self.report_change()

    def report_change(self) -> None:
        """Report value and bound, unless both were reported last."""
        if not self.trace or (self.value, self.settled()) != (self.trace[-1].value, self.trace[-1].bound):
            self.report_progress()

    def solve(self, start: LocalPlan | None) -> None:
        """A first plan, the bound, more plans, and the MILP for a small instance."""
        usual_m, enough = self.beyond.usual_m(), self.reachable * 1e-9
        limits = replace(self.options, time_limit_s=max(LEAST_S, FIRST_SHARE * self.options.time_limit_s))
        penalty_m = PENALTIES[0] * usual_m
        self.take(search_plan(self.beyond, penalty_m, enough, start, limits, grace_s=FIRST_PLAN_GRACE_S))
        assert self.best is not None
        if self.stopped_by:
            return
        with thread_pool(self.options.threads) as pool:
            bound = UncoveredBound(self.instance, pool)
            end = time.perf_counter() + BOUND_SHARE * self.options.time_limit_s

            def stop() -> bool:
                self.note_uncovered(bound.best)
                return self.done() or time.perf_counter() >= min(end, self.deadline)

            bound.ascend(self.best.beyond, np.inf, stop)
            self.note_uncovered(bound.best)
        for factor in PENALTIES[1:]:
            if self.done() or self.left_s() < LEAST_S:
                break
            seconds = self.left_s() * (1.0 if factor == PENALTIES[-1] else TURN_SHARE)
            limits = replace(self.options, time_limit_s=seconds)
            self.take(search_plan(self.beyond, factor * usual_m, enough, self.best.plan, limits))
        if not self.done():
            self.hand_over()

    def hand_over(self) -> None:
        """Give a small instance to the MILP."""
        assert self.best is not None
        if self.instance.costs.n_arcs > EXACT_ARCS:
            return
        try:
            limits = milp_options(self.options, max(LEAST_S, self.left_s()))
            plan = solve_local_exact(self.instance, limits, self.best.plan)
        except NoPlanError:
            return
        self.take(Found(plan, *self.beyond.of_plan(plan), plan.report.stopped_by == "interrupt"))
        self.note_uncovered(self.reachable - plan.bound)
