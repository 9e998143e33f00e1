"""Counts as CBS writes them: codes for missing, limits exactly, and what is said of values that are no counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nsp_planner.layers.raw import limits
from nsp_planner.layers.raw.cbs_codes import is_water, read_counts

Told = list[tuple[str, str, list[int]]]


def counts(values: list[object], *, whole: bool = True, among: list[bool] | None = None) -> tuple[list[float], Told]:
    """The counts, -1 where missing, and what was reported."""
    told: Told = []

    def report(message: str, fix: str, rows: pd.Series) -> None:
        told.append((message, fix, np.flatnonzero(rows).tolist()))

    asked = None if among is None else pd.Series(among)
    found = read_counts(pd.Series(values), "counts", report, among=asked, whole=whole)
    return found.fillna(-1).tolist(), told


def test_codes_below_the_limit_are_missing_and_other_negatives_are_reported() -> None:
    found, told = counts([-99_997, -99_991, 0, 7, None])
    assert (found, told) == ([-1, -1, 0, 7, -1], [])
    found, told = counts([-99_990.0, 5])
    assert found == [-1, 5]
    assert told == [
        (
            "1 counts are negative and no CBS code for missing, such as -99990.0",
            "Correct them; a missing one is empty or a CBS code such as -99997.",
            [0],
        )
    ]


def test_text_is_read_as_dutch_numbers_and_words_are_no_numbers() -> None:
    assert counts(["12", "", "1.200", "-99997"]) == ([12, -1, 1200, -1], [])
    found, told = counts(["12", "veel", "weinig"])
    assert found == [12, -1, -1]
    assert [(message, rows) for message, _, rows in told] == [("2 counts are no numbers, such as veel", [1, 2])]


def test_exactly_as_many_as_live_in_the_netherlands_is_a_count_and_one_more_is_not() -> None:
    most = limits.MAX_PERSONS
    assert counts([most]) == ([most], [])
    found, told = counts([most + 1])
    assert found == [-1]
    assert told[0][0].startswith("1 counts are more than live in the Netherlands, such as ")


def test_numbers_from_the_largest_on_are_no_numbers_whether_persons_or_not() -> None:
    for whole in (True, False):
        found, told = counts([float(limits.MAX_NUMBER)], whole=whole)
        assert found == [-1]
        assert "are no numbers" in told[0][0]
    below = float(np.nextafter(float(limits.MAX_NUMBER), 0))
    assert counts([below], whole=False) == ([below], [])
    assert counts([float(limits.MAX_PERSONS) + 1], whole=False)[1] == []


def test_parts_of_a_person_are_reported_and_parts_of_other_things_are_not() -> None:
    found, told = counts([1.5, 0.0, 2.0])
    assert found == [-1, 0, 2]
    assert [(message, rows) for message, _, rows in told] == [("1 counts are no whole numbers, such as 1.5", [0])]
    assert counts([1.5, 2.0], whole=False) == ([1.5, 2.0], [])


def test_every_kind_of_wrong_value_is_reported_once_and_a_row_once() -> None:
    _, told = counts([-3.5, 1.5, np.inf, -1.0])
    assert [(message.split(",")[0], rows) for message, _, rows in told] == [
        ("1 counts are no numbers", [2]),
        ("2 counts are negative and no CBS code for missing", [0, 3]),
        ("1 counts are no whole numbers", [1]),
    ]


def test_rows_that_are_not_looked_at_are_missing_and_never_wrong() -> None:
    assert counts([-5, 8, 1.5], among=[False, True, False]) == ([-1, 8, -1], [])


def test_truth_values_are_no_counts() -> None:
    found, told = counts([True, False])
    assert found == [-1, -1]
    assert "are no numbers" in told[0][0]


@pytest.mark.parametrize("name", ["water", "H2O"])
def test_water_is_told_by_ja_or_b_in_any_case(name: str) -> None:
    frame = pd.DataFrame({name: ["JA", "b", "NEE", "", None, "ja"]})
    assert is_water(frame).tolist() == [True, True, False, False, False, True]
    assert not is_water(pd.DataFrame({"code": ["JA", "B"]})).any()
