"""The large engine against brute force and the exact model: bound never above, plan never below, constraints held."""

from __future__ import annotations

import _thread
import threading
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.instance import Divisibility
from nsp_planner.plan.large import solve_local_large
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, PlanStatus, TracePoint
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.at_size import seeded_region
from tests.towns.impossible import IMPOSSIBLE_TOWNS, ImpossibleTown
from tests.towns.local import TOY_TOWNS, ToyTown


@pytest.mark.parametrize("town", TOY_TOWNS, ids=lambda town: town.name)
def test_every_toy_town_is_solved_to_the_answer_by_hand(town: ToyTown) -> None:
    instance = town.build()
    plan = solve_local_large(instance, SolveOptions(gap=0.0, time_limit_s=5, seed=1, threads=1))
    verify_local_plan(instance, plan)
    assert plan.value == pytest.approx(town.value)
    assert tuple(sorted(instance.site_ids[j] for j in plan.open_sites)) == tuple(sorted(town.open_ids))


@pytest.mark.parametrize("town", IMPOSSIBLE_TOWNS, ids=lambda town: town.build.__name__)
def test_an_impossible_town_gets_no_plan_and_a_reason(town: ImpossibleTown) -> None:
    with pytest.raises(NoPlanError) as error:
        solve_local_large(town.build(), SolveOptions(gap=0.0, time_limit_s=3, seed=1, threads=1))
    assert error.value.faults[0].fix


@pytest.mark.parametrize("quota", [True, False])
@pytest.mark.parametrize("divisibility", list(Divisibility)[:2])
def test_a_seeded_region_is_solved_within_the_gap_and_verified(quota: bool, divisibility: Divisibility) -> None:
    instance = replace(seeded_region(quota=quota), divisibility=divisibility)
    plan = solve_local_large(instance, SolveOptions(gap=0.02, time_limit_s=30, seed=1, threads=1))
    verify_local_plan(instance, plan)
    assert plan.status in (PlanStatus.WITHIN_GAP, PlanStatus.OPTIMAL)
    assert plan.gap <= 0.02


@pytest.mark.slow
def test_most_coverage_of_a_seeded_region_is_solved_and_verified() -> None:
    instance = replace(seeded_region(), objective="max_coverage")
    plan = solve_local_large(instance, SolveOptions(gap=0.02, time_limit_s=30, seed=1, threads=1))
    verify_local_plan(instance, plan)
    assert plan.value <= plan.bound * (1 + PROOF_TOLERANCE)
    assert plan.value > 0.5 * instance.weight.sum()


def test_the_same_seed_gives_the_same_plan_on_one_thread_or_two() -> None:
    instance = seeded_region()
    one, two = (solve_local_large(instance, SolveOptions(gap=0.02, time_limit_s=60, seed=3, threads=n)) for n in (1, 2))
    assert one.open_sites.tolist() == two.open_sites.tolist()
    assert one.value == two.value


def test_fixed_and_refused_sites_are_honoured_from_the_plan_at_hand() -> None:
    instance = seeded_region()
    plan = solve_local_large(instance, SolveOptions(gap=0.02, time_limit_s=30, seed=1, threads=1))
    refused, fixed = np.zeros(40, bool), np.zeros(40, bool)
    refused[plan.open_sites[0]] = True
    fixed[next(j for j in range(40) if j not in plan.open_sites)] = True
    changed = replace(instance, refused=refused, fixed=fixed)
    again = solve_local_large(changed, SolveOptions(gap=0.03, time_limit_s=30, seed=1, threads=1), start=plan)
    verify_local_plan(changed, again)
    assert again.value >= plan.bound * (1 - 1e-9), "refusing and fixing never help"


@pytest.mark.slow
def test_a_run_without_time_for_proof_says_so() -> None:
    plan = solve_local_large(seeded_region(full=0.98), SolveOptions(gap=0.0, time_limit_s=1.0, seed=1, threads=1))
    assert plan.status is PlanStatus.FEASIBLE
    assert plan.report.stopped_by == "time"


def test_value_and_bound_only_improve_along_the_trace() -> None:
    seen: list[TracePoint] = []
    plan = solve_local_large(
        seeded_region(), SolveOptions(gap=0.01, time_limit_s=30, seed=1, threads=1, on_progress=seen.append)
    )
    assert list(plan.report.trace) == seen
    assert [p.value for p in seen] == sorted((p.value for p in seen), reverse=True)
    assert [p.bound for p in seen] == sorted(p.bound for p in seen)
    assert all(point.bound <= plan.value for point in seen)


@pytest.mark.slow
def test_ctrl_c_keeps_the_best_plan_so_far() -> None:
    instance = seeded_region(n=800, m=100, n_sites=25, full=0.97)
    stop = threading.Event()

    def interrupt(point: TracePoint) -> None:
        if not stop.is_set():
            stop.set()
            threading.Timer(0.3, _thread.interrupt_main).start()

    plan = solve_local_large(instance, SolveOptions(gap=0.0, time_limit_s=60, seed=1, threads=1, on_progress=interrupt))
    verify_local_plan(instance, plan)
    assert plan.report.stopped_by == "interrupt"
