"""From layers to a verified plan. In: a study and its layers. Out: :class:`PlannedStudy`, verified by other code."""

from __future__ import annotations

from nsp_planner.config import Study
from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.evaluate.tables import PlannedStudy
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.coordination import solve_coordination
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.local import solve_local_exact
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.verify import verify_coordination_plan, verify_local_instance, verify_local_plan
from nsp_planner.study.build import build_coordination, build_local_problem
from nsp_planner.study.progress import Progress

EXACT_UP_TO_ARCS = 5_000
"""Arcs up to which ``auto`` takes the exact model; above it the large engine proves more in less time."""

COORDINATION_SHARE = 0.5
"""Most of the time limit that level 2 may take; it needs under a second for a region of 110 by 34."""


def solve_study(study: Study, layers: Layers, progress: Progress) -> PlannedStudy:
    """Solve level 1 and 2 and verify both.

    Raises:
        NoPlanError: No plan satisfies the constraints; the faults name which is in the way.
        SettingsError: The study names a site or gemeente that is not there.
        VerificationError: A plan differs from what independent code recomputes.
    """
    progress.stage("measuring distances")
    problem = build_local_problem(layers, study)
    verify_local_instance(problem.instance)
    progress.stage(
        f"choosing {problem.instance.n_sites} L-NSPs among {problem.instance.n_candidates} candidates "
        f"for {problem.instance.n_demand:,} squares"
    )
    local_plan = solve_local(problem.instance, study, progress)
    progress.stage("verifying the plan of L-NSPs")
    verify_local_plan(problem.instance, local_plan)
    lnsp_rows = [problem.site_rows[j] for j in local_plan.open_sites]
    coordination, station_rows = build_coordination(layers, study, lnsp_rows)
    if not station_rows:
        raise NoPlanError(
            Fault("sites", "no site can be a C-NSP", 'give a source of fire stations with can_be = ["cnsp"]')
        )
    progress.stage(f"choosing {coordination.n_coordinators} C-NSPs among {len(station_rows)} stations")
    coordination_plan = solve_coordination(
        coordination,
        solver=study.solver.name,
        gap=study.solver.gap,
        time_limit_s=study.solver.time_limit_s * COORDINATION_SHARE,
        threads=study.solver.threads,
        seed=study.solver.seed,
    )
    verify_coordination_plan(coordination, coordination_plan)
    return PlannedStudy(
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
    )


def solve_local(instance: LocalInstance, study: Study, progress: Progress) -> LocalPlan:
    """Level 1 by the method the study asks for."""
    method = study.solver.method
    if method == "auto":
        method = "exact" if instance.costs.n_arcs <= EXACT_UP_TO_ARCS else "large"
    if method == "exact":
        return solve_local_exact(
            instance,
            solver=study.solver.name,
            gap=study.solver.gap,
            time_limit_s=study.solver.time_limit_s,
            threads=study.solver.threads,
            seed=study.solver.seed,
            on_progress=progress.trace,
        )
    from nsp_planner.plan.large import solve_local_large  # numba and OR-Tools: only where they are needed

    return solve_local_large(
        instance,
        gap=study.solver.gap,
        time_limit_s=study.solver.time_limit_s,
        seed=study.solver.seed,
        threads=study.solver.threads,
        on_progress=progress.trace,
    )
