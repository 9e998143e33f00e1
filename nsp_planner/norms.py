"""Norms of the domain. In: ``norms.toml`` of this package. Out: one :class:`Norm` per name, with its source.

Nothing else in the package repeats a norm's number: settings take their defaults from here, reports print the
value in force beside the source, and say so where a study replaced it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class Norm:
    """One norm: value, unit, source, date of the source, how certain, and the Dutch text for readers.

    ``certainty`` is ``source`` for a published figure and ``setting`` for a choice of this project, which every
    output marks as such.
    """

    name: str
    value: float
    unit: str
    source: str
    date: dt.date
    certainty: Literal["source", "setting"]
    text_nl: str


@cache
def read_norms() -> MappingProxyType[str, Norm]:
    """All norms by name, in the order of the file; read-only."""
    raw = tomllib.loads((files("nsp_planner") / "norms.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: Norm(name=name, **entry) for name, entry in raw.items()})


def norm_value(name: str) -> float:
    """The value of one norm, in the unit the norms file states; ``KeyError`` for an unknown name."""
    return read_norms()[name].value
