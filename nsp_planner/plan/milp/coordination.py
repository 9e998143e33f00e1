"""Level 2 as a MILP in PuLP. In: a :class:`CoordinationInstance`. Out: :class:`CoordinationModel`, not yet solved.

The constraints are numbered like those of level 1, in docs/model.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulp

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.milp.local import arcs_by


@dataclass(frozen=True, eq=False)
class CoordinationModel:
    """The MILP of an instance: variables z per station and v per usable arc, a arcs in all.

    Attributes:
        instance: What it models.
        problem: The PuLP problem.
        lnsp: Shape (a,), L-NSP of each arc.
        station: Shape (a,), station of each arc.
        cost_m: Shape (a,), metres of each arc, with the penalty where the two lie in different gemeenten.
        z: z_k, whether station k coordinates.
        v: v_jk, whether the L-NSP goes along this arc.
    """

    instance: CoordinationInstance
    problem: pulp.LpProblem
    lnsp: IntArray
    station: IntArray
    cost_m: FloatArray
    z: list[pulp.LpVariable]
    v: list[pulp.LpVariable]


def build_coordination_model(instance: CoordinationInstance) -> CoordinationModel:
    """All constraints of level 2, with the least-distance objective."""
    costs = instance.costs
    usable = ~instance.refused[costs.destination]
    lnsp, station = costs.arc_origin[usable], costs.destination[usable]
    abroad = instance.lnsp_gemeente[lnsp] != instance.station_gemeente[station]
    cost_m = costs.distance_m[usable] + instance.other_gemeente_penalty_m * abroad
    problem = pulp.LpProblem("cnsp", pulp.LpMinimize)
    # (5) Fixed and refused stations are bounds of z.
    bounds = zip(instance.fixed.astype(int).tolist(), (~instance.refused).astype(int).tolist(), strict=True)
    z = [problem.add_variable(f"z{k}", low, up, pulp.LpInteger) for k, (low, up) in enumerate(bounds)]
    v = [problem.add_variable(f"v{a}", 0, 1, pulp.LpInteger) for a in range(len(lnsp))]
    model = CoordinationModel(instance, problem, lnsp, station, cost_m, z, v)
    add_one_coordinator(model)
    add_only_under_open(model)
    add_lnsps_per_coordinator(model)
    add_n_coordinators(model)
    problem.setObjective(pulp.LpAffineExpression(dict(zip(v, cost_m.tolist(), strict=True))))
    return model


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
    """(3) At most r and at least the minimum of L-NSPs under one C-NSP: l z_k <= sum_j v_jk <= r z_k."""
    most, least = float(model.instance.max_lnsp_per_cnsp), float(model.instance.min_lnsp_per_cnsp)
    for k, arcs in enumerate(arcs_by(model.station, len(model.z))):
        terms, z = {model.v[a]: 1.0 for a in arcs}, model.z[k]
        _add(model, {**terms, z: -most}, pulp.LpConstraintLE, 0.0, f"most{k}")
        if least > 0:
            _add(model, {**terms, z: -least}, pulp.LpConstraintGE, 0.0, f"least{k}")


def add_n_coordinators(model: CoordinationModel) -> None:
    """(4) Number: sum_k z_k = n."""
    _add(model, dict.fromkeys(model.z, 1.0), pulp.LpConstraintEQ, float(model.instance.n_coordinators), "number")
