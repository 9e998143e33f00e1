"""One rule for bounds: round-off is laid on the value, a bound further past it is found, in every engine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.errors import VerificationError
from nsp_planner.plan import LocalInstance, SolveOptions, solve_coordination, solve_local
from nsp_planner.plan import radius_search as radii
from nsp_planner.plan.exact import coordination, least_cost
from nsp_planner.plan.large import best_plan, uncovered
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.objectives import max_coverage, min_sites
from nsp_planner.plan.phasing import model as phasing
from nsp_planner.plan.phasing.model import solve_phasing
from nsp_planner.plan.solution import PROOF_TOLERANCE, settled_bound
from tests.towns.at_size import towns
from tests.towns.phasing import small_phasing
from tests.towns.stations import four_on_a_road

WRONG = "one of the two is wrong"


def test_a_bound_short_of_the_value_stands() -> None:
    assert settled_bound(100.0, 90.0) == 90.0
    assert settled_bound(100.0, 110.0, maximised=True) == 110.0
    assert settled_bound(100.0, -math.inf) == -math.inf


def test_a_bound_past_the_value_by_round_off_is_laid_on_it() -> None:
    assert settled_bound(100.0, 100.0 * (1 + 0.9 * PROOF_TOLERANCE)) == 100.0
    assert settled_bound(100.0, 100.0 * (1 - 0.9 * PROOF_TOLERANCE), maximised=True) == 100.0


@pytest.mark.parametrize("maximised", [False, True])
def test_a_bound_further_past_the_value_is_refused(maximised: bool) -> None:
    side = -1.0 if maximised else 1.0
    with pytest.raises(VerificationError, match=WRONG):
        settled_bound(100.0, 100.0 * (1 + 2 * side * PROOF_TOLERANCE), maximised=maximised)
    with pytest.raises(VerificationError, match=WRONG):
        settled_bound(100.0, side * math.inf, maximised=maximised)


def test_without_a_plan_every_bound_stands() -> None:
    assert settled_bound(math.inf, 5.0) == 5.0
    assert settled_bound(-math.inf, 5.0, maximised=True) == 5.0


def too_high(problem: object, options: SolveOptions, *, warm_start: bool = False) -> object:
    """The solver with a bound that a tenth of the value more would deserve."""
    outcome = solve_milp(problem, options, warm_start=warm_start)  # type: ignore[arg-type]
    return (
        replace(outcome, bound=outcome.value + max(1.0, 0.1 * abs(outcome.value))) if outcome.has_solution else outcome
    )


def small(objective: str) -> LocalInstance:
    town = towns(60, 12, 3, n_nearest=10)
    return replace(town, objective=objective, share=0.3, n_sites=9 if objective == "min_sites" else 3)


def plant_in_exact(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if objective == "min_max":
        monkeypatch.setattr(radii, "nearest_percentile_m", lambda instance: float(instance.costs.distance_m.max()))
    else:
        module = {"min_distance": least_cost, "max_coverage": max_coverage, "min_sites": min_sites}[objective]
        monkeypatch.setattr(module, "solve_milp", too_high)


def plant_in_large(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if objective == "min_max":
        monkeypatch.setattr(radii, "nearest_percentile_m", lambda instance: float(instance.costs.distance_m.max()))
    elif objective == "min_distance":
        monkeypatch.setattr(best_plan, "ROUND_OFF", -0.5)
    elif objective == "max_coverage":
        monkeypatch.setattr(uncovered, "ROUND_OFF", -5.0)
    else:
        monkeypatch.setattr(uncovered.UncoveredBound, "ascend", lambda *_: True)
        monkeypatch.setattr(uncovered.UncoveredBound, "ruled_out_up_to", lambda *_: 8)


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["min_distance", "max_coverage", "min_max", "min_sites"])
@pytest.mark.parametrize(("method", "plant"), [("exact", plant_in_exact), ("large", plant_in_large)])
def test_a_planted_bound_that_is_too_high_is_found(
    objective: str,
    method: str,
    plant: Callable[[str, pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town = small(objective)
    options = SolveOptions(method=method, gap=0.0, time_limit_s=10.0)  # type: ignore[arg-type]
    solve_local(town, options)
    plant(objective, monkeypatch)
    with pytest.raises(VerificationError, match=WRONG):
        solve_local(town, options)


def test_a_planted_bound_on_the_coordination_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordination, "solve_milp", too_high)
    with pytest.raises(VerificationError, match=WRONG):
        solve_coordination(four_on_a_road())


def test_a_planted_bound_on_the_order_of_opening_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = small_phasing([10.0], [(0,)], [0], budget=[1e6, 1e6])
    options = SolveOptions(gap=0.0, time_limit_s=5.0, threads=1)
    assert np.isfinite(solve_phasing(instance, options).bound)
    monkeypatch.setattr(phasing, "bound_year", lambda *_: 0.0)
    with pytest.raises(VerificationError, match=WRONG):
        solve_phasing(instance, options)
