"""How many L-NSPs are enough? In: a study. Out: the plan at every ratio, and the front of mean against worst distance.

The front is made by the epsilon-constraint method (Haimes, Lasdon and Wismer 1971): the mean distance is minimised with
every arc longer than epsilon left out, for a row of epsilons between the worst distance of the plan with the smallest
mean and the smallest worst distance that is not ruled out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from nsp_planner.config import Study
from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import Fault, NoPlanError, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.reach import least_possible_worst_m, measure_reach, persons_without_arc
from nsp_planner.layers.sites.capacity import count_capacity
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.verify.plan import verify_local_plan
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.lnsp_ratio.answer import FrontPoint, RatioPoint, lnsp_ratio_answer
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.text.dutch import metres_nl, number_nl
from nsp_planner.study.prepare.ratios import lnsps_in_region, lnsps_per_gemeente
from nsp_planner.study.prepare.weights import counted_for_number
from nsp_planner.study.progress import Progress
from nsp_planner.study.resolve import solve_again

RATIOS = (2500.0, 3000.0, 3500.0, 4000.0, 4500.0, 5000.0, 5500.0, 6000.0, 6500.0, 7000.0, 7500.0)
N_EPSILONS = 8
FAR_PRICE = 10.0
"""Price of an arc that is too long, in cutoffs on top of its own length."""
Per = Literal["gemeente", "region"]


def answer_lnsp_ratio(
    asked: Asked,
    *,
    ratios: Sequence[float] = RATIOS,
    per: Per | None = None,
    n_epsilons: int = N_EPSILONS,
    seconds_per_plan: float | None = None,
) -> Answer:
    """Plan at the study's own ratio, at every other one, and the front at the study's own.

    Args:
        asked: The study.
        ratios: Inhabitants per L-NSP.
        per: Whether the number counts per gemeente or for the region; as in the study when left out.
        n_epsilons: Points of the front; 0 leaves it out.
        seconds_per_plan: Time limit of every plan but the first.

    Raises:
        NoPlanError: The study itself has no plan. SettingsError: the study names what is not there, or its objective
            finds the number of L-NSPs.
    """
    study, progress = asked.study, asked.progress
    if objective(study.plan.objective).finds_number:
        message = "the study asks for as few L-NSPs as possible: their number is the answer there, not the input"
        fix = 'set another objective, such as "min_distance"; the least number itself is what `nsp-planner plan` tells'
        raise SettingsError(Fault("question", message, fix, column="plan.objective"))
    planned = asked.planned
    per = per or study.ratios.quota_per
    points, start = [], planned.local_plan
    for ratio in sorted(set(ratios)):
        progress.stage(f"1 L-NSP per {ratio:g} inhabitants")
        instance = instance_at(planned, ratio, per)
        if ratio == study.ratios.inhabitants_per_lnsp and per == study.ratios.quota_per:
            points.append(RatioPoint(ratio, planned.local.n_sites, measure_reach(planned.local, planned.local_plan)))
            start = planned.local_plan
            continue
        solve = partial(solve_again, instance, study, start, time_limit_s=seconds_per_plan, extra_m=planned.extra_m)
        attempt = asked.attempts.make(f"1 op {number_nl(ratio)}", solve)
        if attempt.made is None:
            points.append(RatioPoint(ratio, instance.n_sites, None, attempt.fault))
            continue
        start = attempt.made
        points.append(RatioPoint(ratio, instance.n_sites, measure_reach(instance, start)))
    front = make_front(planned, progress, n_epsilons, seconds_per_plan, asked.attempts) if n_epsilons else []
    return signed(lnsp_ratio_answer(planned, points, front, per), evaluate_plan(planned))


def instance_at(planned: PlannedStudy, ratio: float, per: Per) -> LocalInstance:
    """Level 1 of a planned study at another ratio.

    A building counts for at least the ratio, but where it is known to hold less.
    """
    study, layers, base = planned.study, planned.layers, planned.local
    ratios = study.ratios.change(inhabitants_per_lnsp=ratio, quota_per=per)
    counted = counted_for_number(layers, study)
    per_gemeente = lnsps_per_gemeente(counted, ratios)
    sites = layers.sites.iloc[planned.local_site_rows]
    wider = study.capacity.change(persons=max(study.capacity.persons, ratio))
    capacity = count_capacity(sites, wider, study.norms_in_force)["counted_persons"].to_numpy(dtype=float)
    by_quota = per == "gemeente"
    return replace(
        base,
        capacity_persons=capacity * (1 + study.capacity.slack),
        n_sites=int(per_gemeente.sum()) if by_quota else lnsps_in_region(counted, ratios),
        quota=per_gemeente if by_quota else None,
        min_sites=None if by_quota else np.ones(len(base.gemeente_codes), dtype=np.int64),
    )


def make_front(
    planned: PlannedStudy,
    progress: Progress,
    n_epsilons: int,
    seconds_per_plan: float | None,
    attempts: Attempts,
) -> list[FrontPoint]:
    """Mean against worst distance at the study's own ratio, from the least mean to what is not possible."""
    instance, plan = planned.local, planned.local_plan
    first = measure_reach(instance, plan)
    points = [FrontPoint(None, first)]
    lowest = least_possible_worst_m(instance)
    start: LocalPlan = plan
    for epsilon in np.linspace(first.worst_m, lowest, n_epsilons + 1)[1:].tolist():
        progress.stage(f"nobody farther than {epsilon:,.0f} m")
        solve = partial(solve_within, instance, planned.study, epsilon, start, seconds_per_plan, planned.extra_m)
        attempt = attempts.make(f"niemand verder dan {metres_nl(epsilon)}", solve)
        if attempt.made is None:
            points.append(FrontPoint(epsilon, None, attempt.fault))
            continue
        start = attempt.made
        points.append(FrontPoint(epsilon, measure_reach(instance, start)))
    return points


