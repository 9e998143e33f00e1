"""Edited candidate lists come back whole: every change told, conflicts refused, ids kept."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from nsp_planner.config.scenario_files import load_scenario_study
from nsp_planner.errors import DataError, SettingsError
from nsp_planner.example import write_example
from nsp_planner.layers.raw.text import read_csv_rows
from nsp_planner.report import write_report
from nsp_planner.study.edited_lists.merge import merge_lists
from nsp_planner.study.edited_lists.write import change_table, decisions_of, write_merged_lists
from nsp_planner.study.read import check_layers
from tests.towns.hostile_names import EVIL_NAMES
from tests.towns.planned import RUN, make_toy

PRESENT = "Capaciteit (mensen tegelijk)"
Edit = Callable[[openpyxl.worksheet.worksheet.Worksheet, dict[str, int]], None]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_report(folder, make_toy()[1], run_info=RUN)
    return folder


def edited(run: Path, target: Path, sheet: str, edit: Edit) -> Path:
    """A copy of the run's workbook with one sheet edited; ``edit`` gets the sheet and the column of each header."""
    book = openpyxl.load_workbook(run / "kandidatenlijst.xlsx")
    page = book[sheet]
    edit(page, {str(cell.value): cell.column for cell in page[4]})
    book.save(target)
    return target


def set_cell(site_id: str, **values: object) -> Edit:
    def edit(page: openpyxl.worksheet.worksheet.Worksheet, columns: dict[str, int]) -> None:
        for row in page.iter_rows(min_row=5):
            if row[columns["Id"] - 1].value == site_id:
                for column, value in values.items():
                    row[columns[column.replace("_", " ")] - 1].value = value

    return edit


def add_row(**values: object) -> Edit:
    def edit(page: openpyxl.worksheet.worksheet.Worksheet, columns: dict[str, int]) -> None:
        at = page.max_row + 1
        for column, value in values.items():
            name = {"X": "X (RD)", "Y": "Y (RD)"}.get(column, column)
            page.cell(at, columns[name]).value = value

    return edit


@pytest.mark.slow
def test_a_list_that_came_back_untouched_changes_nothing(run: Path) -> None:
    for name in ("kandidatenlijst.xlsx", "kandidatenlijst.csv"):
        merged = merge_lists(run, [run / name])
        assert merged.changes == ()
        assert merged.new_sites == ()


@pytest.mark.slow
def test_hostile_names_come_back_as_they_were(tmp_path: Path) -> None:
    write_report(tmp_path, make_toy(EVIL_NAMES)[1], run_info=RUN)
    for name in ("kandidatenlijst.xlsx", "kandidatenlijst.csv"):
        merged = merge_lists(tmp_path, [tmp_path / name])
        assert merged.changes == ()
        assert {row["Naam"] for row in merged.rows} == set(EVIL_NAMES)


@pytest.mark.slow
def test_every_change_is_told_from_what_to_what(run: Path, tmp_path: Path) -> None:
    change = set_cell("gebouwen-3", Status="afgevallen", Reden="asbest", Noodstroom="nee", **{PRESENT: 1500})
    merged = merge_lists(run, [edited(run, tmp_path / "rechts.xlsx", "Rechts", change)])
    told = {(c.column, c.old, c.new) for c in merged.changes}
    assert told == {
        ("Status", "idee", "afgevallen"),
        ("Reden", "", "asbest"),
        ("Noodstroom", "onbekend", "nee"),
        (PRESENT, "", "1500"),
    }
    assert {(c.file, c.sheet, c.site_id, c.name) for c in merged.changes} == {
        ("rechts.xlsx", "Rechts", "gebouwen-3", "Kerk")
    }
    assert len(change_table(merged)) == 4


