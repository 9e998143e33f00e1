"""Errors on the command line. In: an error. Out: its faults on stderr, or as JSON on stdout."""

from __future__ import annotations

import typer

from nsp_planner.cli.json_output import print_json
from nsp_planner.errors import NspError


def print_error(error: NspError, *, as_json: bool) -> None:
    """Every fault with the way out."""
    if as_json:
        faults = [fault.as_dict() for fault in error.faults]
        print_json({"ok": False, "exit_code": error.exit_code, "faults": faults})
        return
    n = len(error.faults)
    typer.echo(f"{error.heading}: {n} fault{'s' if n != 1 else ''}. {error.ending}\n", err=True)
    for fault in error.faults:
        typer.echo(f"- {fault.as_text()}", err=True)
