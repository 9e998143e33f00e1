"""Only what changed. In: costs and other closed links. Out: the costs with those links, equal to computing all anew.

A destination can only be affected when, over links open before or after, a changed edge or a point whose connection
changed lies within the cutoff of it. Those destinations are computed again; every other distance is kept.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse.csgraph import dijkstra

from nsp_planner.costs.network.build import NetworkCosts
from nsp_planner.costs.network.connect import Connections
from nsp_planner.costs.network.links import LinkChanges, build_closed_links
from nsp_planner.costs.network.many_to_many import build_graph, compute_arcs, exit_costs
from nsp_planner.layers.network.network import BoolArray, IntArray, Network


def update_network_costs(base: NetworkCosts, changes: LinkChanges) -> NetworkCosts:
    """The costs when these links are closed (and all others open), from costs computed before.

    Args:
        base: Costs with any links closed, or none.
        changes: All links that are closed now; ``LinkChanges()`` opens everything.

    Returns:
        Costs whose ``recomputed`` tells which destinations were computed again.

    Raises:
        SettingsError: A change that names what the network does not have.
    """
    network = base.network
    closed = build_closed_links(network, changes)
    origins = base.connector.reconnect(base.open_origins, closed)
    destinations = base.connector.reconnect(base.open_destinations, closed)
    before, after = base.passable, closed.passable
    changed_edges = before != after
    if closed.obstacle is not None or (base.closed is not None and base.closed.obstacle is not None):
        # Two shapes may cut the same edge at different places: the pieces that stay open then differ.
        changed_edges |= closed.cut
        if base.closed is not None:
            changed_edges |= base.closed.cut
    moved = ~origins.same_as(base.origins)
    seeds = [network.u[changed_edges], network.v[changed_edges]]
    for points in (base.origins, origins):
        on = points.edge[moved & points.connected]
        seeds += [network.u[on], network.v[on]]
    affected = ~destinations.same_as(base.destinations)
    affected |= _on_edges(base.destinations, changed_edges) | _on_edges(destinations, changed_edges)
    affected |= _same_edge_as(destinations, origins, moved) | _same_edge_as(base.destinations, base.origins, moved)
    affected |= _within_reach(
        network, before | after, np.unique(np.concatenate(seeds)), destinations, base.costs.cutoff_m
    )
    again = np.flatnonzero(affected)
    arcs = compute_arcs(
        network,
        origins,
        destinations,
        cutoff_m=base.costs.cutoff_m,
        closed=closed,
        only=again,
        n_processes=base.n_processes,
    )
    kept = base.costs.keep_arcs(~affected[base.costs.destination])
    costs = kept.with_arcs(arcs.origin, arcs.destination, arcs.distance_m)
    return replace(base, costs=costs, origins=origins, destinations=destinations, closed=closed, recomputed=affected)


def _on_edges(points: Connections, edges: BoolArray) -> BoolArray:
    return points.connected & edges[points.edge]


def _same_edge_as(points: Connections, others: Connections, which: BoolArray) -> BoolArray:
    return points.connected & np.isin(points.edge, others.edge[which & others.connected])


def _within_reach(
    network: Network, passable: BoolArray, seeds: IntArray, destinations: Connections, cutoff_m: float
) -> BoolArray:
    """Destinations to which some seed node has a path within the cutoff."""
    if not len(seeds):
        return np.zeros(destinations.n_points, dtype=bool)
    graph = build_graph(network, passable, reverse=False)
    near_m = dijkstra(graph, directed=True, indices=seeds, limit=cutoff_m, min_only=True)
    into_u, into_v = exit_costs(network, destinations, arriving=True)
    edge = destinations.edge
    least_m = np.minimum(near_m[network.u[edge]] + into_u, near_m[network.v[edge]] + into_v)
    reached: BoolArray = destinations.connected & (least_m <= cutoff_m)
    return reached
