"""Addresses as people write them: what is one address and what is not."""

from __future__ import annotations

import pytest

from nsp_planner.layers.raw.addresses import build_address, read_address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Burg. Backxlaan 269", "Burgemeester Backxlaan 269"),
        ("Burg.Backxlaan 269", "BURG BACKXLAAN 269"),
        ("Dorpsstraat 12a", "Dorpsstr. 12-A"),
        ("J.W. van Lenthestraat 2", "J. W. van Lenthestraat 2"),
        ("Ds. E. Kreikenlaan 8", "dominee E Kreikenlaan 8"),
        ("Jan van Arkelstraat 15", "Jan van Arkelstraat 15 , 8102 AB Raalte"),
        ("Plein 1944 12", "plein 1944, 12".replace(",", "")),
    ],
)
def test_one_address_in_two_ways_is_one(one: str, other: str) -> None:
    assert set(read_address(one).keys) & set(read_address(other).keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Dorpsstraat 12", "Dorpsstraat 12a"), ("Dorpsstraat 1", "Dorpsstraat 11"), ("Kerkweg 3", "Kerkpad 3")],
)
def test_two_addresses_are_two(one: str, other: str) -> None:
    assert not set(read_address(one).keys) & set(read_address(other).keys)


def test_postcode_and_number_are_enough_and_a_street_alone_is_not() -> None:
    one = build_address("Dorpsstraat", "12a", "7721 AB", "Dalfsen")
    assert "7721ab 12a" in one.keys
    assert set(one.keys) & set(read_address("Dorpsweg 12-a, 7721ab Dalfsen").keys)
    assert read_address("Stationsplein").keys == ()
    assert read_address("Dorpsstraat 12, 7721 AB Dalfsen").place == "dalfsen"
