"""An answer to a planning question. In: tables, figures and sentences. Out: one object that every writer takes.

Comparisons and questions all end as an :class:`Answer`: a title, the question, one conclusion, tables with the best and
worst cells marked, figures. The command line, the page, the workbook, the CSV files and the docs show the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nsp_planner.report.run_info import RunInfo
from nsp_planner.report.text.dutch import is_missing
from nsp_planner.report.text.units import Unit, value_text

Mark = Literal["best", "worst"]

MARKS_NL: dict[Mark, str] = {"best": "beste", "worst": "slechtste"}


@dataclass(frozen=True)
class Column:
    """A column: its Dutch heading and what its numbers are."""

    label: str
    unit: Unit = "text"


@dataclass(frozen=True)
class AnswerTable:
    """A table of an answer.

    Attributes:
        name: Short name for files, lower case with hyphens.
        title: Dutch heading.
        columns: Headings and units.
        rows: Values, numbers as numbers, missing as None or NaN; as long as ``columns``.
        caption: What a reader must know to read it.
        marks: Best and worst cells, by row and column.
        units: Unit per row, where the unit depends on the row and not on the column.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str = ""
    marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict)
    units: tuple[Unit, ...] | None = None

    def unit(self, row: int, column: int) -> Unit:
        """What the value of a cell is."""
        unit = self.columns[column].unit
        return unit if unit != "text" or self.units is None or column == 0 else self.units[row]

    def text(self, row: int, column: int) -> str:
        """A cell as a Dutch reader reads it."""
        return value_text(self.rows[row][column], self.unit(row, column))


@dataclass(frozen=True)
class AnswerFigure:
    """A drawing: short name for its file, Dutch title, SVG and what it shows, for readers who cannot see it."""

    name: str
    title: str
    svg: str
    alternative: str


@dataclass(frozen=True, eq=False)
class AnswerFile:
    """A file that one answer brings beside page, workbook and tables: its name, what it is in Dutch, who writes it."""

    name: str
    description_nl: str
    write: Callable[[Path, RunInfo], object]


@dataclass(frozen=True)
class Answer:
    """The answer to a question, complete: see the module's docstring.

    Attributes:
        name: Short name of the question, for folders and files.
        title: Dutch title.
        question: The question, a Dutch sentence.
        conclusion: What follows from the figures, computed, one or more Dutch sentences.
        tables: The tables, the most important first.
        figures: The figures.
        notes: What limits the answer, and how it was made.
        marks: What every output says in plain sight (concept, illustration).
        attribution: Whose data it shows.
        files: Files it brings beside page, workbook and tables.
    """

    name: str
    title: str
    question: str
    conclusion: str
    tables: tuple[AnswerTable, ...]
    figures: tuple[AnswerFigure, ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    files: tuple[AnswerFile, ...] = ()


def best_and_worst(values: Sequence[Any], better: Literal["low", "high"] | None) -> dict[int, Mark]:
    """Positions of the best and the worst of some values; empty where all are alike or no direction is better."""
    known = {n: float(value) for n, value in enumerate(values) if not is_missing(value)}
    if better is None or len(known) < 2:
        return {}
    low, high = min(known.values()), max(known.values())
    if high - low <= 1e-9 * max(1.0, abs(high)):
        return {}
    best, worst = (low, high) if better == "low" else (high, low)
    return {n: "best" if value == best else "worst" for n, value in known.items() if value in (best, worst)}


def answer_as_dict(answer: Answer) -> dict[str, Any]:
    """The answer for ``--json``."""
    return {
        "name": answer.name,
        "title": answer.title,
        "question": answer.question,
        "conclusion": answer.conclusion,
        "notes": list(answer.notes),
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "columns": [column.label for column in table.columns],
                "rows": [[None if is_missing(cell) else plain(cell) for cell in row] for row in table.rows],
                "marks": [{"row": r, "column": c, "mark": mark} for (r, c), mark in table.marks.items()],
            }
            for table in answer.tables
        ],
    }


def plain(cell: Any) -> Any:
    """A value as Python has it, where NumPy or pandas made it."""
    return cell.item() if hasattr(cell, "item") else cell
