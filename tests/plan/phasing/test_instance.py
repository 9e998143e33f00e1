"""What an order of opening costs, breaks and is worth, by hand and at the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.phasing.instance import (
    Coverage,
    broken_rules,
    group_demand,
    is_possible,
    spent_eur,
    with_stations,
)
from tests.towns.local import Point, line_town
from tests.towns.phasing import small_phasing

THREE = small_phasing([60, 50, 40], [(0,), (1,), (2,)], [0, 1, 1], budget=[30, 30, 30], per_year=5.0)
"""L0 under K0, L1 and L2 under K1; every site takes 10 euros once and 5 a year."""


def order(*years: int) -> IntArray:
    return np.array(years, dtype=np.int64)


def test_a_c_nsp_opens_with_its_first_l_nsp_or_in_the_first_year_where_it_must() -> None:
    assert with_stations(THREE, order(2, 3, 1)).tolist() == [2, 3, 1, 2, 1]
    assert with_stations(THREE, order(3, 3, 3)).tolist() == [3, 3, 3, 3, 3]
    pilot = replace(THREE, first=np.array([False, False, False, True, False]))
    assert with_stations(pilot, order(2, 3, 1)).tolist() == [2, 3, 1, 0, 1]


def test_a_site_costs_its_opening_once_and_its_running_in_every_year_from_the_first() -> None:
    assert spent_eur(THREE, order(0, 1, 3, 0, 1)).tolist() == [30, 40, 20]
    assert spent_eur(THREE, order(3, 3, 3, 3, 3)).tolist() == [0, 0, 0]


def test_a_budget_may_be_spent_to_the_last_euro_and_not_beyond() -> None:
    opens = order(0, 1, 3, 0, 1)
    assert is_possible(replace(THREE, budget_eur=np.array([30.0, 40, 20])), opens)
    assert is_possible(replace(THREE, budget_eur=np.array([30.0, 40 - 3e-5, 20])), opens)
    for year in range(3):
        budget = np.array([30.0, 40, 20])
        budget[year] -= 1e-4
        assert not is_possible(replace(THREE, budget_eur=budget), opens)
    saved = replace(THREE, carry_over=True)
    assert is_possible(replace(saved, budget_eur=np.array([50.0, 20, 20])), opens)
    assert not is_possible(replace(saved, budget_eur=np.array([50.0, 19, 21])), opens)


def test_without_any_money_only_what_costs_nothing_opens() -> None:
    free = replace(THREE, budget_eur=np.zeros(3), once_eur=np.zeros(5), per_year_eur=np.zeros(5))
    assert is_possible(free, order(0, 0, 0, 0, 0))
    assert not is_possible(replace(free, once_eur=np.full(5, 1e-5)), order(0, 3, 3, 0, 3))


def test_as_many_sites_open_in_a_year_as_may_and_no_more() -> None:
    rich = replace(THREE, budget_eur=np.full(3, 1e6))
    opens = order(0, 1, 1, 0, 1)
    assert is_possible(replace(rich, max_new=3), opens)
    assert not is_possible(replace(rich, max_new=2), opens)
    assert is_possible(replace(rich, max_new=1), order(3, 3, 3, 3, 3))


@pytest.mark.parametrize(
    ("opens", "broken"),
    [
        (order(0, 0, 0, 0), ["every site needs one year"]),
        (order(-1, 0, 0, 0, 0), ["every site needs one year"]),
        (order(4, 3, 3, 3, 3), ["every site needs one year"]),
        (order(3, 3, 3, 3, 3), []),
        (order(0, 1, 3, 0, 1), []),
        (order(0, 1, 1, 1, 2), ["3 L-NSPs open before their C-NSP"]),
        (order(0, 0, 0, 0, 0), ["more euros or sites in a year than there are"]),
    ],
)
def test_the_rules_that_an_order_breaks_are_told(opens: IntArray, broken: list[str]) -> None:
    assert broken_rules(replace(THREE, budget_eur=np.array([30.0, 50, 50])), opens) == broken


def test_a_site_that_must_open_first_and_waits_is_told() -> None:
    pilot = replace(THREE, first=np.array([True, False, False, True, False]))
    assert broken_rules(pilot, order(0, 3, 3, 0, 3)) == []
    assert broken_rules(pilot, order(1, 3, 3, 0, 3)) == ["a site that opens first does not"]
    assert broken_rules(replace(pilot, budget_eur=np.zeros(3)), order(1, 0, 3, 1, 1)) == [
        "1 L-NSPs open before their C-NSP",
        "more euros or sites in a year than there are",
        "a site that opens first does not",
    ]


def test_somebody_at_the_norm_is_within_it_and_sites_outside_the_plan_do_not_count() -> None:
    """Everyone is 100 m apart: a and c both reach t only, b reaches s and t, at exactly the norm of 100 m."""
    town = line_town(
        {"a": Point(0, 4), "b": Point(200, 5), "c": Point(99, 6), "far": Point(301, 7)},
        {"u": Point(0, 9), "t": Point(100, 9), "s": Point(300, 9)},
        n_sites=2,
    )
    norm = np.array([100.0, 100.0, 100.0, 0.5])
    persons, group, site = group_demand(town.costs, town.population_persons, norm, np.array([1, 2]))
    assert persons.tolist() == [10.0, 5.0]
    assert list(zip(group.tolist(), site.tolist(), strict=True)) == [(0, 0), (1, 0), (1, 1)]
    nobody = group_demand(town.costs, np.zeros(4), norm, np.array([1, 2]))
    assert [len(array) for array in nobody] == [0, 0, 0]


def test_who_finds_room_is_counted_per_year_and_a_site_without_anybody_adds_nothing() -> None:
    instance = small_phasing([60, 50], [(0,), (0, 1)], [0, 0, 0], budget=[1, 1, 1], capacity=80.0)
    coverage = Coverage(instance)
    assert coverage.per_year(instance, order(1, 2, 0, 0)) == pytest.approx([0, 80, 110], abs=0.01)
    assert coverage.persons(np.array([False, True, True])) == pytest.approx(50, abs=0.01)


def test_more_persons_than_a_flow_can_count_are_counted_in_parts() -> None:
    """Five million persons at a thousandth would pass 32 bits."""
    instance = small_phasing([3e6, 2e6], [(0,), (0, 1)], [0, 0], budget=[1], capacity=4e6)
    coverage = Coverage(instance)
    assert coverage.scale == 400.0
    assert coverage.persons(np.array([True, False])) == pytest.approx(4e6)
    assert coverage.persons(np.array([True, True])) == pytest.approx(5e6)
    assert Coverage(small_phasing([60], [(0,)], [0], budget=[1])).scale == 1000.0


def test_parts_of_a_thousandth_of_a_person_are_not_counted_up() -> None:
    instance = small_phasing([10.0009, 20.0], [(0,), (1,)], [0, 0], budget=[1], capacity=15.0009)
    coverage = Coverage(instance)
    assert 10.0 <= coverage.persons(np.array([True, False])) <= 10.0009
    assert 15.0 <= coverage.persons(np.array([False, True])) <= 15.0009


def test_the_shares_of_a_flow_send_nobody_to_a_closed_site_nor_more_than_it_holds() -> None:
    instance = small_phasing([60, 50, 0.0001], [(0,), (0, 1), (1,)], [0, 0], budget=[1], capacity=80.0)
    coverage = Coverage(instance)
    only_second = coverage.shares(np.array([False, True]))
    assert only_second == pytest.approx([0, 0, 1, 0], abs=1e-3)
    both = coverage.shares(np.array([True, True]))
    assert both[0] == pytest.approx(1, abs=1e-3)
    assert both[1] + both[2] == pytest.approx(1, abs=1e-3)
    assert 60 * both[0] + 50 * both[1] <= 80 + 0.01
