"""No engine leaves a constraint out: one that it does not keep is refused by name."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from nsp_planner.errors import SettingsError
from nsp_planner.plan import LocalInstance, SolveOptions, solve_local
from nsp_planner.plan.instance import Divisibility
from nsp_planner.plan.large.min_sites import solve_min_sites
from nsp_planner.plan.large.p_median import solve_p_median
from nsp_planner.plan.supports import ASKED_FOR, KEPT_BY_ALL
from tests.towns.seeded_small import small_town

OPTIONS = SolveOptions(gap=0.0, threads=1, time_limit_s=10.0)


def test_a_new_field_of_an_instance_asks_for_a_decision_here() -> None:
    assert {field.name for field in fields(LocalInstance)} == KEPT_BY_ALL | ASKED_FOR
    assert not KEPT_BY_ALL & ASKED_FOR


@pytest.mark.parametrize("objective", ["min_distance", "max_coverage", "min_max", "min_sites"])
def test_the_large_engine_refuses_a_limit_on_the_weight_beyond_the_norm(objective: str) -> None:
    town = replace(small_town(1, objective=objective), max_beyond=10.0)
    with pytest.raises(SettingsError, match="does not keep \\(7\\)"):
        solve_local(town, replace(OPTIONS, method="large"))


@pytest.mark.parametrize("objective", ["min_max", "min_sites"])
def test_an_exact_objective_with_a_limit_of_its_own_refuses_another(objective: str) -> None:
    town = replace(small_town(1, objective=objective), max_beyond=10.0)
    with pytest.raises(SettingsError, match="does not keep \\(7\\)"):
        solve_local(town, replace(OPTIONS, method="exact"))


def test_the_exact_model_keeps_that_limit() -> None:
    town = small_town(1)
    free = solve_local(town, replace(OPTIONS, method="exact"))
    at = town.costs.arcs(free.demand, free.site)
    beyond = float((town.arc_beyond[at] * free.share).sum())
    least = float(town.weight.sum()) - solve_local(replace(town, objective="max_coverage"), OPTIONS).value
    assert least < beyond
    limited = solve_local(replace(town, max_beyond=(least + beyond) / 2), replace(OPTIONS, method="exact"))
    assert limited.value > free.value


@pytest.mark.parametrize("solve", [solve_p_median, solve_min_sites])
def test_groups_that_were_not_merged_are_refused(solve: object) -> None:
    town = small_town(1, divisibility=Divisibility.WHOLE_GROUPS)
    with pytest.raises(SettingsError, match="whole_groups"):
        solve(town, OPTIONS)  # type: ignore[operator]


def test_a_number_per_gemeente_where_the_number_is_looked_for_is_refused() -> None:
    town = replace(small_town(1, objective="min_sites"), n_sites=2, quota=np.array([1, 1]))
    for method in ("exact", "large"):
        with pytest.raises(SettingsError, match="sites per gemeente"):
            solve_local(town, replace(OPTIONS, method=method))  # type: ignore[arg-type]
