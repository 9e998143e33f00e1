"""Text tables and the values in them. In: CSV files, rows, columns of text. Out: tables of text, numbers.

Municipal files come with a comma, semicolon or tab, with a decimal comma, thousands dots and a byte order mark, in
UTF-8 or Windows-1252; codes have leading zeros. So everything is read as text and turned into numbers per column.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from nsp_planner.layers.raw import limits
from nsp_planner.layers.raw.header import LOOK_ROWS, count_known

MAX_SHOWN = 3
_THOUSANDS = r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+"
_LONE_COMMA = r"[+-]?[1-9]\d{0,2},\d{3}"
_GROUPED_BY_COMMA = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?"
_GROUPED_BY_DOT = r"[+-]?\d{1,3}(?:\.\d{3})+,\d*"
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_BREAKS = re.compile(r" *[\t-\r\x1c-\x1f\x85\u2028\u2029\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+ *")
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_OTHER_ENCODING = re.compile(
    r"(?<=[a-z])[\u0152\u0160\u0178\u017d\u0192\u02c6\u201a\u201e\u2020\u2021\u2030\u2039]|\ufffd"
)
"""What accents of MS-DOS or an old Mac become in Windows-1252: a capital or a mark inside a word."""
_TWICE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
"""What UTF-8 becomes when it is read as Windows-1252."""


class CsvText(NamedTuple):
    """Rows of a CSV file as text, the header first, and the encoding it is in."""

    rows: list[list[str]]
    encoding: str


def read_csv_rows(path: Path) -> list[list[str]]:
    """The rows of :func:`read_csv_text`."""
    return read_csv_text(path).rows


def read_csv_text(path: Path, known: Collection[str] = ()) -> CsvText:
    """All rows of a CSV file as text, and its encoding.

    Args:
        path: The file.
        known: Names that columns go by, folded: the line with most of them tells the separator; else the first line.

    Raises:
        ValueError: The file is no text, its quotes do not match, or it holds more than a table of people does; the
            message is fit for a planner.
    """
    text, encoding = _decode(path.read_bytes())
    # Strict: a quote that is never closed would otherwise swallow every row after it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, known), strict=True)
    try:
        rows = list(islice(reader, limits.MAX_ROWS + 2))
    except csv.Error as error:
        if "field limit" in str(error):
            raise ValueError(f"line {reader.line_num} holds a text of more than 131,072 characters") from error
        raise ValueError(f"the quotes in the file do not match near line {reader.line_num}: {error}") from error
    if len(rows) > limits.MAX_ROWS + 1:
        raise ValueError(f"the file has more than {limits.MAX_ROWS:,} rows: give only those of the region")
    return CsvText(rows, encoding)


def clean_text(text: str) -> str:
    """A text as people see it: no control characters and invisible marks, one kind of space, accents in one piece."""
    if text.isascii() and text.isprintable():
        return text.strip()
    seen = _INVISIBLE.sub("", _BREAKS.sub(" ", text))
    return unicodedata.normalize("NFC", seen).strip()


def encoded_twice(text: str) -> bool:
    """Whether a text went through two encodings, such as "CafÃ©"."""
    return _TWICE.search(text) is not None


def filled_rows(rows: Sequence[Sequence[str]]) -> list[int]:
    """Numbers of the rows that are not empty, the first row of the file is 1."""
    return [number for number, row in enumerate(rows, start=1) if any(value.strip() for value in row)]


def table_from_rows(rows: list[list[str]], header_at: int = 0) -> pd.DataFrame:
    """Rows of text to a table of text; the first row that is not empty is the header, empty rows are passed over.

    Args:
        rows: The rows of a file.
        header_at: Where the header is looked for: rows above it are passed over.

    Raises:
        ValueError: No header, two columns of one name, or rows with more values than the header has columns.
    """
    numbered = [(number, rows[number - 1]) for number in filled_rows(rows) if number > header_at]
    if not numbered:
        raise ValueError("the file has no rows")
    header = [clean_text(name) for name in numbered[0][1]]
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
    body = [[*(clean_text(value) for value in row[:width]), *([""] * (width - len(row)))] for _, row in numbered[1:]]
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
        number = float(value)
        if number.is_integer() and abs(number) < limits.MAX_NUMBER:
            return str(int(number))
        # Three decimals would look like a dot of thousands.
        return re.sub(r"(\.\d{3})$", r"\g<1>0", repr(number))
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    return clean_text(str(value))


def text_column(values: pd.Series) -> pd.Series:
    """A column of anything as text, "" where missing."""
    if values.dtype == "str":
        texts = values.fillna("")
        return pd.Series([clean_text(text) for text in texts], index=values.index, dtype="str")
    return pd.Series([to_text(value) for value in values], index=values.index, dtype="str")


def parse_numbers(values: pd.Series, *, whole: bool = False) -> pd.Series:
    """Text to float64; NaN where the text is empty, no number, or may be two numbers.

    Dutch and English notation: "1.234,5", "1234,5" and "1234.5" are the same. What a lone mark before three digits is
    ("1,250") follows from the other values of the column. Where they do not say, a dot is one of thousands where
    ``whole`` says that the column holds whole numbers and a decimal point otherwise; a comma is decimal, and where
    ``whole`` it is not known, so no number. Nor is one where the values of a column contradict each other, or where
    marks of thousands stand before other than three digits ("1,2,3").
    """
    text = values.str.normalize("NFKC").str.replace(r"[\s']", "", regex=True)
    comma, dot = text.str.rfind(","), text.str.rfind(".")
    has_comma = comma >= 0
    dot_last = has_comma & (dot > comma)
    many = text.str.count(",") > 1
    lone = text.str.fullmatch(_LONE_COMMA)
    is_decimal = bool((has_comma & ~dot_last & ~many & ~lone).any())
    is_thousands = bool((dot_last | many).any())
    lone_dot = text.str.fullmatch(_THOUSANDS) & (text.str.count(r"\.") == 1)
    decimal_dot = bool((~has_comma & (dot >= 0) & ~text.str.fullmatch(_THOUSANDS) & (text.str[-5:-4] != ".")).any())
    unknown = lone & (is_decimal == is_thousands) & (whole | is_decimal)
    unknown |= lone_dot & (whole & decimal_dot)
    unknown |= (dot_last | many) & (is_decimal | ~text.str.fullmatch(_GROUPED_BY_COMMA))
    unknown |= has_comma & ~dot_last & ~many & (dot >= 0) & ~text.str.fullmatch(_GROUPED_BY_DOT)
    commas_away = dot_last | many | (lone & is_thousands)
    thousands = text.str.fullmatch(_THOUSANDS) & (whole | (text.str.count(r"\.") > 1))
    plain = text.where(~(thousands | (has_comma & ~commas_away)), text.str.replace(".", "", regex=False))
    plain = plain.where(~commas_away, plain.str.replace(",", "", regex=False)).str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(plain.where(plain.str.fullmatch(_NUMBER)), errors="coerce").astype("float64")
    return numbers.where(~unknown & (numbers.abs() < limits.MAX_NUMBER))


def parse_rd(values: pd.Series) -> pd.Series:
    """Text to RD coordinates in metres; as :func:`parse_numbers`, but "204.647" is 204,647 where all look so."""
    filled = values[values.str.strip() != ""].str.replace(",", ".", regex=False)
    if len(filled) and filled.str.fullmatch(_THOUSANDS).all():
        return parse_numbers(values.str.replace(",", ".", regex=False), whole=True)
    return parse_numbers(values)


def _decode(raw: bytes) -> tuple[str, str]:
    """The text of a file and its encoding."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(raw, "utf-16"), "utf-16"
    if b"\x00" in raw:
        sample = raw[:4_096]
        if not any(sample[1::2]) and b"\x00" not in sample[::2]:
            return _decoded(raw, "utf-16-le"), "utf-16"
        raise ValueError("this is no text file")
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        if _is_utf8_elsewhere(raw):
            message = f"line {line} has a character that is no UTF-8, as the others are: save the file as UTF-8 again"
            raise ValueError(message) from None
        text = _decoded(raw, "cp1252", line)
    odd = _OTHER_ENCODING.search(text)
    if odd is not None:
        line = text.count("\n", 0, odd.start()) + 1
        raise ValueError(f"line {line} has a character of an encoding we do not know: save the file as UTF-8")
    return text, "cp1252"


def _decoded(raw: bytes, encoding: str, line: int = 1) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        message = f"the file is neither UTF-8 nor Windows-1252 text, from line {line} on: save it as UTF-8"
        raise ValueError(message) from None


def _is_utf8_elsewhere(raw: bytes) -> bool:
    """Whether bytes that are no UTF-8 hold characters of UTF-8 too."""
    return re.search(rb"[\xc3][\x80-\xbf]|[\xe2][\x80-\xbf][\x80-\xbf]", raw) is not None


def _delimiter(text: str, known: Collection[str]) -> str:
    """The separator that splits the header in most columns; quoted parts do not count.

    The header is the line that holds most names of columns with some separator, else the first one.
    """
    lines = list(islice((line for line in text.splitlines() if line.strip()), LOOK_ROWS)) or [""]
    split = {(mark, line): _fields(line, mark) for mark in ";,\t|" for line in lines}
    header = max(lines, key=lambda line: max(count_known(split[mark, line], known) for mark in ";,\t|"))
    return max(";,\t|", key=lambda mark: len(split[mark, header]))


def _fields(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:  # a field that is too long: the reader tells it with its line
        return []
