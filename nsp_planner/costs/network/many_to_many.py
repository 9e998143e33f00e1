"""Shortest distances from many points to many sites. In: connections. Out: the arcs within the cutoff.

From the sites outward, for there are far fewer. Each group of sites that lie together gets the part of the graph
within the cutoff of its bounding box: no path within the cutoff can leave it, as no edge is shorter than the straight
line (:func:`~nsp_planner.layers.network.network.verify_network`). scipy's Dijkstra with a limit then works on a small
graph. Large jobs are divided over processes; the times are in docs/benchmarks-network.md.
"""

from __future__ import annotations

import logging
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from shapely.ops import substring

from nsp_planner.costs.network.connect import Connections
from nsp_planner.costs.network.links import ClosedLinks
from nsp_planner.costs.network.search import Ends, Found, Search, search_group, search_in_worker, start_worker
from nsp_planner.layers.network.network import BoolArray, FloatArray, IntArray, Network

logger = logging.getLogger(__name__)

SITES_AT_ONCE = 24
"""Sites per group: small enough to stay local, large enough to make cutting out the graph worth it."""
VISITS_FOR_PROCESSES = 30_000_000
"""Nodes to be visited, roughly, from which starting processes pays: they cost about a second each (importing scipy,
sending the graph), a core visits about 7 million nodes a second. A region at 5 km lies below, at 10 km above."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Pairs within the cutoff, all of shape (n_arcs,): origin, destination, metres."""

    origin: IntArray
    destination: IntArray
    distance_m: FloatArray


def build_graph(network: Network, passable: BoolArray | None, *, reverse: bool) -> csr_array:
    """The network as a sparse matrix of metres, shape (n_nodes, n_nodes).

    Args:
        network: The network.
        passable: Shape (n_edges,), edges that may be used; None for all.
        reverse: Whether arcs point against the travel, to search outward from destinations.

    Of several edges between two nodes the shortest counts (a sparse matrix would add them up); loops lead nowhere.
    """
    use = network.u != network.v
    if passable is not None:
        use = use & passable
    forward, backward = np.flatnonzero(use & network.forward), np.flatnonzero(use & network.backward)
    tail = np.concatenate([network.u[forward], network.v[backward]])
    head = np.concatenate([network.v[forward], network.u[backward]])
    if reverse:
        tail, head = head, tail
    length_m = network.length_m[np.concatenate([forward, backward])]
    pair = tail * network.n_nodes + head
    order = np.argsort(pair)
    first = np.flatnonzero(np.diff(pair[order], prepend=-1))
    shortest_m = np.minimum.reduceat(length_m[order], first) if len(first) else length_m
    tail, head = tail[order[first]], head[order[first]].astype(np.int32)
    indptr = np.zeros(network.n_nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail, minlength=network.n_nodes), out=indptr[1:])
    return csr_array((shortest_m, head, indptr), shape=(network.n_nodes,) * 2)


def compute_arcs(
    network: Network,
    origins: Connections,
    destinations: Connections,
    *,
    cutoff_m: float,
    closed: ClosedLinks | None = None,
    only: IntArray | None = None,
    n_processes: int = 2,
) -> Arcs:
    """Distances from origins to destinations, access at both ends included, up to and with the cutoff.

    Args:
        network: The network both are connected to.
        origins: Where people start, n of them.
        destinations: Where they go, m of them.
        cutoff_m: Largest distance kept, metres.
        closed: Links that are closed; the connections must have been made with the same.
        only: Positions of the destinations to compute; None for all.
        n_processes: Processes for large jobs; small ones run in this process.

    Returns:
        An arc for each pair within the cutoff; points that are not connected have none.
    """
    if not (np.isfinite(cutoff_m) and cutoff_m > 0):
        raise ValueError(f"cutoff_m must be above 0, not {cutoff_m}")
    wanted = np.zeros(destinations.n_points, dtype=bool)
    wanted[slice(None) if only is None else only] = True
    search = _build_search(network, origins, destinations, wanted, float(cutoff_m), closed)
    groups = _groups(search.destinations.xy)
    parts = _search_all(search, groups, n_processes)
    nobody = np.zeros(0, dtype=np.int64)
    return Arcs(
        np.concatenate([nobody, *(part[0] for part in parts)]),
        np.concatenate([nobody, *(part[1] for part in parts)]),
        np.concatenate([np.zeros(0), *(part[2] for part in parts)]),
    )


def exit_costs(network: Network, points: Connections, *, arriving: bool) -> tuple[FloatArray, FloatArray]:
    """Metres along the edge between each connected point and u, and v; infinite where one may not go so.

    Args:
        network: The network.
        points: Connected points (rows without edge give nonsense and must not be used).
        arriving: From the ends to the point when true, from the point to the ends when false.
    """
    edge = points.edge
    from_u, from_v = network.forward[edge], network.backward[edge]
    u_open, v_open = (from_u, from_v) if arriving else (from_v, from_u)
    left_m = network.length_m[edge] - points.offset_m
    # Who stands at a junction need not enter the one-way street to leave it.
    cost_u = np.where((u_open | (points.offset_m == 0)) & points.to_u, points.offset_m, np.inf)
    cost_v = np.where((v_open | (left_m == 0)) & points.to_v, left_m, np.inf)
    return cost_u, cost_v


