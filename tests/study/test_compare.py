"""Comparing finished runs: what came, went and moved, and what is refused."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from nsp_planner.config import load_scenario_study
from nsp_planner.errors import DataError, Faults, SettingsError
from nsp_planner.evaluate.change.change_reasons import ReasonKind
from nsp_planner.evaluate.change.comparison import find_moved, indicator_values, sites_by_role
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.report.page.packing import unpack
from nsp_planner.study.compare import compare_runs
from nsp_planner.study.finished_run import read_finished_run
from nsp_planner.study.run import run_study
from tests.towns.example_region import write_overlay

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folders(example: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs of the small example: as it is, and with a point per 2,500 inhabitants."""
    output = tmp_path_factory.mktemp("runs")
    overlay = write_overlay(
        output / "dubbel.toml", "[ratios]\ninhabitants_per_lnsp = 2500", title="Dubbel", sentence="Twee keer zo veel."
    )
    made = []
    for names in ([], [str(overlay)]):
        study, scenarios = load_scenario_study(example, names)
        study = study.change(output=output)
        made.append(run_study(study, command="test", scenarios=scenarios).folder)
    return made


def record(folder: Path, label: str) -> FinishedRun:
    run = read_finished_run(folder, Faults(), "test", label=label)
    assert run is not None
    return run


def test_the_manifest_and_the_map_tell_the_scenario_and_every_change(folders: list[Path]) -> None:
    manifest = json.loads((folders[1] / "manifest.json").read_text(encoding="utf-8"))
    (scenario,) = manifest["scenarios"]
    assert scenario["changes"] == [{"key": "ratios.inhabitants_per_lnsp", "old": 5000.0, "new": 2500.0}]
    assert "Scenario: Dubbel." in (folders[1] / "kaart.html").read_text(encoding="utf-8")
    assert "Scenario:" not in (folders[0] / "kaart.html").read_text(encoding="utf-8")
    sheet = openpyxl.load_workbook(folders[1] / "kandidatenlijst.xlsx")["Leeswijzer"]
    texts = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "ratios.inhabitants_per_lnsp: 5000 -> 2500" in texts
    assert folders[1].name.startswith("voorbeeldregio-eerste-plan-illustratie-dubbel-")


def test_sites_that_came_and_went_are_the_difference_of_the_two_lists(folders: list[Path]) -> None:
    a, b = record(folders[0], "A"), record(folders[1], "B")
    moved = find_moved(a, b)
    before = set(a.sites.loc[a.sites["role"] == "lnsp", "site_id"])
    after = set(b.sites.loc[b.sites["role"] == "lnsp", "site_id"])
    lnsps = moved.sites[moved.sites["role"] == "lnsp"]
    assert set(lnsps.loc[lnsps["change"] == "came", "site_id"]) == after - before
    assert set(lnsps.loc[lnsps["change"] == "went", "site_id"]) == before - after
    assert len(after) - len(before) == 4
    assert set(sites_by_role([a, b], "lnsp")["site_id"]) == before ^ after


def test_the_persons_who_moved_are_counted_square_by_square(folders: list[Path]) -> None:
    a, b = record(folders[0], "A"), record(folders[1], "B")
    moved = find_moved(a, b)
    where = dict(zip(b.squares["demand_id"], b.squares["site_id"], strict=True))
    by_hand = sum(
        persons
        for square, persons, site in a.squares[["demand_id", "persons", "site_id"]].itertuples(index=False)
        if where[square] != site
    )
    assert moved.moved_persons == by_hand > 0
    assert moved.flows["persons"].sum() == by_hand
    assert moved.nearer_persons + moved.farther_persons <= moved.n_persons == 18_550


def test_every_site_that_came_or_went_is_explained(folders: list[Path], tmp_path: Path) -> None:
    """Nothing but a setting differs: that is the reason of each, or another change that it follows from."""
    moved = find_moved(record(folders[0], "A"), record(folders[1], "B"))
    changed = set(zip(moved.sites["site_id"], moved.sites["role"], moved.sites["change"], strict=True))
    assert {(reason.site_id, reason.role, reason.change) for reason in moved.reasons} == changed
    of_lnsps = [reason for reason in moved.reasons if reason.role == "lnsp"]
    assert all(reason.kind == ReasonKind.SETTING for reason in of_lnsps)
    assert all(reason.keys == ("ratios.inhabitants_per_lnsp",) for reason in of_lnsps)
    answer = compare_runs(folders, tmp_path).answer
    (table,) = (table for table in answer.tables if table.name == "waarom-erbij-en-vervallen")
    assert len(table.rows) == len(changed)
    why = [column.label for column in table.columns].index("Waarom")
    assert all(row[why].startswith(("andere instelling of invoer: ", "volgt uit ")) for row in table.rows)


def test_less_than_ten_metres_is_no_change_and_ten_is(folders: list[Path]) -> None:
    run = record(folders[0], "A")
    squares = run.squares.copy()
    squares["distance_m"] += np.resize([9.9, 10.1, -9.9, -10.1], len(squares))
    moved = find_moved(run, dataclasses.replace(run, squares=squares))
    served = run.squares["distance_m"].notna().to_numpy()
    steps = np.resize([0, 1, 0, -1], len(squares))
    persons = run.squares["persons"].to_numpy()
    assert moved.farther_persons == persons[served & (steps == 1)].sum() > 0
    assert moved.nearer_persons == persons[served & (steps == -1)].sum() > 0
    assert moved.moved_persons == 0


