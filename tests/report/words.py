"""The words that readers meet. In: a file or a text. Out: its texts; pieces of Python and of English among them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pypdf

from nsp_planner.report.page.packing import DATA_ID, unpack

PYTHON = re.compile(
    r"\{'|\['|\(\d+, \d+\)|\b(?:None|nan|NaN|NaT|True|False|inf|dtype|float64|int64|Timestamp)\b|<NA>|np\.|"
    r"object at 0x"
)
"""What a value looks like that was printed as Python has it."""
ENGLISH = re.compile(
    r"\b(?:the|and|with|without|within|not|unknown|yes|row|rows|file|column|rule|sites?|population|squares?|merged|"
    r"cutoff|default|setting|kept|dropped|roads?|buildings?|value|given|address|left out|gemeenten? of|plan at hand)\b"
)
"""Words that no Dutch sentence has."""
SETTING = re.compile(r"[a-z0-9_]+(?:\.[A-Za-z0-9_]+)+: .* -> |^\[?[a-z_]+\]?$")
"""A setting as a study file has it: English by right, like the name of a column of a file."""


def texts_of(path: Path) -> Iterator[str]:
    """Every text of a file that somebody reads; nothing of one for programs (the manifest, the proof)."""
    if path.suffix == ".html":
        yield from _page(path.read_text(encoding="utf-8"))
    elif path.suffix == ".pdf":
        yield from (page.extract_text() for page in pypdf.PdfReader(path).pages)
    elif path.suffix == ".xlsx":
        with closing(openpyxl.load_workbook(path, read_only=True)) as book:
            for sheet in book:
                yield sheet.title
                cells = (cell for row in sheet.iter_rows(values_only=True) for cell in row)
                yield from (str(cell) for cell in cells if isinstance(cell, str | bool))
    elif path.suffix == ".csv":
        yield from re.split(r"[;\r\n]", path.read_text(encoding="utf-8-sig"))
    elif path.suffix == ".gpkg":
        with sqlite3.connect(path) as base:
            tables = [
                name for (name,) in base.execute("select table_name from gpkg_contents where data_type = 'features'")
            ]
            for table in tables:
                yield from (c for row in base.execute(f'select * from "{table}"') for c in row if isinstance(c, str))


def _page(page: str) -> Iterator[str]:
    packed = re.search(rf'<script[^>]*id="{DATA_ID}"[^>]*>(.*?)</script>', page, re.DOTALL)
    if packed is not None:
        yield from _strings(unpack(packed[1].strip())[0])
    for kind in ("style", "script", "svg"):
        page = re.sub(rf"<{kind}\b.*?</{kind}>", " ", page, flags=re.DOTALL)
    yield from (text for text in map(unescape, re.split(r"<[^>]*>", page)) if text.strip())


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in _strings(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in _strings(item))


def python_in(text: str) -> list[str]:
    """Pieces of Python, each with what stands around it."""
    return _found(PYTHON, text)


def english_in(text: str) -> list[str]:
    """English words, each with what stands around it; of a line with a setting nothing."""
    return [found for line in text.splitlines() if not SETTING.search(line) for found in _found(ENGLISH, line)]


def _found(words: re.Pattern[str], text: str) -> list[str]:
    return [text[max(0, m.start() - 30) : m.end() + 30] for m in words.finditer(text)]
