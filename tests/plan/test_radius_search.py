"""The search over distances, with a decision by hand in place of an engine."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.radius_search import Answer, RadiusSearch, bisect_radii, polish
from nsp_planner.plan.solution import LocalPlan
from tests.towns.local import Point, line_town

OPTIONS = SolveOptions(gap=0.0, time_limit_s=1000.0)


def road() -> LocalInstance:
    """One square at 0 and 16 halls at 100, 200, ... 1,600 m, one of which opens: values 0, 100, ... 1,600."""
    sites = {f"s{k}": Point(100.0 * k, 50) for k in range(1, 17)}
    return line_town({"d": Point(0, 10)}, sites, n_sites=1, objective="min_max")


def at(k: int, **report: object) -> LocalPlan:
    """Everybody to the hall at 100 k metres."""
    told = replace(OPTIONS.report("exact", "by hand", 0.0, "gap"), **report)  # type: ignore[arg-type]
    zero = np.zeros(1, dtype=np.int64)
    return LocalPlan(zero + k - 1, zero, zero + k - 1, np.ones(1), "min_distance", 1000.0 * k, 0.0, told)


def begun(k: int | None = 16) -> RadiusSearch:
    """A search with a plan of 100 k metres, and a bound of 100: the nearest hall."""
    state = RadiusSearch(road(), OPTIONS)
    assert (state.bound, state.lower) == (100.0, 1)
    if k is not None:
        state.take(at(k))
    return state


@pytest.mark.parametrize("nearest", range(1, 17))
def test_halving_finds_the_smallest_distance_and_proves_it(nearest: int) -> None:
    state, asked = begun(), []

    def answer(radius_m: float, seconds: float, begin: LocalPlan | None) -> Answer:
        assert begin is state.plan
        assert state.bound <= radius_m < state.value
        asked.append(radius_m)
        return Answer(plan=at(nearest)) if radius_m >= 100 * nearest else Answer(impossible=True)

    bisect_radii(state, answer)
    assert (state.value, state.bound) == (100.0 * nearest, 100.0 * nearest)
    assert len(asked) <= 4
    assert len(set(asked)) == len(asked)
    plan = state.as_plan("exact", "HiGHS")
    assert (plan.objective, plan.value, plan.bound, plan.report.stopped_by) == (
        "min_max", 100.0 * nearest, 100.0 * nearest, "gap",
    )  # fmt: skip
    assert plan.open_sites.tolist() == [nearest - 1]


def test_what_cannot_be_decided_is_not_asked_again_and_proves_nothing() -> None:
    state, asked = begun(9), []

    def answer(radius_m: float, seconds: float, begin: LocalPlan | None) -> Answer:
        asked.append(radius_m)
        return Answer()

    bisect_radii(state, answer)
    assert asked == [500.0, 700.0, 800.0]
    assert (state.value, state.bound) == (900.0, 100.0)


def test_a_plan_that_misses_the_limit_counts_for_what_it_is() -> None:
    state, asked = begun(), []

    def answer(radius_m: float, seconds: float, begin: LocalPlan | None) -> Answer:
        asked.append(radius_m)
        return Answer(plan=at(12)) if len(asked) == 1 else Answer(impossible=True)

    bisect_radii(state, answer)
    assert asked[0] == 800.0
    assert state.value == 1200.0
    assert state.bound == 1200.0
    assert asked[1:] == [1000.0, 1100.0]


def test_an_interrupt_ends_the_search_with_what_it_brought() -> None:
    state, asked = begun(), []

    def answer(radius_m: float, seconds: float, begin: LocalPlan | None) -> Answer:
        asked.append(radius_m)
        return Answer(plan=at(7), interrupted=True)

    bisect_radii(state, answer)
    assert (len(asked), state.value, state.stopped_by) == (1, 700.0, "interrupt")
    assert state.as_plan("exact", "").report.stopped_by == "interrupt"


@pytest.mark.parametrize(
    ("spent_s", "share", "least", "most"),
    [(0.0, 0.5, 370.0, 375.0), (0.0, 0.25, 184.0, 187.5), (400.0, 0.5, 170.0, 175.0), (749.0, 0.5, 1.0, 1.0)],
)
def test_one_answer_may_take_its_part_of_what_is_left_for_the_search(
    spent_s: float, share: float, least: float, most: float
) -> None:
    state, given = begun(), []
    state.started -= spent_s

    def answer(radius_m: float, seconds: float, begin: LocalPlan | None) -> Answer:
        given.append(seconds)
        return Answer(interrupted=True)

    bisect_radii(state, answer, try_share=share)
    assert least <= given[0] <= most


def test_the_last_part_of_the_time_is_not_spent_on_the_search() -> None:
    state = begun()
    state.started -= 750.0
    bisect_radii(state, lambda *_: pytest.fail("asked without time"))
    assert (state.value, state.bound) == (1600.0, 100.0)


def test_of_plans_as_far_the_one_of_less_distance_is_kept_and_only_a_better_value_is_told() -> None:
    town = line_town(
        {"far": Point(0, 10), "near": Point(500, 10)},
        {"S": Point(600, 50), "T": Point(500, 50)},
        n_sites=2,
        objective="min_max",
    )
    report = OPTIONS.report("exact", "", 0.0, "gap")
    state = RadiusSearch(town, OPTIONS)

    def plan(near_to: int) -> LocalPlan:
        return LocalPlan(np.arange(2), np.arange(2), np.array([0, near_to]), np.ones(2), "min_distance", 0, 0, report)

    state.take(plan(0))
    assert (state.value, state.metres, len(state.trace)) == (600.0, 7000.0, 1)
    state.take(plan(1))
    assert (state.value, state.metres, len(state.trace)) == (600.0, 6000.0, 1)
    assert state.distance_m.tolist() == [600.0, 0.0]
    assert state.weight.tolist() == [10.0, 10.0]
    state.take(plan(0))
    assert (state.metres, len(state.trace)) == (6000.0, 1)


def test_what_is_ruled_out_raises_the_bound_and_never_lowers_it() -> None:
    state = begun()
    n_told = len(state.trace)
    state.rule_out(4)
    assert (state.lower, state.bound, len(state.trace)) == (5, 500.0, n_told + 1)
    state.rule_out(4)
    state.rule_out(2)
    assert (state.lower, state.bound, len(state.trace)) == (5, 500.0, n_told + 1)
    state.rule_out(16)
    assert (state.lower, state.bound) == (16, 1600.0)


def test_the_second_stage_holds_the_value_and_makes_the_distance_small() -> None:
    state = begun(9)
    begin = state.plan
    asked: list[tuple[int, float, object]] = []

    def solve(limited: LocalInstance, seconds: float, start: LocalPlan | None) -> LocalPlan:
        asked.append((limited.costs.n_arcs, seconds, start))
        return at(8, stopped_by="interrupt")

    state.started -= 100.0
    polish(state, solve)
    ((n_arcs, seconds, start),) = asked
    assert (n_arcs, start) == (9, begin)
    assert 890.0 < seconds <= 900.0
    assert (state.value, state.stopped_by) == (800.0, "interrupt")


def test_the_second_stage_takes_a_second_at_least_and_may_find_nothing() -> None:
    state = begun(9)
    state.started -= 999.5
    given: list[float] = []

    def nothing(limited: LocalInstance, seconds: float, start: LocalPlan | None) -> LocalPlan:
        given.append(seconds)
        raise NoPlanError(Fault("solver", "no plan found", "more time"))

    polish(state, nothing)
    assert given == [1.0]
    assert (state.value, state.stopped_by) == (900.0, "")
    polish(begun(9), lambda *_: at(9))


@pytest.mark.parametrize("why", ["interrupt", "time"])
def test_there_is_no_second_stage_after_an_interrupt_or_without_time(why: str) -> None:
    state = begun(9)
    if why == "time":
        state.started -= 1001.0
    else:
        state.stopped_by = why
    polish(state, lambda *_: pytest.fail("asked in vain"))
    assert state.value == 900.0


def test_a_search_without_anybody_has_the_value_nought() -> None:
    town = replace(road(), weight=np.zeros(1))
    state = RadiusSearch(town, OPTIONS)
    assert (state.radii.tolist(), state.lower, state.bound, state.value) == ([0.0], 0, 0.0, math.inf)
