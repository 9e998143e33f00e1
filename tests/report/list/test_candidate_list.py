"""The candidate list as Excel and CSV, read back."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.sites.vocabulary import STATUSES
from nsp_planner.report.columns.sites import LIST
from nsp_planner.report.list.table import NOTE_COLUMN, candidate_table
from nsp_planner.report.list.workbook import write_candidate_workbook
from nsp_planner.report.workbook.book import TABLE_STARTS_AT
from tests.towns.hostile_names import EVIL_NAMES
from tests.towns.planned import RUN, make_study, make_toy

COLUMNS = tuple(column.label for column in LIST)
HEADER_ROW = TABLE_STARTS_AT + 1


@pytest.fixture(scope="module")
def book(toy_folder: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(toy_folder / "kandidatenlijst.xlsx")


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    rows = list(sheet.iter_rows(min_row=HEADER_ROW, values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def test_the_table_lists_lnsps_then_cnsps_then_the_rest(toy: tuple[PlannedStudy, Evaluation]) -> None:
    table = candidate_table(toy[1])
    assert tuple(table.columns) == COLUMNS
    assert table["Rol"].tolist() == ["L-NSP", "L-NSP", "C-NSP", "niet gekozen"]
    assert table["Naam"].tolist() == ["Dorpshuis De Toekomst", "Kulturhus & Co", "Kazerne Toystad", "Kerk"]
    assert table["Inwoners"].tolist()[:2] == [175, 185]
    assert table["Inwoners"].isna().tolist() == [False, False, True, True]
    assert table["Vastgelegd"].tolist() == ["nee", "ja", "nee", "nee"]
    assert table["L-NSP's onder dit C-NSP"].tolist()[2] == 2
    assert table.loc[0, ["Toiletten", "Drempelvrij", "Noodstroom"]].tolist() == ["ja", "nee", "onbekend"]


def test_a_building_that_is_both_has_one_row_with_both_roles() -> None:
    _, evaluation = make_toy()
    both = evaluation.lnsps["site_id"].iloc[0]
    cnsps = evaluation.cnsps.assign(site_id=both)
    table = candidate_table(replace(evaluation, cnsps=cnsps))
    assert table["Rol"].tolist() == ["L-NSP en C-NSP", "L-NSP", "niet gekozen", "niet gekozen"]


def test_a_refused_site_is_told_from_one_that_is_only_not_chosen() -> None:
    _, evaluation = make_toy(study=make_study(decisions={"refused": ["gebouwen-3"]}))
    table = candidate_table(evaluation).set_index("Id")
    assert table["Vastgelegd"].to_dict() == {
        "gebouwen-1": "nee", "gebouwen-2": "nee", "kazernes-4": "nee", "gebouwen-3": "afgewezen",
    }  # fmt: skip


def test_the_workbook_has_a_sheet_for_every_question(book: openpyxl.Workbook) -> None:
    expected = [
        "Leeswijzer",
        "Regio",
        "C-NSP",
        "Voorbij een C-NSP",
        "Gebruik en bemensing",
        "Indicatoren",
        "Normen",
        "Calibratie",
        "Samengevoegd",
        "Weggelaten",
        "Buiten bereik",
    ]
    assert book.sheetnames == [*expected, "Links", "Rechts"]


def test_numbers_are_numbers_with_a_format(book: openpyxl.Workbook) -> None:
    sheet = book["Regio"]
    header = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    load = sheet.cell(HEADER_ROW + 1, header["Belasting"])
    assert load.value == pytest.approx(175 / 5000)
    assert load.number_format == "0.0%"
    assert sheet.cell(HEADER_ROW + 1, header["Inwoners"]).value == 175
    assert sheet.cell(HEADER_ROW + 1, header["Inwoners"]).number_format == "#,##0"
    assert sheet.cell(HEADER_ROW + 1, header["X (RD)"]).value == 210_150


def test_a_sheet_has_a_frozen_header_filters_a_status_list_and_a_print_setup(book: openpyxl.Workbook) -> None:
    sheet = book["Regio"]
    assert sheet.freeze_panes == f"C{HEADER_ROW + 1}"
    assert sheet.auto_filter.ref == f"A{HEADER_ROW}:{get_column_letter(len(LIST))}{HEADER_ROW + 3}"
    rule, decided = sheet.data_validations.dataValidation
    assert decided.formula1 == '"ja,nee,afgewezen"'
    assert rule.formula1 == '"' + ",".join(STATUSES) + '"'
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 8
    assert sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_every_sheet_of_made_up_data_says_so(tmp_path: Path) -> None:
    write_candidate_workbook(tmp_path / "a.xlsx", make_toy(study=make_study(illustration=True))[1], RUN)
    for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx"):
        assert "Illustratie: verzonnen gegevens" in str(sheet["A2"].value)
        assert "hemelsbreed" in str(sheet["A2"].value)
        assert "Illustratie" in str(sheet.oddHeader.right.text)


def test_a_sheet_per_gemeente_has_its_sites_chosen_or_not(book: openpyxl.Workbook) -> None:
    assert [row["Naam"] for row in rows_of(book["Rechts"])] == ["Kulturhus & Co", "Kerk"]


def test_norms_come_with_source_certainty_and_whether_the_study_replaced_them(book: openpyxl.Workbook) -> None:
    rows = {str(row["Norm"]): row for row in rows_of(book["Normen"])}
    ratio = rows["1 lokaal noodsteunpunt (L-NSP) per 200 inwoners"]
    assert (ratio["Waarde"], ratio["Gepubliceerde waarde"], ratio["Vervangen in deze studie"]) == (200, 5000, "ja")
    assert "algemeen bestuur" in str(ratio["Herkomst"])
    walking = next(row for text, row in rows.items() if "loopafstand in de kern" in text)
    assert walking["Zekerheid"] == "eigen instelling, geen Nederlandse bron"


def test_calibration_merged_and_left_out_rows_are_all_there(book: openpyxl.Workbook) -> None:
    assert [row["Totaal in dit plan"] for row in rows_of(book["Calibratie"])] == [180, 180]
    assert rows_of(book["Samengevoegd"])[0]["Rij in de bron"] == "17"
    left_out = rows_of(book["Weggelaten"])
    assert [(row["Reden"], row["Inwoners"]) for row in left_out] == [("geen coördinaten", None), ("buiten de regio", 7)]


def test_indicators_are_there_for_region_and_gemeenten(book: openpyxl.Workbook) -> None:
    rows = {row["Gebied"]: row for row in rows_of(book["Indicatoren"])}
    assert list(rows) == ["Toystad", "Links", "Rechts"]
    assert rows["Toystad"]["Inwoners"] == 360
    assert rows["Toystad"]["% binnen 1 km"] == 1
    assert rows["Links"]["Aantal L-NSP's"] == 1


@pytest.mark.slow
def test_text_in_the_workbook_is_never_a_formula_or_a_link(evil_folder: Path) -> None:
    book = openpyxl.load_workbook(evil_folder / "kandidatenlijst.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert set(EVIL_NAMES) <= {cell.value for cell in cells}


@pytest.mark.slow
def test_the_workbook_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_candidate_workbook(tmp_path / name, make_toy()[1], RUN)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_csv_opens_in_a_dutch_excel(toy_folder: Path) -> None:
    raw = (toy_folder / "kandidatenlijst.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(toy_folder / "kandidatenlijst.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert tuple(table.columns) == (*COLUMNS, NOTE_COLUMN)
    assert set(table[NOTE_COLUMN]) == {"CONCEPT · loopafstand: hemelsbreed x 1,3 (geschatte loopafstand)"}
    assert table["Belasting"].tolist()[:2] == [0.035, 0.037]
    assert table["Vloeroppervlak (m2)"].tolist()[0] == 120.5
    assert b";0,035;" in raw


def test_no_cell_of_the_csv_starts_as_a_formula(evil_folder: Path) -> None:
    with (evil_folder / "kandidatenlijst.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    names = [row["Naam"] for row in rows]
    assert f"'{EVIL_NAMES[1]}" in names
    assert f"'{EVIL_NAMES[3]}" in names
    assert EVIL_NAMES[2] in names
    assert not any(str(cell).startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
