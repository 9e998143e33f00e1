from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.costs.network.connect import Connector
from nsp_planner.costs.network.links import LinkChanges, build_closed_links
from tests.towns.network_oracle import CORNER, random_network
from tests.towns.networks import build_river_town, build_town


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_point_goes_to_the_nearest_edge_within_the_limit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    xy = rng.uniform(-200, 1200, (30, 2)) + CORNER
    found = Connector(network, limit_m=200, small_island_m=0).connect(xy)
    for k, point in enumerate(shapely.points(xy)):
        away_m = np.where(network.connectable, shapely.distance(network.lines, point), np.inf)
        if away_m.min() > 200:
            assert found.edge[k] == -1
            assert np.isnan(found.access_m[k])
        else:
            assert found.access_m[k] == pytest.approx(away_m.min(), abs=1e-6)
            assert network.connectable[found.edge[k]]
            place = shapely.line_interpolate_point(network.lines[found.edge[k]], found.offset_m[k])
            assert shapely.distance(place, point) == pytest.approx(found.access_m[k], abs=1e-6)
            assert found.on_edge_xy[k] == pytest.approx([place.x, place.y])


def test_nobody_enters_a_bridge_or_a_ferry_in_the_middle() -> None:
    town = build_river_town()
    on_bridge, on_ferry = town.site_xy[1] + (3, 160), town.site_xy[2] + (3, 160)
    found = Connector(town.network, limit_m=500, small_island_m=0).connect([on_bridge, on_ferry])
    assert not town.network.bridge[found.edge].any()
    assert not town.network.ferry[found.edge].any()


def two_pieces() -> object:
    return build_town(
        [
            ("stad", "street", [(0, 0), (5000, 0)]),
            ("pad", "street", [(100, 300), (200, 300)]),
            ("eiland", "street", [(0, 9000), (2000, 9000)]),
        ],
        {"bij pad": (150, 290, 5), "eilander": (500, 9010, 8)},
        {"s": (0, 10)},
    )


def test_who_lives_at_a_small_island_is_connected_to_the_larger_piece_and_that_is_told() -> None:
    town = two_pieces()
    found = Connector(town.network, limit_m=500, small_island_m=500).connect(town.demand_xy)
    assert found.access_m == pytest.approx([290, 10])
    assert found.off_island.tolist() == [True, False]


def test_a_small_island_out_of_reach_of_larger_pieces_keeps_its_people() -> None:
    town = two_pieces()
    found = Connector(town.network, limit_m=100, small_island_m=500).connect(town.demand_xy)
    assert found.connected.all()
    assert found.access_m == pytest.approx([10, 10])
    assert not found.off_island.any()


def test_nobody_connects_across_a_barrier() -> None:
    town = build_town(
        [
            ("ver", "street", [(0, 0), (1000, 0)]),
            ("dichtbij", "street", [(0, 130), (1000, 130)]),
            ("dwars", "street", [(0, 0), (0, 130)]),
        ],
        {"a": (500, 100, 1)},
        {"s": (0, 0)},
    )
    wall = shapely.LineString(np.array([(-50, 115), (900, 115)]) + town.demand_xy[0] - (500, 100))
    closed = build_closed_links(town.network, LinkChanges(barriers=(wall,)))
    connector = Connector(town.network, limit_m=500, small_island_m=0)
    assert connector.connect(town.demand_xy).access_m == pytest.approx([30])
    assert connector.reconnect(connector.connect(town.demand_xy), closed).access_m == pytest.approx([100])


def test_who_lives_under_water_is_not_connected_and_so_named() -> None:
    town = build_river_town()
    flood = shapely.box(*(town.demand_xy[1] - 30), *(town.demand_xy[1] + 30))
    closed = build_closed_links(town.network, LinkChanges(under_water=(flood,)))
    connector = Connector(town.network, limit_m=500, small_island_m=0)
    found = connector.reconnect(connector.connect(town.demand_xy), closed)
    assert found.connected.tolist() == [True, False, True, True]
    assert found.in_water.tolist() == [False, True, False, False]


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="limit_m"):
        Connector(build_river_town().network, limit_m=0, small_island_m=0)
