"""Points to the network. In: points in RD. Out: :class:`Connections`, each at the nearest point on an edge.

Not to the nearest node: in the buitengebied junctions lie a kilometre apart. The straight walk to the edge counts in
every distance. Points farther than the limit are not connected; they are named, never put somewhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

from nsp_planner.costs.network.links import ClosedLinks
from nsp_planner.layers.network.network import MIN_LENGTH_M, BoolArray, FloatArray, IntArray, Network

PAIRS_AT_ONCE = 200
"""Points whose candidate edges are compared at once; bounds the memory in a town with a wide limit."""


@dataclass(frozen=True, eq=False)
class Connections:
    """Where points meet the network; all arrays have shape (n_points,) unless said.

    Attributes:
        xy: Shape (n_points, 2), the points, RD metres.
        edge: Edge of each point, -1 for a point that is not connected.
        offset_m: Metres along the edge from its node u; nan without edge.
        access_m: Metres from the point straight to the edge, at most ``limit_m``; nan without edge.
        on_edge_xy: Shape (n_points, 2), the place on the edge; nan without edge.
        to_u, to_v: Whether the piece of the edge to u, to v, is free of water and barriers.
        off_island: Points whose nearest edge lies on a small island of the network and that were connected to the
            nearest edge of a larger piece instead.
        in_water: Points under water, not connected.
        limit_m: Largest access distance.
    """

    xy: FloatArray
    edge: IntArray
    offset_m: FloatArray
    access_m: FloatArray
    on_edge_xy: FloatArray
    to_u: BoolArray
    to_v: BoolArray
    off_island: BoolArray
    in_water: BoolArray
    limit_m: float

    @property
    def n_points(self) -> int:
        """Number of points, connected or not."""
        return len(self.edge)

    @property
    def connected(self) -> BoolArray:
        """Shape (n_points,), whether the point is on the network."""
        return self.edge >= 0

    def same_as(self, other: Connections) -> BoolArray:
        """Shape (n_points,), points that are connected in exactly the same way."""
        near: BoolArray = (self.edge == other.edge) & (self.to_u == other.to_u) & (self.to_v == other.to_v)
        same: BoolArray = near & ((self.edge < 0) | (self.offset_m == other.offset_m))
        return same


class Connector:
    """Connects points to one network, as often as needed; the search trees are built once."""

    def __init__(self, network: Network, *, limit_m: float, small_island_m: float) -> None:
        """Prepare.

        Args:
            network: The network.
            limit_m: Largest distance from a point to its edge, metres.
            small_island_m: A connected piece with less metres of edges than this is a small island: who can reach a
                larger piece within the limit is connected there. The longest piece is never small.
        """
        if not limit_m > 0:
            raise ValueError(f"limit_m must be above 0, not {limit_m}")
        self.network, self.limit_m, self.small_island_m = network, float(limit_m), float(small_island_m)
        component = network.component[network.u]
        small = (network.component_length_m[component] < small_island_m) & (component != 0)
        self._main = np.flatnonzero(network.connectable & ~small)
        self._small = np.flatnonzero(network.connectable & small)

    @cached_property
    def _main_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.network.lines[self._main])

    @cached_property
    def _small_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.network.lines[self._small])

    def connect(self, xy: npt.ArrayLike) -> Connections:
        """Connect points while all links are open; ``xy`` has shape (n, 2), RD metres."""
        places = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        if not np.isfinite(places).all():
            raise ValueError("xy holds coordinates that are not finite")
        points = _as_points(places)
        edge, access_m = self._nearest(points, self._main_tree, self._main)
        small_edge, small_m = self._nearest(points, self._small_tree, self._small)
        off_island = (edge >= 0) & (small_m < access_m)
        edge = np.where(edge >= 0, edge, small_edge)
        return self._connections(places, points, edge, off_island, np.zeros(len(places), dtype=bool), None)

    def reconnect(self, before: Connections, closed: ClosedLinks) -> Connections:
        """The same points with links closed; ``before`` must come from :meth:`connect`.

        Points under water are not connected; nobody connects to a closed edge, nor across water or a barrier. All
        others stay where they were.
        """
        points, edge = _as_points(before.xy), before.edge.copy()
        in_water = np.zeros(len(edge), dtype=bool)
        if closed.water is not None:
            in_water = np.asarray(shapely.intersects(closed.water, points), dtype=bool)
        blocked = np.flatnonzero((edge >= 0) & ~in_water)
        blocked = blocked[self._is_blocked(points[blocked], edge[blocked], closed)]
        edge[blocked] = self._nearest_open(points[blocked], closed)
        edge[in_water] = -1
        off_island = before.off_island & (edge >= 0)
        return self._connections(before.xy, points, edge, off_island, in_water, closed)

    def _nearest(
        self, points: npt.NDArray[np.object_], tree: shapely.STRtree, edges: IntArray
    ) -> tuple[IntArray, FloatArray]:
        """Nearest edge within the limit and its distance; -1 and infinite without. Equally near: the first edge."""
        edge = np.full(len(points), -1, dtype=np.int64)
        distance_m = np.full(len(points), np.inf)
        if not len(edges) or not len(points):
            return edge, distance_m
        (point, found), away_m = tree.query_nearest(points, max_distance=self.limit_m, return_distance=True)
        order = np.lexsort((found, point))
        point, found, away_m = point[order], found[order], away_m[order]
        first = np.unique(point, return_index=True)[1]
        edge[point[first]], distance_m[point[first]] = edges[found[first]], away_m[first]
        return edge, distance_m

    def _is_blocked(self, points: npt.NDArray[np.object_], edge: IntArray, closed: ClosedLinks) -> BoolArray:
        blocked = closed.whole[edge]
        if closed.obstacle is not None:
            legs = shapely.shortest_line(points, self.network.lines[edge])
            blocked = blocked | shapely.intersects(closed.obstacle, legs)
        return blocked

    def _nearest_open(self, points: npt.NDArray[np.object_], closed: ClosedLinks) -> IntArray:
        edge = np.full(len(points), -1, dtype=np.int64)
        for tree, edges in ((self._main_tree, self._main), (self._small_tree, self._small)):
            todo = np.flatnonzero(edge < 0)
            for start in range(0, len(todo) if len(edges) else 0, PAIRS_AT_ONCE):
                part = todo[start : start + PAIRS_AT_ONCE]
                point, found = tree.query(points[part], predicate="dwithin", distance=self.limit_m)
                candidate = edges[found]
                free = ~self._is_blocked(points[part][point], candidate, closed)
                point, candidate = point[free], candidate[free]
                away_m = shapely.distance(points[part][point], self.network.lines[candidate])
                order = np.lexsort((candidate, away_m, point))
                first = order[np.unique(point[order], return_index=True)[1]]
                edge[part[point[first]]] = candidate[first]
        return edge

    def _connections(
        self,
        xy: FloatArray,
        points: npt.NDArray[np.object_],
        edge: IntArray,
        off_island: BoolArray,
        in_water: BoolArray,
        closed: ClosedLinks | None,
    ) -> Connections:
        n, on = len(edge), np.flatnonzero(edge >= 0)
        lines = self.network.lines[edge[on]]
        offset_m, access_m, on_edge_xy = np.full(n, np.nan), np.full(n, np.nan), np.full((n, 2), np.nan)
        offset_m[on] = _at_ends(shapely.line_locate_point(lines, points[on]), self.network.length_m[edge[on]])
        access_m[on] = shapely.distance(lines, points[on])
        on_edge_xy[on] = shapely.get_coordinates(shapely.line_interpolate_point(lines, offset_m[on]))
        to_u, to_v = np.ones(n, dtype=bool), np.ones(n, dtype=bool)
        if closed is not None and closed.obstacle is not None:
            for k in on[closed.cut[edge[on]]]:
                line, at = self.network.lines[edge[k]], offset_m[k]
                to_u[k] = not shapely.intersects(closed.obstacle, substring(line, 0, at))
                to_v[k] = not shapely.intersects(closed.obstacle, substring(line, at, line.length))
        return Connections(xy, edge, offset_m, access_m, on_edge_xy, to_u, to_v, off_island, in_water, self.limit_m)


def _as_points(xy: FloatArray) -> npt.NDArray[np.object_]:
    return np.atleast_1d(np.asarray(shapely.points(xy), dtype=object))


def _at_ends(offset_m: FloatArray, length_m: FloatArray) -> FloatArray:
    """Offsets within the edge; less than a millimetre from an end is at the end."""
    offset_m = np.where(offset_m < MIN_LENGTH_M, 0.0, offset_m)
    return np.where(offset_m > length_m - MIN_LENGTH_M, length_m, offset_m)
