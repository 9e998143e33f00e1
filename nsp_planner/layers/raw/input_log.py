"""What happened while the inputs were read. In: faults, files, rows left out, repairs. Out: :class:`InputLog`.

Nothing vanishes silently: a raw row that does not reach a table is in ``left_out``, a repair or doubt in ``notes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from nsp_planner.errors import Faults
from nsp_planner.layers.raw.input_file import InputFile

LEFT_OUT_COLUMNS = ("layer", "row_id", "name", "reason", "persons")
MAX_NAMED = 5
NOTES_COLUMNS = ("layer", "row_id", "name", "note")


def listed(names: Sequence[str], most: int = MAX_NAMED) -> str:
    """Names as a note has them: the first few, and how many more."""
    return ", ".join(names[:most]) + (f" en {len(names) - most} andere" if len(names) > most else "")


@dataclass
class LeftOut:
    """Collects raw rows that are left out; reasons are Dutch."""

    rows: list[tuple[str, str, str, str, int | None]] = field(default_factory=list)

    def add(self, layer: str, row_id: object, name: str, reason: str, persons: int | None = None) -> None:
        """One row, or several of one kind added up; ``persons`` is ``None`` where not known or not applicable."""
        self.rows.append((layer, str(row_id), name, reason, persons))

    def add_rows(self, layer: str, row_ids: Iterable[object], names: Iterable[str], reason: str) -> None:
        """Several rows for one reason, without persons."""
        self.rows.extend((layer, str(i), name, reason, None) for i, name in zip(row_ids, names, strict=True))

    def table(self) -> pd.DataFrame:
        """The table ``left_out``."""
        frame = pd.DataFrame(self.rows, columns=list(LEFT_OUT_COLUMNS)).astype(
            dict.fromkeys(LEFT_OUT_COLUMNS[:4], "str")
        )
        frame["persons"] = pd.array([row[4] for row in self.rows], dtype="Int64")
        return frame


@dataclass
class Notes:
    """Collects what was repaired, chosen or doubted; notes are Dutch."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, layer: str, note: str, *, row_id: object = "", name: str = "") -> None:
        """One note, on one row or on the whole input."""
        self.rows.append((layer, str(row_id), name, note))

    def table(self) -> pd.DataFrame:
        """The table ``notes``."""
        return pd.DataFrame(self.rows, columns=list(NOTES_COLUMNS)).astype("str")


@dataclass
class InputLog:
    """Carried by every reader of one study.

    Attributes:
        faults: Everything wrong with the files; a reader that adds one returns ``None``.
        left_out: Raw rows left out, with the reason.
        notes: What was repaired or doubted.
        files: The files read, in the order of reading.
        unfit: Rows of lists that a rule left out, a table per time.
        on_step: Called with a short English text before each step.
    """

    faults: Faults = field(default_factory=Faults)
    left_out: LeftOut = field(default_factory=LeftOut)
    notes: Notes = field(default_factory=Notes)
    files: list[InputFile] = field(default_factory=list)
    unfit: list[pd.DataFrame] = field(default_factory=list)
    on_step: Callable[[str], None] = lambda _: None

    @property
    def n_faults(self) -> int:
        """Faults so far."""
        return len(self.faults.items)
