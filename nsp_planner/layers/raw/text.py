"""Text tables and the values in them. In: CSV or Excel files, columns of text. Out: tables of text, numbers.

Municipal files come with a comma, semicolon or tab, with a decimal comma, thousands dots and a byte order mark, in
UTF-8 or Windows-1252; codes have leading zeros. So everything is read as text and turned into numbers per column.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

MAX_SHOWN = 3
_THOUSANDS = r"[+-]?\d{1,3}(?:\.\d{3})+"


def read_csv_rows(path: Path) -> list[list[str]]:
    """All rows of a CSV file as text, the header first.

    Raises:
        ValueError: The file is no text, or its quotes do not match; the message is fit for a planner.
    """
    text = _decode(path.read_bytes())
    # Strict: a quote that is never closed would otherwise swallow every row after it.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return list(rows)
    except csv.Error as error:
        raise ValueError(f"the quotes in the file do not match near line {rows.line_num}: {error}") from error


def read_excel_rows(path: Path, sheet: str | None) -> list[list[str]]:
    """All rows of one sheet as text, the header first; ``sheet`` is needed only where several sheets hold rows.

    Raises:
        ValueError: No such sheet, or more than one to choose from. Other errors of openpyxl pass through.
    """
    import openpyxl

    with warnings.catch_warnings():  # openpyxl warns about styles and validations it leaves out
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheets = {each.title: each for each in workbook.worksheets}
            listed = ", ".join(f'"{name}"' for name in sheets)
            if sheet is not None and sheet not in sheets:
                raise ValueError(f'the workbook has no sheet "{sheet}"; there are: {listed}')
            names = list(sheets) if sheet is None else [sheet]
            found = {
                name: [[to_text(v) for v in row] for row in sheets[name].iter_rows(values_only=True)] for name in names
            }
        finally:
            workbook.close()
    filled = [rows for rows in found.values() if any(any(row) for row in rows)]
    if len(filled) > 1:
        raise ValueError(f"the workbook has more than one sheet with rows; name one with layer = ...: {listed}")
    return filled[0] if filled else []


def table_from_rows(rows: list[list[str]]) -> pd.DataFrame:
    """Rows of text to a table of text; the first row that is not empty is the header, empty rows are passed over.

    Raises:
        ValueError: No header, two columns of one name, or rows with more values than the header has columns.
    """
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if any(value.strip() for value in row)]
    if not numbered:
        raise ValueError("the file has no rows")
    header = [name.strip() for name in numbered[0][1]]
    while header and not header[-1]:
        header.pop()
    double = sorted({name for name in header if name and header.count(name) > 1})
    if double:
        raise ValueError(f"the header has more than one column {', '.join(double)}")
    long = [number for number, row in numbered[1:] if any(value.strip() for value in row[len(header) :])]
    if long:
        raise ValueError(
            f"{len(long)} rows have more values than the header has columns, the first on line "
            f"{', '.join(map(str, long[:MAX_SHOWN]))}; the first row must hold the names of the columns, "
            "and a value that contains the separator must stand between quotes"
        )
    width = len(header)
    body = [[*(value.strip() for value in row[:width]), *([""] * (width - len(row)))] for _, row in numbered[1:]]
    names = [name or f"column {position}" for position, name in enumerate(header, start=1)]
    columns = zip_longest(*body, fillvalue="") if body else ((),) * width
    return pd.DataFrame(
        {name: pd.Series(list(values), dtype="str") for name, values in zip(names, columns, strict=True)}
    )


def to_text(value: object) -> str:
    """One value as text: missing is "", whole numbers without decimals, truth values as "ja" and "nee"."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)) or value is pd.NaT:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "ja" if value else "nee"
    if isinstance(value, (float, np.floating)):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    return str(value).strip()


def text_column(values: pd.Series) -> pd.Series:
    """A column of anything as text, "" where missing."""
    if values.dtype == "str":
        return values.fillna("").str.strip()
    return pd.Series([to_text(value) for value in values], index=values.index, dtype="str")


def parse_numbers(values: pd.Series, *, whole: bool = False) -> pd.Series:
    """Text to float64; NaN where the text is empty or no number.

    Dutch and English notation: "1.234,5", "1234,5" and "1234.5" are the same. A lone dot before three digits is
    a thousands dot where ``whole`` says that the column holds whole numbers, otherwise a decimal point.
    """
    text = values.str.replace(r"[\s\u00a0\u202f']", "", regex=True)
    has_comma = text.str.contains(",", regex=False)
    dot_last = has_comma & (text.str.rfind(".") > text.str.rfind(","))
    thousands = text.str.fullmatch(_THOUSANDS) & (whole | (text.str.count(r"\.") > 1))
    plain = text.where(~(thousands | (has_comma & ~dot_last)), text.str.replace(".", "", regex=False))
    plain = plain.where(~dot_last, plain.str.replace(",", "", regex=False)).str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def parse_rd(values: pd.Series) -> pd.Series:
    """Text to RD coordinates in metres; as :func:`parse_numbers`, but "204.647" is 204,647 where all look so."""
    numbers = parse_numbers(values)
    filled = values.str.strip() != ""
    if filled.any() and values[filled].str.fullmatch(_THOUSANDS).all():
        return parse_numbers(values, whole=True)
    return numbers


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in raw:
        raise ValueError("this is no text file")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("the file is neither UTF-8 nor Windows-1252 text")


def _delimiter(text: str) -> str:
    """The separator that splits the header in most columns; quoted parts do not count."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    counts = {mark: len(next(csv.reader([header], delimiter=mark), [])) for mark in ";,\t|"}
    return max(counts, key=lambda mark: counts[mark])
