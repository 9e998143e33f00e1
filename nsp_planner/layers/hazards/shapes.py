"""Land that is flooded or without power. In: [power_outage] and [flood] of a study. Out: polygons in RD."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.config import Study
from nsp_planner.errors import DataError, NspError
from nsp_planner.layers.hazards.area import HazardArea
from nsp_planner.layers.raw.input_file import record_file
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.shapes import read_shapes

FLOOD, OUTAGE, RASTERS = "flood", "power_outage", "flood_rasters"
"""Keys of the shapes: land under water, land without power, and the land that rasters of water depth know."""


def read_hazards(study: Study, region: BaseGeometry | None, log: InputLog) -> dict[str, HazardArea]:
    """The land by key (:data:`FLOOD`, :data:`OUTAGE`, :data:`RASTERS`); a file that is wrong is a fault.

    Args:
        study: The settings.
        region: Area planned, in RD; a file that does not touch it is a fault. None where the region is not known.
        log: Where the files and everything wrong with them are recorded.
    """
    hazards: dict[str, HazardArea] = {}
    outage, flood = study.power_outage, study.flood
    if outage is not None and outage.area:
        log.on_step("reading where the power is out")
        hazards[OUTAGE] = HazardArea(_polygons(outage.area, "power_outage.area", region, log))
    if flood is not None:
        log.on_step("reading what is under water")
        shapes = _polygons(flood.area, "flood.area", region, log)
        known: list[BaseGeometry] = []
        for path in flood.depth:
            from nsp_planner.layers.hazards.depth import read_depth

            try:
                depth = read_depth(path, flood.depth_limit_m, crs=flood.depth_crs, region=region)
            except NspError as error:
                log.faults.items.extend(error.faults)
                continue
            shapes.extend(depth.wet)
            known.append(depth.known)
            log.files.append(record_file("flood.depth", path, len(depth.wet)))
        hazards[FLOOD] = HazardArea(shapes)
        if known and not flood.area:
            hazards[RASTERS] = HazardArea(known)
    return hazards


def _polygons(paths: tuple[Path, ...], key: str, region: BaseGeometry | None, log: InputLog) -> list[BaseGeometry]:
    found: list[BaseGeometry] = []
    for path in paths:
        try:
            shapes = read_shapes(path, "under_water")
        except DataError as error:
            log.faults.items.extend(replace(fault, layer=key.split(".")[0], column=key) for fault in error.faults)
            continue
        if region is not None and not shapely.intersects(shapely.union_all(list(shapes)), region):
            log.faults.add(
                key.split(".")[0],
                "no polygon touches the region: it would change nothing",
                "Give polygons of this region, or correct the CRS of the file.",
                file=path,
                column=key,
            )
            continue
        found += shapes
        log.files.append(record_file(key, path, len(shapes)))
    return found
