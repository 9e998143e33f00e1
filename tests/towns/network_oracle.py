"""Independent distances with networkx, and random small networks, for the tests of the network costs."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import shapely
from shapely.ops import substring

from nsp_planner.costs.network.connect import Connections
from nsp_planner.costs.network.links import ClosedLinks
from nsp_planner.layers.network.assemble import RawLines, build_network
from nsp_planner.layers.network.network import Network

X0, Y0 = 150_000.0, 450_000.0
CORNER = np.array([X0, Y0])


def networkx_distances(
    network: Network,
    origins: Connections,
    destinations: Connections,
    cutoff_m: float,
    closed: ClosedLinks | None = None,
    only: list[int] | None = None,
) -> dict[tuple[int, int], float]:
    """Metres of every pair within the cutoff: points become nodes of their own in the middle of edges."""
    on_edge: dict[int, list[tuple[float, tuple[str, int]]]] = {}
    for kind, points in (("o", origins), ("d", destinations)):
        for k in np.flatnonzero(points.connected).tolist():
            on_edge.setdefault(int(points.edge[k]), []).append((float(points.offset_m[k]), (kind, k)))
    graph = nx.DiGraph()

    def add(a: object, b: object, metres: float) -> None:
        if not graph.has_edge(a, b) or graph[a][b]["weight"] > metres:
            graph.add_edge(a, b, weight=metres)

    for edge in _within_reach(network, destinations, cutoff_m, only):
        if closed is not None and closed.whole[edge]:
            continue
        stops = [
            (0.0, int(network.u[edge])),
            *sorted(on_edge.get(edge, [])),
            (float(network.length_m[edge]), int(network.v[edge])),
        ]
        for (at, a), (to, b) in itertools.pairwise(stops):
            if closed is not None and closed.obstacle is not None:
                piece = substring(shapely.LineString(network.lines[edge]), at, to)
                if piece.intersects(closed.obstacle):
                    continue
            if network.forward[edge] or at == to:
                add(a, b, to - at)
            if network.backward[edge] or at == to:
                add(b, a, to - at)
    backwards = graph.reverse()
    found = {}
    for d in np.flatnonzero(destinations.connected).tolist() if only is None else only:
        if ("d", d) not in backwards:
            continue
        reached = nx.single_source_dijkstra_path_length(backwards, ("d", d), cutoff=cutoff_m, weight="weight")
        for node, metres in reached.items():
            if isinstance(node, tuple) and node[0] == "o":
                total = metres + float(origins.access_m[node[1]]) + float(destinations.access_m[d])
                if total <= cutoff_m:
                    found[node[1], d] = total
    return found


def _within_reach(network: Network, destinations: Connections, cutoff_m: float, only: list[int] | None) -> list[int]:
    """The edges that a path of at most the cutoff can touch: no street is shorter than the straight line."""
    near = np.zeros(network.n_edges, dtype=np.bool_)
    for d in range(len(destinations.edge)) if only is None else only:
        start, room_m = network.node_xy[network.u[destinations.edge[d]]], network.length_m[destinations.edge[d]]
        away_m = np.hypot(*(network.node_xy - start).T)
        near |= np.minimum(away_m[network.u], away_m[network.v]) <= cutoff_m + room_m + network.length_m
    return np.flatnonzero(near).tolist()


def random_network(rng: np.random.Generator, n_nodes: int = 12, n_lines: int = 20) -> Network:
    """A network with one-way streets, parallel edges, loops, bridges, ferries and loose pieces."""
    xy = np.round(rng.uniform(0, 1000, (n_nodes, 2)) + CORNER, 3)
    key, at, n_vertices = [], [], []
    for _ in range(n_lines):
        u, v = rng.integers(0, n_nodes, 2)
        n_between = int(rng.integers(1 if u == v else 0, 3)) + (u == v)
        key += [u, *(n_nodes + len(key) + 1 + np.arange(n_between)), v]
        between = xy[u] + (xy[v] - xy[u]) * rng.uniform(0, 1, (n_between, 1)) + rng.uniform(-80, 80, (n_between, 2))
        at += [xy[u], *between, xy[v]]
        n_vertices.append(n_between + 2)
    direction = rng.integers(0, 5, n_lines)
    kind = rng.integers(0, 8, n_lines)
    return build_network(
        RawLines(
            xy=np.array(at),
            key=np.array(key, dtype=np.int64),
            indptr=np.concatenate([[0], np.cumsum(n_vertices)]),
            forward=direction != 0,
            backward=direction != 1,
            ferry=kind == 0,
            bridge=kind == 1,
            connectable=kind > 1,
            line_id=np.arange(100, 100 + n_lines),
            names=[f"straat {k}" if k % 2 else "" for k in range(n_lines)],
        ),
        profile="foot",
        source="random",
    )


def as_dict(costs: object) -> dict[tuple[int, int], float]:
    """The arcs of a cost matrix by pair."""
    return dict(
        zip(
            zip(costs.arc_origin.tolist(), costs.destination.tolist(), strict=True),
            costs.distance_m.tolist(),
            strict=True,
        )
    )


def assert_same(found: dict[tuple[int, int], float], expected: dict[tuple[int, int], float], cutoff_m: float) -> None:
    """Equal to the centimetre; a pair exactly at the cutoff may be in one only."""
    for pair in found.keys() | expected.keys():
        if pair in found and pair in expected:
            assert abs(found[pair] - expected[pair]) < 0.01, (pair, found[pair], expected[pair])
        else:
            only = found.get(pair, expected.get(pair))
            assert abs(only - cutoff_m) < 1e-6, (pair, found.get(pair), expected.get(pair))
