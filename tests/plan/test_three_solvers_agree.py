"""HiGHS, CBC and the large engine on the same small instances: one value, or none of them a plan."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large import solve_local_large
from nsp_planner.plan.milp.solver import available_solvers
from nsp_planner.plan.objective import objective, objective_names
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan, settled_bound
from nsp_planner.plan.verify.instance import verify_local_instance
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.seeded_small import KINDS, small_town

GOALS = list(itertools.product(objective_names(), (*KINDS, "impossible"), Divisibility))
N_FAST, N_ALL = 60, 500
SHAPES = ({"n": 8, "m": 5, "p": 2}, {"n": 10, "m": 6, "p": 3}, {"n": 6, "m": 4, "p": 2})


def instance_of(number: int) -> tuple[str, LocalInstance]:
    """The instance of a number: objectives, kinds and divisibilities in turn, another seed each time round."""
    name, kind, divisibility = GOALS[number * 7 % len(GOALS)]
    shape = SHAPES[number % len(SHAPES)]
    return kind, small_town(1_000 + number, kind, objective=name, divisibility=divisibility, **shape)


def by_milp(solver: str) -> Callable[[LocalInstance], LocalPlan]:
    options = SolveOptions(solver=solver, gap=0.0, threads=1, time_limit_s=20.0)
    return lambda instance: solve_local_exact(instance, options)


def at_full_size(instance: LocalInstance) -> LocalPlan:
    return solve_local_large(instance, SolveOptions(gap=0.0, threads=1, time_limit_s=5.0, seed=3))


SOLVERS = {"highs": by_milp("highs"), "cbc": by_milp("cbc"), "large": at_full_size}


def values(instance: LocalInstance) -> dict[str, float | None]:
    """What each solver finds; every plan verified, and no bound past the plan of another."""
    verify_local_instance(instance)
    plans: dict[str, LocalPlan | None] = {}
    unknown: list[str] = []
    for name, solve in SOLVERS.items():
        try:
            plans[name] = solve(instance)
        except NoPlanError as error:
            unknown += [str(error)] * (not all(fault.proven for fault in error.faults))
            plans[name] = None
    assert not unknown, "no plan, but that there is none is not proven"
    found = [plan for plan in plans.values() if plan is not None]
    maximised = objective(instance.objective).maximised
    for plan in found:
        verify_local_plan(instance, plan)
    for one, other in itertools.product(found, found):
        settled_bound(other.value, one.bound, maximised=maximised)
    return {name: None if plan is None else plan.value for name, plan in plans.items()}


def assert_agreed(numbers: range) -> None:
    """All solvers find the same for these instances, and some of them have no plan."""
    different, without = [], 0
    for number in numbers:
        kind, instance = instance_of(number)
        found = values(instance)
        without += found["highs"] is None
        assert kind != "impossible" or found["highs"] is None, number
        for name, value in found.items():
            expected = found["highs"]
            if (value is None) != (expected is None) or (value is not None and value != pytest.approx(expected, 1e-6)):
                different.append((number, kind, instance.objective, instance.divisibility.value, name, found))
    assert not different
    assert len(numbers) / 10 <= without <= len(numbers) / 2, "plans and impossible ones, of both enough"


@pytest.mark.skipif("cbc" not in available_solvers(), reason="CBC is not on this machine")
@pytest.mark.slow
def test_three_solvers_agree_on_60_instances() -> None:
    assert_agreed(range(N_FAST))


@pytest.mark.skipif("cbc" not in available_solvers(), reason="CBC is not on this machine")
@pytest.mark.trust
def test_three_solvers_agree_on_500_instances() -> None:
    assert_agreed(range(N_ALL))
