"""The way to a plan that was checked. In: an instance. Out: its plan, verified by code that did not make it.

Whoever asks for a plan asks here: the instance is held against what an instance must be, an engine plans, and what it
made is recomputed. What differs is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from nsp_planner.plan.change.coordination import change_least_coordination
from nsp_planner.plan.change.least import change_least
from nsp_planner.plan.change.previous import PreviousSites, PreviousStations
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.instance import CoordinationInstance, LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan
from nsp_planner.plan.solve import engine_for, solve_local
from nsp_planner.plan.verify.changes import verify_least_change, verify_other_stations
from nsp_planner.plan.verify.coordination import verify_coordination_plan
from nsp_planner.plan.verify.instance import verify_coordination_instance, verify_local_instance
from nsp_planner.plan.verify.plan import verify_local_plan


def make_local_plan(
    instance: LocalInstance,
    options: SolveOptions,
    start: LocalPlan | None = None,
    *,
    on_stage: Callable[[str], None] = lambda _: None,
    previous: PreviousSites | None = None,
) -> LocalPlan:
    """A verified plan of level 1.

    Args:
        instance: The problem.
        options: Engine and limits.
        start: A plan to begin from; it need not be good, nor feasible.
        on_stage: Called with what begins, in English.
        previous: The plan made before: of the plans within the gap the one that changes it least is taken.

    Raises:
        NoPlanError: No plan satisfies the constraints, or none was found in time; the fault says which.
        VerificationError: The instance is not sane, or the plan differs from what independent code recomputes.
    """
    verify_local_instance(instance)
    on_stage(choosing(instance))
    if engine_for(instance, options) == "large":
        _compile(instance, on_stage)
    if previous is None:
        plan = solve_local(instance, options, start)
    else:
        plan = change_least(instance, options, previous, on_stage=on_stage)
    on_stage("verifying the plan of L-NSPs")
    verify_local_plan(instance, plan)
    if previous is not None:
        verify_least_change(instance, plan, previous)
    return plan


def make_coordination_plan(
    instance: CoordinationInstance, options: SolveOptions, previous: PreviousStations | None = None
) -> CoordinationPlan:
    """A verified plan of level 2, which changes as little as it can of ``previous``; raises as for level 1."""
    verify_coordination_instance(instance)
    if previous is None:
        plan = solve_coordination(instance, options)
    else:
        plan = change_least_coordination(instance, options, previous)
    verify_coordination_plan(instance, plan)
    if previous is not None:
        verify_other_stations(instance, plan, previous)
    return plan


def choosing(instance: LocalInstance) -> str:
    """What is being chosen, for the line of progress."""
    among = f"among {instance.n_candidates} candidates for {instance.n_demand:,} squares"
    if objective(instance.objective).finds_number:
        return f"choosing as few L-NSPs as possible {among}"
    return f"choosing {instance.n_sites} L-NSPs {among}"


def _compile(instance: LocalInstance, on_stage: Callable[[str], None]) -> None:
    """Compile the large engine before its clock starts, and say so where that takes a while."""
    from nsp_planner.plan import large  # numba: only where it is needed

    if not large.is_compiled():
        on_stage("compiling the engine; this is only needed once")
        large.warm_up()
        on_stage(choosing(instance))
