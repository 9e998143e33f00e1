"""``nsp-planner merge-lists`` as a planner runs it."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from nsp_planner.report import write_report
from tests.cli.test_command_line import run_here
from tests.towns.planned import RUN, make_toy


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_report(folder, make_toy(("Hal [bold]", "Kulturhus", "Kerk", "Kazerne"))[1], run_info=RUN)
    return folder


def with_status(finished: Path, target: Path, status: str) -> Path:
    book = openpyxl.load_workbook(finished / "kandidatenlijst.xlsx")
    page = book["Links"]
    columns = {str(cell.value): cell.column for cell in page[4]}
    page.cell(5, columns["Status"]).value = status
    book.save(target)
    return target


@pytest.mark.slow
def test_changes_are_told_and_a_scenario_is_written(finished: Path, tmp_path: Path) -> None:
    edited = with_status(finished, tmp_path / "links.xlsx", "in gesprek")
    result = run_here("merge-lists", str(finished), str(edited), "--output", str(tmp_path / "uit"))
    assert result.returncode == 0, result.stderr
    assert "1 changes" in result.stdout
    assert "Hal [bold]" in result.stdout
    assert (tmp_path / "uit" / "lijsten.toml").is_file()
    assert "in gesprek" in (tmp_path / "uit" / "wijzigingen.csv").read_text(encoding="utf-8-sig")


def test_the_result_as_json(finished: Path, tmp_path: Path) -> None:
    edited = with_status(finished, tmp_path / "links.xlsx", "pilot")
    result = run_here("merge-lists", str(finished), str(edited), "--output", str(tmp_path / "uit"), "--json")
    (change,) = json.loads(result.stdout)["changes"]
    assert (change["column"], change["old"], change["new"]) == ("Status", "idee", "pilot")


@pytest.mark.slow
def test_contradictions_exit_with_3_and_write_nothing(finished: Path, tmp_path: Path) -> None:
    one = with_status(finished, tmp_path / "een.xlsx", "pilot")
    other = with_status(finished, tmp_path / "twee.xlsx", "in gesprek")
    result = run_here("merge-lists", str(finished), str(one), str(other), "--output", str(tmp_path / "uit"))
    assert result.returncode == 3
    assert "different values" in result.stderr
    assert not (tmp_path / "uit").exists()
