"""The order of opening as a MILP, and bounds on it. In: a :class:`PhasingInstance`. Out: :class:`PhasingPlanned`.

Rules (P1) to (P5) of ``phasing.instance``, one function each. The worth is linear in what is open: share
x_gjt of group g that goes to site j in year t, at most y_jt, within the capacity of j.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import pulp

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Fault, VerificationError
from nsp_planner.plan.milp.solver import MILP_OPTIONS, solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.phasing.instance import Coverage, PhasingInstance, broken_rules, with_stations
from nsp_planner.plan.phasing.search import build_greedy, fill, improve
from nsp_planner.plan.solution import relative_gap, settled_bound

SEARCH_SHARE = 0.25
"""Part of the time for exchange; the rest is for the MILP, which proves."""
MOST_ARC_YEARS = 150_000
"""Pairs times years above which the MILP is left out: its model alone would take the time; the years' bounds remain."""
YEAR_BOUND_S = 10.0


@dataclass(frozen=True, eq=False)
class PhasingPlanned:
    """An order of opening with its proof.

    Attributes:
        opens: Shape (l + k,), year index of every site, T where it does not open within the years.
        per_year: Shape (T,), persons within the norm at the end of each year.
        per_year_bound: Shape (T,), proven most persons within the norm in each year by itself.
        bound: Proven most of the sum over the years.
        method: How the best order was found, for the notes: ``greedy``, ``exchange`` or ``milp``.
        seconds: Time it took.
    """

    opens: IntArray
    per_year: FloatArray
    per_year_bound: FloatArray
    bound: float
    method: str
    seconds: float

    @property
    def value(self) -> float:
        """Sum over the years of the persons within the norm."""
        return float(self.per_year.sum())

    @property
    def gap(self) -> float:
        """Relative gap of value and bound; 0 where there is nothing to gain."""
        return 0.0 if self.bound <= 0 else relative_gap(self.value, self.bound)


def solve_phasing(instance: PhasingInstance, options: SolveOptions) -> PhasingPlanned:
    """The best order found within the time, and how far from the best possible it can be.

    The instance must have an order at all: :func:`first_order` of it is possible.

    Raises:
        VerificationError: The order breaks a rule.
    """
    started, coverage = time.perf_counter(), Coverage(instance)
    opens, method = build_greedy(instance), "greedy"
    value = float(coverage.per_year(instance, opens).sum())
    year_bounds = np.array([bound_year(instance, year, options) for year in range(instance.n_years)])
    bound = float(year_bounds.sum())
    searched, found = improve(instance, opens, coverage, seconds=options.time_limit_s * SEARCH_SHARE, seed=options.seed)
    if found > value + 1e-6:
        opens, value, method = searched, found, "exchange"
    left_s = options.time_limit_s - (time.perf_counter() - started)
    small = len(instance.arc_site) * instance.n_years <= MOST_ARC_YEARS
    if small and left_s > 1 and relative_gap(value, bound) > options.gap:
        proven, best_bound = _solve_milp(instance, opens, coverage, replace(options, time_limit_s=left_s))
        bound = min(bound, best_bound)
        if proven is not None:
            for order in (fill(instance, proven), proven):
                worth = float(coverage.per_year(instance, order).sum())
                if not broken_rules(instance, order) and worth > value + 1e-6:
                    opens, value, method = order, worth, "milp"
    if broken := broken_rules(instance, opens):
        raise VerificationError(Fault("phasing", "; ".join(broken), "report this: the order was refused"))
    return PhasingPlanned(
        opens=opens,
        per_year=coverage.per_year(instance, opens),
        per_year_bound=year_bounds,
        bound=settled_bound(value, bound, maximised=True),
        method=method,
        seconds=time.perf_counter() - started,
    )


@dataclass(frozen=True, eq=False)
class PhasingModel:
    """The MILP of some years: variables y per site and year, x per pair and year."""

    instance: PhasingInstance
    problem: pulp.LpProblem
    y: list[list[pulp.LpVariable]]
    x: list[list[pulp.LpVariable]]


def build_phasing_model(instance: PhasingInstance, *, whole: bool = True) -> PhasingModel:
    """All rules over all years; without ``whole`` sites may open in part (a bound)."""
    n, years = len(instance.once_eur), instance.n_years
    problem = pulp.LpProblem("phasing", pulp.LpMinimize)
    kind = pulp.LpInteger if whole else pulp.LpContinuous
    # (P5) is a bound of the variables
    y = [
        [problem.add_variable(f"y{j}_{t}", 1 if instance.first[j] else 0, 1, kind) for j in range(n)]
        for t in range(years)
    ]
    x = [[problem.add_variable(f"x{a}_{t}", 0, 1) for a in range(len(instance.arc_site))] for t in range(years)]
    model = PhasingModel(instance, problem, y, x)
    add_stays_open(model)
    add_coordinator_first(model)
    add_money(model)
    add_project_capacity(model)
    for t in range(years):
        add_served(model, t)
    persons = instance.group_persons[instance.arc_group].tolist()
    terms = {x[t][a]: -persons[a] for t in range(years) for a in range(len(persons))}
    problem.setObjective(pulp.LpAffineExpression(terms))
    return model


def _add(model: PhasingModel, terms: dict[pulp.LpVariable, float], rhs: float, name: str) -> None:
    model.problem.addConstraint(
        pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintLE, name, float(rhs))
    )


