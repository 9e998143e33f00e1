"""Level 1 as a MILP in PuLP. In: a :class:`LocalInstance`. Out: :class:`LocalModel`, not yet solved.

One function per constraint, numbered as in docs/model.md. Only arcs of the sparse cost matrix become variables, and of
those only arcs to sites that are not refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pulp

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import PROOF_TOLERANCE


@dataclass(frozen=True, eq=False)
class LocalModel:
    """The MILP of an instance: variables y per site and x per usable arc, a arcs in all.

    Attributes:
        instance: What it models.
        problem: The PuLP problem; the objective is set by :func:`set_distance`, :func:`set_uncovered` or
            :func:`set_n_open`.
        origin: Shape (a,), demand point of each arc.
        destination: Shape (a,), site of each arc.
        distance_m: Shape (a,), metres of each arc.
        cost: Shape (a,), cost when the whole demand point takes the arc.
        beyond: Shape (a,), weight beyond its norm when the whole demand point takes the arc.
        y: y_j, whether site j opens; length m.
        x: x_ij, share of the demand point allocated along each arc; length a.
    """

    instance: LocalInstance
    problem: pulp.LpProblem
    origin: IntArray
    destination: IntArray
    distance_m: FloatArray
    cost: FloatArray
    beyond: FloatArray
    y: list[pulp.LpVariable]
    x: list[pulp.LpVariable]


def build_local_model(instance: LocalInstance) -> LocalModel:
    """All constraints (1) to (7) of an instance, with the least-distance objective.

    Whole groups are not known here: see :func:`nsp_planner.plan.groups.merge_groups`.
    """
    costs = instance.costs
    usable = ~instance.refused[costs.destination]
    origin, destination = costs.arc_origin[usable], costs.destination[usable]
    problem = pulp.LpProblem("lnsp", pulp.LpMinimize)
    whole = instance.divisibility is Divisibility.WHOLE_POINTS
    # (5) and (6) are bounds and kinds of the variables; names are positions, for ids may collide once cleaned.
    y = [
        problem.add_variable(f"y{j}", low, up, pulp.LpInteger)
        for j, (low, up) in enumerate(zip(*_decided(instance), strict=True))
    ]
    x = [
        problem.add_variable(f"x{a}", 0, 1, pulp.LpInteger if whole else pulp.LpContinuous) for a in range(len(origin))
    ]
    distance_m, cost, beyond = costs.distance_m[usable], instance.arc_cost[usable], instance.arc_beyond[usable]
    model = LocalModel(instance, problem, origin, destination, distance_m, cost, beyond, y, x)
    add_allocation(model)
    add_only_to_open(model)
    add_capacity(model)
    add_number(model)
    add_norm_limit(model)
    set_distance(model)
    return model


def _add(model: LocalModel, terms: dict[pulp.LpVariable, float], sense: int, rhs: float, name: str) -> None:
    model.problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, rhs))


def arcs_by(position: IntArray, n: int) -> list[list[int]]:
    """Arcs grouped by the position they belong to; built once, so that no constraint searches all arcs."""
    order = np.argsort(position, kind="stable")
    ends = np.cumsum(np.bincount(position, minlength=n))
    return [group.tolist() for group in np.split(order, ends[:-1])] if n else []


def add_allocation(model: LocalModel) -> None:
    """(1) Every reachable demand point is allocated once: sum_j x_ij = 1. Unreachable ones have no arcs, no row."""
    for i, arcs in enumerate(arcs_by(model.origin, model.instance.n_demand)):
        if arcs:
            _add(model, {model.x[a]: 1.0 for a in arcs}, pulp.LpConstraintEQ, 1.0, f"allocation{i}")


def add_only_to_open(model: LocalModel) -> None:
    """(2) Only to open sites: x_ij <= y_j, one row per arc (the strong form: its LP bound is the tighter one)."""
    for a, (x, j) in enumerate(zip(model.x, model.destination.tolist(), strict=True)):
        _add(model, {x: 1.0, model.y[j]: -1.0}, pulp.LpConstraintLE, 0.0, f"open{a}")


def add_capacity(model: LocalModel) -> None:
    """(3) Capacity: sum_i w_i x_ij <= Q_j y_j. Left out where all who could come fit, as with no limit at all."""
    population, capacity = model.instance.population_persons, model.instance.capacity_persons
    persons = population[model.origin]
    at_most = np.bincount(model.destination, weights=persons, minlength=model.instance.n_candidates)
    persons_of = persons.tolist()
    for j, arcs in enumerate(arcs_by(model.destination, model.instance.n_candidates)):
        if at_most[j] > capacity[j]:
            terms = {model.x[a]: persons_of[a] for a in arcs if persons_of[a] > 0}
            terms[model.y[j]] = -float(capacity[j])
            _add(model, terms, pulp.LpConstraintLE, 0.0, f"capacity{j}")


def add_number(model: LocalModel) -> None:
    """(4) Number: sum_j y_j = p, or per gemeente sum_{j in g} y_j = n_g (which sum to p).

    Where only the total counts, a gemeente may have a minimum: sum_{j in g} y_j >= its entry in ``min_sites``. Where
    the objective finds the number, p is the most: sum_j y_j <= p.
    """
    quota, minimum = model.instance.quota, model.instance.min_sites
    if quota is None:
        most = objective(model.instance.objective).finds_number
        sense = pulp.LpConstraintLE if most else pulp.LpConstraintEQ
        _add(model, dict.fromkeys(model.y, 1.0), sense, float(model.instance.n_sites), "number")
        if minimum is not None:
            for g, sites in enumerate(arcs_by(model.instance.site_gemeente, len(minimum))):
                terms = {model.y[j]: 1.0 for j in sites}
                _add(model, terms, pulp.LpConstraintGE, float(minimum[g]), f"minimum{g}")
        return
    for g, sites in enumerate(arcs_by(model.instance.site_gemeente, len(quota))):
        terms = {model.y[j]: 1.0 for j in sites}
        _add(model, terms, pulp.LpConstraintEQ, float(quota[g]), f"number{g}")


def _decided(instance: LocalInstance) -> tuple[list[int], list[int]]:
    """(5) Fixed and refused sites as bounds: 1 <= y_j where fixed, y_j <= 0 where refused."""
    return instance.fixed.astype(int).tolist(), (~instance.refused).astype(int).tolist()


def set_distance(model: LocalModel) -> None:
    """Objective ``min_distance``: sum of weight_i c_ij x_ij (the p-median of Hakimi 1964)."""
    _set_objective(model, model.cost)


def set_uncovered(model: LocalModel) -> None:
    """Objective ``max_coverage``, first stage: least weight allocated farther than its norm.

    The same as most weight within the norm (Church and ReVelle 1974), for every reachable point is allocated.
    """
    _set_objective(model, model.beyond)


def set_n_open(model: LocalModel) -> None:
    """Objective ``min_sites``, first stage: sum_j y_j, with the share to be covered in (7)."""
    model.problem.setObjective(pulp.LpAffineExpression(dict.fromkeys(model.y, 1.0)))


def set_nothing(model: LocalModel) -> None:
    """No objective: any plan will do (``min_max`` asks whether there is one)."""
    model.problem.setObjective(pulp.LpAffineExpression({model.y[0]: 0.0}))


def hold_uncovered(model: LocalModel, uncovered: float) -> None:
    """Second stage of ``max_coverage``: no more weight beyond the norm than the first stage found."""
    room = PROOF_TOLERANCE * 1e-3 * float(model.instance.weight.sum())
    _limit_beyond(model, uncovered + room, "uncovered")


def add_norm_limit(model: LocalModel) -> None:
    """(7) Weight beyond the norm: sum over arcs longer than s_i of h_i x_ij <= B, where the instance has such a B."""
    if np.isfinite(model.instance.max_beyond):
        _limit_beyond(model, model.instance.max_beyond, "beyond")


def _limit_beyond(model: LocalModel, most: float, name: str) -> None:
    terms = {x: w for x, w in zip(model.x, model.beyond.tolist(), strict=True) if w > 0}
    if terms:
        _add(model, terms, pulp.LpConstraintLE, most, name)


def _set_objective(model: LocalModel, coefficient: FloatArray) -> None:
    terms = zip(model.x, coefficient.tolist(), strict=True)
    model.problem.setObjective(pulp.LpAffineExpression({x: c for x, c in terms if c != 0.0}))
