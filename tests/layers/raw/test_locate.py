"""Which gemeente a point belongs to, at its border and just outside it, and codes as files have them.

Two gemeenten side by side, from x = 0 to 1000 and from 1000 to 2000 m.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from nsp_planner.layers.raw.locate import find_gemeente, normalise_code

AREAS = gpd.GeoDataFrame(
    {"area_code": ["GM0001", "GM0002"]}, geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)]
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0193", "GM0193"), ("193", "GM0193"), (" gm0193 ", "GM0193"), ("193.0", "GM0193"), ("7", "GM0007"),
        ("GM7", "GM0007"), ("19300", ""), ("193.5", ""), ("", ""), ("WK0193", ""), ("GM", ""),
    ],
)  # fmt: skip
def test_a_code_is_gm_and_four_digits_or_none(text: str, code: str) -> None:
    assert normalise_code(pd.Series([text], dtype="str")).tolist() == [code]


@pytest.mark.parametrize(
    ("x", "y", "code", "nearest"),
    [
        (500.0, 500.0, "GM0001", False),
        (1000.0, 500.0, "GM0001", False),  # on both: the first counts
        (1000.1, 500.0, "GM0002", False),
        (2000.0, 1000.0, "GM0002", False),
        (2500.0, 500.0, "GM0002", True),  # 500 m outside
        (2500.1, 500.0, "", False),
        (1000.0, -400.0, "GM0001", True),  # as far from both
        (np.nan, 500.0, "", False),
        (500.0, np.inf, "", False),
    ],
)
def test_a_point_belongs_to_the_area_around_it_else_to_the_nearest_within_half_a_kilometre(
    x: float, y: float, code: str, *, nearest: bool
) -> None:
    located = find_gemeente(np.array([x, 1500.0]), np.array([y, 10.0]), AREAS)
    assert located.codes.tolist() == [code, "GM0002"]
    assert located.is_nearest.tolist() == [nearest, False]
