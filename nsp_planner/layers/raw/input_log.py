"""What is left out and what was changed. In: rows one by one or as columns. Out: the two tables that tell of it.

Nothing vanishes silently: a raw row that does not reach a table is in ``left_out``, a repair or doubt in ``notes``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

LEFT_OUT_COLUMNS = ("layer", "row_id", "name", "reason", "persons")
NOTES_COLUMNS = ("layer", "row_id", "name", "note")


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

    def add(self, layer: str, row_id: object, name: str, note: str) -> None:
        """One note on one row, or on the whole input where ``row_id`` is ""."""
        self.rows.append((layer, str(row_id), name, note))

    def table(self) -> pd.DataFrame:
        """The table ``notes``."""
        return pd.DataFrame(self.rows, columns=list(NOTES_COLUMNS)).astype("str")
