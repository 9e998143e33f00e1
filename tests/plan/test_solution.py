"""What a gap is and what it proves, at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan, PlanStatus, relative_gap, settled_bound, status_of


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [
        (200.0, 150.0, 0.25),
        (150.0, 200.0, 1 / 3),
        (-4.0, -5.0, 0.25),
        (200.0, 200.0 - 1.9e-4, 0.0),
        (0.5, 0.5 - 0.9e-6, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, -1.0, math.inf),
        (math.inf, 1.0, math.inf),
        (1.0, -math.inf, math.inf),
        (math.inf, math.inf, math.inf),
    ],
)
def test_a_gap_is_the_difference_as_part_of_the_value(value: float, bound: float, gap: float) -> None:
    assert relative_gap(value, bound) == pytest.approx(gap)


def test_a_difference_that_is_not_round_off_is_a_gap() -> None:
    assert relative_gap(200.0, 200.0 - 2.1e-4) > 1e-6
    assert relative_gap(0.5, 0.5 - 1.1e-6) > 1e-6


def test_round_off_of_a_small_value_is_measured_by_one() -> None:
    assert settled_bound(0.0, 0.9e-6) == 0.0
    assert settled_bound(0.1, 0.1 - 0.9e-6, maximised=True) == 0.1


@pytest.mark.parametrize(
    ("gap", "status"),
    [
        (0.0, PlanStatus.OPTIMAL),
        (1e-6, PlanStatus.OPTIMAL),
        (1.1e-6, PlanStatus.WITHIN_GAP),
        (0.01, PlanStatus.WITHIN_GAP),
        (0.0101, PlanStatus.FEASIBLE),
        (math.inf, PlanStatus.FEASIBLE),
    ],
)
def test_a_plan_is_called_what_its_gap_proves(gap: float, status: PlanStatus) -> None:
    assert status_of(gap, 0.01) is status


def test_a_plan_of_either_level_tells_its_gap_its_status_and_its_persons() -> None:
    report = SolveOptions(gap=0.1).report("exact", "by hand", 1.0, "gap")
    sites, demand = np.array([0]), np.array([0, 1])
    plan = LocalPlan(sites, demand, np.zeros(2, int), np.array([1.0, 0.5]), "min_distance", 100.0, 95.0, report)
    assert (plan.gap, plan.status) == (pytest.approx(0.05), PlanStatus.WITHIN_GAP)
    assert plan.persons(np.array([30.0, 8.0])).tolist() == [30.0, 4.0]
    stations = CoordinationPlan(sites, np.zeros(2, int), 100.0, 80.0, report)
    assert (stations.gap, stations.status) == (pytest.approx(0.2), PlanStatus.FEASIBLE)
    assert (report.seed, report.threads, report.gap_asked, report.time_limit_s) == (1, 2, 0.1, 120.0)
