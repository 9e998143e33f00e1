"""The network as arrays, by hand: two pieces, one with a loop; and what would give wrong distances.

0 ---- 1 ---- 2 (bend, 150 m)        3 == 4 (10 m)        a loop of 40 m at 4
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from nsp_planner.errors import DataError
from nsp_planner.layers.network.islands import join_islands
from nsp_planner.layers.network.network import Network, polyline_lengths_m, verify_network

X0, Y0 = 200_000.0, 500_000.0
SHAPES = [
    [(500, 0), (510, 0)],
    [(510, 0), (520, 0), (520, 10), (510, 0)],
    [(0, 0), (100, 0)],
    [(100, 0), (130, 40), (130, 140)],
]


def network() -> Network:
    xy = np.array([(x + X0, y + Y0) for shape in SHAPES for x, y in shape], dtype=float)
    indptr = np.cumsum([0, *map(len, SHAPES)])
    nodes = np.array([(0, 0), (100, 0), (130, 140), (500, 0), (510, 0)], dtype=float) + np.array([X0, Y0])
    yes, no = np.ones(4, dtype=bool), np.zeros(4, dtype=bool)
    return Network(
        "foot", "toets", nodes, np.array([3, 4, 0, 1]), np.array([4, 4, 1, 2]), polyline_lengths_m(xy, indptr),
        yes, yes, np.array([True, False, False, False]), no, no, yes, np.array([11, 12, 13, 14]),
        np.array([-1, 0, 1, 1]), ("Lus", "Weg"), indptr, xy,
    )  # fmt: skip


def test_lengths_follow_each_line_and_not_the_gap_to_the_next() -> None:
    assert network().length_m == pytest.approx([10, 20 + np.hypot(10, 10), 100, 150])
    assert polyline_lengths_m(np.zeros((0, 2)), np.zeros(1, dtype=np.int64)).tolist() == []


def test_the_longest_piece_is_the_first() -> None:
    town = network()
    assert town.component.tolist() == [0, 0, 0, 1, 1]
    assert town.component_length_m == pytest.approx([250, 30 + np.hypot(10, 10)])
    assert (town.n_nodes, town.n_edges) == (5, 4)


def test_edges_have_their_shape_and_name() -> None:
    town = network()
    assert [town.name_of(edge) for edge in range(4)] == [None, "Lus", "Weg", "Weg"]
    assert [len(shapely.get_coordinates(line)) for line in town.lines] == [2, 4, 2, 3]
    assert town.with_note("een").with_note("twee").notes == ("een", "twee")


def test_kept_edges_keep_their_shape_and_only_their_nodes() -> None:
    part = network().keep_edges(np.array([False, True, False, True]))
    assert part.node_xy[:, 0].tolist() == [X0 + 100, X0 + 130, X0 + 510]
    assert (part.u.tolist(), part.v.tolist()) == ([2, 0], [2, 1])
    assert part.vertex_indptr.tolist() == [0, 4, 7]
    assert part.vertex_xy[4].tolist() == [X0 + 100, Y0]
    assert (part.line_id.tolist(), part.ferry.tolist()) == ([12, 14], [False, False])


def fault(**changes: object) -> str:
    with pytest.raises(DataError) as caught:
        verify_network(replace(network(), **changes), "x.gpkg")
    return str(caught.value)


def test_lengths_that_are_none_or_below_the_straight_line_are_named_by_line() -> None:
    verify_network(network())
    assert "2 edges have no length" in fault(length_m=np.array([0.0, 34, 100, np.nan]))
    assert "ids: 11, 14" in fault(length_m=np.array([0.0, 34, 100, np.nan]))
    straight = np.hypot(30, 140)
    told = fault(length_m=np.array([10.0, 34, 100 - 0.003, straight - 0.001]))
    assert "1 edges are shorter than the straight line between their ends" in told
    assert "ids: 13" in told
    verify_network(replace(network(), length_m=np.array([10.0, 0.001, 100 - 0.0019, straight])))


def test_a_network_without_edges_or_elsewhere_is_refused() -> None:
    nothing = np.zeros(4, dtype=bool)
    with pytest.raises(DataError, match="nothing in it may be travelled by foot"):
        verify_network(network().keep_edges(nothing))
    assert "degrees" in fault(node_xy=network().node_xy / 1e5)


@pytest.mark.parametrize(("gap_m", "joined"), [(369.9, 0), (396.0, 1)])
def test_a_piece_is_joined_at_its_nearest_ends_within_the_gap(gap_m: float, joined: int) -> None:
    """From (500, 0) to (130, 140) it is 395.6 m."""
    town = join_islands(network(), gap_m)
    assert int(town.joined.sum()) == joined
    assert town.component.max() == 1 - joined
    if joined:
        assert (town.u[-1], town.v[-1], town.line_id[-1], town.name_of(4)) == (3, 2, -1, None)
        assert town.length_m[-1] == pytest.approx(np.hypot(370, 140))
        assert (town.forward[-1], town.backward[-1], town.ferry[-1], town.bridge[-1], town.connectable[-1]) == (
            True, True, False, False, False,
        )  # fmt: skip
        assert shapely.length(town.lines[-1]) == pytest.approx(np.hypot(370, 140))
        assert town.notes == ("1 pieces of the network that lay at most 395.6 m apart were joined",)
        verify_network(town)
    else:
        assert town.notes == ()


def test_pieces_that_grow_are_joined_on_until_none_is_near() -> None:
    """Five sticks of 10 m in a row, 5 m apart, and one 6 m on."""
    xs = [(15.0 * k, 15.0 * k + 10) for k in range(5)] + [(76.0, 80.0)]
    xy = np.array([(x + X0, Y0) for pair in xs for x in pair])
    n = len(xs)
    yes, no = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    sticks = Network(
        "foot", "toets", xy, 2 * np.arange(n), 2 * np.arange(n) + 1, np.diff(xy[:, 0])[::2], yes, yes, no, no, no, yes,
        np.arange(n), np.full(n, -1), (), 2 * np.arange(n + 1), xy,
    )  # fmt: skip
    town = join_islands(sticks, 5.0)
    assert int(town.joined.sum()) == 4
    assert town.component.max() == 1
    assert join_islands(sticks, 6.0).component.max() == 0
    assert join_islands(sticks, 4.9) is sticks
