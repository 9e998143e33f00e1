"""From files to a folder, as a planner runs it: the small example, its faults, and the two regions of open data."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nsp_planner.example import write_example
from nsp_planner.storage import sha256_of
from tests.cli.test_command_line import run

pytestmark = pytest.mark.slow

FILES = {"kaart.html", "kandidatenlijst.xlsx", "kandidatenlijst.csv", "plan.gpkg", "bewijs.npz", "manifest.json"}
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small example region: one gemeente; the path of its study."""
    return write_example(tmp_path_factory.mktemp("voorbeeld"), scale=0.05)


@pytest.fixture(scope="module")
def finished(example: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    result = run("plan", str(example), "--json", "--time-limit", "20")
    return result, json.loads(result.stdout)


@pytest.fixture(scope="module")
def told(example: Path, finished: tuple[subprocess.CompletedProcess[str], dict[str, Any]]) -> str:
    """What the same run tells a person, beside the first one in the same folder."""
    result = run("plan", str(example), "--time-limit", "20")
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def copy(example: Path, tmp_path: Path) -> Path:
    """A copy of the example that a test may break."""
    shutil.copytree(example.parent, tmp_path / "kopie", ignore=shutil.ignore_patterns("runs"))
    return tmp_path / "kopie" / example.name


def change(study: Path, old: str, new: str) -> None:
    text = study.read_text(encoding="utf-8")
    assert old in text, f"the study has no {old!r} to change"
    study.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_run_writes_all_files_into_one_fresh_folder(
    example: Path, finished: tuple[subprocess.CompletedProcess[str], dict[str, Any]]
) -> None:
    result, answer = finished
    assert (result.returncode, result.stderr) == (0, "")
    folder = Path(answer["folder"])
    assert {path.name for path in folder.iterdir()} == FILES == set(answer["files"])
    assert [path for path in folder.parent.iterdir() if path.name.startswith(".")] == []


def test_nobody_is_lost_from_raw_file_to_manifest(
    example: Path, finished: tuple[subprocess.CompletedProcess[str], dict[str, Any]]
) -> None:
    answer = finished[1]
    (totals,) = example.parent.glob("*kerncijfers*.csv")
    official = pd.read_csv(totals, sep=None, engine="python")
    official = official[official["gemeentecode"].eq("GM1773") & official["aantal_inwoners"].gt(0)]
    region = answer["indicators"]["Voorbeeldregio"]
    assert region["persons"] == official["aantal_inwoners"].sum()
    assert region["served_persons"] + region["unreachable_persons"] == pytest.approx(region["persons"])


def test_the_end_of_a_run_tells_what_a_planner_wants_to_know(told: str) -> None:
    for wanted in ("L-NSP", "C-NSP", "in 1,000 m", "in 2,500 m", "mean m", "worst m", "highest load", "kaart.html"):
        assert wanted in told
    assert "of the best possible" in told or "proven optimal" in told
    assert "walking network" in told
    assert "illustration" in told


def test_a_second_run_never_overwrites_the_first(
    finished: tuple[subprocess.CompletedProcess[str], dict[str, Any]], told: str
) -> None:
    first = Path(finished[1]["folder"])
    (second,) = set(first.parent.iterdir()) - {first}
    assert second.name in told.replace("\n", "")
    for folder in (first, second):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert {each["name"]: sha256_of(folder / each["name"]) for each in manifest["outputs"]} == {
            each["name"]: each["sha256"] for each in manifest["outputs"]
        }


def test_a_missing_file_exits_with_3_and_writes_nothing(copy: Path, tmp_path: Path) -> None:
    next(copy.parent.glob("*.zip")).unlink()
    result = run("plan", str(copy), "--output", str(tmp_path / "runs"))
    assert result.returncode == 3
    assert "population" in result.stderr
    assert "what to do" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "runs").exists()


