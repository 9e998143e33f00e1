"""The networks a study needs. In: [inputs.network] and [links]. Out: a network per profile, shapes that close links."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from shapely.geometry.base import BaseGeometry

from nsp_planner.config import Study
from nsp_planner.errors import DataError
from nsp_planner.layers.raw.input_file import record_file
from nsp_planner.layers.raw.input_log import InputLog

if TYPE_CHECKING:
    from nsp_planner.layers.network.network import Network

ROAD_PROFILE = "car"
"""Profile of the distances between L-NSPs and C-NSPs."""


@dataclass
class Streets:
    """What was read: a network per profile, and shapes per key of [links]."""

    networks: dict[str, Network] = field(default_factory=dict)
    link_shapes: dict[str, tuple[BaseGeometry, ...]] = field(default_factory=dict)


def read_streets(study: Study, region: BaseGeometry | None, log: InputLog) -> Streets:
    """Read the networks of a study; what is wrong with a file is a fault in ``log``, nothing is raised for it.

    Args:
        study: The settings; nothing is read where distances are straight lines.
        region: Area planned, in RD; None reads the whole source, for its faults.
        log: Where the files and everything wrong with them are recorded.
    """
    streets = Streets()
    source = study.inputs.network
    if study.distances.method != "network" or source is None:
        return streets
    from nsp_planner.layers.network.store import read_network

    for profile in dict.fromkeys((study.distances.profile, ROAD_PROFILE)):
        log.on_step(f"reading the network: {profile}")
        try:
            network, record = read_network(
                source.path,
                profile,
                region=region,
                buffer_m=source.buffer_m,
                layer=source.layer,
                crs=source.crs,
                join_islands_m=source.join_islands_m,
                processed=source.store_folder(),
            )
        except DataError as error:
            log.faults.items.extend(fault for fault in error.faults if fault not in log.faults.items)
            continue
        streets.networks[profile] = network
        log.files.append(record)
    _read_shapes(study, "under_water", streets, log)
    _read_shapes(study, "barriers", streets, log)
    return streets


def _read_shapes(study: Study, key: Literal["under_water", "barriers"], streets: Streets, log: InputLog) -> None:
    from nsp_planner.layers.raw.shapes import read_shapes

    shapes: list[BaseGeometry] = []
    for path in getattr(study.links, key):
        try:
            found = read_shapes(path, key)
        except DataError as error:
            log.faults.items.extend(error.faults)
            continue
        shapes += found
        log.files.append(record_file(f"links: {key}", path, len(found)))
    streets.link_shapes[key] = tuple(shapes)
