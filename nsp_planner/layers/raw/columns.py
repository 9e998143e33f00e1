"""Which column holds what. In: names of columns as files have them. Out: the column meant, or ``None``.

Names are compared without case and punctuation, so that ``aantal_inwoners`` (CBS GeoPackage), ``aantalInwoners``
(PDOK) and ``AANTAL_INWONERS`` are one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nsp_planner.names import plain_name


def fold(name: str) -> str:
    """A name in lower case without accents and anything but letters and digits."""
    return plain_name(name, between="")


def find_column(names: Iterable[str], guesses: Sequence[str]) -> str | None:
    """The column that goes by the first guess that fits; ``None`` when none fits."""
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(fold(name), name)
    return next((folded[fold(guess)] for guess in guesses if fold(guess) in folded), None)


def named_column(names: Sequence[str], wanted: str) -> str | None:
    """The column a study names: exactly, else without case and punctuation; ``None`` when it is not there."""
    return wanted if wanted in names else find_column(names, [wanted])
