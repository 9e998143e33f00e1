"""Instances and plans held against the inputs by code that made neither. In: both. Out: a count of the people.

Nothing here is shared with the models: every constraint (1) to (7), the objective and the claims of the proof are
recomputed from the arrays. What differs is refused with a :class:`~nsp_planner.errors.VerificationError` that names
each violated constraint, the ids and the numbers. Tolerances, all relative, stand below; each is round-off of doubles
or of a solver's feasibility tolerance, never a licence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix, FloatArray
from nsp_planner.errors import Faults, VerificationError
from nsp_planner.plan.instance import CoordinationInstance, Divisibility, LocalInstance
from nsp_planner.plan.objective import VALUE_TOLERANCE, objective
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan
from nsp_planner.plan.verify.instance import verify_coordination_instance, verify_local_instance
from nsp_planner.plan.verify.proof import REFUSED, check_proof
from nsp_planner.plan.verify.value import check_beyond, check_value

__all__ = [
    "PeopleCount",
    "verify_coordination_instance",
    "verify_coordination_plan",
    "verify_local_instance",
    "verify_local_plan",
]

SHARE_TOLERANCE = 1e-9
"""Shares of a demand point sum to 1 up to this."""
PERSONS_TOLERANCE = 1e-6
"""A site's persons exceed its capacity by at most this part of it; people are conserved up to this part of them."""


@dataclass(frozen=True)
class PeopleCount:
    """Where the people of an instance are in a verified plan; served and unreachable make the total.

    Attributes:
        total_persons: All people of the instance.
        served_persons: Allocated to an open site.
        unreachable_persons: Living where no candidate site lies within the cutoff.
        unreachable_ids: Their demand points.
    """

    total_persons: float
    served_persons: float
    unreachable_persons: float
    unreachable_ids: tuple[str, ...]


def verify_local_plan(instance: LocalInstance, plan: LocalPlan) -> PeopleCount:
    """Hold a plan of level 1 against its instance: constraints (1) to (7), objective, bound and report.

    Returns:
        Where the people are.

    Raises:
        VerificationError: The plan differs from what is recomputed here; one fault per violated constraint.
    """
    faults = Faults()
    if _check_form(faults, instance, plan):
        is_open = np.zeros(len(instance.site_ids), dtype=bool)
        is_open[plan.open_sites] = True
        reachable = _reachable(instance)
        _check_allocated_once(faults, instance, plan, reachable)
        _check_only_open(faults, instance, plan, is_open)
        _check_capacity(faults, instance, plan)
        _check_number(faults, instance, plan)
        _check_decided(faults, instance, is_open)
        _check_whole(faults, instance, plan)
        distance_m = _check_arcs(faults, instance, plan)
        if not np.isnan(distance_m).any():
            check_beyond(faults, instance, plan, distance_m)
            check_value(faults, instance, plan, distance_m)
        check_proof(faults, plan.value, plan.bound, plan.gap, plan.report, objective(instance.objective).maximised)
    faults.raise_if_any(VerificationError)
    people = instance.population_persons
    left_out = np.flatnonzero(~reachable)
    count = PeopleCount(
        total_persons=float(people.sum()),
        served_persons=float(np.sum(people[plan.demand] * plan.share)),
        unreachable_persons=float(people[left_out].sum()),
        unreachable_ids=tuple(instance.demand_ids[i] for i in left_out),
    )
    lost = count.total_persons - count.served_persons - count.unreachable_persons
    if abs(lost) > PERSONS_TOLERANCE * max(1.0, count.total_persons):
        faults.add("people", f"{lost:+.6f} persons are neither served nor unreachable", REFUSED)
    faults.raise_if_any(VerificationError)
    return count


