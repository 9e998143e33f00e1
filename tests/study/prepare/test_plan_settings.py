"""[plan] of a study at work: numbers for the fewest sites, buurten that stay whole, nearest sites of a buurt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nsp_planner.config import Study, load_study
from nsp_planner.errors import SettingsError
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.checked import choosing
from nsp_planner.plan.instance import Divisibility
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.read import check_layers
from tests.towns.studies import smallest_study


@pytest.fixture(scope="module")
def example(small_example: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Layers]:
    folder = shutil.copytree(small_example.parent, tmp_path_factory.mktemp("goals"), dirs_exist_ok=True)
    file = folder / small_example.name
    text = file.read_text(encoding="utf-8").replace('method = "network"', 'method = "straight_line"', 1)
    text = text[: text.index("[inputs.network]")] + text[text.index("# Fire stations") :]
    file.write_text(text + '\n[inputs.buurten]\npath = "buurten_voorbeeld.gpkg"\n', encoding="utf-8")
    study = load_study(file)
    return study, check_layers(study)


def with_plan(study: Study, **plan: object) -> Study:
    return study.change(plan=plan)


def test_the_fewest_sites_may_be_any_number_with_one_in_every_gemeente(example: tuple[Study, Layers]) -> None:
    study, layers = example
    instance = build_local_problem(layers, with_plan(study, objective="min_sites", share=0.7)).instance
    assert instance.objective == "min_sites"
    assert instance.quota is None
    assert instance.n_sites == int((~instance.refused).sum())
    assert instance.min_sites is not None
    assert set(instance.min_sites.tolist()) == {1}
    assert instance.share == 0.7
    assert "as few L-NSPs as possible" in choosing(instance)


def test_the_percentile_of_the_study_comes_to_the_instance(example: tuple[Study, Layers]) -> None:
    study, layers = example
    instance = build_local_problem(layers, with_plan(study, objective="min_max", percentile=0.95)).instance
    assert (instance.objective, instance.percentile) == ("min_max", 0.95)


def test_whole_buurten_know_the_buurt_of_every_square(example: tuple[Study, Layers]) -> None:
    study, layers = example
    instance = build_local_problem(layers, with_plan(study, demand_points="whole_buurten")).instance
    assert instance.divisibility is Divisibility.WHOLE_GROUPS
    assert instance.group is not None
    codes = layers.demand["buurt_code"].astype("string")
    for i in range(0, instance.n_demand, 97):
        known = None if instance.group[i] < 0 else instance.group_ids[instance.group[i]]
        assert known == (None if codes.isna().iloc[i] else codes.iloc[i])


def test_whole_buurten_without_a_buurt_are_refused(example: tuple[Study, Layers]) -> None:
    from dataclasses import replace

    study, layers = example
    without = replace(layers, demand=layers.demand.drop(columns="buurt_code"))
    with pytest.raises(SettingsError, match=r"\[inputs.buurten\]"):
        build_local_problem(without, with_plan(study, demand_points="whole_buurten"))


def test_settings_that_contradict_the_goal_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"take ratios\.quota out"):
        smallest_study(plan={"objective": "min_sites"}, ratios={"quota": {"GM0001": 2}})
    with pytest.raises(SettingsError, match=r"needs \[inputs\.buurten\]"):
        smallest_study(plan={"demand_points": "whole_buurten"})
    with pytest.raises(SettingsError, match="percentile"):
        smallest_study(plan={"objective": "min_max", "percentile": 1.5})
