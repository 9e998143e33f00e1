"""Parts of the map: nested ranges over all sites, and clusters that are small enough and keep quotas together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from nsp_planner.plan.large.compact_instance import CompactInstance, build_compact
from nsp_planner.plan.large.partition import hierarchy, partition, site_graph
from nsp_planner.plan.large.search_state import site_neighbours
from tests.towns.instances import costs_along, local_instance


def road(at_m: list[float], gemeente: list[int] | None = None, quota: list[int] | None = None) -> CompactInstance:
    """A hall and a square of ten people at each of these places along a road."""
    group = np.array(gemeente or [0] * len(at_m))
    instance = local_instance(
        [10] * len(at_m),
        [1_000] * len(at_m),
        costs_along(at_m, at_m),
        2 if quota is None else sum(quota),
        site_gemeente=group,
        gemeente_codes=tuple(f"GM000{g + 1}" for g in range(int(group.max()) + 1)),
        quota=None if quota is None else np.array(quota),
    )
    return build_compact(instance, instance.arc_cost)


def graph_of(compact: CompactInstance) -> sp.csr_matrix:
    return site_graph(*site_neighbours(compact))


def test_the_graph_has_the_way_over_a_point_between_both_and_both_ways() -> None:
    graph = graph_of(road([0.0, 100.0, 400.0])).toarray()
    assert graph == pytest.approx(np.array([[0, 100, 400], [100, 0, 300], [400, 300, 0]]), abs=1e-3)
    near = np.array([[1, -1], [0, 2], [1, -1]], dtype=np.int32)
    far = np.array([[5.0, np.inf], [5.0, 7.0], [7.0, np.inf]])
    assert site_graph(near, far).toarray() == pytest.approx(np.array([[0, 5, 0], [5, 0, 7], [0, 7, 0]]), abs=1e-3)
    # where only one of two is a neighbour of the other they are joined all the same
    assert site_graph(near[:2, :1] * [[1], [-1]], far[:2, :1]).toarray()[1, 0] == pytest.approx(5.0, abs=1e-3)


def test_parts_are_pairs_that_lie_together_then_pairs_of_pairs() -> None:
    compact = road([0.0, 1_000.0, 100.0, 1_150.0, 9_000.0])
    parts = hierarchy(graph_of(compact), compact.group, compact.area)
    named = {
        frozenset(parts.order[a:b].tolist()): t for t, (a, b) in enumerate(zip(parts.first, parts.last, strict=True))
    }
    assert set(named) == {
        *(frozenset([j]) for j in range(5)), frozenset([0, 2]), frozenset([1, 3]), frozenset([0, 1, 2, 3]),
        frozenset(range(5)),
    }  # fmt: skip
    for part, t in named.items():
        assert parts.root[t] == (len(part) == 5)
        left, right = parts.halves[t]
        if len(part) == 1:
            assert (left, right) == (-1, -1)
            assert parts.first[t] == t
        else:
            assert parts.first[t] == parts.first[left]
            assert parts.last[left] == parts.first[right]
            assert parts.last[right] == parts.last[t]
            assert max(left, right) < t
    # how far a part lies from what it is joined with: over the squares at the halls themselves
    assert parts.apart[named[frozenset([0])]] == pytest.approx(100.0, abs=0.1)
    assert parts.apart[named[frozenset([3])]] == pytest.approx(150.0, abs=0.1)
    assert parts.apart[named[frozenset([0, 2])]] == pytest.approx(1_025.0, abs=0.1)
    assert parts.apart[named[frozenset([4])]] == parts.apart[named[frozenset([0, 1, 2, 3])]]


def test_groups_are_parts_without_one_above_them_and_areas_are_parts_of_their_group() -> None:
    at_m = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    compact = road(at_m, [0, 1, 0, 1, 0, 2], [1, 1, 1])
    parts = hierarchy(graph_of(compact), compact.group, compact.area)
    whole = [
        set(parts.order[a:b].tolist()) for a, b, root in zip(parts.first, parts.last, parts.root, strict=True) if root
    ]
    assert sorted(map(sorted, whole)) == [[0, 2, 4], [1, 3], [5]]
    assert sorted(parts.order.tolist()) == list(range(6))
    one = hierarchy(graph_of(compact), np.zeros(6, dtype=np.int32), compact.area)
    sets = [set(one.order[a:b].tolist()) for a, b in zip(one.first, one.last, strict=True)]
    assert {0, 2, 4} in sets
    assert {1, 3} in sets
    assert [set(range(6))] == [each for each, root in zip(sets, one.root, strict=True) if root]


def test_clusters_lie_together_and_have_few_sites_to_open() -> None:
    compact = road([0.0, 100.0, 200.0, 300.0, 5_000.0, 5_100.0, 5_200.0, 5_300.0])
    graph = graph_of(compact)
    half = np.full(8, 0.5)
    assert partition(compact, graph, half, 4.0).tolist() == [0] * 8
    two = partition(compact, graph, half, 2.0)
    assert len(set(two[:4])) == len(set(two[4:])) == 1
    assert two[0] != two[4]
    four = partition(compact, graph, half, 1.0)
    assert sorted(np.bincount(four).tolist()) == [2, 2, 2, 2]
    assert all(four[k] == four[k + 1] for k in (0, 2, 4, 6))
    # sites that hardly open weigh nothing: the line is drawn where the weight is
    heavy = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0])
    assert partition(compact, graph, heavy, 1.0)[6] != partition(compact, graph, heavy, 1.0)[7]


def test_a_gemeente_with_a_quota_stays_in_one_cluster_where_it_is_small_enough() -> None:
    compact = road([0.0, 100.0, 200.0, 300.0, 400.0, 500.0], [0, 1, 0, 1, 0, 1], [2, 2])
    weight = np.full(6, 2 / 3)
    label = partition(compact, graph_of(compact), weight, 2.0)
    assert len(set(label[::2])) == len(set(label[1::2])) == 1
    assert label[0] != label[1]
    # too large to stay together: cut along the road
    cut = partition(replace(compact, quota=np.array([3, 3])), graph_of(compact), weight, 2.0)
    assert len(set(cut[:3])) == len(set(cut[3:])) == 1
