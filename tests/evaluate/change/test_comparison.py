"""Two finished plans side by side, by hand: one road, halls a, b and c, stations k and m.

run     squares (persons, hall, metres)                          halls (station)
A       1: 100 a 0 m · 2: 60 a 300 m · 3: 40 c 500 m · 4: 5      a (k), c (k)
B       1: 100 a 0 m · 2: 60 b 310 m · 3: 44 b 490 m · 5: 9      a (k), b (m)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.change.comparison import (
    SAME_M,
    better_direction,
    different_settings,
    find_moved,
    indicator_values,
    sites_by_role,
)
from nsp_planner.evaluate.tables import INDICATORS
from tests.towns.finished import finished_run

A = finished_run(
    {"1": (100, "a", 0), "2": (60, "a", 300), "3": (40, "c", 500), "4": (5, None, np.nan)}, {"a": "k", "c": "k"}
)
B = finished_run(
    {"1": (100, "a", 0), "2": (60, "b", 310), "3": (44, "b", 490), "5": (9, "b", 100)}, {"a": "k", "b": "m"}, label="B"
)


def test_persons_of_the_squares_of_both_are_counted_as_the_other_run_has_them() -> None:
    moved = find_moved(A, B)
    assert moved.label == "B"
    assert (moved.n_persons, moved.moved_persons) == (204, 104)
    assert moved.flows.to_numpy().tolist() == [["a", "b", 60], ["c", "b", 44]]
    # squares 4 and 5 are of one run only, square 3 has other persons
    assert moved.n_other_squares == 3
    assert find_moved(A, A).n_other_squares == 0


def test_ten_metres_more_or_less_is_a_change_and_nine_are_none() -> None:
    assert SAME_M == 10
    assert (find_moved(A, B).nearer_persons, find_moved(A, B).farther_persons) == (44, 60)
    near = finished_run({"2": (60, "a", 309.9), "3": (40, "c", 490.1)}, {"a": "k", "c": "k"}, label="B")
    assert (find_moved(A, near).nearer_persons, find_moved(A, near).farther_persons) == (0, 0)


def test_what_came_and_went_is_told_with_the_persons_of_the_run_that_has_it() -> None:
    sites = find_moved(A, B).sites
    assert sites[["site_id", "role", "change", "persons"]].to_numpy().tolist() == [
        ["b", "lnsp", "came", 113], ["c", "lnsp", "went", 40], ["m", "cnsp", "came", 0],
    ]  # fmt: skip
    assert find_moved(A, A).sites.empty
    assert [reason.site_id for reason in find_moved(A, B).reasons] == ["b", "c", "m"]


def test_an_l_nsp_of_both_with_another_c_nsp_is_told_with_its_metres() -> None:
    other = finished_run({"1": (100, "a", 0)}, {"a": "m", "c": "k"}, label="B")
    assert find_moved(A, other).coordinators.to_numpy().tolist() == [
        ["a", "Hal A", "Dalfsen", "k", "m", 500.0, 1500.0],
    ]  # fmt: skip
    assert find_moved(A, B).coordinators.empty


def test_sites_of_some_runs_but_not_of_all_stand_beside_each_other() -> None:
    table = sites_by_role([A, B], "lnsp")
    assert table[["site_id", "name", "A", "B"]].to_numpy().tolist() == [
        ["b", "Hal B", False, True], ["c", "Hal C", True, False],
    ]  # fmt: skip
    assert sites_by_role([A, A], "lnsp").empty
    assert sites_by_role([A, B], "cnsp")["site_id"].tolist() == ["m"]


def test_indicators_stand_in_their_own_order_of_the_region_or_of_one_gemeente() -> None:
    first, second = list(INDICATORS)[:2]
    own = {("region", "r", second): 2.0, ("region", "r", "beyond"): 7.0, ("region", "r", first): 1.0}
    a = finished_run({}, {}, indicators={**own, ("gemeente", "GM1", first): 5.0})
    b = finished_run({}, {}, indicators={("region", "r", first): 3.0}, label="B")
    table = indicator_values([a, b])
    assert table.index.tolist() == [first, second, "beyond"]
    assert table["A"].tolist() == [1.0, 2.0, 7.0]
    assert table["B"].isna().tolist() == [False, True, True]
    assert indicator_values([a], "GM1")["A"].tolist() == [5.0]


def test_settings_that_differ_are_told_with_the_value_of_each_run() -> None:
    one = replace(A, study={"title": "x", "output": "p", "ratios": {"quota_per": "region", "n": 4}})
    other = replace(B, study={"title": "y", "output": "q", "ratios": {"quota_per": "region", "n": 5}, "seed": 1})
    assert different_settings([one, other]) == {"ratios.n": (4, 5), "seed": (None, 1)}
    assert different_settings([one, one, other]) == {"ratios.n": (4, 4, 5), "seed": (None, None, 1)}
    assert different_settings([one, one]) == {}


@pytest.mark.parametrize(
    ("indicator", "better"),
    [
        ("persons", None), ("n_lnsp", None), ("n_cnsp", None), ("persons_per_lnsp", None), ("highest_n_lnsp", None),
        ("served_persons", "high"), ("share_within_norm", "high"), ("share_within_1000m", "high"),
        ("n_beyond_cnsp_norm", "low"), ("n_cnsp_elsewhere", "low"), ("n_nearer_cnsp", "low"),
        ("mean_distance_m", "low"), ("cnsp_mean_minutes", "low"), ("highest_load", "low"),
        ("unreachable_persons", "low"), ("group_65plus_beyond_norm_persons", "low"), ("assumed_persons", None),
    ],
)  # fmt: skip
def test_few_or_many_is_good_or_no_judgement(indicator: str, better: str | None) -> None:
    assert better_direction(indicator) == better


def test_a_run_is_called_by_its_folder_and_its_scenarios_and_tells_its_settings_by_dotted_keys() -> None:
    assert (A.name, A.caption) == ("run-A", "Toets")
    assert replace(A, scenarios=("Stroom", "Water")).caption == "Stroom + Water"
    assert A.settings == {"title": "Toets", "ratios.quota_per": "region"}
    empty = replace(A, study={"decisions": {}, "a": {"b": {"c": 1}}})
    assert empty.settings == {"decisions": {}, "a.b.c": 1}
    told = finished_run({}, {}, indicators={("region", "r", "n_lnsp"): 4, ("gemeente", "g", "persons"): 9})
    assert told.value("n_lnsp") == 4
    assert told.value("persons") is None
    assert pd.isna(finished_run({}, {}, indicators={("region", "r", "n_lnsp"): np.nan}).value("n_lnsp"))
