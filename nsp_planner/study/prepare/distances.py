"""Distances of a study. In: layers and settings. Out: cost matrices, and what a network says about them.

Over a network people go to L-NSPs by the study's profile and C-NSPs are reached by car; without one both are straight
lines times the detour factor. Either way the matrix carries the label that every output prints. Of distances that were
computed before only those are computed again that closed links can touch.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from nsp_planner.config import Study
from nsp_planner.costs.matrix import CostMatrix, FloatArray
from nsp_planner.costs.rows import islanded, joined_rows
from nsp_planner.costs.straight_line import straight_line_costs
from nsp_planner.layers.hazards.shapes import FLOOD
from nsp_planner.layers.network.streets import ROAD_PROFILE
from nsp_planner.layers.tables import Layers
from nsp_planner.study.circumstances.areas import in_flood, xy_m

if TYPE_CHECKING:
    from nsp_planner.costs.network.build import NetworkCosts
    from nsp_planner.costs.network.links import LinkChanges
    from nsp_planner.layers.network.network import Network

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
        links: Links that are closed: change, value, n_edges, length_m; None where all are open.
        recomputed: Candidates whose distances had to be computed again for the closed links, and all; None without.
    """

    costs: CostMatrix
    unreachable: pd.DataFrame = field(default_factory=_no_unreachable)
    not_connected: pd.DataFrame = field(default_factory=pd.DataFrame)
    detour: pd.DataFrame | None = None
    links: pd.DataFrame | None = None
    recomputed: tuple[int, int] | None = None


