"""Errors on the command line. In: an error. Out: its faults on stderr, or as JSON on stdout."""

from __future__ import annotations

import typer

from nsp_planner.cli.json_output import print_json
from nsp_planner.errors import NspError

TITLES = {2: "The settings are not right", 3: "The data are not right", 4: "No plan is possible"}


def print_error(error: NspError, *, as_json: bool) -> None:
    """Every fault with the way out."""
    if as_json:
        faults = [fault.as_dict() for fault in error.faults]
        print_json({"ok": False, "exit_code": error.exit_code, "faults": faults})
        return
    title = TITLES.get(error.exit_code, "The plan was refused")
    n = len(error.faults)
    typer.echo(f"{title}: {n} fault{'s' if n != 1 else ''}. Nothing was written.\n", err=True)
    for fault in error.faults:
        typer.echo(f"- {fault.as_text()}", err=True)
