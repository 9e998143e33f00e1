"""A plan with one decision more. In: an instance, its plan, a decision. Out: the plan solved again, verified.

A decision is about one site: ``refused`` (an open one closes for good), ``insisted`` (a closed one opens for good) or
``fixed`` (a fixed one need not be open any more). The one place where plans are solved again for what a decision costs:
every output and question asks here, so that they say the same.

Least distance at full size is searched by :mod:`nsp_planner.plan.large.exchange`, in parts of a second; everything else
is solved by the engine that made the plan, within a time limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import numpy as np

from nsp_planner.errors import Fault, NoPlanError, VerificationError
from nsp_planner.plan.checked import make_local_plan
from nsp_planner.plan.groups import MergedGroups, merge_groups
from nsp_planner.plan.instance import MIN_DISTANCE, BoolArray, Divisibility, LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, LocalPlan, relative_gap, settled_bound
from nsp_planner.plan.verify.plan import verify_local_plan

if TYPE_CHECKING:
    from nsp_planner.plan.large.exchange import Exchanged, ExchangeSearch

REFUSED, INSISTED, FREED = "refused", "insisted", "fixed"
SMALL_ARCS = 1_000
"""Arcs up to which the exact model answers at once; with more it takes seconds per decision, and the search parts."""
SECONDS = 5.0
"""Time limit where the engine that made the plan solves again."""


@dataclass(frozen=True, eq=False)
class DecidedPlan:
    """The plan with a decision in it.

    Attributes:
        plan: Verified; people whom only the refused site could serve are not in it.
        lost_persons: How many these are.
        lost_cost: What they add to the value when they count as going as far as the cutoff, as everywhere.
    """

    plan: LocalPlan
    lost_persons: float = 0.0
    lost_cost: float = 0.0


def variant_of(instance: LocalInstance, decision: str, site: int) -> LocalInstance:
    """The instance with one site ``refused`` and its arcs gone, no longer ``fixed``, or ``insisted`` on."""
    changed = _marked(instance, decision, site)
    return changed.keep_arcs(instance.costs.destination != site) if decision == REFUSED else changed


def _marked(instance: LocalInstance, decision: str, site: int) -> LocalInstance:
    """The same problem with every arc still there; copying a million of them takes longer than a search."""
    fixed, refused = instance.fixed.copy(), instance.refused.copy()
    fixed[site], refused[site] = decision == INSISTED, decision == REFUSED
    return replace(instance, fixed=fixed, refused=refused)


class DecisionSolver:
    """Solves one decision after another about one plan; the answer to one does not depend on the others."""

    def __init__(
        self, instance: LocalInstance, plan: LocalPlan, seconds: float = SECONDS, *, thorough: bool = False
    ) -> None:
        """Nothing is computed yet.

        Args:
            instance: The problem as the plan was weighed.
            plan: A verified plan of it.
            seconds: Time limit per decision where the engine of the plan solves again.
            thorough: Whether that engine, which takes longer, solves what the search does not answer: nothing was found
                that serves everybody, or somebody would lose the only site within reach.
        """
        self.instance, self.plan, self.seconds, self.thorough = instance, plan, seconds, thorough
        self._known: dict[tuple[str, int], DecidedPlan | Exception] = {}
        self._searches: SimpleQueue[ExchangeSearch] = SimpleQueue()

    def be_thorough(self, seconds: float) -> None:
        """Take so long where the engine of the plan solves again, and let it answer what the search did not."""
        self.seconds, self.thorough = seconds, True
        self._known = {each: found for each, found in self._known.items() if not isinstance(found, NoPlanError)}

    @property
    def is_searched(self) -> bool:
        """Whether decisions are searched from the plan in steps: no time limit, and a part of a second each."""
        return self.instance.objective == MIN_DISTANCE and self.instance.costs.n_arcs > SMALL_ARCS

    @property
    def is_quick(self) -> bool:
        """Whether a hundred decisions are a matter of a minute: they are searched, or the problem is small."""
        return self.is_searched or self.instance.costs.n_arcs <= SMALL_ARCS

    @cached_property
    def yardstick(self) -> LocalPlan:
        """What decisions are held against: the plan at hand, or a better one that the same way of solving finds.

        A plan that stopped within its gap can be made better; without this that would count for every decision. It is
        verified. Raises ``VerificationError``.
        """
        if self.is_searched:
            search = self._take_search(self.plan)
            found = search.polish()
            self._searches.put(search)
            if found is None:
                return self.plan
            polished = self._plan_of(found, self.instance)
            verify_local_plan(self.instance, polished)
            return polished  # also where rounding made it worse: decisions begin from it
        if self.plan.gap <= PROOF_TOLERANCE:
            return self.plan
        again = self._again(self.instance)
        sign = -1.0 if objective(self.instance.objective).maximised else 1.0
        return again if sign * again.value < sign * self.plan.value else self.plan

    def solve(self, decision: str, site: int) -> DecidedPlan:
        """The plan with one decision more.

        Raises:
            NoPlanError: No plan is possible with it; or none was found, which is then not proven.
            VerificationError: The plan differs from what independent code recomputes.
        """
        if (decision, site) not in self._known:
            self._known[decision, site] = self._tried(decision, site)
        found = self._known[decision, site]
        if isinstance(found, Exception):
            raise found
        return found

    def solve_ahead(self, decisions: Iterable[tuple[str, int]]) -> None:
        """Solve several on the threads of the plan, for :meth:`solve` to give."""
        waiting = [each for each in decisions if each not in self._known]
        if self.is_searched and waiting:
            _ = self.yardstick  # once, before the threads begin
            with ThreadPoolExecutor(max_workers=max(1, self.plan.report.threads)) as pool:
                made = list(pool.map(self._tried, *zip(*waiting, strict=True)))
            self._known.update(zip(waiting, made, strict=True))

    @cached_property
    def _reachable(self) -> BoolArray:
        return self.instance.reachable

    def _tried(self, decision: str, site: int) -> DecidedPlan | Exception:
        try:
            return self._solve(decision, site)
        except (NoPlanError, VerificationError) as error:
            return error

    def likely(self, sites: Iterable[int]) -> list[int]:
        """Closed sites in the order of what it may cost to insist on each, the least first."""
        if not self.is_searched:
            return sorted(sites)
        search = self._take_search(self.yardstick)
        try:
            return sorted(sites, key=lambda site: (search.least_worth(site), site))
        finally:
            self._searches.put(search)

    def _solve(self, decision: str, site: int) -> DecidedPlan:
        variant = _marked(self.instance, decision, site)
        lost = self._reachable & ~variant.reachable if decision == REFUSED else np.zeros_like(self._reachable)
        made = self._search(decision, site, variant) if self.is_searched and not lost.any() else None
        if made is None and self.is_searched and not self.thorough:
            message = "no plan was found in a quick search; whether one exists is not known"
            fix = "ask `nsp-planner question refusals`, which solves it again"
            raise NoPlanError(Fault("plan", message, fix, ids=(variant.site_ids[site],), proven=False))
        if made is None:
            variant = variant_of(self.instance, decision, site)
        decided = DecidedPlan(
            made or self._again(variant),
            float(self.instance.population_persons[lost].sum()),
            float(self.instance.weight[lost].sum() * self.instance.costs.cutoff_m),
        )
        verify_local_plan(variant, decided.plan)
        return decided

    def _again(self, variant: LocalInstance) -> LocalPlan:
        report = self.plan.report
        options = SolveOptions(
            method="large" if report.engine == "large" else "exact",
            solver="cbc" if report.solver.casefold().startswith("cbc") else "highs",
            gap=0.0,
            time_limit_s=self.seconds,
            threads=report.threads,
            seed=report.seed,
        )
        return make_local_plan(variant, options, self.plan if variant is self.instance else self.yardstick)

    # -- searched ----------------------------------------------------------------------------------------------------

    @cached_property
    def _merged(self) -> MergedGroups | None:
        whole = self.instance.divisibility is Divisibility.WHOLE_GROUPS
        return merge_groups(self.instance) if whole else None

    def _take_search(self, plan: LocalPlan) -> ExchangeSearch:
        """A search that begins from a plan: one that is free, else a new one."""
        from nsp_planner.plan.large.compilation import warm_up  # numba: only where it is needed
        from nsp_planner.plan.large.exchange import ExchangeSearch

        try:
            return self._searches.get_nowait()
        except Empty:
            warm_up()
        merged = self._merged
        begin = plan if merged is None else merged.merged(plan)
        return ExchangeSearch(self.instance if merged is None else merged.instance, begin, plan.report.seed)

    def _search(self, decision: str, site: int, variant: LocalInstance) -> LocalPlan | None:
        search = self._take_search(self.yardstick)
        ways = {REFUSED: search.without, INSISTED: search.with_site, FREED: search.free}
        found = ways[decision](site)
        self._searches.put(search)
        return None if found is None else self._plan_of(found, variant)

    def _plan_of(self, found: Exchanged, instance: LocalInstance) -> LocalPlan:
        report, bound = self.plan.report, settled_bound(found.cost, found.bound)
        stopped_by = "gap" if relative_gap(found.cost, bound) <= report.gap_asked else "time"
        plan = LocalPlan(found.open_sites, found.demand, found.site, found.share, instance.objective, found.cost, bound,
                         replace(report, seconds=0.0, stopped_by=stopped_by, trace=()), self.plan.evidence)  # fmt: skip
        return plan if self._merged is None else self._merged.expanded(plan)


def opened_and_closed(before: LocalPlan, after: LocalPlan, site: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Other sites than the one decided on that open, and that close."""
    opened = np.setdiff1d(after.open_sites, before.open_sites)
    closed = np.setdiff1d(before.open_sites, after.open_sites)
    return tuple(opened[opened != site].tolist()), tuple(closed[closed != site].tolist())
