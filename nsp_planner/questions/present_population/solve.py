"""What if others are there: summer guests, the day, vulnerable residents first, neighbours? Scenarios, side by side.

In: a study and scenarios about people. Out: the plan for an ordinary night beside every scenario, each met by the sites
of that plan and by a plan that reckons with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from nsp_planner.config import Study
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.asking.supposed import Supposed, meet
from nsp_planner.questions.present_population.answer import SituationOutcome, present_population_answer
from nsp_planner.report.answers.answer import Answer
from nsp_planner.study.circumstances.existing_plan import ExistingPlan, existing_plan_of, normal_study
from nsp_planner.study.prepare.distances import DistancesOnce
from nsp_planner.study.read import check_layers


def answer_present_population(asked: Asked, *, supposed: Sequence[Supposed]) -> Answer:
    """Plan the study, then every scenario.

    Raises:
        SettingsError: No scenario, one that says nothing about people, or one that names what is not there.
        DataError: A file of a scenario is missing or wrong. NoPlanError: the study itself has no plan.
    """
    if not supposed:
        fix = "name scenarios with --what-if, such as --what-if zomer"
        raise SettingsError(Fault("question", "there is no scenario about people", fix, column="--what-if"))
    for each in supposed:
        if not changes_population(each.study, asked.study):
            fix = "give one that sets [[inputs.guests]], [tourism], [day], [vulnerable] or [neighbours]"
            message = f"scenario {each.scenario.name!r} says nothing about people"
            raise SettingsError(Fault("question", message, fix, each.scenario.file, "--what-if"))
    progress = asked.progress
    progress.stage("the plan for an ordinary night")
    planned = asked.planned
    existing, evaluation = existing_plan_of(planned), evaluate_plan(planned)
    outcomes = [SituationOutcome("Gewone nacht", None, planned, evaluation)]
    for each in supposed:
        own = DistancesOnce(check_layers(each.study, progress))
        progress.stage(f"{each.scenario.name}: with the plan at hand")
        there = _met(each, own, existing, asked)
        progress.stage(f"{each.scenario.name}: with a new plan")
        outcomes += [there, _met(each, own, None, asked, there.planned)]
    return signed(present_population_answer(outcomes), evaluation)


def changes_population(study: Study, base: Study) -> bool:
    """Whether a study says other things about people than the one it was laid over."""
    sections = ("vulnerable", "tourism", "day", "neighbours")
    inputs = ("guests", "day", "neighbours", "buurten")
    return any(getattr(study, name) != getattr(base, name) for name in sections) or any(
        getattr(study.inputs, name) != getattr(base.inputs, name) for name in inputs
    )


def _met(
    supposed: Supposed,
    own: DistancesOnce,
    existing: ExistingPlan | None,
    asked: Asked,
    there: PlannedStudy | None = None,
) -> SituationOutcome:
    """The scenario with the plan at hand, or anew and begun from what became of that plan."""
    title, anew = supposed.scenario.title, existing is None
    attempt = meet(asked, title, normal_study(supposed.study), own, existing, there)
    if attempt.made is None:
        return SituationOutcome(title, anew, None, None, attempt.fault)
    return SituationOutcome(title, anew, attempt.made, evaluate_plan(attempt.made))
