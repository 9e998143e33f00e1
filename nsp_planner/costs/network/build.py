"""The cost matrix over a network. In: network, people, sites, what-if. Out: :class:`NetworkCosts`.

Walking from demand points to L-NSPs and driving from L-NSPs to C-NSPs are the same call with another network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.costs.network.connect import Connections, Connector
from nsp_planner.costs.network.links import ClosedLinks, LinkChanges, build_closed_links
from nsp_planner.costs.network.many_to_many import compute_arcs
from nsp_planner.layers.network.network import BoolArray, FloatArray, Network
from nsp_planner.layers.network.profiles import PROFILES


@dataclass(frozen=True, eq=False)
class NetworkCosts:
    """Distances over a network, with all that is needed to explain them or to change links.

    Attributes:
        costs: Metres from each origin (row) to each destination, access at both ends included.
        network: The network.
        connector: What connected the points.
        origins: Where origins meet the network.
        destinations: Where destinations meet the network.
        open_origins, open_destinations: The same while all links are open.
        closed: Closed links, None when all are open.
        recomputed: Shape (n_destinations,), destinations whose distances were computed for this matrix; the others
            were taken from the matrix it was made from.
        n_processes: Processes used for large jobs.
    """

    costs: CostMatrix
    network: Network
    connector: Connector
    origins: Connections
    destinations: Connections
    open_origins: Connections
    open_destinations: Connections
    closed: ClosedLinks | None
    recomputed: BoolArray
    n_processes: int

    @property
    def passable(self) -> BoolArray:
        """Shape (n_edges,), edges that may be travelled from end to end."""
        return np.ones(self.network.n_edges, dtype=bool) if self.closed is None else self.closed.passable


def build_network_costs(
    network: Network,
    origin_xy: npt.ArrayLike,
    destination_xy: npt.ArrayLike,
    *,
    cutoff_m: float,
    connect_limit_m: float = 500.0,
    small_island_m: float = 500.0,
    changes: LinkChanges | None = None,
    n_processes: int = 2,
) -> NetworkCosts:
    """Distances over the network from every origin to the destinations within the cutoff.

    Args:
        network: Network of the profile that fits: ``foot`` for people, ``car`` from L-NSP to C-NSP.
        origin_xy: Shape (n, 2), RD metres.
        destination_xy: Shape (m, 2), RD metres.
        cutoff_m: Largest distance kept, metres, access included.
        connect_limit_m: Largest distance from a point to the network.
        small_island_m: Pieces of the network with fewer metres are islands people are not connected to when a larger
            piece lies within ``connect_limit_m``.
        changes: Links that are closed.
        n_processes: Processes used for large jobs.

    Raises:
        ValueError: Coordinates or limits that cannot be right.
        SettingsError: A change that names what the network does not have.
    """
    connector = Connector(network, limit_m=connect_limit_m, small_island_m=small_island_m)
    closed = None if changes is None else build_closed_links(network, changes)
    origins = open_origins = connector.connect(origin_xy)
    destinations = open_destinations = connector.connect(destination_xy)
    if closed is not None:
        origins = connector.reconnect(open_origins, closed)
        destinations = connector.reconnect(open_destinations, closed)
    arcs = compute_arcs(network, origins, destinations, cutoff_m=cutoff_m, closed=closed, n_processes=n_processes)
    rules = PROFILES[network.profile]
    costs = CostMatrix.from_arcs(
        arcs.origin,
        arcs.destination,
        arcs.distance_m,
        n_origins=origins.n_points,
        n_destinations=destinations.n_points,
        cutoff_m=cutoff_m,
        metric=f"{rules.metric} ({network.source})",
        metric_nl=f"{rules.metric_nl} ({network.source})",
    )
    recomputed = np.ones(destinations.n_points, dtype=bool)
    return NetworkCosts(
        costs,
        network,
        connector,
        origins,
        destinations,
        open_origins,
        open_destinations,
        closed,
        recomputed,
        n_processes,
    )


def costs_from_matrix(
    matrix: CostMatrix,
    network: Network,
    origin_xy: npt.ArrayLike,
    destination_xy: npt.ArrayLike,
    *,
    connect_limit_m: float,
    small_island_m: float,
    n_processes: int = 2,
) -> NetworkCosts:
    """Costs with all links open from a matrix that was computed before for the same points and limits.

    Args:
        matrix: What :func:`build_network_costs` computed.
        network: The network, as it was then, like all that follows.
        origin_xy: Shape (n, 2), RD metres.
        destination_xy: Shape (m, 2), RD metres.
        connect_limit_m: Largest distance from a point to the network.
        small_island_m: Pieces of the network with fewer metres are islands.
        n_processes: Processes used for large jobs.
    """
    connector = Connector(network, limit_m=connect_limit_m, small_island_m=small_island_m)
    origins, destinations = connector.connect(origin_xy), connector.connect(destination_xy)
    nothing = np.zeros(destinations.n_points, dtype=bool)
    return NetworkCosts(
        matrix, network, connector, origins, destinations, origins, destinations, None, nothing, n_processes
    )


def minutes(distance_m: FloatArray, speed_kmh: float) -> FloatArray:
    """Minutes at a steady speed; same shape. Waiting for a ferry is not in it."""
    if not speed_kmh > 0:
        raise ValueError(f"speed_kmh must be above 0, not {speed_kmh}")
    return distance_m / (speed_kmh * 1000 / 60)
