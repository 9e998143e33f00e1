"""Toy towns against the answers worked out by hand, and every constraint of the models against its golden toy."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from pathlib import Path

import pytest

from nsp_planner.errors import NoPlanError, VerificationError
from nsp_planner.plan.exact.coordination import COORDINATION_OPTIONS, solve_coordination
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.milp import coordination as coordination_model
from nsp_planner.plan.milp import local as local_model
from nsp_planner.plan.objective import objective_names
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PlanStatus
from nsp_planner.plan.verify.coordination import verify_coordination_plan
from nsp_planner.plan.verify.instance import verify_coordination_instance, verify_local_instance
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.impossible import (
    IMPOSSIBLE_STATIONS,
    IMPOSSIBLE_TOWNS,
    INVALID_TOWNS,
    ImpossibleStations,
    ImpossibleTown,
)
from tests.towns.local import TOY_TOWNS, ToyTown, coverage_then_distance
from tests.towns.stations import TOY_STATIONS, ToyStations

SOLVERS = ("highs", "cbc")


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("town", TOY_TOWNS, ids=lambda town: town.name)
def test_a_toy_town_has_the_answer_worked_out_by_hand(town: ToyTown, solver: str) -> None:
    instance = town.build()
    verify_local_instance(instance)
    plan = solve_local_exact(instance, SolveOptions(solver=solver, gap=0.0, threads=1))
    people = verify_local_plan(instance, plan)
    assert tuple(sorted(instance.site_ids[j] for j in plan.open_sites)) == town.open_ids
    assert plan.value == pytest.approx(town.value, rel=1e-7)
    assert plan.status is PlanStatus.OPTIMAL
    assert people.unreachable_persons == town.unreachable_persons
    assert people.served_persons + people.unreachable_persons == pytest.approx(people.total_persons)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("toy", TOY_STATIONS, ids=lambda toy: toy.name)
def test_toy_stations_have_the_answer_worked_out_by_hand(toy: ToyStations, solver: str) -> None:
    instance = toy.build()
    verify_coordination_instance(instance)
    plan = solve_coordination(instance, replace(COORDINATION_OPTIONS, solver=solver))
    verify_coordination_plan(instance, plan)
    assert tuple(instance.station_ids[k] for k in plan.coordinator) == toy.coordinators
    assert plan.value == pytest.approx(toy.value, rel=1e-9)
    assert plan.status is PlanStatus.OPTIMAL


@pytest.mark.parametrize("toy", IMPOSSIBLE_TOWNS, ids=lambda toy: toy.build.__name__)
def test_a_town_without_a_plan_names_the_constraint_in_the_way(toy: ImpossibleTown) -> None:
    with pytest.raises(NoPlanError) as caught:
        solve_local_exact(toy.build(), SolveOptions(gap=0.0, threads=1))
    _assert_one_fault(caught.value, toy)


@pytest.mark.parametrize("toy", IMPOSSIBLE_STATIONS, ids=lambda toy: toy.build.__name__)
def test_stations_without_a_plan_name_the_constraint_in_the_way(toy: ImpossibleStations) -> None:
    with pytest.raises(NoPlanError) as caught:
        solve_coordination(toy.build())
    _assert_one_fault(caught.value, toy)


def _assert_one_fault(error: NoPlanError, toy: ImpossibleTown | ImpossibleStations) -> None:
    assert error.exit_code == 4
    (fault,) = error.faults
    assert fault.layer == toy.layer
    assert toy.told in fault.message
    assert set(toy.ids) <= set(fault.ids)
    assert fault.fix


@pytest.mark.parametrize(("build", "words", "named"), INVALID_TOWNS, ids=lambda value: getattr(value, "__name__", ""))
def test_an_instance_that_is_not_sane_is_refused(build, words: str, named: str) -> None:
    with pytest.raises(VerificationError) as caught:
        verify_local_instance(build())
    (fault,) = caught.value.faults
    assert words in fault.as_text()
    assert named in fault.ids


def _numbers_in(module: object) -> set[str]:
    """Constraint numbers that open the docstring of a function or stand in a comment of the module."""
    return set(re.findall(r"\((\d)\)", inspect.getsource(module)))  # type: ignore[arg-type]


def test_no_constraint_of_level_1_lacks_a_golden_town() -> None:
    shown = {number for town in TOY_TOWNS for words in town.shows for number in re.findall(r"\((\d)\)", words)}
    assert _numbers_in(local_model) == {"1", "2", "3", "4", "5", "6", "7"} == shown
    assert set(objective_names()) <= {words for town in TOY_TOWNS for words in town.shows}


def test_no_constraint_of_level_2_lacks_a_golden_toy() -> None:
    shown = {number for toy in TOY_STATIONS for words in toy.shows for number in re.findall(r"\((\d)\)", words)}
    assert _numbers_in(coordination_model) == {"1", "2", "3", "4", "5"} == shown


def test_every_reason_for_no_plan_has_a_toy() -> None:
    from nsp_planner.plan import diagnose

    files = {path.stem: path.read_text(encoding="utf-8") for path in Path(diagnose.__path__[0]).glob("*.py")}
    of_stations = files.pop("coordination") + files.pop("station_counts")
    for code, toys in (("".join(files.values()), IMPOSSIBLE_TOWNS), (of_stations, IMPOSSIBLE_STATIONS)):
        layers = set(re.findall(r'(?:faults\.add\(\s*|layer=)"([^"]+)"', code))
        assert layers > {"plan"} or layers > {"C-NSPs"}
        assert layers - {toy.layer for toy in toys} <= {"plan", "C-NSPs"}


def test_coverage_is_followed_by_the_least_distance() -> None:
    instance = coverage_then_distance()
    plan = solve_local_exact(instance, SolveOptions(gap=0.0))
    assert [instance.site_ids[j] for j in plan.open_sites] == ["K"]
    metres = {(0, 1): 250.0, (1, 1): 1750.0}
    walked = [metres[i, j] for i, j in zip(plan.demand.tolist(), plan.site.tolist(), strict=True)]
    assert sum(w * m for w, m in zip([100.0, 10.0], walked, strict=True)) == 42_500.0
