"""Best value and bound, the clock and the trace of one solve."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from nsp_planner.plan.incumbent import Incumbent
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import TracePoint

OPTIONS = SolveOptions(gap=0.01, time_limit_s=1000.0)


def after(seconds: float, **changes: object) -> Incumbent:
    """A solve that began so many seconds ago."""
    state = Incumbent(replace(OPTIONS, **changes), grace_s=60.0)  # type: ignore[arg-type]
    state.started -= seconds
    return state


def test_before_the_first_plan_value_and_bound_are_as_bad_as_can_be() -> None:
    state = Incumbent(OPTIONS)
    assert (state.value, state.bound) == (math.inf, -math.inf)
    state = Incumbent(OPTIONS, maximised=True)
    assert (state.value, state.bound) == (-math.inf, math.inf)
    assert not any((state.closed(), state.done(), state.stop()))


def test_only_better_values_and_bounds_are_kept() -> None:
    least, most = Incumbent(OPTIONS), Incumbent(OPTIONS, maximised=True)
    for state in (least, most):
        for value in (100.0, 90.0, 95.0):
            state.note_value(value)
        for bound in (85.0, 80.0, 88.0) if state is least else (120.0, 110.0, 115.0):
            state.note_bound(bound)
    assert (least.value, least.bound) == (90.0, 88.0)
    assert (most.value, most.bound) == (100.0, 110.0)


def test_a_solve_is_done_when_the_gap_is_as_small_as_asked() -> None:
    state = Incumbent(replace(OPTIONS, gap=0.0625))
    state.note_value(64.0)
    state.note_bound(59.9)
    assert not state.done()
    state.note_bound(60.0)
    assert state.closed()
    assert state.done()
    assert state.stop()


def test_a_plan_that_is_good_enough_and_an_interrupt_end_a_solve() -> None:
    good, broken = Incumbent(OPTIONS), Incumbent(OPTIONS)
    good.good_enough = True
    assert good.closed()
    assert good.done()
    broken.stopped_by = "interrupt"
    assert broken.done()
    assert not broken.closed()


def test_the_clock_counts_from_the_start() -> None:
    state = after(400.0)
    assert 400.0 <= state.seconds() < 430.0
    assert 570.0 < state.left_s() <= 600.0
    assert state.deadline == state.started + 1000.0


def test_a_first_plan_has_a_time_of_grace_and_a_better_one_has_not() -> None:
    assert not after(950.0).out_of_time()
    assert not after(1030.0).out_of_time()
    assert not after(1030.0).stop()
    assert after(1061.0).out_of_time()
    state = after(1001.0)
    state.note_value(5.0)
    assert state.out_of_time()
    assert state.stop()


def test_progress_is_told_once_there_is_a_plan_with_a_bound_that_does_not_pass_it() -> None:
    seen: list[TracePoint] = []
    state = after(10.0, on_progress=seen.append)
    state.note_bound(50.00004)
    state.report_progress()
    assert seen == []
    state.note_value(50.0)
    state.report_progress()
    assert seen == state.trace
    assert (seen[0].value, seen[0].bound) == (50.0, 50.0)
    assert seen[0].seconds >= 10.0
    quiet = Incumbent(OPTIONS)
    quiet.note_value(1.0)
    quiet.report_progress()
    assert len(quiet.trace) == 1


@pytest.mark.parametrize(
    ("given", "stopped_by", "closed", "why"),
    [
        ("time", "interrupt", True, "time"),
        ("", "interrupt", True, "interrupt"),
        ("", "", True, "gap"),
        ("", "", False, "time"),
    ],
)
def test_the_report_tells_what_ended_the_solve(given: str, stopped_by: str, closed: bool, why: str) -> None:
    state = after(20.0)
    state.good_enough, state.stopped_by = closed, stopped_by
    state.note_value(1.0)
    state.report_progress()
    report = state.report("large", "by hand", stopped_by=given)
    assert report.stopped_by == why
    assert (report.engine, report.solver) == ("large", "by hand")
    assert report.seconds >= 20.0
    assert report.trace == tuple(state.trace)