def _search_all(search: Search, groups: list[IntArray], n_processes: int) -> list[Found]:
    if n_processes > 1 and len(groups) > 1 and _n_visits(search) >= VISITS_FOR_PROCESSES:
        # Spawned, for a fork copies locks that other threads hold; then the workers import little: see search.
        context = multiprocessing.get_context("spawn")
        share = max(1, len(groups) // (4 * n_processes))
        try:
            with ProcessPoolExecutor(n_processes, context, initializer=start_worker, initargs=(search,)) as pool:
                return list(pool.map(search_in_worker, groups, chunksize=share))
        except BrokenProcessPool:  # a script without a main guard, or a machine that allows no processes
            logger.warning("distances are computed in one process: others could not be started")
    return [search_group(search, group) for group in groups]


def _n_visits(search: Search) -> float:
    """Roughly the nodes all searches together will visit: those within the cutoff, were they spread evenly."""
    side_x, side_y = np.maximum(np.ptp(search.node_xy, axis=0), 1.0)
    share = min(1.0, np.pi * search.cutoff_m**2 / (side_x * side_y))
    return float(len(search.destinations.position) * len(search.node_xy) * share)


def _build_search(
    network: Network,
    origins: Connections,
    destinations: Connections,
    wanted: BoolArray,
    cutoff_m: float,
    closed: ClosedLinks | None,
) -> Search:
    start = np.flatnonzero(origins.connected)
    end = np.flatnonzero(destinations.connected & wanted)
    pair_indptr, pair_origin, pair_m = _pairs_on_one_edge(network, origins, destinations, start, end, closed)
    return Search(
        graph=build_graph(network, None if closed is None else closed.passable, reverse=True),
        node_xy=network.node_xy,
        origins=_ends(network, origins, start, arriving=False),
        destinations=_ends(network, destinations, end, arriving=True),
        pair_indptr=pair_indptr,
        pair_origin=pair_origin,
        pair_m=pair_m,
        cutoff_m=cutoff_m,
    )


def _ends(network: Network, points: Connections, position: IntArray, *, arriving: bool) -> Ends:
    to_u_m, to_v_m = exit_costs(network, points, arriving=arriving)
    edge = points.edge[position]
    return Ends(
        position,
        network.u[edge],
        network.v[edge],
        to_u_m[position],
        to_v_m[position],
        points.access_m[position],
        points.on_edge_xy[position],
    )


def _pairs_on_one_edge(
    network: Network,
    origins: Connections,
    destinations: Connections,
    start: IntArray,
    end: IntArray,
    closed: ClosedLinks | None,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Pairs that share an edge, per destination in ``end``: indptr, index in ``start``, metres along the edge."""
    by_edge = np.argsort(origins.edge[start], kind="stable")
    edge_sorted, edge = origins.edge[start][by_edge], destinations.edge[end]
    first = np.searchsorted(edge_sorted, edge, side="left")
    n_pairs = np.searchsorted(edge_sorted, edge, side="right") - first
    indptr = np.concatenate([[0], np.cumsum(n_pairs)]).astype(np.int64)
    to = np.repeat(np.arange(len(end)), n_pairs)
    origin = by_edge[np.repeat(first - indptr[:-1], n_pairs) + np.arange(len(to))]
    here_m, there_m = origins.offset_m[start[origin]], destinations.offset_m[end[to]]
    shared = edge[to]
    allowed = np.where(there_m >= here_m, network.forward[shared], network.backward[shared]) | (there_m == here_m)
    if closed is not None:
        allowed &= ~closed.whole[shared]
        for k in np.flatnonzero(closed.cut[shared]):
            piece = substring(network.lines[shared[k]], *sorted((here_m[k], there_m[k])))
            allowed[k] &= not shapely.intersects(closed.obstacle, piece)
    return indptr, origin, np.where(allowed, np.abs(there_m - here_m), np.inf)


def _groups(xy: FloatArray) -> list[IntArray]:
    """Indices in compact groups of neighbours: strips from west to east, each cut from south to north.

    Leutenegger, Lopez and Edgington 1997 (sort-tile-recursive packing).
    """
    n_groups = -(-len(xy) // SITES_AT_ONCE)
    if not n_groups:
        return []
    strips = np.array_split(np.argsort(xy[:, 0], kind="stable"), int(np.ceil(np.sqrt(n_groups))))
    groups = []
    for strip in strips:
        ordered = strip[np.argsort(xy[strip, 1], kind="stable")]
        groups += np.array_split(ordered, -(-len(strip) // SITES_AT_ONCE))
    return [group for group in groups if len(group)]
