"""Reading an OpenStreetMap extract for candidates. In: .osm.pbf files, the area wanted. Out: features and buildings.

One pass per file: libosmium assembles the outlines, and only objects with a name, amenity, leisure or building in the
box of the area reach Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault
from nsp_planner.fetch.osm_rules import Rules, find_rule, find_unused_rule, looked_at_keys, why_unused
from nsp_planner.layers.rd import RD

LAYER = "fetch: osm"


@dataclass(frozen=True, eq=False)
class OsmObjects:
    """What the extracts hold of the area, in RD.

    Attributes:
        features: osm_id (``n1``, ``w1``, ``r1``) · rank (of its rule) · tags (dict) · is_building (bool) · reason
            (Dutch, "" for a candidate, else why it is left out) · geometry (point or polygon).
        buildings: osm_id · levels (float, NaN where not known) · ref_bag (str) · use (value of ``building``) ·
            geometry (polygon).
    """

    features: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame


@dataclass
class _Found:
    features: dict[str, tuple[int, dict[str, str], bool, str, bytes]] = field(default_factory=dict)
    buildings: dict[str, tuple[float, str, str, bytes]] = field(default_factory=dict)


def read_osm_objects(
    files: Sequence[Path], area: BaseGeometry, rules: Rules, on_step: Callable[[str], None] | None = None
) -> OsmObjects:
    """Read all extracts; an object that is in two of them (at a border between provinces) counts once.

    Args:
        files: Extracts, .osm.pbf.
        area: Region with its buffer, RD metres.
        rules: What is a candidate.
        on_step: Called with a short English text per file.

    Raises:
        DataError: A file cannot be read as an extract.
    """
    box = gpd.GeoSeries([shapely.box(*area.bounds)], crs=RD).to_crs("EPSG:4326").total_bounds
    found = _Found()
    for path in files:
        if on_step is not None:
            on_step(f"reading buildings of {path.name}")
        try:
            _read_file(path, (box[0], box[1], box[2], box[3]), rules, found)
        except (RuntimeError, OSError, ValueError) as error:
            fix = "Move the file away and run again to have it anew."
            raise DataError(Fault(LAYER, f"the extract cannot be read: {error}", fix, str(path))) from None
    features = _table(found.features, {"rank": "int64", "tags": "object", "is_building": "bool", "reason": "str"})
    buildings = _table(found.buildings, {"levels": "float64", "ref_bag": "str", "use": "str"})
    shapely.prepare(area)
    inside = np.asarray(shapely.intersects(area, features.geometry.to_numpy()), dtype=bool)
    return OsmObjects(features[inside].reset_index(drop=True), buildings)


def _read_file(path: Path, box: tuple[float, float, float, float], rules: Rules, found: _Found) -> None:
    import osmium

    west, south, east, north = box
    wkb = osmium.geom.WKBFactory()
    telling_keys = frozenset(looked_at_keys(rules)) - {"building"}
    telling_buildings = frozenset(value for rule in rules.kinds for key, value in rule.tags if key == "building")
    entities = osmium.osm.NODE | osmium.osm.AREA
    objects = (
        osmium.FileProcessor(str(path))
        .with_areas()
        .with_filter(osmium.filter.EntityFilter(entities))
        .with_filter(osmium.filter.KeyFilter(*looked_at_keys(rules)))
    )
    for each in objects:
        if isinstance(each, osmium.osm.Area):
            is_area, name = True, f"{'w' if each.from_way() else 'r'}{each.orig_id()}"
            corner = _first_corner(each)
        elif isinstance(each, osmium.osm.Node):
            is_area, name, corner = False, f"n{each.id}", (each.lon, each.lat)
        else:
            continue
        # The box is only to save work; an area that reaches in from outside it is kilometres from the region.
        if corner is None or not (west <= corner[0] <= east and south <= corner[1] <= north):
            continue
        tags = dict(each.tags)
        is_building = is_area and tags.get("building", "no") not in ("no", "roof")
        rule = None
        # Millions of plain houses come by: what no rule can fit is not held against every rule.
        if tags.get("building") in telling_buildings or not telling_keys.isdisjoint(tags):
            rule = find_rule(tags, rules) or find_unused_rule(tags, rules)
        if rule is None and not is_building:
            continue
        try:
            outline = wkb.create_multipolygon(each) if isinstance(each, osmium.osm.Area) else wkb.create_point(each)
            shape = bytes.fromhex(outline)
        except RuntimeError:  # an outline that crosses itself: libosmium makes no polygon of it
            continue
        if is_building:
            found.buildings[name] = (_levels(tags), tags.get("ref:bag", ""), tags["building"], shape)
        if rule is not None:
            found.features[name] = (rule.rank, tags, is_building, why_unused(tags, rules) or "", shape)


def _first_corner(area: Any) -> tuple[float, float] | None:
    for ring in area.outer_rings():
        for node in ring:
            return (node.lon, node.lat) if node.location.valid() else None
    return None


def _levels(tags: dict[str, str]) -> float:
    try:
        levels = float(tags.get("building:levels", "nan"))
    except ValueError:
        return float("nan")
    return levels if 1 <= levels <= 50 else float("nan")


def _table(found: Mapping[str, tuple[Any, ...]], columns: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Objects sorted by id, in RD; the last value of each is its outline."""
    rows = [(name, *found[name]) for name in sorted(found)]
    table = pd.DataFrame(rows, columns=["osm_id", *columns, "outline"]).astype({"osm_id": "str", **columns})
    outlines = shapely.make_valid(shapely.from_wkb(table.pop("outline").to_numpy(dtype=object)))
    return gpd.GeoDataFrame(table, geometry=outlines, crs="EPSG:4326").to_crs(RD)
