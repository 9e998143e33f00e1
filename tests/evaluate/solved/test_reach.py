"""How far people go: the town on a line, and halls that are refused or too far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.evaluate.solved.nearest import NearestSites, nearest_open
from nsp_planner.evaluate.solved.reach import least_possible_worst_m, measure_reach, persons_without_arc
from tests.towns.instances import costs_along, local_instance
from tests.towns.line_town import planned_line_town


def test_the_reach_of_the_town_on_a_line_is_that_by_hand() -> None:
    planned = planned_line_town()
    reach = measure_reach(planned.local, planned.local_plan)
    assert (reach.n_sites, reach.persons, reach.worst_m) == (2, 547, 3000)
    assert reach.served_persons == pytest.approx(540)
    assert reach.within_norm_persons == pytest.approx(400)
    assert reach.mean_m == pytest.approx(620_000 / 540)
    assert reach.gap == planned.local_plan.gap


def test_squares_where_nobody_lives_make_no_worst_distance_and_nobody_at_all_no_mean() -> None:
    planned = planned_line_town()
    empty = replace(planned.local, population_persons=np.array([100.0, 300.0, 100.0, 0.0, 7.0]))
    assert measure_reach(empty, planned.local_plan).worst_m == 2000
    nobody = replace(planned.local, population_persons=np.zeros(5))
    reach = measure_reach(nobody, planned.local_plan)
    assert (reach.persons, reach.served_persons) == (0, 0)
    assert np.isnan(reach.mean_m)
    assert np.isnan(reach.worst_m)


def test_no_plan_has_a_smaller_worst_distance_than_the_farthest_nearest_hall_that_may_open() -> None:
    """Squares at 0, 1000 and 5000 m, the last without people; halls at 0 (refused), 300 and 1400 m."""
    costs = costs_along([0, 1000, 5000], [0, 300, 1400], cutoff_m=4000.0)
    town = local_instance([10, 10, 0], [99, 99, 99], costs, 1, refused=np.array([True, False, False]))
    assert least_possible_worst_m(town) == 400
    assert least_possible_worst_m(replace(town, population_persons=np.array([1.0, 1.0, 1.0]))) == 3600
    assert least_possible_worst_m(replace(town, refused=np.ones(3, dtype=bool))) == 0


def test_persons_without_a_hall_so_near_are_those_who_have_one_farther() -> None:
    costs = costs_along([0, 1000, 9000], [0, 300, 1400], cutoff_m=4000.0)
    town = local_instance([10, 20, 40], [99, 99, 99], costs, 1, refused=np.array([True, False, False]))
    assert persons_without_arc(town, 300) == 20
    assert persons_without_arc(town, 299) == 30
    assert persons_without_arc(town, 400) == 0


def test_the_nearest_open_sites_are_in_order_and_none_stands_where_none_is_within_the_cutoff() -> None:
    costs = costs_along([0, 900, 9000], [100, 1000, 50], cutoff_m=2000.0)
    nearest = NearestSites.of(costs, np.array([0, 1]))
    assert nearest.site.tolist() == [0, 1, -1]
    assert nearest.distance_m[:2].tolist() == [100, 100]
    assert nearest.second_site.tolist() == [1, 0, -1]
    assert nearest.second_distance_m[:2].tolist() == [1000, 800]
    assert np.isnan([nearest.distance_m[2], nearest.second_distance_m[2]]).all()
    third, _ = nearest_open(costs, np.array([0, 1]), rank=2)
    assert third.tolist() == [-1, -1, -1]
