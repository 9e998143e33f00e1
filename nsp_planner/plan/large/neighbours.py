"""The sites nearest to each site over the demand points between them, compiled. In: arcs. Out: neighbours, how far."""

import numba as nb
import numpy as np


@nb.njit(nogil=True, cache=True)
def _insert(keys, items, n, limit, key, item):
    """Insert into the first n of two arrays sorted by key, at most limit entries; returns the new number."""
    if n == limit:
        if n == 0 or keys[n - 1] <= key:
            return n
        n -= 1
    q = n
    while q > 0 and keys[q - 1] > key:
        keys[q] = keys[q - 1]
        items[q] = items[q - 1]
        q -= 1
    keys[q] = key
    items[q] = item
    return n + 1


@nb.njit(nogil=True, cache=True)
def site_neighbours(arcs, n_points, neighbour, far):
    """Per site the sites nearest to it, over the demand points nearest to it: least c_ia + c_ib."""
    m = len(arcs.capacity)
    width = neighbour.shape[1]
    dist = np.full(m, np.inf)
    touched = np.empty(m, np.int32)
    keys = np.empty(max(width, n_points) + 1)
    items = np.empty(max(width, n_points) + 1, np.int64)
    points = np.empty(n_points + 1, np.int64)
    for a in range(m):
        n = 0
        for e in range(arcs.col_start[a], arcs.col_start[a + 1]):
            n = _insert(keys, points, n, n_points, arcs.col_cost[e], np.int64(arcs.col_demand[e]))
        n_touched = 0
        for q in range(n):
            i = points[q]
            base = keys[q]
            for e in range(arcs.row_start[i], arcs.row_start[i + 1]):
                b = arcs.row_site[e]
                value = base + arcs.row_cost[e]
                if value < dist[b]:
                    if dist[b] == np.inf:
                        touched[n_touched] = b
                        n_touched += 1
                    dist[b] = value
        k = 0
        for q in range(n_touched):
            b = np.int64(touched[q])
            if b != a:
                k = _insert(keys, items, k, width, dist[b], b)
        for q in range(width):
            neighbour[a, q] = items[q] if q < k else -1
            far[a, q] = keys[q] if q < k else np.inf
        for q in range(n_touched):
            dist[touched[q]] = np.inf
