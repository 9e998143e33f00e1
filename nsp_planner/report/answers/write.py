"""Writing an answer. In: an :class:`Answer`. Out: a page, a workbook, CSV files and drawings in an existing folder."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter

from nsp_planner.report.answers.answer import MARKS_NL, Answer, AnswerTable, Unit
from nsp_planner.report.csv_files import guarded
from nsp_planner.report.run_info import OutputFile
from nsp_planner.report.templates import asset, render
from nsp_planner.report.text.dutch import date_nl, is_missing

PAGE = "antwoord.html"
NUMBER_FORMATS: dict[Unit, str] = {
    "persons": "#,##0",
    "sites": "#,##0",
    "m": "#,##0",
    "seconds": "#,##0",
    "share": "0.0%",
    "number": "#,##0.0",
    "euro": "€ #,##0",
}
MARK_COLOURS = {"best": "#CFE8CF", "worst": "#F6D5D0"}
SHEET_LENGTH = 31


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
    """One sheet that tells, one per table; text is never read as a formula."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": answer.title, "created": created.replace(tzinfo=None), "comments": "Concept"})
        title = book.add_format({"bold": True, "font_size": 15, "font_color": "#14324F"})
        mark = book.add_format({"bold": True, "font_color": "#B00020"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        header = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#14324F", "text_wrap": True})
        guide = book.add_worksheet("Conclusie")
        guide.set_column(0, 0, 110)
        guide.write_string(0, 0, answer.title, title)
        guide.write_string(1, 0, " · ".join([*answer.marks, date_nl(created)]), mark)
        for row, text in enumerate((answer.question, answer.conclusion, *answer.notes, *answer.attribution), start=3):
            guide.write_string(row, 0, text, wrapped)
        used = {"conclusie"}
        for table in answer.tables:
            sheet = book.add_worksheet(_sheet_name(table.title, used))
            sheet.write_string(0, 0, table.title, title)
            sheet.write_string(1, 0, " · ".join([*answer.marks, table.caption]), mark)
            for column, heading in enumerate(table.columns):
                sheet.write_string(3, column, heading.label, header)
                longest = max([len(heading.label) // 2, *(len(table.text(r, column)) for r in range(len(table.rows)))])
                sheet.set_column(column, column, min(60, max(10, longest + 2)))
            _write_cells(book, sheet, table)
            sheet.freeze_panes(4, 1)
            if table.rows:
                sheet.autofilter(3, 0, 3 + len(table.rows), len(table.columns) - 1)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)


def _write_cells(book: xlsxwriter.Workbook, sheet: Any, table: AnswerTable) -> None:
    formats: dict[tuple[str, str], Any] = {}
    for row, values in enumerate(table.rows):
        for column, value in enumerate(values):
            unit, mark = table.unit(row, column), table.marks.get((row, column), "")
            if (unit, mark) not in formats:
                look: dict[str, Any] = {"valign": "top"}
                if unit in NUMBER_FORMATS:
                    look["num_format"] = NUMBER_FORMATS[unit]
                if mark:
                    look |= {"bg_color": MARK_COLOURS[mark], "bold": mark == "best"}
                formats[unit, mark] = book.add_format(look)
            shown = formats[unit, mark]
            if is_missing(value):
                sheet.write_blank(4 + row, column, None, shown)
            elif unit == "text" or isinstance(value, str | bool):
                sheet.write_string(4 + row, column, table.text(row, column), shown)
            else:
                sheet.write_number(4 + row, column, float(value), shown)


def _sheet_name(title: str, used: set[str]) -> str:
    plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)
    plain = " ".join(plain.split())[:SHEET_LENGTH].strip() or "Tabel"
    name, number = plain, 2
    while name.lower() in used:
        name = f"{plain[: SHEET_LENGTH - 4].strip()} ({number})"
        number += 1
    used.add(name.lower())
    return name


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
            parts.append(f"En nog {more} rijen in `{table.name}.csv`.")
    parts += ["\n".join(f"- {note}" for note in answer.notes)] if answer.notes else []
    return "\n\n".join(parts) + "\n"


def _pipe(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _marked(text: str, mark: str | None) -> str:
    return {"best": f"**{text}**", "worst": f"*{text}*"}.get(mark or "", text)
