"""``nsp-planner rerun``. In: the folder of a finished run. Out: the same run made again, and whether it is the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.cli.options import JsonOption

if TYPE_CHECKING:
    from nsp_planner.study.rerun import RerunResult

MOST_SHOWN = 20


def rerun(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the fresh folder goes, instead of beside RUN.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a run again from its manifest and say whether it is the same (exit code 0), or not (1), and where."""
    from nsp_planner.cli.json_output import print_json
    from nsp_planner.cli.progress import progress_on_stderr
    from nsp_planner.errors import EXIT_UNEXPECTED
    from nsp_planner.study.rerun import rerun as make_again

    with progress_on_stderr() as progress:
        result = make_again(run, output=output, progress=progress)
    if as_json:
        answer = {"ok": result.is_same, "same": result.is_same, "folder": str(result.run.folder)}
        told = {"n_tables": result.n_tables, "differences": list(result.differences), "notes": list(result.notes)}
        print_json({**answer, **told})
    else:
        _print(result)
    if not result.is_same:
        raise typer.Exit(EXIT_UNEXPECTED)


def _print(result: RerunResult) -> None:
    n = len(result.differences)
    if result.is_same:
        typer.echo(f"The same: {result.n_tables} tables, and every figure of the manifest.")
    else:
        typer.echo(f"Not the same: {n} difference{'s' if n != 1 else ''}.")
    for difference in result.differences[:MOST_SHOWN]:
        typer.echo(f"- {difference}")
    if n > MOST_SHOWN:
        typer.echo(f"... and {n - MOST_SHOWN} more (--json lists all)")
    for note in result.notes:
        typer.echo(f"Note: {note}.")
    typer.echo(f"Made again in {result.run.folder}")
