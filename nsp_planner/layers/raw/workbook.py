"""Sheets of a workbook. In: an Excel file. Out: its rows as text, and the cells whose text is not what people see.

What a workbook says of its own size is not believed. Formulas whose value was never stored, error values, dates that
Excel made of text, merged cells and hidden rows are told apart, so that a reader can refuse those it would need.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from nsp_planner.layers.raw import limits
from nsp_planner.layers.raw.text import to_text
from nsp_planner.layers.raw.zips import is_bomb

FORMULA, ERROR, DATE, MERGED = "formula", "error", "date", "merged"
PROBLEMS = {
    FORMULA: ("a formula without a stored value", "Open the workbook in Excel and save it, or put the values there."),
    ERROR: ("an error value", "Correct the formula, or put the value there."),
    DATE: ("a date", "Make the cell text and type again what it should say: Excel makes dates of 3-12."),
    MERGED: ("a part of merged cells", "Unmerge the cells and fill in every row."),
}
"""What is wrong with a cell, and what to do."""


@dataclass(frozen=True)
class OddCell:
    """A cell that does not hold what people see: its address or range, row, column (from 0), and what is wrong."""

    at: str
    row: int
    column: int
    problem: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows of text with the header first, odd cells, and numbers of hidden rows (the first is 1)."""

    rows: list[list[str]]
    odd_cells: tuple[OddCell, ...] = ()
    hidden_rows: frozenset[int] = frozenset()


def read_sheet(path: Path, name: str | None) -> Sheet:
    """The sheet with this name, or the only one with rows.

    Raises:
        ValueError: No such sheet, more than one to choose from, or more than a workbook of people holds; the message is
            fit for a planner. Other errors of openpyxl, zipfile and expat pass through.
    """
    found = _read_cells(path, name)
    filled = {title: sheet for title, sheet in found.items() if any(any(row) for row in sheet.rows)}
    if len(filled) > 1:
        listed = ", ".join(f'"{title}"' for title in found)
        raise ValueError(f"the workbook has more than one sheet with rows; name one with layer = ...: {listed}")
    if not filled:
        return Sheet([])
    (title, sheet), *_ = filled.items()
    return _with_layout(path, title, sheet)


def read_sheets(path: Path) -> dict[str, Sheet]:
    """Every sheet by its name; raises as :func:`read_sheet`."""
    return {title: _with_layout(path, title, sheet) for title, sheet in _read_cells(path, None).items()}


def _read_cells(path: Path, name: str | None) -> dict[str, Sheet]:
    import openpyxl

    _refuse_large(path)
    with warnings.catch_warnings():  # openpyxl warns about styles and validations it leaves out
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheets: dict[str, Any] = {each.title: each for each in workbook.worksheets}
            if name is not None and name not in sheets:
                listed = ", ".join(f'"{title}"' for title in sheets)
                raise ValueError(f'the workbook has no sheet "{name}"; there are: {listed}')
            return {title: _cells(sheets[title]) for title in (sheets if name is None else [name])}
        finally:
            workbook.close()


def _refuse_large(path: Path) -> None:
    """Refuse a workbook that unpacks to far more than people make; raises ``ValueError``."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    for member in members:
        if is_bomb(member):
            size_mib = member.file_size / 2**20
            raise ValueError(f"{member.filename} in the workbook unpacks to {size_mib:,.0f} MiB: refused")
    total = sum(member.file_size for member in members)
    if total > limits.MAX_WORKBOOK_BYTES:
        raise ValueError(f"the workbook unpacks to {total / 2**20:,.0f} MiB: refused")


def _cells(sheet: Any) -> Sheet:
    """The cells of a sheet as far as they go, whatever its stated dimension."""
    sheet.reset_dimensions()
    rows: list[list[str]] = []
    odd: list[OddCell] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > limits.MAX_ROWS + 1:
            raise ValueError(f"the sheet has more than {limits.MAX_ROWS:,} rows: give only those of the region")
        texts = []
        for column, cell in enumerate(row):
            value, text = cell.value, to_text(cell.value)
            texts.append(text)
            problem = ERROR if cell.data_type == "e" else DATE if isinstance(value, dt.date | dt.time) else None
            if problem is not None:
                odd.append(OddCell(f"{_letters(column)}{number}", number, column, problem, text))
        rows.append(texts)
    return Sheet(rows, tuple(odd))


def _with_layout(path: Path, title: str, sheet: Sheet) -> Sheet:
    """The sheet with what only its XML tells: formulas without a value, merged cells, hidden rows."""
    odd, hidden, number = list(sheet.odd_cells), set[int](), 0
    with zipfile.ZipFile(path) as archive, archive.open(_part_of(archive, title)) as stream:
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                if tag == "row":
                    number = int(element.get("r", number + 1))
                    if element.get("hidden") in ("1", "true"):
                        hidden.add(number)
                continue
            if tag == "c":
                parts = {child.tag.rpartition("}")[2]: child for child in element}
                value = parts.get("v")
                if "f" in parts and (value is None or not value.text) and "is" not in parts:
                    at = element.get("r", "")
                    odd.append(OddCell(at, number, _column(at), FORMULA, ""))
            elif tag == "mergeCell":
                odd += _merged(element.get("ref", ""), len(sheet.rows))
            if tag in ("row", "c"):
                element.clear()
    return Sheet(sheet.rows, tuple(odd), frozenset(hidden))


def _merged(ref: str, n_rows: int) -> Iterator[OddCell]:
    """The cells of a merged range."""
    corners = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", ref)
    if corners is None:
        return
    first, last = _column(corners[1]), _column(corners[3])
    for row in range(int(corners[2]), min(int(corners[4]), n_rows) + 1):
        for column in range(first, min(last, first + 100) + 1):
            yield OddCell(ref, row, column, MERGED, "")


def _part_of(archive: zipfile.ZipFile, title: str) -> str:
    """The part of the archive that holds a sheet (ECMA-376, part 2)."""
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for element in workbook.iter():
        if element.tag.endswith("}sheet") and element.get("name") == title:
            key = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
            target = targets[key]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise ValueError(f'the workbook does not say where its sheet "{title}" is')


def _letters(column: int) -> str:
    """A column from 0 as Excel names it: 0 is A, 26 is AA."""
    name, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _column(address: str) -> int:
    """The column of an address, from 0."""
    number = 0
    for letter in re.match(r"[A-Z]*", address)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
