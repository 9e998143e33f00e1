"""Instances whose arrays do not belong together are refused, and what an instance tells of its arcs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.plan.instance import Divisibility, LocalInstance, priced
from tests.towns.local import quota_forces_other_site, two_villages, unreachable_farm
from tests.towns.stations import four_on_a_road

SHORT = np.zeros(1)
FLAGS = np.zeros(1, dtype=bool)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"population_persons": SHORT}, r"per demand point must have shape \(3,\)"),
        ({"weight": SHORT}, r"per demand point must have shape \(3,\)"),
        ({"service_distance_m": SHORT}, r"per demand point must have shape \(3,\)"),
        ({"capacity_persons": SHORT}, r"per site must have shape \(3,\)"),
        ({"fixed": FLAGS}, r"per site must have shape \(3,\)"),
        ({"costs": two_villages().costs}, "does not belong"),
        ({"quota": np.array([2])}, "quota must have one entry per gemeente"),
        ({"quota": None, "min_sites": np.array([1])}, "min_sites must have one entry per gemeente"),
        ({"min_sites": np.array([1, 1])}, "min_sites does not go with it"),
        ({"quota": np.array([1, 2])}, "must sum to n_sites"),
        ({"group": np.zeros(2, dtype=int)}, r"group must have shape \(3,\)"),
        ({"divisibility": Divisibility.WHOLE_GROUPS}, "need to know the group"),
        ({"beyond_share": SHORT}, "beyond_share must have one entry per arc"),
        ({"cost_per_arc": SHORT}, "cost_per_arc must have one entry per arc"),
        ({"percentile": 0.0}, "percentile must be above 0"),
        ({"percentile": 1.01}, "percentile must be above 0"),
        ({"share": -0.01}, "share between 0 and 1"),
        ({"share": 1.01}, "share between 0 and 1"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(quota_forces_other_site(), **changes)


@pytest.mark.parametrize("changes", [{"share": 0.0}, {"share": 1.0}, {"percentile": 1.0}, {"percentile": 0.01}])
def test_the_ends_of_a_share_are_fine(changes: dict[str, Any]) -> None:
    assert isinstance(replace(two_villages(), **changes), LocalInstance)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lnsp_gemeente": SHORT}, r"per L-NSP must have shape \(4,\)"),
        ({"station_gemeente": SHORT}, r"per station must have shape \(2,\)"),
        ({"fixed": FLAGS}, r"per station must have shape \(2,\)"),
        ({"costs": two_villages().costs}, "does not belong"),
    ],
)
def test_stations_that_do_not_belong_together_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(four_on_a_road(), **changes)


def test_only_who_has_a_site_that_is_not_refused_is_reachable() -> None:
    assert unreachable_farm().reachable.tolist() == [True] * 4 + [False] * 2


def test_an_arc_costs_and_lies_beyond_as_its_demand_point_weighs() -> None:
    town = quota_forces_other_site()
    heavy = replace(town, weight=2 * town.weight)
    origin, metres = town.costs.arc_origin, town.costs.distance_m
    assert heavy.arc_cost.tolist() == [2 * town.weight[i] * m for i, m in zip(origin.tolist(), metres, strict=True)]
    assert heavy.arc_beyond.tolist() == [
        2 * town.weight[i] if m > 300 else 0.0 for i, m in zip(origin.tolist(), metres, strict=True)
    ]
    at_the_norm = replace(town, service_distance_m=np.full(3, 200.0))
    assert at_the_norm.arc_beyond[metres == 200.0].tolist() == [0.0, 0.0]
    halves = np.full(town.costs.n_arcs, 0.5)
    known = replace(heavy, cost_per_arc=halves, beyond_share=halves)
    assert known.arc_cost.tolist() == halves.tolist()
    assert known.arc_beyond.tolist() == town.weight[origin].tolist()


def test_arcs_that_are_kept_keep_what_is_known_of_them() -> None:
    town = quota_forces_other_site()
    numbered = np.arange(town.costs.n_arcs) / 10
    known = replace(town, cost_per_arc=numbered, beyond_share=numbered)
    keep = town.costs.distance_m < 300
    kept = known.keep_arcs(keep)
    assert kept.cost_per_arc is not None
    assert kept.beyond_share is not None
    assert kept.cost_per_arc.tolist() == kept.beyond_share.tolist() == numbered[keep].tolist()
    plain = town.keep_arcs(keep)
    assert (plain.cost_per_arc, plain.beyond_share) == (None, None)
    assert plain.costs.n_arcs == int(keep.sum())


def test_metres_on_the_way_to_a_site_are_added_or_nothing_changes() -> None:
    town = two_villages()
    assert priced(town, None) is town
    dearer = priced(town, np.array([50.0, 0.0, 0.0]))
    demand, site = np.array([0, 0]), np.array([0, 1])
    assert dearer.costs.lookup(demand, site).tolist() == [150.0, 600.0]
