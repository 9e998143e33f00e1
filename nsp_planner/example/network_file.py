"""Ways to an OpenStreetMap extract. In: a table of ways, metres. Out: an ``.osm.pbf`` in degrees, as Geofabrik gives.

Points in the same millimetre become one node, so ways that meet share it. The same table gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from nsp_planner.example.rivers import Water
from nsp_planner.example.ways import TAGS, unique_points
from nsp_planner.layers.rd import RD

WGS84 = "EPSG:4326"
GENERATOR = "nsp_planner example"


def write_network(ways: gpd.GeoDataFrame, path: Path, waters: Sequence[Water] = ()) -> tuple[int, int]:
    """Write the ways, and after them the waters; returns the number of nodes and of ways that people travel.

    Raises:
        OSError: The file cannot be written.
    """
    import osmium

    points, node, n_points = unique_points(ways)
    lonlat = np.column_stack(Transformer.from_crs(RD, WGS84, always_xy=True).transform(points[:, 0], points[:, 1]))
    tags = [
        [(key, value) for key, value in zip(TAGS, row, strict=True) if value]
        for row in ways[list(TAGS)].itertuples(index=False, name=None)
    ]
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    (west, south), (east, north) = lonlat.min(axis=0).tolist(), lonlat.max(axis=0).tolist()
    header.add_box(osmium.osm.Box(west, south, east, north))
    stop = np.cumsum(n_points).tolist()
    refs = (node + 1).tolist()
    water_lonlat, water_refs = _water_nodes(waters, len(points))
    target = osmium.io.File(str(path), "osm.pbf,add_metadata=none")
    try:
        with osmium.SimpleWriter(target, header=header, overwrite=True) as writer:
            for number, place in enumerate([*lonlat.tolist(), *water_lonlat], 1):
                writer.add_node(osmium.osm.mutable.Node(id=number, location=place))
            for number, (begin, end) in enumerate(zip([0, *stop[:-1]], stop, strict=True)):
                writer.add_way(osmium.osm.mutable.Way(id=number + 1, nodes=refs[begin:end], tags=tags[number]))
            for number, (water, nodes) in enumerate(zip(waters, water_refs, strict=True), len(ways) + 1):
                writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=list(water.tags)))
    except RuntimeError as error:  # osmium raises nothing more precise
        raise OSError(f"{path} cannot be written: {error}") from error
    return len(points), len(ways)


def _water_nodes(waters: Sequence[Water], n_before: int) -> tuple[list[list[float]], list[list[int]]]:
    """Places in degrees, and the node ids of each water, after ``n_before`` others; a ring ends where it began."""
    to_lonlat = Transformer.from_crs(RD, WGS84, always_xy=True)
    places: list[list[float]] = []
    refs = []
    for water in waters:
        xy = shapely.get_coordinates(water.line)
        ring = bool((xy[0] == xy[-1]).all())
        own = np.column_stack(to_lonlat.transform(xy[:, 0], xy[:, 1])).tolist()[: -1 if ring else None]
        first = n_before + len(places) + 1
        ids = list(range(first, first + len(own)))
        refs.append([*ids, first] if ring else ids)
        places += own
    return places, refs
