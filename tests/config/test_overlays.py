"""Overlays on a study: what they change, what is refused, and what the planner is told."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsp_planner.config import Overlay, Study, apply_overlays, find_overlay, load_scenario_study, read_overlay
from nsp_planner.config.norm_fields import norm_keys
from nsp_planner.config.norms_file import read_norms_overlay
from nsp_planner.config.overlay import overlay_keys
from nsp_planner.errors import SettingsError
from nsp_planner.norms import published_norms
from tests.towns.example_region import write_overlay
from tests.towns.studies import smallest_tables

RAW = smallest_tables(ratios={"quota": {"GM0148": 7}}, decisions={"fixed": ["gebouwen-1"]})


def overlay(name: str, settings: dict[str, Any], file: Path | None = None) -> Overlay:
    return Overlay(name, name, f"Wat als {name}.", settings, file)


def test_an_overlay_changes_its_keys_and_tells_old_and_new(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        study, (applied,) = apply_overlays(RAW, [overlay("zes", {"ratios": {"lnsp_per_cnsp": 6}})])
    assert study.ratios.lnsp_per_cnsp == 6
    assert [(c.key, c.old, c.new) for c in applied.changes] == [("ratios.lnsp_per_cnsp", 4.0, 6.0)]
    assert "scenario zes: ratios.lnsp_per_cnsp: 4 -> 6" in caplog.messages


def test_what_an_overlay_does_not_name_stays_as_it_was() -> None:
    base, nothing = apply_overlays(RAW, [])
    study, _ = apply_overlays(RAW, [overlay("a", {"capacity": {"slack": 0.5}})])
    assert nothing == ()
    assert study.capacity.persons == base.capacity.persons
    assert study.change(capacity=base.capacity) == base
    assert RAW["ratios"] == {"quota": {"GM0148": 7}}


def test_keys_inside_a_table_are_merged_one_by_one() -> None:
    study, (applied,) = apply_overlays(RAW, [overlay("a", {"ratios": {"quota": {"GM0150": 3}}})])
    assert study.ratios.quota == {"GM0148": 7, "GM0150": 3}
    assert applied.changes[0].as_text() == "ratios.quota.GM0150: (none) -> 3"


def test_a_list_is_replaced_and_with_a_plus_it_is_added_to() -> None:
    replaced, _ = apply_overlays(RAW, [overlay("a", {"decisions": {"fixed": ["gebouwen-2"]}})])
    added, (applied,) = apply_overlays(RAW, [overlay("a", {"decisions": {"fixed+": ["gebouwen-2", "gebouwen-1"]}})])
    assert replaced.decisions.fixed == ("gebouwen-2",)
    assert added.decisions.fixed == ("gebouwen-1", "gebouwen-2")
    assert applied.changes[0].key == "decisions.fixed"


def test_a_plus_on_what_is_no_list_is_refused() -> None:
    with pytest.raises(SettingsError, match="adds to a list") as error:
        apply_overlays(RAW, [overlay("a", {"capacity": {"slack+": 0.1}})])
    assert error.value.faults[0].column == "capacity.slack+"


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        ({"ratios": {"lnsp_per_cnsp": 5}}, {"ratios": {"lnsp_per_cnsp": 6}}, "ratios.lnsp_per_cnsp"),
        ({"ratios": {"quota": {"GM0148": 1}}}, {"ratios": {"quota": {}}}, "ratios.quota"),
        ({"decisions": {"refused": ["a"]}}, {"decisions": {"refused+": ["b"]}}, "decisions.refused"),
        ({"ratios": {"quota": {"GM0148": 1}}}, {"ratios": {"quota": {"GM0148": 1}}}, "ratios.quota.GM0148"),
    ],
)
def test_two_overlays_that_touch_one_key_are_refused_with_key_and_both_files(
    one: dict[str, Any], other: dict[str, Any], key: str
) -> None:
    with pytest.raises(SettingsError) as error:
        apply_overlays(RAW, [overlay("een", one, Path("een.toml")), overlay("twee", other, Path("twee.toml"))])
    (fault,) = error.value.faults
    assert fault.column == key
    assert "een.toml" in fault.message
    assert "twee.toml" in fault.message


def test_two_overlays_on_different_keys_of_one_table_stack() -> None:
    study, applied = apply_overlays(
        RAW, [overlay("a", {"ratios": {"quota": {"GM0150": 3}}}), overlay("b", {"ratios": {"quota": {"GM0160": 4}}})]
    )
    assert study.ratios.quota == {"GM0148": 7, "GM0150": 3, "GM0160": 4}
    assert [scenario.name for scenario in applied] == ["a", "b"]


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_overlays_does_not_matter(order: list[str]) -> None:
    all_of_them = {
        "a": {"ratios": {"lnsp_per_cnsp": 6}},
        "b": {"capacity": {"slack": 0.4}},
        "c": {"distances": {"cross_border": False}},
    }
    study, _ = apply_overlays(RAW, [overlay(name, all_of_them[name]) for name in order])
    first, _ = apply_overlays(RAW, [overlay(name, settings) for name, settings in all_of_them.items()])
    assert study == first


def test_a_fault_in_an_overlay_names_the_overlay_and_a_near_key(tmp_path: Path) -> None:
    file = write_overlay(tmp_path / "fout.toml", "[ratios]\nlnsp_per_cnps = 6")
    with pytest.raises(SettingsError) as error:
        apply_overlays(RAW, [read_overlay(file)])
    (fault,) = error.value.faults
    assert (fault.column, fault.file) == ("ratios.lnsp_per_cnps", str(file))
    assert "did you mean 'lnsp_per_cnsp'" in fault.fix


def test_overlays_that_are_wrong_only_together_are_refused() -> None:
    with pytest.raises(SettingsError, match="cutoff_m"):
        apply_overlays(
            RAW,
            [
                overlay("a", {"distances": {"cutoff_m": 3000}}),
                overlay("b", {"distances": {"service_distance_buitengebied_m": 3500}}),
            ],
        )


def test_paths_in_an_overlay_are_relative_to_the_overlay(tmp_path: Path) -> None:
    study_folder, overlay_folder = tmp_path / "studies", tmp_path / "wat-als"
    file = write_overlay(
        overlay_folder / "a.toml",
        'output = "uit"\n[inputs.areas]\npath = "nieuw.gpkg"\n[[inputs."sites+"]]\npath = "meer.csv"\nsource = "meer"',
    )
    study, _ = apply_overlays(RAW, [read_overlay(file)], folder=study_folder)
    assert study.output == overlay_folder / "uit"
    assert study.inputs.areas.path == overlay_folder / "nieuw.gpkg"
    assert [s.path for s in study.inputs.sites] == [study_folder / "sites.csv", overlay_folder / "meer.csv"]
    assert study.inputs.population.path == study_folder / "grid.gpkg"


def test_a_scenario_is_found_by_name_beside_the_study(tmp_path: Path) -> None:
    study = tmp_path / "studie.toml"
    inside = write_overlay(tmp_path / "scenarios" / "stroomuitval.toml", "[capacity]\nslack = 0")
    beside = write_overlay(tmp_path / "zomer.toml", "[capacity]\nslack = 0")
    assert find_overlay("stroomuitval", study) == inside
    assert find_overlay("zomer", study) == beside
    assert find_overlay(str(beside), study) == beside


def test_a_misspelt_scenario_gets_the_near_name(tmp_path: Path) -> None:
    write_overlay(tmp_path / "scenarios" / "stroomuitval.toml", "[capacity]\nslack = 0")
    (tmp_path / "scenarios" / "stroomuitvol.toml").write_text("[region]\n", encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        find_overlay("stroomuitvall", tmp_path / "studie.toml")
    assert "did you mean 'stroomuitval'?" in error.value.faults[0].fix


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "A"\n[capacity]\nslack = 0\n', "must hold a text"),
        ('sentence = "A"\n[capacity]\nslack = 0\n', "must hold a text"),
        ('title = "A"\nsentence = ""\n[capacity]\nslack = 0\n', "must hold a text"),
        ('title = "A"\nsentence = "B"\n', "nothing is changed"),
        ('title = "A"\n[region]\n[inputs]\n', "a whole study"),
        ("title = ", "not valid TOML"),
    ],
)
def test_a_file_that_is_no_overlay_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "a.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        read_overlay(file)


def test_every_overlay_that_is_shipped_fits_every_study_that_is_shipped() -> None:
    folder = Path(__file__).resolve().parents[2] / "scenarios"
    overlays = [file for file in sorted(folder.glob("*.toml")) if "sentence = " in file.read_text(encoding="utf-8")]
    assert len(overlays) >= 5
    for file in overlays:
        assert overlay_keys(read_overlay(file))
        of_a_network = any(key.startswith(("links.", "distances.method")) for key in overlay_keys(read_overlay(file)))
        # an overlay on the data of one study has the name of that study in front
        of_a_study = [study for study in ("ijsselland", "rijnmond", "voorbeeld") if file.stem.startswith(f"{study}-")]
        others = ("voorbeeld",) if of_a_network else ("ijsselland", "voorbeeld")
        for study in (f"{name}.toml" for name in of_a_study or others):
            _, (applied,) = load_scenario_study(folder / study, [file.stem])
            assert any(change.old != change.new for change in applied.changes), (file.name, study)


def test_a_norms_file_replaces_the_norms_of_the_study_and_keeps_its_source(tmp_path: Path) -> None:
    file = tmp_path / "normen-2027.toml"
    file.write_text(
        '[inhabitants_per_lnsp]\nvalue = 4000\nsource = "NIPV, advies"\ndate = 2027-02-01\n'
        "[service_distance_kern_m]\nvalue = 800\n",
        encoding="utf-8",
    )
    raw = {**RAW, "ratios": {"inhabitants_per_lnsp": 5000}}
    study, (applied,) = apply_overlays(raw, [read_norms_overlay(file)])
    assert study.ratios.inhabitants_per_lnsp == 4000
    assert study.distances.service_distance_kern_m == 800
    assert "NIPV, advies, 2027-02-01" in applied.sentence
    assert {change.key for change in applied.changes} == {
        "ratios.inhabitants_per_lnsp",
        "neighbours.inhabitants_per_lnsp",
        "distances.service_distance_kern_m",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[inhabitants_per_lnps]\nvalue = 4000\n", "did you mean 'inhabitants_per_lnsp'"),
        ('[inhabitants_per_lnsp]\nvalue = "veel"\n', "needs a number"),
        ("", "nothing is changed"),
    ],
)
def test_a_wrong_norms_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "normen.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        read_norms_overlay(file)


def test_the_package_s_own_norms_file_changes_no_value() -> None:
    file = Path(__file__).resolve().parents[2] / "nsp_planner" / "norms.toml"
    _, (applied,) = apply_overlays(RAW, [read_norms_overlay(file)])
    assert all(change.old == change.new for change in applied.changes)
    keys = dict(norm_keys(Study))
    assert set(keys) == set(published_norms())
    assert {change.key for change in applied.changes} >= set(keys.values())
