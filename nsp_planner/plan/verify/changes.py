"""What a plan says of its changes, held against the plan before it. In: instance, plan, plan before. Out: an error.

Counted here one site and one allocation at a time, from ids, by nothing that the search or the models use.
"""

from __future__ import annotations

import math

from nsp_planner.errors import Faults, VerificationError
from nsp_planner.plan.change.coordination import PreviousStations
from nsp_planner.plan.change.previous import PreviousSites
from nsp_planner.plan.instance import CoordinationInstance, LocalInstance
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan
from nsp_planner.plan.verify.constraints import PERSONS_TOLERANCE
from nsp_planner.plan.verify.proof import REFUSED

LAYER = "changes"


def verify_least_change(instance: LocalInstance, plan: LocalPlan, previous: PreviousSites) -> None:
    """Other sites, persons who move, and that no more was given up than the gap allows.

    Raises:
        VerificationError: The plan says something else of its changes than is counted here.
    """
    faults = Faults()
    told = plan.least_change
    if told is None:
        faults.add(LAYER, "a plan made after another one says nothing of its changes", REFUSED)
        faults.raise_if_any(VerificationError)
        return
    before = {instance.site_ids[j] for j in range(len(instance.site_ids)) if previous.was_open[j]}
    other = [
        instance.site_ids[j]
        for j in plan.open_sites.tolist()
        if previous.counts[j] and instance.site_ids[j] not in before
    ]
    if len(other) != told.n_other:
        message = f"the plan says that {told.n_other} sites are other ones, {len(other)} are"
        faults.add(LAYER, message, REFUSED, column="n_other", ids=other)
    if not 0 <= told.n_other_at_least <= told.n_other:
        message = f"at least {told.n_other_at_least} other sites are said to be needed, and {told.n_other} are there"
        faults.add(LAYER, message, REFUSED, column="n_other_at_least")
    moved = [
        instance.population_persons[i] * share
        for i, j, share in zip(plan.demand.tolist(), plan.site.tolist(), plan.share.tolist(), strict=True)
        if previous.known[i] and previous.site[i] != j
    ]
    persons = math.fsum(moved)
    if abs(persons - told.moved) > PERSONS_TOLERANCE * max(1.0, math.fsum(instance.population_persons)):
        message = f"the plan says that {told.moved!r} persons get another site, {persons!r} do"
        faults.add(LAYER, message, REFUSED, column="moved")
    if told.n_other > told.first_n_other:
        message = f"{told.n_other} other sites are more than the {told.first_n_other} of the plan found at first"
        faults.add(LAYER, message, REFUSED, column="n_other")
    faults.raise_if_any(VerificationError)


def verify_other_stations(instance: CoordinationInstance, plan: CoordinationPlan, previous: PreviousStations) -> None:
    """The same for level 2: other stations, and L-NSPs that get another C-NSP.

    Raises:
        VerificationError: The plan says something else of its changes than is counted here.
    """
    faults = Faults()
    told = plan.least_change
    if told is None:
        faults.add(LAYER, "C-NSPs chosen after other ones say nothing of their changes", REFUSED)
        faults.raise_if_any(VerificationError)
        return
    other = [instance.station_ids[k] for k in plan.open_stations.tolist() if not previous.was_open[k]]
    moved = [
        instance.lnsp_ids[i]
        for i, k in enumerate(plan.coordinator.tolist())
        if previous.known[i] and previous.coordinator[i] != k
    ]
    for column, said, ids in (("n_other", told.n_other, other), ("moved", told.moved, moved)):
        if said != len(ids):
            message = f"the plan says {said:g}, {len(ids)} are counted"
            faults.add(f"{LAYER} of C-NSPs", message, REFUSED, column=column, ids=ids)
    if not 0 <= told.n_other_at_least <= told.n_other <= told.first_n_other:
        message = (
            f"at least {told.n_other_at_least}, {told.n_other} and at first {told.first_n_other} do not go together"
        )
        faults.add(f"{LAYER} of C-NSPs", message, REFUSED, column="n_other_at_least")
    faults.raise_if_any(VerificationError)
