"""The instance as the engine computes with it, each array written down by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.plan.large.compact_instance import NOBODY_PERSONS, build_compact
from tests.towns.instances import costs_of, local_instance

TOWN = local_instance(
    [10, 0, 30, 20],
    [40, 100, 15],
    costs_of(np.array([[300.0, 100.0, 500.0], [200.0, 9e9, 700.0], [9e9, 9e9, 100.0], [600.0, 400.0, 9e9]]), 2_000.0),
    2,
    weight=np.array([10.0, 5.0, 30.0, 40.0]),
    site_gemeente=np.array([1, 0, 1]),
    gemeente_codes=("GM0001", "GM0002"),
    refused=np.array([False, False, True]),
    fixed=np.array([True, False, False]),
)
"""The third square only reaches the refused hall; nobody lives in the second, which weighs 5 all the same."""


def test_costs_are_per_person_cheapest_first_both_ways() -> None:
    compact = build_compact(TOWN, TOWN.arc_cost)
    assert (compact.n, compact.m, compact.p) == (3, 2, 2)
    assert compact.demand.tolist() == [0, 1, 3]
    assert compact.site.tolist() == [0, 1]
    assert compact.size.tolist() == [10.0, NOBODY_PERSONS, 20.0]
    assert compact.row_start.tolist() == [0, 2, 3, 5]
    assert compact.row_site.tolist() == [1, 0, 0, 1, 0]
    assert compact.row_cost.tolist() == [100.0, 300.0, 5.0 * 200.0 / NOBODY_PERSONS, 800.0, 1_200.0]
    assert compact.col_start.tolist() == [0, 3, 5]
    assert compact.col_demand.tolist() == [0, 2, 1, 0, 2]
    assert compact.col_cost.tolist() == [300.0, 1_200.0, 5.0 * 200.0 / NOBODY_PERSONS, 100.0, 800.0]
    assert compact.fixed.tolist() == [True, False]


def test_a_site_holds_at_most_everyone_and_nobody_takes_no_place() -> None:
    compact = build_compact(TOWN, TOWN.arc_cost)
    everyone = 30.0 + NOBODY_PERSONS
    assert compact.capacity == pytest.approx(np.array([everyone, everyone]) + NOBODY_PERSONS, abs=1e-12)
    small = build_compact(replace(TOWN, capacity_persons=np.array([7.0, 12.0, 1.0])), TOWN.arc_cost)
    assert small.capacity == pytest.approx(np.array([7.0, 12.0]) + NOBODY_PERSONS, abs=1e-12)


def test_numbers_are_of_all_or_of_every_gemeente() -> None:
    total = build_compact(TOWN, TOWN.arc_cost)
    assert (total.group.tolist(), total.quota.tolist()) == ([0, 0], [2])
    assert (total.area.tolist(), total.minimum.tolist()) == ([0, 0], [0])
    none_needed = build_compact(replace(TOWN, min_sites=np.array([0, 0])), TOWN.arc_cost)
    assert (none_needed.area.tolist(), none_needed.minimum.tolist()) == ([0, 0], [0])
    fewest = build_compact(replace(TOWN, min_sites=np.array([0, 1])), TOWN.arc_cost)
    assert (fewest.group.tolist(), fewest.quota.tolist()) == ([0, 0], [2])
    assert (fewest.area.tolist(), fewest.minimum.tolist()) == ([1, 0], [0, 1])
    quota = build_compact(replace(TOWN, quota=np.array([1, 1])), TOWN.arc_cost)
    assert (quota.group.tolist(), quota.quota.tolist()) == ([1, 0], [1, 1])
    assert (quota.area.tolist(), quota.minimum.tolist()) == ([1, 0], [1, 1])


@pytest.mark.parametrize(
    ("minimum", "fixed", "n_sites", "value", "chosen", "forced"),
    [
        ([0, 0], [], 2, [5, 1, 3, 2], [1, 3], []),
        ([0, 0], [0], 2, [5, 1, 3, 2], [0, 1], [0]),
        ([1, 1], [], 2, [5, 1, 3, 2], [1, 2], [1, 2]),  # sites 0 and 2 are of the first gemeente
        ([2, 0], [], 3, [5, 1, 3, 2], [0, 1, 2], [0, 2]),
        ([1, 0], [0], 2, [5, 1, 3, 2], [0, 1], [0]),  # the fixed one is its gemeente's
        ([0, 0], [], 0, [5, 1, 3, 2], [], []),
    ],
)
def test_the_cheapest_sites_beside_those_that_must(
    minimum: list[int], fixed: list[int], n_sites: int, value: list[float], chosen: list[int], forced: list[int]
) -> None:
    instance = local_instance(
        [1], [9] * 4, costs_of(np.full((1, 4), 100.0), 1_000.0), n_sites,
        site_gemeente=np.array([0, 1, 0, 1]), gemeente_codes=("GM0001", "GM0002"), min_sites=np.array(minimum),
        fixed=np.isin(np.arange(4), fixed),
    )  # fmt: skip
    found, must = build_compact(instance, instance.arc_cost).choose(np.array(value, dtype=float))
    assert found.tolist() == chosen
    assert np.flatnonzero(must).tolist() == forced