def solve_within(
    instance: LocalInstance,
    study: Study,
    epsilon_m: float,
    start: LocalPlan | None,
    seconds: float | None,
    extra_m: FloatArray | None = None,
) -> LocalPlan:
    """The least mean distance with nobody farther than ``epsilon_m``; arcs longer than that are left out.

    How far people go is in the distances of ``instance``; ``extra_m`` counts as in :func:`solve_again`.

    Raises:
        NoPlanError: Someone who has a candidate within the cutoff has none within ``epsilon_m``, or no plan was found.
        VerificationError: The plan was refused.
    """
    cut_off = persons_without_arc(instance, epsilon_m)
    if cut_off > 0:
        message = f"{cut_off:,.0f} persons have no candidate within {epsilon_m:,.0f} m"
        raise NoPlanError(Fault("question", message, "take a larger distance", column="epsilon_m"))
    costs = instance.costs
    near = replace(instance, costs=replace(costs.keep_arcs(costs.distance_m <= epsilon_m), cutoff_m=epsilon_m))
    try:
        return solve_again(near, study, start, time_limit_s=seconds, extra_m=extra_m)
    except NoPlanError as error:
        if error.faults[0].proven:
            raise
        return solve_priced(instance, near, study, epsilon_m, start, seconds, extra_m)


def solve_priced(
    instance: LocalInstance,
    near: LocalInstance,
    study: Study,
    epsilon_m: float,
    start: LocalPlan | None,
    seconds: float | None,
    extra_m: FloatArray | None = None,
) -> LocalPlan:
    """The same with the arcs longer than ``epsilon_m`` kept, at a price nobody pays who does not have to.

    A plan that uses none of them is a plan of ``near``, and its bound holds there too.

    Raises:
        NoPlanError: The plan found uses one; that none exists without is not proven.
    """
    costs = instance.costs
    far = costs.distance_m > epsilon_m
    priced_m = costs.distance_m + far * FAR_PRICE * costs.cutoff_m
    dearest_m = max(costs.cutoff_m, float(priced_m.max(initial=0.0)))
    priced = replace(instance, costs=costs.with_distances(priced_m, dearest_m))
    plan = solve_again(priced, study, start, time_limit_s=seconds, extra_m=extra_m)
    if costs.lookup(plan.demand, plan.site).max(initial=0.0) > epsilon_m:
        message = f"no plan was found with nobody farther than {epsilon_m:,.0f} m; that none exists is not proven"
        raise NoPlanError(Fault("question", message, "take a larger distance, or more time", proven=False))
    verify_local_plan(near if extra_m is None else replace(near, costs=near.costs.plus(extra_m)), plan)
    return plan