def add_stays_open(model: PhasingModel) -> None:
    """(P1) y_jt <= y_j,t+1."""
    for t in range(len(model.y) - 1):
        for j, (now, later) in enumerate(zip(model.y[t], model.y[t + 1], strict=True)):
            _add(model, {now: 1.0, later: -1.0}, 0.0, f"stays{j}_{t}")


def add_coordinator_first(model: PhasingModel) -> None:
    """(P2) y_jt <= z_k(j)t; the z are whole too, or a C-NSP would be paid in parts over the years."""
    n = model.instance.n_lnsps
    for t, y in enumerate(model.y):
        for j, k in enumerate(model.instance.coordinator.tolist()):
            _add(model, {y[j]: 1.0, y[n + k]: -1.0}, 0.0, f"coordinator{j}_{t}")


def add_money(model: PhasingModel) -> None:
    """(P3) what opening and running costs in a year, within its budget; with carry-over up to and with that year."""
    once, per_year = model.instance.once_eur.tolist(), model.instance.per_year_eur.tolist()
    budget = np.cumsum(model.instance.budget_eur) if model.instance.carry_over else model.instance.budget_eur
    for t in range(len(model.y)):
        terms: dict[pulp.LpVariable, float] = {}
        for j in range(len(once)):
            if model.instance.carry_over:
                for s in range(t + 1):
                    terms[model.y[s][j]] = per_year[j] + (once[j] if s == t else 0.0)
            else:
                terms[model.y[t][j]] = once[j] + per_year[j]
                if t:
                    terms[model.y[t - 1][j]] = -once[j]
        _add(model, terms, float(budget[t]), f"money{t}")


def add_project_capacity(model: PhasingModel) -> None:
    """(P4) sites that open in a year, at most so many."""
    if model.instance.max_new is None:
        return
    for t, y in enumerate(model.y):
        terms = dict.fromkeys(y, 1.0)
        if t:
            terms |= dict.fromkeys(model.y[t - 1], -1.0)
        _add(model, terms, float(model.instance.max_new), f"project{t}")


def add_served(model: PhasingModel, t: int) -> None:
    """Every person counts once, only at an open site, and only as many as it holds."""
    instance, y, x = model.instance, model.y[t], model.x[t]
    groups: list[list[int]] = [[] for _ in instance.group_persons]
    sites: list[list[int]] = [[] for _ in instance.lnsp_ids]
    for a, (g, j) in enumerate(zip(instance.arc_group.tolist(), instance.arc_site.tolist(), strict=True)):
        groups[g].append(a)
        sites[j].append(a)
        _add(model, {x[a]: 1.0, y[j]: -1.0}, 0.0, f"open{a}_{t}")
    for g, arcs in enumerate(groups):
        if len(arcs) > 1:
            _add(model, {x[a]: 1.0 for a in arcs}, 1.0, f"once{g}_{t}")
    persons = instance.group_persons[instance.arc_group]
    for j, arcs in enumerate(sites):
        if persons[arcs].sum() > instance.capacity_persons[j]:
            terms = {x[a]: float(persons[a]) for a in arcs}
            terms[y[j]] = -float(instance.capacity_persons[j])
            _add(model, terms, 0.0, f"capacity{j}_{t}")


def bound_year(instance: PhasingInstance, year: int, options: SolveOptions = MILP_OPTIONS) -> float:
    """Proven most persons within the norm at the end of one year, whatever happens before: an LP of that year alone.

    Every open site has cost its opening and at least one year by then, out of all euros up to then; without carry-over
    its running costs also fit the year's own budget.
    """
    if not len(instance.arc_site):
        return 0.0
    so_far = replace(
        instance,
        budget_eur=np.array([instance.budget_eur[: year + 1].sum()]),
        max_new=None if instance.max_new is None else instance.max_new * (year + 1),
    )
    model = build_phasing_model(so_far, whole=False)
    if not instance.carry_over:
        running = dict(zip(model.y[0], instance.per_year_eur.tolist(), strict=True))
        _add(model, running, float(instance.budget_eur[year]), "running")
    limits = replace(options, gap=1e-6, time_limit_s=YEAR_BOUND_S, seed=MILP_OPTIONS.seed, on_progress=None)
    outcome = solve_milp(model.problem, limits)
    most = float(instance.group_persons.sum())
    return min(most, -outcome.bound) if outcome.has_solution and np.isfinite(outcome.bound) else most


def _solve_milp(
    instance: PhasingInstance,
    start: IntArray,
    coverage: Coverage,
    options: SolveOptions,
) -> tuple[IntArray | None, float]:
    """The order the MILP finds, from a start, and its bound on the sum over the years."""
    model = build_phasing_model(instance)
    for t, y in enumerate(model.y):
        for j, variable in enumerate(y):
            variable.varValue = float(start[j] <= t)
    for t, x in enumerate(model.x):
        for variable, share in zip(x, coverage.shares(start[: instance.n_lnsps] <= t).tolist(), strict=True):
            variable.varValue = share
    outcome = solve_milp(model.problem, replace(options, on_progress=None), warm_start=True)
    bound = -outcome.bound if np.isfinite(outcome.bound) else float("inf")
    if not outcome.has_solution:
        return None, bound
    is_open = np.array([[variable.varValue > 0.5 for variable in y] for y in model.y])
    opens = (instance.n_years - is_open.sum(axis=0)).astype(np.int64)
    # a C-NSP that waits for its first L-NSP costs least, unless opening it earlier is what the budgets leave room for
    late = with_stations(instance, opens[: instance.n_lnsps])
    return opens if broken_rules(instance, late) else late, bound
