"""The door to networks. In: a source file, profile and region. Out: the network, read once and kept for the next run.

Kept as compressed ``.npz`` in the folder of processed data, under a name made of the checksum of the source, the
rules of the profile, the clip and the format: anything that changes gives another name, so nothing stale is read.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault
from nsp_planner.layers.network.network import EDGE_COLUMNS, LAYER, IntArray, Network
from nsp_planner.layers.network.profiles import PROFILES
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.opening import refuse_file
from nsp_planner.layers.raw.packed import refuse_packed
from nsp_planner.storage import read_kept, sha256_of, write_kept

logger = logging.getLogger(__name__)

FORMAT = 2
"""Raise when reading or assembling changes what a network holds: older stored networks are then made again."""
OSM_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.bz2", ".osm.gz")
GRAPH_SUFFIXES = (".graphml",)
LINE_SUFFIXES = (".gpkg", ".parquet", ".geoparquet", ".geojson", ".json", ".shp", ".fgb")


def read_network(
    path: Path,
    profile: str,
    *,
    region: BaseGeometry | None = None,
    buffer_m: float = 5_000.0,
    layer: str | None = None,
    crs: str | None = None,
    join_islands_m: float = 5.0,
    processed: Path | None = None,
) -> tuple[Network, InputFile]:
    """The network of one profile, from the store when it is there, else from the source.

    Args:
        path: ``.osm.pbf`` extract, osmnx ``.graphml``, or a line layer.
        profile: ``foot``, ``bicycle`` or ``car``.
        region: Area planned, in RD; None reads the whole source.
        buffer_m: How far around the region roads are kept; people walk across the border.
        layer: Layer of a line file with more than one.
        crs: CRS of a line file that states none.
        join_islands_m: Pieces that lie at most this far apart are joined; 0 joins nothing.
        processed: Folder of the store; None neither looks there nor keeps.

    Returns:
        The network and the source for the manifest, whose rows are the edges.

    Raises:
        DataError: See the readers; nothing is kept then.
    """
    if profile not in PROFILES:
        raise ValueError(f"profile must be one of {', '.join(PROFILES)}, not {profile!r}")
    if (refusal := refuse_file(path)) is not None:
        raise DataError(Fault(LAYER, refusal.message, refusal.fix, str(path)))
    clip = None if region is None else region.buffer(buffer_m).simplify(buffer_m / 50)
    sha256 = sha256_of(path)
    kept = None
    if processed is not None:
        kept = processed / f"network-{profile}-{_key(sha256, profile, clip, layer, crs, join_islands_m)}.npz"
    network = None if kept is None else load_network(kept)
    if network is None:
        network = _read_source(path, profile, clip, layer, crs, join_islands_m)
        if kept is not None:
            write_network(network, kept)
    return network, InputFile(
        layer=f"{LAYER}: {profile}", path=str(path), n_bytes=path.stat().st_size, sha256=sha256, n_rows=network.n_edges
    )


def write_network(network: Network, path: Path) -> None:
    """Keep a network with a checksum; a disk that does not take it is a note, since it can be made again.

    Coordinates are whole millimetres already, so 32 bits hold them without loss.
    """
    about = json.dumps(
        {
            "format": FORMAT,
            "profile": network.profile,
            "source": network.source,
            "notes": network.notes,
            "names": network.names,
        },
        ensure_ascii=False,
    )
    arrays: dict[str, Any] = {
        "node_mm": _millimetres(network.node_xy),
        "vertex_mm": _millimetres(network.vertex_xy),
        "n_vertices": np.diff(network.vertex_indptr).astype(np.int32),
        "u": network.u.astype(np.int32),
        "v": network.v.astype(np.int32),
        "about": np.frombuffer(about.encode(), dtype=np.uint8),
        **{name: getattr(network, name) for name in EDGE_COLUMNS},
    }
    write_kept(path, arrays, compressed=True)


def load_network(path: Path) -> Network | None:
    """A network kept by :func:`write_network`; None, with a note, where it is not as it was written."""
    kept = read_kept(path)
    if kept is None:
        return None
    about = json.loads(kept["about"].tobytes())
    if about["format"] != FORMAT:
        logger.warning("%s has format %s and is made again", path, about["format"])
        return None
    indptr: IntArray = np.concatenate([[0], np.cumsum(kept["n_vertices"], dtype=np.int64)])
    return Network(
        profile=about["profile"],
        source=about["source"],
        node_xy=kept["node_mm"] / 1000.0,
        u=kept["u"].astype(np.int64),
        v=kept["v"].astype(np.int64),
        names=tuple(about["names"]),
        vertex_indptr=indptr,
        vertex_xy=kept["vertex_mm"] / 1000.0,
        notes=tuple(about["notes"]),
        **{name: kept[name] for name in EDGE_COLUMNS},
    )


def _millimetres(
    xy: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    return np.round(xy * 1000).astype(np.int32)


def _key(
    sha256: str, profile: str, clip: BaseGeometry | None, layer: str | None, crs: str | None, join_islands_m: float
) -> str:
    parts = [
        str(FORMAT),
        sha256,
        PROFILES[profile].digest(),
        layer or "",
        crs or "",
        f"{join_islands_m:g}",
        "" if clip is None else shapely.set_precision(clip, 0.001).normalize().wkb_hex,
    ]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _read_source(
    path: Path, profile: str, clip: BaseGeometry | None, layer: str | None, crs: str | None, join_islands_m: float
) -> Network:
    name = path.name.lower()
    if name.endswith(OSM_SUFFIXES):
        if (refusal := refuse_packed(path)) is not None:
            raise DataError(Fault(LAYER, refusal.message, refusal.fix, str(path)))
        from nsp_planner.layers.network.osm_pbf import read_osm_pbf

        return read_osm_pbf(path, profile, clip=clip, join_islands_m=join_islands_m)
    if name.endswith(GRAPH_SUFFIXES):
        from nsp_planner.layers.network.osmnx_graph import read_graphml

        return read_graphml(path, profile, clip=clip, join_islands_m=join_islands_m)
    if name.endswith(LINE_SUFFIXES):
        from nsp_planner.layers.network.lines import read_lines

        return read_lines(path, profile, layer=layer, crs=crs, clip=clip, join_islands_m=join_islands_m)
    endings = ", ".join((*OSM_SUFFIXES[:1], *GRAPH_SUFFIXES, *LINE_SUFFIXES))
    raise DataError(
        Fault(
            LAYER,
            f'files ending in "{path.suffix}" are not read as a network',
            f"Give a file that ends in {endings}.",
            str(path),
        )
    )
