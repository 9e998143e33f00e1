"""Groups of vulnerable residents. In: names of groups, a demand table. Out: columns and Dutch labels.

A group is a count per demand point: persons of 65 and over (``65plus``, column ``persons_65plus``), persons who live
alone (``alleenwonend``), or whatever a study names (column ``vulnerable_NAME``). Counts are Int64, missing where they
are not published, which is never 0.
"""

from __future__ import annotations

from collections.abc import Iterable

PERSONS_65PLUS = "persons_65plus"
PREFIX = "vulnerable_"
LABELS = {
    "65plus": "65-plussers",
    "alleenwonend": "alleenwonenden",
    "eenouder": "eenoudergezinnen",
    "uitkering": "mensen met een uitkering",
    "kinderen": "kinderen",
}


def group_column(name: str) -> str:
    """The column of a group in the demand table."""
    return PERSONS_65PLUS if name == "65plus" else f"{PREFIX}{name}"


def group_names(columns: Iterable[str]) -> list[str]:
    """The groups a demand table has columns for, 65plus first."""
    names = list(columns)
    first = ["65plus"] if PERSONS_65PLUS in names else []
    return first + [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]


def group_label(name: str) -> str:
    """What a group is called, in Dutch and lower case; its own name where no better one is known."""
    return LABELS.get(name, name.replace("_", " "))
