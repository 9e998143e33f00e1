"""Going on after a failure. In: steps. Out: what worked; faults of needed sources, and why the others were skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from nsp_planner.errors import Fault, Faults, NspError, SettingsError
from nsp_planner.fetch.catalogue import Source

T = TypeVar("T")


@dataclass
class Attempts:
    """What went wrong in a run.

    Attributes:
        faults: Of sources a plan needs; raised together at the end.
        skipped: Of sources a plan can do without; reported, not raised.
    """

    faults: Faults = field(default_factory=Faults)
    skipped: list[Fault] = field(default_factory=list)

    def attempt(self, source: Source, action: Callable[[], T]) -> T | None:
        """Do one step; ``None`` when it failed or the settings skip the source.

        Raises:
            SettingsError: Passed on at once: a full disk or a wrong setting is the same for every step.
        """
        if source.skip:
            return None
        try:
            return action()
        except SettingsError:
            raise
        except NspError as error:
            (self.faults.items if source.needed else self.skipped).extend(error.faults)
            return None
