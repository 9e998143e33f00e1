"""Water and roads to draw under a map. In: an OpenStreetMap extract. Out: :class:`Backdrop`, kept for the next run.

The backdrop is for the eye only: no distance is measured on it. People recognise a place by its river, its motorway and
its main street, so that is what is read; the same extract as the network's will do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from nsp_planner.config import Study
from nsp_planner.errors import DataError, Fault
from nsp_planner.layers.network.store import OSM_SUFFIXES
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.opening import refuse_file
from nsp_planner.layers.raw.packed import refuse_packed
from nsp_planner.storage import Arrays, read_kept, sha256_of, write_kept

Shapes = npt.NDArray[np.object_]
IntArray = npt.NDArray[np.int64]

LAYER = "backdrop"
FORMAT = 2
"""Raise when reading changes what a backdrop holds: older kept ones are then made again."""

MOTORWAY, MAIN_ROAD, LOCAL_ROAD, STREET = 1, 2, 3, 4
ROAD_CLASSES = {
    "motorway": MOTORWAY,
    "trunk": MOTORWAY,
    "primary": MAIN_ROAD,
    "secondary": MAIN_ROAD,
    "tertiary": LOCAL_ROAD,
    "unclassified": STREET,
    "residential": STREET,
    "living_street": STREET,
    "pedestrian": STREET,
}
"""Which road is drawn how; footpaths, cycleways and drives would only crowd the map."""

WATERWAYS = ("river", "canal")
WATER_AREAS = {"natural": ("water",), "waterway": ("riverbank", "dock"), "landuse": ("reservoir", "basin")}
LEAST_WATER_M2 = 2_000.0
TOLERANCE_M = 4.0
"""Shapes are simplified by this much: less than a map of a village shows."""
BUFFER_M = 5_000.0
"""How far around the region the backdrop goes on."""


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What is drawn under the plan; all shapes in EPSG:28992.

    Attributes:
        source: Name of the file it was read from.
        roads: LineStrings.
        road_class: Class of each road: :data:`MOTORWAY`, :data:`MAIN_ROAD`, :data:`LOCAL_ROAD` or :data:`STREET`.
        water: Polygons that do not overlap.
        waterways: LineStrings of rivers and canals, also where they run through a polygon.
    """

    source: str
    roads: Shapes
    road_class: IntArray
    water: Shapes
    waterways: Shapes

    @cached_property
    def _trees(self) -> tuple[shapely.STRtree, shapely.STRtree, shapely.STRtree]:
        return shapely.STRtree(self.roads), shapely.STRtree(self.water), shapely.STRtree(self.waterways)

    def within(self, bounds_m: tuple[float, float, float, float], most_class: int = STREET) -> Backdrop:
        """What crosses a box (min x, min y, max x, max y), cut at its edges; roads up to a class."""
        box = shapely.box(*bounds_m)
        road_tree, water_tree, way_tree = self._trees
        near = np.sort(road_tree.query(box))
        near = near[self.road_class[near] <= most_class]
        roads, of = _parts(shapely.clip_by_rect(self.roads[near], *bounds_m), "LineString")
        water, _ = _parts(shapely.clip_by_rect(self.water[np.sort(water_tree.query(box))], *bounds_m), "Polygon")
        ways, _ = _parts(shapely.clip_by_rect(self.waterways[np.sort(way_tree.query(box))], *bounds_m), "LineString")
        return Backdrop(self.source, roads, self.road_class[near][of], water, ways)


def read_study_backdrop(study: Study, region: BaseGeometry | None, log: InputLog) -> Backdrop | None:
    """The backdrop of a study: of [inputs.backdrop], else of the network's extract; none where there is neither.

    What is wrong with the file is a fault in ``log``, nothing is raised for it.
    """
    named, network = study.inputs.backdrop, study.inputs.network
    path = named.path if named is not None else None
    if path is None and network is not None and network.path.name.lower().endswith(OSM_SUFFIXES):
        path = network.path
    if path is None:
        return None
    log.on_step("reading water and main roads for the maps")
    processed = None if network is None else network.store_folder()
    try:
        backdrop, record = read_backdrop(path, region=region, processed=processed)
    except DataError as error:
        if named is not None:  # a damaged extract of the network is reported by the network
            log.faults.items.extend(error.faults)
        return None
    log.files.append(record)
    return backdrop


