"""Workbooks: what people see in a sheet, and what they do not see in it."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from nsp_planner.layers.raw import limits, workbook, zips
from nsp_planner.layers.raw.workbook import DATE, ERROR, FORMULA, MERGED, read_sheet, read_sheets


def save(path: Path, *rows: list[object], change: Callable[[openpyxl.Workbook], object] | None = None) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Lijst"
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    book.save(path)
    return path


def edit(path: Path, member: str, pattern: str, new: str) -> Path:
    """The workbook with one part rewritten."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed, n = re.subn(pattern, new, parts[member].decode())
    assert n
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, changed if name == member else content)
    return path


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_called_as_excel_does(column: int, name: str) -> None:
    assert workbook._letters(column) == name
    assert workbook._column(f"{name}12") == column


def test_what_a_sheet_says_of_its_own_size_is_not_believed(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ["naam", "x"], ["Hal", 1], ["Kerk", 2])
    edit(path, "xl/worksheets/sheet1.xml", r'<dimension ref="[^"]*"', '<dimension ref="A1:A1"')
    assert read_sheet(path, None).rows == [["naam", "x"], ["Hal", "1"], ["Kerk", "2"]]


def test_dates_and_errors_are_told_with_their_cell(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ["naam", "huisnr", "m2"], ["Hal", dt.date(2026, 12, 3), 5], ["Kerk", 7, "#DIV/0!"])
    odd = read_sheet(path, None).odd_cells
    assert [(cell.at, cell.row, cell.column, cell.problem) for cell in odd] == [
        ("B2", 2, 1, DATE), ("C3", 3, 2, ERROR),
    ]  # fmt: skip
    assert odd[1].text == "#DIV/0!"
    time = read_sheet(save(tmp_path / "b.xlsx", ["open"], [dt.time(9, 30)]), None).odd_cells
    assert [cell.problem for cell in time] == [DATE]


def test_a_formula_whose_value_was_never_stored_is_told_and_one_with_a_value_is_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ["naam", "m2"], ["Hal", "=1+1"], ["Kerk", "=2+2"])
    edit(path, "xl/worksheets/sheet1.xml", r"(<f>2\+2</f>)<v ?/>|(<f>2\+2</f>)<v></v>", r"<f>2+2</f><v>4</v>")
    sheet = read_sheet(path, "Lijst")
    assert sheet.rows[2] == ["Kerk", "4"]
    assert [(cell.at, cell.row, cell.column, cell.problem) for cell in sheet.odd_cells] == [("B2", 2, 1, FORMULA)]


def test_every_cell_of_a_merged_range_is_told_as_far_as_there_are_rows(tmp_path: Path) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["Lijst"].merge_cells("B2:C3")
        book["Lijst"].merge_cells("A3:A9")

    path = save(tmp_path / "a.xlsx", ["naam", "a", "b"], ["Hal", 1, 2], ["Kerk", 3, 4], change=merge)
    n_rows = len(read_sheet(path, None).rows)
    merged = [(cell.at, cell.row, cell.column) for cell in read_sheet(path, None).odd_cells if cell.problem == MERGED]
    assert sorted(merged) == [("A3:A9", row, 0) for row in range(3, min(9, n_rows) + 1)] + [
        ("B2:C3", 2, 1), ("B2:C3", 2, 2), ("B2:C3", 3, 1), ("B2:C3", 3, 2),
    ]  # fmt: skip


def test_of_a_range_merged_over_all_columns_a_hundred_are_told() -> None:
    assert len(list(workbook._merged("A1:XFD1", 5))) == 101
    assert list(workbook._merged("A1", 5)) == []
    assert [cell.row for cell in workbook._merged("A4:A9", 5)] == [4, 5]


def test_rows_hidden_by_a_filter_are_told_by_their_number(tmp_path: Path) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["Lijst"].row_dimensions[3].hidden = True

    path = save(tmp_path / "a.xlsx", ["naam"], ["Hal"], ["Kerk"], ["School"], change=hide)
    assert read_sheet(path, None).hidden_rows == {3}
    edit(path, "xl/worksheets/sheet1.xml", r'hidden="1"', 'hidden="true"')
    assert read_sheet(path, None).hidden_rows == {3}
    edit(path, "xl/worksheets/sheet1.xml", r'hidden="true"', 'hidden="0"')
    assert read_sheet(path, None).hidden_rows == set()


def test_rows_without_a_number_count_on_from_the_one_above(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ["naam"], ["Hal"], ["Kerk"])
    edit(path, "xl/worksheets/sheet1.xml", r'<row r="3"', '<row hidden="1"')
    assert read_sheet(path, None).hidden_rows == {3}


def test_all_sheets_are_read_by_name_also_empty_ones(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ["naam"], change=lambda book: book.create_sheet("leeg"))
    assert {title: sheet.rows for title, sheet in read_sheets(path).items()} == {"Lijst": [["naam"]], "leeg": []}
    assert read_sheet(path, "leeg").rows == []


def test_a_sheet_has_a_million_rows_and_its_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ROWS", 2)
    assert len(read_sheet(save(tmp_path / "a.xlsx", ["naam"], ["a"], ["b"]), None).rows) == 3
    with pytest.raises(ValueError, match="more than 2 rows"):
        read_sheet(save(tmp_path / "b.xlsx", ["naam"], ["a"], ["b"], ["c"]), None)


def test_all_parts_together_have_a_limit_and_so_has_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.xlsx", ["naam"], ["a"])
    with zipfile.ZipFile(path) as archive:
        total = sum(member.file_size for member in archive.infolist())
    monkeypatch.setattr(limits, "MAX_WORKBOOK_BYTES", total)
    assert read_sheet(path, None).rows == [["naam"], ["a"]]
    monkeypatch.setattr(limits, "MAX_WORKBOOK_BYTES", total - 1)
    with pytest.raises(ValueError, match="the workbook unpacks to 0 MiB: refused"):
        read_sheet(path, None)
    monkeypatch.setattr(limits, "MAX_WORKBOOK_BYTES", 2**40)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/groot.bin", bytes(2 * 2**20))
    monkeypatch.setattr(zips, "MAX_RATIO_FREE_BYTES", 2**20)
    with pytest.raises(ValueError, match=re.escape("xl/media/groot.bin in the workbook unpacks to 2 MiB: refused")):
        read_sheet(path, None)


def test_the_part_of_a_sheet_is_found_by_its_link_relative_or_from_the_root(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ["naam"], ["a"])
    with zipfile.ZipFile(path) as archive:
        assert workbook._part_of(archive, "Lijst") == "xl/worksheets/sheet1.xml"
        with pytest.raises(ValueError, match='does not say where its sheet "Anders" is'):
            workbook._part_of(archive, "Anders")
    edit(path, "xl/_rels/workbook.xml.rels", r'Target="/?(?:xl/)?worksheets', 'Target="worksheets')
    with zipfile.ZipFile(path) as archive:
        assert workbook._part_of(archive, "Lijst") == "xl/worksheets/sheet1.xml"
