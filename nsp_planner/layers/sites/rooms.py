"""Rows that are a room of a building. In: names such as "De Hoeksteen - bureau 1". Out: the names of the buildings."""

from __future__ import annotations

import re

import pandas as pd

from nsp_planner.config import RoomRule
from nsp_planner.names import plain_name

_PART_OF = re.compile(r"[\s,;:-]+\d{1,2}\s*/\s*\d{1,2}$")
_NUMBER = re.compile(r"[\s,;:-]+(?P<number>\d{1,2}|I{1,3}|IV|VI{0,3})$")


def building_name(name: str, rule: RoomRule) -> str:
    """The name without its room, where it has one: a word of the rule and a number, or 1/2, at its end.

    What stands in brackets behind it stays: "Academiehuis - bureau 1 (ingang Kerkplein)" is "Academiehuis (ingang
    Kerkplein)". A name that is nothing but a room stays as it is.
    """
    words = "|".join(re.escape(word) for word in rule.words)
    room = re.compile(rf"[\s,;:-]*\b(?:{words})\s+(?:nr\.?\s*)?(?:\d{{1,2}}|[IVX]{{1,4}}|[A-D])$", re.IGNORECASE)
    head, bracket, tail = name.partition(" (")
    plain = _PART_OF.sub("", room.sub("", head)).rstrip(" ,;:-")
    return f"{plain}{bracket}{tail}" if plain else name


def without_room_numbers(names: pd.Series, building: pd.Series) -> pd.Series:
    """Names in which buildings that stand as "De Burght I" and "De Burght II" lose the number.

    Args:
        names: Of each row.
        building: Of each row, what is equal in one building.
    """
    found = names.map(_NUMBER.search)
    base = names.where(found.isna(), names.str.replace(_NUMBER, "", regex=True))
    numbers = found.map(lambda match: "" if match is None else match["number"])
    key = building.astype("str") + " " + base.map(lambda text: plain_name(text, between=""))
    several = numbers[numbers != ""].groupby(key).transform("nunique").reindex(names.index).fillna(0) > 1
    return names.where(~several, base)
