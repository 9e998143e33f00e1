"""Progress on stderr. In: stages and trace points. Out: a live line in a terminal, nothing at all in a pipe."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as RichProgress
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from nsp_planner.plan.solution import TracePoint, relative_gap
from nsp_planner.study.progress import Progress, SilentProgress


class TerminalProgress:
    """A spinner with the stage, its seconds, and while solving the gap."""

    def __init__(self) -> None:
        """Start drawing."""
        self._console = Console(stderr=True)
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[gap]}"),
        )
        self._bar = RichProgress(*columns, console=self._console, transient=False)
        self._task: TaskID | None = None
        self._bar.start()

    def stage(self, text: str) -> None:
        """Finish the line of the stage before and begin one."""
        self._finish()
        self._task = self._bar.add_task(escape(text), total=1, gap="")

    def trace(self, point: TracePoint) -> None:
        """Show value, bound and gap known now."""
        if self._task is None:
            return
        gap = relative_gap(point.value, point.bound)
        if not math.isfinite(point.value):
            text = "looking for a first plan"
        elif math.isinf(gap):
            text = f"value {point.value:,.6g}, no bound yet"
        else:
            text = f"value {point.value:,.6g}, bound {point.bound:,.6g}, gap {gap:.2%}"
        self._bar.update(self._task, gap=text)

    def stop(self) -> None:
        """Stop drawing."""
        self._finish()
        self._bar.stop()

    def _finish(self) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=1)
            self._bar.stop_task(self._task)


@contextmanager
def progress_on_stderr() -> Iterator[Progress]:
    """A progress for this run: drawn when stderr is a terminal, silent when it is piped."""
    if not sys.stderr.isatty():
        yield SilentProgress()
        return
    progress = TerminalProgress()
    try:
        yield progress
    finally:
        progress.stop()
