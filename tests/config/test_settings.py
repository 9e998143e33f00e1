"""A study is one readable TOML file: unknown keys are refused with the nearest right name, everything at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydantic
import pytest

from nsp_planner.config import Study, load_study, settings_reference, study_from_dict
from nsp_planner.errors import SettingsError
from nsp_planner.norms import published_norms
from tests.towns.studies import smallest_study, smallest_tables


def faults_of(raw: dict[str, Any]) -> dict[str | None, str]:
    with pytest.raises(SettingsError) as error:
        study_from_dict(raw)
    return {fault.column: f"{fault.message} / {fault.fix}" for fault in error.value.faults}


def test_the_smallest_study_takes_its_norms_from_the_norms_file() -> None:
    study = smallest_study()
    norms = published_norms()
    assert study.ratios.inhabitants_per_lnsp == norms.value("inhabitants_per_lnsp") == 5000
    assert study.ratios.lnsp_per_cnsp == norms.value("lnsp_per_cnsp") == 4
    assert study.distances.service_distance_kern_m == norms.value("service_distance_kern_m")


def test_a_key_that_was_replaced_says_what_took_its_place() -> None:
    with pytest.raises(SettingsError) as error:
        smallest_study(ratios={"extra_lnsp_per_cnsp": 2})
    (fault,) = error.value.faults
    assert (fault.column, fault.message) == ("ratios.extra_lnsp_per_cnsp", "this key is no longer there")
    assert "ratios.most_lnsp_per_cnsp" in fault.fix
    assert "ratios.load_price_m" in fault.fix


def test_another_study_differs_in_the_keys_that_are_changed_only() -> None:
    study = smallest_study()
    other = study.change(title="Anders", solver={"gap": 0.02}, inputs={"population": {"source_nl": "een model"}})
    assert (other.title, other.solver.gap, other.inputs.population.source_nl) == ("Anders", 0.02, "een model")
    assert other.solver.seed == study.solver.seed
    assert other.change(title=study.title, solver=study.solver, inputs=study.inputs) == study
    assert study.solver.gap != 0.02, "the first study stays as it was"
    assert study.change(plan_at_hand=None, decisions={"preferred_kinds": {"GM0148": ("kerk",)}}).ratios == study.ratios


def test_a_key_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="SolverSettings has no key 'threds'"):
        smallest_study().change(solver={"threds": 1})


def test_a_study_cannot_be_changed_after_it_is_read() -> None:
    study = smallest_study()
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        study.title = "anders"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("section", "wrong", "right"),
    [
        ("ratios", "inhabitants_per_lsnp", "inhabitants_per_lnsp"),
        ("solver", "timelimit_s", "time_limit_s"),
        ("distances", "detour", "detour_factor"),
        ("capacity", "person", "persons"),
        ("region", "gemeente", "gemeenten"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_right_name(section: str, wrong: str, right: str) -> None:
    raw = smallest_tables()
    raw[section] = {**raw.get(section, {}), wrong: 1}
    assert f"did you mean {right!r}?" in faults_of(raw)[f"{section}.{wrong}"]


def test_an_unknown_key_in_a_list_of_sources_is_named_with_its_place() -> None:
    raw = smallest_tables()
    raw["inputs"]["sites"][0]["clip"] = True
    assert "clip_to_region" in faults_of(raw)["inputs.sites.0.clip"]


def test_every_fault_of_a_study_is_told_at_once() -> None:
    raw = smallest_tables()
    raw["titel"] = raw.pop("title")
    raw["solver"] = {"gap": 2, "name": "gurobi"}
    assert set(faults_of(raw)) == {"titel", "title", "solver.gap", "solver.name"}


def test_a_cutoff_below_the_largest_norm_is_refused() -> None:
    raw = smallest_tables() | {"distances": {"cutoff_m": 2000}}
    assert "at least the largest norm (2500)" in faults_of(raw)["distances"]


def test_a_site_cannot_be_fixed_and_refused() -> None:
    raw = smallest_tables() | {"decisions": {"fixed": ["a", "b"], "refused": ["b"]}}
    assert "fixed and refused at the same time: b" in faults_of(raw)["decisions"]


def test_paths_are_relative_to_the_study_file(tmp_path: Path) -> None:
    file = tmp_path / "studies" / "mijn.toml"
    file.parent.mkdir()
    file.write_text(
        'title = "T"\n[region]\nname = "R"\n[inputs.population]\npath = "../raw/grid.gpkg"\n'
        '[inputs.areas]\npath = "areas.gpkg"\n[[inputs.sites]]\npath = "s.csv"\nsource = "s"\n',
        encoding="utf-8",
    )
    study = load_study(file)
    assert study.inputs.population.path == tmp_path / "raw" / "grid.gpkg"
    assert study.output == tmp_path / "studies" / "runs"


def test_a_missing_study_file_names_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "ijsselland.toml").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"did you mean .*ijsselland\.toml"):
        load_study(tmp_path / "ijselland.toml")


@pytest.mark.parametrize("content", [b"title = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_a_settings_fault(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "study.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError):
        load_study(file)


def test_every_key_of_a_study_is_documented() -> None:
    assert [doc.key for doc in settings_reference() if not doc.text] == []


def test_the_schema_of_a_study_can_be_given_to_editors() -> None:
    assert Study.model_json_schema()["additionalProperties"] is False


def test_every_norm_has_value_unit_source_date_and_certainty() -> None:
    norms = published_norms()
    assert {"inhabitants_per_lnsp", "lnsp_per_cnsp", "service_distance_kern_m"} <= set(norms)
    for norm in norms.values():
        assert norm.value > 0
        assert norm.unit
        assert norm.certainty in ("source", "setting")
        assert len(norm.source) > 20
        assert "{value}" in norm.text_nl, "the number stands once, as the value"


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("ratios", "inhabitants_per_lnsp", 1e-9),
        ("ratios", "inhabitants_per_lnsp", 1e9),
        ("ratios", "lnsp_per_cnsp", 1e7),
        ("ratios", "min_lnsp_per_cnsp", 100_000),
        ("capacity", "persons", 0.01),
        ("capacity", "slack", 1e6),
        ("distances", "service_distance_kern_m", 1e-6),
        ("distances", "cutoff_m", 0.001),
        ("neighbours", "inhabitants_per_lnsp", 0.5),
        ("solver", "time_limit_s", 1e10),
        ("solver", "threads", 1_000_000),
    ],
)
def test_a_number_that_no_study_can_mean_is_refused_with_its_key_and_limit(
    section: str, key: str, value: float
) -> None:
    told = faults_of(smallest_tables(**{section: {key: value}}))
    assert "than or equal to" in told[f"{section}.{key}"]
