"""Where addresses lie. In: candidates with coordinates, a list of addresses. Out: the place of an address, where known.

A new building may come with an address only. Its place is that of the same address on another list or in the list of
addresses ([inputs.addresses], an extract of the BAG); nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from nsp_planner.config import AddressesInput
from nsp_planner.layers.raw.addresses import Address, build_address, read_address
from nsp_planner.layers.raw.columns import FieldSpec
from nsp_planner.layers.raw.coordinates import read_coordinates
from nsp_planner.layers.raw.files import ANY_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.rows import Rows, read_rows
from nsp_planner.layers.sites.same_address import addresses_of

LAYER = "addresses"
FROM_LISTS, FROM_ADDRESSES = "een andere lijst", "de adressenlijst"
ONE_PLACE_M = 250.0
"""Places of one address that lie farther apart contradict each other: none of them is taken."""
SYNONYMS: dict[str, tuple[str, ...]] = {
    "address": ("address", "adres", "weergavenaam"),
    "street": ("street", "straat", "straatnaam", "openbare_ruimte_naam", "openbareruimtenaam", "openbareruimte"),
    "house_number": ("house_number", "huisnummer", "nummer"),
    "house_letter": ("house_letter", "huisletter"),
    "house_suffix": ("house_suffix", "toevoeging", "huisnummertoevoeging"),
    "postcode": ("postcode", "pc6"),
    "place": ("place", "woonplaats_naam", "woonplaatsnaam", "woonplaats", "plaats"),
    "x": ("x", "x_rd", "rd_x", "x_coordinaat"),
    "y": ("y", "y_rd", "rd_y", "y_coordinaat"),
    "longitude": ("longitude", "lon"),
    "latitude": ("latitude", "lat"),
}
"""Names of the columns of BAG extracts and PDOK, the likeliest first."""


class Place(NamedTuple):
    """A place in RD metres, and where it is known from, in Dutch; ``place`` is the plain name of the town."""

    x_m: float
    y_m: float
    place: str
    known_from: str


class AddressBook:
    """Places by address."""

    def __init__(self) -> None:
        """An empty book."""
        self._places: dict[str, list[Place]] = {}

    def add(self, address: Address, x_m: float, y_m: float, known_from: str) -> None:
        """One address and where it lies."""
        for key in address.keys:
            self._places.setdefault(key, []).append(Place(x_m, y_m, address.place, known_from))

    def find(self, row: pd.Series) -> Place | None:
        """Where a row of a list lies by its address; None where that is not known, or in two places."""
        (address,) = addresses_of(row.to_frame().T)
        for key in address.keys:
            places = self._places.get(key, [])
            if not (address.postcode and key.startswith(address.postcode)) and address.place:
                places = [each for each in places if each.place in (address.place, "")]
            if places:
                xy = np.array([(each.x_m, each.y_m) for each in places])
                apart = np.hypot(*(xy.max(axis=0) - xy.min(axis=0)))
                return places[0] if apart <= ONE_PLACE_M else None
        return None


def build_address_book(
    tables: Sequence[pd.DataFrame], source: AddressesInput | None, log: InputLog
) -> AddressBook | None:
    """The places of the list of addresses, then those of candidates with coordinates; ``None`` with a fault added.

    Args:
        tables: Rows of the lists, with ``address``, ``postcode``, ``place``, ``x_m`` and ``y_m``.
        source: The list of addresses, where the study has one.
        log: Where the file and faults are recorded.
    """
    book = AddressBook()
    if source is not None and not _add_file(book, source, log):
        return None
    for table in tables:
        there = table[table["x_m"].notna()]
        for address, x_m, y_m in zip(addresses_of(there), there["x_m"], there["y_m"], strict=True):
            book.add(address, x_m, y_m, FROM_LISTS)
    return book


def _add_file(book: AddressBook, source: AddressesInput, log: InputLog) -> bool:
    n_before = log.n_faults
    log.on_step("reading addresses")
    unknown = sorted(set(source.columns) - set(SYNONYMS))
    if unknown:
        fix = f"Left side of columns: {', '.join(SYNONYMS)}."
        log.faults.add(LAYER, f'there is no field "{unknown[0]}"', fix, file=source.path, column="columns")
    fields = {field: FieldSpec(synonyms, source.columns.get(field)) for field, synonyms in SYNONYMS.items()}
    rows = read_rows(LAYER, source, fields, log, suffixes=ANY_SUFFIXES)
    if rows is None or log.n_faults > n_before:
        return False
    by_number = {"house_number"} <= set(rows.columns) and {"street", "postcode"} & set(rows.columns)
    if not by_number and "address" not in rows.columns:
        fix = "Name street, house_number and place (or postcode), or address, in [inputs.addresses.columns]."
        rows.fault("no columns hold addresses", fix, column="columns")
    coordinates = read_coordinates(rows, source)
    if coordinates is None or log.n_faults > n_before:
        return False
    for address, x_m, y_m in zip(_addresses(rows, bool(by_number)), *coordinates, strict=True):
        if np.isfinite(x_m) and np.isfinite(y_m):
            book.add(address, x_m, y_m, FROM_ADDRESSES)
    return True


def _addresses(rows: Rows, by_number: bool) -> list[Address]:
    postcode, place = rows.of("postcode"), rows.of("place")
    if not by_number:
        return [read_address(*parts) for parts in zip(rows.of("address"), postcode, place, strict=True)]
    number = rows.of("house_number") + rows.of("house_letter") + rows.of("house_suffix")
    return [build_address(*parts) for parts in zip(rows.of("street"), number, postcode, place, strict=True)]
