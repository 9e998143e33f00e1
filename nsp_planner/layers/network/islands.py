"""Pieces of the network that lie apart. In: a network. Out: the network with near pieces joined.

Nothing is dropped: osmnx keeps the largest piece only, and the people of an island then walk kilometres from the
wrong shore without a word. A piece that is not joined stays, and its people are counted where they live.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from nsp_planner.layers.network.network import EDGE_COLUMNS, MIN_LENGTH_M, Network


def join_islands(network: Network, gap_m: float) -> Network:
    """Add an edge from each smaller piece to the nearest node of another piece within ``gap_m``.

    Only gaps of drawing, so keep it a few metres: it would also bridge a ditch. Each piece is joined at its own end
    that lies nearest; pieces grow while joining, until none is left within the gap. Ferries are not joined midway.
    """
    for _ in range(10):
        pairs = _nearest_pairs(network, gap_m)
        if not len(pairs):
            break
        network = _with_edges(network, pairs)
    n_joined = int(network.joined.sum())
    if n_joined:
        longest = float(network.length_m[network.joined].max())
        note = f"{n_joined:,} pieces of the network that lay at most {longest:.1f} m apart were joined"
        network = network.with_note(note)
    return network


def _nearest_pairs(network: Network, gap_m: float) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    component = network.component
    small = np.flatnonzero(component > 0)
    if not len(small):
        return np.zeros((0, 2), dtype=np.int64)
    tree = cKDTree(network.node_xy)
    near: list[list[int]] = list(tree.query_ball_point(network.node_xy[small], gap_m))  # type: ignore[arg-type]
    n_near = np.fromiter((len(found) for found in near), dtype=np.int64, count=len(near))
    a = np.repeat(small, n_near)
    b = np.concatenate([np.asarray(found, dtype=np.int64) for found in near])
    other = component[a] > component[b]
    a, b = a[other], b[other]
    gap = np.hypot(*(network.node_xy[a] - network.node_xy[b]).T)
    order = np.lexsort((b, a, gap, component[a]))
    chosen = order[np.unique(component[a][order], return_index=True)[1]]
    return np.column_stack([a[chosen], b[chosen]])


def _with_edges(network: Network, pairs: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Network:
    n_new = len(pairs)
    ends = network.node_xy[pairs]
    length_m = np.maximum(np.hypot(*(ends[:, 0] - ends[:, 1]).T), MIN_LENGTH_M)
    values = {
        "length_m": length_m,
        "forward": True,
        "backward": True,
        "ferry": False,
        "bridge": False,
        "joined": True,
        "connectable": False,
        "line_id": -1,
        "name": -1,
    }
    columns: dict[str, Any] = {}
    for name in EDGE_COLUMNS:
        old = getattr(network, name)
        columns[name] = np.concatenate([old, np.broadcast_to(values[name], n_new).astype(old.dtype)])
    return replace(
        network,
        u=np.concatenate([network.u, pairs[:, 0]]),
        v=np.concatenate([network.v, pairs[:, 1]]),
        vertex_indptr=np.concatenate([network.vertex_indptr, network.vertex_indptr[-1] + 2 * np.arange(1, n_new + 1)]),
        vertex_xy=np.concatenate([network.vertex_xy, ends.reshape(-1, 2)]),
        **columns,
    )
