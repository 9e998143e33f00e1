"""Norms: every one of them can be changed, by a study and by a norms file, and nothing else changes with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nsp_planner.config import Study, apply_overlays, load_scenario_study
from nsp_planner.config.norm_fields import norm_keys
from nsp_planner.config.norms_file import read_norms_overlay
from nsp_planner.config.overlay import nested
from nsp_planner.errors import SettingsError
from nsp_planner.norms import published_norms
from tests.towns.planned import make_study

OTHER_VALUES = {
    name: {"capacity_slack": 0.5, "inhabitants_per_water_point": 100, "cnsp_distance_m": 200}.get(
        name, norm.published_value * 2
    )
    for name, norm in published_norms().items()
} | {
    # the lowest of a range stays below the highest
    name: published_norms()[name].published_value / 2
    for name in published_norms()
    if name.endswith("_low_eur")
}


def study_with(name: str, value: float) -> Study:
    """A study that sets one norm, where it belongs."""
    key = next(key for norm, key in norm_keys(Study) if norm == name)
    return (
        make_study(ratios={}, **nested(key, value))
        if not key.startswith("ratios")
        else make_study(**nested(key, value))
    )


def test_every_norm_has_a_key_of_a_study() -> None:
    assert {norm for norm, _ in norm_keys(Study)} == set(published_norms())


@pytest.mark.parametrize("name", published_norms())
def test_a_study_changes_one_norm_and_no_other(name: str) -> None:
    norms = study_with(name, OTHER_VALUES[name]).norms_in_force
    assert norms.value(name) == OTHER_VALUES[name] != published_norms().value(name)
    assert [norm.name for norm in norms.values() if norm.replaced] == [name]
    assert norms[name].source == published_norms()[name].source


@pytest.mark.parametrize("name", published_norms())
def test_a_norms_file_changes_one_norm_also_where_the_study_sets_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "nieuw.toml"
    file.write_text(f"[{name}]\nvalue = {OTHER_VALUES[name]}\n", encoding="utf-8")
    raw: dict[str, Any] = make_study(ratios={}).model_dump(mode="json", exclude_none=True)
    study, (applied,) = apply_overlays(raw, [read_norms_overlay(file)])
    assert study.norms_in_force.value(name) == OTHER_VALUES[name]
    assert [norm.name for norm in study.norms_in_force.values() if norm.replaced] == [name]
    assert all(change.new == OTHER_VALUES[name] for change in applied.changes)


def test_a_norm_that_several_keys_take_is_changed_in_all_of_them_by_a_norms_file(tmp_path: Path) -> None:
    file = tmp_path / "nieuw.toml"
    file.write_text("[inhabitants_per_lnsp]\nvalue = 4000\n", encoding="utf-8")
    study, _ = apply_overlays(make_study().model_dump(mode="json", exclude_none=True), [read_norms_overlay(file)])
    assert study.ratios.inhabitants_per_lnsp == study.neighbours.inhabitants_per_lnsp == 4000


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("staff_per_lnsp", 0),
        ("shifts_per_day", 2.5),
        ("max_stay_hours", 25),
        ("share_attending_per_day", 20),
        ("peak_factor", 0.5),
        ("walking_metres_per_minute", 0),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_study_and_norms_file_alike(
    key: str, value: float, tmp_path: Path
) -> None:
    study = tmp_path / "studie.toml"
    head = '[region]\nname = "R"\n[inputs]\npopulation.path = "a"\nareas.path = "b"\n'
    study.write_text(f'title = "S"\n{head}sites = [{{ path = "c", source = "c" }}]\n', encoding="utf-8")
    with_norm = tmp_path / "anders.toml"
    with_norm.write_text(f"{study.read_text(encoding='utf-8')}[norms]\n{key} = {value}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=f"norms.{key}"):
        load_scenario_study(with_norm, [])
    file = tmp_path / "normen.toml"
    file.write_text(f"[{key}]\nvalue = {value}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=f"norms.{key}"):
        load_scenario_study(study, [], more=[read_norms_overlay(file)])


def test_a_text_that_explains_the_published_value_does_not_explain_another() -> None:
    norm = published_norms()["staff_per_lnsp"]
    assert "1 gemeenteambtenaar" in norm.sentence_nl
    assert (
        "1 gemeenteambtenaar" not in published_norms().with_values({"staff_per_lnsp": 4})["staff_per_lnsp"].sentence_nl
    )


def test_an_unknown_norm_is_no_norm() -> None:
    with pytest.raises(KeyError):
        published_norms().with_values({"staff": 4})


def test_a_norms_file_with_costs_does_not_ask_for_an_order_of_opening(tmp_path: Path) -> None:
    """The costs count where a study has [phasing]; a study without it gets no order of opening by them."""
    study, file = tmp_path / "studie.toml", tmp_path / "normen.toml"
    head = '[region]\nname = "R"\n[inputs]\npopulation.path = "a"\nareas.path = "b"\n'
    study.write_text(f'title = "S"\n{head}sites = [{{ path = "c", source = "c" }}]\n', encoding="utf-8")
    file.write_text("[lnsp_once_low_eur]\nvalue = 1234\n[inhabitants_per_lnsp]\nvalue = 4000\n", encoding="utf-8")
    norms = read_norms_overlay(file)
    without, (applied,) = load_scenario_study(study, [], more=[norms])
    assert not without.asks_for("phasing")
    assert (without.phasing.lnsp_once_low_eur, without.ratios.inhabitants_per_lnsp) == (1234, 4000)
    assert "phasing.lnsp_once_low_eur" in [change.key for change in applied.changes]
    scenario = tmp_path / "fasen.toml"
    scenario.write_text('title = "F"\nsentence = "Z."\n[phasing]\nn_years = 3\n', encoding="utf-8")
    asked, _ = load_scenario_study(study, [str(scenario)], more=[norms])
    assert asked.asks_for("phasing")
    assert asked.phasing.lnsp_once_low_eur == 1234
    assert not asked.not_asking_for("phasing").asks_for("phasing")
    assert asked.asks_for("phasing")
