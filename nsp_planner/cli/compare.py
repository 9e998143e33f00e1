"""``nsp-planner compare``. In: folders of finished runs. Out: one table, what came and went, a folder with the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nsp_planner.cli.options import JsonOption


def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of finished runs; the first is the reference.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the comparison's fresh folder goes.")] = Path(
        "runs"
    ),
    as_json: JsonOption = False,
) -> None:
    """Compare finished runs: one table, sites that came and went, a map of what moved."""
    from nsp_planner.cli.answers import print_answer
    from nsp_planner.study.compare import compare_runs

    result = compare_runs(runs, output)
    print_answer(result.answer, result.folder, result.outputs, result.seconds, as_json=as_json, n_tables=6)
