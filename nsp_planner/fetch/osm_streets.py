"""The streets of the region as one extract. In: extracts of provinces, the area. Out: one .osm.pbf with its ways.

Ways that touch the area's box are copied with their tags and all their points; what stands in two extracts is written
once. The network is read from it (:mod:`nsp_planner.layers.network.osm_pbf`), which clips exactly.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault
from nsp_planner.layers.rd import RD
from nsp_planner.storage import fresh_file

WAY_KEYS = ("highway", "route", "man_made")
"""Keys of ways people travel along: streets and paths, ferries, piers."""
LAYER = "fetch: osm"


def write_streets(
    files: Sequence[Path], area: BaseGeometry, target: Path, on_step: Callable[[str], None] | None = None
) -> int:
    """Write the ways of the area.

    Args:
        files: Extracts, .osm.pbf.
        area: Region with its buffer, RD metres.
        target: Where the extract goes; ends in .osm.pbf.
        on_step: Called with a short English text per file.

    Returns:
        Ways read from all files; one that stands in two of them counts twice.

    Raises:
        DataError: A file cannot be read as an extract.
    """
    import osmium

    bounds = Transformer.from_crs(RD, "EPSG:4326", always_xy=True).transform_bounds(*area.bounds)
    n_ways, parts = 0, list[Path]()
    with tempfile.TemporaryDirectory(prefix="nsp-planner-") as folder, fresh_file(target) as draft:
        for number, path in enumerate(files):
            if on_step is not None:
                on_step(f"reading streets of {path.name}")
            part = Path(folder) / f"{number}.osm.pbf"
            try:
                n_ways += _copy_ways(path, part, bounds)
            except RuntimeError as error:  # osmium raises nothing more precise
                fix = "Move the file away and run again to have it anew."
                raise DataError(Fault(LAYER, f"the extract cannot be read: {error}", fix, str(path))) from None
            parts.append(part)
        merged = osmium.MergeInputReader()
        for part in parts:
            merged.add_file(str(part))
        with osmium.SimpleWriter(str(draft), overwrite=True) as writer:
            merged.apply(writer, simplify=True)
    return n_ways


def _copy_ways(path: Path, part: Path, bounds: tuple[float, float, float, float]) -> int:
    import osmium

    west, south, east, north = (round(side * 1e7) for side in bounds)
    wanted, n_ways = osmium.IdTracker(), 0
    travelled = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter(*WAY_KEYS))
    )
    for way in travelled:
        if not isinstance(way, osmium.osm.Way):
            continue
        nodes = [(node.x, node.y) for node in way.nodes]
        if (
            any(x >= west for x, _ in nodes)
            and any(x <= east for x, _ in nodes)
            and any(y >= south for _, y in nodes)
            and any(y <= north for _, y in nodes)
        ):
            wanted.add_way(way.id)
            n_ways += 1
    wanted.complete_backward_references(str(path))
    with osmium.SimpleWriter(str(part), overwrite=True) as writer:
        for each in osmium.FileProcessor(str(path)).with_filter(wanted.id_filter()):
            writer.add(each)
    return n_ways
