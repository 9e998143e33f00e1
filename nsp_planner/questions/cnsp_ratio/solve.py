"""Is 1 C-NSP per 4 L-NSPs a good ratio? In: a plan of L-NSPs. Out: the plan of C-NSPs at every ratio, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.planned import PlannedStudy
from nsp_planner.evaluate.station_failure import station_failures
from nsp_planner.plan.checked import make_coordination_plan
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.cnsp_ratio.answer import CnspCosts, RatioOutcome, cnsp_ratio_answer, ratio_nl
from nsp_planner.report.answers.answer import Answer
from nsp_planner.study.build.plan_settings import solve_options
from nsp_planner.study.build.ratios import lnsps_per_cnsp, max_lnsps_per_cnsp, n_cnsps

RATIOS = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
COORDINATION_TIME_S = 60.0


def answer_cnsp_ratio(
    asked: Asked,
    *,
    ratios: Sequence[float] = RATIOS,
    costs: CnspCosts | None = None,
) -> Answer:
    """Plan the L-NSPs once, the C-NSPs at every ratio and with one coordination point.

    Raises:
        NoPlanError: No plan of L-NSPs is possible. SettingsError: the study names what is not there.
    """
    planned = asked.planned
    outcomes = []
    for ratio in [*sorted(set(ratios)), None]:
        asked.progress.stage("one coordination point" if ratio is None else f"1 C-NSP per {ratio:g} L-NSPs")
        outcomes.append(solve_ratio(planned, ratio, asked.attempts))
    asked.progress.stage("the study's ratio without a maximum per C-NSP")
    outcomes.append(solve_ratio(planned, asked.study.ratios.lnsp_per_cnsp, asked.attempts, limited=False))
    return signed(cnsp_ratio_answer(planned, outcomes, costs), evaluate_plan(planned))


def solve_ratio(
    planned: PlannedStudy, ratio: float | None, attempts: Attempts, *, limited: bool = True
) -> RatioOutcome:
    """Level 2 of a planned study at another ratio; fixed and refused stations stay so.

    The ratio gives the number of C-NSPs and what one of them carries without a price. Without ``limited`` there is
    neither a price nor a most.
    """
    base, study = planned.coordination, planned.study
    n = len(base.lnsp_ids)
    if ratio is None:
        n_coordinators, least, free, most = max(1, int(base.fixed.sum())), 0, n, n
    else:
        ratios = study.ratios.model_copy(update={"lnsp_per_cnsp": ratio})
        n_coordinators, free = n_cnsps(n, ratios), lnsps_per_cnsp(ratios)
        most = max_lnsps_per_cnsp(ratios)
        least = min(study.ratios.min_lnsp_per_cnsp, most)
    if not limited:
        free, most = n, n
    instance = replace(
        base,
        n_coordinators=n_coordinators,
        max_lnsp_per_cnsp=most,
        lnsp_per_cnsp=free,
        min_lnsp_per_cnsp=least,
    )
    options = solve_options(study, gap=min(study.solver.gap, 1e-3), time_limit_s=COORDINATION_TIME_S)

    attempt = attempts.make(ratio_nl(ratio, limited=limited), lambda: make_coordination_plan(instance, options))
    if attempt.made is None:
        return RatioOutcome(ratio, instance, None, fault=attempt.fault, limited=limited)
    failures = tuple(station_failures(instance, attempt.made))
    return RatioOutcome(ratio, instance, attempt.made, failures, limited=limited)