@pytest.mark.slow
def test_a_capacity_that_does_not_say_of_what_is_refused(run: Path, tmp_path: Path) -> None:
    def add_column(page: openpyxl.worksheet.worksheet.Worksheet, columns: dict[str, int]) -> None:
        at = max(columns.values()) + 1
        page.cell(4, at).value = "Capaciteit"
        set_cell("gebouwen-1", Capaciteit=250)(page, {**columns, "Capaciteit": at})

    with pytest.raises(DataError, match="inhabitants or people at once") as refusal:
        merge_lists(run, [edited(run, tmp_path / "a.xlsx", "Links", add_column)])
    (fault,) = refusal.value.faults
    assert fault.fix == "fill in one of: Capaciteit (inwoners), Capaciteit (mensen tegelijk)"
    assert fault.ids == ("gebouwen-1",)


@pytest.mark.slow
def test_a_computed_column_is_not_read(run: Path, tmp_path: Path) -> None:
    merged = merge_lists(run, [edited(run, tmp_path / "a.xlsx", "Links", set_cell("gebouwen-1", Inwoners=99_999))])
    assert merged.changes == ()


@pytest.mark.slow
def test_two_lists_that_contradict_each_other_are_refused(run: Path, tmp_path: Path) -> None:
    one = edited(run, tmp_path / "een.xlsx", "Rechts", set_cell("gebouwen-2", Status="pilot"))
    other = edited(run, tmp_path / "twee.xlsx", "Regio", set_cell("gebouwen-2", Status="in gesprek"))
    with pytest.raises(DataError, match="different values for Status") as refusal:
        merge_lists(run, [one, other])
    assert "een.xlsx" in str(refusal.value)
    assert "twee.xlsx" in str(refusal.value)
    same = edited(run, tmp_path / "drie.xlsx", "Regio", set_cell("gebouwen-2", Status="pilot"))
    assert len(merge_lists(run, [one, same]).changes) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (set_cell("gebouwen-2", Status="misschien"), "is no value for Status"),
        (set_cell("gebouwen-2", Status="afgevallen"), "without a reason"),
        (set_cell("gebouwen-2", Status="afgevallen", Reden="weg"), "afgevallen and vastgelegd"),
        (set_cell("gebouwen-2", **{PRESENT: "veel"}), "no positive number"),
        (set_cell("gebouwen-2", Id="gebouwen-9"), "not in the run"),
        (set_cell("gebouwen-2", Naam=None), "name was emptied"),
        (add_row(Naam="Nieuw", X=210_100), "Y \\(RD\\)"),
        (add_row(X=210_100, Y=500_100), "without a name"),
        (add_row(Naam="Nieuw", Plaats="Rechts"), "without a place"),
        (add_row(Naam="Nieuw", X=500_100, Y=210_100), "RD metres"),
        (add_row(Id="gebouwen-2", Naam="Dubbel", Status="idee"), "twice"),
    ],
)
def test_what_cannot_be_is_refused(run: Path, tmp_path: Path, edit: Edit, message: str) -> None:
    with pytest.raises(DataError, match=message):
        merge_lists(run, [edited(run, tmp_path / "a.xlsx", "Rechts", edit)])


@pytest.mark.slow
def test_faults_of_several_lists_are_told_together(run: Path, tmp_path: Path) -> None:
    (tmp_path / "geen.xlsx").write_bytes(b"no workbook")
    wrong = edited(run, tmp_path / "a.xlsx", "Rechts", set_cell("gebouwen-2", Status="misschien"))
    with pytest.raises(DataError) as refusal:
        merge_lists(run, [tmp_path / "geen.xlsx", wrong])
    assert len(refusal.value.faults) == 2


def test_an_edited_csv_is_read_too(run: Path, tmp_path: Path) -> None:
    rows = read_csv_rows(run / "kandidatenlijst.csv")
    at = rows[0].index("Status")
    for row in rows[1:]:
        row[at] = "in gesprek"
    with (tmp_path / "lijst.csv").open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert {c.new for c in merge_lists(run, [tmp_path / "lijst.csv"]).changes} == {"in gesprek"}


