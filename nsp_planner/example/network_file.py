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

GENERATOR = "nsp_planner example"


def write_network(ways: gpd.GeoDataFrame, path: Path, waters: Sequence[Water] = ()) -> None:
    """Write the ways, and after them the waters with nodes of their own.

    Raises:
        OSError: The file cannot be written.
    """
    import osmium

    xy, node, n_points = unique_points(ways)
    refs = [part.tolist() for part in np.split(node + 1, np.cumsum(n_points)[:-1])]
    tags = [
        [(key, value) for key, value in zip(TAGS, row, strict=True) if value]
        for row in ways[list(TAGS)].itertuples(index=False, name=None)
    ]
    n_of_ways, points = len(xy), [xy]
    for water in waters:
        own = shapely.get_coordinates(water.line)
        ring = bool((own[0] == own[-1]).all())
        first = sum(map(len, points)) + 1
        points.append(own[:-1] if ring else own)
        refs.append([*range(first, first + len(points[-1])), *([first] if ring else [])])
        tags.append(list(water.tags))
    to_degrees = Transformer.from_crs(RD, "EPSG:4326", always_xy=True)
    lonlat = np.column_stack(to_degrees.transform(*np.vstack(points).T))
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    header.add_box(osmium.osm.Box(*lonlat[:n_of_ways].min(axis=0).tolist(), *lonlat[:n_of_ways].max(axis=0).tolist()))
    target = osmium.io.File(str(path), "osm.pbf,add_metadata=none")
    try:
        with osmium.SimpleWriter(target, header=header, overwrite=True) as writer:
            for number, place in enumerate(lonlat.tolist(), 1):
                writer.add_node(osmium.osm.mutable.Node(id=number, location=place))
            for number, (nodes, way_tags) in enumerate(zip(refs, tags, strict=True), 1):
                writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=way_tags))
    except RuntimeError as error:  # osmium raises nothing more precise
        raise OSError(f"{path} cannot be written: {error}") from error
