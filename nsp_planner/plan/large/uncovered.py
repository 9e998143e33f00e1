"""Weight beyond the norm at full size: its bound and plans with little of it. In: an instance. Out: bound, plans.

The bound is the Lagrangian one with the weight beyond the norm as cost. Plans come from ``p_median``, with some metres
added to every arc beyond the norm: few enough that distances still guide the search, then more of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.errors import NoPlanError
from nsp_planner.plan.groups import MergedGroups, merge_groups
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large.best_plan import ROUND_OFF
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.p_median import solve_p_median
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan

PENALTIES = (2.0, 8.0, 32.0)
"""Metres added beyond the norm, in times the usual distance; one after the other until little enough lies beyond."""
STEPS = 50
LITTLE = 2e-5
"""A bound that gains less than this part of the target in so many steps has come to its end."""
HOPELESS = 10
"""A bound that would not come above what is asked with so many steps as large as the last has no hope to."""
PENALTY_GAP = 0.002
"""Gap at which a search with added metres stops: its own objective is not what is asked."""


@contextmanager
def thread_pool(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads for the bound; it does not depend on their number."""
    with ThreadPoolExecutor(max_workers=max(1, min(threads, 2))) as pool:
        yield pool


class UncoveredBound:
    """A lower bound on the weight beyond the norm in any plan of an instance.

    Attributes:
        best: The best bound, 0 at least.
    """

    def __init__(self, instance: LocalInstance, pool: ThreadPoolExecutor, like: UncoveredBound | None = None) -> None:
        """Begin, with the multipliers of a bound on a like instance where there is one."""
        if instance.divisibility is Divisibility.WHOLE_GROUPS:
            instance = merge_groups(instance).instance
        self.compact = build_compact(instance, instance.arc_beyond)
        self.lagrangian = LagrangianBound(self.compact, pool)
        if like is not None and like.compact.n == self.compact.n:
            self.lagrangian.restart(like.lagrangian.multipliers)

    @classmethod
    def of_lagrangian(cls, lagrangian: LagrangianBound) -> UncoveredBound:
        """The bound of a Lagrangian whose costs are the weight beyond the norm."""
        bound = cls.__new__(cls)
        bound.compact, bound.lagrangian = lagrangian.compact, lagrangian
        return bound

    def ruled_out_up_to(self, above: float, most: int) -> int:
        """The largest number of sites that the best multipliers rule out: with it, more than ``above`` lies beyond.

        Only without quotas. The relaxed problem is the same for any number of sites but for the choice of them.
        """
        value, sites, _ = self.lagrangian.evaluate(self.lagrangian.multipliers)
        values = self.lagrangian.site_value
        base = value - float(values[sites].sum())
        low, high = self.compact.p, most
        while low < high:
            middle = (low + high + 1) // 2
            chosen = replace(self.compact, quota=np.array([middle])).choose(values)[0]
            found = base + float(values[chosen].sum())
            if found - ROUND_OFF * abs(found) > above * (1 + 1e-9) + 1e-9:
                low = middle
            else:
                high = middle - 1
        return low

    @property
    def best(self) -> float:
        """The best bound so far, less what round-off may have added."""
        found = self.lagrangian.best
        return max(0.0, found - ROUND_OFF * abs(found)) if np.isfinite(found) else 0.0

    def ascend(self, target: float, above: float, stop: Callable[[], bool]) -> bool:
        """Improve until the bound exceeds ``above`` (true), it gains no more, or ``stop`` says so (false).

        Args:
            target: Weight beyond the norm in a plan that is known, or a guess of it: steps are as long as it is far.
            above: A bound above this is all that is asked.
            stop: Asked every few steps.
        """
        if self.compact.n == 0:
            return above < 0
        aim = max(target, above * 1.02 if np.isfinite(above) else 0.0, 1e-9)
        last = self.lagrangian.best
        while not stop():
            if self.best > above * (1 + 1e-9) + 1e-9:
                return True
            self.lagrangian.ascend(aim, STEPS, stop)
            gained = self.lagrangian.best - last
            slow = gained < LITTLE * aim or (np.isfinite(above) and self.lagrangian.best + HOPELESS * gained < above)
            if self.lagrangian.converged() or (slow and self.lagrangian.steps > 4 * STEPS):
                break
            last = self.lagrangian.best
        return self.best > above * (1 + 1e-9) + 1e-9


