"""Counts of a group: five squares by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nsp_planner.layers.population.group_counts import estimated_counts, known_counts, residents, share_at_home
from nsp_planner.layers.population.vulnerable_groups import group_column

ROWS = pd.DataFrame(
    {
        "population_persons": [10, 20, 4, 30, 0],
        "gemeente_code": ["A", "A", "A", "B", "A"],
        group_column("65plus"): pd.array([5, None, 5, None, 0], dtype="Int64"),
    }
)


def test_a_known_count_is_never_more_than_live_there_and_unknown_is_not_zero() -> None:
    assert known_counts(ROWS, "65plus").tolist()[::2] == [5, 4, 0]
    assert np.isnan(known_counts(ROWS, "65plus")[[1, 3]]).all()


def test_an_estimate_has_the_share_of_the_gemeente_or_of_the_region_where_the_gemeente_says_nothing() -> None:
    # known in A: 9 of 14; so in the region
    assert estimated_counts(ROWS, "65plus") == pytest.approx([5, 20 * 9 / 14, 4, 30 * 9 / 14, 0])
    two = ROWS.assign(gemeente_code=["A", "A", "B", "B", "C"])
    assert estimated_counts(two, "65plus") == pytest.approx([5, 10, 4, 30, 0])
    unknown = two.assign(gemeente_code=["A", "C", "B", "C", "C"])
    assert estimated_counts(unknown, "65plus") == pytest.approx([5, 20 * 9 / 14, 4, 30 * 9 / 14, 0])


def test_where_all_or_nobody_says_nothing_is_estimated() -> None:
    nobody = ROWS.assign(**{group_column("65plus"): pd.array([None] * 5, dtype="Int64")})
    assert np.isnan(estimated_counts(nobody, "65plus")).all()
    everybody = ROWS.assign(**{group_column("65plus"): pd.array([1, 2, 3, 4, 0], dtype="Int64")})
    assert estimated_counts(everybody, "65plus").tolist() == [1, 2, 3, 4, 0]


def test_residents_are_counted_where_they_live_and_the_share_at_home_is_of_them() -> None:
    day = ROWS.assign(residents_persons=[10, 20, 5, 30, 0], away_persons=[5, 0, 4, 30, 0])
    assert residents(day).tolist() == [10, 20, 5, 30, 0]
    assert share_at_home(day) == pytest.approx([0.5, 1, 0.2, 0, 1])
    assert share_at_home(ROWS).tolist() == [1] * 5
