"""Objective ``min_sites`` at full size. In: a LocalInstance. Out: a LocalPlan with a proven gap.

A number of sites is ruled out when the largest sites hold too few persons, or when the weight that any plan with so
many must have beyond the norm, by a Lagrangian bound, is more than may be. Numbers above are tried, each by adding
metres beyond the norm (``uncovered``). A small instance goes to the MILP in the end. Last the total distance, with the
number held.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.diagnose.local import explain_no_plan
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.incumbent import FIRST_PLAN_GRACE_S
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.best_found import BestFound
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.handover import EXACT_ARCS, milp_options
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.uncovered import (
    Found,
    UncoveredBound,
    UncoveredWeight,
    find_within,
    search_plan,
    thread_pool,
)
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.supports import POINTS, Supports
from nsp_planner.plan.thresholds import allowed_beyond, within_norm_limit

SUPPORTS = Supports("the large engine for min_sites", POINTS, quota=False)
FIRST_SHARE, BOUND_SHARE, TRY_SHARE, POLISH_SHARE = 0.15, 0.3, 0.25, 0.2
"""Parts of the time: the first plan, the bound, each try of what is left, and the least distance in the end."""
ROOMY = (1.2, 1.5, 2.5)
"""Numbers of sites for a first plan, in times the bound by capacity, until one will do; at last all."""
POLISH_PENALTIES = (0.5, 2.0)
LEAST_S = 0.5


def solve_min_sites(instance: LocalInstance, options: SolveOptions, start: LocalPlan | None = None) -> LocalPlan:
    """Fewest sites that cover the share; arguments and errors as ``solve_local_large``. Groups must be merged."""
    SUPPORTS.require(instance)
    return _MinSites(instance, options).run(start)


class _MinSites(BestFound):
    """One solve: ``lower`` is the proven bound, ``best`` the plan with the fewest sites."""

    def __init__(self, instance: LocalInstance, options: SolveOptions) -> None:
        super().__init__(instance, options)
        self.allowed = allowed_beyond(instance)
        self.most = min(instance.n_sites, int((~instance.refused).sum()))
        self.lower = fewest_by_capacity(instance)
        self.bound = float(self.lower)

    def raise_lower(self, lower: int) -> None:
        """Keep a proven number of sites where it is higher."""
        self.lower = max(self.lower, lower)
        self.note_bound(float(self.lower))

    def solve(self, start: LocalPlan | None) -> None:
        if self.allowed < 0 or self.lower > self.most:
            raise NoPlanError(explain_no_plan(self.instance))
        with thread_pool(self.options.threads) as pool:
            self._first_plan(start)
            if not self.stopped_by:
                self._rule_out(pool)
        if self.instance.costs.n_arcs <= EXACT_ARCS:
            self._hand_over()
            return
        if self.best is None:
            raise NoPlanError(explain_no_plan(self.instance))
        low = self.lower  # as the bound, but also past numbers for which nothing was found
        while low < self.value and not self.done():
            left_s = self.left_s() - POLISH_SHARE * self.options.time_limit_s
            if left_s < LEAST_S:
                break
            middle = (low + int(self.value)) // 2
            if not self._try(middle, left_s * TRY_SHARE, self.best.plan):
                low = middle + 1
        self._polish()

    def _with(self, n_sites: int) -> LocalInstance:
        return replace(self.instance, objective="min_distance", n_sites=n_sites)

    def _rule_out(self, pool: ThreadPoolExecutor) -> None:
        """Raise the bound while the multipliers found for one number rule it out, and perhaps some above it."""
        end = time.perf_counter() + BOUND_SHARE * self.options.time_limit_s

        def stop() -> bool:
            return time.perf_counter() >= end

        compact = build_compact(self.instance, self.instance.arc_beyond)
        if compact.n == 0:
            return
        lagrangian: LagrangianBound | None = None
        while self.lower < self.most and not stop():
            begin = lagrangian
            lagrangian = LagrangianBound(replace(compact, quota=np.array([self.lower])), pool)
            if begin is not None:
                lagrangian.restart(begin.multipliers)
            beyond = UncoveredBound.of_lagrangian(lagrangian)
            if not beyond.ascend(2 * self.allowed, self.allowed, stop):
                return
            self.raise_lower(min(self.most, 1 + beyond.ruled_out_up_to(self.allowed, self.most)))
            self.report_progress()

    def _first_plan(self, start: LocalPlan | None) -> None:
        """A plan with some sites to spare, from few to all."""
        numbers = sorted({min(self.most, int(np.ceil(factor * self.lower))) for factor in ROOMY} | {self.most})
        if start is not None:
            numbers = [n for n in numbers if n >= len(start.open_sites)] or numbers
        for number in numbers:
            grace_s = FIRST_PLAN_GRACE_S if number == self.most else 0.0
            seconds = max(LEAST_S, FIRST_SHARE * self.left_s())
            if self._try(number, seconds, start, grace_s) or self.stopped_by:
                return

    def _try(self, number: int, seconds: float, start: LocalPlan | None, grace_s: float = 0.0) -> bool:
        """Whether a plan with so many sites was found."""
        limits = replace(self.options, time_limit_s=seconds)
        found = find_within(self._with(number), self.allowed, start, limits, grace_s=grace_s)
        if found is None:
            return False
        self._take(found, number)
        if found.interrupted:
            self.stopped_by = "interrupt"
        return found.beyond <= self.allowed

    def _take(self, found: Found, number: int) -> None:
        if found.beyond > self.allowed:
            return
        before = self.value
        if self.best is None or (number, found.metres) < (self.value, self.best.metres):
            self.best = found
            self.note_value(float(number))
        if self.value < before:
            self.report_progress()

    def _hand_over(self) -> None:
        """A small instance: the MILP, from the best plan; it says why there is none."""
        if self.done():
            self._polish()
            return
        limits = milp_options(self.options, max(2.0, self.left_s()))
        if self.best is None:
            plan = solve_local_exact(self.instance, replace(limits, on_progress=self.options.on_progress))
        else:
            plan = solve_local_exact(self.instance, limits, self.best.plan)
        self.raise_lower(int(plan.bound) if np.isfinite(plan.bound) else 0)
        weight, metres = UncoveredWeight(self.instance).of_plan(plan)
        self._take(Found(plan, min(weight, self.allowed), metres, False), len(plan.open_sites))
        if plan.report.stopped_by == "interrupt":
            self.stopped_by = "interrupt"

    def _polish(self) -> None:
        """The least distance with the number held: fewer metres added than it took to find it."""
        if self.stopped_by or self.best is None:
            return
        beyond = UncoveredWeight(within_norm_limit(self.instance, int(self.value)))
        for number, factor in enumerate(POLISH_PENALTIES):
            seconds = self.left_s() / (len(POLISH_PENALTIES) - number)
            if seconds < LEAST_S:
                return
            try:
                metres, begin = factor * beyond.usual_m(), self.best.plan
                limits = replace(self.options, time_limit_s=seconds)
                found = search_plan(beyond, metres, -1.0, begin, limits, gap=self.options.gap)
            except NoPlanError:
                return
            self._take(found, int(self.value))
            if found.interrupted:
                self.stopped_by = "interrupt"
                return


def fewest_by_capacity(instance: LocalInstance) -> int:
    """A bound on the number of sites: (4), (5), and the largest sites that hold everyone who is reachable."""
    minimum = np.zeros(len(instance.gemeente_codes), dtype=np.int64)
    if instance.min_sites is not None:
        minimum = instance.min_sites
    n_fixed = np.bincount(instance.site_gemeente[instance.fixed], minlength=len(minimum))
    decided = int(np.maximum(minimum, n_fixed).sum())
    persons = float(instance.population_persons[instance.reachable].sum())
    persons -= float(instance.capacity_persons[instance.fixed].sum())
    free = np.sort(instance.capacity_persons[~instance.fixed & ~instance.refused])[::-1]
    held = np.cumsum(free)
    # a site too few for round-off is one too many for a bound
    needed = int(np.searchsorted(held, persons * (1 - 1e-9))) + 1 if persons * (1 - 1e-9) > 0 else 0
    anyone = int(instance.reachable.any())
    return max(decided, anyone, int(instance.fixed.sum()) + min(needed, len(free) + 1))
