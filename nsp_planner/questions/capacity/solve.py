"""What do the noodsteunpunten have to handle? In: a study. Out: visitors, staff and water, per gemeente and L-NSP."""

from __future__ import annotations

from nsp_planner.config import Study
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.indicators import evaluate_plan
from nsp_planner.layers.tables import Layers
from nsp_planner.questions.capacity.answer import capacity_answer
from nsp_planner.questions.run import signed
from nsp_planner.report.answers.answer import Answer
from nsp_planner.study.progress import Progress
from nsp_planner.study.solve import solve_study


def answer_capacity(
    study: Study,
    layers: Layers,
    progress: Progress,
    *,
    share_per_day: float | None = None,
    peak_factor: float | None = None,
) -> Answer:
    """Plan the study and compute its use.

    Args:
        study: The settings.
        layers: Its checked tables.
        progress: Who wants to know how far it is.
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
    planned = solve_study(study, layers, progress)
    progress.stage("computing use")
    given = {"share_attending_per_day": share_per_day, "peak_factor": peak_factor}
    norms = planned.norms.with_values({name: value for name, value in given.items() if value is not None})
    return signed(capacity_answer(planned, evaluate_plan(planned), norms), planned)
