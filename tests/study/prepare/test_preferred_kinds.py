"""Preferred kinds of building as a wish: other kinds count as so many metres farther."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nsp_planner.config import Study, load_scenario_study
from nsp_planner.errors import SettingsError
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.prepare.preferred_kinds import kind_penalty_m
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.read import check_layers
from nsp_planner.study.solve import solve_study
from tests.towns.example_region import write_overlay

KINDS = ("verenigingsgebouw", "kulturhus")


def wished(example: Path, folder: Path, metres: float | None, kinds: tuple[str, ...] = KINDS) -> Study:
    wish = "[decisions]\npreferred_status_m = 0\n" + ("" if metres is None else f"preferred_kinds_m = {metres}\n")
    listed = ", ".join(f'"{kind}"' for kind in kinds)
    overlay = write_overlay(folder / f"soort{metres}.toml", f"{wish}[decisions.preferred_kinds]\nGM1773 = [{listed}]")
    return load_scenario_study(example, [str(overlay)])[0]


def test_other_kinds_count_as_farther_and_nothing_is_fixed_or_refused_for_a_wish(example: Path, tmp_path: Path) -> None:
    study = wished(example, tmp_path, 400)
    layers = check_layers(study)
    extra = kind_penalty_m(layers, study)
    preferred = layers.sites["kind"].isin(KINDS).to_numpy()
    assert set(extra[preferred]) == {0.0}
    assert set(extra[~preferred]) == {400.0}
    problem = build_local_problem(layers, study)
    added = problem.priced.costs.distance_m.sum() - problem.instance.costs.distance_m.sum()
    to_others = ~preferred[np.array(problem.site_rows)][problem.instance.costs.destination]
    assert added == pytest.approx(400.0 * to_others.sum())
    rule = wished(example, tmp_path, None)
    assert not kind_penalty_m(layers, rule).any()
    assert build_local_problem(layers, rule).instance.refused.sum() > problem.instance.refused.sum()


def test_a_kind_that_is_not_there_is_named_for_a_wish_too(example: Path, tmp_path: Path) -> None:
    study = wished(example, tmp_path, 100, ("kulturhuis",))
    with pytest.raises(SettingsError, match="kulturhus"):
        build_local_problem(check_layers(study), study)


@pytest.mark.slow
def test_many_metres_give_only_preferred_kinds_and_no_metre_of_them_is_shown(example: Path, tmp_path: Path) -> None:
    study = wished(example, tmp_path, 20_000)
    planned = solve_study(study, check_layers(study), SilentProgress())
    rows = [planned.local_site_rows[j] for j in planned.local_plan.open_sites]
    assert set(planned.layers.sites.iloc[rows]["kind"]) <= set(KINDS)
    walked = planned.allocation.distance_m
    assert walked.max() <= study.distances.cutoff_m
