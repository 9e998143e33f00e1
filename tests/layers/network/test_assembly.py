from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from nsp_planner.errors import DataError
from nsp_planner.layers.network.assemble import RawLines, build_network, clip_network
from nsp_planner.layers.network.islands import join_islands
from nsp_planner.layers.network.lines import network_from_frame
from nsp_planner.layers.network.network import Network, polyline_lengths_m, verify_network

X0, Y0 = 200_000.0, 500_000.0
CORNER = np.array([X0, Y0])


def raw(lines: list[list[tuple[int, float, float]]], names: list[str] | None = None) -> RawLines:
    flat = [vertex for line in lines for vertex in line]
    n = len(lines)
    yes, no = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    return RawLines(
        xy=np.array([(x + X0, y + Y0) for _, x, y in flat]),
        key=np.array([k for k, _, _ in flat], dtype=np.int64),
        indptr=np.concatenate([[0], np.cumsum([len(line) for line in lines])]),
        forward=yes,
        backward=yes,
        ferry=no,
        bridge=no,
        connectable=yes,
        line_id=np.arange(10, 10 + n),
        names=names or [""] * n,
    )


def network(lines: list[list[tuple[int, float, float]]]) -> Network:
    return build_network(raw(lines), profile="foot", source="test")


def streets(*lines: list[tuple[float, float]]) -> Network:
    shapes = [shapely.LineString(np.array(line) + CORNER) for line in lines]
    return network_from_frame(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:28992"), "foot", source="test")


def test_lines_are_split_where_they_share_a_point_and_only_there() -> None:
    found = network([[(1, 0, 0), (2, 100, 0), (3, 200, 0), (4, 300, 0)], [(3, 200, 0), (5, 200, 50)]])
    assert found.n_nodes == 4
    assert sorted(found.length_m) == pytest.approx([50, 100, 200])
    assert found.line_id.tolist() == [10, 10, 11]
    assert np.diff(found.vertex_indptr).tolist() == [3, 2, 2]


def test_lengths_follow_the_bends() -> None:
    found = network([[(1, 0, 0), (2, 30, 40), (3, 30, 140)]])
    assert found.length_m == pytest.approx([150])
    assert found.n_nodes == 2


def test_a_closed_way_becomes_a_loop_and_a_figure_of_eight_splits_at_its_waist() -> None:
    loop = network([[(1, 0, 0), (2, 100, 0), (3, 100, 100), (1, 0, 0)]])
    assert (loop.n_nodes, loop.n_edges) == (1, 1)
    eight = network([[(1, 0, 0), (2, 100, 0), (3, 100, 100), (1, 0, 0), (4, -100, 0), (5, -100, -100), (1, 0, 0)]])
    assert (eight.n_nodes, eight.n_edges) == (1, 2)


def test_a_point_given_twice_in_a_row_is_one_and_a_line_of_one_point_is_none() -> None:
    found = network([[(1, 0, 0), (1, 0, 0), (2, 10, 0)], [(2, 10, 0), (2, 10, 0)]])
    assert found.n_edges == 1


def test_two_points_at_one_place_keep_a_length_above_zero() -> None:
    found = network([[(1, 0, 0), (2, 0, 0)], [(2, 0, 0), (3, 10, 0)]])
    assert found.length_m.min() > 0


def test_names_stay_with_their_edges() -> None:
    lines = [[(1, 0, 0), (2, 10, 0)], [(2, 10, 0), (3, 20, 0)], [(3, 20, 0), (4, 30, 0)]]
    found = build_network(raw(lines, ["B", "", "A"]), profile="foot", source="test")
    assert [found.name_of(edge) for edge in range(3)] == ["B", None, "A"]


def test_the_clip_keeps_whole_edges_that_touch_it_and_says_how_many_are_gone() -> None:
    town = streets([(0, 0), (1000, 0)], [(1000, 0), (2000, 0)], [(2000, 0), (3000, 0)])
    kept = clip_network(town, shapely.box(X0 - 10, Y0 - 10, X0 + 500, Y0 + 10))
    assert kept.length_m.tolist() == [1000]
    assert kept.n_nodes == 2
    assert kept.notes == ("2 edges outside the region and its buffer were left out",)


def test_an_empty_clip_is_refused_with_both_extents() -> None:
    with pytest.raises(DataError, match=r"no line of the network touches the region: .* x 200000 to 201000"):
        clip_network(streets([(0, 0), (1000, 0)]), shapely.box(0, 400_000, 10, 400_010))


def test_pieces_that_lie_apart_are_kept_and_numbered_longest_first() -> None:
    town = streets([(0, 0), (100, 0)], [(0, 500), (1000, 500)], [(1000, 500), (1200, 500)])
    assert town.component_length_m.tolist() == [1200, 100]
    assert np.bincount(town.component[town.u]).tolist() == [2, 1]


def test_near_pieces_are_joined_and_far_ones_are_not() -> None:
    town = streets([(0, 0), (1000, 0)], [(1003, 0), (1500, 0)], [(1503, 4), (1600, 0)], [(0, 800), (90, 800)])
    joined = join_islands(town, 5.0)
    assert joined.length_m[joined.joined] == pytest.approx([3, 5])
    assert joined.component.max() == 1
    assert not joined.connectable[joined.joined].any()
    assert joined.notes == ("2 pieces of the network that lay at most 5.0 m apart were joined",)
    assert np.isclose(polyline_lengths_m(joined.vertex_xy, joined.vertex_indptr), joined.length_m).all()


def test_joining_within_nothing_changes_nothing() -> None:
    town = streets([(0, 0), (1000, 0)], [(1003, 0), (1500, 0)])
    assert join_islands(town, 1.0).n_edges == 2


def bad(change: dict[str, object]) -> Network:
    return replace(streets([(0, 0), (1000, 0)], [(1000, 0), (2000, 0)]), **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"node_xy": np.array([[5.1, 52.0], [5.2, 52.1], [5.3, 52.2]])}, "coordinates are degrees"),
        ({"node_xy": np.array([[5.1, 52.0], [np.nan, 52.1], [5.3, 52.2]])}, "coordinates are missing"),
        ({"node_xy": np.full((3, 2), 5e6)}, "outside the Netherlands"),
        ({"length_m": np.array([np.nan, 1000.0])}, "1 edges have no length"),
        ({"length_m": np.array([0.0, 1000.0])}, "1 edges have no length"),
        ({"length_m": np.array([1000.0, 0.9])}, "shorter than the straight line"),
    ],
)
def test_a_network_that_would_give_wrong_distances_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        verify_network(bad(change), "streets.gpkg")


def test_a_network_without_edges_is_refused() -> None:
    with pytest.raises(DataError, match="nothing in it may be travelled"):
        verify_network(streets([(0, 0), (10, 0)]).keep_edges(np.array([False])))
