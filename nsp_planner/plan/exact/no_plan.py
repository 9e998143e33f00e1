"""A MILP without a solution. In: an instance and how the solver ended. Out: a fault, proven or not found in time."""

from __future__ import annotations

from typing import NoReturn

from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.plan.diagnose.local import explain_no_plan
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.milp.outcome import MilpOutcome, MilpStatus


def raise_no_plan(instance: LocalInstance, outcome: MilpOutcome, time_limit_s: float) -> NoReturn:
    """Name the constraint in the way, or say that time ran out before a plan was found.

    Raises:
        NoPlanError: Proven that no plan exists, with the constraint in the way; or none found in time, said so.
        KeyboardInterrupt: It was interrupted before there was any plan.
    """
    if outcome.status is MilpStatus.INFEASIBLE:
        raise NoPlanError(explain_no_plan(instance))
    if outcome.stopped_by == "interrupt":
        raise KeyboardInterrupt
    raise NoPlanError(
        Fault(
            "solver",
            f"no plan found within {time_limit_s:g} s ({outcome.solver}); that none exists is not proven",
            "raise the time limit, allow more slack on the capacities, or cut the region into parts",
            column="time_limit_s",
            proven=False,
        )
    )
