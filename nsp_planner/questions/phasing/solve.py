"""In which order do the sites open, for what money? In: a study. Out: the year of every site, with what it brings."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.config import Study
from nsp_planner.errors import NoPlanError
from nsp_planner.evaluate.indicators import evaluate_plan
from nsp_planner.layers.tables import Layers
from nsp_planner.questions.phasing.answer import OtherEstimate, phasing_answer
from nsp_planner.questions.run import Answered, signed
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.map.write import write_map
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.study.phasing import SECONDS, End, plan_phases
from nsp_planner.study.progress import Progress
from nsp_planner.study.solve import solve_study

OTHER_SHARE = 0.25
"""Part of the time for the order at the other end of the cost ranges, which only tells how long it takes then."""
MAP = "kaart-fasering.html"


def answer_phasing(study: Study, layers: Layers, progress: Progress, *, seconds: float = SECONDS) -> Answer:
    """Plan the study, then the order of opening; raises as :func:`answer_phasing_with_map`."""
    return answer_phasing_with_map(study, layers, progress, seconds=seconds).answer


def answer_phasing_with_map(study: Study, layers: Layers, progress: Progress, *, seconds: float = SECONDS) -> Answered:
    """Plan the study, then the order of opening; with the map of the plan and a slider over the years.

    Raises:
        NoPlanError: The study has no plan, or the budget is too small for the first phase. SettingsError: [phasing]
            names a site or kind of building that is not in the plan.
    """
    planned = solve_study(study, layers, progress)
    progress.stage("the order of opening")
    phases, solved, costs = plan_phases(planned, seconds=seconds)
    ends: tuple[End, ...] = ("low", "high")
    other_end = next(end for end in ends if end != study.phasing.plan_at)
    progress.stage("the order if costs turn out otherwise")
    try:
        other = plan_phases(planned, seconds=seconds * OTHER_SHARE, plan_at=other_end)[0]
    except NoPlanError:
        other = None
    answer = signed(phasing_answer(planned, phases, solved, costs, OtherEstimate(other_end, other)), planned)

    def write(folder: Path, run_info: RunInfo) -> tuple[OutputFile, ...]:
        write_map(folder / MAP, planned, evaluate_plan(planned), run_info, phases=phases)
        return (OutputFile(MAP, "Kaart met een schuif over de jaren; opent zonder internet"),)

    return Answered(answer, write)
