"""Objective ``max_coverage`` at full size. In: a LocalInstance. Out: a LocalPlan with a proven gap.

Least weight beyond the norm: plans by added metres and the bound from prices take turns (beyond.py); a small instance
goes to the MILP in the end.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numba
import numpy as np

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance, Objective
from nsp_planner.plan.large.incumbent import FIRST_PLAN_GRACE_S
from nsp_planner.plan.large.p_median import ENGINE, EXACT_ARCS, milp_options
from nsp_planner.plan.large.uncovered import PENALTIES, Beyond, BeyondBound, Found, price_pool, search_plan
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan, SolverReport, TracePoint, relative_gap

FIRST_SHARE, BOUND_SHARE, TURN_SHARE = 0.4, 0.25, 0.5
"""Parts of the time: for the first plan, for the bound, and of what is left for each plan after it."""
NOTABLE = 1e-4
"""A bound better by less than this part of the weight is not told."""
LEAST_S = 1.0
"""A turn shorter than this finds nothing."""


def solve_coverage(instance: LocalInstance, options: SolveOptions, start: LocalPlan | None = None) -> LocalPlan:
    """Most weight within the norm; arguments and errors as ``solve_local_large``. Groups must be merged."""
    run = _Coverage(instance, options)
    stopped_by = ""
    try:
        stopped_by = run.solve(start)
    except KeyboardInterrupt:
        if run.best is None:
            raise
        stopped_by = "interrupt"
    return run.plan(stopped_by)


class _Coverage:
    def __init__(self, instance: LocalInstance, options: SolveOptions) -> None:
        self.instance, self.options = instance, options
        self.started = time.perf_counter()
        self.reachable = float(instance.weight[instance.reachable].sum())
        self.beyond = Beyond(instance)
        self.best: Found | None = None
        self.bound, self.told = 0.0, 0.0
        self.trace: list[TracePoint] = []

    def left_s(self) -> float:
        return self.started + self.options.time_limit_s - time.perf_counter()

    def done(self) -> bool:
        if self.best is None:
            return False
        value = self.reachable - self.best.beyond
        return relative_gap(value, max(value, self.reachable - self.bound)) <= self.options.gap

    def take(self, found: Found) -> None:
        if self.best is None or (found.beyond, found.metres) < (self.best.beyond, self.best.metres):
            self.best = found
            self.tell()

    def note_bound(self, bound: float) -> None:
        self.bound = max(self.bound, bound)
        if self.done() or self.bound > self.told + NOTABLE * self.reachable:
            self.told = self.bound
            self.tell()

    def tell(self) -> None:
        if self.best is None:
            return
        value = self.reachable - self.best.beyond
        point = TracePoint(time.perf_counter() - self.started, value, max(value, self.reachable - self.bound))
        if self.trace and (point.value, point.bound) == (self.trace[-1].value, self.trace[-1].bound):
            return
        self.trace.append(point)
        if self.options.on_progress is not None:
            self.options.on_progress(point)

    def solve(self, start: LocalPlan | None) -> str:
        """Everything; returns ``interrupt`` when Ctrl-C ended a search within."""
        usual_m, enough = self.beyond.usual_m(), self.reachable * 1e-9
        limits = replace(self.options, time_limit_s=max(LEAST_S, FIRST_SHARE * self.options.time_limit_s))
        penalty_m = PENALTIES[0] * usual_m
        self.take(search_plan(self.beyond, penalty_m, enough, start, limits, grace_s=FIRST_PLAN_GRACE_S))
        assert self.best is not None
        if self.best.interrupted:
            return "interrupt"
        with price_pool(self.options.threads) as pool:
            bound = BeyondBound(self.instance, pool)
            end = time.perf_counter() + BOUND_SHARE * self.options.time_limit_s

            def stop() -> bool:
                self.note_bound(bound.best)
                return self.done() or time.perf_counter() >= min(end, self.started + self.options.time_limit_s)

            bound.climb(self.best.beyond, np.inf, stop)
            self.note_bound(bound.best)
        for factor in PENALTIES[1:]:
            if self.done() or self.left_s() < LEAST_S:
                break
            seconds = self.left_s() * (1.0 if factor == PENALTIES[-1] else TURN_SHARE)
            limits = replace(self.options, time_limit_s=seconds)
            found = search_plan(self.beyond, factor * usual_m, enough, self.best.plan, limits)
            self.take(found)
            if found.interrupted:
                return "interrupt"
        return "" if self.done() else self.hand_over()

    def hand_over(self) -> str:
        """Give a small instance to the MILP."""
        assert self.best is not None
        if self.instance.costs.n_arcs > EXACT_ARCS:
            return ""
        try:
            limits = milp_options(self.options, max(LEAST_S, self.left_s()))
            plan = solve_local_exact(self.instance, limits, self.best.plan)
        except NoPlanError:
            return ""
        interrupted = plan.report.stopped_by == "interrupt"
        self.take(Found(plan, *self.beyond.of_plan(plan), interrupted))
        self.note_bound(self.reachable - plan.bound)
        return "interrupt" if interrupted else ""

    def plan(self, stopped_by: str) -> LocalPlan:
        assert self.best is not None
        seconds = time.perf_counter() - self.started
        value = self.reachable - self.best.beyond
        report = SolverReport(
            engine=ENGINE,
            solver=f"nsp_planner (numba {numba.__version__})",
            seconds=seconds,
            seed=self.options.seed,
            threads=self.options.threads,
            gap_asked=self.options.gap,
            time_limit_s=self.options.time_limit_s,
            stopped_by=stopped_by or ("gap" if self.done() else "time"),
            trace=tuple(self.trace),
        )
        bound = max(value, self.reachable - self.bound)
        return replace(self.best.plan, objective=Objective.MAX_COVERAGE, value=value, bound=bound, report=report)
