"""The candidate list as a workbook. In: a planned study, its evaluation and the run. Out: ``kandidatenlijst.xlsx``.

Sheets: Leeswijzer, Regio (open sites, L-NSPs first), one per gemeente (all its sites), C-NSP, Gebruik en bemensing,
Planning and Planning per gebouw (of a study with phases), Indicatoren, Normen, Calibratie, Samengevoegd, Weggelaten,
Buiten bereik, Omwegfactor (over a network). Every table has a frozen header, filters,
real numbers and a print set-up. Text is never read as a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.layers.sites.vocabulary import STATUSES
from nsp_planner.report.list.guide import guide_sections
from nsp_planner.report.list.table import candidate_table
from nsp_planner.report.list.tables import (
    Cell,
    calibration_table,
    cnsp_table,
    detour_table,
    indicator_table,
    left_out_table,
    merged_table,
    norm_table,
    unreachable_table,
)
from nsp_planner.report.list.use import USE_SHEET, USE_TITLE, planning_sheets, use_table
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.dutch import ROLE_NONE, date_nl, is_missing, marks_nl, note_nl
from nsp_planner.report.text.presence import presence_sheets

WORKBOOK = OutputFile(
    "kandidatenlijst.xlsx", "Kandidatenlijst met normen, indicatoren en leeswijzer (Excel)", open_rank=3
)

TABLE_STARTS_AT = 3
"""Row of the header of a table; above it stand the title of the sheet and what the outputs must say."""

PAPER_A3, PAPER_A4 = 8, 9

FORMATS = {"int": "#,##0", "share": "0.0%", "number": "#,##0.0", "plain": "0", "date": "dd-mm-yyyy"}

KINDS = {
    "Belasting": "share",
    "Vloeroppervlak (m2)": "number",
    "Waarde": "number",
    "Gepubliceerde waarde": "number",
    "m2 per bezoeker op het drukst": "number",
    "Jaar": "plain",
    "Jaar van opening": "plain",
    "X (RD)": "plain",
    "Y (RD)": "plain",
    "Datum": "date",
    "Afstand (m)": "number",
}

WIDTHS = {
    "Id": 23,
    "Naam": 36,
    "L-NSP": 36,
    "Gebied": 28,
    "Soort": 19,
    "Gemeente": 18,
    "Gemeente van het L-NSP": 18,
    "Adres": 24,
    "Plaats": 16,
    "Rol": 13,
    "Status": 15,
    "Reden": 26,
    "C-NSP": 30,
    "Norm": 52,
    "Bron": 16,
    "Herkomst": 70,
    "Zekerheid": 38,
    "Id van het L-NSP": 23,
    "Id van het C-NSP": 23,
    "Deel": 60,
    "Noodsteunpunt": 36,
    "Plaats van het noodsteunpunt": 16,
    "Voorziening": 24,
    "Wat te doen": 60,
    "Wat is bekend": 16,
    "Actie": 60,
    "Cijfer": 52,
    "Middel": 52,
    "Hoe berekend": 40,
    "Neemt over": 30,
    "Gebouw": 36,
    "Wens": 18,
    "Wisselt met": 34,
    "Wat het betekent": 60,
    "Waterpunten": 14,
    "Vloeroppervlak (m2)": 17,
    "Op het drukst, als ieder naar het dichtstbijzijnde gaat": 19,
    "Inwoners met een open L-NSP binnen de norm": 19,
}
"""Column widths in characters; the rest gets :data:`OTHER_WIDTH`."""

OTHER_WIDTH = 11.5
CHOICES = {"Status": STATUSES, "Vastgelegd": ("ja", "nee", "afgewezen")}
"""Columns with a drop-down."""
WRAPPED = ("Norm", "Herkomst", "Reden", "Actie", "Wat te doen", "Wat het betekent")
LINE_POINTS, MAX_ROW_POINTS = 14.0, 409.0
MANY_COLUMNS = 20
"""A table with more columns is printed two A3 pages wide, with the names repeated on the second."""


def write_candidate_workbook(
    path: Path, planned: PlannedStudy, evaluation: Evaluation, run_info: RunInfo, phases: PhasePlan | None = None
) -> None:
    """Write the workbook, with the planning where there are phases; the same run gives the same bytes."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(path, options) as book:
        created = run_info.created.replace(tzinfo=None)
        book.set_properties({"title": planned.premises.title, "created": created, "comments": "Concept"})
        _Writer(book, planned, run_info, planned.premises.title).write_all(evaluation, phases)