class UncoveredWeight:
    """Weight beyond the norm and metres of allocations of one instance.

    Attributes:
        groups: The merged groups, None where groups need not stay whole.
        base: The instance to search: merged, where groups stay whole.
    """

    def __init__(self, instance: LocalInstance) -> None:
        """Merge the groups."""
        whole = instance.divisibility is Divisibility.WHOLE_GROUPS
        self.groups: MergedGroups | None = merge_groups(instance) if whole else None
        self.base = instance if self.groups is None else self.groups.instance
        self.arc_beyond = self.base.arc_beyond

    def of(self, demand: IntArray, site: IntArray, share: FloatArray) -> tuple[float, float]:
        """(weight beyond the norm, weighted metres) of an allocation of ``base``."""
        at = self.base.costs.arcs(demand, site)
        metres = self.base.weight[demand] * self.base.costs.distance_m[at]
        return float((self.arc_beyond[at] * share).sum()), float((metres * share).sum())

    def of_plan(self, plan: LocalPlan) -> tuple[float, float]:
        """(weight beyond the norm, weighted metres) of a plan of the instance itself."""
        plan = plan if self.groups is None else self.groups.merged(plan)
        return self.of(plan.demand, plan.site, plan.share)

    def usual_m(self) -> float:
        """A usual distance: the middle of the norms, as far as they matter here."""
        weight = self.base.weight
        norm = np.minimum(self.base.service_distance_m, self.base.costs.cutoff_m)
        return max(1.0, float(np.average(norm, weights=weight)) if weight.sum() > 0 else 1.0)

    def penalised(self, metres: float) -> LocalInstance:
        """The least-distance problem with so many metres added to every arc beyond the norm."""
        base, costs = self.base, self.base.costs
        weight = base.weight[costs.arc_origin]
        added = metres * self.arc_beyond / np.where(weight > 0, weight, 1.0)
        return replace(
            base,
            objective="min_distance",
            max_beyond=np.inf,
            beyond_share=None,
            cost_per_arc=None,
            costs=CostMatrix.from_arcs(
                costs.arc_origin,
                costs.destination,
                costs.distance_m + added,
                n_origins=costs.n_origins,
                n_destinations=costs.n_destinations,
                cutoff_m=costs.cutoff_m + metres,
                metric=costs.metric,
                metric_nl=costs.metric_nl,
            ),
        )


@dataclass(frozen=True)
class Found:
    """A plan of the instance with its weight beyond the norm and metres, and whether Ctrl-C ended the search."""

    plan: LocalPlan
    beyond: float
    metres: float
    interrupted: bool


def search_plan(
    beyond: UncoveredWeight,
    metres: float,
    allowed: float,
    start: LocalPlan | None,
    options: SolveOptions,
    *,
    gap: float = PENALTY_GAP,
    grace_s: float = 0.0,
) -> Found:
    """A plan by the least-distance engine with metres added; ends early once at most ``allowed`` lies beyond the norm.

    Raises:
        NoPlanError: No plan at all was found; with a plan of the same instance as start that does not happen.
    """
    groups = beyond.groups
    begin = start if groups is None or start is None else groups.merged(start)

    def is_enough(demand: IntArray, site: IntArray, share: FloatArray) -> bool:
        return beyond.of(demand, site, share)[0] <= allowed

    plan = solve_p_median(
        beyond.penalised(metres),
        replace(options, gap=max(gap, PENALTY_GAP), on_progress=None),
        begin,
        grace_s=grace_s,
        good_enough=is_enough if allowed >= 0 else None,
    )
    weight, length = beyond.of(plan.demand, plan.site, plan.share)
    interrupted = plan.report.stopped_by == "interrupt"
    return Found(plan if groups is None else groups.expanded(plan), weight, length, interrupted)


def find_within(
    instance: LocalInstance, allowed: float, start: LocalPlan | None, options: SolveOptions, *, grace_s: float = 0.0
) -> Found | None:
    """The plan with least beyond the norm that a few penalties find; ends once at most ``allowed`` lies beyond it."""
    beyond = UncoveredWeight(instance)
    best: Found | None = None
    part = replace(options, time_limit_s=options.time_limit_s / len(PENALTIES))
    for factor in PENALTIES:
        try:
            found = search_plan(beyond, factor * beyond.usual_m(), allowed, start, part, grace_s=grace_s)
        except NoPlanError:
            break
        if best is None or (found.beyond, found.metres) < (best.beyond, best.metres):
            best = found
        if found.interrupted or best.beyond <= allowed:
            break
        start = best.plan
    return best
