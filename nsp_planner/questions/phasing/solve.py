"""In which order do the sites open, for what money? In: a study. Out: the year of every site, with what it brings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.phasing.answer import END_NL, OtherEstimate, phasing_answer
from nsp_planner.report.answers.answer import Answer, AnswerFile
from nsp_planner.report.map.write import write_map
from nsp_planner.report.run_info import RunInfo
from nsp_planner.study.phasing import SECONDS, End, plan_phases

OTHER_SHARE = 0.25
"""Part of the time for the order at the other end of the cost ranges, which only tells how long it takes then."""
MAP = "kaart-fasering.html"


def answer_phasing(asked: Asked, *, seconds: float = SECONDS) -> Answer:
    """Plan the study, then the order of opening; with the map of the plan and a slider over the years.

    Raises:
        NoPlanError: The study has no plan, or the budget is too small for the first phase. SettingsError: [phasing]
            names a site or kind of building that is not in the plan.
    """
    planned, progress = asked.planned, asked.progress
    progress.stage("the order of opening")
    phases, solved, costs = plan_phases(planned, seconds=seconds)
    ends: tuple[End, ...] = ("low", "high")
    other_end = next(end for end in ends if end != planned.study.phasing.plan_at)
    progress.stage("the order if costs turn out otherwise")
    attempt = asked.attempts.make(
        f"volgorde bij de {END_NL[other_end]} raming",
        lambda: plan_phases(planned, seconds=seconds * OTHER_SHARE, plan_at=other_end)[0],
    )
    other = OtherEstimate(other_end, attempt.made, attempt.fault)
    evaluation = replace(evaluate_plan(planned), phases=phases)
    answer = signed(phasing_answer(planned, phases, solved, costs, other), evaluation)

    def write(path: Path, run_info: RunInfo) -> None:
        write_map(path, evaluation, run_info)

    return replace(answer, files=(AnswerFile(MAP, "Kaart met een schuif over de jaren; opent zonder internet", write),))
