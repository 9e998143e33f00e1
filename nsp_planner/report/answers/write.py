"""Writing an answer. In: an :class:`Answer`. Out: a page, a workbook, CSV files and drawings in an existing folder."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nsp_planner.names import counted_nl
from nsp_planner.report.answers.answer import MARKS_NL, Answer, AnswerTable, plain
from nsp_planner.report.csv_files import guarded
from nsp_planner.report.run_info import OutputFile
from nsp_planner.report.templates import asset, render
from nsp_planner.report.text.dutch import date_nl, is_missing
from nsp_planner.report.workbook.book import Cell, Says, open_book
from nsp_planner.report.workbook.columns import SheetColumn

PAGE = "antwoord.html"
NARROWEST, WIDEST = 10, 60
"""Least and greatest width of a column, in characters."""


def write_answer(folder: Path, answer: Answer, *, created: dt.datetime, version: str) -> tuple[OutputFile, ...]:
    """Write the answer's page and its tables and figures; returns what was written, in the order to open it."""
    page = render(
        "answers/page.html",
        answer=answer,
        body=answer_body(answer),
        date=date_nl(created),
        version=version,
        styles=asset("page/page.css") + asset("answers/answer.css"),
    )
    (folder / PAGE).write_text(page, encoding="utf-8")
    first = OutputFile(PAGE, "Vraag, conclusie, tabellen en figuren op een pagina; opent zonder internet")
    return (first, *write_tables(folder, answer, created=created))


def write_tables(folder: Path, answer: Answer, *, created: dt.datetime) -> tuple[OutputFile, ...]:
    """Everything but the page: workbook, CSV files and drawings."""
    book = OutputFile(f"{answer.name}.xlsx", "Alle tabellen, met de beste en slechtste waarden gemarkeerd (Excel)")
    write_answer_workbook(folder / book.name, answer, created=created)
    outputs = [book]
    for table in answer.tables:
        output = OutputFile(f"{table.name}.csv", f"{table.title} (CSV voor een Nederlandse Excel)")
        write_answer_csv(folder / output.name, table, answer.marks)
        outputs.append(output)
    for figure in answer.figures:
        (folder / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
        outputs.append(OutputFile(f"{figure.name}.svg", f"{figure.title} (tekening)"))
    return tuple(outputs)


def answer_body(answer: Answer) -> str:
    """Figures, tables and notes as HTML; every text is escaped, the drawings are this package's own."""
    return render("answers/body.html", answer=answer, marks_nl=MARKS_NL)


def write_answer_workbook(path: Path, answer: Answer, *, created: dt.datetime) -> None:
    """One sheet that tells, one per table."""
    marks = " · ".join(answer.marks)
    with open_book(path, Says(answer.title, created, marks, marks)) as book:
        book.write_lines("Conclusie", [(answer.title, _lines(answer))])
        for table in answer.tables:
            note = " · ".join([*answer.marks, *([table.caption] if table.caption else [])])
            book.write_rows(table.title, table.title, *_sheet(table), note=note, frozen_columns=1)


def _lines(answer: Answer) -> list[tuple[str, str]]:
    told = [("Vraag", answer.question), ("Conclusie", answer.conclusion)]
    told += [("Toelichting", note) for note in answer.notes]
    return told + [("Bron", line) for line in answer.attribution]


def _sheet(table: AnswerTable) -> tuple[list[SheetColumn], list[list[Cell]]]:
    """Columns as wide as what is in them, and cells with their unit and mark."""
    columns = []
    for number, column in enumerate(table.columns):
        longest = max(len(table.text(row, number)) for row in range(len(table.rows))) if table.rows else 0
        width = min(WIDEST, max(NARROWEST, len(column.label) // 2 + 2, longest + 2))
        columns.append(SheetColumn(column.label, column.unit, width, wrapped=longest > WIDEST))
    rows = [
        [Cell(plain(value), table.unit(r, c), table.marks.get((r, c))) for c, value in enumerate(values)]
        for r, values in enumerate(table.rows)
    ]
    return columns, rows


def write_answer_csv(path: Path, table: AnswerTable, marks: Iterable[str]) -> None:
    """One table for a Dutch Excel: semicolon, decimal comma, byte order mark; what it is stands in a last column."""
    note = " · ".join(marks)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([*(column.label for column in table.columns), "Let op"])
        writer.writerows([*(_csv_cell(value) for value in row), note] for row in table.rows)


def _csv_cell(value: Any) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, str):
        return guarded(value)
    number = float(value)
    return str(int(number)) if number.is_integer() else f"{number:.6g}".replace(".", ",")


def answer_markdown(answer: Answer, *, heading: str = "##", most_rows: int | None = None) -> str:
    """The answer for the docs: conclusion and tables in Markdown, best cells bold and worst ones in italics.

    With ``most_rows`` a longer table ends there, and says how many rows its CSV file has more.
    """
    parts = [f"{heading} {answer.title}", answer.question, f"**{answer.conclusion}**"]
    for table in answer.tables:
        labels = [column.label for column in table.columns]
        rows = [
            [_marked(_pipe(table.text(r, c)), table.marks.get((r, c))) for c in range(len(labels))]
            for r in range(len(table.rows[:most_rows]))
        ]
        aligned = [
            "---:" if any(table.unit(r, c) != "text" for r in range(len(table.rows))) else "---"
            for c in range(len(labels))
        ]
        lines = [f"| {' | '.join(line)} |" for line in (labels, aligned, *rows)]
        parts += [f"{heading}# {table.title}", *([table.caption] if table.caption else []), "\n".join(lines)]
        if more := len(table.rows) - len(rows):
            parts.append(f"En nog {counted_nl(more, 'rijen')} in `{table.name}.csv`.")
    parts += ["\n".join(f"- {note}" for note in answer.notes)] if answer.notes else []
    return "\n\n".join(parts) + "\n"


def _pipe(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _marked(text: str, mark: str | None) -> str:
    return {"best": f"**{text}**", "worst": f"*{text}*"}.get(mark or "", text)
