"""From layers to a verified plan. In: a study and its layers. Out: :class:`PlannedStudy`, verified by other code."""

from __future__ import annotations

from nsp_planner.config import Study
from nsp_planner.errors import NoPlanError
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.checked import make_coordination_plan, make_local_plan
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.study.circumstances.existing_plan import (
    ExistingPlan,
    chooses_among_existing,
    existing_plan_of,
    normal_study,
    read_existing_plan,
)
from nsp_planner.study.consequences import with_consequences
from nsp_planner.study.prepare.capacity_faults import in_both_measures
from nsp_planner.study.prepare.distances import DistancesOnce
from nsp_planner.study.prepare.instances import build_coordination, build_local_problem
from nsp_planner.study.prepare.neighbours import join_neighbours
from nsp_planner.study.prepare.own_part import own_part
from nsp_planner.study.prepare.plan_settings import solve_options
from nsp_planner.study.previous import PreviousPlan, read_previous_plan
from nsp_planner.study.progress import Progress

COORDINATION_SHARE = 0.5
"""Most of the time limit that level 2 may take; it needs under a second for a region of 110 by 34."""


def solve_study(
    study: Study,
    layers: Layers,
    progress: Progress,
    existing: ExistingPlan | None = None,
    distances: DistancesOnce | None = None,
    previous: PreviousPlan | None = None,
    start: LocalPlan | None = None,
) -> PlannedStudy:
    """Solve level 1 and 2 and verify both.

    Args:
        study: The settings.
        layers: The checked tables.
        progress: Who wants to know how far it is.
        existing: The plan the choice is limited to; None finds it where the study asks for one.
        distances: Distances in these layers, where more studies ask for them; None for those of this study alone.
        previous: The plan made before, to be changed as little as can be; None reads it where the study names one.
        start: A plan of level 1 over the same candidates to begin from, as it was solved; it need not be feasible here.

    Raises:
        NoPlanError: No plan satisfies the constraints; the faults name which is in the way.
        SettingsError: The study names a site or gemeente that is not there.
        VerificationError: A plan differs from what independent code recomputes.
    """
    distances = distances or DistancesOnce(layers)
    if existing is None and chooses_among_existing(study):
        existing = find_existing_plan(study, distances, progress)
    if previous is None and existing is None:
        previous = read_previous_plan(study)
    return _solve_stages(study, distances, progress, existing, previous, start)


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
    planned = _solve_stages(normal, distances, progress, None, read_previous_plan(normal))
    return planned, existing_plan_of(_solve_stages(normal, distances, progress, existing_plan_of(planned)))


def _solve_stages(
    study: Study,
    distances: DistancesOnce,
    progress: Progress,
    existing: ExistingPlan | None,
    previous: PreviousPlan | None = None,
    start: LocalPlan | None = None,
) -> PlannedStudy:
    """Every step once, among the sites of the existing plan where one is given; raises as :func:`solve_study`.

    Problem with its distances, plan of L-NSPs, what is ours of it, problem of C-NSPs, their plan, what circumstances
    did. Tables and settings become arrays here, and are put beside the plans again; each plan comes verified.
    """
    progress.stage("measuring distances")
    problem = build_local_problem(distances.layers, study, existing, distances, stations_too=True)
    joint = join_neighbours(problem, distances.layers, study, distances)
    instance = problem.priced if joint is None else joint.instance
    local_options = solve_options(study, on_progress=progress.trace)
    before = None if previous is None else previous.sites_of(instance, None if joint is None else joint.is_ours)
    try:
        local_plan = make_local_plan(instance, local_options, start, on_stage=progress.stage, previous=before)
    except NoPlanError as error:
        raise NoPlanError(in_both_measures(error.faults, study.capacity, study.norms_in_force)) from None
    own = own_part(problem, distances.layers, joint, local_plan)
    coordination, station_rows = build_coordination(own.layers, study, own.lnsp_rows, own.problem.effects, existing)
    progress.stage(f"choosing {coordination.n_coordinators} C-NSPs among {len(station_rows)} stations")
    limit_s = study.solver.time_limit_s * COORDINATION_SHARE
    stations_before = None if previous is None else previous.stations_of(coordination)
    coordination_options = solve_options(study, time_limit_s=limit_s)
    coordination_plan = make_coordination_plan(coordination, coordination_options, stations_before)
    planned = PlannedStudy(
        study=study,
        layers=own.layers,
        local=own.problem.instance,
        local_site_rows=own.problem.site_rows,
        local_plan=own.plan,
        coordination=coordination,
        station_rows=station_rows,
        coordination_plan=coordination_plan,
        distances=own.problem.distances.costs,
        unreachable=own.problem.distances.unreachable,
        not_connected=own.problem.distances.not_connected,
        detour=own.problem.distances.detour,
        crossing=own.crossing,
        extra_m=own.problem.extra_m,
        solved=(instance, local_plan),
    )
    return with_consequences(planned, own.problem, existing)
