"""Lines to a network. In: lines as flat arrays of vertices that name the points they share. Out: a checked network.

Every reader ends here, so that splitting at junctions, millimetres, clipping and joining are the same for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import Faults
from nsp_planner.layers.network.islands import join_islands
from nsp_planner.layers.network.network import (
    LAYER,
    MIN_LENGTH_M,
    BoolArray,
    FloatArray,
    IntArray,
    Network,
    polyline_lengths_m,
    verify_network,
)


@dataclass(frozen=True, eq=False)
class RawLines:
    """Lines that may be travelled, before they are split at junctions.

    Attributes:
        xy: Shape (n_vertices, 2), RD metres.
        key: Shape (n_vertices,), same key = same point of the network (OSM node id).
        indptr: Shape (n_lines + 1,), vertices of line k are ``indptr[k]:indptr[k + 1]``.
        forward, backward, ferry, bridge, connectable: Shape (n_lines,), as in :class:`Network`.
        line_id: Shape (n_lines,), id in the source.
        names: Name of each line, "" without, n_lines.
    """

    xy: FloatArray
    key: IntArray
    indptr: IntArray
    forward: BoolArray
    backward: BoolArray
    ferry: BoolArray
    bridge: BoolArray
    connectable: BoolArray
    line_id: IntArray
    names: Sequence[str]


def build_network(
    raw: RawLines,
    *,
    profile: str,
    source: str,
    clip: BaseGeometry | None = None,
    join_islands_m: float = 0.0,
    notes: Sequence[str] = (),
    file: object = None,
) -> Network:
    """Split lines at the points they share, keep what touches ``clip``, join pieces that lie apart, check.

    Args:
        raw: The lines.
        profile: Name of the profile, kept on the network.
        source: Name of the source, kept on the network.
        clip: Area in RD; edges that touch it are kept whole. None keeps all.
        join_islands_m: Pieces that lie at most this far apart are joined; 0 joins nothing.
        notes: What the reader left out, kept on the network.
        file: File named in faults.

    Raises:
        DataError: See :func:`verify_network`; an empty clip.
    """
    network = _split(_without_repeated_vertices(raw), profile, source, tuple(notes))
    verify_network(network, file)
    if clip is not None:
        network = clip_network(network, clip, file)
    if join_islands_m > 0:
        network = join_islands(network, join_islands_m)
    return network


def clip_network(network: Network, clip: BaseGeometry, file: object = None) -> Network:
    """The edges that touch an area, whole; ``DataError`` when there are none."""
    shapely.prepare(clip)
    keep = shapely.intersects(clip, network.lines)
    if not keep.any():
        x0, y0, x1, y1 = network.node_xy.min(axis=0).tolist() + network.node_xy.max(axis=0).tolist()
        a0, b0, a1, b1 = clip.bounds
        faults = Faults()
        faults.add(
            LAYER,
            f"no line of the network touches the region: the network lies in x {x0:.0f} to {x1:.0f}, y {y0:.0f} to "
            f"{y1:.0f}, the region in x {a0:.0f} to {a1:.0f}, y {b0:.0f} to {b1:.0f}",
            "Give the extract of the province or country the region lies in.",
            file=file,
        )
        faults.raise_if_any()
    n_out = int((~keep).sum())
    return network.keep_edges(keep).with_note(f"{n_out:,} edges outside the region and its buffer were left out")


def _without_repeated_vertices(raw: RawLines) -> RawLines:
    line = np.repeat(np.arange(len(raw.line_id)), np.diff(raw.indptr))
    xy = np.round(raw.xy, 3)
    keep = np.ones(len(line), dtype=bool)
    keep[1:] = (line[1:] != line[:-1]) | (raw.key[1:] != raw.key[:-1])
    n_left = np.bincount(line[keep], minlength=len(raw.line_id))
    keep &= (n_left >= 2)[line]
    is_line = n_left >= 2
    return replace(
        raw,
        xy=xy[keep],
        key=raw.key[keep],
        indptr=np.concatenate([[0], np.cumsum(n_left[is_line])]),
        forward=raw.forward[is_line],
        backward=raw.backward[is_line],
        ferry=raw.ferry[is_line],
        bridge=raw.bridge[is_line],
        connectable=raw.connectable[is_line],
        line_id=raw.line_id[is_line],
        names=[name for name, kept in zip(raw.names, is_line.tolist(), strict=True) if kept],
    )


def _split(raw: RawLines, profile: str, source: str, notes: tuple[str, ...]) -> Network:
    n_lines, n_vertices = len(raw.line_id), len(raw.key)
    first, last = raw.indptr[:-1], raw.indptr[1:] - 1
    point_xy_at, point, n_uses = _points(raw.key)
    # A point is a junction where lines begin or end, or where it is used more than once (by two lines, or a loop).
    is_junction = n_uses[point] > 1
    is_junction[first] = is_junction[last] = True
    is_end = np.zeros(n_vertices, dtype=bool)
    is_end[last] = True
    start = np.flatnonzero(is_junction & ~is_end)
    following = np.flatnonzero(is_junction)
    stop = following[np.searchsorted(following, start) + 1] if n_vertices else start
    line = np.repeat(np.arange(n_lines), np.diff(raw.indptr))[start]
    n_of = stop - start + 1
    indptr = np.concatenate([[0], np.cumsum(n_of)]).astype(np.int64)
    take = np.repeat(start - indptr[:-1], n_of) + np.arange(indptr[-1])
    # The ends take the coordinates of the junction itself, so that u, v and the shape never differ.
    vertex_xy = raw.xy[point_xy_at[point[take]]]
    used, node = np.unique(np.concatenate([point[start], point[stop]]), return_inverse=True)
    names, name = _names(raw.names)
    length_m = np.maximum(polyline_lengths_m(vertex_xy, indptr), MIN_LENGTH_M)
    return Network(
        profile=profile,
        source=source,
        node_xy=raw.xy[point_xy_at[used]],
        u=node[: len(start)].astype(np.int64),
        v=node[len(start) :].astype(np.int64),
        length_m=length_m,
        forward=raw.forward[line],
        backward=raw.backward[line],
        ferry=raw.ferry[line],
        bridge=raw.bridge[line],
        joined=np.zeros(len(start), dtype=bool),
        connectable=raw.connectable[line],
        line_id=raw.line_id[line],
        name=name[line],
        names=names,
        vertex_indptr=indptr,
        vertex_xy=vertex_xy,
        notes=notes,
    )


def _points(key: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """First vertex of each distinct point, the point of each vertex, and how often each point is used."""
    _, first, point, n_uses = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    return first.astype(np.int64), point.astype(np.int64), n_uses.astype(np.int64)


def _names(names: Sequence[str]) -> tuple[tuple[str, ...], IntArray]:
    position = {name: k for k, name in enumerate(sorted({name for name in names if name}))}
    return tuple(position), np.array([position.get(name, -1) for name in names], dtype=np.int64)
