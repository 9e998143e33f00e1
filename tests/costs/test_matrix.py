"""The cost matrix: arcs added, distances changed, a price on the way to a destination; rows stay nearest first."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.costs.matrix import CostMatrix


def make_costs() -> CostMatrix:
    """Origin 0 at 10 m and 30 m of destinations 0 and 1, origin 1 at 20 m of destination 1."""
    return CostMatrix.from_arcs(
        [0, 0, 1], [0, 1, 1], [10.0, 30.0, 20.0], n_origins=3, n_destinations=3, cutoff_m=50, metric="m", metric_nl="n"
    )


def arcs(costs: CostMatrix) -> list[tuple[int, int, float]]:
    return list(zip(costs.arc_origin.tolist(), costs.destination.tolist(), costs.distance_m.tolist(), strict=True))


def test_arcs_added_stand_in_their_row_by_distance() -> None:
    more = make_costs().with_arcs(np.array([2, 0]), np.array([2, 2]), np.array([5.0, 20.0]))
    assert arcs(more) == [(0, 0, 10.0), (0, 2, 20.0), (0, 1, 30.0), (1, 1, 20.0), (2, 2, 5.0)]
    assert (more.cutoff_m, more.metric, more.metric_nl) == (50, "m", "n")


def test_other_distances_sort_the_rows_anew() -> None:
    other = make_costs().with_distances(np.array([40.0, 5.0, 1.0]), 60.0)
    assert arcs(other) == [(0, 1, 5.0), (0, 0, 40.0), (1, 1, 1.0)]
    assert other.cutoff_m == 60


def test_a_price_counts_on_every_way_to_its_destination_and_on_the_cutoff() -> None:
    priced = make_costs().plus(np.array([25.0, 0.0, 7.0]))
    assert arcs(priced) == [(0, 1, 30.0), (0, 0, 35.0), (1, 1, 20.0)]
    assert priced.cutoff_m == 75
    assert arcs(make_costs()) == [(0, 0, 10.0), (0, 1, 30.0), (1, 1, 20.0)]


def test_the_distance_of_a_pair_is_that_of_its_arc() -> None:
    costs = make_costs()
    np.testing.assert_array_equal(costs.lookup(np.array([1, 0, 0]), np.array([1, 1, 0])), [20.0, 30.0, 10.0])
    np.testing.assert_array_equal(costs.arcs(np.array([1, 0]), np.array([1, 1])), [2, 1])
    assert len(costs.lookup(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))) == 0


@pytest.mark.parametrize("pair", [(0, 2), (2, 2), (1, 0)])
def test_a_pair_without_an_arc_has_no_distance(pair: tuple[int, int]) -> None:
    with pytest.raises(KeyError, match="without an arc"):
        make_costs().lookup(np.array([0, pair[0]]), np.array([0, pair[1]]))
