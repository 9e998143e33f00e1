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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nsp_planner.example.geometry import Floats, Ints, Objects, ends_of
from nsp_planner.layers.rd import RD

TAGS = (
    "highway", "route", "name", "ref", "oneway", "oneway:bicycle", "bridge", "tunnel", "layer", "foot", "bicycle",
    "motor_vehicle", "access",
)  # fmt: skip
"""OpenStreetMap keys a way can have here."""
ALL_ROADS = ("secondary", "tertiary", "unclassified", "residential", "living_street", "service")
"""Values of ``highway`` on which cars drive without more."""
DANGLE_M = 8.0


def way_table(lines: Objects | Sequence[object], **tags: str | Objects) -> gpd.GeoDataFrame:
    """Ways from lines; each tag is one value for all or a value per line."""
    columns = {key: tags.get(key, "") for key in TAGS}
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
    cut = cut.set_geometry(in_millimetres(pieces), crs=RD)
    cut = cut[cut.length > 0.01].reset_index(drop=True)
    for _ in range(2):
        ends, n_nodes = end_nodes(cut)
        degree = np.bincount(ends.ravel(), minlength=n_nodes)
        stub = (cut.length.to_numpy() < DANGLE_M) & (degree[ends] == 1).any(axis=1)
        cut = cut[~stub].reset_index(drop=True)
    return cut


def in_millimetres(lines: Objects) -> Objects:
    """The lines with coordinates rounded to whole millimetres."""
    return np.asarray(shapely.transform(lines, lambda xy: np.round(xy, 3)))


def end_nodes(ways: gpd.GeoDataFrame) -> tuple[Ints, int]:
    """Numbers of the nodes at begin and end of each way, shape (n, 2), and how many nodes there are."""
    _, node = _unique_points(ends_of(ways.geometry.to_numpy()))
    return node.reshape(2, -1).T, int(node.max(initial=-1)) + 1


def pieces(ways: gpd.GeoDataFrame) -> Ints:
    """Number of the connected piece of each way, 0 for the longest."""
    ends, n_nodes = end_nodes(ways)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n_nodes, n_nodes))
    label = connected_components(graph, directed=False)[1][ends[:, 0]]
    length_m = np.bincount(label, weights=ways.length.to_numpy())
    return np.argsort(np.argsort(-length_m, kind="stable"))[label]


def _unique_points(xy: Floats) -> tuple[Ints, Ints]:
    """Distinct points in whole millimetres, shape (n, 2), and the number of each point given."""
    mm = np.round(xy * 1000).astype(np.int64)
    key, node = np.unique((mm[:, 0] << 32) + mm[:, 1], return_inverse=True)
    return np.column_stack([key >> 32, key & 0xFFFFFFFF]), node.astype(np.int64)


def unique_points(ways: gpd.GeoDataFrame) -> tuple[Floats, Ints, Ints]:
    """Distinct points of all ways, metres; the number of every point in order; and how many points each way has."""
    lines = ways.geometry.to_numpy()
    mm, node = _unique_points(shapely.get_coordinates(lines))
    return mm / 1000.0, node, shapely.get_num_coordinates(lines).astype(np.int64)
