"""The knee of a curve: curves whose knee is known."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.questions.asking.knee import find_knee


def knee(*points: tuple[float, float]) -> int | None:
    x, y = np.array(points, dtype=float).T
    return find_knee(x, y)


def test_the_knee_is_the_point_farthest_below_the_line_on_both_axes_from_zero_to_one() -> None:
    # on axes of 0..1: (0.25, 0.5) lies 0.25 below the line, (0.5, 0.1) lies 0.4 below, (0.75, 0.05) 0.2
    assert knee((10, 120), (20, 70), (30, 30), (40, 25), (50, 20)) == 2


def test_the_order_in_which_points_are_given_does_not_matter() -> None:
    assert knee((50, 20), (30, 30), (10, 120), (40, 25), (20, 70)) == 1


def test_a_steep_first_step_is_the_knee_and_a_late_drop_is_none() -> None:
    assert knee((0, 100), (1, 10), (2, 5), (3, 0)) == 1
    assert knee((0, 100), (1, 95), (2, 90), (3, 0)) is None


@pytest.mark.parametrize(("y", "expected"), [(44.9, 1), (45.1, None), (50.0, None)])
def test_a_bend_of_less_than_a_twentieth_is_no_knee(y: float, expected: int | None) -> None:
    assert knee((0, 100), (1, y), (2, 0)) == expected
    assert knee((7, 1100), (8, 1000 + y), (9, 1000)) == expected, "only differences count"


def test_too_few_points_equal_points_and_a_curve_that_rises_have_no_knee() -> None:
    assert knee((0, 10), (1, 0)) is None
    assert knee((1, 10), (1, 5), (1, 0)) is None
    assert knee((0, 5), (1, 5), (2, 5)) is None
    assert knee((0, 0), (1, 8), (2, 10)) is None
    assert knee((0, 5), (1, 0), (2, 5)) is None
