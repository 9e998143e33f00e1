"""Whole rows of a cost matrix. In: distances. Out: the nearest of them, who has none, rows of another matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray


def keep_near(costs: CostMatrix, weight: FloatArray, group: IntArray | None, n_nearest: int) -> CostMatrix:
    """At most the ``n_nearest`` nearest sites of every demand point, or of every buurt that stays whole.

    A buurt keeps the sites that all of its squares with any site in reach can go to, nearest on average first; a buurt
    without such a site keeps what it has, so that planning can name it.

    Args:
        costs: Distances to sites that may open.
        weight: Shape (n,), weight of each demand point in the average.
        group: Shape (n,), position of the buurt, -1 in none; None where buurten may be split.
        n_nearest: Sites to keep.
    """
    if group is None:
        return costs.keep_nearest(n_nearest)
    origin = costs.arc_origin
    of_arc, m = group[origin], costs.n_destinations
    grouped = of_arc >= 0
    rank = np.arange(costs.n_arcs) - np.repeat(costs.indptr[:-1], np.diff(costs.indptr))
    keep = ~grouped & (rank < n_nearest)
    has_arc = np.diff(costs.indptr) > 0
    n_groups = int(group.max(initial=-1)) + 1
    n_members = np.bincount(group[has_arc & (group >= 0)], minlength=n_groups)
    pair, of_pair, n_there = np.unique(
        of_arc[grouped] * np.int64(m) + costs.destination[grouped], return_inverse=True, return_counts=True
    )
    row = pair // m
    common = n_there == n_members[row]
    share = np.maximum(weight[origin[grouped]], 1e-9)
    mean_m = np.bincount(of_pair, share * costs.distance_m[grouped]) / np.bincount(of_pair, share)
    order = np.lexsort((np.where(common, mean_m, np.inf), row))
    start = np.searchsorted(row[order], np.arange(n_groups))
    place = np.empty(len(pair), dtype=np.int64)
    place[order] = np.arange(len(pair)) - start[row[order]]
    has_common = np.bincount(row, common, minlength=n_groups) > 0
    kept_pair = (common & (place < n_nearest)) | ~has_common[row]
    keep[np.flatnonzero(grouped)] = kept_pair[of_pair]
    return costs.keep_arcs(keep)


def islanded(costs: CostMatrix, usable: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.bool_]:
    """Shape (n_origins,), origins without a distance to any destination, or to any usable one."""
    kept = costs if usable is None else costs.keep_arcs(usable[costs.destination])
    none: npt.NDArray[np.bool_] = np.diff(kept.indptr) == 0
    return none


def joined_rows(costs: CostMatrix, others: CostMatrix, use: npt.NDArray[np.bool_]) -> CostMatrix:
    """The matrix with the rows where ``use``, shape (n_origins,), is true taken from another of the same shape."""
    taken = others.keep_arcs(use[others.arc_origin])
    return costs.keep_arcs(~use[costs.arc_origin]).with_arcs(taken.arc_origin, taken.destination, taken.distance_m)
