"""Where circumstances strike. In: a planned study. Out: :class:`HazardShapes`, land and lines in RD, to draw."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.config import Links
from nsp_planner.costs.network.links import LinkChanges, build_closed_links, changes_for
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.hazards.shapes import FLOOD, OUTAGE
from nsp_planner.plan.instance import BoolArray

Shapes = tuple[BaseGeometry, ...]
Parts = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class HazardShapes:
    """Land and lines that circumstances strike, as separate parts in RD; empty in an ordinary plan.

    Attributes:
        under_water: Land under water.
        without_power: Land without power; empty where the outage has no edge to draw.
        closed: Roads, bridges and ferries that are closed from end to end.
        barriers: Lines that nobody can cross.
        is_under_water, is_without_power: Shape (n,), squares whose centre lies in that land.
    """

    under_water: Parts
    without_power: Parts
    closed: Parts
    barriers: Parts
    is_under_water: BoolArray
    is_without_power: BoolArray


def hazard_shapes(planned: PlannedStudy) -> HazardShapes:
    """The shapes of the circumstances of a study."""
    facts, shapes, links = planned.consequences, planned.layers.link_shapes, planned.study.links
    flood = shapes.get(FLOOD, ()) if facts is not None and facts.flood is not None else ()
    water = united((*flood, *(shapes.get("under_water", ()) if links.under_water else ())))
    power = united(_without_power(planned))
    squares = planned.layers.demand.geometry
    return HazardShapes(
        under_water=water,
        without_power=power,
        closed=united(_closed(planned), lines=True),
        barriers=united(tuple(shapes.get("barriers", ())) if links.barriers else (), lines=True),
        is_under_water=centres_in(squares, water),
        is_without_power=centres_in(squares, power),
    )


def united(shapes: Shapes, *, lines: bool = False) -> Parts:
    """Shapes without overlaps, as separate parts; lines that meet are one."""
    if not shapes:
        return np.zeros(0, dtype=object)
    whole = shapely.union_all(np.asarray(shapes, dtype=object))
    return np.atleast_1d(shapely.get_parts(shapely.line_merge(whole) if lines else whole))


def centres_in(squares: gpd.GeoSeries, land: Parts) -> BoolArray:
    """Shape (n,), squares whose centre lies in the land."""
    if not len(land):
        return np.zeros(len(squares), dtype=bool)
    whole = shapely.union_all(land)
    shapely.prepare(whole)
    inside: BoolArray = shapely.intersects_xy(whole, squares.x.to_numpy(), squares.y.to_numpy())
    return inside


def _without_power(planned: PlannedStudy) -> Shapes:
    facts, outage, areas = planned.consequences, planned.study.power_outage, planned.layers.areas
    if facts is None or facts.power is None or outage is None or outage.whole_region:
        return ()
    gemeenten = areas.loc[areas["area_code"].isin(outage.gemeenten)].geometry
    return (*planned.layers.link_shapes.get(OUTAGE, ()), *gemeenten)


def _closed(planned: PlannedStudy) -> Shapes:
    """Lines of every network that [links] closes; what water or a barrier cuts is drawn as that."""
    links, networks = planned.study.links, list(planned.layers.networks.values())
    if links == Links() or planned.consequences is None:
        return ()
    changes = LinkChanges(
        links.closed_ids, links.closed_bridges, links.closed_names, links.ferries_out, links.all_ferries_out
    )
    lines: list[BaseGeometry] = []
    for network in networks:
        others = [each for each in networks if each is not network]
        whole = build_closed_links(network, changes_for(network, others, changes)).whole
        lines += [
            shapely.LineString(network.vertex_xy[network.vertex_indptr[e] : network.vertex_indptr[e + 1]])
            for e in np.flatnonzero(whole)
        ]
    return tuple(lines)
