"""Solving a variant of a study from the plan at hand. In: a changed instance and a plan. Out: a verified plan."""

from __future__ import annotations

from dataclasses import replace

from nsp_planner.config import Study
from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import VerificationError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.verify.plan import verify_local_plan
from nsp_planner.study.solve import EXACT_UP_TO_ARCS

EXACT_AFTER_REFUSAL_ARCS = 100_000
"""Arcs up to which a variant whose plan was refused is solved once more by the exact model, which tells why."""


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
            held against (:attr:`~nsp_planner.evaluate.tables.PlannedStudy.extra_m`); value and bound have them too.

    Raises:
        NoPlanError: No plan satisfies the constraints, or none was found in time; the fault says which.
        VerificationError: The plan differs from what independent code recomputes.
    """
    if extra_m is not None:
        instance = replace(instance, costs=instance.costs.plus(extra_m))
    solver = study.solver
    limit_s = solver.time_limit_s if time_limit_s is None else time_limit_s
    exact = solver.method == "exact" or (solver.method == "auto" and instance.costs.n_arcs <= EXACT_UP_TO_ARCS)
    if not exact:
        from nsp_planner.plan.large import solve_local_large  # numba and OR-Tools: only where they are needed

        plan = solve_local_large(
            instance, gap=solver.gap, time_limit_s=limit_s, seed=solver.seed, threads=solver.threads, start=start
        )
        try:
            verify_local_plan(instance, plan)
        except VerificationError:
            if instance.costs.n_arcs > EXACT_AFTER_REFUSAL_ARCS:
                raise
        else:
            return plan
    plan = solve_local_exact(
        instance,
        solver=solver.name,
        gap=solver.gap,
        time_limit_s=limit_s,
        threads=solver.threads,
        seed=solver.seed,
        start=start,
    )
    verify_local_plan(instance, plan)
    return plan
