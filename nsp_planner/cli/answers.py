"""Answers in the terminal. In: a finished answer and its folder. Out: tables on stdout, best green and worst red."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from nsp_planner.cli.console import wide_console
from nsp_planner.cli.json_output import print_json
from nsp_planner.errors import EXIT_REFUSED, Fault
from nsp_planner.report.answers.answer import Answer, AnswerTable, answer_as_dict
from nsp_planner.report.run_info import OutputFile

MOST_ROWS, MOST_COLUMNS = 40, 9
STYLES = {"best": "green", "worst": "red"}


def print_answer(
    answer: Answer,
    folder: Path,
    outputs: tuple[OutputFile, ...],
    seconds: float,
    *,
    as_json: bool,
    n_tables: int = 2,
    refused: Sequence[Fault] = (),
) -> None:
    """The conclusion, the first tables and where the rest is; or everything as JSON.

    Raises:
        typer.Exit: Plans were refused by their check: everything else was written and printed, and the exit code says
            so.
    """
    if as_json:
        files = [output.name for output in outputs]
        value: dict[str, Any] = {"ok": not refused, "folder": str(folder), "files": files, **answer_as_dict(answer)}
        if refused:
            value |= {"exit_code": EXIT_REFUSED, "faults": [fault.as_dict() for fault in refused]}
        print_json({**value, "seconds": round(seconds, 3)})
        _end_with(refused)
        return
    console = wide_console()
    for table in answer.tables[:n_tables]:
        if len(table.columns) > MOST_COLUMNS and len(table.rows) <= MOST_COLUMNS:
            console.print(_turned(table))
            continue
        shown = Table(title=escape(table.title), title_justify="left", caption_justify="left")
        n_columns = min(len(table.columns), MOST_COLUMNS)
        for number, column in enumerate(table.columns[:n_columns]):
            of_numbers = any(table.unit(row, number) != "text" for row in range(len(table.rows)))
            shown.add_column(escape(column.label), justify="right" if of_numbers else "left")
        for row in range(min(MOST_ROWS, len(table.rows))):
            cells = []
            for number in range(n_columns):
                cells.append(_cell(table, row, number))
            shown.add_row(*cells)
        console.print(shown)
        if len(table.columns) > n_columns:
            console.print(f"... and {len(table.columns) - n_columns} more columns in {table.name}.csv")
        if len(table.rows) > MOST_ROWS:
            console.print(f"... and {len(table.rows) - MOST_ROWS} more rows in {table.name}.csv")
    console.print(f"\n{answer.conclusion}", markup=False, style="bold")
    for note in answer.notes:
        console.print(f"- {note}", markup=False)
    console.print(f"\nDone in {seconds:.0f} s. Open first:")
    for output in outputs:
        console.print(
            f"  {escape(str(folder / output.name))}  [dim]{escape(output.description_nl)}[/dim]", soft_wrap=True
        )
    if refused:
        typer.echo("\nPlans were refused by their check and count nowhere. Everything else was written.\n", err=True)
        for fault in refused:
            typer.echo(f"- {fault.as_text()}", err=True)
    _end_with(refused)


def _end_with(refused: Sequence[Fault]) -> None:
    if refused:
        raise typer.Exit(EXIT_REFUSED)


def _cell(table: AnswerTable, row: int, column: int) -> str:
    text, style = escape(table.text(row, column)), STYLES.get(table.marks.get((row, column), ""))
    return f"[{style}]{text}[/{style}]" if style else text


def _turned(table: AnswerTable) -> Table:
    """A wide table on its side: a line per column."""
    shown = Table(title=escape(table.title), title_justify="left")
    shown.add_column(escape(table.columns[0].label))
    for row in range(len(table.rows)):
        shown.add_column(_cell(table, row, 0), justify="right")
    for number, column in enumerate(table.columns[1:], start=1):
        shown.add_row(escape(column.label), *(_cell(table, row, number) for row in range(len(table.rows))))
    return shown
