"""Telling what is going on. In: events of the stages. Out: calls on a :class:`Progress`, which the CLI draws.

Stages never print: they tell a progress object, and the one that does nothing is the default.
"""

from __future__ import annotations

from typing import Protocol

from nsp_planner.plan.solution import TracePoint


class Progress(Protocol):
    """What wants to know how far a run is."""

    def stage(self, text: str) -> None:
        """A stage begins; ``text`` says which, in English."""

    def trace(self, point: TracePoint) -> None:
        """A better plan or bound is known."""


class SilentProgress:
    """Tells nobody."""

    def stage(self, text: str) -> None:
        """Nothing."""

    def trace(self, point: TracePoint) -> None:
        """Nothing."""
