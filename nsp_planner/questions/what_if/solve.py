"""What do an outage, a flood, a shortage or a closed bridge do? In: a study and scenarios. Out: all side by side.

Every scenario meets the plan for normal days, and where buildings may be chosen anew, a plan that reckons with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.asking.supposed import Supposed, meet
from nsp_planner.questions.what_if.answer import Outcome, what_if_answer
from nsp_planner.report.answers.answer import Answer
from nsp_planner.study.circumstances.existing_plan import ExistingPlan
from nsp_planner.study.circumstances.site_effects import at_work
from nsp_planner.study.prepare.distances import DistancesOnce
from nsp_planner.study.read import check_layers
from nsp_planner.study.solve import make_existing_plan

SLACKS = (0.2, 0.5, 1.0, 2.0, 4.0, 9.0)
"""Slack of the capacity that is tried in turn where the points of the plan at hand have too little room."""


def answer_what_if(asked: Asked, *, supposed: Sequence[Supposed]) -> Answer:
    """Plan the study for normal days, then meet every scenario.

    Raises:
        SettingsError: No scenario, one without circumstances, or one that names what is not there.
        DataError: A file of a scenario is missing or wrong. NoPlanError: the study itself has no plan.
    """
    if not supposed:
        fix = "name scenarios with --what-if, such as --what-if stroomuitval"
        raise SettingsError(Fault("question", "there is no scenario to meet", fix, column="--what-if"))
    for each in supposed:
        if not at_work(each.study):
            fix = "give one that sets [power_outage], [flood], [staff_shortage] or [links]"
            message = f"scenario {each.scenario.name!r} holds no circumstances"
            raise SettingsError(Fault("question", message, fix, each.scenario.file, "--what-if"))
    progress = asked.progress
    progress.stage("the plan for normal days")
    planned, existing = make_existing_plan(asked.study, DistancesOnce(asked.layers), progress)
    outcomes = []
    for each in supposed:
        own = DistancesOnce(check_layers(each.study, progress))
        progress.stage(f"{each.scenario.name}: with the plan at hand")
        there = _met(each, own, existing, asked)
        outcomes.append(there)
        if each.study.staff_shortage is None:
            progress.stage(f"{each.scenario.name}: with a new plan")
            outcomes.append(_met(each, own, None, asked, there.planned))
    evaluation = evaluate_plan(planned)
    return signed(what_if_answer(planned, evaluation, outcomes), evaluation)


def _met(
    supposed: Supposed,
    own: DistancesOnce,
    existing: ExistingPlan | None,
    asked: Asked,
    there: PlannedStudy | None = None,
) -> Outcome:
    """The scenario with as little more room per point as makes a plan possible; a new plan begins from ``there``."""
    title, anew = supposed.scenario.title, existing is None
    wanted = supposed.study.capacity.slack
    fault: Fault | None = None
    for slack in (wanted, *(slack for slack in SLACKS if slack > wanted)):
        study = supposed.study.change(capacity={"slack": slack}, plan_at_hand=None)
        attempt = meet(asked, title, study, own, existing, there)
        if attempt.made is not None:
            return Outcome(title, anew, attempt.made, evaluate_plan(attempt.made), slack, wanted)
        fault = attempt.fault
        short_of_room = any((each.column or "").startswith("capacity") for each in attempt.faults)
        if not short_of_room or (fault is not None and fault.refused):
            break
    return Outcome(title, anew, None, None, wanted, wanted, fault)
