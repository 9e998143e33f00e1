"""Columns that nobody reads. In: the rows of a file, the fields there are. Out: one note with what each might be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nsp_planner.layers.raw.columns import fold
from nsp_planner.layers.raw.rows import Rows
from nsp_planner.names import nearest_names

MAX_NAMED = 12
LIKENESS = 0.8
"""Least likeness of two names by difflib: "noodstrom" and "noodstroom", not "plaats" and "laatste"."""


def note_unread(
    rows: Rows,
    named: Mapping[str, str],
    synonyms: Mapping[str, Sequence[str]],
    related: Mapping[str, Sequence[str]],
) -> None:
    """Add one note that names the columns that are not read, with the field each looks like where that is free.

    Columns the study leaves unread on purpose (mapped to ""), and those without a name, are not mentioned.

    Args:
        rows: The file.
        named: Columns of the study, by field.
        synonyms: Names of columns by field.
        related: Other words that tell a field, such as "aggregaat" for emergency power.
    """
    read = set(rows.columns.values())
    on_purpose = {fold(word) for field, column in named.items() if column == "" for word in synonyms.get(field, ())}
    # a second pair of coordinates is read where the first is empty, or passed over on purpose
    on_purpose |= {fold(word) for field in ("x", "y", "longitude", "latitude") for word in synonyms.get(field, ())}
    unread = [
        name
        for name in rows.names
        if name not in read and fold(name) not in on_purpose and not name.startswith("column ")
    ]
    if not unread:
        return
    told = [_told(name, rows, synonyms, related) for name in unread]
    likely = [text for text in told if "(" in text]
    shown = [*likely, *(text for text in told if text not in likely)]
    more = f" en {len(shown) - MAX_NAMED} andere" if len(shown) > MAX_NAMED else ""
    rows.log.notes.add(rows.layer, f"niet gelezen: {', '.join(shown[:MAX_NAMED])}{more}")


def _told(name: str, rows: Rows, synonyms: Mapping[str, Sequence[str]], related: Mapping[str, Sequence[str]]) -> str:
    """The name of a column, with the field it looks like where no other column holds that."""
    field = closest_field(name, synonyms, related)
    if field is None or field in rows.columns:
        return f'"{name}"'
    return f'"{name}" (bedoelt u {field}? columns = {{ {field} = "{name}" }})'


def closest_field(name: str, synonyms: Mapping[str, Sequence[str]], related: Mapping[str, Sequence[str]]) -> str | None:
    """The field a column may hold: by a word in its name, else by likeness; None where none is near."""
    folded = fold(name)
    for field, words in related.items():
        if any(fold(word) in folded for word in words):
            return field
    known = {fold(word): field for field, words in synonyms.items() for word in words if len(fold(word)) > 3}
    near = nearest_names(folded, known, cutoff=LIKENESS)
    return known[near[0]] if near else None
