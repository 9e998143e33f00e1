"""Parts of the map. In: the graph of the sites. Out: nested parts of a cluster, and a cluster per site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.sparse.csgraph import dijkstra
from scipy.spatial.distance import squareform

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.large.compact_instance import CompactInstance


def site_graph(near: npt.NDArray[np.int32], near_cost: FloatArray) -> sp.csr_matrix:
    """The sites with their nearest neighbours as a symmetric graph."""
    m, width = near.shape[0], min(24, near.shape[1])
    a = np.repeat(np.arange(m), width)
    b = near[:, :width].ravel()
    length = near_cost[:, :width].ravel() + 1e-6
    keep = b >= 0
    graph = sp.csr_matrix((length[keep], (a[keep], b[keep])), shape=(m, m))
    return graph.maximum(graph.T).tocsr()


@dataclass(frozen=True)
class Hierarchy:
    """Nested parts of the sites of a cluster: 0..m-1 are the sites in ``order``, halves come before wholes.

    Attributes:
        order: Shape (m,), the sites such that every part is a range.
        first: First position of each part.
        last: One past its last position.
        halves: Shape (parts, 2), the parts it consists of, -1 for a site.
        root: True where the part is a whole group.
        apart: How far the part lies from the rest of its group: what a branch on its number of sites is worth.
    """

    order: IntArray
    first: IntArray
    last: IntArray
    halves: IntArray
    root: npt.NDArray[np.bool_]
    apart: FloatArray


def hierarchy(graph: sp.csr_matrix, group: npt.NDArray[np.int32], area: npt.NDArray[np.int32]) -> Hierarchy:
    """Average-linkage clustering of the sites within each group, where areas stay together as parts of their own."""
    m = len(group)
    order: list[int] = []
    first, last = list(range(m)), list(range(1, m + 1))
    halves = [(-1, -1)] * m
    root, apart = [False] * m, [1.0] * m
    for g in np.unique(group):
        members = np.flatnonzero(group == g)
        offset, k = len(order), len(members)
        if k == 1:
            order.append(int(members[0]))
            root[offset] = True
            continue
        far = np.asarray(dijkstra(graph[members][:, members], directed=False))
        finite = far[np.isfinite(far)].max(initial=1.0)
        far[~np.isfinite(far)] = 2.0 * finite
        # sites of other areas are farther than any of the own: an area is then a part
        other = area[members][:, None] != area[members][None, :]
        merges = linkage(squareform(far + other * (far.max() + 1.0), checks=False), method="average")
        leaves = leaves_list(merges)
        order += members[leaves].tolist()
        # linkage numbers sites 0..k-1 and merges k, k+1, ...; ours: sites by position, merges at the end
        position = np.empty(k, dtype=np.int64)
        position[leaves] = np.arange(k) + offset
        number = [*position.tolist(), *range(len(first), len(first) + k - 1)]
        for t, (a, b, height, _) in enumerate(merges.tolist()):
            left, right = number[int(a)], number[int(b)]
            if first[left] > first[right]:
                left, right = right, left
            first.append(first[left])
            last.append(last[right])
            halves.append((left, right))
            root.append(t == k - 2)
            apart.append(height)
            apart[left] = apart[right] = height
    return Hierarchy(
        np.array(order, dtype=np.int64),
        np.array(first, dtype=np.int64),
        np.array(last, dtype=np.int64),
        np.array(halves, dtype=np.int64).reshape(-1, 2),
        np.array(root, dtype=np.bool_),
        np.array(apart),
    )


def partition(
    compact: CompactInstance, graph: sp.csr_matrix, weight: FloatArray, target: float
) -> npt.NDArray[np.int32]:
    """A cluster per site, shape (m,): parts that lie together with at most about ``target`` sites to open each.

    Parts are halved along the line between two far ends until they are small. Sites of a group with a quota stay
    together where the group itself is small enough. weight (m,) is how open each site is in the relaxed problem.
    """
    m = compact.m
    whole = compact.quota <= target if len(compact.quota) > 1 else np.zeros(1, dtype=np.bool_)
    unit = np.where(whole[compact.group], compact.group, len(compact.quota) + np.arange(m))
    label = np.zeros(m, dtype=np.int32)
    n_labels = 1
    waiting = [np.arange(m)]
    while waiting:
        part = waiting.pop()
        if weight[part].sum() <= target or len(np.unique(unit[part])) == 1:
            continue
        side = _halve(graph[part][:, part], weight[part] + 1e-6, unit[part])
        if side.all() or not side.any():
            continue
        label[part[side]] = n_labels
        n_labels += 1
        waiting += [part[side], part[~side]]
    return label


def _halve(graph: sp.csr_matrix, weight: FloatArray, unit: IntArray) -> npt.NDArray[np.bool_]:
    """Split a graph of sites in two parts of about equal weight, keeping units together."""

    def distance(start: int) -> FloatArray:
        d = np.asarray(dijkstra(graph, directed=False, indices=start), dtype=np.float64)  # type: ignore[call-overload]
        finite = d[np.isfinite(d)]
        return np.where(np.isfinite(d), d, 2.0 * finite.max() + 1.0)

    from_one_end = distance(int(distance(0).argmax()))
    position = from_one_end - distance(int(from_one_end.argmax()))
    _, index = np.unique(unit, return_inverse=True)
    unit_weight = np.bincount(index, weight)
    unit_position = np.bincount(index, weight * position) / unit_weight
    order = np.argsort(unit_position, kind="stable")
    total = np.cumsum(unit_weight[order])
    cut = int(np.argmin(np.abs(total[:-1] - total[-1] / 2)))
    first = np.zeros(len(unit_weight), dtype=np.bool_)
    first[order[: cut + 1]] = True
    return np.asarray(first[index])
