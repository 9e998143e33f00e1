"""The console of results. In: nothing. Out: a rich console on stdout, wide enough for tables when piped."""

from __future__ import annotations

from rich.console import Console

MIN_WIDTH_PIPED = 110


def wide_console() -> Console:
    """A console for results: as wide as the terminal, or wide enough for the tables in a pipe."""
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, emoji=False, width=MIN_WIDTH_PIPED)
