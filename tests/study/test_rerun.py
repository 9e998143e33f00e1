"""A run made again: the same bytes from the same inputs, settings and seed; what was changed since is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nsp_planner.config import load_study
from nsp_planner.errors import DataError
from nsp_planner.study.rerun import rerun
from nsp_planner.study.run import run_study
from nsp_planner.study.run_difference import differences
from tests.cli.test_command_line import run_here
from tests.towns.example_region import write_overlay

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def region(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of a copy of the small example that these tests may change."""
    folder = tmp_path_factory.mktemp("opnieuw") / "voorbeeld"
    return shutil.copytree(example.parent, folder) / example.name


@pytest.fixture(scope="module")
def finished(region: Path) -> Path:
    """A finished run of it, with a scenario and all reports."""
    overlay = write_overlay(region.parent / "dichtbij.toml", "[ratios]\nlnsp_per_cnsp = 3")
    output = region.parent / "runs"
    command = ("plan", str(region), "--scenario", str(overlay), "--report", "--output", str(output), "--json")
    result = run_here(*command)
    assert result.returncode == 0, result.stderr
    return Path(json.loads(result.stdout)["folder"])


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    """A copy of the run that a test may change."""
    return shutil.copytree(finished, tmp_path / finished.name)


def manifest_of(run: Path) -> dict[str, object]:
    return dict(json.loads((run / "manifest.json").read_text(encoding="utf-8")))


def change_manifest(run: Path, **values: object) -> None:
    text = json.dumps({**manifest_of(run), **values})
    (run / "manifest.json").write_text(text, encoding="utf-8")


def test_a_run_made_again_is_the_same_in_every_table_and_says_so(finished: Path, tmp_path: Path) -> None:
    result = run_here("rerun", str(finished), "--output", str(tmp_path), "--json")
    answer = json.loads(result.stdout)
    assert (result.returncode, answer["same"], answer["differences"]) == (0, True, [])
    again = Path(answer["folder"])
    assert {path.name for path in again.iterdir()} == {path.name for path in finished.iterdir()}
    tables = [path.relative_to(finished) for path in finished.rglob("*.csv")]
    assert len(tables) >= 2
    for name in tables:
        assert (finished / name).read_bytes() == (again / name).read_bytes()


def test_a_study_without_phasing_gets_none_when_it_is_made_again(finished: Path, tmp_path: Path) -> None:
    assert manifest_of(rerun(finished, output=tmp_path).run.folder)["phases"] is None


def test_another_plan_is_told_as_different_table_by_table(region: Path, finished: Path, tmp_path: Path) -> None:
    study = load_study(region).change(output=tmp_path, ratios={"inhabitants_per_lnsp": 6_000})
    other = run_study(study, command="other").folder
    found = differences(finished, other, manifest_of(finished), manifest_of(other))
    told = "\n".join(found)
    for name in ("kandidatenlijst.csv", "kandidatenlijst.xlsx", "plan.gpkg", "manifest.json, settings.ratios"):
        assert name in told
    assert "begin-hier.html: only in the first run" in told


def test_a_plan_that_comes_out_otherwise_ends_with_1_and_the_difference(copied: Path, tmp_path: Path) -> None:
    plan = json.loads(json.dumps(manifest_of(copied)["plan"]))
    plan["lnsp"]["value"] += 1
    change_manifest(copied, plan=plan)
    result = run_here("rerun", str(copied), "--output", str(tmp_path / "runs"))
    assert result.returncode == 1
    assert "Not the same: 1 difference." in result.stdout
    assert "manifest.json, plan.lnsp.value" in result.stdout


def test_changed_inputs_are_named_and_nothing_is_made(copied: Path, region: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(region.parent, tmp_path / "elders")
    sites, stations = moved / "kandidaten_voorbeeld.csv", moved / "brandweerkazernes_voorbeeld.csv"
    inputs = json.loads(json.dumps(manifest_of(copied)["inputs"]).replace(str(region.parent), str(moved)))
    change_manifest(copied, inputs=inputs)
    sites.write_bytes(sites.read_bytes() + b"\n")
    stations.unlink()
    with pytest.raises(DataError) as caught:
        rerun(copied, output=tmp_path / "runs")
    told = {fault.file: fault.message for fault in caught.value.faults}
    assert "is not what it was: its SHA-256 differs" in told[str(sites)]
    assert "is not there" in told[str(stations)]
    assert len(told) == 2
    assert not (tmp_path / "runs").exists()


def test_a_run_whose_files_were_changed_is_not_compared_with(copied: Path, tmp_path: Path) -> None:
    table = copied / "kandidatenlijst.csv"
    table.write_bytes(table.read_bytes() + b"x")
    with pytest.raises(DataError, match="was changed after it was made"):
        rerun(copied, output=tmp_path / "runs")
