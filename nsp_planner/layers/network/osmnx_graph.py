"""osmnx graphs to a network: the only place that imports osmnx. In: saved graphml, or an area. Out: a Network.

For small areas: a region takes osmnx 7 minutes and 9 GB, the extract seconds. A graph saved with osmnx' own ``walk``
filter lacks the cycleways; :func:`download_graph` therefore asks for every highway and ferry and leaves the choice to
the profiles.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault
from nsp_planner.layers.network.lines import network_from_frame
from nsp_planner.layers.network.network import LAYER, Network
from nsp_planner.layers.network.profiles import TAG_KEYS
from nsp_planner.storage import fresh_file

if TYPE_CHECKING:
    import networkx as nx

DOWNLOAD_FILTER = ('["highway"]["highway"!~"construction|proposed|abandoned|platform|raceway"]', '["route"="ferry"]')


def read_graphml(path: Path, profile: str, *, clip: BaseGeometry | None = None, join_islands_m: float = 0.0) -> Network:
    """The network of one profile in a graph saved by ``osmnx.save_graphml``.

    Raises:
        DataError: No osmnx graph, or nothing for this profile and region.
    """
    osmnx = _osmnx(path)
    try:
        graph = osmnx.load_graphml(path)
    except Exception as error:  # xml, ast and attribute errors: whatever the broken file provokes
        raise DataError(
            Fault(
                LAYER,
                f"this is no graph saved by osmnx: {str(error).strip() or type(error).__name__}",
                "Save it again with osmnx.save_graphml.",
                str(path),
            )
        ) from error
    return network_from_graph(graph, profile, source=path.name, clip=clip, join_islands_m=join_islands_m, file=path)


def download_graph(area: BaseGeometry, path: Path) -> None:
    """Download all highways and ferries of an area from Overpass and save them as graphml.

    Args:
        area: Polygon in EPSG:28992, at most some 100 km2: use an extract for more.
        path: File to write; it is there only when the download is complete.

    Raises:
        DataError: No connection, or nothing there.
    """
    osmnx = _osmnx(path)
    keys = sorted({*osmnx.settings.useful_tags_way, *TAG_KEYS, "name", "bridge:name"})
    before = osmnx.settings.useful_tags_way
    lonlat = gpd.GeoSeries([area], crs="EPSG:28992").to_crs("EPSG:4326").iloc[0]
    try:
        osmnx.settings.useful_tags_way = keys
        graph = osmnx.graph_from_polygon(
            lonlat, simplify=False, retain_all=True, truncate_by_edge=True, custom_filter=list(DOWNLOAD_FILTER)
        )
        with fresh_file(path) as draft:
            osmnx.save_graphml(graph, draft)
    except Exception as error:  # requests, osmnx and shapely errors alike: there is no graph
        raise DataError(
            Fault(
                LAYER,
                f"the network could not be downloaded: {str(error).splitlines()[0]}",
                "Check the connection, or give an extract (.osm.pbf).",
                str(path),
            )
        ) from error
    finally:
        osmnx.settings.useful_tags_way = before


def network_from_graph(
    graph: nx.MultiDiGraph[Any],
    profile: str,
    *,
    source: str,
    clip: BaseGeometry | None = None,
    join_islands_m: float = 0.0,
    file: object = None,
) -> Network:
    """The network of one profile in an osmnx graph (directed, with ``x``, ``y`` and a CRS).

    osmnx draws a two-way street as two edges; they become one. ``oneway`` binds only those who obey it.
    """
    rows = _rows(graph, file)
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=graph.graph.get("crs"))
    return network_from_frame(frame, profile, source=source, clip=clip, join_islands_m=join_islands_m, file=file)


def _rows(graph: nx.MultiDiGraph[Any], file: object) -> pd.DataFrame:
    xy: dict[Any, Any] = {node: (data.get("x"), data.get("y")) for node, data in graph.nodes(data=True)}
    lost = [node for node, (x, y) in xy.items() if x is None or y is None]
    if lost:
        raise DataError(
            Fault(
                LAYER,
                f"{len(lost):,} nodes of the graph have no x or y",
                "Save the graph with osmnx.save_graphml.",
                None if file is None else str(file),
                "x, y",
                tuple(str(node) for node in lost),
            )
        )
    rows: dict[tuple[object, ...], dict[str, Any]] = {}
    for u, v, data in graph.edges(data=True):
        shape = data.get("geometry")
        if shape is None:
            shape = shapely.LineString([xy[u], xy[v]])
        low, high = sorted((u, v), key=str)
        key = (low, high, str(data.get("osmid")), round(shape.length, 5))
        tags = {name: data.get(name) for name in (*TAG_KEYS, "name") if name in data}
        oneway = _first(tags.get("oneway"))
        if str(oneway).casefold() in ("yes", "true", "1"):
            tags["oneway"] = "yes"
        elif oneway is False:
            tags["oneway"] = ""
        # Of the two edges of a two-way street the one along the drawing stays: other tags follow the drawing.
        if key not in rows or data.get("reversed") is False:
            rows[key] = {**tags, "osmid": _first(data.get("osmid")), "geometry": shape}
    if not rows:
        raise DataError(
            Fault(LAYER, "the graph has no edges", "Download or save it again.", None if file is None else str(file))
        )
    return pd.DataFrame(list(rows.values())).replace({np.nan: None})


def _first(value: object) -> object:
    return next(iter(value), None) if isinstance(value, list | tuple | set) else value


def _osmnx(path: Path) -> Any:
    try:
        import osmnx
    except ImportError as error:
        raise DataError(
            Fault(
                LAYER,
                "osmnx graphs need the package osmnx",
                "Install the package osmnx, or give an extract (.osm.pbf).",
                str(path),
            )
        ) from error
    return osmnx
