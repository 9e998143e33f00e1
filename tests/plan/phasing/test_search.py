"""Greed, exchange and filling of the order of opening, step by step by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.phasing.instance import Coverage, PhasingInstance
from nsp_planner.plan.phasing.search import build_greedy, fill, first_order, improve
from tests.towns.phasing import small_phasing


def order(*years: int) -> IntArray:
    return np.array(years, dtype=np.int64)


def improved(instance: PhasingInstance, opens: IntArray, seconds: float = 20.0) -> tuple[list[int], float]:
    found, worth = improve(instance, opens, Coverage(instance), seconds=seconds, seed=1)
    return found.tolist(), worth


def test_nothing_opens_first_but_what_must_with_its_c_nsp() -> None:
    town = small_phasing([1, 1], [(0,), (1,)], [0, 1], budget=[0, 0], first=(1,))
    assert first_order(town).tolist() == [2, 0, 2, 0]
    assert first_order(replace(town, first=np.zeros(4, dtype=bool))).tolist() == [2, 2, 2, 2]


def test_greed_takes_the_most_persons_per_euro_with_the_c_nsp_paid_once() -> None:
    """Year 1 pays K0 and one L-NSP: L1 (50) over L0 (40); then one a year, the larger first."""
    town = small_phasing([40, 50, 45], [(0,), (1,), (2,)], [0, 0, 0], budget=[20, 10, 10])
    assert build_greedy(town).tolist() == [2, 0, 1, 0]
    cheap = replace(town, once_eur=np.array([5.0, 10.0, 10.0, 10.0]))
    assert build_greedy(cheap).tolist()[0] == 0


def test_greed_counts_running_costs_until_the_last_year() -> None:
    """L0 brings 60 for 10 and 10 a year (40 over three years), L1 50 for 20 once: 1.5 against 2.5 a euro."""
    town = small_phasing([60, 50], [(0,), (1,)], [0, 0], budget=[20, 20, 20])
    town = replace(town, once_eur=np.array([10.0, 20, 0]), per_year_eur=np.array([10.0, 0, 0]))
    assert build_greedy(town).tolist() == [1, 0, 0]


def test_greed_does_not_count_those_twice_who_have_room_already() -> None:
    """L0 and L1 share their 60; L2 has 30 of its own, so it goes before the second of the two."""
    town = small_phasing([60, 30], [(0, 1), (2,)], [0, 0, 0], budget=[20, 10, 10])
    opens = build_greedy(town)
    assert opens[2] == 1
    assert sorted(opens[:2].tolist()) == [0, 2]


def test_greed_counts_no_more_than_a_site_holds_and_leaves_the_others_waiting() -> None:
    """L0 is near 100 and holds 30, L1 is near the same 100 and holds 60: L1 first, then L0 for what is left."""
    town = replace(
        small_phasing([100, 20], [(0, 1), (2,)], [0, 0, 0], budget=[20, 10, 10]),
        capacity_persons=np.array([30.0, 60.0, 1000.0]),
    )
    assert build_greedy(town).tolist() == [1, 0, 2, 0]


def test_where_nobody_gains_the_cheapest_opens_first() -> None:
    town = replace(small_phasing([10], [(0,)], [0, 0, 0], budget=[20, 9, 9]), once_eur=np.array([10.0, 9.0, 8.0, 10.0]))
    assert build_greedy(town).tolist() == [0, 2, 1, 0]


def test_pilots_serve_before_greed_chooses() -> None:
    """L0 must be first and holds the 60 of L1 too, so L2 with 20 goes before L1."""
    town = small_phasing([60, 20], [(0, 1), (2,)], [0, 0, 0], budget=[20, 10, 10], first=(0,))
    assert build_greedy(town).tolist() == [0, 2, 1, 0]


def test_exchange_brings_the_larger_one_forward() -> None:
    """K0 and one L-NSP in year 1, one in year 2: 60 + 110 instead of 50 + 110."""
    town = small_phasing([60, 50], [(0,), (1,)], [0, 0], budget=[20, 10])
    assert improved(town, order(1, 0, 0)) == ([0, 1, 0], pytest.approx(170, abs=0.1))
    assert improved(town, order(0, 1, 0)) == ([0, 1, 0], pytest.approx(170, abs=0.1))


def test_exchange_leaves_pilots_and_what_money_forbids_where_they_are() -> None:
    town = small_phasing([60, 50], [(0,), (1,)], [0, 0], budget=[20, 10])
    pilot = replace(town, first=np.array([False, True, True]))
    assert improved(pilot, order(1, 0, 0)) == ([1, 0, 0], pytest.approx(160, abs=0.1))
    dear = replace(town, once_eur=np.array([11.0, 9.0, 10.0]), budget_eur=np.array([20.0, 11.0]))
    assert improved(dear, order(1, 0, 0)) == ([1, 0, 0], pytest.approx(160, abs=0.1))


def test_exchange_without_time_changes_nothing() -> None:
    town = small_phasing([60, 50], [(0,), (1,)], [0, 0], budget=[20, 10])
    assert improved(town, order(1, 0, 0), seconds=0.0) == ([1, 0, 0], pytest.approx(160, abs=0.1))


def test_exchange_fills_what_it_leaves_open() -> None:
    town = small_phasing([60, 50], [(0,), (1,)], [0, 0], budget=[30, 10])
    assert improved(town, order(2, 1, 1)) == ([0, 0, 0], pytest.approx(220, abs=0.1))


def test_filling_opens_every_site_in_the_first_year_that_pays_it() -> None:
    town = small_phasing([60, 50, 40], [(0,), (1,), (2,)], [0, 0, 0], budget=[20, 20, 10])
    assert fill(town, order(2, 2, 3, 2)).tolist() == [0, 1, 1, 0]
    assert fill(town, order(0, 1, 1, 0)).tolist() == [0, 1, 1, 0]
    assert fill(replace(town, budget_eur=np.array([0.0, 20, 0])), order(3, 3, 3, 3)).tolist() == [1, 3, 3, 1]
