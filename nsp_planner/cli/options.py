"""Arguments and options that several commands have. In: nothing. Out: their types, with help, as typer reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HELP_NAMES = {"help_option_names": ["-h", "--help"]}

StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="The study: a TOML file.", show_default=False)]
RegionArgument = Annotated[
    str, typer.Argument(metavar="REGION", help="Name or code of the veiligheidsregio.", show_default=False)
]
RawFolderOption = Annotated[Path, typer.Option("--folder", "-f", help="Folder of raw data, shared by all regions.")]
ScenarioOption = Annotated[
    list[str] | None,
    typer.Option("--scenario", "-s", help="A scenario to lay over the study: a name, or a path. May be repeated."),
]
NormsOption = Annotated[
    Path | None, typer.Option("--norms", help="A norms file of the form of norms.toml, instead of the study's norms.")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Folder for the run, instead of the study's `output`.")
]
TimeOption = Annotated[
    float | None, typer.Option("--time-limit", help="Seconds to solve, instead of the study's.", min=1)
]
GapOption = Annotated[
    float | None, typer.Option("--gap", help="Gap to stop at, such as 0.005, instead of the study's.", min=0)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]
