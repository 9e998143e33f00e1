"""How many noodsteunpunten follow from the ratios, by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsp_planner.config import Ratios
from nsp_planner.errors import SettingsError
from nsp_planner.study.prepare.ratios import (
    lnsps_in_region,
    lnsps_per_cnsp,
    lnsps_per_gemeente,
    max_lnsps_per_cnsp,
    n_cnsps,
    round_sites,
)

IJSSELLAND = {
    "Dalfsen": 29683,
    "Deventer": 103405,
    "Hardenberg": 62932,
    "Kampen": 56177,
    "Ommen": 19031,
    "Raalte": 38364,
    "Staphorst": 17739,
    "Zwolle": 133141,
    "Steenwijkerland": 45472,
    "Olst-Wijhe": 18835,
    "Zwartewaterland": 23448,
}
"""Inhabitants on 1 January 2024 (CBS): facts against which the counts of the board paper are checked."""


def calibration(persons: list[int]) -> pd.DataFrame:
    codes = [f"GM{i:04d}" for i in range(len(persons))]
    return pd.DataFrame({"area_code": codes, "total_persons": persons})


def test_ijsselland_by_region_gives_110_and_per_gemeente_114() -> None:
    table = calibration(list(IJSSELLAND.values()))
    assert sum(IJSSELLAND.values()) == 548_227
    assert lnsps_in_region(table, Ratios()) == 110
    assert lnsps_per_gemeente(table, Ratios()).tolist() == [6, 21, 13, 12, 4, 8, 4, 27, 10, 4, 5]
    assert lnsps_per_gemeente(table, Ratios()).sum() == 114


def test_rounding_to_nearest_gives_fewer_and_a_half_goes_up() -> None:
    table = calibration([7_499, 7_500, 100])
    assert lnsps_per_gemeente(table, Ratios(rounding="nearest")).tolist() == [1, 2, 1]
    assert lnsps_per_gemeente(table, Ratios(rounding="up")).tolist() == [2, 2, 1]


def test_an_exact_multiple_is_not_rounded_up_by_round_off() -> None:
    assert round_sites(0.1 * 3 / 0.1, "up") == 3


def test_every_gemeente_has_at_least_one_also_when_only_the_total_counts() -> None:
    assert lnsps_in_region(calibration([100, 100, 100]), Ratios()) == 3


def test_a_quota_in_the_study_overrules_the_ratio() -> None:
    assert lnsps_per_gemeente(calibration([20_000, 20_000]), Ratios(quota={"GM0001": 6})).tolist() == [4, 6]


def test_a_quota_for_an_unknown_gemeente_is_a_settings_fault() -> None:
    with pytest.raises(SettingsError, match="GM9999 is not a gemeente of the region"):
        lnsps_per_gemeente(calibration([20_000]), Ratios(quota={"GM9999": 6}))


@pytest.mark.parametrize(("n_lnsps", "expected"), [(1, 1), (4, 1), (5, 2), (110, 28), (114, 29)])
def test_cnsps_are_lnsps_divided_by_four_rounded_up(n_lnsps: int, expected: int) -> None:
    assert n_cnsps(n_lnsps, Ratios()) == expected


@given(st.integers(1, 500), st.floats(1, 12), st.integers(1, 20))
def test_the_cnsps_can_always_hold_the_lnsps(n_lnsps: int, ratio: float, most: int) -> None:
    ratios = Ratios(lnsp_per_cnsp=ratio, most_lnsp_per_cnsp=most)
    assert n_cnsps(n_lnsps, ratios) * max_lnsps_per_cnsp(ratios) >= n_lnsps


def test_the_most_per_cnsp_is_a_number_of_its_own_and_never_below_the_ratio() -> None:
    assert (lnsps_per_cnsp(Ratios()), max_lnsps_per_cnsp(Ratios())) == (4, 15)
    assert max_lnsps_per_cnsp(Ratios(most_lnsp_per_cnsp=4)) == 4
    assert max_lnsps_per_cnsp(Ratios(lnsp_per_cnsp=4.5, most_lnsp_per_cnsp=4)) == lnsps_per_cnsp(
        Ratios(lnsp_per_cnsp=4.5)
    )
    assert max_lnsps_per_cnsp(Ratios(lnsp_per_cnsp=100_000)) == 100_000, "one coordination point"
