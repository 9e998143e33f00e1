"""``nsp-planner demo``. In: a folder. Out: the example region in it, and its plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nsp_planner.cli.options import GapOption, JsonOption, OutputOption, TimeOption


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

    with progress_on_stderr() as progress:
        progress.stage("making the example region")
        try:
            file = write_example(folder, seed=seed)
        except OSError as error:
            fix = "give a folder you may write in with --folder"
            raise SettingsError(Fault("demo", f"cannot write: {error.strerror}", fix, str(folder))) from None
    make_plan(load_study(file), f"nsp-planner plan {file}", output, time_limit, gap, as_json, deliver=DeliverOptions())
