"""Objectives and divisibilities of every kind, both engines: brute force, and what any plan must obey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nsp_planner.errors import NoPlanError, VerificationError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.groups import merge_groups
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large import max_coverage, min_max, min_sites, solve_local_large
from nsp_planner.plan.large.min_sites import fewest_by_capacity
from nsp_planner.plan.large.set_cover import cover_everyone, covering_rows
from nsp_planner.plan.objective import objective_names
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan, PlanStatus
from nsp_planner.plan.thresholds import allowed_beyond, limited_to, percentile_m
from nsp_planner.plan.verify.instance import verify_local_instance
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.at_size import towns
from tests.towns.local import fewest_sites, least_distance_for_most, least_worst_distance, whole_buurt
from tests.towns.random_instances import best_by_brute_force, local_instances

few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
ALL_GOALS = [(o, d) for o in objective_names() for d in Divisibility]
GOAL_IDS = [f"{o}-{d}" for o, d in ALL_GOALS]


def exactly(instance: LocalInstance) -> LocalPlan:
    return solve_local_exact(instance, SolveOptions(gap=0.0, threads=1, time_limit_s=20.0))


def at_full_size(instance: LocalInstance) -> LocalPlan:
    return solve_local_large(instance, SolveOptions(gap=0.0, threads=1, time_limit_s=4.0, seed=3))


def plan_or_none(solve: Callable[[LocalInstance], LocalPlan], instance: LocalInstance) -> LocalPlan | None:
    try:
        plan = solve(instance)
    except NoPlanError:
        return None
    verify_local_plan(instance, plan)
    return plan


def never_past(instance: LocalInstance, plan: LocalPlan, optimum: float) -> bool:
    """Whether value and bound lie on either side of the optimum."""
    room = 1e-6 * max(1.0, abs(optimum))
    if instance.objective == "max_coverage":
        return plan.value <= optimum + room and plan.bound >= optimum - room
    return plan.value >= optimum - room and plan.bound <= optimum + room


@pytest.mark.parametrize(("objective", "divisibility"), ALL_GOALS, ids=GOAL_IDS)
@pytest.mark.parametrize("solve", [exactly, pytest.param(at_full_size, marks=pytest.mark.slow)])
def test_every_goal_is_the_best_of_all_subsets(
    solve: Callable[[LocalInstance], LocalPlan], objective: str, divisibility: Divisibility
) -> None:
    @settings(parent=few, max_examples=10 if solve is exactly else 6)
    @given(local_instances(objective=objective, divisibility=divisibility))
    def check(instance: LocalInstance) -> None:
        verify_local_instance(instance)
        optimum, plan = best_by_brute_force(instance), plan_or_none(solve, instance)
        assert (plan is None) == (optimum is None)
        if plan is not None and optimum is not None:
            assert plan.value == pytest.approx(optimum, rel=1e-6, abs=1e-6)
            assert never_past(instance, plan, optimum)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["max_coverage", "min_max", "min_sites"])
def test_without_the_milp_the_bound_is_still_never_past_the_optimum(
    objective: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (max_coverage, min_max, min_sites):
        monkeypatch.setattr(module, "EXACT_ARCS", -1)

    @settings(parent=few, max_examples=6)
    @given(local_instances(objective=objective))
    def check(instance: LocalInstance) -> None:
        optimum = best_by_brute_force(instance)
        assume(optimum is not None)
        assert optimum is not None
        try:
            plan = solve_local_large(instance, SolveOptions(gap=0.0, threads=1, time_limit_s=0.5, seed=3))
        except NoPlanError:
            return  # without the MILP a plan is found by search, or not
        verify_local_plan(instance, plan)
        assert never_past(instance, plan, optimum)

    check()


@pytest.mark.slow
@settings(parent=few, max_examples=16)
@given(local_instances(), st.data())
def test_more_sites_or_capacity_never_hurt_and_a_refusal_never_helps(
    instance: LocalInstance, data: st.DataObject
) -> None:
    plan = plan_or_none(exactly, instance)
    assume(plan is not None)
    assert plan is not None
    sign = -1.0 if instance.objective == "max_coverage" else 1.0
    room = 1e-6 * max(1.0, abs(plan.value))
    roomier = plan_or_none(exactly, replace(instance, capacity_persons=instance.capacity_persons + 25.0))
    assert roomier is not None
    assert sign * roomier.value <= sign * plan.value + room
    if instance.quota is None and int((~instance.refused).sum()) > instance.n_sites:
        more = plan_or_none(exactly, replace(instance, n_sites=instance.n_sites + 1))
        assert more is not None
        assert sign * more.value <= sign * plan.value + room
    site = data.draw(st.sampled_from(range(instance.n_candidates)))
    refused = instance.refused.copy()
    refused[site] = True
    stricter = replace(instance, refused=refused)
    if not instance.fixed[site] and bool((stricter.reachable == instance.reachable).all()):
        other = plan_or_none(exactly, stricter)
        assert other is None or sign * other.value >= sign * plan.value - room


@pytest.mark.slow
def test_a_smaller_percentile_or_share_never_asks_for_more() -> None:
    town = replace(towns(40, 9, 3, n_nearest=9), objective="min_max")
    worst, most = (exactly(replace(town, percentile=part)).value for part in (1.0, 0.8))
    assert most <= worst
    town = replace(town, objective="min_sites", n_sites=9)
    numbers = [exactly(replace(town, share=share)).value for share in (0.2, 0.35, 0.5)]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("objective", ["min_max", "min_sites"])
def test_after_the_goal_comes_the_least_distance(objective: str) -> None:
    town = replace(towns(40, 9, 3, n_nearest=9), objective=objective, percentile=0.9, share=0.45)
    plan = exactly(replace(town, n_sites=9) if objective == "min_sites" else town)
    if objective == "min_max":
        held = limited_to(town, plan.value)
        assert held is not None
    else:
        reachable = replace(town, n_sites=int(plan.value))
        held = replace(reachable, objective="min_distance", max_beyond=allowed_beyond(reachable))
    best = solve_local_exact(held, SolveOptions(gap=0.0, threads=1))
    walked = (town.weight[plan.demand] * plan.share * town.costs.lookup(plan.demand, plan.site)).sum()
    assert walked == pytest.approx(best.value, rel=1e-5)


@pytest.mark.slow
def test_a_large_town_keeps_every_promise_of_its_goal() -> None:
    town = towns(900, 120, 20, n_gemeenten=1)
    goals = (
        {"objective": "max_coverage"},
        {"objective": "min_max", "percentile": 0.95},
        {"objective": "min_sites", "share": 0.5, "n_sites": 120},
    )
    for goal in goals:
        instance = replace(town, **goal)  # type: ignore[arg-type]
        plan = solve_local_large(instance, SolveOptions(gap=0.1, threads=1, time_limit_s=8.0, seed=1))
        verify_local_plan(instance, plan)
        assert plan.gap <= 0.2, goal
        values = [point.value for point in plan.report.trace]
        assert values == sorted(values, reverse=plan.objective != "max_coverage")
        assert values[-1] == pytest.approx(plan.value)


def test_the_verifier_refuses_a_wrong_percentile_share_and_torn_group() -> None:
    town = least_worst_distance()
    plan = exactly(town)
    for value in (plan.value - 1, plan.value + 1):
        with pytest.raises(VerificationError, match="objective"):
            verify_local_plan(town, replace(plan, value=value, bound=value))
    town = least_distance_for_most()
    plan = exactly(town)
    for value in (plan.value - 1, plan.value + 1):
        with pytest.raises(VerificationError, match="objective"):
            verify_local_plan(town, replace(plan, value=value, bound=value))
    town = fewest_sites()
    with pytest.raises(VerificationError, match="share"):
        verify_local_plan(replace(town, share=0.95), exactly(town))
    town = whole_buurt()
    torn = exactly(replace(town, divisibility=Divisibility.WHOLE_POINTS))
    with pytest.raises(VerificationError, match="whole groups"):
        verify_local_plan(town, torn)


def test_weight_beyond_the_norm_may_be_limited() -> None:
    town = replace(fewest_sites(), objective="min_distance", n_sites=1, max_beyond=70.0)
    plan = exactly(town)
    assert [town.site_ids[j] for j in plan.open_sites] == ["K"]
    with pytest.raises(VerificationError, match="norm"):
        verify_local_plan(replace(town, max_beyond=69.0), plan)


def test_a_percentile_is_the_smallest_distance_with_little_enough_beyond() -> None:
    distance, weight = np.array([5.0, 1.0, 3.0, 3.0, 9.0]), np.array([2.0, 1.0, 1.0, 1.0, 0.0])
    assert percentile_m(distance, weight, 0.0) == 5.0  # who has no weight walks any distance
    assert percentile_m(distance, weight, 2.0) == 3.0
    assert percentile_m(distance, weight, 3.9) == 3.0
    assert percentile_m(distance, weight, 4.0) == 1.0
    assert percentile_m(distance, weight, 5.0) == 0.0


def test_merged_groups_keep_people_weight_and_only_common_sites() -> None:
    town = whole_buurt()
    merged = merge_groups(town).instance
    assert merged.demand_ids == ("BU1",)
    assert merged.population_persons.sum() == town.population_persons.sum()
    assert merged.weight.sum() == town.weight.sum()
    near = town.keep_arcs(~((town.costs.arc_origin == 0) & (town.costs.destination == 1)))
    assert merge_groups(near).instance.costs.destination.tolist() == [0, 2]


def test_a_cover_says_who_can_have_a_site_and_never_more_rows_than_count() -> None:
    town = towns(200, 30, 6, n_nearest=30)
    wide = replace(town, service_distance_m=np.full(200, 15_000.0))
    assert cover_everyone(wide, np.arange(6), SolveOptions(time_limit_s=5, threads=1)).impossible is False
    narrow = replace(town, service_distance_m=np.full(200, 600.0))
    assert cover_everyone(narrow, np.arange(6), SolveOptions(time_limit_s=5, threads=1)).impossible
    rows = [set(row.tolist()) for row in covering_rows(replace(town, service_distance_m=np.full(200, 3_500.0)))]
    assert not any(a < b for a in rows for b in rows)


def test_the_fewest_sites_by_capacity_hold_everyone() -> None:
    town = towns(100, 20, 5)
    number = fewest_by_capacity(town)
    largest = np.sort(town.capacity_persons)[::-1]
    assert largest[:number].sum() >= town.population_persons.sum() > largest[: number - 1].sum()


@pytest.mark.slow
@pytest.mark.parametrize("objective", objective_names())
def test_the_same_seed_gives_the_same_plan_on_one_thread_and_on_two(objective: str) -> None:
    town = replace(towns(150, 25, 5), objective=objective, percentile=0.9, share=0.4)
    town = replace(town, n_sites=25) if objective == "min_sites" else town
    one, two = (solve_local_large(town, SolveOptions(gap=0.25, time_limit_s=240.0, seed=4, threads=n)) for n in (1, 2))
    assert one.status in (PlanStatus.WITHIN_GAP, PlanStatus.OPTIMAL)
    assert one.open_sites.tolist() == two.open_sites.tolist()
    assert (one.value, one.bound) == (two.value, two.bound)
