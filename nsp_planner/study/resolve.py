"""Solving a variant of a study from a plan made before. In: a changed instance and a plan. Out: a verified plan."""

from __future__ import annotations

from dataclasses import replace

from nsp_planner.config import Study
from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.checked import make_local_plan
from nsp_planner.plan.instance import LocalInstance, priced
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.study.prepare.plan_settings import solve_options


def solve_again(
    instance: LocalInstance,
    study: Study,
    start: LocalPlan | None,
    *,
    time_limit_s: float | None = None,
    extra_m: FloatArray | None = None,
) -> LocalPlan:
    """Level 1 of a variant, by the method the study asks for, begun from ``start`` and verified.

    Args:
        instance: The variant in the distances people walk.
        study: The settings.
        start: A plan to begin from; it need not be one of the variant.
        time_limit_s: Time limit; that of the study when left out.
        extra_m: Shape (m,), metres that count extra on the way to each candidate, as in the plan that the variant is
            held against (:attr:`~nsp_planner.evaluate.solved.planned.PlannedStudy.extra_m`); value and bound have
            them too.

    Raises:
        NoPlanError: No plan satisfies the constraints, or none was found in time; the fault says which.
        VerificationError: The plan differs from what independent code recomputes.
    """
    instance = priced(instance, extra_m)
    options = solve_options(study)
    if time_limit_s is not None:
        options = replace(options, time_limit_s=time_limit_s)
    return make_local_plan(instance, options, start)
