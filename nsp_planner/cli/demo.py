"""``nsp-planner demo``. In: a folder. Out: the example region in it, and its plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nsp_planner.cli.options import GapOption, JsonOption, OutputOption, TimeOption

GUARD = ".demo.lock"
"""Locked from the writing of the example to the end of its plan, which reads the files."""


def demo(
    folder: Annotated[Path, typer.Option("--folder", "-f", help="Where the example's files go.")] = Path("voorbeeld"),
    output: OutputOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the example region.", min=0)] = 1,
    time_limit: TimeOption = None,
    gap: GapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the example region (made-up data) and plan it."""
    from nsp_planner.cli.planning import make_plan
    from nsp_planner.cli.progress import progress_on_stderr
    from nsp_planner.config import load_study
    from nsp_planner.errors import Fault, SettingsError
    from nsp_planner.example import write_example
    from nsp_planner.report.options import DeliverOptions
    from nsp_planner.storage import one_at_a_time

    fix = "give a folder you may write in with --folder"
    wait = "wait until it is done, or give another --folder"
    busy = Fault("demo", "another demo is busy in this folder", wait, str(folder))
    with one_at_a_time(folder / GUARD, busy, fix=fix):
        with progress_on_stderr() as progress:
            progress.stage("making the example region")
            try:
                file = write_example(folder, seed=seed)
            except OSError as error:
                raise SettingsError(Fault("demo", f"cannot write: {error.strerror}", fix, str(folder))) from None
        command = f"nsp-planner plan {file}"
        make_plan(load_study(file), command, output, time_limit, gap, as_json, deliver=DeliverOptions())
