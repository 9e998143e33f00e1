"""The large engine against every subset of sites, on instances small enough to try them all."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large import solve_local_large
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.random_instances import best_by_brute_force, local_instances

pytestmark = pytest.mark.slow

few = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def plan_or_none(instance: LocalInstance) -> LocalPlan | None:
    try:
        return solve_local_large(instance, SolveOptions(gap=0.0, time_limit_s=4.0, seed=3))
    except NoPlanError:
        return None


def assert_best(instance: LocalInstance) -> None:
    expected, plan = best_by_brute_force(instance), plan_or_none(instance)
    assert (plan is None) == (expected is None)
    if expected is None or plan is None:
        return
    verify_local_plan(instance, plan)
    room = 1e-6 * max(1.0, abs(expected))
    if instance.objective == "max_coverage":
        assert plan.bound >= expected - room
    else:
        assert plan.bound <= expected + room
    assert plan.value == pytest.approx(expected, rel=1e-6, abs=1e-6)


@few
@given(local_instances(divisibility=Divisibility.DIVISIBLE, objective="min_distance"))
def test_least_distance_with_divisible_points_is_the_best_of_all_subsets(instance: LocalInstance) -> None:
    assert_best(instance)


@few
@given(local_instances(divisibility=Divisibility.WHOLE_POINTS, objective="min_distance"))
def test_least_distance_with_whole_points_is_the_best_of_all_subsets(instance: LocalInstance) -> None:
    assert_best(instance)


@few
@given(local_instances(objective="max_coverage"))
def test_most_coverage_is_the_best_of_all_subsets(instance: LocalInstance) -> None:
    assert_best(instance)
