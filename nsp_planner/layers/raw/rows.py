"""Rows of one input. In: a file, the fields it should have. Out: :class:`Rows`: each field as text or as numbers.

The one reader of tables: which columns hold the fields (``columns``), how a row is called in faults, and what is wrong
with a number, are the same for every input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nsp_planner.config import FileInput
from nsp_planner.layers.raw import limits
from nsp_planner.layers.raw.cbs_codes import read_counts
from nsp_planner.layers.raw.columns import FieldSpec, find_columns, fold
from nsp_planner.layers.raw.files import RawTable, read_table
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.text import MAX_SHOWN, clean_text, text_column
from nsp_planner.layers.raw.workbook import PROBLEMS

MAX_TITLE_CHARACTERS = 80
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one file and where to report on them.

    Attributes:
        layer: Name of the input for faults, such as ``sites: kazernes``.
        file: Path of the file, for faults.
        raw: The table as read.
        columns: Column of each field the file has.
        ids: How each row is called in faults.
        log: Where faults, notes and rows left out go.
    """

    layer: str
    file: Path
    raw: RawTable
    columns: Mapping[str, str]
    ids: pd.Series
    log: InputLog

    @cached_property
    def names(self) -> list[str]:
        """Names of the columns of the file, without the geometry."""
        return column_names(self.raw.frame)

    @cached_property
    def text(self) -> pd.DataFrame:
        """Every field the file has as text, "" where missing."""
        texts = {field: text_column(self.raw.frame[column]) for field, column in self.columns.items()}
        return pd.DataFrame(texts, index=self.raw.frame.index)

    def of(self, field: str) -> pd.Series:
        """One field as text, all "" where the file does not have it."""
        if field in self.columns:
            return self.text[field]
        return pd.Series("", index=self.raw.frame.index, dtype="str")

    def with_ids(self, ids: pd.Series) -> Rows:
        """The same rows, called by other ids."""
        return replace(self, ids=ids)

    def fault(
        self, message: str, fix: str, where: pd.Series | BoolArray | None = None, *, column: str | None = None
    ) -> None:
        """Add a fault about the file, or about some of its rows."""
        ids = () if where is None else self.ids[where].unique()
        self.log.faults.add(self.layer, message, fix, file=self.file, column=column, ids=ids)

    def check_cells(self, columns: Sequence[str]) -> None:
        """Add a fault for cells of these columns that do not hold what people see, and for hidden rows."""
        hidden = self.raw.hidden_rows
        if hidden:
            fix = "Show all rows (clear the filter), or delete those that should not count."
            ids = [f"row {number}" for number in hidden]
            message = f"{len(hidden):,} rows with values are hidden"
            self.log.faults.add(self.layer, message, fix, file=self.file, ids=ids)
        for column in dict.fromkeys(columns):
            cells = self.raw.odd_cells.get(column, ())
            for problem, (what, fix) in PROBLEMS.items():
                wrong = [cell for cell in cells if cell.problem == problem]
                if wrong:
                    text = f', such as "{wrong[0].text}"' if wrong[0].text else ""
                    places = list(dict.fromkeys(cell.at for cell in wrong))
                    shown = ", ".join(places[:MAX_SHOWN]) + (" and more" if len(places) > MAX_SHOWN else "")
                    message, ids = f"{shown} holds {what}{text}", [f"row {cell.row}" for cell in wrong]
                    self.log.faults.add(self.layer, message, fix, file=self.file, column=column, ids=dict.fromkeys(ids))
            if not pd.api.types.is_numeric_dtype(self.raw.frame[column]):
                n_characters = text_column(self.raw.frame[column]).str.len()
                if (n_characters > limits.MAX_CHARACTERS).any():
                    most = int(n_characters.max())
                    message = f"texts have up to {most:,} characters, at most {limits.MAX_CHARACTERS:,} are read"
                    self.fault(message, "Shorten them.", n_characters > limits.MAX_CHARACTERS, column=column)

    def counts(self, field: str, what: str, *, among: pd.Series | None = None) -> pd.Series:
        """The whole numbers of a field the file has; see :func:`~nsp_planner.layers.raw.cbs_codes.read_counts`."""
        column = self.columns[field]

        def report(message: str, fix: str, rows: pd.Series) -> None:
            self.fault(message, fix, rows, column=column)

        return read_counts(self.raw.frame[column], what, report, among=among)


def column_names(frame: pd.DataFrame) -> list[str]:
    """Names of the columns of a table, without its geometry."""
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    return [str(name) for name in frame.columns if name != geometry]


def read_rows(
    layer: str,
    source: FileInput,
    fields: Mapping[str, FieldSpec],
    log: InputLog,
    *,
    suffixes: Sequence[str],
    only: Callable[[Sequence[str]], Sequence[str]] | None = None,
) -> Rows | None:
    """Read the file of one input and find its fields; ``None`` with faults added.

    Args:
        layer: Name of the input for faults.
        source: Path and layer.
        fields: The fields by name.
        log: Where the file is recorded and faults are added.
        suffixes: File name endings this input may have.
        only: Given all column names, those to read; all when left out. Vector files only.

    Returns:
        At least one row; called "row 5" in faults, by its number in the file.
    """
    known = {fold(name) for spec in fields.values() for name in (*spec.synonyms, spec.named or "")} - {""}
    raw = read_table(layer, source, log.faults, suffixes=suffixes, columns=only, known=known)
    if raw is None:
        return None
    log.files.append(raw.record)
    columns = find_columns(layer, column_names(raw.frame), fields, log.faults, source.path)
    if columns is None:
        return None
    if raw.encoding == "cp1252":
        log.notes.add(layer, "gelezen als Windows-1252: het bestand is geen UTF-8")
    if raw.title:
        title = clean_text(raw.title)[:MAX_TITLE_CHARACTERS]
        log.notes.add(layer, f'de kop staat onder een titel, die niet is gelezen: "{title}"')
    numbers = raw.numbers or range(1, 1 + len(raw.frame))
    ids = pd.Series([f"row {n}" for n in numbers], index=raw.frame.index)
    rows = Rows(layer, source.path, raw, columns, ids, log)
    n_before = log.n_faults
    rows.check_cells(list(columns.values()))
    return rows if log.n_faults == n_before else None
