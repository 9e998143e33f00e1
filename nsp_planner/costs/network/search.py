"""Searching outward from a group of sites. In: plain arrays. Out: the pairs within the cutoff.

scipy's Dijkstra holds the interpreter lock, so that threads do not help (measured); processes do. A fresh process must
import this module, therefore it knows numpy and scipy only, and its input is arrays that travel fast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Found = tuple[IntArray, IntArray, FloatArray]
"""Origins, destinations and metres of pairs within the cutoff, all of the same length."""


@dataclass(frozen=True, eq=False)
class Ends:
    """Points on edges, reduced to what a search needs; all of shape (n_points,) unless said.

    Attributes:
        position: Position of each point among all points, connected or not.
        u, v: Nodes at the ends of its edge.
        to_u_m, to_v_m: Metres along the edge between point and end; infinite where one may not go.
        access_m: Metres from the point to its edge.
        xy: Shape (n_points, 2), its place on the edge.
    """

    position: IntArray
    u: IntArray
    v: IntArray
    to_u_m: FloatArray
    to_v_m: FloatArray
    access_m: FloatArray
    xy: FloatArray


@dataclass(frozen=True, eq=False)
class Search:
    """All that groups share.

    Attributes:
        graph: Shape (n_nodes, n_nodes), metres, arcs against the direction of travel.
        node_xy: Shape (n_nodes, 2).
        origins: Where people start.
        destinations: Where they go.
        pair_indptr: Shape (n_destinations + 1,), origins on the same edge as destination j are
            ``pair_indptr[j]:pair_indptr[j + 1]``.
        pair_origin: Index in ``origins`` of each of those, ascending per destination.
        pair_m: Metres along the edge to each of those; infinite where one may not go.
        cutoff_m: Largest distance kept.
    """

    graph: csr_array
    node_xy: FloatArray
    origins: Ends
    destinations: Ends
    pair_indptr: IntArray
    pair_origin: IntArray
    pair_m: FloatArray
    cutoff_m: float


def search_group(search: Search, group: IntArray) -> Found:
    """Pairs of the destinations in a group (indices in ``search.destinations``) with all origins in reach."""
    origins, destinations, cutoff_m = search.origins, search.destinations, search.cutoff_m
    low = destinations.xy[group].min(axis=0) - cutoff_m - 1
    high = destinations.xy[group].max(axis=0) + cutoff_m + 1
    nodes = np.flatnonzero(_within(search.node_xy, low, high))
    people = np.flatnonzero(_within(origins.xy, low, high))
    local = np.full(len(search.node_xy), len(nodes), dtype=np.int64)  # the last column stands for "not here"
    local[nodes] = np.arange(len(nodes))
    near_m = np.full((len(group), len(nodes) + 1), np.inf)
    near_m[:, :-1] = _outward(search, nodes, local, group)
    total_m = near_m[:, local[origins.u[people]]]
    total_m += origins.to_u_m[people]
    other_m = near_m[:, local[origins.v[people]]]
    other_m += origins.to_v_m[people]
    np.minimum(total_m, other_m, out=total_m)
    _along_one_edge(search, total_m, group, people)
    total_m += origins.access_m[people]
    total_m += destinations.access_m[group][:, None]
    row, column = np.nonzero(total_m <= cutoff_m)
    return origins.position[people[column]], destinations.position[group[row]], total_m[row, column]


def _outward(search: Search, nodes: IntArray, local: IntArray, group: IntArray) -> FloatArray:
    """Metres from each node of the part to each destination of the group; shape (n_group, n_nodes_of_part)."""
    part = search.graph[nodes][:, nodes]
    n, k = len(nodes), len(group)
    ends = search.destinations
    head = local[np.column_stack([ends.u[group], ends.v[group]])]
    cost = np.column_stack([ends.to_u_m[group], ends.to_v_m[group]])
    usable = np.isfinite(cost) & (head < n)
    indptr = np.concatenate([part.indptr, part.indptr[-1] + np.cumsum(usable.sum(axis=1))]).astype(np.int32)
    indices = np.concatenate([part.indices, head[usable]]).astype(np.int32)
    graph = csr_array((np.concatenate([part.data, cost[usable]]), indices, indptr), shape=(n + k, n + k))
    found = dijkstra(graph, directed=True, indices=np.arange(n, n + k), limit=search.cutoff_m)
    return np.asarray(found[:, :n])


def _along_one_edge(search: Search, total_m: FloatArray, group: IntArray, people: IntArray) -> None:
    """Pairs on the same edge may go along it without passing a node; lowers ``total_m`` in place."""
    first, n_pairs = search.pair_indptr[group], search.pair_indptr[group + 1] - search.pair_indptr[group]
    if not n_pairs.any() or not len(people):
        return
    row = np.repeat(np.arange(len(group)), n_pairs)
    pair = np.repeat(first - np.concatenate([[0], np.cumsum(n_pairs)[:-1]]), n_pairs) + np.arange(len(row))
    origin = search.pair_origin[pair]
    column = np.minimum(np.searchsorted(people, origin), len(people) - 1)
    here = people[column] == origin
    np.minimum.at(total_m, (row[here], column[here]), search.pair_m[pair[here]])


def _within(xy: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
    inside: BoolArray = (xy[:, 0] >= low[0]) & (xy[:, 0] <= high[0]) & (xy[:, 1] >= low[1]) & (xy[:, 1] <= high[1])
    return inside


_shared: list[Search] = []
"""The search of a worker process; filled once, when the process starts."""


def start_worker(search: Search) -> None:
    """Give a fresh process the arrays it shares between groups."""
    _shared[:] = [search]


def search_in_worker(group: IntArray) -> Found:
    """:func:`search_group` in a process that :func:`start_worker` prepared."""
    return search_group(_shared[0], group)