@pytest.mark.slow
def test_decisions_follow_the_lists(run: Path, tmp_path: Path) -> None:
    free = set_cell("gebouwen-2", Vastgelegd="nee")
    merged = merge_lists(run, [edited(run, tmp_path / "a.xlsx", "Rechts", free)])
    assert decisions_of(merged) == {"fixed": [], "refused": [], "fixed_cnsp": [], "refused_cnsp": []}
    both = [
        edited(run, tmp_path / "b.xlsx", "Rechts", set_cell("gebouwen-3", Vastgelegd="afgewezen")),
        edited(run, tmp_path / "c.xlsx", "Links", set_cell("kazernes-4", Vastgelegd="ja")),
    ]
    assert decisions_of(merge_lists(run, both)) == {
        "fixed": ["gebouwen-2"],
        "refused": ["gebouwen-3"],
        "fixed_cnsp": ["kazernes-4"],
        "refused_cnsp": [],
    }


@pytest.mark.slow
def test_a_new_building_may_come_with_its_address_only(run: Path, tmp_path: Path) -> None:
    """Its place is looked up when the lists are read (``layers.sites.address_book``)."""
    new = add_row(Naam="Nieuw", Adres="Plein 1", Plaats="Rechts")
    merged = merge_lists(run, [edited(run, tmp_path / "a.xlsx", "Rechts", new)])
    assert change_table(merged)["Wordt"].tolist() == ["Plein 1, Rechts"]
    write_merged_lists(tmp_path / "terug", merged)
    added = dict(zip(*read_csv_rows(tmp_path / "terug/gebouwen-aanvulling.csv"), strict=True))
    assert (added["address"], added["place"], added["x"], added["y"]) == ("Plein 1", "Rechts", "", "")


def test_nothing_is_written_over(run: Path, tmp_path: Path) -> None:
    merged = merge_lists(run, [run / "kandidatenlijst.csv"])
    (tmp_path / "er").mkdir()
    with pytest.raises(SettingsError, match="exists already"):
        write_merged_lists(tmp_path / "er", merged)


@pytest.mark.slow
def test_a_study_with_the_lists_has_the_same_buildings_and_the_changes(tmp_path: Path) -> None:
    from nsp_planner.study.run import run_study

    study_file = write_example(tmp_path / "voorbeeld", scale=0.05)
    study, _ = load_scenario_study(study_file)
    study = study.change(solver={"gap": 0.05, "time_limit_s": 10}, output=tmp_path / "runs")
    result = run_study(study, command="test")
    before = result.planned.layers.sites.set_index("site_id")
    chosen = str(result.evaluation.lnsps["site_id"].iloc[0])
    gemeente = str(result.evaluation.lnsps["gemeente_name"].iloc[0])
    x, y = before.geometry[chosen].x + 400, before.geometry[chosen].y

    def edit(page: openpyxl.worksheet.worksheet.Worksheet, columns: dict[str, int]) -> None:
        set_cell(chosen, Status="afgevallen", Reden='- eigenaar "wil" niet; kosten')(page, columns)
        add_row(Naam='Nieuw "Huis" <b>', Soort="dorpshuis", Status="idee", X=round(x), Y=round(y))(page, columns)

    changed = edited(result.folder, tmp_path / "terug.xlsx", gemeente, edit)
    write_merged_lists(tmp_path / "terug", merge_lists(result.folder, [changed]))
    again, applied = load_scenario_study(study_file, [str(tmp_path / "terug/lijsten.toml")])
    assert applied[0].title == "Lijsten van de gemeenten"
    after = check_layers(again).sites.set_index("site_id")
    assert set(before.index) <= set(after.index)
    (new,) = set(after.index) - set(before.index)
    assert after.loc[new, "name"] == 'Nieuw "Huis" <b>'
    assert after.loc[chosen, ["status", "status_reason"]].tolist() == ["afgevallen", '- eigenaar "wil" niet; kosten']
    same = [site for site in before.index if site != chosen]
    for column in ("name", "kind", "status", "can_be_lnsp", "can_be_cnsp", "toilets", "address", "place"):
        assert after.loc[same, column].fillna("").tolist() == before.loc[same, column].fillna("").tolist(), column
    for column in ("capacity_persons", "capacity_present"):
        assert after.loc[same, column].equals(before.loc[same, column]), column
    shutil.rmtree(tmp_path / "runs")
