"""What is known about one run and what it wrote. In: nothing. Out: :class:`RunInfo` and :class:`OutputFile`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ScenarioNote:
    """A scenario that was laid over the study, as outputs tell it.

    Attributes:
        title: What it is called, in Dutch.
        sentence: What it supposes, in Dutch.
        changes: Every setting it changed, ``key: old -> new``.
        data: The same as plain data, for the manifest.
    """

    title: str
    sentence: str
    changes: tuple[str, ...]
    data: Mapping[str, Any]


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
    scenarios: tuple[ScenarioNote, ...] = ()


@dataclass(frozen=True)
class OutputFile:
    """One file that was written.

    Attributes:
        name: Its name inside the run's folder.
        description_nl: What it is, in Dutch.
        open_rank: Rank among the few files that a reader opens first; None where it is none of them.
    """

    name: str
    description_nl: str
    open_rank: int | None = None


def open_first(outputs: Iterable[OutputFile]) -> list[OutputFile]:
    """The few files to open first, in that order."""
    ranked = [(output.open_rank, output) for output in outputs if output.open_rank is not None]
    return [output for _, output in sorted(ranked, key=lambda pair: pair[0])]
