"""Any line layer to a network. In: GeoPackage, GeoParquet, GeoJSON or shapefile with lines. Out: a :class:`Network`.

Columns named as OpenStreetMap tags (``highway``, ``foot``, ``oneway``, ``bridge``, ...) are obeyed, NWB columns are
translated (``nwb``); a layer with neither is taken as open to every profile in both directions. Lines meet where the
end of one lies within ``SNAP_M`` of a vertex of the other, and with OpenStreetMap tags at every vertex they share; a
crossing without such a vertex is a bridge or tunnel, not a junction.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault, Faults
from nsp_planner.layers.network.assemble import RawLines, build_network
from nsp_planner.layers.network.network import LAYER, BoolArray, FloatArray, IntArray, Network
from nsp_planner.layers.network.nwb import NWB_COLUMNS, tags_from_nwb
from nsp_planner.layers.network.profiles import PROFILES, TAG_KEYS, WayUse, way_use
from nsp_planner.layers.raw.shapes import frame_in_rd, read_shapes_frame

SNAP_M = 0.05
"""Ends of lines this near to a vertex are one junction with it: drawing noise, not a gap."""

OPEN = WayUse(forward=True, backward=True, ferry=False, bridge=False, connectable=True)
ID_COLUMNS = ("wvk_id", "osm_id", "osmid", "line_id", "id", "fid")
NAME_COLUMNS = ("name", "naam", "stt_naam", "straatnaam")


def read_lines(
    path: Path,
    profile: str,
    *,
    layer: str | None = None,
    crs: str | None = None,
    clip: BaseGeometry | None = None,
    join_islands_m: float = 0.0,
) -> Network:
    """The network of one profile in a line layer.

    Args:
        path: The file.
        profile: ``foot``, ``bicycle`` or ``car``.
        layer: Layer of a file with more than one.
        crs: CRS where the file states none; without it, RD when the coordinates look like RD.
        clip: Region plus buffer, in RD; None keeps all.
        join_islands_m: See :func:`build_network`.

    Raises:
        DataError: Unreadable file, no lines, lines without geometry or length, degrees without a CRS, empty clip.
    """
    frame = read_shapes_frame(path, layer, LAYER)
    return network_from_frame(
        frame, profile, source=path.name, crs=crs, clip=clip, join_islands_m=join_islands_m, file=path
    )


def network_from_frame(
    frame: gpd.GeoDataFrame,
    profile: str,
    *,
    source: str,
    crs: str | None = None,
    clip: BaseGeometry | None = None,
    join_islands_m: float = 0.0,
    file: object = None,
) -> Network:
    """The network of one profile in a table of lines; see :func:`read_lines`."""
    frame = frame.set_axis([str(c) if c == frame.geometry.name else str(c).casefold() for c in frame.columns], axis=1)
    frame = gpd.GeoDataFrame(frame, geometry=frame.geometry.name, crs=frame.crs)
    line_id = _line_ids(frame)
    _verify_geometry(frame, line_id, file)
    frame = frame_in_rd(frame, crs, LAYER, file)
    is_osm = "highway" in frame.columns or "route" in frame.columns
    uses, used = _uses(frame, profile, is_osm)
    n_closed = int((~used).sum())
    if not used.any():
        raise DataError(
            Fault(
                LAYER,
                f"none of the {len(frame):,} lines may be travelled by {profile}",
                "Check the column highway (or bst_code), or give another layer.",
                None if file is None else str(file),
            )
        )
    kept = np.flatnonzero(used)
    parts, part_of = shapely.get_parts(frame.geometry.to_numpy()[kept], return_index=True)
    xy, vertex_part = shapely.get_coordinates(parts, return_index=True)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(vertex_part, minlength=len(parts)))]).astype(np.int64)
    row = kept[part_of]
    columns = {
        name: np.array([getattr(use, name) for use in uses], dtype=bool)[row]
        for name in ("forward", "backward", "ferry", "bridge", "connectable")
    }
    raw = RawLines(
        xy=xy,
        key=_meeting_points(xy, indptr, inner_meet=is_osm),
        indptr=indptr,
        line_id=line_id[row],
        names=_names(frame).iloc[row].tolist(),
        **columns,
    )
    notes = [f"{n_closed:,} lines closed to {profile} were left out"] if n_closed else []
    return build_network(
        raw, profile=profile, source=source, clip=clip, join_islands_m=join_islands_m, notes=notes, file=file
    )


def _line_ids(frame: gpd.GeoDataFrame) -> IntArray:
    for column in ID_COLUMNS:
        if column in frame.columns:
            ids = pd.to_numeric(frame[column], errors="coerce")
            if ids.notna().all():
                return np.asarray(ids, dtype=np.int64)
    return np.arange(1, len(frame) + 1, dtype=np.int64)


def _verify_geometry(frame: gpd.GeoDataFrame, line_id: IntArray, file: object) -> None:
    faults = Faults()
    shapes = frame.geometry.to_numpy()
    gone = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if gone.any():
        faults.add(
            LAYER,
            f"{gone.sum():,} lines have no geometry",
            "Repair or remove these lines.",
            file=file,
            column="geometry",
            ids=line_id[gone].tolist(),
        )
    is_line = np.isin(shapely.get_type_id(shapes), (1, 5)) | gone
    if not is_line.all():
        faults.add(
            LAYER,
            f"{(~is_line).sum():,} rows are no lines",
            "Give a layer with lines only.",
            file=file,
            column="geometry",
            ids=line_id[~is_line].tolist(),
        )
    no_length = is_line & ~gone & ~(shapely.length(shapes) > 0)
    if no_length.any():
        faults.add(
            LAYER,
            f"{no_length.sum():,} lines have no length: their ends are one point",
            "Repair or remove these lines.",
            file=file,
            column="geometry",
            ids=line_id[no_length].tolist(),
        )
    faults.raise_if_any()


def _uses(frame: gpd.GeoDataFrame, profile: str, is_osm: bool) -> tuple[list[WayUse], BoolArray]:
    """The use of each line, and whether it has one; lines without use carry :data:`OPEN`, which nobody reads."""
    if not (is_osm or "wvk_id" in frame.columns):
        return [OPEN] * len(frame), np.ones(len(frame), dtype=bool)
    columns = [name for name in (TAG_KEYS if is_osm else NWB_COLUMNS[1:4]) if name in frame.columns]
    text = pd.DataFrame({name: _as_text(frame[name]) for name in columns})
    group = text.groupby(columns, sort=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1]
    rules = PROFILES[profile]
    of_group: list[WayUse | None] = []
    for values in text.iloc[first].itertuples(index=False, name=None):
        row: Mapping[str, str] = dict(zip(columns, values, strict=True))
        tags = {k: v for k, v in row.items() if v} if is_osm else tags_from_nwb(row)
        of_group.append(way_use(tags, rules))
    used = np.array([use is not None for use in of_group], dtype=bool)[group]
    return [of_group[g] or OPEN for g in group], used


def _as_text(column: pd.Series) -> pd.Series:
    """Values as text, missing as ""; True and False of osmnx as OSM writes them; of a list the first value."""

    def one(value: object) -> str:
        if isinstance(value, list | tuple | set | np.ndarray):
            value = next(iter(value), None)
        if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
            return ""
        if isinstance(value, bool | np.bool_):
            return "yes" if value else "no"
        return str(value).strip()

    return column.astype(object).map(one)


def _names(frame: gpd.GeoDataFrame) -> pd.Series:
    for column in NAME_COLUMNS:
        if column in frame.columns:
            return _as_text(frame[column])
    return pd.Series([""] * len(frame), dtype=object)


def _meeting_points(xy: FloatArray, indptr: IntArray, *, inner_meet: bool) -> IntArray:
    """A key per vertex: an end shares it with every vertex within :data:`SNAP_M`, inner vertices by ``inner_meet``."""
    is_end = np.zeros(len(xy), dtype=bool)
    is_end[indptr[:-1]] = is_end[indptr[1:] - 1] = True
    points, point_of = np.unique(np.round(xy, 3), axis=0, return_inverse=True)
    holds_end = np.zeros(len(points), dtype=bool)
    holds_end[point_of[is_end]] = True
    pairs = cKDTree(points).query_pairs(SNAP_M, output_type="ndarray")
    pairs = pairs[holds_end[pairs].any(axis=1)]
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(points),) * 2)
    n_clusters, cluster = connected_components(graph, directed=False)
    has_end = np.zeros(n_clusters, dtype=bool)
    has_end[cluster[point_of[is_end]]] = True
    key = cluster[point_of].astype(np.int64)
    if not inner_meet:
        alone = ~has_end[key]
        key[alone] = n_clusters + np.flatnonzero(alone)
    return key