def write_tables_workbook(
    path: Path,
    planned: PlannedStudy,
    run_info: RunInfo,
    sheets: Iterable[tuple[str, str, pd.DataFrame]],
    title: str | None = None,
) -> None:
    """Write tables as sheets (name, title, table) that look and print as the candidate list does.

    ``title`` is that of the workbook, the study's where it is left out.
    """
    title = planned.premises.title if title is None else title
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(path, options) as book:
        created = run_info.created.replace(tzinfo=None)
        book.set_properties({"title": title, "created": created, "comments": "Concept"})
        writer = _Writer(book, planned, run_info, title)
        for name, title, table in sheets:
            writer.write_table(name, title, table)


class _Writer:
    """Writes the sheets of one workbook; holds its formats and the names already used."""

    def __init__(self, book: xlsxwriter.Workbook, planned: PlannedStudy, run_info: RunInfo, title: str) -> None:
        self.book, self.planned, self.run_info, self.book_title = book, planned, run_info, title
        self.names: set[str] = set()
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top", "bottom": 1, "bottom_color": "#D5DBE1"}
        self.text = book.add_format({**base, "align": "left", "indent": 1})
        self.wrapped = book.add_format({**base, "align": "left", "indent": 1, "text_wrap": True})
        self.numbers = {kind: book.add_format({**base, "num_format": code}) for kind, code in FORMATS.items()}
        self.title = book.add_format({"bold": True, "font_size": 15, "font_color": "#14324F"})
        self.mark = book.add_format({"bold": True, "font_size": 10, "font_color": "#B00020"})
        self.key = book.add_format({**base, "bold": True, "align": "left", "indent": 1, "text_wrap": True})
        self.header = book.add_format(
            {
                "bold": True,
                "font_size": 10,
                "font_color": "#FFFFFF",
                "bg_color": "#14324F",
                "indent": 1,
                "text_wrap": True,
                "valign": "vcenter",
                "border": 1,
                "border_color": "#FFFFFF",
            }
        )

    def write_all(self, evaluation: Evaluation, phases: PhasePlan | None) -> None:
        """All sheets in the order in which a reader needs them."""
        table = candidate_table(self.planned, evaluation)
        layers = self.planned.layers
        self._write_guide(evaluation, phases)
        self.write_table("Regio", "L-NSP's en C-NSP's van de regio", table[table["Rol"] != ROLE_NONE])
        self.write_table("C-NSP", "C-NSP's en hun L-NSP's", cnsp_table(evaluation))
        self.write_table(USE_SHEET, USE_TITLE, use_table(self.planned, evaluation))
        for name, title, rows in [] if phases is None else planning_sheets(self.planned, evaluation, phases):
            self.write_table(name, title, rows)
        self.write_table("Indicatoren", "Indicatoren per gemeente", indicator_table(evaluation))
        self.write_table("Normen", "Normen die in dit plan gelden", norm_table(self.planned))
        self.write_table("Calibratie", "Inwoners: gepubliceerd, bijgeteld en totaal", calibration_table(layers))
        self.write_table("Samengevoegd", "Rijen uit de bronnen die één gebouw zijn", merged_table(layers))
        self.write_table("Weggelaten", "Rijen uit de bronnen die niet meedoen, met de reden", left_out_table(layers))
        self.write_table("Buiten bereik", "Vierkanten zonder L-NSP binnen bereik", unreachable_table(self.planned))
        for name, title, rows in presence_sheets(self.planned, evaluation):
            self.write_table(name, title, rows)
        if self.planned.detour is not None:
            self.write_table("Omwegfactor", "Gemeten omweg over het wegennet", detour_table(self.planned))
        for gemeente, rows in table.groupby("Gemeente", sort=True):
            self.write_table(str(gemeente), f"Kandidatenlijst {gemeente}", rows)

    def _add_sheet(self, name: str, title: str) -> Any:
        sheet = self.book.add_worksheet(sheet_name(name, self.names))
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, title, self.title)
        date = date_nl(self.run_info.created)
        sheet.write_string(1, 0, f"{note_nl(self.planned)} · {date}", self.mark)
        marks = " · ".join([*marks_nl(self.planned), date])
        sheet.set_header(f"&L{_print_code(title)}&R{_print_code(marks)}")
        sheet.set_footer(f"&L{_print_code(self.book_title)}&R&P van &N")
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        return sheet

    def _write_guide(self, evaluation: Evaluation, phases: PhasePlan | None) -> None:
        sheet = self._add_sheet("Leeswijzer", self.book_title)
        sheet.set_column(0, 0, 34, self.text)
        sheet.set_column(1, 1, 100, self.wrapped)
        row = TABLE_STARTS_AT
        for heading, lines in guide_sections(self.planned, evaluation, self.run_info, phases):
            sheet.write_string(row, 0, heading, self.header)
            sheet.write_string(row, 1, "", self.header)
            for key, text in lines:
                row += 1
                sheet.write_string(row, 0, key, self.key)
                sheet.write_string(row, 1, text, self.wrapped)
                sheet.set_row(row, LINE_POINTS * max(1, math.ceil(len(text) / 92)))
            row += 2
        sheet.set_paper(PAPER_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1)

    def write_table(self, name: str, title: str, table: pd.DataFrame) -> None:
        """One sheet with a table."""
        sheet = self._add_sheet(name, title)
        first, n_rows, n_columns = TABLE_STARTS_AT + 1, len(table), len(table.columns)
        for position, column in enumerate(table.columns):
            kind = KINDS.get(column, "int")
            values = table[column].tolist()
            text = self.wrapped if column in WRAPPED else self.text
            sheet.set_column(position, position, WIDTHS.get(column, OTHER_WIDTH))
            sheet.write_string(TABLE_STARTS_AT, position, column, self.header)
            for row, value in enumerate(values, start=first):
                self._write_cell(sheet, row, position, value, text, kind)
        sheet.set_row(TABLE_STARTS_AT, _header_height(table))
        for row, height in enumerate(_row_heights(table), start=first):
            if height > LINE_POINTS:
                sheet.set_row(row, height)
        sheet.freeze_panes(first, min(2, n_columns - 1))
        sheet.autofilter(TABLE_STARTS_AT, 0, TABLE_STARTS_AT + max(n_rows, 1), n_columns - 1)
        for name, choices in CHOICES.items():
            if name in table.columns:
                at = list(table.columns).index(name)
                message = f"Kies uit de lijst: {', '.join(choices)}."
                validation = {
                    "validate": "list",
                    "source": list(choices),
                    "error_title": name,
                    "error_message": message,
                }
                sheet.data_validation(first, at, TABLE_STARTS_AT + max(n_rows, 1), at, validation)
        many = n_columns > MANY_COLUMNS
        sheet.set_paper(PAPER_A3 if n_columns > 10 else PAPER_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(2 if many else 1, 0)
        sheet.repeat_rows(TABLE_STARTS_AT)
        if many:
            sheet.repeat_columns(0, 1)

    def _write_cell(self, sheet: Any, row: int, column: int, value: Any, text: Any, kind: str) -> None:
        if is_missing(value):
            sheet.write_blank(row, column, None, text)
        elif isinstance(value, bool):
            sheet.write_string(row, column, "ja" if value else "nee", text)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), self.numbers["date"])
        elif isinstance(value, Cell):
            sheet.write_number(row, column, value.value, self.numbers[value.kind])
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, self.numbers[kind])
        else:
            sheet.write_string(row, column, str(value), text)


def _header_height(table: pd.DataFrame) -> float:
    """Height of the header in points: as many lines as its longest name needs."""
    lines = [math.ceil(len(name) / (WIDTHS.get(name, OTHER_WIDTH) * 0.8)) for name in map(str, table.columns)]
    return LINE_POINTS * max([1, *lines]) + 8


def _row_heights(table: pd.DataFrame) -> list[float]:
    """Height of each row in points: Excel would fit wrapped text itself, other programs do not."""
    lines = [1] * len(table)
    for column in WRAPPED:
        if column in table.columns:
            width = WIDTHS.get(column, OTHER_WIDTH) * 0.92
            texts = ["" if is_missing(value) else str(value) for value in table[column]]
            lines = [max(n, math.ceil(len(text) / width)) for n, text in zip(lines, texts, strict=True)]
    return [min(n * LINE_POINTS, MAX_ROW_POINTS) for n in lines]


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
