"""Level 2 solved as one exact MILP. In: a :class:`CoordinationInstance`. Out: a :class:`CoordinationPlan`.

Some hundred L-NSPs by some thirty fire stations: solved to a proven optimum in about a second. The model itself stands
in ``plan.milp.coordination``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from nsp_planner.costs.matrix import IntArray
from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.plan.diagnose.coordination import explain_no_coordination
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.milp.coordination import build_coordination_model
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
    model = build_coordination_model(instance)
    outcome = solve_milp(model.problem, replace(options, gap=max(options.gap, PROOF_TOLERANCE / 10), on_progress=None))
    if outcome.status is MilpStatus.INFEASIBLE:
        raise NoPlanError(explain_no_coordination(instance))
    if not outcome.has_solution:
        if outcome.stopped_by == "interrupt":
            raise KeyboardInterrupt
        message = f"no C-NSPs found within {options.time_limit_s:g} s ({outcome.solver}); that none exist is not proven"
        raise NoPlanError(Fault("solver", message, "raise the time limit", column="time_limit_s", proven=False))
    is_open = np.array([(variable.varValue or 0.0) > 0.5 for variable in model.z], dtype=bool)
    open_stations = np.flatnonzero(is_open).astype(np.int64)
    coordinator, value = best_under(instance, open_stations)
    return CoordinationPlan(
        open_stations=open_stations,
        coordinator=coordinator,
        value=value,
        bound=settled_bound(value, outcome.bound),
        report=options.report("exact", outcome.solver, outcome.seconds, outcome.stopped_by, outcome.trace),
    )


def best_under(instance: CoordinationInstance, open_stations: IntArray) -> tuple[IntArray, float]:
    """The least that these stations allow: coordinator per L-NSP, shape (l,), and the value.

    An assignment of L-NSPs to places: each station has as many as it may coordinate, those above the ratio each at its
    price, the fewest it must coordinate first. A MILP that stopped within a gap can leave an L-NSP at a farther station
    than these allow.
    """
    n, m = len(instance.lnsp_ids), len(open_stations)
    arc_cost = np.full((n, len(instance.station_ids)), np.inf)
    arc_cost[instance.costs.arc_origin, instance.costs.destination] = instance.costs.distance_m + instance.arc_price_m
    most = min(instance.max_lnsp_per_cnsp, n)
    free = most - len(instance.step_price_m)
    place_price = np.tile(np.concatenate([np.zeros(free), instance.step_price_m]), m)
    place_station = np.repeat(open_stations, most)
    must = np.tile(np.arange(most) < instance.min_lnsp_per_cnsp, m)
    cost = arc_cost[:, place_station] + place_price
    dear = 1.0 + 2.0 * n * float(cost[np.isfinite(cost)].max())
    lnsp, place = linear_sum_assignment(cost - dear * must)
    coordinator = np.full(n, -1, dtype=np.int64)
    coordinator[lnsp] = place_station[place]
    return coordinator, float(cost[lnsp, place].sum())
