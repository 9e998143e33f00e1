"""The network as arrays. In: nothing. Out: :class:`Network`, checked, and the steps that keep it whole.

All coordinates are EPSG:28992 (RD, metres). Lengths are measured along the line in RD, whose scale differs from the
ground by at most 1 in 10,000 within the Netherlands: 1 m in 10 km.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nsp_planner.errors import Faults
from nsp_planner.layers.rd import coordinates_fault

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LAYER = "network"
MIN_LENGTH_M = 0.001


@dataclass(frozen=True, eq=False)
class Network:
    """A network for one profile; edges are stretches between junctions, with their shape.

    Attributes:
        profile: For whom: ``foot``, ``bicycle`` or ``car``.
        source: What it was made from, for the manifest, such as ``overijssel.osm.pbf``.
        node_xy: Shape (n_nodes, 2), metres in RD, whole millimetres.
        u, v: Shape (n_edges,), begin and end node of each edge; ``u == v`` for a loop.
        length_m: Shape (n_edges,), metres along the line, above 0 and never below the straight line.
        forward, backward: Shape (n_edges,), whether one may go from u to v, and from v to u.
        ferry, bridge: Shape (n_edges,), what the edge is.
        joined: Shape (n_edges,), edges that are in no source: added to join a piece that lay apart.
        connectable: Shape (n_edges,), whether points may connect to it (not in the middle of a ferry, bridge, tunnel
            or motorway).
        line_id: Shape (n_edges,), id of the line in the source (OSM way, wvk_id of NWB, row number); -1 when joined.
        name: Shape (n_edges,), position in ``names``, -1 without a name.
        names: Names of streets, bridges and ferries; several names of one line are separated by ``; ``.
        vertex_indptr: Shape (n_edges + 1,), edge e has ``vertex_xy[vertex_indptr[e]:vertex_indptr[e + 1]]``.
        vertex_xy: Shape (n_vertices, 2), the shape of each edge from u to v, ends included.
        notes: What was left out or added on the way, as sentences, so that nothing vanishes silently.
    """

    profile: str
    source: str
    node_xy: FloatArray
    u: IntArray
    v: IntArray
    length_m: FloatArray
    forward: BoolArray
    backward: BoolArray
    ferry: BoolArray
    bridge: BoolArray
    joined: BoolArray
    connectable: BoolArray
    line_id: IntArray
    name: IntArray
    names: tuple[str, ...]
    vertex_indptr: IntArray
    vertex_xy: FloatArray
    notes: tuple[str, ...] = field(default=())

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_xy)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.u)

    @cached_property
    def component(self) -> IntArray:
        """Shape (n_nodes,), the connected piece of each node, directions ignored; 0 is the longest piece."""
        ones = np.ones(self.n_edges, dtype=np.int8)
        graph = coo_array((ones, (self.u, self.v)), shape=(self.n_nodes, self.n_nodes))
        n_pieces, piece = connected_components(graph, directed=False)
        length = np.bincount(piece[self.u], weights=self.length_m, minlength=n_pieces)
        rank = np.empty(n_pieces, dtype=np.int64)
        rank[np.argsort(-length, kind="stable")] = np.arange(n_pieces)
        return rank[piece]

    @cached_property
    def component_length_m(self) -> FloatArray:
        """Shape (n_components,), metres of edges of each connected piece, longest first."""
        return np.bincount(self.component[self.u], weights=self.length_m).astype(np.float64)

    @cached_property
    def lines(self) -> npt.NDArray[Any]:
        """Shape (n_edges,), shapely LineString of each edge, from u to v."""
        edge = np.repeat(np.arange(self.n_edges), np.diff(self.vertex_indptr))
        return np.asarray(shapely.linestrings(self.vertex_xy, indices=edge))

    def name_of(self, edge: int) -> str | None:
        """Name of one edge, or None."""
        return None if self.name[edge] < 0 else self.names[self.name[edge]]

    def keep_edges(self, keep: BoolArray) -> Network:
        """The network with only the edges where ``keep`` is true, and only the nodes those use."""
        used = np.zeros(self.n_nodes, dtype=bool)
        used[self.u[keep]] = used[self.v[keep]] = True
        new = np.cumsum(used) - 1
        n_vertices = np.diff(self.vertex_indptr)
        return replace(
            self,
            node_xy=self.node_xy[used],
            u=new[self.u[keep]],
            v=new[self.v[keep]],
            vertex_indptr=np.concatenate([[0], np.cumsum(n_vertices[keep])]),
            vertex_xy=self.vertex_xy[np.repeat(keep, n_vertices)],
            **{name: getattr(self, name)[keep] for name in EDGE_COLUMNS},
        )

    def with_note(self, note: str) -> Network:
        """The same network with one more note."""
        return replace(self, notes=(*self.notes, note))


EDGE_COLUMNS = ("length_m", "forward", "backward", "ferry", "bridge", "joined", "connectable", "line_id", "name")
"""Attributes with a value per edge, besides u, v and the shape."""


def polyline_lengths_m(vertex_xy: FloatArray, vertex_indptr: IntArray) -> FloatArray:
    """Metres along each polyline, shape (n_lines,); each line has at least two vertices."""
    step = np.zeros(len(vertex_xy))
    step[1:] = np.hypot(*np.diff(vertex_xy, axis=0).T)
    step[vertex_indptr[:-1]] = 0.0
    return np.add.reduceat(step, vertex_indptr[:-1]) if len(vertex_indptr) > 1 else np.zeros(0)


def verify_network(network: Network, file: object = None) -> None:
    """Refuse a network that would give wrong distances.

    Raises:
        DataError: No edges; coordinates in degrees or outside RD; a length that is missing, 0 or below the straight
            line between the ends (then no distance limit would be safe).
    """
    faults = Faults()
    if network.n_edges == 0:
        faults.add(
            LAYER,
            f"nothing in it may be travelled by {network.profile}",
            "Give a file that covers the region, or correct the profile.",
            file=file,
        )
        faults.raise_if_any()
    if message := coordinates_fault(network.node_xy):
        faults.add(LAYER, message, "Give coordinates in metres (EPSG:28992), or a file that states its CRS.", file=file)
    gone = ~np.isfinite(network.length_m) | (network.length_m <= 0)
    if gone.any():
        faults.add(
            LAYER,
            f"{gone.sum():,} edges have no length",
            "Repair or remove these lines.",
            file=file,
            column="length_m",
            ids=network.line_id[gone].tolist(),
        )
    straight = np.hypot(*(network.node_xy[network.u] - network.node_xy[network.v]).T)
    short = ~gone & (network.length_m < straight - 2 * MIN_LENGTH_M)
    if short.any():
        faults.add(
            LAYER,
            f"{short.sum():,} edges are shorter than the straight line between their ends",
            "Give lengths in metres, or leave them out: they are then measured along the line.",
            file=file,
            column="length_m",
            ids=network.line_id[short].tolist(),
        )
    faults.raise_if_any()
