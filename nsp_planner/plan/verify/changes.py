"""What a plan says of its changes, held against the plan before it. In: instance, plan, plan before. Out: an error.

Counted here one site and one allocation at a time, from ids, by nothing that the search or the models use.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from nsp_planner.errors import Faults, VerificationError
from nsp_planner.plan.change.previous import PreviousSites, PreviousStations
from nsp_planner.plan.instance import CoordinationInstance, LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan, relative_gap
from nsp_planner.plan.verify.constraints import PERSONS_TOLERANCE
from nsp_planner.plan.verify.proof import REFUSED

STATIONS = "changes of C-NSPs"
GIVEN_UP_ROOM = 2e-6
"""Part of the worst value allowed that is round-off of limits and solvers."""


def verify_least_change(instance: LocalInstance, plan: LocalPlan, previous: PreviousSites) -> None:
    """Other sites, persons who move, and that no more was given up than the gap allows.

    Raises:
        VerificationError: The plan says something else of its changes than is counted here.
    """
    before = {instance.site_ids[j] for j in range(len(instance.site_ids)) if previous.was_open[j]}
    other = [
        instance.site_ids[j]
        for j in plan.open_sites.tolist()
        if previous.counts[j] and instance.site_ids[j] not in before
    ]
    moved = math.fsum(
        instance.population_persons[i] * share
        for i, j, share in zip(plan.demand.tolist(), plan.site.tolist(), plan.share.tolist(), strict=True)
        if previous.known[i] and previous.site[i] != j
    )
    room = PERSONS_TOLERANCE * max(1.0, math.fsum(instance.population_persons))
    maximised = objective(instance.objective).maximised
    _check_told("changes", plan, other, moved, room=room, maximised=maximised)


def verify_other_stations(instance: CoordinationInstance, plan: CoordinationPlan, previous: PreviousStations) -> None:
    """The same for level 2: other stations, and L-NSPs that get another C-NSP.

    Raises:
        VerificationError: The plan says something else of its changes than is counted here.
    """
    other = [instance.station_ids[k] for k in plan.open_stations.tolist() if not previous.was_open[k]]
    had = [int(k) if known else None for k, known in zip(previous.coordinator, previous.known, strict=True)]
    now = plan.coordinator.tolist()
    moved = sum(before is not None and before != k for before, k in zip(had, now, strict=True))
    faults = Faults()
    if plan.kept is None or plan.kept.tolist() != [before == k for before, k in zip(had, now, strict=True)]:
        faults.add(STATIONS, "the L-NSPs said to keep their C-NSP are not those that do", REFUSED, column="kept")
    faults.raise_if_any(VerificationError)
    _check_told(STATIONS, plan, other, float(moved), room=0.0, maximised=False)


def _check_told(
    layer: str,
    plan: LocalPlan | CoordinationPlan,
    other: Sequence[str],
    moved: float,
    *,
    room: float,
    maximised: bool,
) -> None:
    """What the plan tells of itself beside the sites and movers counted; ``room`` is round-off of ``moved``."""
    faults = Faults()
    told = plan.least_change
    if told is None:
        faults.add(layer, "a plan made after another one says nothing of its changes", REFUSED)
        faults.raise_if_any(VerificationError)
        return
    if told.n_other != len(other):
        message = f"the plan says that {told.n_other} sites are other ones, {len(other)} are"
        faults.add(layer, message, REFUSED, column="n_other", ids=other)
    if not 0 <= told.n_other_at_least <= told.n_other <= told.first_n_other:
        message = (
            f"at least {told.n_other_at_least}, {told.n_other} and at first {told.first_n_other} other sites "
            "do not go together"
        )
        faults.add(layer, message, REFUSED, column="n_other_at_least")
    if abs(moved - told.moved) > room:
        message = f"the plan says that {told.moved!r} get another site, {moved!r} do"
        faults.add(layer, message, REFUSED, column="moved")
    gap, first = plan.report.gap_asked, told.first_value
    sign = -1.0 if maximised else 1.0
    best = plan.bound if relative_gap(first, plan.bound) <= gap else first
    worst = max(sign * first, sign * best / (1 - sign * gap))
    for what, value in (("value", plan.value), ("allowed_value", told.allowed_value)):
        if sign * value > worst + GIVEN_UP_ROOM * max(1.0, abs(worst)):
            message = f"a {what} of {value!r}, where fewer changes may cost no more than {sign * worst!r}"
            faults.add(layer, message, REFUSED, column=what)
    faults.raise_if_any(VerificationError)
