"""Whole rows of a matrix: the nearest sites of a buurt, who has none, rows of another matrix."""

from __future__ import annotations

import numpy as np

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.costs.rows import islanded, joined_rows, keep_near


def test_a_whole_buurt_keeps_the_sites_that_all_of_its_squares_reach() -> None:
    # squares 0 and 1 are a buurt, 2 stands alone, 3 and 4 are a buurt without a common site
    arcs = [(0, 0, 10), (0, 1, 20), (0, 2, 30), (1, 1, 50), (1, 2, 5), (2, 0, 1), (2, 1, 2), (3, 0, 1), (4, 1, 1)]
    origin, destination, metres = np.array(arcs).T
    costs = CostMatrix.from_arcs(
        origin, destination, metres, n_origins=5, n_destinations=3, cutoff_m=99, metric="", metric_nl=""
    )
    kept = keep_near(costs, np.ones(5), np.array([0, 0, -1, 1, 1]), 1)
    pairs = set(zip(kept.arc_origin.tolist(), kept.destination.tolist(), strict=True))
    assert pairs == {(0, 2), (1, 2), (2, 0), (3, 0), (4, 1)}
    assert keep_near(costs, np.ones(5), None, 1).n_arcs == 5


def test_rows_of_another_matrix_take_the_place_of_those_named_and_who_has_no_arc_is_known() -> None:
    def matrix(distance_m: list[float]) -> CostMatrix:
        origin, destination = np.array([0, 1, 1]), np.array([0, 0, 1])
        return CostMatrix.from_arcs(
            origin,
            destination,
            np.array(distance_m),
            n_origins=3,
            n_destinations=2,
            cutoff_m=100,
            metric="m",
            metric_nl="m",
        )

    first, second = matrix([1.0, 2.0, 3.0]), matrix([10.0, 20.0, 30.0])
    joined = joined_rows(first, second, np.array([False, True, False]))
    assert joined.distance_m.tolist() == [1.0, 20.0, 30.0]
    assert islanded(joined).tolist() == [False, False, True]
    assert islanded(joined, np.array([False, True])).tolist() == [True, False, True]
