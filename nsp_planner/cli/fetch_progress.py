"""Progress of downloads on stderr. In: steps and bytes. Out: lines and a bar in a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from nsp_planner.fetch.progress import FetchProgress


class TerminalFetchProgress(FetchProgress):
    """A line per step, and a bar for what is being downloaded."""

    def __init__(self) -> None:
        """Start drawing."""
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._tasks: dict[str, Any] = {}
        self._bar.start()

    def stage(self, text: str) -> None:
        """A step begins."""
        for task in self._tasks.values():
            self._bar.remove_task(task)
        self._tasks.clear()
        self._console.print(text, highlight=False, markup=False)

    def bytes_done(self, name: str, done: int, total: int | None) -> None:
        """So much of a file was downloaded."""
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name, total=total)
        self._bar.update(self._tasks[name], completed=done, total=total)

    def features_done(self, name: str, done: int, total: int | None) -> None:
        """So many features of a service were read."""
        if total is not None and done < total:
            self._console.print(f"  {name}: {done:,} of {total:,}", highlight=False, markup=False)

    def note(self, text: str) -> None:
        """Something a planner should know."""
        self._console.print(f"  {text}", highlight=False, markup=False)

    def stop(self) -> None:
        """Stop drawing."""
        self._bar.stop()


@contextmanager
def fetch_progress_on_stderr() -> Iterator[FetchProgress]:
    """Drawn when stderr is a terminal, silent when it is piped."""
    if not sys.stderr.isatty():
        yield FetchProgress()
        return
    progress = TerminalFetchProgress()
    try:
        yield progress
    finally:
        progress.stop()
