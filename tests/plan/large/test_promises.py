"""What the large engine promises beyond the optimum: feasibility, decisions kept, repeatability, stopping."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large import solve_local_large
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan, PlanStatus, TracePoint
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.at_size import towns


def solve(
    instance: LocalInstance,
    *,
    gap: float = 0.02,
    time_limit_s: float = 90.0,
    start: LocalPlan | None = None,
    **more: Any,
) -> LocalPlan:
    plan = solve_local_large(instance, SolveOptions(gap=gap, time_limit_s=time_limit_s, seed=5, **more), start)
    verify_local_plan(instance, plan)
    return plan


@pytest.mark.parametrize("divisibility", [Divisibility.DIVISIBLE, Divisibility.WHOLE_POINTS])
@pytest.mark.parametrize("n_gemeenten", [1, 3])
def test_a_town_is_solved_within_the_gap_asked(divisibility: Divisibility, n_gemeenten: int) -> None:
    instance = towns(400, 60, 9, n_gemeenten=n_gemeenten, divisibility=divisibility)
    plan = solve(instance, gap=0.02)
    assert plan.status in (PlanStatus.WITHIN_GAP, PlanStatus.OPTIMAL)
    assert plan.bound <= plan.value


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_value_and_bound_surround_the_optimum_of_the_milp(seed: int) -> None:
    instance = towns(60, 14, 4, seed=seed, n_nearest=10)
    optimum = solve_local_exact(instance, SolveOptions(gap=0.0, time_limit_s=60.0)).value
    plan = solve(instance, gap=0.0)
    assert plan.bound <= optimum * (1 + 1e-7)
    assert plan.value == pytest.approx(optimum, rel=1e-6)
    assert plan.status is PlanStatus.OPTIMAL


def test_fixed_sites_are_open_and_refused_sites_closed() -> None:
    instance = towns(400, 60, 9)
    free = solve(instance)
    fixed, refused = np.zeros(60, dtype=bool), np.zeros(60, dtype=bool)
    refused[free.open_sites[:2]] = True
    fixed[np.setdiff1d(np.arange(60), free.open_sites)[:2]] = True
    plan = solve(replace(instance, fixed=fixed, refused=refused))
    assert fixed[plan.open_sites].sum() == 2
    assert not refused[plan.open_sites].any()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_plan_on_one_thread_and_on_two() -> None:
    instance = towns(500, 80, 10, n_gemeenten=2)
    plans = [solve(instance, gap=0.02, time_limit_s=60.0, threads=threads) for threads in (1, 2, 2)]
    for other in plans[1:]:
        assert (other.open_sites == plans[0].open_sites).all()
        assert other.value == plans[0].value
        assert other.bound == plans[0].bound


def test_weight_may_differ_from_persons_and_points_without_persons_count() -> None:
    instance = towns(200, 30, 5)
    persons = instance.population_persons.copy()
    persons[:20] = 0.0
    weight = np.where(np.arange(200) % 3 == 0, 4.0, 1.0) * instance.population_persons
    plan = solve(replace(instance, population_persons=persons, weight=weight), gap=0.02)
    assert plan.bound <= plan.value


@pytest.mark.slow
def test_coverage_is_bounded_from_above_and_reaches_the_gap() -> None:
    plan = solve(towns(400, 60, 9, objective="max_coverage"), gap=0.02)
    assert plan.value <= plan.bound
    assert plan.gap <= 0.02


def test_the_trace_only_gets_better_and_ends_at_the_plan() -> None:
    points: list[TracePoint] = []
    plan = solve(towns(400, 60, 9), gap=0.002, on_progress=points.append)
    assert tuple(points) == plan.report.trace
    values, bounds = np.array([p.value for p in points]), np.array([p.bound for p in points])
    assert (np.diff(values) <= 1e-6).all()
    assert (np.diff(bounds[np.isfinite(bounds)]) >= -1e-6).all()
    assert values[-1] == pytest.approx(plan.value)


@pytest.mark.slow
def test_a_refused_site_is_replaced_from_the_plan_at_hand() -> None:
    instance = towns(1500, 150, 20, n_gemeenten=3)
    before = solve(instance, gap=0.01)
    refused = np.zeros(150, dtype=bool)
    refused[before.open_sites[7]] = True
    changed = replace(instance, refused=refused)
    after = solve(changed, gap=0.01, start=before)
    scratch = solve(changed, gap=0.01)
    assert after.value <= scratch.value * 1.01
    assert len(np.intersect1d(before.open_sites, after.open_sites)) >= 10


def test_an_interrupt_returns_the_best_plan_so_far() -> None:
    def interrupt(point: TracePoint) -> None:
        if np.isfinite(point.bound):
            raise KeyboardInterrupt

    plan = solve(towns(400, 60, 9), gap=0.0, on_progress=interrupt)
    assert plan.report.stopped_by == "interrupt"


@pytest.mark.slow
def test_the_time_limit_ends_a_run_with_its_best_plan() -> None:
    instance = towns(2500, 300, 40)
    solve(towns(100, 20, 4), gap=0.1)  # compiled before the clock starts
    plan = solve(instance, gap=0.0, time_limit_s=2.0)
    assert plan.report.stopped_by == "time"


def test_too_few_candidates_are_named() -> None:
    instance = towns(100, 20, 4, n_gemeenten=2)
    refused = instance.site_gemeente == 0
    with pytest.raises(NoPlanError, match="GM0000 needs"):
        solve(replace(instance, refused=refused))


def test_too_little_capacity_is_named() -> None:
    instance = towns(100, 20, 4)
    with pytest.raises(NoPlanError, match="hold"):
        solve(replace(instance, capacity_persons=instance.capacity_persons * 0.5))


def test_more_fixed_sites_than_may_open_are_named() -> None:
    instance = towns(100, 20, 4)
    with pytest.raises(NoPlanError, match="20 fixed sites"):
        solve(replace(instance, fixed=np.ones(20, dtype=bool)))


@pytest.mark.slow
def test_a_plan_is_found_where_one_gemeente_is_nearly_full() -> None:
    instance = towns(600, 90, 12, n_gemeenten=3, fill=0.985)
    plan = solve(instance, gap=0.03)
    assert len(plan.open_sites) == 12


def test_sites_without_a_limit_give_the_nearest_open_site() -> None:
    instance = towns(300, 40, 6)
    plan = solve(replace(instance, capacity_persons=np.full(40, np.inf)), gap=0.0)
    assert plan.status is PlanStatus.OPTIMAL
    assert (plan.share == 1.0).all()


def test_a_minimum_per_gemeente_is_kept_where_only_the_total_counts() -> None:
    instance = towns(300, 45, 9, n_gemeenten=3)
    assert instance.quota is not None
    free = solve(replace(instance, quota=None), gap=0.005)
    fewest = int(np.argmin(np.bincount(instance.site_gemeente[free.open_sites], minlength=3)))
    minimum = np.zeros(3, dtype=np.int64)
    minimum[fewest] = np.bincount(instance.site_gemeente[free.open_sites], minlength=3)[fewest] + 1
    plan = solve(replace(instance, quota=None, min_sites=minimum), gap=0.02)
    assert np.bincount(instance.site_gemeente[plan.open_sites], minlength=3)[fewest] >= minimum[fewest]
    assert plan.gap <= 0.02
