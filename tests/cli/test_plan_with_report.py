"""``nsp-planner plan --report``: from a study file to everything that is handed out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nsp_planner.example import write_example
from tests.cli.test_command_line import run, run_here

pytest.importorskip("typst", reason="the reports need typst")
pytest.importorskip("pypdf", reason="the gate needs pypdf")

BARE = """title = "Toets"
[region]
name = "Toets"
[inputs]
population.path = "vierkanten.gpkg"
areas.path = "gebieden.gpkg"
sites = [{ path = "gebouwen.csv", source = "lijst" }]
"""
"""Settings that are right, of files that are not there: they would be a fault if they were read first."""


@pytest.mark.slow
def test_a_plan_with_its_reports_and_the_version_before(tmp_path: Path) -> None:
    study = write_example(tmp_path / "voorbeeld", scale=0.05)
    options = ("--output", str(tmp_path / "runs"), "--time-limit", "10", "--gap", "0.05")
    first = json.loads(run("plan", str(study), *options, "--json").stdout)
    result = run(
        "plan", str(study), *options, "--report", "--previous", first["folder"], "--alternative", first["folder"]
    )
    assert result.returncode == 0, result.stderr
    assert "bestuursrapport.pdf" in result.stdout
    assert "more files in that folder" in result.stdout
    (folder,) = set((tmp_path / "runs").iterdir()) - {Path(first["folder"])}
    report = (folder / "bestuursrapport.html").read_text(encoding="utf-8")
    assert "Alternatieven naast elkaar" in report
    assert "Er verandert niets: dezelfde noodsteunpunten" in report
    assert (folder / "openbaar" / "noodsteunpunten.html").is_file()


def test_a_run_that_is_none_is_told_before_solving(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(BARE, encoding="utf-8")
    result = run_here("plan", str(tmp_path / "study.toml"), "--previous", str(tmp_path))
    assert result.returncode == 3
    assert "no finished run" in result.stderr
    assert "choosing" not in result.stderr
