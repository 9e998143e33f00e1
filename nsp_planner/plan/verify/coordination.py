"""A plan of C-NSPs held against the inputs by other code. In: instance, plan. Out: nothing, or an error."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nsp_planner.costs.matrix import IntArray
from nsp_planner.errors import Faults, VerificationError
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.objective import VALUE_TOLERANCE
from nsp_planner.plan.solution import CoordinationPlan
from nsp_planner.plan.verify.proof import REFUSED, check_proof
from nsp_planner.plan.verify.reach import distances_of


def verify_coordination_plan(instance: CoordinationInstance, plan: CoordinationPlan) -> None:
    """Hold a plan of level 2 against its instance: one coordinator each, numbers, decisions, objective, bound, report.

    Raises:
        VerificationError: The plan differs from what is recomputed here; one fault per violated constraint.
    """
    faults = Faults()
    n_stations = len(instance.station_ids)
    stations, coordinator = plan.open_stations, plan.coordinator
    whole_numbers = stations.dtype.kind in "iu" and coordinator.dtype.kind in "iu"
    every = np.concatenate([stations, coordinator])
    if coordinator.shape != instance.lnsp_gemeente.shape or not whole_numbers:
        faults.add("coordinator", "not one station position per L-NSP", REFUSED, column="coordinator")
    elif len(every) and (every.min() < 0 or every.max() >= n_stations):
        faults.add("coordinator", f"positions outside 0 to {n_stations - 1}", REFUSED)
    elif (np.diff(stations) <= 0).any():
        faults.add("plan", "open stations are not sorted, or occur twice", REFUSED, column="open_stations")
    faults.raise_if_any(VerificationError)
    is_open = np.isin(np.arange(n_stations), stations)
    n_lnsp = np.bincount(coordinator, minlength=n_stations)
    low, high = instance.min_lnsp_per_cnsp, instance.max_lnsp_per_cnsp
    for wrong, layer, what in (
        ((n_lnsp > 0) & ~is_open, "constraint (2) open stations", "coordinate without being open"),
        (n_lnsp > high, "constraint (3) L-NSPs per C-NSP", f"coordinate more than {high} L-NSPs"),
        (is_open & (n_lnsp < low), "constraint (3) L-NSPs per C-NSP", f"coordinate fewer than {low} L-NSPs"),
        (instance.fixed & ~is_open, "constraint (5) decided stations", "are fixed but not open"),
        (instance.refused & is_open, "constraint (5) decided stations", "are refused but open"),
    ):
        if wrong.any():
            ids = [instance.station_ids[k] for k in np.flatnonzero(wrong)]
            faults.add(layer, f"{len(ids)} stations {what}", REFUSED, ids=ids)
    if len(stations) != instance.n_coordinators:
        faults.add(
            "constraint (4) number", f"{len(stations)} C-NSPs are open instead of {instance.n_coordinators}", REFUSED
        )
    distance_m = distances_of(instance.costs, np.arange(len(coordinator)), coordinator)
    far = np.flatnonzero(np.isnan(distance_m))
    if len(far):
        ids = [instance.lnsp_ids[i] for i in far]
        faults.add("reach", f"{len(ids)} L-NSPs have a coordinator beyond the cutoff", REFUSED, ids=ids)
    else:
        value = math.fsum([*distance_m.tolist(), *_prices_m(instance, coordinator, n_lnsp)])
        if not abs(plan.value - value) <= VALUE_TOLERANCE * max(1.0, abs(value)):
            message = f"the plan says {plan.value!r}, recomputed it is {value!r}"
            faults.add("objective", message, REFUSED, column="value")
    check_proof(faults, plan.value, plan.bound, plan.gap, plan.report, maximised=False)
    faults.raise_if_any(VerificationError)


def _prices_m(instance: CoordinationInstance, coordinator: IntArray, n_lnsp: IntArray) -> Iterator[float]:
    """What a plan costs beside its distances: per L-NSP in another gemeente, per wish, per L-NSP above the ratio."""
    for own, station in zip(instance.lnsp_gemeente.tolist(), coordinator.tolist(), strict=True):
        if own != instance.station_gemeente[station]:
            yield instance.other_gemeente_penalty_m
        if instance.station_price_m is not None:
            yield float(instance.station_price_m[station])
    for n in n_lnsp.tolist():
        for number in range(1, n - instance.lnsp_per_cnsp + 1):
            yield number * instance.load_price_m
