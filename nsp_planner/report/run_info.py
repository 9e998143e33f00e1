"""What is known about one run and what it wrote. In: nothing. Out: :class:`RunInfo` and :class:`OutputFile`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from nsp_planner.config import AppliedScenario


@dataclass(frozen=True)
class RunInfo:
    """When, with what and how long a plan was made.

    Attributes:
        created: When the run started; a date with time zone keeps the manifest unambiguous.
        version: Version of nsp_planner.
        seconds: Wall time of reading, planning and evaluating.
        command: The command line that made the plan, as typed.
        scenarios: The scenarios laid over the study, with every change.
    """

    created: dt.datetime
    version: str
    seconds: float
    command: str
    scenarios: tuple[AppliedScenario, ...] = ()


@dataclass(frozen=True)
class OutputFile:
    """One file that was written: its name inside the run's folder and what it is, in Dutch."""

    name: str
    description_nl: str
