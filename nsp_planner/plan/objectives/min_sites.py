"""Objective ``min_sites``. In: an instance. Out: the plan of fewest sites for a share of the weight within its norm."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import NoPlanError
from nsp_planner.plan.diagnose.local import explain_no_plan
from nsp_planner.plan.exact.allocation import begin_from, read_shares
from nsp_planner.plan.exact.least_cost import above_round_off, plan_of
from nsp_planner.plan.exact.no_plan import raise_no_plan
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.milp.local import build_local_model, set_distance, set_n_open
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.objective import Difference, Objective, ObjectiveWords, beyond_norm, register, weight_sum
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, LocalPlan, TracePoint, settled_bound
from nsp_planner.plan.supports import POINTS, Supports
from nsp_planner.plan.thresholds import COVER_TOLERANCE, allowed_beyond, within_norm_limit

SUPPORTS = Supports("the exact model of min_sites", POINTS, quota=False)
FIRST_STAGE_TIME = 0.7
"""Part of the time limit for the first stage."""


@register
class MinSites(Objective):
    """Fewest sites that have the share ``share`` of all weight allocated within its norm, then least distance."""

    name = "min_sites"
    words = ObjectiveWords("L-NSPs", "L-NSP's", "L-NSP's")
    finds_number = True
    reads = ("share",)

    def objective_nl(self, instance: LocalInstance, share_nl: Callable[[float], str]) -> str:
        """What is looked for, in Dutch."""
        return f"zo min mogelijk L-NSP's die {share_nl(instance.share)} van de inwoners binnen de norm bedienen"

    def recompute(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> float:
        """The number of open sites."""
        return float(len(plan.open_sites))

    def differences(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> list[Difference]:
        """The share within the norm, then the number."""
        found = super().differences(instance, plan, distance_m)
        everyone = math.fsum(instance.weight)
        within = weight_sum(instance, plan, 1.0 - beyond_norm(instance, plan, distance_m))
        if within < instance.share * everyone - COVER_TOLERANCE * max(1.0, everyone):
            less = f"{within:.3f} of {everyone:.3f} is allocated within the norm, less than the share"
            found.insert(0, Difference("constraint (7) share", f"{less} {instance.share:g}"))
        return found

    def value_of(self, instance: LocalInstance, plan: LocalPlan) -> float:
        """The number of open sites."""
        del instance
        return float(len(plan.open_sites))

    def allowing(self, instance: LocalInstance, value: float) -> tuple[LocalInstance, float] | None:
        """That number of sites, which cover the share."""
        return within_norm_limit(instance, int(value + PROOF_TOLERANCE)), np.inf

    def solve_exact(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """The fewest sites that cover the share, then the least distance with so many.

        A number of sites is whole, so the bound of the first stage is rounded up.
        """
        SUPPORTS.require(instance)
        allowed = allowed_beyond(instance)
        if allowed < 0:
            raise NoPlanError(explain_no_plan(instance))
        model = build_local_model(replace(instance, max_beyond=allowed))
        set_n_open(model)
        if start is not None:
            begin_from(model, start)

        def watch(point: TracePoint) -> None:
            if options.on_progress is not None:
                options.on_progress(_whole(point))

        limits = above_round_off(options)
        watched = replace(limits, time_limit_s=options.time_limit_s * FIRST_STAGE_TIME, on_progress=watch)
        first = solve_milp(model.problem, watched, warm_start=start is not None)
        if not first.has_solution:
            raise_no_plan(instance, first, options.time_limit_s)
        set_distance(model)
        shares = read_shares(model, limits, settled=False)
        value = float(len(shares.open_sites))
        bound = settled_bound(value, _sites_up(first.bound))
        trace = tuple(_whole(point) for point in first.trace)
        report = options.report("exact", first.solver, first.seconds + shares.seconds, first.stopped_by, trace)
        plan = replace(plan_of(model, shares, -np.inf, report), value=value, bound=bound)
        if first.stopped_by == "interrupt":
            return plan
        try:
            left_s = max(1.0, options.time_limit_s - report.seconds)
            limits = replace(options, time_limit_s=left_s, on_progress=None)
            nearer = solve_local_exact(within_norm_limit(instance, int(value)), limits, plan)
        except NoPlanError:
            return plan
        report = replace(report, seconds=report.seconds + nearer.report.seconds)
        if nearer.report.stopped_by == "interrupt":
            report = replace(report, stopped_by="interrupt")
        return replace(nearer, objective=self.name, value=value, bound=bound, report=report)

    def solve_large(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """Numbers ruled out by capacity and by Lagrangian bounds, numbers above tried one after the other."""
        from nsp_planner.plan.large.min_sites import solve_min_sites  # numba: only where it is needed

        return solve_min_sites(instance, options, start)


def _whole(point: TracePoint) -> TracePoint:
    return TracePoint(point.seconds, point.value, _sites_up(point.bound))


def _sites_up(bound: float) -> float:
    """A bound on a number of sites, rounded up to a whole one."""
    return float(np.ceil(bound - PROOF_TOLERANCE)) if np.isfinite(bound) else bound
