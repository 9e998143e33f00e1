"""CSV files for a Dutch Excel: semicolon, UTF-8 with a byte order mark. In: rows. Out: text, never a formula.

A text that starts as a formula would gets an apostrophe in front, so that a spreadsheet shows it as text; the
apostrophe stays visible in the CSV, a workbook has the name as it is.
"""

from __future__ import annotations

import csv
from pathlib import Path

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet read a cell of a CSV as a formula."""


def guarded(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would read it as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """A text as it was before :func:`guarded` put an apostrophe in front of it."""
    is_guarded = text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA_STARTS)
    return text[1:] if is_guarded else text


def read_semicolon_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV that this package wrote, without the apostrophe that guards a text that looks like a formula.

    Raises:
        ValueError: Its quotes do not match, or a row has another number of values than the header.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=";", strict=True)
        try:
            header, *rows = [row for row in reader if row] or [[]]
        except csv.Error as error:
            raise ValueError(f"near line {reader.line_num}: {error}") from error
    odd = next((number for number, row in enumerate(rows, start=2) if len(row) != len(header)), None)
    if odd is not None:
        raise ValueError(f"row {odd} has another number of values than the header")
    return [{key: unguarded(value) for key, value in zip(header, row, strict=True)} for row in rows]
