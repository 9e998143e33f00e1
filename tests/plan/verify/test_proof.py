"""The claims of a plan about itself, at their edges."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from nsp_planner.errors import Faults
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import SolverReport, TracePoint
from nsp_planner.plan.verify.proof import check_proof

REPORT = SolveOptions(gap=0.1).report("exact", "by hand", 1.0, "gap")


def columns(
    value: float, bound: float, gap: float, report: SolverReport = REPORT, maximised: bool = False
) -> list[str]:
    faults = Faults()
    check_proof(faults, value, bound, gap, report, maximised)
    return [str(fault.column) for fault in faults.items]


@pytest.mark.parametrize("maximised", [False, True])
def test_a_bound_may_lie_past_the_value_by_round_off_only(maximised: bool) -> None:
    past = -1.0 if maximised else 1.0
    assert columns(200.0, 200.0 + 0.9 * past * 2e-7, 0.0, maximised=maximised) == []
    assert columns(200.0, 200.0 + 1.1 * past * 2e-7, 0.0, maximised=maximised) == ["bound"]
    assert columns(0.0, 0.9e-9 * past, 0.0, maximised=maximised) == []
    assert columns(0.0, 1.1e-9 * past, 0.0, maximised=maximised) == ["bound"]
    assert columns(200.0, 190.0 if past > 0 else 210.0, 0.05, maximised=maximised) == []


@pytest.mark.parametrize("maximised", [False, True])
def test_no_bound_at_all_is_fine_on_its_own_side_only(maximised: bool) -> None:
    by_time = replace(REPORT, stopped_by="time")
    wrong = -math.inf if maximised else math.inf
    assert columns(200.0, -wrong, math.inf, by_time, maximised) == []
    assert columns(200.0, wrong, math.inf, by_time, maximised) == ["bound"]
    assert columns(200.0, math.nan, math.inf, by_time, maximised) == ["bound"]


def test_who_stopped_at_the_gap_has_at_most_the_gap_asked() -> None:
    assert columns(100.0, 90.0, 0.1) == []
    assert columns(100.0, 89.0, 0.11) == ["stopped_by"]
    assert columns(100.0, 89.0, math.nan) == ["stopped_by"]
    assert columns(100.0, 89.0, 0.11, replace(REPORT, stopped_by="time")) == []
    assert columns(100.0, 100.0 - 9e-5, 9e-7, replace(REPORT, gap_asked=0.0)) == []
    assert columns(100.0, 100.0 - 2e-4, 2e-6, replace(REPORT, gap_asked=0.0)) == ["stopped_by"]
    assert columns(100.0, 90.0, 0.1, replace(REPORT, stopped_by="boredom")) == ["stopped_by"]
    for known in ("gap", "time", "interrupt"):
        assert columns(100.0, 100.0, 0.0, replace(REPORT, stopped_by=known)) == []


@pytest.mark.parametrize("what", ["seconds", "gap_asked", "time_limit_s"])
def test_numbers_of_a_run_are_finite_and_not_below_nought(what: str) -> None:
    by_time = replace(REPORT, stopped_by="time")
    assert columns(100.0, 100.0, 0.0, replace(by_time, **{what: 0.0})) == []
    for wrong in (-0.1, math.inf, math.nan):
        assert columns(100.0, 100.0, 0.0, replace(by_time, **{what: wrong})) == ["report"]


def test_a_run_has_a_thread() -> None:
    assert columns(100.0, 100.0, 0.0, replace(REPORT, threads=1)) == []
    assert columns(100.0, 100.0, 0.0, replace(REPORT, threads=0)) == ["report"]


@pytest.mark.parametrize("maximised", [False, True])
def test_no_bound_on_the_way_passes_the_value_and_one_that_does_is_told_once(maximised: bool) -> None:
    past = -1.0 if maximised else 1.0
    fine = TracePoint(0.0, 150.0, 200.0 + 0.9 * past * 2e-4)
    wrong = TracePoint(2.0, 150.0, 200.0 + 1.1 * past * 2e-4)
    assert columns(200.0, 200.0, 0.0, replace(REPORT, trace=(fine,)), maximised) == []
    assert columns(200.0, 200.0, 0.0, replace(REPORT, trace=(fine, wrong, wrong)), maximised) == ["trace"]
    before = replace(REPORT, trace=(replace(fine, seconds=-0.1),))
    assert columns(200.0, 200.0, 0.0, before, maximised) == ["trace"]
