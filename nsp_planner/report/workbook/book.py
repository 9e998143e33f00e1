"""A workbook. In: what every sheet says, tables and lines of text. Out: an ``.xlsx`` file.

Every table has a frozen header, filters, real numbers and a print set-up. Text is never read as a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import xlsxwriter

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.run_info import RunInfo
from nsp_planner.report.text.dutch import date_nl, is_missing, marks_nl, note_nl
from nsp_planner.report.text.units import EXCEL_FORMATS, Unit, value_text
from nsp_planner.report.workbook.columns import SheetColumn, column_of

TABLE_STARTS_AT = 3
"""Row of the header of a table; above it stand the title of the sheet and what the outputs must say."""

PAPER_A3, PAPER_A4 = 8, 9
LINE_POINTS, MAX_ROW_POINTS = 14.0, 409.0
MANY_COLUMNS = 20
"""A table with more columns is printed two A3 pages wide, with the names repeated on the second."""

Look = dict[str, Any]

DEEP, ALARM, LINE, PAPER = "#14324F", "#B00020", "#D5DBE1", "#FFFFFF"
CELL: Look = {"font_name": "Calibri", "font_size": 10, "valign": "top", "bottom": 1, "bottom_color": LINE}
TEXT: Look = {"align": "left", "indent": 1}
HEADER: Look = {
    "bold": True,
    "font_size": 10,
    "font_color": PAPER,
    "bg_color": DEEP,
    "indent": 1,
    "text_wrap": True,
    "valign": "vcenter",
    "border": 1,
    "border_color": PAPER,
}
MARKED: dict[str, Look] = {"best": {"bg_color": "#CFE8CF", "bold": True}, "worst": {"bg_color": "#F6D5D0"}}

Table = tuple[str, str, pd.DataFrame]
"""Name of the sheet, title, table; columns look as their labels say (:func:`column_of`)."""
Lines = Iterable[tuple[str, Sequence[tuple[str, str]]]]
"""Headings, each with its lines (key and text)."""


@dataclass(frozen=True)
class Cell:
    """A value with its own unit, where one column holds several, or that is the best or worst."""

    value: Any
    unit: Unit
    mark: Literal["best", "worst"] | None = None


@dataclass(frozen=True)
class Says:
    """What every sheet of a workbook says.

    Attributes:
        title: Of the workbook: in its properties and at the foot of every page.
        created: When its figures were made; it stands under each title.
        note: What stands under each title before the date.
        marks: What is printed above each page before the date.
    """

    title: str
    created: dt.datetime
    note: str
    marks: str


def says_of(evaluation: Evaluation, run_info: RunInfo, title: str | None = None) -> Says:
    """What the workbooks of a plan say; ``title`` is that of the study where it is left out."""
    marks = " · ".join(marks_nl(evaluation))
    return Says(evaluation.premises.title if title is None else title, run_info.created, note_nl(evaluation), marks)


def write_tables_workbook(path: Path, says: Says, tables: Iterable[Table]) -> None:
    """A workbook with a sheet per table."""
    with open_book(path, says) as book:
        for name, title, table in tables:
            book.write_table(name, title, table)


@contextmanager
def open_book(path: Path, says: Says) -> Iterator[Book]:
    """A workbook to fill, written when the block ends; the same input gives the same bytes."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(path, options) as file:
        created = says.created.replace(tzinfo=None)
        file.set_properties({"title": says.title, "created": created, "comments": "Concept"})
        yield Book(file, says)


