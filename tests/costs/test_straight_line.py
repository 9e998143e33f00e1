"""Straight-line distances: known answers, all pairs by hand, and the limits kept."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.costs.straight_line import straight_line_costs
from nsp_planner.errors import Faults
from nsp_planner.plan.verify.instance import check_costs


def test_the_detour_factor_multiplies_the_straight_line() -> None:
    costs = straight_line_costs([[0, 0]], [[300, 400], [0, 100]], detour_factor=1.3, cutoff_m=1000)
    assert costs.destination.tolist() == [1, 0]
    assert costs.distance_m == pytest.approx([130.0, 650.0])
    assert costs.metric == "straight line x 1.3"
    assert costs.metric_nl == "hemelsbreed x 1,3 (geschatte loopafstand)"


def test_the_cutoff_applies_after_the_detour_and_is_inclusive() -> None:
    there = [[999, 0], [1000, 0], [1001, 0]]
    costs = straight_line_costs([[0, 0]], there, detour_factor=1.25, cutoff_m=1250)
    assert costs.destination.tolist() == [0, 1]
    assert costs.cutoff_m == 1250


def test_an_origin_without_destination_keeps_an_empty_row() -> None:
    costs = straight_line_costs([[0, 0], [90_000, 0], [10, 0]], [[0, 0]], detour_factor=1, cutoff_m=100)
    assert np.diff(costs.indptr).tolist() == [1, 0, 1]
    assert costs.n_origins == 3


def test_the_nearest_are_kept_and_of_equally_far_ones_the_first() -> None:
    around = [[100, 0], [0, 100], [-100, 0], [0, -100], [0, 50]]
    costs = straight_line_costs([[0, 0]], around, detour_factor=1, cutoff_m=1000, nearest=3)
    assert costs.destination.tolist() == [4, 0, 1]


@pytest.mark.parametrize("nearest", [None, 1, 5])
def test_no_origins_or_no_destinations_give_an_empty_matrix(nearest: int | None) -> None:
    nothing = np.zeros((0, 2))
    assert straight_line_costs(nothing, [[0, 0]], detour_factor=1, cutoff_m=1, nearest=nearest).n_origins == 0
    costs = straight_line_costs([[0, 0]], nothing, detour_factor=1, cutoff_m=1, nearest=nearest)
    assert (costs.n_arcs, costs.n_destinations) == (0, 0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12),
    st.sampled_from([1.0, 1.3]),
    st.sampled_from([100.0, 650.0, 1300.0, 9000.0]),
    st.none() | st.integers(1, 6),
)
def test_the_matrix_equals_all_pairs_cut_and_sorted(
    here: list[tuple[int, int]], there: list[tuple[int, int]], factor: float, cutoff_m: float, nearest: int | None
) -> None:
    a, b = np.array(here) * 100.0, np.array(there) * 100.0
    costs = straight_line_costs(a, b, detour_factor=factor, cutoff_m=cutoff_m, nearest=nearest)
    faults = Faults()
    check_costs(faults, costs, tuple(str(i) for i in range(len(a))))
    assert faults.items == []
    for i, point in enumerate(a):
        metres = np.hypot(*(b - point).T) * factor
        order = sorted((m, j) for j, m in enumerate(metres) if m <= cutoff_m)[:nearest]
        row = slice(costs.indptr[i], costs.indptr[i + 1])
        assert costs.destination[row].tolist() == [j for _, j in order]
        assert costs.distance_m[row] == pytest.approx([m for m, _ in order])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"detour_factor": 0.9}, "detour_factor"),
        ({"detour_factor": float("nan")}, "detour_factor"),
        ({"cutoff_m": 0}, "cutoff_m"),
        ({"nearest": 0}, "nearest"),
        ({"origin_xy": [[0, 0, 0]]}, "origin_xy must have shape"),
        ({"destination_xy": [[0, float("nan")]]}, "destination_xy holds"),
    ],
)
def test_what_cannot_be_right_is_refused(changes: dict[str, object], words: str) -> None:
    settings = {"origin_xy": [[0, 0]], "destination_xy": [[0, 0]], "detour_factor": 1.3, "cutoff_m": 100, **changes}
    with pytest.raises(ValueError, match=words):
        straight_line_costs(**settings)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_region_takes_seconds_at_most() -> None:
    random = np.random.default_rng(0)
    here, there = random.random((17_000, 2)) * 45_000, random.random((700, 2)) * 45_000
    began = time.perf_counter()
    costs = straight_line_costs(here, there, detour_factor=1.3, cutoff_m=10_000, nearest=60)
    assert time.perf_counter() - began < 5
    assert np.diff(costs.indptr).max() == 60
    assert costs.distance_m.max() <= 10_000