def read_backdrop(
    path: Path, *, region: BaseGeometry | None = None, processed: Path | None = None
) -> tuple[Backdrop, InputFile]:
    """The backdrop of an extract, from the folder of processed data when it is there.

    Args:
        path: ``.osm.pbf`` or another file osmium reads.
        region: Area planned, in RD; None reads the whole extract.
        processed: Folder in which it is kept; None neither looks there nor keeps.

    Raises:
        DataError: The file is not there, damaged, or no OpenStreetMap extract.
    """
    if (refusal := refuse_file(path)) is not None:
        raise DataError(Fault(LAYER, refusal.message, refusal.fix, str(path)))
    clip = None if region is None else region.buffer(BUFFER_M).simplify(BUFFER_M / 50).envelope
    sha256 = sha256_of(path)
    key = hashlib.sha256(f"{FORMAT}|{sha256}|{'' if clip is None else clip.wkt}".encode()).hexdigest()[:16]
    kept = None if processed is None else processed / f"backdrop-{key}.npz"
    backdrop = None if kept is None else _read_kept(kept)
    if backdrop is None:
        backdrop = _read_osm(path, clip)
        if kept is not None:
            _keep(backdrop, kept)
    n_rows = len(backdrop.roads) + len(backdrop.water) + len(backdrop.waterways)
    return backdrop, InputFile(LAYER, str(path), path.stat().st_size, sha256, n_rows)


def _read_osm(path: Path, clip: BaseGeometry | None) -> Backdrop:
    try:
        import osmium
    except ImportError as error:
        fix = "install the package osmium, or leave [inputs.backdrop] out"
        raise DataError(Fault(LAYER, "reading extracts needs the package osmium", fix, str(path))) from error
    if (refusal := refuse_packed(path)) is not None:
        raise DataError(Fault(LAYER, refusal.message, refusal.fix, str(path)))
    factory = osmium.geom.WKBFactory()
    lines: list[str] = []
    classes: list[int] = []
    rivers: list[str] = []
    areas: list[str] = []
    keys = ("highway", *WATER_AREAS)
    try:
        wet = osmium.filter.KeyFilter(*WATER_AREAS)
        reader = osmium.FileProcessor(str(path)).with_areas(wet).with_filter(osmium.filter.KeyFilter(*keys))
        for item in reader:
            tags = item.tags
            if isinstance(item, osmium.osm.Way):
                road = ROAD_CLASSES.get(tags.get("highway") or "")
                river = tags.get("waterway") in WATERWAYS and tags.get("tunnel") in (None, "no")
                if road is None and not river:
                    continue
                try:
                    shape = factory.create_linestring(item)
                except (RuntimeError, osmium.InvalidLocationError):
                    continue  # nodes outside the extract: for a drawing no loss
                if road is not None:
                    lines.append(shape)
                    classes.append(road)
                else:
                    rivers.append(shape)
            elif isinstance(item, osmium.osm.Area) and _is_water(tags):
                try:
                    areas.append(factory.create_multipolygon(item))
                except RuntimeError:
                    continue
    except RuntimeError as error:  # osmium raises nothing more precise
        fix = "download the extract again"
        raise DataError(Fault(LAYER, f"the extract cannot be read to its end ({error})", fix, str(path))) from error
    roads, road_class = _roads(_shapes(lines), np.array(classes, dtype=np.int64), clip)
    water = shapely.make_valid(_in_reach(_shapes(areas), clip))
    water = water[shapely.area(water) >= LEAST_WATER_M2]
    one = shapely.union_all(water) if len(water) else shapely.MultiPolygon()
    polygons, _ = _parts(shapely.simplify(shapely.get_parts(one), TOLERANCE_M), "Polygon")
    waterways = _merged(_in_reach(_shapes(rivers), clip))
    # whole decimetres, as they are kept: a later run that reads the kept file draws the same bytes
    roads, polygons, waterways = (
        np.asarray(shapely.transform(shapes, lambda xy: np.round(xy * 10) / 10), dtype=object)
        for shapes in (roads, polygons, waterways)
    )
    return Backdrop(path.name, roads, road_class, polygons, waterways)