class DistancesOnce:
    """Distances from everybody to every candidate L-NSP, for studies that share their layers.

    They are measured once per set of closed links, however often such studies are solved: a scenario that takes
    buildings out or prices them is a mask and an addition on these arcs.
    """

    def __init__(self, layers: Layers) -> None:
        """Nothing is measured yet."""
        self.layers = layers
        self.candidates = layers.sites[layers.sites["can_be_lnsp"].to_numpy(dtype=bool)]
        self._measured: dict[str, PeopleDistances] = {}

    def of(self, study: Study) -> PeopleDistances:
        """Those of one study; raises as :func:`measure_people_distances`."""
        return self.between("ours", study, self.layers.demand, self.candidates)

    def between(self, which: str, study: Study, demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> PeopleDistances:
        """Those from other demand points to other sites, which are the same whenever they are called ``which``."""
        key = which + study.model_dump_json(include={"distances", "links", "flood", "inputs"})
        if key not in self._measured:
            self._measured[key] = measure_people_distances(replace(self.layers, demand=demand), study, sites)
        return self._measured[key]


def measure_people_distances(layers: Layers, study: Study, sites: gpd.GeoDataFrame) -> PeopleDistances:
    """Distances from every demand point to these candidates.

    Who lives under water and is to be evacuated has none; who leaves in time walks the streets as they were.

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
        wet = np.zeros(len(ids), dtype=bool)
        if study.flood is not None and study.flood.people == "to_evacuate":
            wet = in_flood(layers, layers.demand)
            costs = costs.keep_arcs(~wet[costs.arc_origin])
        alone, far = islanded(costs), f"heeft geen locatie binnen {settings.cutoff_m:.0f} m"
        table = {
            "id": ids[alone],
            "persons": persons[alone],
            "reason": np.where(wet, "in_water", "beyond_cutoff")[alone],
            "reason_nl": np.where(wet, "ligt onder water", far)[alone],
        }
        return PeopleDistances(costs, pd.DataFrame(table))

    from nsp_planner.costs.network.detour import measure_detour
    from nsp_planner.costs.network.reach import not_connected_table, unreachable_table, verify_reach

    walked = _walked(network, layers, study, from_xy, to_xy, flooded=True)
    if study.flood is not None and study.flood.people == "nearest_dry":
        walked = _left_in_time(walked, _walked(network, layers, study, from_xy, to_xy, flooded=False))
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
        links=None if walked.closed is None else walked.closed.table,
        recomputed=None if walked.closed is None else (int(walked.recomputed.sum()), len(walked.recomputed)),
    )


def measure_road_distances(
    layers: Layers,
    study: Study,
    lnsps: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    *,
    usable: npt.NDArray[np.bool_] | None = None,
    as_they_were: bool = True,
) -> CostMatrix:
    """Distances from L-NSPs to stations: by car over the network, or straight lines; raises as for people.

    An L-NSP that no usable station reaches while links are closed gets its distances over the streets as they were;
    with ``as_they_were`` false it keeps what it has.

    Args:
        layers: The checked tables.
        study: The settings.
        lnsps: L-NSPs.
        stations: Stations, k of them.
        usable: Shape (k,), stations that may be a C-NSP; None for all.
        as_they_were: See above.
    """
    network = layers.networks.get(ROAD_PROFILE)
    if network is None or study.inputs.network is None:
        return straight_line_costs(
            xy_m(lnsps),
            xy_m(stations),
            detour_factor=study.distances.detour_factor,
            cutoff_m=WITHIN_ANY_REGION_M,
            nearest=None,
            going_nl="rijafstand",
        )
    from nsp_planner.costs.network.build import build_network_costs

    def by_car(changes: LinkChanges | None) -> CostMatrix:
        assert study.inputs.network is not None
        return build_network_costs(
            network,
            xy_m(lnsps),
            xy_m(stations),
            cutoff_m=WITHIN_ANY_REGION_M,
            connect_limit_m=study.inputs.network.connect_limit_m,
            small_island_m=study.inputs.network.small_island_m,
            changes=changes,
            n_processes=study.solver.threads,
        ).costs

    changes = _on(network, layers, link_changes(layers, study, flooded=True))
    costs = by_car(changes)
    alone = islanded(costs, usable)
    if changes is None or not as_they_were or not alone.any():
        return costs
    return joined_rows(costs, by_car(None), alone)


def _walked(
    network: Network, layers: Layers, study: Study, from_xy: FloatArray, to_xy: FloatArray, *, flooded: bool
) -> NetworkCosts:
    from nsp_planner.costs.network.kept import network_costs

    assert study.inputs.network is not None
    return network_costs(
        network,
        from_xy,
        to_xy,
        cutoff_m=study.distances.cutoff_m,
        connect_limit_m=study.inputs.network.connect_limit_m,
        small_island_m=study.inputs.network.small_island_m,
        changes=_on(network, layers, link_changes(layers, study, flooded=flooded)),
        n_processes=study.solver.threads,
        folder=study.inputs.network.store_folder(),
    )


def _left_in_time(after: NetworkCosts, before: NetworkCosts) -> NetworkCosts:
    """Who lives in the water keeps the distances over the streets before it came; all others walk the dry streets."""
    leaves = after.origins.in_water & before.origins.connected
    dry = before.costs.keep_arcs(after.destinations.connected[before.costs.destination])
    return replace(after, costs=joined_rows(after.costs, dry, leaves))


def _on(network: Network, layers: Layers, changes: LinkChanges | None) -> LinkChanges | None:
    """The changes as far as this network can know of them."""
    from nsp_planner.costs.network.links import changes_for

    others = [each for each in layers.networks.values() if each is not network]
    return None if changes is None else changes_for(network, others, changes)


def link_changes(layers: Layers, study: Study, *, flooded: bool) -> LinkChanges | None:
    """Links that are closed by [links], and with ``flooded`` by [flood] too; None where all are open."""
    from nsp_planner.config import Links
    from nsp_planner.costs.network.links import LinkChanges

    links = study.links
    water = layers.link_shapes.get(FLOOD, ()) if flooded and study.flood is not None else ()
    if links == Links() and not water:
        return None
    return LinkChanges(
        closed_ids=links.closed_ids,
        closed_bridges=links.closed_bridges,
        closed_names=links.closed_names,
        ferries_out=links.ferries_out,
        all_ferries_out=links.all_ferries_out,
        under_water=(*(layers.link_shapes.get("under_water", ()) if links.under_water else ()), *water),
        barriers=layers.link_shapes.get("barriers", ()) if links.barriers else (),
    )
