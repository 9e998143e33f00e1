"""The row with the names of the columns. In: rows of text, the names that columns go by. Out: the number of that row.

People put a title, a date or an empty row above a table. The first row that is not empty is the header, unless it holds
at most one name of a column and a row shortly below it holds two or more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nsp_planner.layers.raw.columns import fold

LOOK_ROWS = 25
"""Rows, empty ones left aside, among which a header is looked for."""


def find_header(rows: Sequence[Sequence[str]], known: Collection[str]) -> int:
    """The position of the header among these rows, the first row is 0.

    Args:
        rows: Text; at least one row is not empty.
        known: Names that columns go by, folded (:func:`~nsp_planner.layers.raw.columns.fold`).
    """
    filled = [position for position, row in enumerate(rows) if any(value.strip() for value in row)][:LOOK_ROWS]
    first = filled[0]
    best = max(filled, key=lambda position: (count_known(rows[position], known), -position))
    found = count_known(rows[first], known)
    return best if found <= 1 < count_known(rows[best], known) else first


def count_known(row: Sequence[str], known: Collection[str]) -> int:
    """How many names of columns a row holds."""
    return len({fold(value) for value in row} & set(known))


def title_above(rows: Sequence[Sequence[str]], header: int) -> str:
    """What stands above the header, as one text."""
    filled = [row for row in rows[:header] if any(value.strip() for value in row)]
    return " / ".join(" ".join(value.strip() for value in row if value.strip()) for row in filled)
