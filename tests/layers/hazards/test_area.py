"""Which points lie in a hazard: in any of its polygons or on their edge; none where there is no polygon."""

from __future__ import annotations

import numpy as np
import shapely

from nsp_planner.layers.hazards.area import HazardArea

POINTS = np.array([(5.0, 5.0), (10.0, 5.0), (15.0, 5.0), (25.0, 5.0), (np.nan, 5.0)])


def test_points_in_any_polygon_or_on_an_edge_are_struck() -> None:
    area = HazardArea([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)])
    assert area.contains_points(POINTS).tolist() == [True, True, False, True, False]
    assert HazardArea().contains_points(POINTS).tolist() == [False] * 5