def _check_form(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> bool:
    """Whether the arrays of a plan can be read at all."""
    n_demand, n_sites = len(instance.demand_ids), len(instance.site_ids)
    before = len(faults.items)
    arrays = (plan.demand, plan.site, plan.share)
    if any(a.ndim != 1 or len(a) != len(plan.share) for a in arrays):
        faults.add("allocation", "demand, site and share are not of one length", REFUSED)
    for name, positions, top in (
        ("open_sites", plan.open_sites, n_sites),
        ("demand", plan.demand, n_demand),
        ("site", plan.site, n_sites),
    ):
        if positions.dtype.kind not in "iu":
            faults.add("plan", "positions are not whole numbers", REFUSED, column=name)
        elif len(positions) and (positions.min() < 0 or positions.max() >= top):
            faults.add("plan", f"positions outside 0 to {top - 1}", REFUSED, column=name)
    if len(plan.open_sites) > 1 and (np.diff(plan.open_sites) <= 0).any():
        faults.add("plan", "open sites are not sorted, or occur twice", REFUSED, column="open_sites")
    if not np.isfinite(plan.share).all() or (plan.share <= 0).any() or (plan.share > 1 + SHARE_TOLERANCE).any():
        faults.add("allocation", "shares are not above 0 and at most 1", REFUSED, column="share")
    if plan.objective != instance.objective:
        faults.add("objective", f"the plan optimises {plan.objective}, not {instance.objective}", REFUSED)
    if len(faults.items) == before:
        pairs = plan.demand.astype(np.int64) * n_sites + plan.site
        if len(np.unique(pairs)) != len(pairs):
            faults.add("allocation", "a demand point is allocated twice to the same site", REFUSED)
    return len(faults.items) == before


def _reachable(instance: LocalInstance) -> npt.NDArray[np.bool_]:
    """Demand points with an arc to a site that is not refused."""
    costs = instance.costs
    usable = ~instance.refused[costs.destination]
    so_far = np.concatenate([[0], np.cumsum(usable)])
    reachable: npt.NDArray[np.bool_] = so_far[costs.indptr[1:]] > so_far[costs.indptr[:-1]]
    return reachable


def _check_allocated_once(
    faults: Faults, instance: LocalInstance, plan: LocalPlan, reachable: npt.NDArray[np.bool_]
) -> None:
    """(1) sum_j x_ij = 1 for reachable demand points, 0 for the others."""
    total = np.zeros(len(instance.demand_ids))
    np.add.at(total, plan.demand, plan.share)
    wrong = np.flatnonzero(np.abs(total - reachable) > SHARE_TOLERANCE)
    if len(wrong):
        worst = wrong[np.argmax(np.abs(total - reachable)[wrong])]
        faults.add(
            "constraint (1) allocation",
            f"{len(wrong)} demand points are not allocated once; {instance.demand_ids[worst]} gets "
            f"{total[worst]:.9f} instead of {int(reachable[worst])}",
            REFUSED,
            ids=[instance.demand_ids[i] for i in wrong],
        )


def _check_only_open(faults: Faults, instance: LocalInstance, plan: LocalPlan, is_open: npt.NDArray[np.bool_]) -> None:
    """(2) x_ij > 0 only where site j is open."""
    closed = np.unique(plan.site[~is_open[plan.site]])
    if len(closed):
        faults.add(
            "constraint (2) open sites",
            f"people are allocated to {len(closed)} sites that are not open",
            REFUSED,
            ids=[instance.site_ids[j] for j in closed],
        )


def _check_capacity(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> None:
    """(3) sum_i w_i x_ij <= Q_j."""
    load = np.zeros(len(instance.site_ids))
    np.add.at(load, plan.site, instance.population_persons[plan.demand] * plan.share)
    capacity = instance.capacity_persons
    over = np.flatnonzero(load > capacity + PERSONS_TOLERANCE * np.maximum(1.0, capacity))
    if len(over):
        worst = over[np.argmax((load - capacity)[over])]
        faults.add(
            "constraint (3) capacity",
            f"{len(over)} sites hold more than they can; {instance.site_ids[worst]} gets {load[worst]:.3f} persons "
            f"with place for {capacity[worst]:.3f}",
            REFUSED,
            ids=[instance.site_ids[j] for j in over],
        )


def _check_number(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> None:
    """(4) p sites in all (at most, to find the fewest), n_g in gemeente g, or at least its minimum without quota."""
    fewest = instance.objective == "min_sites"
    if fewest and len(plan.open_sites) > instance.n_sites:
        message = f"{len(plan.open_sites)} sites are open, at most {instance.n_sites} may"
        faults.add("constraint (4) number", message, REFUSED)
    if not fewest and len(plan.open_sites) != instance.n_sites:
        faults.add(
            "constraint (4) number", f"{len(plan.open_sites)} sites are open instead of {instance.n_sites}", REFUSED
        )
    n_open = np.zeros(len(instance.gemeente_codes), dtype=np.int64)
    np.add.at(n_open, instance.site_gemeente[plan.open_sites], 1)
    if instance.quota is not None:
        wanted, wrong = instance.quota, np.flatnonzero(n_open != instance.quota)
    elif instance.min_sites is not None:
        wanted, wrong = instance.min_sites, np.flatnonzero(n_open < instance.min_sites)
    else:
        return
    if len(wrong):
        each = ", ".join(f"{instance.gemeente_codes[g]} has {n_open[g]} of {wanted[g]}" for g in wrong[:5])
        faults.add(
            "constraint (4) quota",
            f"{len(wrong)} gemeenten do not get their number of sites: {each}",
            REFUSED,
            ids=[instance.gemeente_codes[g] for g in wrong],
        )


def _check_decided(faults: Faults, instance: LocalInstance, is_open: npt.NDArray[np.bool_]) -> None:
    """(5) fixed sites are open, refused sites are not."""
    for wrong, what in (
        (instance.fixed & ~is_open, "fixed sites are not open"),
        (instance.refused & is_open, "refused sites are open"),
    ):
        if wrong.any():
            ids = [instance.site_ids[j] for j in np.flatnonzero(wrong)]
            faults.add("constraint (5) decided sites", f"{len(ids)} {what}", REFUSED, ids=ids)


def _check_whole(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> None:
    """(6) whole points go to one site, whole groups all to the same one."""
    if instance.divisibility is Divisibility.DIVISIBLE:
        return
    split = np.unique(plan.demand[np.abs(plan.share - 1) > SHARE_TOLERANCE])
    if len(split):
        faults.add(
            "constraint (6) whole points",
            f"{len(split)} demand points are split over sites",
            REFUSED,
            ids=[instance.demand_ids[i] for i in split],
        )
    if instance.divisibility is not Divisibility.WHOLE_GROUPS or instance.group is None:
        return
    first_site: dict[int, int] = {}
    torn: set[int] = set()
    for i, j in zip(plan.demand.tolist(), plan.site.tolist(), strict=True):
        group = int(instance.group[i])
        if group >= 0 and first_site.setdefault(group, j) != j:
            torn.add(group)
    if torn:
        faults.add(
            "constraint (6) whole groups",
            f"{len(torn)} groups are split over sites",
            REFUSED,
            ids=[instance.group_ids[k] for k in sorted(torn)],
        )


def _check_arcs(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> FloatArray:
    """Distance of each allocation; pairs that are not in the cost matrix are beyond the cutoff."""
    distance_m = _distances(instance.costs, plan.demand, plan.site)
    if np.isnan(distance_m).any():
        ids = [instance.demand_ids[i] for i in np.unique(plan.demand[np.isnan(distance_m)])]
        faults.add(
            "reach",
            f"{len(ids)} demand points are allocated to a site that is not within {instance.costs.cutoff_m:g} m",
            REFUSED,
            ids=ids,
        )
    return distance_m


def _distances(costs: CostMatrix, origin: npt.NDArray[np.integer], destination: npt.NDArray[np.integer]) -> FloatArray:
    """Distance of each pair as the cost matrix has it, NaN for pairs it does not have."""
    row = np.repeat(np.arange(len(costs.indptr) - 1), np.diff(costs.indptr))
    key = row * costs.n_destinations + costs.destination
    wanted = origin.astype(np.int64) * costs.n_destinations + destination
    if not len(key):
        return np.full(len(wanted), np.nan)
    order = np.argsort(key)
    at = order[np.minimum(np.searchsorted(key, wanted, sorter=order), len(key) - 1)]
    return np.where(key[at] == wanted, costs.distance_m[at], np.nan)


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
    distance_m = _distances(instance.costs, np.arange(len(coordinator)), coordinator)
    far = np.flatnonzero(np.isnan(distance_m))
    if len(far):
        ids = [instance.lnsp_ids[i] for i in far]
        faults.add("reach", f"{len(ids)} L-NSPs have a coordinator beyond the cutoff", REFUSED, ids=ids)
    else:
        abroad = instance.lnsp_gemeente != instance.station_gemeente[coordinator]
        value = math.fsum(distance_m + instance.other_gemeente_penalty_m * abroad)
        if not abs(plan.value - value) <= VALUE_TOLERANCE * max(1.0, abs(value)):
            message = f"the plan says {plan.value!r}, recomputed it is {value!r}"
            faults.add("objective", message, REFUSED, column="value")
    check_proof(faults, plan.value, plan.bound, plan.gap, plan.report, maximised=False)
    faults.raise_if_any(VerificationError)
