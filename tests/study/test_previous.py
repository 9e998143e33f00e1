"""A plan after another one, from the files to what people read: one hall that is withdrawn, and nothing else moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nsp_planner.audit.run import audit_run
from nsp_planner.config import load_study
from nsp_planner.errors import DataError, SettingsError
from nsp_planner.report.options import DeliverOptions
from nsp_planner.study.rerun import rerun
from nsp_planner.study.run import RunResult, run_study
from tests.cli.test_command_line import run_here
from tests.towns.village import HALLS, write_villages

SCHUUR, GYMZAAL = "Schuur Grenshoek", "Oude Gymzaal"
SHUT = HALLS.replace("200;akkoord eigenaar;", "200;afgevallen;verkocht").replace("afgevallen;dak lekt", "idee;")
"""The barn is sold, and the old gymnasium may be used again."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three villages."""
    folder = tmp_path_factory.mktemp("dorpen")
    write_villages(folder)
    return folder


@pytest.fixture(scope="module")
def first(folder: Path) -> RunResult:
    """Their first plan."""
    return run_study(load_study(folder / "study.toml"), command="test")


@pytest.fixture(scope="module")
def second(first: RunResult, folder: Path) -> RunResult:
    """The plan after it, with the barn sold."""
    (folder / "zalen-verkocht.csv").write_text(SHUT, encoding="utf-8")
    text = (folder / "study.toml").read_text(encoding="utf-8").replace("zalen.csv", "zalen-verkocht.csv")
    (folder / "verkocht.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "verkocht.toml").after(first.folder)
    return run_study(study, command="test", deliver=DeliverOptions())


def told(run: RunResult) -> dict[str, Any]:
    return dict(json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))["changes"])


@pytest.mark.slow
def test_the_same_study_after_its_own_plan_changes_nothing(first: RunResult, folder: Path) -> None:
    again = run_study(load_study(folder / "study.toml").after(first.folder), command="test")
    assert again.evaluation.changes is not None
    assert again.evaluation.changes.is_same
    assert (again.evaluation.changes.n_new_squares, again.evaluation.changes.n_gone_squares) == (0, 0)
    assert told(again)["sites"] == []


def test_the_hall_that_is_withdrawn_goes_and_one_comes_for_it_with_the_reasons(second: RunResult) -> None:
    changes = second.evaluation.changes
    assert changes is not None
    assert [(each.name, each.change) for each in changes.reasons] == [(GYMZAAL, "came"), (SCHUUR, "went")]
    assert (changes.n_other, changes.n_other_at_least, changes.fewest_is_proven) == (1, 1, True)
    rows = {row["name"]: row for row in told(second)["sites"]}
    assert "verkocht" in rows[SCHUUR]["reason_nl"]
    assert rows[SCHUUR]["reason"] == "withdrawn"
    assert rows[GYMZAAL]["reason"] == "freed"


def test_what_keeping_the_hall_would_cost_is_the_plan_with_it_against_the_plan_without(
    first: RunResult, second: RunResult
) -> None:
    """With the barn open for the gymnasium everybody goes as in the first plan; both plans are proven optimal."""
    (row,) = (row for row in told(second)["sites"] if row["name"] == SCHUUR)
    assert row["keep_known"] == "exchange"
    with_barn, without_it = (run.planned.local_plan for run in (first, second))
    assert row["keep_cost"] == pytest.approx(with_barn.value - without_it.value, rel=1e-6)
    assert row["instead"] == next(each["site_id"] for each in told(second)["sites"] if each["name"] == GYMZAAL)


def test_people_whose_hall_stays_keep_it(first: RunResult, second: RunResult) -> None:
    before, after = (run.evaluation.demand.set_index("demand_id")["site_id"] for run in (first, second))
    gone = set(first.evaluation.lnsps["site_id"]) - set(second.evaluation.lnsps["site_id"])
    moved = before[before.fillna("") != after.fillna("")]
    assert set(moved) == gone
    changes = second.evaluation.changes
    assert changes is not None
    persons = dict(zip(first.evaluation.demand["demand_id"], first.evaluation.persons, strict=True))
    assert changes.moved_persons == sum(persons[square] for square in moved.index) > 0


def test_list_report_and_manifest_tell_the_same(second: RunResult) -> None:
    book = openpyxl.load_workbook(second.folder / "kandidatenlijst.xlsx")
    text = [str(cell) for row in book["Wijzigingen"].iter_rows(values_only=True) for cell in row if cell]
    report = (second.folder / "bestuursrapport.html").read_text(encoding="utf-8")
    for row in told(second)["sites"]:
        assert row["reason_nl"] in text
        assert row["name"] in report
    assert "zijn er 1 andere" not in report
    assert "Met minder andere L-NSP" in report
    assert "Wie verhuist" in book.sheetnames
    guide = [str(cell) for row in book["Leeswijzer"].iter_rows(values_only=True) for cell in row if cell]
    assert any("is er 1 een andere dan in het plan van" in each for each in guide)


def test_the_auditor_counts_the_changes_again(second: RunResult) -> None:
    findings = [each for each in audit_run(second.folder).findings if each.check.startswith("changes")]
    assert len(findings) == 5
    assert all(each.holds for each in findings), findings


@pytest.mark.slow
def test_the_terminal_tells_why(first: RunResult, second: RunResult, folder: Path, tmp_path: Path) -> None:
    study = str(folder / "verkocht.toml")
    result = run_here("plan", study, "--previous", str(first.folder), "--output", str(tmp_path / "runs"))
    assert result.returncode == 0, result.stderr
    assert "is er 1 een andere dan in het plan van" in result.stdout
    assert "verkocht" in result.stdout
    assert "bestuursrapport" not in result.stdout


@pytest.mark.slow
def test_a_run_after_another_one_is_made_again_from_both_or_says_what_is_missing(
    first: RunResult, second: RunResult, tmp_path: Path
) -> None:
    again = rerun(second.folder, output=tmp_path / "runs")
    assert again.is_same, again.differences
    manifest = first.folder / "manifest.json"
    kept = manifest.read_bytes()
    try:
        manifest.write_bytes(kept + b" ")
        with pytest.raises(DataError, match="run before it"):
            rerun(second.folder, output=tmp_path / "runs")
    finally:
        manifest.write_bytes(kept)


def test_a_run_that_is_none_is_told_before_anything_is_read(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no finished run"):
        run_study(load_study(folder / "study.toml").after(tmp_path), command="test")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    path = folder / "na-niets.toml"
    path.write_text(f"{text}[previous]\nrun = '{tmp_path.as_posix()}'\n", encoding="utf-8")
    checked = run_here("check", str(path))
    assert (checked.returncode, "no finished run" in checked.stderr) == (3, True)


@pytest.mark.parametrize("section", ["[plan_at_hand]\n", "[staff_shortage]\nopen_lnsps = 1\n"])
def test_a_study_that_only_opens_the_plan_at_hand_has_no_plan_before(
    folder: Path, tmp_path: Path, section: str
) -> None:
    text = (folder / "study.toml").read_text(encoding="utf-8")
    path = tmp_path / "study.toml"
    path.write_text(f'{text}[previous]\nrun = "runs"\n{section}', encoding="utf-8")
    with pytest.raises(SettingsError, match="does not go with it"):
        load_study(path)
    path.write_text(f"{text}{section}", encoding="utf-8")
    with pytest.raises(SettingsError, match="does not go with it"):
        load_study(path).after(tmp_path)
