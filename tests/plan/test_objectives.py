"""The register of objectives: one file each, and a stranger's objective in about ten lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import nsp_planner
from nsp_planner.config.planning import PlanSettings
from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import SettingsError, VerificationError
from nsp_planner.names import names_of_files
from nsp_planner.plan import (
    Divisibility,
    LocalInstance,
    LocalPlan,
    Objective,
    ObjectiveWords,
    SolveOptions,
    objective,
    objective_names,
    register,
    solve_local,
    unregister,
    verify_local_plan,
)
from tests.towns.at_size import towns
from tests.towns.local import Point, line_town

PACKAGE = Path(nsp_planner.__file__).parent


class LeastSquared(Objective):
    """Least weighted squared distance: a few long walks weigh more than many short ones."""

    name = "least_squared"
    words = ObjectiveWords("person-m²", "persoon-m²", "persoon-m²", weighs_persons=True)

    def objective_nl(self, instance: LocalInstance, share_nl: Callable[[float], str]) -> str:
        """As in the notes."""
        return "de kleinste som van gekwadrateerde loopafstanden"

    def recompute(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> float:
        """From the allocation."""
        return float(np.sum(instance.weight[plan.demand] * plan.share * distance_m**2))

    def arc_cost(self, instance: LocalInstance) -> FloatArray:
        """From the arcs."""
        return np.asarray(instance.weight[instance.costs.arc_origin] * instance.costs.distance_m**2)


class OnlyByHand(LeastSquared):
    """An objective without any engine."""

    name = "only_by_hand"

    def arc_cost(self, instance: LocalInstance) -> FloatArray:
        """No sum over arcs."""
        return None  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def strangers() -> Iterator[None]:
    """Two objectives that are gone again after the test."""
    register(LeastSquared)
    register(OnlyByHand)
    yield
    unregister("least_squared")
    unregister("only_by_hand")


def least_by_brute_force(instance: LocalInstance) -> float:
    """The least squared distance with capacities so wide that everyone goes to the nearest open site."""
    costs, best = instance.costs, np.inf
    for chosen in combinations(range(instance.n_candidates), instance.n_sites):
        is_open = np.isin(costs.destination, chosen)
        nearest = np.full(instance.n_demand, np.inf)
        np.minimum.at(nearest, costs.arc_origin[is_open], costs.distance_m[is_open])
        best = min(best, float((instance.weight * nearest**2).sum()))
    return best


@pytest.mark.parametrize("method", ["exact", "large"])
@pytest.mark.parametrize("divisibility", list(Divisibility))
def test_a_new_objective_is_planned_and_verified_by_both_engines(method: str, divisibility: Divisibility) -> None:
    town = towns(40, 9, 3, n_nearest=9, divisibility=divisibility)
    town = replace(town, objective="least_squared", capacity_persons=np.full(9, np.inf))
    plan = solve_local(town, SolveOptions(method=method, gap=0.0, time_limit_s=30.0))  # type: ignore[arg-type]
    verify_local_plan(town, plan)
    assert plan.objective == "least_squared"
    assert plan.status == "optimal"
    if divisibility is not Divisibility.WHOLE_GROUPS:
        assert plan.value == pytest.approx(least_by_brute_force(town))


def test_groups_that_stay_whole_cost_the_same_merged_as_apart() -> None:
    town = replace(towns(60, 12, 3, divisibility=Divisibility.WHOLE_GROUPS), objective="least_squared")
    exact, large = (
        solve_local(town, SolveOptions(method=method, gap=0.0, time_limit_s=30.0))  # type: ignore[arg-type]
        for method in ("exact", "large")
    )
    assert exact.value == pytest.approx(large.value)
    verify_local_plan(town, exact)


def test_a_new_objective_chooses_by_its_own_measure_and_the_verifier_recomputes_it() -> None:
    """100 persons at 0 and at 600, 50 at 3,000 m; N at 600 is nearest in all, P at 1,000 has the least squares."""
    demand = {"d1": Point(0, 100), "d2": Point(600, 100), "d3": Point(3000, 50)}
    plain = line_town(demand, {"N": Point(600, 1000), "P": Point(1000, 1000)}, n_sites=1)
    squared = replace(plain, objective="least_squared")
    nearest, plan = solve_local(plain), solve_local(squared)
    assert (nearest.open_sites.tolist(), nearest.value) == ([0], 180_000.0)
    assert (plan.open_sites.tolist(), plan.value) == ([1], 316e6)
    with pytest.raises(VerificationError, match="recomputed it is 324000000"):
        verify_local_plan(squared, replace(nearest, objective="least_squared", value=180_000.0, bound=180_000.0))


@pytest.mark.parametrize(("method", "other"), [("exact", "large"), ("large", "exact")])
def test_an_objective_without_an_engine_says_so(method: str, other: str) -> None:
    town = replace(towns(40, 9, 3), objective="only_by_hand")
    with pytest.raises(SettingsError, match="cannot be solved") as caught:
        solve_local(town, SolveOptions(method=method))  # type: ignore[arg-type]
    assert other in caught.value.faults[0].fix


def test_a_name_that_is_not_there_gets_the_nearest_one_as_advice() -> None:
    with pytest.raises(SettingsError, match="did you mean 'max_coverage'"):
        solve_local(replace(towns(40, 9, 3), objective="max_covrage"))
    with pytest.raises(ValueError, match="already"):
        register(LeastSquared)


def test_settings_accept_exactly_the_objectives_that_have_a_file() -> None:
    files = names_of_files("plan/objectives", first="min_distance")
    assert files == tuple(name for name in objective_names() if name not in ("least_squared", "only_by_hand"))
    assert [PlanSettings(objective=name).objective for name in files] == list(files)
    with pytest.raises(ValueError, match="min_distance"):
        PlanSettings(objective="least_squared")


def test_every_objective_reads_settings_that_exist_and_has_words() -> None:
    for name in objective_names():
        goal = objective(name)
        assert set(goal.reads) <= set(PlanSettings.model_fields)
        assert goal.words.unit
        assert goal.words.unit_nl
        assert goal.objective_nl(towns(10, 4, 2), "{:.0%}".format)


def test_no_engine_computes_by_the_definition_that_the_verifier_recomputes_by() -> None:
    engines = [
        path for room in ("milp", "exact", "large", "phasing") for path in (PACKAGE / "plan" / room).glob("*.py")
    ]
    assert len(engines) > 20
    for path in engines:
        assert not re.search(r"\.(recompute|differences)\(|weight_sum\(", path.read_text(encoding="utf-8")), path
