"""The manifest: complete, plain JSON, and true to the files."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nsp_planner.config import Study
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.report import OutputFile, write_report
from nsp_planner.report.manifest.write import write_manifest
from tests.towns.planned import RUN, make_toy


@pytest.fixture(scope="module")
def manifest(toy_folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((toy_folder / "manifest.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.slow
def test_the_report_returns_what_it_wrote_in_reading_order(tmp_path: Path) -> None:
    outputs = write_report(tmp_path, make_toy()[1], run_info=RUN)
    names = ["kaart.html", "kandidatenlijst.xlsx", "kandidatenlijst.csv", "plan.gpkg", "bewijs.npz", "manifest.json"]
    assert [output.name for output in outputs] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert all(isinstance(output, OutputFile) and output.description_nl for output in outputs)


def test_every_output_but_itself_is_listed_with_its_checksum(manifest: dict[str, Any], toy_folder: Path) -> None:
    assert [entry["name"] for entry in manifest["outputs"]] == [
        "kaart.html", "kandidatenlijst.xlsx", "kandidatenlijst.csv", "plan.gpkg", "bewijs.npz",
    ]  # fmt: skip
    for entry in manifest["outputs"]:
        raw = (toy_folder / entry["name"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(raw).hexdigest()
        assert entry["n_bytes"] == len(raw)


def test_the_settings_in_the_manifest_make_the_same_study(manifest: dict[str, Any]) -> None:
    assert Study.model_validate(manifest["settings"]) == make_toy()[0].study


def test_both_levels_come_with_their_proof(manifest: dict[str, Any]) -> None:
    lnsp, cnsp = manifest["plan"]["lnsp"], manifest["plan"]["cnsp"]
    assert (lnsp["value"], lnsp["bound"], lnsp["status"]) == (1200.0, 1197.0, "within_gap")
    assert lnsp["gap"] == pytest.approx(0.0025)
    assert (cnsp["gap"], cnsp["status"]) == (0.0, "optimal")
    assert (lnsp["solver"], lnsp["seed"], lnsp["threads"], lnsp["stopped_by"]) == ("HiGHS 1.15.1", 1, 2, "gap")
    assert lnsp["trace"][0] == {"seconds": 0.5, "value": 1300.0, "bound": 900.0}


def test_every_person_is_accounted_for() -> None:
    account = make_toy(lost=True)[1].account
    assert vars(account) == {
        "served": 350,
        "unreachable": 10,
        "planned": 360,
        "left_out": 7,
        "left_out_rows_without_count": 1,
        "official": 360,
    }


def test_inputs_versions_norms_and_run_are_named(manifest: dict[str, Any]) -> None:
    assert manifest["inputs"][0]["sha256"] == "ab" * 32
    assert manifest["packages"]["folium"][0].isdigit()
    assert manifest["created"] == "2026-11-21T09:30:00+00:00"
    assert manifest["command"] == "nsp-planner plan studie.toml"
    norm = next(row for row in manifest["norms"] if row["name"] == "inhabitants_per_lnsp")
    assert norm["replaced"]
    assert norm["source"]


def test_an_unknown_bound_is_null_not_infinity(tmp_path: Path) -> None:
    planned, _ = make_toy()
    plan = replace(planned.local_plan, bound=-math.inf)
    write_manifest(tmp_path / "manifest.json", evaluate_plan(replace(planned, local_plan=plan)), RUN, ())
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    assert "Infinity" not in text
    assert json.loads(text)["plan"]["lnsp"]["gap"] is None
