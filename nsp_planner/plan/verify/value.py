"""Constraint (7) and the value of the objective, recomputed from the allocation. In: instance, plan. Out: faults.

Nothing here is shared with the models or the searches: distances are looked up by the verifier, sums are exact
(``math.fsum``), and a value is that of the objective's definition (:meth:`~.objective.Objective.recompute`), by which
no engine computes.
"""

from __future__ import annotations

import math

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import Faults
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.objective import beyond_norm, objective
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.thresholds import COVER_TOLERANCE
from nsp_planner.plan.verify.proof import REFUSED


def check_beyond(faults: Faults, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> None:
    """(7) weight beyond the norm at most as the instance says."""
    weight = instance.weight[plan.demand] * plan.share
    room = COVER_TOLERANCE * max(1.0, math.fsum(instance.weight))
    beyond = math.fsum(weight * beyond_norm(instance, plan, distance_m))
    if beyond > instance.max_beyond + room:
        message = f"{beyond:.3f} is allocated beyond the norm, at most {instance.max_beyond:.3f} may"
        faults.add("constraint (7) norm", message, REFUSED)


def check_value(faults: Faults, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> None:
    """The objective value, and what else the objective asks of an allocation."""
    for found in objective(instance.objective).differences(instance, plan, distance_m):
        faults.add(found.layer, found.message, REFUSED, column=found.column)
