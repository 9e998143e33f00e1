"""Distances of a study. In: layers and settings. Out: cost matrices, and what a network says about them.

Over a network people go to L-NSPs by the study's profile and C-NSPs are reached by car; without one both are straight
lines times the detour factor. Either way the matrix carries the label that every output prints.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.config import Study
from nsp_planner.costs.matrix import CostMatrix, FloatArray
from nsp_planner.costs.straight_line import straight_line_costs
from nsp_planner.layers.streets import ROAD_PROFILE
from nsp_planner.layers.tables import Layers

if TYPE_CHECKING:
    from nsp_planner.costs.network.links import LinkChanges

WITHIN_ANY_REGION_M = 1_000_000.0
"""Cutoff of the distances between L-NSPs and stations: every pair of a region, which is small, has an arc."""

UNREACHABLE_COLUMNS = ("id", "persons", "reason", "reason_nl")


def _no_unreachable() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="object") for column in UNREACHABLE_COLUMNS})


@dataclass(frozen=True, eq=False)
class PeopleDistances:
    """Distances from demand points to candidates.

    Attributes:
        costs: Every distance within the cutoff.
        unreachable: Demand points without any, with persons and the reason: id, persons, reason, reason_nl.
        not_connected: Candidates that do not lie on the network: id, reason, reason_nl.
        detour: Measured detour factor per gemeente beside the fallback; None for straight lines.
        islands: Pieces of the network; None for straight lines.
    """

    costs: CostMatrix
    unreachable: pd.DataFrame = field(default_factory=_no_unreachable)
    not_connected: pd.DataFrame = field(default_factory=pd.DataFrame)
    detour: pd.DataFrame | None = None
    islands: pd.DataFrame | None = None


def measure_people_distances(layers: Layers, study: Study, sites: gpd.GeoDataFrame) -> PeopleDistances:
    """Distances from every demand point to these candidates.

    Raises:
        DataError: A network that nobody or no candidate is connected to.
        SettingsError: [links] names what the network does not have.
    """
    settings = study.distances
    from_xy, to_xy = xy_m(layers.demand), xy_m(sites)
    ids = layers.demand["demand_id"].to_numpy(dtype=object)
    persons = layers.demand["population_persons"].to_numpy(dtype=float)
    network = layers.networks.get(settings.profile)
    if network is None or study.inputs.network is None:
        costs = straight_line_costs(
            from_xy, to_xy, detour_factor=settings.detour_factor, cutoff_m=settings.cutoff_m, nearest=None
        )
        alone = np.diff(costs.indptr) == 0
        reason = f"heeft geen locatie binnen {settings.cutoff_m:.0f} m"
        table = {"id": ids[alone], "persons": persons[alone], "reason": "beyond_cutoff", "reason_nl": reason}
        return PeopleDistances(costs, pd.DataFrame(table))

    from nsp_planner.costs.network.build import build_network_costs
    from nsp_planner.costs.network.detour import measure_detour
    from nsp_planner.costs.network.reach import not_connected_table, unreachable_table, verify_reach
    from nsp_planner.layers.network.islands import island_table

    walked = build_network_costs(
        network,
        from_xy,
        to_xy,
        cutoff_m=settings.cutoff_m,
        connect_limit_m=study.inputs.network.connect_limit_m,
        small_island_m=study.inputs.network.small_island_m,
        changes=_link_changes(layers, study),
        n_processes=study.solver.threads,
    )
    site_ids = tuple(sites["site_id"])
    verify_reach(walked, site_ids, persons)
    kern = (layers.demand["area_type"] == "kern").to_numpy(dtype=bool)
    detour = measure_detour(
        walked.costs,
        from_xy,
        to_xy,
        persons,
        list(layers.demand["gemeente_code"]),
        fallback_factor=settings.detour_factor,
        service_distance_m=np.where(kern, settings.service_distance_kern_m, settings.service_distance_buitengebied_m),
    )
    return PeopleDistances(
        costs=walked.costs,
        unreachable=unreachable_table(walked, tuple(ids), persons),
        not_connected=not_connected_table(walked.destinations, site_ids),
        detour=detour,
        islands=island_table(network),
    )


def measure_road_distances(
    layers: Layers, study: Study, lnsps: gpd.GeoDataFrame, stations: gpd.GeoDataFrame
) -> CostMatrix:
    """Distances from L-NSPs to stations: by car over the network, or straight lines; raises as for people."""
    network = layers.networks.get(ROAD_PROFILE)
    if network is None or study.inputs.network is None:
        return straight_line_costs(
            xy_m(lnsps),
            xy_m(stations),
            detour_factor=study.distances.detour_factor,
            cutoff_m=WITHIN_ANY_REGION_M,
            nearest=None,
        )
    from nsp_planner.costs.network.build import build_network_costs

    return build_network_costs(
        network,
        xy_m(lnsps),
        xy_m(stations),
        cutoff_m=WITHIN_ANY_REGION_M,
        connect_limit_m=study.inputs.network.connect_limit_m,
        small_island_m=study.inputs.network.small_island_m,
        changes=_link_changes(layers, study),
        n_processes=study.solver.threads,
    ).costs


def xy_m(points: gpd.GeoDataFrame) -> FloatArray:
    """Coordinates in RD metres, shape (n, 2)."""
    return np.column_stack([points.geometry.x.to_numpy(), points.geometry.y.to_numpy()])


def _link_changes(layers: Layers, study: Study) -> LinkChanges | None:
    from nsp_planner.config import Links
    from nsp_planner.costs.network.links import LinkChanges

    links = study.links
    if links == Links():
        return None
    return LinkChanges(
        closed_ids=links.closed_ids,
        closed_bridges=links.closed_bridges,
        closed_names=links.closed_names,
        ferries_out=links.ferries_out,
        all_ferries_out=links.all_ferries_out,
        under_water=layers.link_shapes.get("under_water", ()),
        barriers=layers.link_shapes.get("barriers", ()),
    )
