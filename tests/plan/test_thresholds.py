"""What ``min_max`` and ``min_sites`` ask of an allocation, by hand and against the definition."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.thresholds import (
    allowed_beyond,
    limited_to,
    nearest_percentile_m,
    percentile_m,
    radii_m,
    within_norm_limit,
)
from tests.towns.local import Point, line_town

D = np.array([300.0, 100.0, 200.0])
W = np.array([20.0, 50.0, 30.0])


def three_on_a_road(**changes: object) -> LocalInstance:
    """There a and b walk to S and T, c to nobody; d lives where nobody counts.

    ::

        a,S    b      T     d               c
        0     100    400   450            9000 m     cutoff 1,000 m, norm 300 m
        60     40            0              20 persons
    """
    demand = {"a": Point(0, 60), "b": Point(100, 40), "d": Point(450, 0), "c": Point(9000, 20)}
    town = line_town(demand, {"S": Point(0, 500), "T": Point(400, 500)}, n_sites=1, cutoff_m=1000, objective="min_max")
    return replace(town, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("allowed", "metres"),
    [(0.0, 300.0), (19.9, 300.0), (20.0, 200.0), (49.9, 200.0), (50.0, 100.0), (99.9, 100.0), (100.0, 0.0)],
)
def test_the_percentile_is_the_first_distance_with_little_enough_beyond(allowed: float, metres: float) -> None:
    assert percentile_m(D, W, allowed) == metres


def test_those_who_walk_as_far_count_together_and_who_weighs_nothing_does_not() -> None:
    assert percentile_m(np.array([200.0, 100.0, 200.0]), W, 40.0) == 200.0
    assert percentile_m(np.array([200.0, 100.0, 200.0]), W, 50.0) == 100.0
    assert percentile_m(np.array([100.0, 900.0]), np.array([1.0, 0.0]), 0.0) == 100.0
    assert percentile_m(np.zeros(0), np.zeros(0), 0.0) == 0.0


def test_a_small_weight_far_away_is_not_lost_beside_a_large_one() -> None:
    assert percentile_m(np.array([1.0, 2.0]), np.array([1e17, 1.0]), 0.5) == 2.0


def test_the_percentile_is_that_of_its_definition() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        n = int(rng.integers(1, 8))
        distance_m, weight = rng.integers(0, 6, n) * 100.0, rng.integers(0, 4, n).astype(float)
        allowed = float(rng.integers(0, 10))
        known = [r for r in sorted({0.0, *distance_m.tolist()}) if weight[distance_m > r].sum() <= allowed]
        assert percentile_m(distance_m, weight, allowed) == known[0]


def test_what_may_lie_beyond_is_a_part_of_the_reachable_and_half_the_tolerance() -> None:
    assert allowed_beyond(three_on_a_road()) == 0.0
    assert allowed_beyond(three_on_a_road(percentile=0.9)) == pytest.approx(10.00005, abs=1e-9)
    light = three_on_a_road(percentile=0.5, weight=np.array([0.3, 0.2, 0.0, 0.1]))
    assert allowed_beyond(light) == pytest.approx(0.25 + 0.5e-6, abs=1e-9)


def test_the_unreachable_are_beyond_already_where_a_share_of_all_is_asked() -> None:
    town = three_on_a_road(objective="min_sites", share=0.75)
    assert allowed_beyond(town) == pytest.approx(100 - 90 + 0.00006, abs=1e-9)
    assert allowed_beyond(replace(town, share=0.9)) == pytest.approx(100 - 108 + 0.00006, abs=1e-9)


def test_a_limit_on_the_norm_is_never_below_nothing() -> None:
    town = three_on_a_road(objective="min_sites", share=0.75)
    limited = within_norm_limit(town, 2)
    assert (limited.objective, limited.n_sites) == ("min_distance", 2)
    assert limited.max_beyond == allowed_beyond(town)
    assert within_norm_limit(replace(town, share=0.9), 2).max_beyond == 0.0


def test_the_values_there_can_be_are_nought_and_distances_of_people_to_sites_that_may_open() -> None:
    assert radii_m(three_on_a_road()).tolist() == [0.0, 100.0, 300.0, 400.0]
    assert radii_m(three_on_a_road(refused=np.array([True, False]))).tolist() == [0.0, 300.0, 400.0]


def test_with_every_site_open_the_percentile_is_that_of_the_nearest() -> None:
    assert nearest_percentile_m(three_on_a_road()) == 100.0
    assert nearest_percentile_m(three_on_a_road(percentile=0.5)) == 0.0
    assert nearest_percentile_m(three_on_a_road(refused=np.array([True, False]))) == 400.0


def test_for_the_worst_distance_longer_arcs_go_but_not_of_those_who_weigh_nothing() -> None:
    town = three_on_a_road()
    limited = limited_to(town, 300.0)
    assert limited is not None
    assert limited.objective == "min_distance"
    assert limited.max_beyond == np.inf
    arcs = set(zip(limited.costs.arc_origin.tolist(), limited.costs.destination.tolist(), strict=True))
    assert arcs == {(0, 0), (1, 0), (1, 1), (2, 0), (2, 1)}
    assert limited_to(town, 100.0) is not None
    assert limited_to(town, 99.0) is None


def test_for_a_percentile_the_arcs_stay_and_the_weight_beyond_is_limited() -> None:
    town = three_on_a_road(percentile=0.5)
    limited = limited_to(town, 99.0)
    assert limited is not None
    assert limited.objective == "min_distance"
    assert limited.costs.n_arcs == town.costs.n_arcs
    assert limited.service_distance_m.tolist() == [99.0] * 4
    assert limited.max_beyond == allowed_beyond(town)
