"""Lines with OpenStreetMap tags. In: lines and tags. Out: one table, and its pieces between junctions.

A table of ways is a GeoDataFrame in EPSG:28992 with a LineString and one text column per key of :data:`TAGS`; an empty
text is a tag the way does not have.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nsp_planner.layers.rd import RD

TAGS = (
    "highway", "route", "name", "ref", "oneway", "oneway:bicycle", "bridge", "tunnel", "layer", "foot", "bicycle",
    "motor_vehicle", "access",
)  # fmt: skip
"""OpenStreetMap keys a way can have here."""
ALL_ROADS = ("secondary", "tertiary", "unclassified", "residential", "living_street", "service")
"""Values of ``highway`` on which cars drive without more."""
DANGLE_M = 8.0


def way_table(lines: NDArray[np.object_] | Sequence[object], **tags: str | NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Ways from lines; each tag is one value for all or a value per line. A colon in a key is written ``__``."""
    named = {key.replace("__", ":"): value for key, value in tags.items()}
    columns = {key: named.get(key, "") for key in TAGS}
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=range(len(lines)), dtype=object), geometry=lines, crs=RD)


def joined(tables: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Several tables of ways as one, numbered from 0."""
    full = [table for table in tables if len(table)]
    return gpd.GeoDataFrame(pd.concat(full, ignore_index=True), crs=RD) if full else way_table([])


def noded(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The ways cut wherever two meet or cross, in whole millimetres, without stubs below ``DANGLE_M``.

    Each piece has the tags of the way it came from. Ways that cross without meeting (motorways) must be left out.
    """
    lines = ways.geometry.to_numpy()
    pieces = shapely.get_parts(shapely.union_all(lines))
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    cut = ways.iloc[shapely.STRtree(lines).nearest(middle)].reset_index(drop=True)
    cut = cut.set_geometry(shapely.transform(pieces, lambda xy: np.round(xy, 3)), crs=RD)
    cut = cut[cut.length > 0.01].reset_index(drop=True)
    for _ in range(2):
        ends, n_nodes = end_nodes(cut)
        degree = np.bincount(ends.ravel(), minlength=n_nodes)
        stub = (cut.length.to_numpy() < DANGLE_M) & (degree[ends] == 1).any(axis=1)
        cut = cut[~stub].reset_index(drop=True)
    return cut


def straight_lines(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.object_]:
    """Lines of two points; both arrays have shape (n, 2)."""
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)


def end_nodes(ways: gpd.GeoDataFrame) -> tuple[NDArray[np.int64], int]:
    """Numbers of the nodes at begin and end of each way, shape (n, 2), and how many nodes there are."""
    lines = ways.geometry.to_numpy()
    first = shapely.get_coordinates(shapely.get_point(lines, 0))
    last = shapely.get_coordinates(shapely.get_point(lines, -1))
    _, node = _unique_points(np.vstack([first, last]))
    return node.reshape(2, -1).T, int(node.max(initial=-1)) + 1


def pieces(ways: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Number of the connected piece of each way, 0 for the longest."""
    ends, n_nodes = end_nodes(ways)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n_nodes, n_nodes))
    _, label = connected_components(graph, directed=False)
    length_m = np.bincount(label[ends[:, 0]], weights=ways.length.to_numpy(), minlength=int(label.max(initial=0)) + 1)
    rank = np.empty(len(length_m), dtype=np.int64)
    rank[np.argsort(-length_m, kind="stable")] = np.arange(len(length_m))
    return rank[label[ends[:, 0]]]


def _unique_points(xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct points in whole millimetres, shape (n, 2), and the number of each point given."""
    mm = np.round(xy * 1000).astype(np.int64)
    key, node = np.unique((mm[:, 0] << 32) + mm[:, 1], return_inverse=True)
    return np.column_stack([key >> 32, key & 0xFFFFFFFF]), node.astype(np.int64)


def unique_points(ways: gpd.GeoDataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Distinct points of all ways, metres; the number of every point in order; and how many points each way has."""
    lines = ways.geometry.to_numpy()
    mm, node = _unique_points(shapely.get_coordinates(lines))
    return mm / 1000.0, node, shapely.get_num_coordinates(lines).astype(np.int64)