class Book:
    """The sheets of one workbook; holds its formats and the names already used."""

    def __init__(self, file: xlsxwriter.Workbook, says: Says) -> None:
        """Take an open workbook."""
        self._file, self._says = file, says
        self._names: set[str] = set()
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write_lines(self, name: str, sections: Lines, title: str | None = None) -> None:
        """A sheet that tells, on one page: headings with lines; under the title of the workbook or another."""
        sheet = self._add_sheet(name, self._says.title if title is None else title, self._says.note)
        wrapped, header = self._format(CELL | TEXT | {"text_wrap": True}), self._format(HEADER)
        key_look = self._format(CELL | {"bold": True} | TEXT | {"text_wrap": True})
        sheet.set_column(0, 0, 34, self._format(CELL | TEXT))
        sheet.set_column(1, 1, 100, wrapped)
        row = TABLE_STARTS_AT
        for heading, lines in sections:
            sheet.write_string(row, 0, heading, header)
            sheet.write_string(row, 1, "", header)
            for key, text in lines:
                row += 1
                sheet.write_string(row, 0, key, key_look)
                sheet.write_string(row, 1, text, wrapped)
                sheet.set_row(row, LINE_POINTS * max(1, math.ceil(len(text) / 92)))
            row += 2
        sheet.set_paper(PAPER_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1)

    def write_table(self, name: str, title: str, table: pd.DataFrame) -> None:
        """A sheet with a table, whose columns look as their labels say."""
        columns = [column_of(str(label)) for label in table.columns]
        rows = list(zip(*(table[label].tolist() for label in table.columns), strict=True))
        self.write_rows(name, title, columns, rows)

    def write_rows(
        self,
        name: str,
        title: str,
        columns: Sequence[SheetColumn],
        rows: Sequence[Sequence[Any]],
        *,
        note: str | None = None,
        frozen_columns: int = 2,
    ) -> None:
        """A sheet with a table.

        Args:
            name: Of the sheet.
            title: Above the table.
            columns: Headings and looks.
            rows: Values, or :class:`Cell` where a value has its own unit or mark.
            note: What stands under the title; that of the workbook where it is left out.
            frozen_columns: How many columns stay in sight while others are scrolled.
        """
        sheet = self._add_sheet(name, title, self._says.note if note is None else note)
        first, last, n_columns = TABLE_STARTS_AT + 1, TABLE_STARTS_AT + max(len(rows), 1), len(columns)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width)
            sheet.write_string(TABLE_STARTS_AT, position, column.label, self._format(HEADER))
            for row, values in enumerate(rows, start=first):
                self._write_cell(sheet, row, position, values[position], column)
        sheet.set_row(TABLE_STARTS_AT, _header_height(columns))
        for row, values in enumerate(rows, start=first):
            if (height := _row_height(columns, values)) > LINE_POINTS:
                sheet.set_row(row, height)
        sheet.freeze_panes(first, min(frozen_columns, n_columns - 1))
        sheet.autofilter(TABLE_STARTS_AT, 0, last, n_columns - 1)
        for position, column in enumerate(columns):
            if column.choices:
                sheet.data_validation(first, position, last, position, _validation(column))
        many = n_columns > MANY_COLUMNS
        sheet.set_paper(PAPER_A3 if n_columns > 10 else PAPER_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(2 if many else 1, 0)
        sheet.repeat_rows(TABLE_STARTS_AT)
        if many:
            sheet.repeat_columns(0, 1)

    def _add_sheet(self, name: str, title: str, note: str) -> Any:
        sheet = self._file.add_worksheet(sheet_name(name, self._names))
        date = date_nl(self._says.created)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, title, self._format({"bold": True, "font_size": 15, "font_color": DEEP}))
        warning = self._format({"bold": True, "font_size": 10, "font_color": ALARM})
        sheet.write_string(1, 0, f"{note} · {date}", warning)
        sheet.set_header(f"&L{_print_code(title)}&R{_print_code(f'{self._says.marks} · {date}')}")
        sheet.set_footer(f"&L{_print_code(self._says.title)}&R&P van &N")
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        return sheet

    def _write_cell(self, sheet: Any, row: int, position: int, value: Any, column: SheetColumn) -> None:
        cell = value if isinstance(value, Cell) else Cell(value, column.unit)
        value, mark = cell.value, MARKED.get(cell.mark or "", {})
        text = self._format(CELL | TEXT | ({"text_wrap": True} if column.wrapped else {}) | mark)
        if is_missing(value):
            sheet.write_blank(row, position, None, text)
        elif isinstance(value, dt.date):
            date = dt.datetime(value.year, value.month, value.day)
            sheet.write_datetime(row, position, date, self._format(CELL | {"num_format": EXCEL_FORMATS["date"]}))
        elif cell.unit == "text" or isinstance(value, bool | str):
            sheet.write_string(row, position, value_text(value, "text"), text)
        else:
            number = self._format(CELL | {"num_format": EXCEL_FORMATS[cell.unit]} | mark)
            sheet.write_number(row, position, float(value), number)

    def _format(self, look: Look) -> Any:
        key = tuple(look.items())
        if key not in self._formats:
            self._formats[key] = self._file.add_format(look)
        return self._formats[key]


def _validation(column: SheetColumn) -> dict[str, Any]:
    message = f"Kies uit de lijst: {', '.join(column.choices)}."
    return {"validate": "list", "source": list(column.choices), "error_title": column.label, "error_message": message}


def _header_height(columns: Iterable[SheetColumn]) -> float:
    """Height of the header in points: as many lines as its longest name needs."""
    lines = [math.ceil(len(column.label) / (column.width * 0.8)) for column in columns]
    return LINE_POINTS * max([1, *lines]) + 8


def _row_height(columns: Iterable[SheetColumn], values: Iterable[Any]) -> float:
    """Height of a row in points: Excel would fit wrapped text itself, other programs do not."""
    lines = [
        math.ceil(len(str(value)) / (column.width * 0.92))
        for column, value in zip(columns, values, strict=True)
        if column.wrapped and not is_missing(value)
    ]
    return min(max([1, *lines]) * LINE_POINTS, MAX_ROW_POINTS)


def sheet_name(name: str, used: set[str]) -> str:
    """A name Excel accepts (31 characters, no signs of its own, not twice); it is added to ``used``."""
    clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip().strip("'")[:31] or "Blad"
    candidate, n = clean, 2
    while candidate.lower() in used:
        candidate, n = f"{clean[:27]} {n}", n + 1
    used.add(candidate.lower())
    return candidate


def _print_code(text: str) -> str:
    """Text for a printed header: an ampersand starts a code there, and 255 characters is the limit."""
    return text[:100].replace("&", "&&")
