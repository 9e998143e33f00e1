"""Constraint (7) and the value of every objective, recomputed from the allocation. In: instance, plan. Out: faults.

Nothing here is shared with the models; sums are exact (``math.fsum``).
"""

from __future__ import annotations

import math

import numpy as np

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import Faults
from nsp_planner.plan.instance import BoolArray, LocalInstance, Objective
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.verify.proof import REFUSED

COVER_TOLERANCE = 1e-6
"""A share or percentile is reached when at most this part of the weight is missing; the worst distance has no room."""
VALUE_TOLERANCE = 1e-9
"""Reported and recomputed objective value differ by at most this part."""


def check_beyond(faults: Faults, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> None:
    """(7) weight beyond the norm at most as the instance says, and the share of ``min_sites`` within it."""
    weight = instance.weight[plan.demand] * plan.share
    everyone = math.fsum(instance.weight)
    room = COVER_TOLERANCE * max(1.0, everyone)
    norm_m = instance.service_distance_m[plan.demand]
    beyond, within = math.fsum(weight[distance_m > norm_m]), math.fsum(weight[distance_m <= norm_m])
    if instance.beyond_share is None and beyond > instance.max_beyond + room:
        told = f"{beyond:.3f} is allocated beyond the norm, at most {instance.max_beyond:.3f} may"
        faults.add("constraint (7) norm", told, REFUSED)
    if instance.objective is Objective.MIN_SITES and within < instance.share * everyone - room:
        told = f"{within:.3f} of {everyone:.3f} is allocated within the norm, less than the share {instance.share:g}"
        faults.add("constraint (7) share", told, REFUSED)


def check_value(
    faults: Faults, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray, reachable: BoolArray
) -> None:
    """The objective value, from the allocation."""
    if instance.objective is Objective.MIN_MAX:
        _check_percentile(faults, instance, plan, distance_m, reachable)
        return
    weight = instance.weight[plan.demand] * plan.share
    if instance.objective is Objective.MAX_COVERAGE:
        value = math.fsum(weight[distance_m <= instance.service_distance_m[plan.demand]])
    elif instance.objective is Objective.MIN_SITES:
        value = float(len(plan.open_sites))
    else:
        value = math.fsum(weight * distance_m)
    if not abs(plan.value - value) <= VALUE_TOLERANCE * max(1.0, abs(value)):
        faults.add("objective", f"the plan says {plan.value!r}, recomputed it is {value!r}", REFUSED, column="value")


def _check_percentile(
    faults: Faults, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray, reachable: BoolArray
) -> None:
    """The value of ``min_max``: little enough weight beyond it, and too much at any distance below it."""
    everyone = math.fsum(instance.weight[reachable])
    weight = instance.weight[plan.demand] * plan.share
    allowed, room = 0.0, 0.0
    if instance.percentile < 1:
        allowed, room = (1 - instance.percentile) * everyone, COVER_TOLERANCE * max(1.0, everyone)
    beyond = math.fsum(weight[distance_m > plan.value * (1 + VALUE_TOLERANCE)])
    here_or_beyond = math.fsum(weight[distance_m >= plan.value * (1 - VALUE_TOLERANCE)])
    too_large = plan.value > 0 and not here_or_beyond > allowed
    if beyond > allowed + room or too_large or not np.isfinite(plan.value) or plan.value < 0:
        told = (
            f"the plan says {plan.value!r}: {beyond!r} lies beyond it and {here_or_beyond!r} not nearer, where "
            f"{allowed!r} may lie beyond"
        )
        faults.add("objective", told, REFUSED, column="value")
