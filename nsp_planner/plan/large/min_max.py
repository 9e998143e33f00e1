"""Objective ``min_max`` at full size. In: a LocalInstance. Out: a LocalPlan with a proven gap.

First the bound: halving the distances, each is ruled out when the weight that any plan must have beyond it, by a
Lagrangian bound, is more than may be. Then plans: halving what is left, each found by adding metres beyond the distance
(``uncovered``). A small instance goes to the MILP in the end. Last the total distance, with the value held.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.exact.radius import decide_radius
from nsp_planner.plan.incumbent import FIRST_PLAN_GRACE_S
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.handover import ENGINE, EXACT_ARCS, SOLVER, milp_options
from nsp_planner.plan.large.set_cover import cover_everyone
from nsp_planner.plan.large.uncovered import UncoveredBound, UncoveredWeight, find_within, search_plan, thread_pool
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.radius_search import Answer, RadiusSearch, bisect_radii
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.supports import EVERYTHING, Supports

SUPPORTS = Supports("the large engine for min_max", EVERYTHING)
FIRST_SHARE, BOUND_SHARE, TRY_SHARE, POLISH_SHARE = 0.2, 0.3, 0.2, 0.2
"""Parts of the time: first plan, bound, each try of what is left, and the least distance in the end."""
FIRST_PENALTY = 2.0
"""Metres added in the first plan to every arc beyond the percentile that the nearest sites would give, in times it."""
MILP_SHARE, SEARCH_ARCS = 0.4, 5_000
"""Small instances: part of the time kept for the MILP, and arcs up to which all of it is the MILP's."""
POLISH_PENALTIES = (0.5, 2.0)
COVER_SHARE = 0.5
"""Part of a try that the set cover may take."""
LEAST_S = 0.5


def solve_min_max(instance: LocalInstance, options: SolveOptions, start: LocalPlan | None = None) -> LocalPlan:
    """Smallest distance of the percentile; arguments and errors as ``solve_local_large``."""
    SUPPORTS.require(instance)
    state = RadiusSearch(instance, options)
    try:
        _first_plan(state, start)
        with thread_pool(options.threads) as pool:
            _rule_out(state, pool)
        small = instance.costs.n_arcs <= EXACT_ARCS
        if not small or instance.costs.n_arcs > SEARCH_ARCS:
            kept_share = MILP_SHARE if small else POLISH_SHARE
            bisect_radii(state, partial(_try, state), try_share=TRY_SHARE, kept_share=kept_share)
        if small:
            bisect_radii(state, partial(_answer_small, instance, options=milp_options(options)))
        _polish(state)
    except KeyboardInterrupt:
        if state.plan is None:
            raise
        state.stopped_by = "interrupt"
    return state.as_plan(ENGINE, SOLVER)


def _first_plan(state: RadiusSearch, start: LocalPlan | None) -> None:
    """A plan near the bound that all candidates together give; raises ``NoPlanError`` where there is none."""
    radius_m = max(1.0, state.bound)
    near = _with_norm(state.instance, radius_m)
    limits = replace(state.options, time_limit_s=max(LEAST_S, FIRST_SHARE * state.options.time_limit_s))
    penalty_m, grace_s = FIRST_PENALTY * radius_m, FIRST_PLAN_GRACE_S
    found = search_plan(UncoveredWeight(near), penalty_m, state.allowed, start, limits, grace_s=grace_s)
    state.take(found.plan)
    if found.interrupted:
        state.stopped_by = "interrupt"


def _rule_out(state: RadiusSearch, pool: ThreadPoolExecutor) -> None:
    """Halve between the bound and the best value; what is not ruled out counts as possible here."""
    end = time.perf_counter() + BOUND_SHARE * state.options.time_limit_s
    low, high = state.lower, state.upper
    bound: UncoveredBound | None = None
    assert state.plan is not None

    def stop() -> bool:
        return time.perf_counter() >= end

    while low < high and not state.done() and not stop():
        if state.radii[high] - state.radii[low] <= 0.1 * state.options.gap * state.radii[high]:
            return
        middle = (low + high) // 2
        radius_m = float(state.radii[middle])
        norm = _with_norm(state.instance, radius_m)
        bound = UncoveredBound(norm, pool, bound)
        if bound.ascend(_beyond_of(state, radius_m), state.allowed, stop):
            state.rule_out(middle)
            low = middle + 1
        else:
            high = middle


def _beyond_of(state: RadiusSearch, radius_m: float) -> float:
    """Weight of the best plan beyond a distance: as much as the bound can ever be."""
    assert state.plan is not None
    return float(state.weight[state.distance_m > radius_m].sum())


def _answer_small(
    instance: LocalInstance, radius_m: float, seconds: float, start: LocalPlan | None, *, options: SolveOptions
) -> Answer:
    """The MILP's answer, after the set cover's where that can say no: it is much smaller."""
    end = time.perf_counter() + seconds
    if instance.percentile >= 1.0 and start is not None:
        try:
            base = UncoveredWeight(_with_norm(instance, radius_m)).base
        except NoPlanError:
            return Answer(impossible=True)
        cover = cover_everyone(base, start.open_sites, replace(options, time_limit_s=COVER_SHARE * seconds))
        if cover.impossible or cover.interrupted:
            return Answer(impossible=cover.impossible, interrupted=cover.interrupted)
    return decide_radius(instance, radius_m, replace(options, time_limit_s=max(LEAST_S, end - time.perf_counter())))


def _try(state: RadiusSearch, radius_m: float, seconds: float, start: LocalPlan | None) -> Answer:
    """The best plan found for one distance, whether it keeps it or not; or proof that none does.

    For the worst distance a set cover says which sites could do, near those of the best plan, or that none can.
    """
    end = time.perf_counter() + seconds
    norm = _with_norm(state.instance, radius_m)
    if state.instance.percentile >= 1.0 and start is not None:
        base = UncoveredWeight(norm).base
        cover = cover_everyone(base, start.open_sites, replace(state.options, time_limit_s=COVER_SHARE * seconds))
        if cover.impossible or cover.interrupted:
            return Answer(impossible=cover.impossible, interrupted=cover.interrupted)
        if cover.sites is not None:
            start = replace(start, open_sites=cover.sites)
    limits = replace(state.options, time_limit_s=max(LEAST_S, end - time.perf_counter()))
    found = find_within(norm, state.allowed, start, limits)
    return Answer() if found is None else Answer(found.plan, interrupted=found.interrupted)


def _with_norm(instance: LocalInstance, radius_m: float) -> LocalInstance:
    """The instance with one norm for all."""
    return replace(instance, service_distance_m=np.full(instance.n_demand, radius_m), beyond_share=None)


def _polish(state: RadiusSearch) -> None:
    """The least distance with the value held: fewer metres added than it took to find it."""
    if state.stopped_by or state.plan is None:
        return
    radius_m = max(1.0, state.value)
    norm = _with_norm(state.instance, radius_m)
    beyond = UncoveredWeight(norm)
    for number, factor in enumerate(POLISH_PENALTIES):
        seconds = state.left_s() / (len(POLISH_PENALTIES) - number)
        if seconds < LEAST_S:
            return
        try:
            limits = replace(state.options, time_limit_s=seconds)
            found = search_plan(beyond, factor * radius_m, -1.0, state.plan, limits, gap=state.options.gap)
        except NoPlanError:
            return
        state.take(found.plan)
        if found.interrupted:
            state.stopped_by = "interrupt"
            return
