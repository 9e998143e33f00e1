"""Persons to squares by hand: points, polygons and persons of whom only the gemeente is known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from nsp_planner.layers.population.placed_persons import PlacedPersons
from nsp_planner.layers.population.spread import centre_of_square, round_half_up, spread_over, spread_persons
from nsp_planner.layers.rd import RD

DEMAND = gpd.GeoDataFrame(
    {"demand_id": ["a", "b", "c"], "gemeente_code": ["GM0001", "GM0001", "GM0002"], "resolution_m": 100},
    geometry=gpd.points_from_xy([200_050, 200_150, 204_050], [500_050, 500_050, 500_050]),
    crs=RD,
)
NOWHERE = (float("nan"), float("nan"))


def spread(
    *rows: tuple[tuple[float, float], shapely.Geometry | None, int], factor: float = 1.0
) -> dict[tuple[float, float], int]:
    table = pd.DataFrame(
        {
            "x_m": [at[0] for at, _, _ in rows], "y_m": [at[1] for at, _, _ in rows], "gemeente_code": "GM0001",
            "shape": pd.Series([shape for _, shape, _ in rows], dtype=object), "persons": [n for _, _, n in rows],
        }
    )  # fmt: skip
    found = spread_persons(PlacedPersons(table, "gasten"), DEMAND, factor)
    assert set(found["gemeente_code"]) <= {"GM0001"}
    assert (found["persons"] >= 1).all()
    assert found.index.tolist() == list(range(len(found)))
    return {(r.x_m, r.y_m): r.persons for r in found.itertuples()}


@pytest.mark.parametrize(("value", "whole"), [(0.49, 0), (0.5, 1), (1.5, 2), (2.4999, 2), (7.0, 7)])
def test_halves_are_rounded_upwards(value: float, whole: int) -> None:
    assert round_half_up(value) == whole


def test_a_point_stands_in_the_square_around_it_and_on_an_edge_in_the_one_east_and_north_of_it() -> None:
    x, y = centre_of_square(
        np.array([200_001.0, 200_099.0, 200_100.0]), np.array([500_000.0, 500_099.9, 500_200.0]), 100.0
    )
    assert x.tolist() == [200_050, 200_050, 200_150]
    assert y.tolist() == [500_050, 500_050, 500_250]
    assert centre_of_square(np.array([200_001.0]), np.array([500_499.0]), 500.0)[0].tolist() == [200_250]
    assert spread(((200_001, 500_099), None, 7)) == {(200_050, 500_050): 7}


def test_a_polygon_is_spread_evenly_over_the_squares_whose_centre_it_holds() -> None:
    field = shapely.box(200_010, 500_010, 200_290, 500_190)  # three by two squares
    found = spread(((200_100, 500_100), field, 12))
    assert found == {(200_050 + 100 * i, 500_050 + 100 * j): 2 for i in range(3) for j in range(2)}
    edge = shapely.box(200_040, 500_040, 200_160, 500_060)
    assert spread(((200_100, 500_050), edge, 5)).keys() == {(200_050, 500_050), (200_150, 500_050)}
    assert sum(spread(((200_100, 500_050), edge, 5)).values()) == 5


def test_a_polygon_smaller_than_a_square_goes_to_the_square_of_its_inner_point() -> None:
    tent = shapely.box(200_070, 500_070, 200_080, 500_080)
    assert spread(((200_075, 500_075), tent, 3)) == {(200_050, 500_050): 3}


def test_who_has_only_a_gemeente_is_spread_over_its_populated_squares() -> None:
    assert spread((NOWHERE, None, 10)) == {(200_050, 500_050): 5, (200_150, 500_050): 5}
    assert sum(spread((NOWHERE, None, 1)).values()) == 1
    table = spread_over(DEMAND, np.array([False, True, True]), 4)
    assert table.to_dict("list") == {
        "x_m": [200_150, 204_050], "y_m": [500_050, 500_050], "gemeente_code": ["GM0001", "GM0002"], "persons": [2, 2],
    }  # fmt: skip


def test_a_factor_is_rounded_per_row_and_nobody_stands_in_no_square() -> None:
    here, there = (200_001.0, 500_001.0), (204_001.0, 500_001.0)
    assert spread((here, None, 5), (there, None, 1), factor=0.5) == {(200_050, 500_050): 3, (204_050, 500_050): 1}
    assert spread((here, None, 5), (there, None, 1), factor=0.4) == {(200_050, 500_050): 2}
    assert spread((here, None, 0)) == {}
    empty = spread_persons(
        PlacedPersons(pd.DataFrame(columns=["x_m", "y_m", "gemeente_code", "shape", "persons"]), ""), DEMAND
    )
    assert empty.dtypes.astype(str).to_dict()["persons"] == "int64"


def test_one_populated_square_says_the_side_of_all() -> None:
    table = pd.DataFrame(
        {"x_m": [204_001.0], "y_m": [500_001.0], "gemeente_code": "GM0002", "shape": None, "persons": 3}
    )
    found = spread_persons(PlacedPersons(table, "gasten"), DEMAND.iloc[2:])
    assert found[["x_m", "y_m", "persons"]].to_numpy().tolist() == [[204_050, 500_050, 3]]
