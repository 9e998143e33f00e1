"""Level 2 solved as one exact MILP. In: a :class:`CoordinationInstance`. Out: a :class:`CoordinationPlan`.

Some hundred L-NSPs by some thirty fire stations: solved to a proven optimum in about a second. The model itself stands
in ``plan.milp.coordination``; it is built of what a plan better than one at hand can use (``station_fixing``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.plan.diagnose.coordination import explain_no_coordination
from nsp_planner.plan.exact.station_fixing import best_under, narrowed
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.milp.coordination import begin_from, build_coordination_model
from nsp_planner.plan.milp.outcome import MilpStatus
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, CoordinationPlan, settled_bound

COORDINATION_OPTIONS = SolveOptions(gap=0.0, time_limit_s=60.0, threads=1)
"""Level 2 is solved to its end when nothing else is asked."""


def solve_coordination(
    instance: CoordinationInstance, options: SolveOptions = COORDINATION_OPTIONS
) -> CoordinationPlan:
    """Solve level 2: least total metres from L-NSP to C-NSP and least prices: own gemeente, ratio, wishes of stations.

    Args:
        instance: The problem.
        options: Solver and limits.

    Raises:
        NoPlanError: Proven that no plan exists, with the constraints in the way; or none found in time, said so.
        SettingsError: No such solver here.
        KeyboardInterrupt: It was interrupted before there was any plan.
    """
    known = narrowed(instance)
    model = build_coordination_model(known.instance)
    if known.at_hand is not None:
        begin_from(model, known.at_hand.open_stations, known.at_hand.coordinator)
    limits = replace(options, gap=max(options.gap, PROOF_TOLERANCE / 10), on_progress=None)
    outcome = solve_milp(model.problem, limits, warm_start=known.at_hand is not None)
    if outcome.status is MilpStatus.INFEASIBLE:
        raise NoPlanError(explain_no_coordination(instance))
    if not outcome.has_solution:
        if outcome.stopped_by == "interrupt":
            raise KeyboardInterrupt
        message = f"no C-NSPs found within {options.time_limit_s:g} s ({outcome.solver}); that none exist is not proven"
        raise NoPlanError(Fault("solver", message, "raise the time limit", column="time_limit_s", proven=False))
    is_open = np.array([(variable.varValue or 0.0) > 0.5 for variable in model.z], dtype=bool)
    found = best_under(instance, np.flatnonzero(is_open).astype(np.int64))
    return CoordinationPlan(
        open_stations=found.open_stations,
        coordinator=found.coordinator,
        value=found.value,
        bound=settled_bound(found.value, outcome.bound),
        report=options.report("exact", outcome.solver, outcome.seconds, outcome.stopped_by, outcome.trace),
    )
