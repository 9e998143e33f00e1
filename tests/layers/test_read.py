"""Reading all inputs of a study: every step is told in its order, and every fault at once."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.config import study_from_dict
from nsp_planner.errors import Faults
from nsp_planner.layers.read import read_layers
from tests.towns.raw_files import faults_of, make_world


def test_every_step_is_told_in_the_order_of_reading(tmp_path: Path) -> None:
    steps: list[str] = []
    assert read_layers(study_from_dict(make_world(tmp_path), folder=tmp_path), Faults(), steps.append) is not None
    assert steps == [
        "reading boundaries",
        "reading population",
        "reading official totals",
        "reading sites: lijst",
        "calibrating population",
        "merging rows on one building",
    ]


def test_without_totals_no_totals_are_read_and_buurten_are_a_step_of_their_own(tmp_path: Path) -> None:
    tables = make_world(tmp_path, totals=None, buurten={"path": "weg.gpkg"})
    steps: list[str] = []
    faults = Faults()
    assert read_layers(study_from_dict(tables, folder=tmp_path), faults, steps.append) is None
    assert "reading buurten" in steps
    assert "reading official totals" not in steps
    assert [fault.file for fault in faults.items] == [str(tmp_path / "weg.gpkg")]


def test_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    tables = make_world(tmp_path)
    for name in ("population", "areas", "totals"):
        tables["inputs"][name]["path"] = str(tmp_path / f"{name}.csv.gpkg")
    told = faults_of(tables)
    assert all(f"{name}.csv.gpkg" in told for name in ("population", "areas", "totals"))


def test_a_list_without_a_building_in_the_region_is_a_fault_that_names_the_lists(tmp_path: Path) -> None:
    far = "naam;x;y;gemeentecode\nVer;210000;501050;0003\n"
    tables = make_world(tmp_path, far)
    tables["inputs"]["sites"][0]["clip_to_region"] = True
    told = faults_of(tables)
    assert "no candidate lies in the region" in told
    assert "sites.csv" in told
