"""A C-NSP that fails: four L-NSPs on a road, by hand."""

from __future__ import annotations

import numpy as np

from nsp_planner.evaluate.stations.station_failure import coordinator_distance_m, distances_m, station_failures
from nsp_planner.plan.solution import CoordinationPlan, SolverReport
from tests.towns.instances import coordination_instance, costs_along

REPORT = SolverReport("exact", "by hand", 0.0, 1, 1, 0.0, 1.0, "gap")
COSTS = costs_along([0, 1000, 2000, 9000], [0, 2500, 9000, 500], cutoff_m=4000.0)
"""L-NSPs at 0, 1, 2 and 9 km; stations at 0, 2.5 and 9 km, and one at 0.5 km that stays closed."""
TOWN = coordination_instance(COSTS, 3, lnsp_per_cnsp=2)
PLAN = CoordinationPlan(np.array([0, 1, 2]), np.array([0, 0, 1, 2]), 1500.0, 1500.0, REPORT)


def test_distances_are_those_within_the_cutoff_and_the_others_infinite() -> None:
    table = distances_m(TOWN)
    assert table[:3].tolist() == [[0, 2500, np.inf, 500], [1000, 1500, np.inf, 500], [2000, 500, np.inf, 1500]]
    assert table[3].tolist() == [np.inf, np.inf, 0, np.inf]
    assert coordinator_distance_m(TOWN, PLAN).tolist() == [0, 1000, 500, 0]


def test_its_lnsps_go_to_the_nearest_open_station_left_and_who_has_none_is_told() -> None:
    first, second, third = station_failures(TOWN, PLAN)
    assert (first.station, first.orphans.tolist(), first.takes_over.tolist()) == (0, [0, 1], [1, 1])
    assert first.extra_m.tolist() == [2500, 500]
    assert (first.highest_n_lnsp, first.n_over_ratio) == (3, 1)
    # of two that orphan one L-NSP, the one whose L-NSP goes farther comes first
    assert (second.station, second.orphans.tolist(), second.takes_over.tolist()) == (1, [2], [0])
    assert (second.extra_m.tolist(), second.highest_n_lnsp, second.n_over_ratio) == ([1500], 3, 1)
    assert (third.station, third.takes_over.tolist(), third.highest_n_lnsp) == (2, [-1], 2)
    assert np.isnan(third.extra_m).all()
    assert third.n_over_ratio == 0


def test_the_only_station_leaves_all_without() -> None:
    alone = CoordinationPlan(np.array([0]), np.array([0, 0, 0, 0]), 0.0, 0.0, REPORT)
    (failure,) = station_failures(coordination_instance(costs_along([0, 1, 2, 3], [0]), 1), alone)
    assert failure.takes_over.tolist() == [-1] * 4
    assert (failure.highest_n_lnsp, failure.n_over_ratio) == (0, 0)
    assert np.isnan(failure.extra_m).all()
