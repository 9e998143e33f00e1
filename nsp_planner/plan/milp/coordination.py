"""Level 2 as a MILP in PuLP. In: a :class:`CoordinationInstance`. Out: :class:`CoordinationModel`, not yet solved.

The constraints are numbered like those of level 1, in docs/model.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pulp

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.milp.local import arcs_by


@dataclass(frozen=True, eq=False)
class CoordinationModel:
    """The MILP of an instance: variables z per station, v per usable arc, a arcs in all, u per step above the ratio.

    Attributes:
        instance: What it models.
        problem: The PuLP problem.
        lnsp: Shape (a,), L-NSP of each arc.
        station: Shape (a,), station of each arc.
        cost_m: Shape (a,), metres of each arc, with what it costs beside: other gemeente, wish of the station.
        z: z_k, whether station k coordinates.
        v: v_jk, whether the L-NSP goes along this arc.
        u: u_kt per station, whether it carries a t-th L-NSP above the ratio; none where that has no price.
    """

    instance: CoordinationInstance
    problem: pulp.LpProblem
    lnsp: IntArray
    station: IntArray
    cost_m: FloatArray
    z: list[pulp.LpVariable]
    v: list[pulp.LpVariable]
    u: list[list[pulp.LpVariable]]


def build_coordination_model(instance: CoordinationInstance) -> CoordinationModel:
    """All constraints of level 2, with the least-distance objective."""
    costs = instance.costs
    usable = ~instance.refused[costs.destination]
    lnsp, station = costs.arc_origin[usable], costs.destination[usable]
    cost_m = (costs.distance_m + instance.arc_price_m)[usable]
    problem = pulp.LpProblem("cnsp", pulp.LpMinimize)
    # (5) Fixed and refused stations are bounds of z.
    bounds = zip(instance.fixed.astype(int).tolist(), (~instance.refused).astype(int).tolist(), strict=True)
    z = [problem.add_variable(f"z{k}", low, up, pulp.LpInteger) for k, (low, up) in enumerate(bounds)]
    v = [problem.add_variable(f"v{a}", 0, 1, pulp.LpInteger) for a in range(len(lnsp))]
    step_price_m = instance.step_price_m.tolist() if instance.load_price_m > 0 else []
    u = [[problem.add_variable(f"u{k}_{t}", 0, 1) for t in range(len(step_price_m))] for k in range(len(z))]
    model = CoordinationModel(instance, problem, lnsp, station, cost_m, z, v, u)
    add_one_coordinator(model)
    add_only_under_open(model)
    add_lnsps_per_coordinator(model)
    add_n_coordinators(model)
    terms = dict(zip(v, cost_m.tolist(), strict=True))
    for steps in u:
        terms.update(zip(steps, step_price_m, strict=True))
    problem.setObjective(pulp.LpAffineExpression(terms))
    return model


def begin_from(model: CoordinationModel, open_stations: IntArray, coordinator: IntArray) -> None:
    """Set the variables to a plan of these stations (positions) and the coordinator of every L-NSP."""
    for k, variable in enumerate(model.z):
        variable.varValue = float(k in open_stations)
    for j, k, variable in zip(model.lnsp.tolist(), model.station.tolist(), model.v, strict=True):
        variable.varValue = float(coordinator[j] == k)
    n_lnsp = np.bincount(coordinator, minlength=len(model.z)).tolist()
    for n, steps in zip(n_lnsp, model.u, strict=True):
        for t, variable in enumerate(steps, start=1):
            variable.varValue = float(n >= model.instance.lnsp_per_cnsp + t)


def _add(model: CoordinationModel, terms: dict[pulp.LpVariable, float], sense: int, rhs: float, name: str) -> None:
    model.problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, rhs))


def add_one_coordinator(model: CoordinationModel) -> None:
    """(1) Every L-NSP has exactly one coordinator: sum_k v_jk = 1."""
    for i, arcs in enumerate(arcs_by(model.lnsp, len(model.instance.lnsp_ids))):
        terms = {model.v[a]: 1.0 for a in arcs}
        _add(model, terms, pulp.LpConstraintEQ, 1.0, f"one{i}")


def add_only_under_open(model: CoordinationModel) -> None:
    """(2) Only under stations that coordinate: v_jk <= z_k."""
    for a, (v, k) in enumerate(zip(model.v, model.station.tolist(), strict=True)):
        _add(model, {v: 1.0, model.z[k]: -1.0}, pulp.LpConstraintLE, 0.0, f"open{a}")


def add_lnsps_per_coordinator(model: CoordinationModel) -> None:
    """(3) L-NSPs under one C-NSP, at least the minimum, and at most r without a price and b with one.

    l z_k <= sum_j v_jk <= r z_k + sum_t u_kt with u_kt <= z_k, t = 1 .. b - r. As the price of u_kt rises with t the
    cheap steps fill first, and u need not be whole: it is where v is. Tied to z_k step by step, the model's linear
    relaxation has the price of a station that is open in part as low as it can be without being wrong.
    """
    instance = model.instance
    least = float(instance.min_lnsp_per_cnsp)
    for k, arcs in enumerate(arcs_by(model.station, len(model.z))):
        terms, z, steps = {model.v[a]: 1.0 for a in arcs}, model.z[k], model.u[k]
        most = float(instance.lnsp_per_cnsp if steps else instance.max_lnsp_per_cnsp)
        _add(model, {**terms, z: -most, **dict.fromkeys(steps, -1.0)}, pulp.LpConstraintLE, 0.0, f"most{k}")
        for t, u in enumerate(steps):
            _add(model, {u: 1.0, z: -1.0}, pulp.LpConstraintLE, 0.0, f"step{k}_{t}")
        if least > 0:
            _add(model, {**terms, z: -least}, pulp.LpConstraintGE, 0.0, f"least{k}")


def add_n_coordinators(model: CoordinationModel) -> None:
    """(4) Number: sum_k z_k = n."""
    _add(model, dict.fromkeys(model.z, 1.0), pulp.LpConstraintEQ, float(model.instance.n_coordinators), "number")
