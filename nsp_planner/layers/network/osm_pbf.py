"""OpenStreetMap extract to raw lines. In: ``.osm.pbf`` (also ``.osm``, ``.osm.bz2``). Out: a :class:`Network`.

pyosmium streams the file: node positions are kept by its own index, and only ways with a key that can matter reach
Python. No server, no osmnx: 1.2 million nodes take seconds and half a gigabyte.
"""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault
from nsp_planner.layers.network.assemble import RawLines, build_network
from nsp_planner.layers.network.network import LAYER, BoolArray, FloatArray, IntArray, Network
from nsp_planner.layers.network.profiles import PROFILES, TAG_KEYS, WayUse, way_use

UNDEFINED = 2**31 - 1
"""Coordinate osmium gives for a node that is not in the file."""
SCALE = 1e7
NAME_KEYS = ("bridge:name", "name", "ref")


def read_osm_pbf(path: Path, profile: str, *, clip: BaseGeometry | None = None, join_islands_m: float = 0.0) -> Network:
    """The network of one profile in an OpenStreetMap extract.

    Args:
        path: The extract; it may be larger than the region.
        profile: ``foot``, ``bicycle`` or ``car``.
        clip: Region plus buffer, in RD; None reads all of it.
        join_islands_m: See :func:`build_network`.

    Raises:
        DataError: A file that is cut off, is no OpenStreetMap file, or holds nothing for this profile and region.
    """
    ways = _read_ways(path, profile)
    raw, n_gaps = _raw_lines(ways, None if clip is None else _bounds_lonlat(clip))
    notes = [f"{n_gaps:,} way points whose position is not in the extract were left out"] if n_gaps else []
    if not len(raw.line_id):
        where = "" if clip is None else " in the region"
        raise DataError(
            Fault(
                LAYER,
                f"the extract holds no way for {profile}{where}",
                "Give the extract of the province or country the region lies in.",
                str(path),
            )
        )
    return build_network(
        raw, profile=profile, source=path.name, clip=clip, join_islands_m=join_islands_m, notes=notes, file=path
    )


class _Ways:
    """Ways as they come by, in flat arrays that do not grow Python objects."""

    def __init__(self) -> None:
        self.ref = array("q")
        self.x = array("i")
        self.y = array("i")
        self.n_refs = array("q")
        self.way_id = array("q")
        self.use: list[WayUse] = []
        self.names: list[str] = []


def _read_ways(path: Path, profile: str) -> _Ways:
    try:
        import osmium
    except ImportError as error:
        raise DataError(
            Fault(
                LAYER,
                "reading OpenStreetMap extracts needs the package osmium (pyosmium)",
                "Install the package osmium, or give a line layer.",
                str(path),
            )
        ) from error
    rules, ways = PROFILES[profile], _Ways()
    uses: dict[tuple[str | None, ...], WayUse | None] = {}
    try:
        only_ways = osmium.filter.EntityFilter(osmium.osm.WAY)
        travelled = osmium.filter.KeyFilter("highway", "route", "man_made")
        reader = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
        for way in reader.with_filter(only_ways).with_filter(travelled):
            tags = way.tags
            values = tuple(tags.get(key) for key in TAG_KEYS)
            if values not in uses:
                uses[values] = way_use({k: v for k, v in zip(TAG_KEYS, values, strict=True) if v}, rules)
            use = uses[values]
            if use is None:
                continue
            assert isinstance(way, osmium.osm.Way)  # the filter lets nothing else through
            nodes = way.nodes
            ways.ref.extend([node.ref for node in nodes])
            ways.x.extend([node.x for node in nodes])
            ways.y.extend([node.y for node in nodes])
            ways.n_refs.append(len(nodes))
            ways.way_id.append(way.id)
            ways.use.append(use)
            ways.names.append("; ".join(dict.fromkeys(v for k in NAME_KEYS if (v := tags.get(k)))))
    except RuntimeError as error:  # osmium raises nothing more precise
        raise DataError(
            Fault(
                LAYER,
                f"the extract cannot be read to its end ({str(error).strip()}): it is cut off, damaged or of "
                "another format than its name says",
                "Download the extract again.",
                str(path),
            )
        ) from error
    return ways


def _bounds_lonlat(clip: BaseGeometry) -> tuple[float, float, float, float]:
    to_lonlat = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)
    margin = 0.005  # RD is turned a little against the meridians; the exact clip follows in RD
    west, south, east, north = to_lonlat.transform_bounds(*clip.bounds)
    return west - margin, south - margin, east + margin, north + margin


def _raw_lines(ways: _Ways, bounds: tuple[float, float, float, float] | None) -> tuple[RawLines, int]:
    """Raw lines in RD and the number of points without position; ways outside the bounds are left out."""
    ref, n_refs = np.frombuffer(ways.ref, np.int64), np.frombuffer(ways.n_refs, np.int64)
    x, y = np.frombuffer(ways.x, np.int32), np.frombuffer(ways.y, np.int32)
    way = np.repeat(np.arange(len(n_refs)), n_refs)
    there = x != UNDEFINED
    keep = there.copy()
    if bounds is not None:
        keep &= _touches(x / SCALE, y / SCALE, way, there, len(n_refs), bounds)[way]
    n_gaps = int((~there).sum())
    # A way with a gap goes on as separate lines; a lone point is no line.
    begins = keep & np.concatenate([[True], (way[1:] != way[:-1]) | ~keep[:-1]]) if len(keep) else keep
    run = np.cumsum(begins) - 1
    n_of = np.bincount(run[keep]) if keep.any() else np.zeros(0, dtype=np.int64)
    keep[keep] = n_of[run[keep]] >= 2
    line_way = way[begins][n_of >= 2]
    indptr = np.concatenate([[0], np.cumsum(n_of[n_of >= 2])]).astype(np.int64)
    key = ref[keep]
    _, first, point = np.unique(key, return_index=True, return_inverse=True)
    to_rd = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)
    xy = np.column_stack(to_rd.transform(x[keep][first] / SCALE, y[keep][first] / SCALE))[point]
    return RawLines(
        xy=xy,
        key=key,
        indptr=indptr,
        line_id=np.frombuffer(ways.way_id, np.int64)[line_way],
        names=[ways.names[k] for k in line_way],
        **{name: np.array([getattr(use, name) for use in ways.use], dtype=bool)[line_way] for name in USE_COLUMNS},
    ), n_gaps


USE_COLUMNS = ("forward", "backward", "ferry", "bridge", "connectable")


def _touches(
    lon: FloatArray,
    lat: FloatArray,
    way: IntArray,
    there: BoolArray,
    n_ways: int,
    bounds: tuple[float, float, float, float],
) -> BoolArray:
    """Whether the bounding box of each way overlaps the bounds."""
    west, south, east, north = bounds
    low = np.full((n_ways, 2), np.inf)
    high = np.full((n_ways, 2), -np.inf)
    points = np.column_stack([lon, lat])[there]
    np.minimum.at(low, way[there], points)
    np.maximum.at(high, way[there], points)
    touches: BoolArray = (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
    return touches
