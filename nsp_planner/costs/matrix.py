"""The sparse cost matrix. In: arcs from origins to destinations. Out: :class:`CostMatrix`, nearest first per origin.

No arc means: not within the cutoff. Never dense: one million arcs through a modelling library's objects cost 12 s and
590 MB, a region has 17,000 to 25,000 origins by 700 to 1,200 destinations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CostMatrix:
    """Distances in compressed sparse rows, a row per origin, arcs of a row sorted by distance, then destination.

    Attributes:
        indptr: Shape (n_origins + 1,), the arcs of origin ``i`` are ``indptr[i]:indptr[i + 1]``.
        destination: Shape (n_arcs,), position of the destination of each arc.
        distance_m: Shape (n_arcs,), metres, finite and at least 0.
        n_destinations: Number of destinations, including those without an arc.
        cutoff_m: Computing limit: a pair farther apart has no arc.
        metric: What the distance is, for the manifest, such as ``straight line x 1.3``.
        metric_nl: The same in Dutch, printed on every output.
    """

    indptr: IntArray
    destination: IntArray
    distance_m: FloatArray
    n_destinations: int
    cutoff_m: float
    metric: str
    metric_nl: str

    @property
    def n_origins(self) -> int:
        """Number of origins (rows)."""
        return len(self.indptr) - 1

    @property
    def n_arcs(self) -> int:
        """Number of origin-destination pairs within the cutoff."""
        return len(self.destination)

    @property
    def arc_origin(self) -> IntArray:
        """Shape (n_arcs,), position of the origin of each arc."""
        return np.repeat(np.arange(self.n_origins, dtype=np.int64), np.diff(self.indptr))

    @cached_property
    def _by_pair(self) -> tuple[IntArray, IntArray]:
        """One key per pair of origin and destination, sorted, and the arc of each; of equal pairs the nearest first."""
        key = self.arc_origin * np.int64(self.n_destinations) + self.destination
        order = np.argsort(key, kind="stable").astype(np.int64)
        return key[order], order

    def arcs(self, origin: IntArray, destination: IntArray) -> IntArray:
        """Position of the arc of each pair, shape (k,); ``KeyError`` when a pair has none."""
        keys, arc = self._by_pair
        wanted = origin * np.int64(self.n_destinations) + destination
        found = np.searchsorted(keys, wanted)
        there = found < len(keys)
        if not there.all() or not np.array_equal(keys[found], wanted):
            raise KeyError("a pair of origin and destination without an arc in the cost matrix")
        return arc[found]

    def lookup(self, origin: IntArray, destination: IntArray) -> FloatArray:
        """Distance of each pair in metres, shape (k,); ``KeyError`` when a pair has no arc."""
        return self.distance_m[self.arcs(origin, destination)]

    @classmethod
    def from_arcs(
        cls,
        origin: npt.ArrayLike,
        destination: npt.ArrayLike,
        distance_m: npt.ArrayLike,
        *,
        n_origins: int,
        n_destinations: int,
        cutoff_m: float,
        metric: str,
        metric_nl: str,
    ) -> CostMatrix:
        """Build from arcs in any order; ``ValueError`` for unequal lengths, positions out of range, bad distances."""
        origin_ = np.asarray(origin, dtype=np.int64)
        destination_ = np.asarray(destination, dtype=np.int64)
        distance_ = np.asarray(distance_m, dtype=np.float64)
        if not len(origin_) == len(destination_) == len(distance_):
            raise ValueError("origin, destination and distance_m must have the same length")
        if len(origin_) and (origin_.min() < 0 or origin_.max() >= n_origins):
            raise ValueError("an origin position is out of range")
        if len(destination_) and (destination_.min() < 0 or destination_.max() >= n_destinations):
            raise ValueError("a destination position is out of range")
        if not np.isfinite(distance_).all() or (distance_ < 0).any():
            raise ValueError("distances must be finite and not negative; leave unreachable pairs out")
        order = np.lexsort((destination_, distance_, origin_))
        indptr = np.zeros(n_origins + 1, dtype=np.int64)
        np.cumsum(np.bincount(origin_, minlength=n_origins), out=indptr[1:])
        return cls(indptr, destination_[order], distance_[order], n_destinations, float(cutoff_m), metric, metric_nl)

    def keep_arcs(self, keep: npt.NDArray[np.bool_]) -> CostMatrix:
        """The same matrix with only the arcs where ``keep``, shape (n_arcs,), is true."""
        indptr = np.zeros_like(self.indptr)
        np.cumsum(np.bincount(self.arc_origin[keep], minlength=self.n_origins), out=indptr[1:])
        return CostMatrix(
            indptr,
            self.destination[keep],
            self.distance_m[keep],
            self.n_destinations,
            self.cutoff_m,
            self.metric,
            self.metric_nl,
        )

    def with_arcs(self, origin: IntArray, destination: IntArray, distance_m: FloatArray) -> CostMatrix:
        """The same matrix with more arcs, in any order, between pairs that have none yet."""
        return CostMatrix.from_arcs(
            np.concatenate([self.arc_origin, origin]),
            np.concatenate([self.destination, destination]),
            np.concatenate([self.distance_m, distance_m]),
            n_origins=self.n_origins,
            n_destinations=self.n_destinations,
            cutoff_m=self.cutoff_m,
            metric=self.metric,
            metric_nl=self.metric_nl,
        )

    def with_distances(self, distance_m: FloatArray, cutoff_m: float) -> CostMatrix:
        """The same arcs with other distances, shape (n_arcs,) in the order of the arcs; rows are sorted anew."""
        return CostMatrix.from_arcs(
            self.arc_origin,
            self.destination,
            distance_m,
            n_origins=self.n_origins,
            n_destinations=self.n_destinations,
            cutoff_m=cutoff_m,
            metric=self.metric,
            metric_nl=self.metric_nl,
        )

    def plus(self, extra_m: FloatArray) -> CostMatrix:
        """The matrix with metres added on the way to each destination, shape (n_destinations,), and to the cutoff."""
        return self.with_distances(
            self.distance_m + extra_m[self.destination], self.cutoff_m + float(extra_m.max(initial=0.0))
        )

    def keep_nearest(self, n_nearest: int) -> CostMatrix:
        """The same matrix with at most the ``n_nearest`` nearest destinations per origin."""
        rank = np.arange(self.n_arcs) - np.repeat(self.indptr[:-1], np.diff(self.indptr))
        return self.keep_arcs(rank < n_nearest)
