"""Instances held against common sense, before any solving. In: an instance. Out: nothing, or every fault at once.

Nothing here is shared with the models. Whether a plan exists is another question, see ``diagnose``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix, IntArray
from nsp_planner.errors import Faults, VerificationError
from nsp_planner.plan.instance import CoordinationInstance, LocalInstance
from nsp_planner.plan.objective import objective

REPAIR = "repair the step that made this instance"


def verify_local_instance(instance: LocalInstance) -> None:
    """Refuse an instance of level 1 that cannot be right.

    Raises:
        SettingsError: There is no objective of that name.
        VerificationError: Numbers that are negative or not finite, ids that occur twice, positions out of range, or a
            cost matrix that is out of order. Whether a plan exists is another question.
    """
    faults = Faults()
    _check_ids(faults, "demand points", instance.demand_ids)
    _check_ids(faults, "candidate sites", instance.site_ids)
    _check_ids(faults, "gemeenten", instance.gemeente_codes)
    numbers = (
        ("demand points", "population_persons", instance.population_persons, instance.demand_ids),
        ("demand points", "weight", instance.weight, instance.demand_ids),
        ("demand points", "service_distance_m", instance.service_distance_m, instance.demand_ids),
    )
    for layer, column, values, ids in numbers:
        wrong = ~np.isfinite(values) | (values < 0)
        _add_where(faults, layer, column, wrong, ids, "negative or not a finite number")
    # A site without a limit has an infinite capacity.
    unlimited = np.isnan(instance.capacity_persons) | (instance.capacity_persons < 0)
    _add_where(faults, "candidate sites", "capacity_persons", unlimited, instance.site_ids, "negative or missing")
    n_gemeenten = len(instance.gemeente_codes)
    places = (
        ("demand points", "demand_gemeente", instance.demand_gemeente, instance.demand_ids),
        ("candidate sites", "site_gemeente", instance.site_gemeente, instance.site_ids),
    )
    for layer, column, positions, ids in places:
        wrong = (positions < 0) | (positions >= n_gemeenten)
        _add_where(faults, layer, column, wrong, ids, f"not a position among the {n_gemeenten} gemeenten")
    if instance.n_sites < 1:
        faults.add("number", f"{instance.n_sites} sites to open", "ask for at least one", column="n_sites")
    if instance.quota is not None and objective(instance.objective).finds_number:
        message = f"{instance.objective} finds the number of sites: a quota does not go with it"
        faults.add("number", message, "take the quota out", column="quota")
    if instance.quota is not None and (instance.quota < 0).any():
        codes = [instance.gemeente_codes[g] for g in np.flatnonzero(instance.quota < 0)]
        faults.add("number", "a quota below 0", REPAIR, column="quota", ids=codes)
    if instance.group is not None:
        wrong = (instance.group < -1) | (instance.group >= len(instance.group_ids))
        what = f"not a position among the {len(instance.group_ids)} groups"
        _add_where(faults, "demand points", "group", wrong, instance.demand_ids, what)
        _check_ids(faults, "groups", instance.group_ids)
    if not instance.max_beyond >= 0:
        faults.add("number", "less than nothing may lie beyond the norm", REPAIR, column="max_beyond")
    check_costs(faults, instance.costs, instance.demand_ids)
    faults.raise_if_any(VerificationError)


def verify_coordination_instance(instance: CoordinationInstance) -> None:
    """Refuse an instance of level 2 that cannot be right.

    Raises:
        VerificationError: Ids that occur twice, counts that contradict each other, a penalty below 0, or a cost
            matrix that is out of order.
    """
    faults = Faults()
    _check_ids(faults, "L-NSPs", instance.lnsp_ids)
    _check_ids(faults, "stations", instance.station_ids)
    for column, positions, ids in (
        ("lnsp_gemeente", instance.lnsp_gemeente, instance.lnsp_ids),
        ("station_gemeente", instance.station_gemeente, instance.station_ids),
    ):
        _add_where(faults, "gemeente", column, positions < 0, ids, "below 0")
    if not 0 <= instance.min_lnsp_per_cnsp <= instance.max_lnsp_per_cnsp or instance.max_lnsp_per_cnsp < 1:
        faults.add(
            "number",
            f"{instance.min_lnsp_per_cnsp} to {instance.max_lnsp_per_cnsp} L-NSPs per C-NSP",
            "let the least be at most the most",
            column="max_lnsp_per_cnsp",
        )
    if instance.lnsp_per_cnsp < 1:
        faults.add("number", f"a ratio of {instance.lnsp_per_cnsp}", "let it be at least 1", column="lnsp_per_cnsp")
    if instance.n_coordinators < 1:
        faults.add("number", f"{instance.n_coordinators} C-NSPs", "ask for at least one", column="n_coordinators")
    for column in ("other_gemeente_penalty_m", "load_price_m"):
        price_m = getattr(instance, column)
        if not (np.isfinite(price_m) and price_m >= 0):
            faults.add("price", "negative or not a finite number", REPAIR, column=column)
    if instance.station_price_m is not None:
        wrong = ~(np.isfinite(instance.station_price_m) & (instance.station_price_m >= 0))
        what = "negative or not a finite number"
        _add_where(faults, "price", "station_price_m", wrong, instance.station_ids, what)
    check_costs(faults, instance.costs, instance.lnsp_ids)
    faults.raise_if_any(VerificationError)


def check_costs(faults: Faults, costs: CostMatrix, origin_ids: tuple[str, ...]) -> None:
    """A cost matrix in order: rows complete and sorted, positions in range, distances within the cutoff, no doubles."""
    indptr, n_arcs = costs.indptr, len(costs.destination)
    if indptr[0] != 0 or indptr[-1] != n_arcs or (np.diff(indptr) < 0).any() or len(costs.distance_m) != n_arcs:
        faults.add("cost matrix", "rows and arcs do not belong together", REPAIR, column="indptr")
        return
    row: IntArray = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    outside = (costs.destination < 0) | (costs.destination >= costs.n_destinations)
    distance = costs.distance_m
    bad = ~np.isfinite(distance) | (distance < 0) | (distance > costs.cutoff_m * (1 + 1e-9))
    same_row = row[1:] == row[:-1]
    unsorted = np.concatenate([[False], same_row & (np.diff(distance) < 0)]) if n_arcs else np.zeros(0, dtype=bool)
    order = np.lexsort((costs.destination, row))
    twice = np.zeros(n_arcs, dtype=bool)
    twice[order[1:]] = (np.diff(row[order]) == 0) & (np.diff(costs.destination[order]) == 0)
    for wrong, column, what in (
        (outside, "destination", "arcs to a position that does not exist"),
        (bad, "distance_m", f"distances that are negative, not finite or above the cutoff of {costs.cutoff_m:g} m"),
        (unsorted, "distance_m", "arcs that are not sorted by distance"),
        (twice, "destination", "pairs that occur twice"),
    ):
        if wrong.any():
            ids = [origin_ids[i] for i in np.unique(row[wrong])]
            faults.add("cost matrix", f"{int(wrong.sum())} {what}", REPAIR, column=column, ids=ids)


def _check_ids(faults: Faults, layer: str, ids: tuple[str, ...]) -> None:
    names, counts = np.unique(np.asarray(ids, dtype=str), return_counts=True)
    if (counts > 1).any():
        faults.add(layer, "ids occur more than once", "give every row an id of its own", ids=names[counts > 1])


def _add_where(
    faults: Faults, layer: str, column: str, wrong: npt.NDArray[np.bool_], ids: tuple[str, ...], what: str
) -> None:
    if wrong.any():
        named = [ids[i] for i in np.flatnonzero(wrong)]
        faults.add(layer, f"{len(named)} values are {what}", REPAIR, column=column, ids=named)