def test_an_l_nsp_under_another_station_is_told_with_both_distances(folders: list[Path]) -> None:
    run = record(folders[0], "A")
    sites = run.sites.copy()
    first = sites.index[sites["role"] == "lnsp"][0]
    was = sites.loc[first]
    sites.loc[first, ["cnsp_id", "cnsp_distance_m"]] = ["elders", 12_500.0]
    (row,) = find_moved(run, dataclasses.replace(run, sites=sites)).coordinators.to_dict("records")
    assert (row["site_id"], row["from_id"], row["to_id"]) == (was["site_id"], was["cnsp_id"], "elders")
    assert (row["before_m"], row["after_m"]) == (was["cnsp_distance_m"], 12_500.0)


def test_a_plan_compared_with_its_copy_moves_nobody(folders: list[Path], tmp_path: Path) -> None:
    shutil.copytree(folders[0], tmp_path / "kopie")
    moved = find_moved(record(folders[0], "A"), record(tmp_path / "kopie", "B"))
    assert (len(moved.sites), len(moved.flows), moved.moved_persons, moved.n_other_squares) == (0, 0, 0, 0)
    assert (len(moved.reasons), len(moved.coordinators)) == (0, 0)


def test_a_comparison_writes_page_workbook_and_tables_that_agree(folders: list[Path], tmp_path: Path) -> None:
    result = compare_runs(folders, tmp_path)
    names = {path.name for path in result.folder.iterdir()}
    assert names == {output.name for output in result.outputs}
    assert {"vergelijking.html", "vergelijking.xlsx", "kenmerken.csv"} <= names
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    values = indicator_values([record(folders[0], "A"), record(folders[1], "B")])
    with (result.folder / "kenmerken.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row[0]: row[1:] for row in csv.reader(file, delimiter=";")}
    mean = [float(text.replace(",", ".")) for text in rows["Gemiddelde loopafstand"][:2]]
    assert mean == pytest.approx(list(values.loc["mean_distance_m"]), rel=1e-5)
    table = next(table for table in result.answer.tables if table.name == "kenmerken")
    row = [cells[0] for cells in table.rows].index("Gemiddelde loopafstand")
    assert (table.marks[row, 2], table.marks[row, 1]) == ("best", "worst")


def test_the_page_of_a_comparison_loads_nothing_from_outside(folders: list[Path], tmp_path: Path) -> None:
    page = (compare_runs(folders, tmp_path).folder / "vergelijking.html").read_text(encoding="utf-8")
    assert "<script src" not in page
    assert "<link" not in page
    packed = page.split('id="nsp-data">', 1)[1].split("</script>", 1)[0]
    header, _ = unpack(packed)
    assert header["others"][0]["title"] == "B: Dubbel"
    assert len(header["others"][0]["changed"]) >= 4
    assert {change for _, _, change, *_ in header["others"][0]["changed"]} <= {"came", "went"}


def test_runs_with_other_distances_are_told_and_their_distances_not_judged(folders: list[Path], tmp_path: Path) -> None:
    shutil.copytree(folders[1], tmp_path / "anders")
    path = tmp_path / "anders" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["metric_nl"] = "over het wandelnetwerk"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    answer = compare_runs([folders[0], tmp_path / "anders"], tmp_path / "uit").answer
    assert any("niet vergelijkbaar" in note for note in answer.notes)
    table = next(table for table in answer.tables if table.name == "kenmerken")
    assert table.units is not None
    assert not any(table.units[row] == "m" for row, _ in table.marks)
    assert any(table.units[row] == "share" for row, _ in table.marks)


def test_runs_of_different_regions_are_refused(folders: list[Path], tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    shutil.copytree(folders[1], tmp_path / "elders")
    with closing(sqlite3.connect(tmp_path / "elders" / "plan.gpkg")) as connection, connection:
        triggers = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'gemeenten'"
        ).fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE gemeenten SET gemeente_code = 'GM9999'")
    with pytest.raises(SettingsError, match="other gemeenten"):
        compare_runs([folders[0], tmp_path / "elders"], tmp_path / "uit")
    assert not (tmp_path / "uit").exists()


def test_every_folder_that_is_no_run_is_named_at_once(folders: list[Path], tmp_path: Path) -> None:
    (tmp_path / "leeg").mkdir()
    shutil.copytree(folders[0], tmp_path / "stuk")
    (tmp_path / "stuk" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError) as error:
        compare_runs([folders[0], tmp_path / "leeg", tmp_path / "stuk", tmp_path / "weg"], tmp_path / "uit")
    assert len(error.value.faults) == 3


@pytest.mark.parametrize("n", [0, 1])
def test_one_run_is_no_comparison(folders: list[Path], tmp_path: Path, n: int) -> None:
    with pytest.raises(SettingsError, match="two runs"):
        compare_runs(folders[:n], tmp_path / "uit")


def test_the_same_run_twice_is_refused(folders: list[Path], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="given twice"):
        compare_runs([folders[0], folders[0]], tmp_path / "uit")
