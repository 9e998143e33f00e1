"""Progress of a sweep. In: nothing. Out: the callbacks, and those that report nothing."""

from __future__ import annotations

from typing import Protocol


class SweepProgress(Protocol):
    """Progress callback of a sweep."""

    def begin(self, n_scenarios: int, n_done: int) -> None:
        """The sweep starts; ``n_done`` scenarios were finished earlier."""

    def finished(self, label: str, seconds_left: float) -> None:
        """A scenario is finished; about so many seconds are left."""


class SilentSweepProgress:
    """Reports nothing."""

    def begin(self, n_scenarios: int, n_done: int) -> None:
        """Nothing."""

    def finished(self, label: str, seconds_left: float) -> None:
        """Nothing."""
