"""Who cannot be reached, and why. In: costs over a network, ids and persons. Out: tables, or a clear refusal.

No arc is not an answer to a planner: everyone without one is named with a reason, in the words of the reports.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse.csgraph import connected_components

from nsp_planner.costs.network.build import NetworkCosts
from nsp_planner.costs.network.connect import Connections
from nsp_planner.costs.network.many_to_many import build_graph
from nsp_planner.errors import DataError, Fault
from nsp_planner.layers.network.network import BoolArray, IntArray

REASONS_NL = {
    "in_water": "ligt onder water",
    "too_far": "ligt verder dan {limit:.0f} m van een begaanbare weg",
    "island": "ligt op een los deel van het wegennet zonder locatie",
    "beyond_cutoff": "heeft geen locatie binnen {cutoff:.0f} m",
}
"""Reasons for readers, by the value of the column ``reason``."""


def unreachable_table(result: NetworkCosts, ids: Sequence[str], persons: npt.ArrayLike) -> pd.DataFrame:
    """Every origin without any destination: id, persons, reason, reason_nl; in the order of the origins.

    Args:
        result: Costs over a network.
        ids: Id of each origin.
        persons: Persons of each origin.
    """
    lonely = np.flatnonzero(np.diff(result.costs.indptr) == 0)
    reason = _reasons(result)[lonely]
    limits = {"limit": result.origins.limit_m, "cutoff": result.costs.cutoff_m}
    return pd.DataFrame(
        {
            "id": np.asarray(ids, dtype=object)[lonely],
            "persons": np.asarray(persons)[lonely],
            "reason": reason,
            "reason_nl": [REASONS_NL[each].format(**limits) for each in reason],
        }
    )


def not_connected_table(points: Connections, ids: Sequence[str]) -> pd.DataFrame:
    """Every point that is not on the network: id, reason, reason_nl. For sites, which have no persons."""
    off = np.flatnonzero(~points.connected)
    reason = np.where(points.in_water[off], "in_water", "too_far")
    return pd.DataFrame(
        {
            "id": np.asarray(ids, dtype=object)[off],
            "reason": reason,
            "reason_nl": [REASONS_NL[each].format(limit=points.limit_m, cutoff=0) for each in reason],
        }
    )


def verify_reach(result: NetworkCosts, site_ids: Sequence[str], persons: npt.ArrayLike) -> None:
    """Refuse costs no plan can be made from.

    Args:
        result: Costs over a network.
        site_ids: Id of each destination.
        persons: Persons of each origin.

    Raises:
        DataError: No site or nobody is connected; all sites lie on an island, away from where most people live.
    """
    limit = f"{result.origins.limit_m:.0f} m"
    fix = "Check that network, people and sites cover the same region, or raise connect_limit_m."
    if not result.destinations.connected.any():
        raise DataError(
            Fault("network", f"no site lies within {limit} of the network", fix, ids=tuple(map(str, site_ids)))
        )
    if not result.origins.connected.any():
        raise DataError(Fault("network", f"no demand point lies within {limit} of the network", fix))
    people = np.asarray(persons, dtype=np.float64)
    at_people, at_sites = _pieces(result)
    on, with_site = at_people >= 0, at_sites >= 0
    lives = np.bincount(at_people[on], weights=people[on], minlength=int(at_sites.max(initial=0)) + 1)
    if int(np.argmax(lives)) not in at_sites:
        there = lives[np.unique(at_sites[with_site])].sum()
        raise DataError(
            Fault(
                "network",
                f"all sites lie on islands of the network, where {there:,.0f} of {people[on].sum():,.0f} "
                "persons live; the piece where most people live has none",
                "Check the sites' coordinates and whether the network lacks a bridge or ferry (join_islands_m).",
                ids=tuple(np.asarray(site_ids, dtype=object)[with_site].tolist()),
            )
        )


def _pieces(result: NetworkCosts) -> tuple[IntArray, IntArray]:
    """The connected piece of each origin and of each destination while the closed links are closed; -1 for none."""
    network = result.network
    piece = network.component
    if result.closed is not None:
        graph = build_graph(network, result.closed.passable, reverse=False)
        piece = connected_components(graph, directed=False)[1].astype(np.int64)

    def of(points: Connections) -> IntArray:
        end = np.where(points.to_u, network.u[points.edge], network.v[points.edge])
        return np.where(points.connected & (points.to_u | points.to_v), piece[end], -1)

    return of(result.origins), of(result.destinations)


def _reasons(result: NetworkCosts) -> npt.NDArray[np.object_]:
    """A reason for every origin, as if it had no arc."""
    on = result.origins.connected
    at_people, at_sites = _pieces(result)
    alone: BoolArray = on & ~np.isin(at_people, at_sites[at_sites >= 0])
    reason = np.full(len(on), "beyond_cutoff", dtype=object)
    reason[alone] = "island"
    reason[~on] = "too_far"
    reason[result.origins.in_water] = "in_water"
    return reason