def _is_water(tags: Any) -> bool:
    return any(tags.get(key) in values for key, values in WATER_AREAS.items()) and tags.get("intermittent") != "yes"


def _shapes(wkb: list[str]) -> Shapes:
    """Shapes in RD from WKB in degrees."""
    if not wkb:
        return np.empty(0, dtype=object)
    to_rd = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)
    shapes = np.atleast_1d(shapely.from_wkb(wkb))
    return np.asarray(
        shapely.transform(shapes, lambda xy: np.column_stack(to_rd.transform(xy[:, 0], xy[:, 1]))), dtype=object
    )


def _in_reach(shapes: Shapes, clip: BaseGeometry | None) -> Shapes:
    if clip is None or not len(shapes):
        return shapes
    cut = np.asarray(shapely.clip_by_rect(shapes, *clip.bounds), dtype=object)
    return cut[~shapely.is_empty(cut)]


def _roads(lines: Shapes, classes: IntArray, clip: BaseGeometry | None) -> tuple[Shapes, IntArray]:
    merged, of = [np.empty(0, dtype=object)], [np.empty(0, dtype=np.int64)]
    for road in np.unique(classes):
        joined = _merged(_in_reach(lines[classes == road], clip))
        merged.append(joined)
        of.append(np.full(len(joined), road, dtype=np.int64))
    return np.concatenate(merged), np.concatenate(of)


def _merged(lines: Shapes) -> Shapes:
    """The lines joined where two ends meet, and simplified."""
    parts, _ = _parts(lines, "LineString")
    if not len(parts):
        return parts
    joined, _ = _parts([shapely.line_merge(shapely.multilinestrings(parts))], "LineString")
    return np.asarray(shapely.simplify(joined, TOLERANCE_M, preserve_topology=False), dtype=object)


def _parts(shapes: Any, kind: str) -> tuple[Shapes, IntArray]:
    """The single shapes of one kind, and which shape each came from."""
    parts, of = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    fits = (shapely.get_type_id(parts) == (1 if kind == "LineString" else 3)) & ~shapely.is_empty(parts)
    return np.asarray(parts[fits], dtype=object), np.asarray(of[fits], dtype=np.int64)


def _keep(backdrop: Backdrop, path: Path) -> None:
    """Keep it as whole decimetres, with a checksum."""
    arrays: dict[str, Any] = {"road_class": backdrop.road_class.astype(np.uint8)}
    arrays["source"] = np.frombuffer(backdrop.source.encode(), dtype=np.uint8)
    for name in ("roads", "waterways", "water"):
        shapes = getattr(backdrop, name)
        if not len(shapes):
            continue
        _, xy, offsets = shapely.to_ragged_array(shapes, include_z=False)
        arrays[name] = np.round(xy * 10).astype(np.int32)
        for n, offset in enumerate(offsets):
            arrays[f"{name}_{n}"] = np.asarray(offset, dtype=np.int32)
    write_kept(path, arrays, compressed=True)


def _read_kept(path: Path) -> Backdrop | None:
    """What :func:`_keep` kept; ``None`` where there is nothing, or nothing sound."""
    kept = read_kept(path)
    if kept is None:
        return None
    shapes = {name: _unragged(kept, name) for name in ("roads", "waterways", "water")}
    return Backdrop(kept["source"].tobytes().decode(), road_class=kept["road_class"].astype(np.int64), **shapes)


def _unragged(kept: Arrays, name: str) -> Shapes:
    if name not in kept:
        return np.empty(0, dtype=object)
    kind = shapely.GeometryType.POLYGON if name == "water" else shapely.GeometryType.LINESTRING
    offsets = tuple(kept[f"{name}_{n}"].astype(np.int64) for n in range(2 if name == "water" else 1))
    return np.asarray(shapely.from_ragged_array(kind, kept[name] / 10.0, offsets), dtype=object)
