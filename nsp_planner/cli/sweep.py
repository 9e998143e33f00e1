"""``nsp-planner sweep``. In: SWEEP.toml. Out: a result per scenario and one table; progress and time left on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.cli.options import JsonOption

if TYPE_CHECKING:
    from nsp_planner.sweep.progress import SweepProgress


def sweep(
    file: Annotated[Path, typer.Argument(metavar="SWEEP", help="The sweep: a TOML file.", show_default=False)],
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a Dask scheduler, such as tcp://host:8786.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes on this machine; default one per core.", min=1)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a grid of scenarios; start again after an interruption and it goes on with what is missing."""
    from nsp_planner.cli.answers import print_answer
    from nsp_planner.sweep.run import run_sweep

    with _progress() as progress:
        result = run_sweep(file, scheduler=scheduler, workers=workers, progress=progress)
    print_answer(result.answer, result.folder, result.outputs, result.seconds, as_json=as_json, refused=result.refused)


@contextmanager
def _progress() -> Iterator[SweepProgress]:
    from nsp_planner.sweep.progress import SilentSweepProgress

    if not sys.stderr.isatty():
        yield SilentSweepProgress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("scenarios", total=None, left="")

        class _Bar:
            def begin(self, n_scenarios: int, n_done: int) -> None:
                """Show how many there are, and how many were finished before."""
                bar.update(task, total=n_scenarios, completed=n_done)

            def finished(self, label: str, seconds_left: float) -> None:
                """One more."""
                minutes, seconds = divmod(round(seconds_left), 60)
                bar.update(task, advance=1, description=label, left=f"about {minutes}:{seconds:02d} left")

        yield _Bar()
