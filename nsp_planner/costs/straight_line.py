"""Straight-line distance times a detour factor. In: coordinates in EPSG:28992. Out: a sparse :class:`CostMatrix`.

Detours on foot are 1.2 to 1.4 times the straight line in built-up areas, more at rivers and canals; so this is an
estimate, and every output says so through the labels of the matrix. Pairs are found with a k-d tree (Maneewongvatana
and Mount 1999, as in scipy): the full table of all pairs is never made.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray


def straight_line_costs(
    origin_xy: npt.ArrayLike,
    destination_xy: npt.ArrayLike,
    *,
    detour_factor: float,
    cutoff_m: float,
    nearest: int | None = None,
    going_nl: str = "loopafstand",
) -> CostMatrix:
    """Estimated walking distance from every origin to the destinations within reach.

    Args:
        origin_xy: Shape (n, 2), metres in EPSG:28992.
        destination_xy: Shape (m, 2), metres in EPSG:28992.
        detour_factor: Walking distance divided by straight line, at least 1.
        cutoff_m: Largest distance kept, in metres after the detour factor, inclusive.
        nearest: At most so many destinations per origin, the nearest ones (of equally far ones those that come first);
            None keeps all within the cutoff.
        going_nl: What the distance is an estimate of, in Dutch.

    Returns:
        Distances with n rows and m destinations. Origins without any destination within the cutoff have an empty
        row: ``np.diff(costs.indptr) == 0``; whoever counts people counts them as unreachable.

    Raises:
        ValueError: Shapes, coordinates or settings that cannot be right.
    """
    origins, destinations = _points(origin_xy, "origin_xy"), _points(destination_xy, "destination_xy")
    if not (math.isfinite(detour_factor) and detour_factor >= 1):
        raise ValueError(f"detour_factor must be at least 1, not {detour_factor}")
    if not (math.isfinite(cutoff_m) and cutoff_m > 0):
        raise ValueError(f"cutoff_m must be above 0, not {cutoff_m}")
    if nearest is not None and nearest < 1:
        raise ValueError(f"nearest must be at least 1, not {nearest}")
    origin, destination = _pairs(origins, destinations, cutoff_m / detour_factor, nearest)
    distance_m = np.hypot(*(origins[origin] - destinations[destination]).T) * detour_factor
    # The tree measures in its own round-off: ask it a little more and cut here, on the distance that is kept.
    within = distance_m <= cutoff_m
    factor = f"{detour_factor:g}"
    costs = CostMatrix.from_arcs(
        origin[within],
        destination[within],
        distance_m[within],
        n_origins=len(origins),
        n_destinations=len(destinations),
        cutoff_m=cutoff_m,
        metric=f"straight line x {factor}",
        metric_nl=f"hemelsbreed x {factor.replace('.', ',')} (geschatte {going_nl})",
    )
    return costs if nearest is None else costs.keep_nearest(nearest)


def _points(xy: npt.ArrayLike, what: str) -> FloatArray:
    points = np.asarray(xy, dtype=np.float64)
    if points.size == 0:
        points = points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"{what} must have shape (n, 2), not {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError(f"{what} holds coordinates that are not finite")
    return points


def _pairs(
    origins: FloatArray, destinations: FloatArray, radius_m: float, nearest: int | None
) -> tuple[IntArray, IntArray]:
    """Positions of the pairs within the radius, with a hair to spare; at least the ``nearest`` ones where asked."""
    nobody: IntArray = np.zeros(0, dtype=np.int64)
    if not len(origins) or not len(destinations):
        return nobody, nobody
    tree, radius_m = cKDTree(destinations), radius_m * (1 + 1e-9)
    if nearest is None or nearest >= len(destinations):
        pairs = cKDTree(origins).sparse_distance_matrix(tree, radius_m, output_type="ndarray")
        return pairs["i"].astype(np.int64), pairs["j"].astype(np.int64)
    # One more than asked shows where the last place is shared; those rows are asked for all that are as near.
    found, position = tree.query(origins, k=nearest + 1, distance_upper_bound=radius_m)
    distance_m, position = np.asarray(found), np.asarray(position)
    tied = np.isfinite(distance_m[:, -1]) & (distance_m[:, -1] <= distance_m[:, -2] * (1 + 1e-9))
    row, column = np.nonzero(np.isfinite(distance_m) & ~tied[:, None])
    origin, destination = [row.astype(np.int64)], [position[row, column].astype(np.int64)]
    for i in np.flatnonzero(tied):
        near = np.asarray(tree.query_ball_point(origins[i], distance_m[i, -1] * (1 + 1e-9)), dtype=np.int64)
        origin.append(np.full(len(near), i, dtype=np.int64))
        destination.append(near)
    return np.concatenate(origin), np.concatenate(destination)