def test_faults_of_several_files_are_told_together(copy: Path) -> None:
    next(copy.parent.glob("*.zip")).write_bytes(b"this is no zip")
    next(copy.parent.glob("*kazernes*.csv")).write_text("naam;x;y\n", encoding="utf-8")
    change(copy, "gemeenten = []", 'gemeenten = ["GM1773", "GM9999"]')
    result = run("check", str(copy), "--json")
    answer = json.loads(result.stdout)
    assert (result.returncode, answer["ok"]) == (3, False)
    layers = " ".join(fault["layer"] for fault in answer["faults"])
    assert "population" in layers
    assert "sites" in layers
    assert "region" in layers


def test_an_unknown_site_in_the_decisions_exits_with_2_and_a_near_name(copy: Path) -> None:
    text = copy.read_text(encoding="utf-8")
    assert "fixed = [" in text
    copy.write_text(text.replace("fixed = [", 'fixed = ["kandidaten-99999999",', 1), encoding="utf-8")
    result = run("plan", str(copy))
    assert result.returncode == 2
    assert "kandidaten-99999999" in result.stderr


def test_no_plan_possible_exits_with_4_and_names_the_constraint(copy: Path, tmp_path: Path) -> None:
    with copy.open("a", encoding="utf-8") as study:
        study.write("\n[ratios.quota]\nGM1773 = 1\n")
    result = run("plan", str(copy), "--output", str(tmp_path / "runs"))
    assert result.returncode == 4, result.stderr
    assert "capacity" in result.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_ijsselland_is_planned_from_open_data(shared_dir: Path, tmp_path: Path) -> None:
    study = tmp_path / "scenarios" / "ijsselland.toml"
    study.parent.mkdir()
    text = (PROJECT / "scenarios" / "ijsselland.toml").read_text(encoding="utf-8")
    study.write_text(text.replace("../../shared", str(shared_dir)), encoding="utf-8")
    shutil.copy(PROJECT / "scenarios" / "ijsselland-kazernes.csv", study.parent)
    result = run("plan", str(study), "--json", "--gap", "0.03", "--time-limit", "45")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    region = answer["indicators"]["Veiligheidsregio IJsselland"]
    assert region["persons"] == 548_227
    assert region["served_persons"] + region["unreachable_persons"] == pytest.approx(548_227)
    assert 110 <= region["n_lnsp"] <= 118
    assert region["n_cnsp"] == -(-region["n_lnsp"] // 4)
    official = {"GM0148": 29683, "GM0150": 103405, "GM0160": 62932, "GM0166": 56177, "GM0175": 19031, "GM0177": 38364}
    official |= {"GM0180": 17739, "GM0193": 133141, "GM1708": 45472, "GM1773": 18835, "GM1896": 23448}
    assert {code: answer["indicators"][code]["persons"] for code in official} == official
    assert answer["proof"]["lnsp"]["gap"] < 0.05


@pytest.mark.slow
def test_rijnmond_is_planned_from_the_cbs_grid(shared_dir: Path, tmp_path: Path) -> None:
    from nsp_planner.example.drawn_candidates import draw_candidates

    data = shared_dir / "data" / "cbs-vierkant-rijnmond-2024"
    drawn = tmp_path / "data" / "processed" / "rijnmond"
    buurten, grid_file = data / "buurten_2024_rijnmond.gpkg", data / "cbs_vk100_2024_rijnmond.gpkg"
    draw_candidates(buurten, grid_file, drawn / "kandidaten.csv", seed=1)
    study = tmp_path / "scenarios" / "rijnmond.toml"
    study.parent.mkdir()
    text = (PROJECT / "scenarios" / "rijnmond.toml").read_text(encoding="utf-8")
    study.write_text(text.replace("../../shared", str(shared_dir)), encoding="utf-8")
    shutil.copy(PROJECT / "scenarios" / "ijsselland-kazernes.csv", study.parent)
    result = run("plan", str(study), "--json", "--gap", "0.03", "--time-limit", "45")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    manifest = json.loads((Path(answer["folder"]) / "manifest.json").read_text(encoding="utf-8"))
    (grid,) = [each for each in manifest["inputs"] if each["layer"] == "population"]
    assert grid["n_rows"] == 16_383
    assert sum(row["published_persons"] for row in manifest["calibration"]) <= 1_299_500
