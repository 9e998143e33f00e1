"""What do the noodsteunpunten have to handle? In: a study. Out: visitors, staff and water, per gemeente and L-NSP."""

from __future__ import annotations

from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.capacity.answer import capacity_answer
from nsp_planner.report.answers.answer import Answer


def answer_capacity(
    asked: Asked,
    *,
    share_per_day: float | None = None,
    peak_factor: float | None = None,
) -> Answer:
    """Plan the study and compute its use.

    Args:
        asked: The study.
        share_per_day: Share of the inhabitants that comes on a day; the norm when left out.
        peak_factor: Busiest moment divided by the mean of the day; the norm when left out.

    Raises:
        NoPlanError: The study has no plan. SettingsError: a share or factor that cannot be.
    """
    faults = Faults()
    if share_per_day is not None and not 0 < share_per_day <= 1:
        faults.add("question", "a share lies above 0 and is at most 1", "0.2 is one in five", column="--share")
    if peak_factor is not None and not 1 <= peak_factor <= 24:
        faults.add("question", "a peak factor is from 1 to 24", "2 is twice as busy as on average", column="--peak")
    faults.raise_if_any(SettingsError)
    planned = asked.planned
    asked.progress.stage("computing use")
    given = {"share_attending_per_day": share_per_day, "peak_factor": peak_factor}
    norms = planned.norms.with_values({name: value for name, value in given.items() if value is not None})
    evaluation = evaluate_plan(planned)
    return signed(capacity_answer(evaluation, norms), evaluation)
