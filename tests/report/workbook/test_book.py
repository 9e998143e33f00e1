"""The writer of every workbook, read back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell import Cell as Read

from nsp_planner.report.text.units import EXCEL_FORMATS, Unit
from nsp_planner.report.workbook.book import Cell, Says, open_book, sheet_name
from nsp_planner.report.workbook.columns import OTHER_WIDTH, SheetColumn, column_of

SAYS = Says("Titel & zo", dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC), "CONCEPT", "CONCEPT")


def cells(tmp_path: Path, columns: list[SheetColumn], *rows: list[object]) -> list[list[Read]]:
    with open_book(tmp_path / "a.xlsx", SAYS) as book:
        book.write_rows("Blad", "Tabel", columns, rows)
    return [list(row) for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["Blad"].iter_rows(min_row=5)]


@pytest.mark.parametrize("unit", sorted(EXCEL_FORMATS))
def test_a_number_is_a_number_in_the_format_of_its_unit(tmp_path: Path, unit: Unit) -> None:
    if unit == "date":
        (cell,) = cells(tmp_path, [SheetColumn("Datum", unit)], [dt.date(2026, 11, 21)])[0]
        assert cell.value == dt.datetime(2026, 11, 21)
    else:
        (cell,) = cells(tmp_path, [SheetColumn("Getal", unit)], [0.5])[0]
        assert cell.value == 0.5
    assert cell.number_format == EXCEL_FORMATS[unit]


def test_a_cell_may_have_another_unit_than_its_column_and_be_the_best_or_worst(tmp_path: Path) -> None:
    values = [[Cell(0.25, "share", "best")], [Cell(12, "m", "worst")], [Cell(12, "m")], [Cell(3, "text")]]
    (share,), (far,), (plain,), (text,) = cells(tmp_path, [SheetColumn("Kenmerk", "text")], *values)
    assert (share.number_format, share.fill.start_color.rgb, share.font.bold) == ("0.0%", "FFCFE8CF", True)
    assert (far.number_format, far.fill.start_color.rgb) == ("#,##0", "FFF6D5D0")
    assert plain.fill.fill_type is None
    assert (text.value, text.data_type) == ("3", "s")


def test_text_is_text_whatever_it_looks_like_and_missing_is_empty(tmp_path: Path) -> None:
    columns = [SheetColumn("A"), SheetColumn("B"), SheetColumn("C"), SheetColumn("D")]
    row = cells(tmp_path, columns, ["=1+1", True, None, float("nan")])[0]
    assert [(cell.value, cell.data_type) for cell in row] == [("=1+1", "s"), ("ja", "s"), (None, "n"), (None, "n")]


def test_long_text_makes_its_row_as_high_as_it_needs_and_a_label_with_choices_offers_them(tmp_path: Path) -> None:
    table = pd.DataFrame({"Status": ["idee", "pilot"], "Reden": ["kort", "lang " * 30]})
    with open_book(tmp_path / "a.xlsx", SAYS) as book:
        book.write_table("Blad", "Tabel", table)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Blad"]
    assert sheet.row_dimensions[5].height is None
    assert sheet.row_dimensions[6].height >= 6 * 14
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["A5:A6"]
    assert sheet.oddFooter.left.text == "Titel && zo"


def test_a_label_that_is_not_listed_holds_whole_numbers() -> None:
    assert column_of("Iets nieuws") == SheetColumn("Iets nieuws", "whole", OTHER_WIDTH)
    assert column_of("Belasting").unit == "share"


def test_a_sheet_name_is_one_excel_accepts_and_never_twice() -> None:
    used: set[str] = set()
    names = [sheet_name(name, used) for name in ("Links/Rechts", "links rechts", "x" * 40, "x" * 50, "''")]
    assert names[:2] == ["Links Rechts", "links rechts 2"]
    assert all(len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == len(names)
    assert names[4] == "Blad"
