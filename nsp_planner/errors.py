"""Faults and errors a planner sees. In: what went wrong. Out: one exception with every fault and an exit code.

A :class:`Fault` is one thing that is wrong, told in the planner's terms: which file, which column, which ids, what
to do. Stages collect faults in :class:`Faults` and raise once, so that a planner repairs a file in one go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MAX_IDS_SHOWN = 5
MAX_ID_CHARACTERS = 80
MAX_CHARACTERS = 1_000
"""Longer messages are cut in the middle: a cell may hold a book."""

EXIT_OK = 0
EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_BAD_DATA = 3
EXIT_NO_PLAN = 4
EXIT_KEPT_ASIDE = 5
EXIT_REFUSED = 6


def visible(text: str, most: int = MAX_CHARACTERS) -> str:
    """A text for a terminal, at most so long: what is not seen, or moves what is seen, is written out.

    Names in files may hold control characters, which would colour a terminal, erase lines or turn their direction.
    """
    shown = text if len(text) <= most else f"{text[: most // 2]} ... {text[-most // 4 :]}"
    if shown.isprintable():
        return shown
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in shown)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an input, and what to do about it.

    Attributes:
        layer: The input concerned, as the study names it, such as ``population`` or ``sites: kazernes``.
        message: What is wrong, as a sentence.
        fix: What the planner can do about it, as a sentence.
        file: Path of the file, where one is concerned.
        column: Column (or study key) concerned, where one is.
        ids: Ids of the rows concerned, all of them; only the first few are shown.
        proven: False where a plan was not found in time, and that none exists is not proven.
        refused: True where a plan was made and did not pass its check.
    """

    layer: str
    message: str
    fix: str
    file: str | None = None
    column: str | None = None
    ids: tuple[str, ...] = ()
    proven: bool = True
    refused: bool = False

    def as_text(self) -> str:
        """The fault on one or more lines: layer, column, message, first ids, file, what to do."""
        place = self.layer if self.column is None else f"{self.layer}, column {self.column}"
        lines = [visible(f"{place}: {self.message}")]
        if self.ids:
            shown = ", ".join(visible(each, MAX_ID_CHARACTERS) for each in self.ids[:MAX_IDS_SHOWN])
            more = len(self.ids) - MAX_IDS_SHOWN
            lines.append(f"  ids: {shown}" + (f" and {more} more" if more > 0 else ""))
        if self.file is not None:
            lines.append(f"  file: {visible(self.file)}")
        lines.append(f"  what to do: {visible(self.fix)}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """The fault for ``--json``."""
        return {
            "layer": visible(self.layer),
            "column": None if self.column is None else visible(self.column),
            "message": visible(self.message),
            "ids": [visible(each, MAX_ID_CHARACTERS) for each in self.ids[:MAX_IDS_SHOWN]],
            "n_ids": len(self.ids),
            "file": None if self.file is None else visible(self.file),
            "fix": visible(self.fix),
        }


class NspError(Exception):
    """Base of every error shown to the planner without a traceback; carries all faults and the exit code."""

    exit_code = EXIT_UNEXPECTED
    heading = "Something unforeseen happened"
    ending = "Nothing was written."

    def __init__(self, faults: Iterable[Fault] | Fault) -> None:
        """Take one fault or several."""
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(fault.as_text() for fault in self.faults))

    def __reduce__(self) -> tuple[type[NspError], tuple[tuple[Fault, ...]]]:
        """Faults go with an error from one process to another."""
        return type(self), (self.faults,)


class SettingsError(NspError):
    """The study or the command line is wrong (exit code 2)."""

    exit_code = EXIT_USAGE
    heading = "The settings are not right"


class SystemFaultError(SettingsError):
    """Disk, rights, memory or installation are in the way (exit code 2): no fault of the data or of this package."""

    heading = "This computer is in the way"


class KeptAsideError(NspError):
    """Everything was made, but the folder could not be given its name (exit code 5); the fault says where it is."""

    exit_code = EXIT_KEPT_ASIDE
    heading = "The result is finished and kept aside"
    ending = "Nothing is lost."


class DataError(NspError):
    """An input file is missing, unreadable or holds wrong values (exit code 3)."""

    exit_code = EXIT_BAD_DATA
    heading = "The data are not right"


class NoPlanError(NspError):
    """The inputs are fine but no plan satisfies the constraints (exit code 4); faults name what is in the way."""

    exit_code = EXIT_NO_PLAN
    heading = "No plan is possible"


class VerificationError(NspError):
    """A plan differs from what independent code recomputes; it is refused (exit code 6)."""

    exit_code = EXIT_REFUSED
    heading = "The plan was refused by its check"


@dataclass
class Faults:
    """Collects faults over a stage, to raise them together."""

    items: list[Fault] = field(default_factory=list)

    def add(
        self,
        layer: str,
        message: str,
        fix: str,
        *,
        file: object = None,
        column: str | None = None,
        ids: Iterable[object] = (),
    ) -> None:
        """Add one fault; ``file`` may be a path, ``ids`` anything that prints as an id."""
        self.items.append(
            Fault(layer, message, fix, None if file is None else str(file), column, tuple(str(i) for i in ids))
        )

    def raise_if_any(self, error: type[NspError] = DataError) -> None:
        """Raise ``error`` with all faults collected so far; do nothing when there are none."""
        if self.items:
            raise error(self.items)
