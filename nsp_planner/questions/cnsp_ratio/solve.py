"""Is 1 C-NSP per 4 L-NSPs a good ratio? In: a plan of L-NSPs. Out: the plan of C-NSPs at every ratio, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.stations.nearer_cnsp import passed_stations
from nsp_planner.evaluate.stations.station_failure import station_failures
from nsp_planner.plan.checked import make_coordination_plan
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.cnsp_ratio.answer import CnspCosts, cnsp_ratio_answer
from nsp_planner.questions.cnsp_ratio.maps import ratio_maps
from nsp_planner.questions.cnsp_ratio.outcome import WAYS, RatioOutcome, Way, ratio_nl
from nsp_planner.report.answers.answer import Answer
from nsp_planner.study.prepare.plan_settings import solve_options
from nsp_planner.study.prepare.ratios import lnsps_per_cnsp, max_lnsps_per_cnsp, n_cnsps

RATIOS = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
COORDINATION_TIME_S = 60.0


def answer_cnsp_ratio(
    asked: Asked,
    *,
    ratios: Sequence[float] = RATIOS,
    costs: CnspCosts | None = None,
) -> Answer:
    """Plan the L-NSPs once, the C-NSPs at every ratio, each in every way of load, and with one coordination point.

    Raises:
        NoPlanError: No plan of L-NSPs is possible. SettingsError: the study names what is not there.
    """
    planned = asked.planned
    outcomes: list[RatioOutcome] = []
    for ratio in [*sorted(set(ratios)), None]:
        asked.progress.stage("one coordination point" if ratio is None else f"1 C-NSP per {ratio:g} L-NSPs")
        asked_for: set[tuple[int, int, float]] = set()
        for way in ("free",) if ratio is None else WAYS:
            instance = ratio_instance(planned, ratio, way)
            problem = (instance.lnsp_per_cnsp, instance.max_lnsp_per_cnsp, instance.load_price_m)
            if problem not in asked_for:
                asked_for.add(problem)
                outcomes.append(solve_ratio(planned, ratio, asked.attempts, way=way))
    evaluation = evaluate_plan(planned)
    answer = signed(cnsp_ratio_answer(planned, outcomes, costs), evaluation)
    maps = ratio_maps(planned, outcomes, answer, evaluation.premises.cnsp_norm_m)
    return replace(answer, files=(maps,))


def ratio_instance(planned: PlannedStudy, ratio: float | None, way: Way) -> CoordinationInstance:
    """Level 2 of a planned study at another ratio; fixed and refused stations stay so.

    Args:
        planned: The plan.
        ratio: L-NSPs per C-NSP: the number of C-NSPs and what one carries without a price. None for one coordination
            point, or the fixed stations alone.
        way: Whether the ratio is the most that a C-NSP carries, has the study's price above it, or none.
    """
    base, study = planned.coordination, planned.study
    n = len(base.lnsp_ids)
    if ratio is None:
        n_coordinators, least, free = max(1, int(base.fixed.sum())), 0, n
    else:
        ratios = study.ratios.model_copy(update={"lnsp_per_cnsp": ratio})
        n_coordinators, free = n_cnsps(n, ratios), lnsps_per_cnsp(ratios)
        least = min(study.ratios.min_lnsp_per_cnsp, free)
    if way == "free":
        free = most = n
    else:
        most = free if way == "hard" or ratio is None else max_lnsps_per_cnsp(ratios)
    return replace(
        base,
        n_coordinators=n_coordinators,
        max_lnsp_per_cnsp=most,
        lnsp_per_cnsp=free,
        load_price_m=base.load_price_m if way == "priced" else 0.0,
        min_lnsp_per_cnsp=least,
    )


def solve_ratio(planned: PlannedStudy, ratio: float | None, attempts: Attempts, *, way: Way = "priced") -> RatioOutcome:
    """The plan of C-NSPs of :func:`ratio_instance`, and what fails when one of them does."""
    instance, study = ratio_instance(planned, ratio, way), planned.study
    options = solve_options(study, gap=min(study.solver.gap, 1e-3), time_limit_s=COORDINATION_TIME_S)
    attempt = attempts.make(ratio_nl(ratio, way), lambda: make_coordination_plan(instance, options))
    if attempt.made is None:
        return RatioOutcome(ratio, instance, None, fault=attempt.fault, way=way)
    failures = tuple(station_failures(instance, attempt.made))
    passed = tuple(passed_stations(instance, attempt.made))
    return RatioOutcome(ratio, instance, attempt.made, failures, way=way, passed=passed)
