"""A plan of L-NSPs held against the inputs by other code. In: instance, plan. Out: a count of the people, or an error.

Nothing here is shared with the models: every constraint (1) to (7), the objective and the claims of the proof are
recomputed from the arrays. What differs is refused with a :class:`~nsp_planner.errors.VerificationError` that names
each violated constraint, the ids and the numbers. Tolerances, all relative, stand in ``constraints``; each is round-off
of doubles or of a solver's feasibility tolerance, never a licence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.errors import Faults, VerificationError
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.verify.constraints import (
    PERSONS_TOLERANCE,
    SHARE_TOLERANCE,
    check_allocated_once,
    check_capacity,
    check_decided,
    check_number,
    check_only_open,
    check_whole,
)
from nsp_planner.plan.verify.proof import REFUSED, check_proof
from nsp_planner.plan.verify.reach import check_arcs, reachable_points
from nsp_planner.plan.verify.value import check_beyond, check_value


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
        reachable = reachable_points(instance)
        check_allocated_once(faults, instance, plan, reachable)
        check_only_open(faults, instance, plan, is_open)
        check_capacity(faults, instance, plan)
        check_number(faults, instance, plan)
        check_decided(faults, instance, is_open)
        check_whole(faults, instance, plan)
        distance_m = check_arcs(faults, instance, plan)
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
