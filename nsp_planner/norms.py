"""Norms of the domain. In: ``norms.toml`` of this package. Out: :class:`Norms`, each with value, unit and source.

Nothing else in the package repeats a norm's number. The published values are the defaults of settings; what is computed
and printed goes by the norms in force (``Study.norms_in_force``), which are handed in.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal


@dataclass(frozen=True)
class Norm:
    """One norm: value in force, unit, source, date of the source, how certain, and the Dutch text for readers.

    Attributes:
        name: Its name in ``norms.toml``.
        value: The value in force.
        published_value: The value of ``norms.toml``; another value is in force where a study replaced it.
        unit: What is counted.
        source: Where the published value stands, in Dutch.
        date: Date of the source.
        certainty: ``source`` for a published figure, ``setting`` for a choice of this project, which every output marks
            as such.
        text_nl: The norm as a sentence, with {value} in it.
        text_replaced_nl: The same where the value is replaced, for a text that explains the published one.
    """

    name: str
    value: float
    published_value: float
    unit: str
    source: str
    date: dt.date
    certainty: Literal["source", "setting"]
    text_nl: str
    text_replaced_nl: str | None = None

    @property
    def replaced(self) -> bool:
        """Whether a study replaced the published value."""
        return self.value != self.published_value

    @property
    def sentence_nl(self) -> str:
        """The Dutch text that fits the value in force, with {value} in it."""
        return self.text_replaced_nl if self.replaced and self.text_replaced_nl else self.text_nl


@dataclass(frozen=True)
class Norms(Mapping[str, Norm]):
    """Norms by name, in the order of ``norms.toml``; read-only."""

    entries: Mapping[str, Norm]

    def __getitem__(self, name: str) -> Norm:
        """One norm; ``KeyError`` for an unknown name."""
        return self.entries[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self.entries)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.entries)

    def value(self, name: str) -> float:
        """The value in force of one norm, in its unit; ``KeyError`` for an unknown name."""
        return self.entries[name].value

    def with_values(self, values: Mapping[str, float]) -> Norms:
        """The same norms with other values in force; ``KeyError`` for an unknown name."""
        changed = {name: replace(self.entries[name], value=value) for name, value in values.items()}
        return Norms({**self.entries, **changed})


@cache
def published_norms() -> Norms:
    """The norms of ``norms.toml``."""
    raw = tomllib.loads((files("nsp_planner") / "norms.toml").read_text(encoding="utf-8"))
    return Norms({name: Norm(name=name, published_value=entry["value"], **entry) for name, entry in raw.items()})
