"""Results for machines. In: plain tables. Out: JSON on stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer

from nsp_planner.cli.poor_terminal import knows_every_letter


def print_json(value: Any) -> None:
    """Print a result as JSON, with other letters written out where the stream does not know them."""
    typer.echo(json.dumps(value, ensure_ascii=not knows_every_letter(sys.stdout), indent=2))
