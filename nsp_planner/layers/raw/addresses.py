"""Addresses as people write them. In: street, number, postcode and place, or one text. Out: keys to compare them by.

"Burg. Backxlaan 269", "Burgemeester Backxlaan 269" and "BURG BACKXLAAN 269" are one street and number; 12a, 12-A and
12 a are one number, 12 and 12a are two.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nsp_planner.names import plain_name

SHORTENED = {
    "burg": "burgemeester",
    "burgem": "burgemeester",
    "st": "sint",
    "ds": "dominee",
    "dr": "dokter",
    "doctor": "dokter",
    "prof": "professor",
    "past": "pastoor",
    "str": "straat",
    "ln": "laan",
    "pln": "plein",
    "wg": "weg",
}
"""Words of street names that are shortened in one way only."""
_POSTCODE = re.compile(r"\b([1-9]\d{3})\s?([A-Za-z]{2})\b")
_NUMBERED = re.compile(
    r"^(?P<street>.*\S)\s+(?P<number>\d{1,5})(?:[\s\-/.]*(?P<rest>[A-Za-z0-9][A-Za-z0-9\s\-/.]{0,7}))?$"
)


class Address(NamedTuple):
    """An address in plain form; "" where a part is not known. ``number`` has its letter and addition: ``12a``."""

    street: str
    number: str
    postcode: str = ""
    place: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What is equal where two addresses are: postcode and number, street and number; none without a number."""
        if not self.number:
            return ()
        by_postcode = (f"{self.postcode} {self.number}",) if self.postcode else ()
        return (*by_postcode, *((f"{self.street} {self.number}",) if self.street else ()))


def read_address(text: str, postcode: str = "", place: str = "") -> Address:
    """An address from one text such as "Dorpsstraat 12a, 7721 AB Dalfsen", with what other columns say of it."""
    found = _POSTCODE.search(text)
    if found is not None:
        postcode = postcode or "".join(found.groups())
        place = place or text[found.end() :].strip(" ,")
        text = text[: found.start()]
    first, _, rest = text.strip(" ,").partition(",")
    place = place or rest.strip(" ,")
    parts = _NUMBERED.match(first.strip())
    street, number = (first, "") if parts is None else (parts["street"], parts["number"] + (parts["rest"] or ""))
    return Address(_plain_street(street), plain_name(number, between=""), _plain_postcode(postcode), _plain(place))


def build_address(street: str, number: str, postcode: str = "", place: str = "") -> Address:
    """An address from its columns; ``number`` with letter and addition."""
    return Address(_plain_street(street), plain_name(number, between=""), _plain_postcode(postcode), _plain(place))


def _plain(text: str) -> str:
    return plain_name(text, between="")


def _plain_postcode(text: str) -> str:
    found = _POSTCODE.search(text)
    return "" if found is None else "".join(found.groups()).lower()


def _plain_street(text: str) -> str:
    words = plain_name(text, between=" ").split()
    return "".join(re.sub(r"str$", "straat", SHORTENED.get(word, word)) for word in words)
