"""Where circumstances strike. In: [power_outage] and [flood] of a study. Out: polygons in RD, and the files read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.config import Study
from nsp_planner.errors import DataError, Faults, NspError
from nsp_planner.layers.hazards.area import HazardArea
from nsp_planner.layers.network.shapes import read_shapes
from nsp_planner.layers.raw.input_file import InputFile, record_file

FLOOD, OUTAGE, RASTERS = "flood", "power_outage", "flood_rasters"
"""Keys of the shapes: land under water, land without power, and the land that rasters of water depth know."""


@dataclass
class Places:
    """Polygons in RD by key (:data:`FLOOD`, :data:`OUTAGE`, :data:`RASTERS`), and the files for the manifest."""

    shapes: dict[str, HazardArea] = field(default_factory=dict)
    inputs: list[InputFile] = field(default_factory=list)


def read_places(
    study: Study, region: BaseGeometry | None, faults: Faults, say: Callable[[str], None] = lambda _: None
) -> Places:
    """Read the polygons and rasters of a study's circumstances; what is wrong with a file is added to ``faults``.

    Args:
        study: The settings.
        region: Area planned, in RD; a file that does not touch it is a fault. None where the region is not known.
        faults: Where everything wrong with the files is added.
        say: Called with a short English text before each step.
    """
    places = Places()
    outage, flood = study.power_outage, study.flood
    if outage is not None and outage.area:
        say("reading where the power is out")
        places.shapes[OUTAGE] = HazardArea(_polygons(outage.area, "power_outage.area", places, region, faults))
    if flood is not None:
        say("reading what is under water")
        shapes = _polygons(flood.area, "flood.area", places, region, faults)
        known: list[BaseGeometry] = []
        for path in flood.depth:
            from nsp_planner.layers.hazards.depth import read_depth

            try:
                depth = read_depth(path, flood.depth_limit_m, crs=flood.depth_crs, region=region)
            except NspError as error:
                faults.items.extend(error.faults)
                continue
            shapes += depth.wet
            known.append(depth.known)
            places.inputs.append(record_file("flood.depth", path, len(depth.wet)))
        places.shapes[FLOOD] = HazardArea(shapes)
        if known and not flood.area:
            places.shapes[RASTERS] = HazardArea(known)
    return places


def _polygons(
    paths: tuple[Path, ...], key: str, places: Places, region: BaseGeometry | None, faults: Faults
) -> tuple[BaseGeometry, ...]:
    found: list[BaseGeometry] = []
    for path in paths:
        try:
            shapes = read_shapes(path, "under_water")
        except DataError as error:
            faults.items.extend(replace(fault, layer=key.split(".")[0], column=key) for fault in error.faults)
            continue
        if region is not None and not shapely.intersects(shapely.union_all(list(shapes)), region):
            faults.add(
                key.split(".")[0],
                "no polygon touches the region: it would change nothing",
                "Give polygons of this region, or correct the CRS of the file.",
                file=path,
                column=key,
            )
            continue
        found += shapes
        places.inputs.append(record_file(key, path, len(shapes)))
    return tuple(found)
