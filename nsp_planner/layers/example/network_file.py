"""Ways to an OpenStreetMap extract. In: a table of ways, metres. Out: an ``.osm.pbf`` in degrees, as Geofabrik gives.

Points in the same millimetre become one node, so ways that meet share it. The same table gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
from pyproj import Transformer

from nsp_planner.layers.example.ways import TAGS, unique_points
from nsp_planner.layers.tables import RD

WGS84 = "EPSG:4326"
GENERATOR = "nsp_planner example"


def write_network(ways: gpd.GeoDataFrame, path: Path) -> tuple[int, int]:
    """Write the ways; returns the number of nodes and of ways.

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
    target = osmium.io.File(str(path), "osm.pbf,add_metadata=none")
    try:
        with osmium.SimpleWriter(target, header=header, overwrite=True) as writer:
            for number, place in enumerate(lonlat.tolist(), 1):
                writer.add_node(osmium.osm.mutable.Node(id=number, location=place))
            for number, (begin, end) in enumerate(zip([0, *stop[:-1]], stop, strict=True)):
                writer.add_way(osmium.osm.mutable.Way(id=number + 1, nodes=refs[begin:end], tags=tags[number]))
    except RuntimeError as error:  # osmium raises nothing more precise
        raise OSError(f"{path} cannot be written: {error}") from error
    return len(points), len(ways)
