"""Open C-NSPs that an L-NSP passes on the way to its own, with the reason. In: level 2 and its plan. Out: a table.

Computed from distances, prices and loads, without solver or plan/verify: what would going to the nearer C-NSP cost or
break? Where it would neither break a rule nor cost more than it saves, or where changing places with an L-NSP of a full
C-NSP would cost less, there is no reason: the plan can be bettered by that one change, and every output says so.

Columns, one row per L-NSP that passes a nearer open C-NSP, those without a reason first, then by metres saved:
site_id · name · gemeente_name · cnsp_id · cnsp_name · cnsp_distance_m · nearer_id · nearer_name · nearer_gemeente_name
(the C-NSP passed that has no reason, else the nearest one) · nearer_distance_m · saved_m · n_lnsp (under the nearer
one) · n_nearer (how many are passed) · reasons (tuple of :data:`REASONS`, the weightiest first; empty: there is none).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.stations.station_failure import coordinator_distance_m, distances_m
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.solution import CoordinationPlan

NEARER_M = 1.0
"""Metres by which another C-NSP must be nearer; less is as far."""
REASONS = ("gemeente", "load", "station", "most", "least", "kept")
"""The nearer C-NSP lies in another gemeente; has so many L-NSPs that one more has a price; has a price itself; is at
its maximum. Or the own C-NSP would fall below its minimum, or is that of the plan before, which is changed least."""
COLUMNS = (
    *("site_id", "name", "gemeente_name", "cnsp_id", "cnsp_name", "cnsp_distance_m"),
    *("nearer_id", "nearer_name", "nearer_gemeente_name", "nearer_distance_m", "saved_m", "n_lnsp", "n_nearer"),
    "reasons",
)


@dataclass(frozen=True)
class Passed:
    """An open C-NSP that an L-NSP passes.

    Attributes:
        lnsp: Position of the L-NSP.
        station: Position of the nearer station.
        saved_m: Metres by which it is nearer.
        n_lnsp: L-NSPs under it.
        n_nearer: Open stations that lie nearer than the own one.
        reasons: Out of :data:`REASONS`, the weightiest first; empty where there is none.
    """

    lnsp: int
    station: int
    saved_m: float
    n_lnsp: int
    n_nearer: int
    reasons: tuple[str, ...]


def passed_stations(instance: CoordinationInstance, plan: CoordinationPlan) -> list[Passed]:
    """Every L-NSP that passes a nearer open station, with the nearest one; one without a reason goes before it."""
    dense, own_m = distances_m(instance), coordinator_distance_m(instance, plan)
    n_lnsp: IntArray = np.bincount(plan.coordinator, minlength=len(instance.station_ids)).astype(np.int64)
    found = []
    for lnsp in range(len(instance.lnsp_ids)):
        to_open = dense[lnsp, plan.open_stations]
        nearer = plan.open_stations[to_open < own_m[lnsp] - NEARER_M]
        nearer = nearer[np.argsort(dense[lnsp, nearer], kind="stable")]
        each = [
            Passed(
                lnsp,
                int(station),
                float(own_m[lnsp] - dense[lnsp, station]),
                int(n_lnsp[station]),
                len(nearer),
                _reasons(instance, plan, dense, n_lnsp, lnsp, int(station)),
            )
            for station in nearer
        ]
        if each:
            found.append(next((one for one in each if not one.reasons), each[0]))
    return found


def _reasons(
    instance: CoordinationInstance, plan: CoordinationPlan, dense: FloatArray, n_lnsp: IntArray, lnsp: int, other: int
) -> tuple[str, ...]:
    """Why an L-NSP is not under the nearer station ``other``: prices that outweigh what it saves, or else a rule."""
    own = int(plan.coordinator[lnsp])
    saved_m = float(dense[lnsp, own] - dense[lnsp, other])
    prices = sorted(_prices_m(instance, n_lnsp, lnsp, own, other), key=lambda price: -price[1])
    if saved_m <= sum(metres for _, metres in prices) + NEARER_M:
        needed: list[str] = []
        left_m = saved_m - NEARER_M - sum(metres for _, metres in prices if metres < 0)
        for name, metres in prices:
            if left_m > 0 and metres > 0:
                needed.append(name)
                left_m -= metres
        return tuple(needed)
    rule = "most" if n_lnsp[other] >= instance.max_lnsp_per_cnsp else "least"
    is_bound = rule == "most" or n_lnsp[own] <= instance.min_lnsp_per_cnsp
    if is_bound and not _gains_by_exchange(instance, plan, dense, lnsp, own, other):
        return (rule,)
    return ("kept",) if plan.kept is not None and plan.kept[lnsp] else ()


def _gains_by_exchange(
    instance: CoordinationInstance, plan: CoordinationPlan, dense: FloatArray, lnsp: int, own: int, other: int
) -> bool:
    """Whether changing places with an L-NSP of ``other``, which leaves both loads as they are, would cost less.

    Not with one that is there because it was before.
    """
    stays = np.zeros(len(plan.coordinator), dtype=bool) if plan.kept is None else plan.kept
    members = np.flatnonzero((plan.coordinator == other) & ~stays)
    elsewhere_m = instance.other_gemeente_penalty_m * (
        instance.lnsp_gemeente[:, None] != instance.station_gemeente[None, :]
    )
    cost_m = dense + elsewhere_m
    now_m = cost_m[lnsp, own] + cost_m[members, other]
    return bool((cost_m[lnsp, other] + cost_m[members, own] < now_m - NEARER_M).any())


def _prices_m(
    instance: CoordinationInstance, n_lnsp: IntArray, lnsp: int, own: int, other: int
) -> Iterator[tuple[str, float]]:
    """Metres that count extra at ``other`` beyond those at ``own``, by reason."""
    home = instance.lnsp_gemeente[lnsp]
    elsewhere = [float(instance.station_gemeente[station] != home) for station in (own, other)]
    yield "gemeente", instance.other_gemeente_penalty_m * (elsewhere[1] - elsewhere[0])
    above = n_lnsp - instance.lnsp_per_cnsp
    yield "load", instance.load_price_m * float(max(0, above[other] + 1) - max(0, above[own]))
    if instance.station_price_m is not None:
        yield "station", float(instance.station_price_m[other] - instance.station_price_m[own])


def n_nearer_cnsps(planned: PlannedStudy) -> IntArray:
    """Shape (l,), open C-NSPs that lie nearer to each L-NSP of level 2 than its own."""
    instance, plan = planned.coordination, planned.coordination_plan
    to_open: FloatArray = distances_m(instance)[:, plan.open_stations]
    own_m = coordinator_distance_m(instance, plan)
    counted: IntArray = (to_open < own_m[:, None] - NEARER_M).sum(axis=1).astype(np.int64)
    return counted


def nearer_cnsps(planned: PlannedStudy) -> pd.DataFrame:
    """The table of the module's docstring."""
    instance, plan, layers = planned.coordination, planned.coordination_plan, planned.layers
    sites = layers.sites.set_index("site_id")
    gemeenten = sites["gemeente_code"].map(layers.areas.set_index("area_code")["name"]).fillna(sites["gemeente_code"])
    dense = distances_m(instance)
    rows = []
    for one in passed_stations(instance, plan):
        lnsp_id, own = instance.lnsp_ids[one.lnsp], int(plan.coordinator[one.lnsp])
        own_id, nearer_id = instance.station_ids[own], instance.station_ids[one.station]
        rows.append(
            {
                "site_id": lnsp_id,
                "name": sites.at[lnsp_id, "name"],
                "gemeente_name": gemeenten[lnsp_id],
                "cnsp_id": own_id,
                "cnsp_name": sites.at[own_id, "name"],
                "cnsp_distance_m": float(dense[one.lnsp, own]),
                "nearer_id": nearer_id,
                "nearer_name": sites.at[nearer_id, "name"],
                "nearer_gemeente_name": gemeenten[nearer_id],
                "nearer_distance_m": float(dense[one.lnsp, one.station]),
                "saved_m": one.saved_m,
                "n_lnsp": one.n_lnsp,
                "n_nearer": one.n_nearer,
                "reasons": one.reasons,
            }
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = sorted(range(len(rows)), key=lambda n: (len(rows[n]["reasons"]) > 0, -rows[n]["saved_m"]))
    return table.iloc[order].reset_index(drop=True)
