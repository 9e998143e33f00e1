"""Why there is no plan of C-NSPs. In: an instance proven to have none. Out: faults that name the constraint in the way.

Counts first, then one small MILP in which L-NSPs may stay without a coordinator, and one in which the minimum per
C-NSP may be missed. A fault is only given when it is proven.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pulp

from nsp_planner.errors import Fault, Faults
from nsp_planner.plan.diagnose.at_a_price import BROKEN, EXPLAIN_OPTIONS, miss_at_a_price
from nsp_planner.plan.diagnose.decisions import ids_at
from nsp_planner.plan.diagnose.station_counts import count_lnsps, count_stations
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.milp.coordination import build_coordination_model
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions


def explain_no_coordination(
    instance: CoordinationInstance, options: SolveOptions = EXPLAIN_OPTIONS
) -> tuple[Fault, ...]:
    """Name what stands in the way of any plan of C-NSPs, with ids, numbers and what to do; at least one fault."""
    faults = Faults()
    count_stations(faults, instance.fixed, instance.refused, instance.station_ids, instance.n_coordinators)
    count_lnsps(
        faults,
        instance.n_coordinators,
        len(instance.lnsp_ids),
        most=instance.max_lnsp_per_cnsp,
        least=instance.min_lnsp_per_cnsp,
    )
    usable = ~instance.refused[instance.costs.destination]
    n_near = np.bincount(instance.costs.arc_origin[usable], minlength=len(instance.lnsp_ids))
    if not n_near.all() and not instance.refused.all():
        faults.add(
            "reach",
            f"{int((n_near == 0).sum())} L-NSPs have no station that is not refused within "
            f"{instance.costs.cutoff_m:g} m",
            "add stations there, refuse fewer, or raise the cutoff",
            column="distances",
            ids=ids_at(instance.lnsp_ids, np.flatnonzero(n_near == 0)),
        )
    if not faults.items:
        _one_broken_at_a_price(faults, instance, options)
    if not faults.items:
        faults.add(
            "C-NSPs",
            "no plan satisfies all constraints together, and none of them could be singled out in time",
            "take decisions or numbers out one by one",
        )
    return tuple(faults.items)


def _one_broken_at_a_price(faults: Faults, instance: CoordinationInstance, options: SolveOptions) -> None:
    """All constraints but one, which may be broken at a price: (1) without the minimum of (3), then that minimum."""

    def least_broken(relaxed: str, problem: pulp.LpProblem, n_rows: int) -> tuple[float, list[int]]:
        """Proven bound on how often the rows so named are broken, and where in the best solution."""
        slack = miss_at_a_price(problem, relaxed, n_rows, variable="s", most=len(instance.lnsp_ids), sign=1.0)
        outcome = solve_milp(problem, options)
        broken = [i for i, s in slack.items() if outcome.has_solution and (s.varValue or 0.0) > 0.5]
        return (outcome.bound if outcome.has_solution else 0.0), broken

    instance = replace(instance, load_price_m=0.0)  # a price forbids nothing
    without_minimum = build_coordination_model(replace(instance, min_lnsp_per_cnsp=0)).problem
    bound, without = least_broken("one", without_minimum, len(instance.lnsp_ids))
    if bound > BROKEN:
        faults.add(
            "reach of C-NSPs",
            f"{instance.n_coordinators} C-NSPs of at most {instance.max_lnsp_per_cnsp} L-NSPs cannot be chosen so "
            f"that each L-NSP has one within {instance.costs.cutoff_m:g} m; the best choice found leaves "
            f"{len(without)} without",
            "ask for more C-NSPs, allow more L-NSPs per C-NSP (ratios.most_lnsp_per_cnsp), raise the cutoff, or fix "
            "and refuse fewer stations",
            column="ratios.lnsp_per_cnsp",
            ids=ids_at(instance.lnsp_ids, without),
        )
        return
    bound, short = least_broken("least", build_coordination_model(instance).problem, len(instance.station_ids))
    if bound > BROKEN:
        faults.add(
            "L-NSPs per C-NSP",
            f"not every C-NSP can have at least {instance.min_lnsp_per_cnsp} L-NSPs; in the best choice found "
            f"{len(short)} stations have fewer",
            "lower the minimum, fix fewer stations, or ask for fewer C-NSPs",
            column="ratios.min_lnsp_per_cnsp",
            ids=ids_at(instance.station_ids, short),
        )
