"""From layers to a verified plan. In: a study and its layers. Out: :class:`PlannedStudy`, verified by other code."""

from __future__ import annotations

from nsp_planner.config import Study
from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.evaluate.planned import PlannedStudy
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.solve import engine_for, solve_local
from nsp_planner.plan.verify.plan import verify_coordination_plan, verify_local_instance, verify_local_plan
from nsp_planner.study.build.distances import DistancesOnce
from nsp_planner.study.build.instances import build_coordination, build_local_problem
from nsp_planner.study.build.neighbours import join_neighbours
from nsp_planner.study.build.plan_settings import choosing, solve_options
from nsp_planner.study.circumstances.existing_plan import (
    ExistingPlan,
    chooses_among_existing,
    existing_plan_of,
    normal_study,
    read_existing_plan,
)
from nsp_planner.study.consequences import with_consequences
from nsp_planner.study.progress import Progress

COORDINATION_SHARE = 0.5
"""Most of the time limit that level 2 may take; it needs under a second for a region of 110 by 34."""


def solve_study(study: Study, layers: Layers, progress: Progress, existing: ExistingPlan | None = None) -> PlannedStudy:
    """Solve level 1 and 2 and verify both.

    Args:
        study: The settings.
        layers: The checked tables.
        progress: Who wants to know how far it is.
        existing: The plan the choice is limited to; None finds it where the study asks for one.

    Raises:
        NoPlanError: No plan satisfies the constraints; the faults name which is in the way.
        SettingsError: The study names a site or gemeente that is not there.
        VerificationError: A plan differs from what independent code recomputes.
    """
    distances = DistancesOnce(layers)
    if existing is None and chooses_among_existing(study):
        existing = find_existing_plan(study, distances, progress)
    return _solve_stages(study, distances, progress, existing)


def find_existing_plan(study: Study, distances: DistancesOnce, progress: Progress) -> ExistingPlan:
    """The plan that the study's choice is limited to: that of the run it names, or one made for a normal day.

    Raises:
        DataError: The run is no finished run. SettingsError: it holds sites that are no candidates here. NoPlanError:
            there is no plan for a normal day.
    """
    run = None if study.plan_at_hand is None else study.plan_at_hand.run
    if run is not None:
        return read_existing_plan(run, distances.layers)
    progress.stage("making the plan for normal circumstances")
    return make_existing_plan(study, distances, progress)[1]


def make_existing_plan(study: Study, distances: DistancesOnce, progress: Progress) -> tuple[PlannedStudy, ExistingPlan]:
    """The plan of a study in normal circumstances, and the same as an existing plan.

    A plan within its gap need not send everybody to the best of its own sites. So that nobody seems to move who would
    have moved anyway, the sites stay and everybody is allocated once more before circumstances are compared with it.
    """
    normal = normal_study(study)
    planned = _solve_stages(normal, distances, progress, None)
    return planned, existing_plan_of(_solve_stages(normal, distances, progress, existing_plan_of(planned)))


def _solve_stages(
    study: Study, distances: DistancesOnce, progress: Progress, existing: ExistingPlan | None
) -> PlannedStudy:
    """Every stage once, among the sites of the existing plan where one is given; raises as :func:`solve_study`."""
    layers = distances.layers
    progress.stage("measuring distances")
    problem = build_local_problem(layers, study, existing, distances)
    joint = join_neighbours(problem, layers, study)
    instance = problem.priced if joint is None else joint.instance
    verify_local_instance(instance)
    progress.stage(choosing(instance))
    options = solve_options(study, on_progress=progress.trace)
    if engine_for(instance, options) == "large":
        _compile(progress, choosing(instance))
    local_plan = solve_local(instance, options)
    progress.stage("verifying the plan of L-NSPs")
    verify_local_plan(instance, local_plan)
    crossing, solved = None, (instance, local_plan)
    n_own = problem.instance.n_candidates
    lnsp_rows = [problem.site_rows[j] for j in local_plan.open_sites if j < n_own]
    if joint is not None:
        own = joint.own_part(local_plan)
        problem, layers, local_plan, crossing = own.problem, own.layers, own.plan, own.crossing
    coordination, station_rows = build_coordination(layers, study, lnsp_rows, problem.effects, existing)
    if not station_rows:
        raise NoPlanError(
            Fault("sites", "no site can be a C-NSP", 'give a source of fire stations with can_be = ["cnsp"]')
        )
    progress.stage(f"choosing {coordination.n_coordinators} C-NSPs among {len(station_rows)} stations")
    limit_s = study.solver.time_limit_s * COORDINATION_SHARE
    coordination_plan = solve_coordination(coordination, solve_options(study, time_limit_s=limit_s))
    verify_coordination_plan(coordination, coordination_plan)
    planned = PlannedStudy(
        study=study,
        layers=layers,
        local=problem.instance,
        local_site_rows=problem.site_rows,
        local_plan=local_plan,
        coordination=coordination,
        station_rows=station_rows,
        coordination_plan=coordination_plan,
        distances=problem.distances.costs,
        unreachable=problem.distances.unreachable,
        not_connected=problem.distances.not_connected,
        detour=problem.distances.detour,
        crossing=crossing,
        extra_m=problem.extra_m,
        solved=solved,
    )
    return with_consequences(planned, problem, existing)


def _compile(progress: Progress, stage: str) -> None:
    """Compile the large engine before its clock starts, and say so where that takes a while."""
    from nsp_planner.plan import large  # numba: only where it is needed

    if not large.is_compiled():
        progress.stage("compiling the engine; this is only needed once")
        large.warm_up()
        progress.stage(stage)
