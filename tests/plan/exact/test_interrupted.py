"""Ctrl-C before there is any plan: on both levels it is an interrupt, and no word about what is possible."""

from __future__ import annotations

import math

import pytest

from nsp_planner.plan.exact import coordination, least_cost
from nsp_planner.plan.milp.outcome import MilpOutcome, MilpStatus
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solve import solve_local
from tests.towns.local import two_villages
from tests.towns.stations import four_on_a_road

EARLY = MilpOutcome(MilpStatus.NO_SOLUTION, math.nan, -math.inf, 0.1, "HiGHS", "interrupt")


@pytest.fixture(autouse=True)
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (least_cost, coordination):
        monkeypatch.setattr(module, "solve_milp", lambda *arguments, **options: EARLY)


def test_an_interrupt_before_any_plan_of_l_nsps_is_raised_again() -> None:
    with pytest.raises(KeyboardInterrupt):
        solve_local(two_villages(), SolveOptions(method="exact"))


def test_an_interrupt_before_any_plan_of_c_nsps_is_raised_again() -> None:
    with pytest.raises(KeyboardInterrupt):
        coordination.solve_coordination(four_on_a_road())
