"""The optimisation, on arrays and ids only. In: instances. Out: verified plans with a proven gap.

All that someone needs who plans arrays::

    plan = solve_local(instance, SolveOptions(gap=0.01, time_limit_s=60))
    verify_local_plan(instance, plan)
"""

from nsp_planner.plan import objectives
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.instance import CoordinationInstance, Divisibility, LocalInstance
from nsp_planner.plan.objective import Objective, ObjectiveWords, objective, objective_names, register, unregister
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan, PlanStatus, SolverReport, TracePoint
from nsp_planner.plan.solve import solve_local
from nsp_planner.plan.verify.coordination import verify_coordination_plan
from nsp_planner.plan.verify.plan import verify_local_plan

__all__ = [
    "CoordinationInstance",
    "CoordinationPlan",
    "Divisibility",
    "LocalInstance",
    "LocalPlan",
    "Objective",
    "ObjectiveWords",
    "PlanStatus",
    "SolveOptions",
    "SolverReport",
    "TracePoint",
    "objective",
    "objective_names",
    "objectives",
    "register",
    "solve_coordination",
    "solve_local",
    "unregister",
    "verify_coordination_plan",
    "verify_local_plan",
]
