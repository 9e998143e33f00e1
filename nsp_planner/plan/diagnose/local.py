"""Why there is no plan of L-NSPs. In: an instance proven to have none. Out: faults that name the constraint in the way.

First what can be counted (fixed sites, quota, capacity in all), then what a maximum flow shows (capacity nearby), then
small MILPs in which one constraint may be broken at a price (reach, capacity with so many sites). A fault is only given
when it is proven: each is a necessary condition that the instance fails.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pulp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Fault, Faults
from nsp_planner.plan.groups import group_faults, merge_groups
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.milp.local import arcs_by, build_local_model, set_uncovered
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.objective import objective
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.thresholds import allowed_beyond

EXPLAIN_OPTIONS = SolveOptions(gap=0.0, time_limit_s=30.0, threads=1)
"""Limits of each MILP that looks for the constraint in the way."""
FLOW_UNITS = 100
"""Flows are whole numbers: hundredths of a person."""
BROKEN = 1e-4
"""A proven bound on broken persons or points above this is a constraint in the way, not round-off."""
MAX_ARCS = 300_000
"""Above this the allocation itself is too large for a MILP here; what needs it is then left out."""


def explain_no_plan(instance: LocalInstance, options: SolveOptions = EXPLAIN_OPTIONS) -> tuple[Fault, ...]:
    """Name what stands in the way of any plan, with ids, numbers and what to do; at least one fault.

    Args:
        instance: A problem of level 1 that a solver proved to have no plan.
        options: Solver and limits of each of at most three MILPs.
    """
    if instance.divisibility is Divisibility.WHOLE_GROUPS:
        groups = group_faults(instance)
        if groups:
            return groups
        instance = merge_groups(instance).instance
    faults = Faults()
    _count_fixed(faults, instance)
    _count_candidates(faults, instance)
    countable = not faults.items
    _count_capacity(faults, instance)
    _capacity_nearby(faults, instance)
    if countable:
        _reach(faults, instance, options)
    small = instance.costs.n_arcs <= MAX_ARCS
    if not faults.items:
        _whole_points(faults, instance, options if small else None)
    if not faults.items and small:
        _capacity_with_so_many_sites(faults, instance, options)
    if not faults.items and instance.objective == "min_sites":
        _share(faults, instance, options if small else None)
    if not faults.items:
        faults.add(
            "plan",
            "no plan satisfies all constraints together, and none of them could be singled out in time",
            "take decisions, quota or capacities out one by one, or cut the region into parts",
        )
    return tuple(faults.items)


def _count_fixed(faults: Faults, instance: LocalInstance) -> None:
    """(5) against itself and against (4)."""
    both = np.flatnonzero(instance.fixed & instance.refused)
    if len(both):
        faults.add(
            "fixed sites",
            f"{len(both)} sites are fixed and refused at the same time",
            "choose one of the two",
            column="decisions",
            ids=_sites(instance, both),
        )
    fixed = np.flatnonzero(instance.fixed)
    if len(fixed) > instance.n_sites:
        faults.add(
            "fixed sites",
            f"{len(fixed)} sites are fixed, but only {instance.n_sites} may open",
            "fix fewer sites, or ask for more",
            column="decisions.fixed",
            ids=_sites(instance, fixed),
        )
    if instance.quota is not None:
        n_fixed = np.bincount(instance.site_gemeente[fixed], minlength=len(instance.quota))
        for g in np.flatnonzero(n_fixed > instance.quota):
            faults.add(
                "fixed sites",
                f"{instance.gemeente_codes[g]} has {n_fixed[g]} fixed sites and a quota of {instance.quota[g]}",
                "fix fewer sites in this gemeente, or raise its quota",
                column="decisions.fixed",
                ids=_sites(instance, fixed[instance.site_gemeente[fixed] == g]),
            )


def _count_candidates(faults: Faults, instance: LocalInstance) -> None:
    """(4) against the candidates that are not refused."""
    usable = np.flatnonzero(~instance.refused)
    if instance.quota is None:
        if len(usable) < instance.n_sites and not objective(instance.objective).finds_number:
            faults.add(
                "quota",
                f"{instance.n_sites} sites must open, but only {len(usable)} candidates are not refused",
                "add candidates, refuse fewer, or ask for fewer sites",
                column="ratios",
            )
        _count_minimum(faults, instance, usable)
        return
    n_usable = np.bincount(instance.site_gemeente[usable], minlength=len(instance.quota))
    short = np.flatnonzero(n_usable < instance.quota)
    if len(short):
        needs = ", ".join(
            f"{instance.gemeente_codes[g]} needs {instance.quota[g]} and has {n_usable[g]}" for g in short
        )
        faults.add(
            "quota",
            f"{len(short)} gemeenten have fewer candidates that are not refused than their quota: {needs}",
            "add candidates there, refuse fewer, or lower the quota",
            column="ratios.quota",
            ids=[instance.gemeente_codes[g] for g in short],
        )


def _count_minimum(faults: Faults, instance: LocalInstance, usable: IntArray) -> None:
    """(4) where only the total counts: candidates for the minimum of each gemeente, and a total that holds them."""
    if instance.min_sites is None:
        return
    n_usable = np.bincount(instance.site_gemeente[usable], minlength=len(instance.min_sites))
    short = np.flatnonzero(n_usable < instance.min_sites)
    if len(short):
        codes = [instance.gemeente_codes[g] for g in short]
        faults.add(
            "quota",
            f"{len(short)} gemeenten have fewer candidates that are not refused than they must get: {', '.join(codes)}",
            "add candidates there or refuse fewer",
            column="ratios.quota_per",
            ids=codes,
        )
    n_fixed = np.bincount(instance.site_gemeente[instance.fixed], minlength=len(instance.min_sites))
    needed = int(np.maximum(instance.min_sites, n_fixed).sum())
    if needed > instance.n_sites:
        faults.add(
            "quota",
            f"{instance.n_sites} sites may open, but the minimum of each gemeente and the fixed sites need {needed}",
            "ask for more sites, or fix fewer",
            column="ratios",
        )


def _count_capacity(faults: Faults, instance: LocalInstance) -> None:
    """(3) in all: the largest sites that (4) and (5) allow against the people."""
    people = float(instance.population_persons[instance.reachable].sum())
    free = np.flatnonzero(~instance.fixed & ~instance.refused)
    free = free[np.argsort(-instance.capacity_persons[free], kind="stable")]
    gemeente = instance.site_gemeente if instance.quota is not None else np.zeros_like(instance.site_gemeente)
    wanted = instance.quota if instance.quota is not None else np.array([instance.n_sites])
    room = wanted - np.bincount(gemeente[instance.fixed], minlength=len(wanted))
    largest = [free[gemeente[free] == g][: max(0, int(n))] for g, n in enumerate(room)]
    best = np.concatenate([np.flatnonzero(instance.fixed), *largest])
    places = float(instance.capacity_persons[best].sum())
    if places < people * (1 - 1e-9):
        faults.add(
            "capacity",
            f"{people:,.0f} persons must be served, but the {len(best)} largest sites that may open together hold "
            f"{places:,.0f} (slack included)",
            "raise the capacities or the slack, or ask for more sites",
            column="capacity",
        )


def _capacity_nearby(faults: Faults, instance: LocalInstance) -> None:
    """(1) and (3) with every candidate open: a minimum cut shows people whose sites in reach cannot hold them."""
    n, m = instance.n_demand, instance.n_candidates
    costs, usable = instance.costs, ~instance.refused[instance.costs.destination]
    origin, destination = costs.arc_origin[usable], costs.destination[usable]
    persons = np.where(instance.reachable, instance.population_persons, 0.0)
    if persons.sum() * FLOW_UNITS >= 2**31 - 1 or not len(origin):
        return
    supply = np.floor(persons * FLOW_UNITS)
    places = np.ceil(np.minimum(instance.capacity_persons, persons.sum() + 1) * FLOW_UNITS)
    source, sink = n + m, n + m + 1
    tail = np.concatenate([np.full(n, source), origin, n + np.arange(m)])
    head = np.concatenate([np.arange(n), n + destination, np.full(m, sink)])
    limit = np.concatenate([supply, supply[origin], places]).astype(np.int32)
    graph = csr_array((limit, (tail, head)), shape=(n + m + 2, n + m + 2))
    result = maximum_flow(graph, source, sink)
    if result.flow_value >= supply.sum():
        return
    residual = csr_array(graph - result.flow)
    residual.data[residual.data < 0] = 0
    residual.eliminate_zeros()
    cut = breadth_first_order(residual, source, return_predecessors=False)
    cut = np.sort(cut).astype(np.int64)
    points, sites = cut[cut < n], cut[(cut >= n) & (cut < n + m)] - n
    points = points[persons[points] > 0]
    if len(points) == np.count_nonzero(persons) and any(fault.layer == "capacity" for fault in faults.items):
        return  # The whole region is short, which has been said.
    faults.add(
        "capacity",
        f"{persons[points].sum():,.0f} persons on {len(points)} demand points have only {len(sites)} candidate sites "
        f"within reach, which hold {instance.capacity_persons[sites].sum():,.0f} together even if all open: "
        f"{', '.join(_sites(instance, sites)[:5])}",
        "add candidates near these demand points, raise the capacities there, or raise the cutoff",
        column="capacity",
        ids=[instance.demand_ids[i] for i in points],
    )


def _reach(faults: Faults, instance: LocalInstance, options: SolveOptions) -> None:
    """(1) with (4) and (5), without (3): the fewest people that any choice of sites leaves without one in reach."""
    usable = ~instance.refused[instance.costs.destination]
    no_arcs = replace(instance.keep_arcs(np.zeros(len(usable), dtype=bool)), max_beyond=np.inf)
    model = build_local_model(no_arcs)
    origin, destination = instance.costs.arc_origin[usable], instance.costs.destination[usable]
    price = np.maximum(1.0, instance.population_persons)
    left_out: dict[int, pulp.LpVariable] = {}
    for i, arcs in enumerate(arcs_by(origin, instance.n_demand)):
        if arcs:
            left_out[i] = model.problem.add_variable(f"u{i}", 0, 1)
            terms = {model.y[destination[a]]: 1.0 for a in arcs} | {left_out[i]: 1.0}
            model.problem.addConstraint(
                pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintGE, f"reach{i}", 1.0)
            )
    model.problem.setObjective(pulp.LpAffineExpression({u: float(price[i]) for i, u in left_out.items()}))
    outcome = solve_milp(model.problem, options)
    if outcome.bound > BROKEN and outcome.has_solution:
        points = [i for i, u in left_out.items() if (u.varValue or 0.0) > 0.5]
        far = float(instance.population_persons[points].sum())
        faults.add(
            "reach",
            f"no choice of {instance.n_sites} sites has one within {instance.costs.cutoff_m:g} m of everyone who has "
            f"a candidate there; the best found leaves {far:,.0f} persons on {len(points)} demand points without",
            "raise the cutoff, ask for more sites (or another quota), or fix and refuse fewer",
            column="distances.cutoff_m",
            ids=[instance.demand_ids[i] for i in points],
        )


def _whole_points(faults: Faults, instance: LocalInstance, options: SolveOptions | None) -> None:
    """(6): points too large for any site in reach, or (with ``options``) a plan only when points may be split."""
    if instance.divisibility is not Divisibility.WHOLE_POINTS:
        return
    usable = ~instance.refused[instance.costs.destination]
    largest = np.zeros(instance.n_demand)
    np.maximum.at(
        largest,
        instance.costs.arc_origin[usable],
        instance.capacity_persons[instance.costs.destination[usable]],
    )
    too_large = np.flatnonzero(instance.reachable & (instance.population_persons > largest))
    may_split = 'let demand points be split (plan.demand_points = "divisible"), or raise the capacities'
    if len(too_large):
        worst = too_large[np.argmax((instance.population_persons - largest)[too_large])]
        faults.add(
            "whole points",
            f"{len(too_large)} demand points have more persons than any site within reach holds; "
            f"{instance.demand_ids[worst]} has {instance.population_persons[worst]:,.0f}, the largest site there "
            f"holds {largest[worst]:,.0f}",
            may_split,
            column="plan.demand_points",
            ids=[instance.demand_ids[i] for i in too_large],
        )
        return
    if options is None:
        return
    split = replace(instance, divisibility=Divisibility.DIVISIBLE)
    if _least_overload(split, options)[0] <= BROKEN:
        faults.add(
            "whole points",
            "a plan exists when demand points may be split over sites, none when each must go to one site",
            may_split,
            column="plan.demand_points",
        )


def _capacity_with_so_many_sites(faults: Faults, instance: LocalInstance, options: SolveOptions) -> None:
    """(3) at a price, everything else kept: how many persons too many, at least, and where."""
    split = replace(instance, divisibility=Divisibility.DIVISIBLE)
    _, bound, over = _least_overload(split, options)
    if bound > BROKEN:
        sites = np.flatnonzero(over > BROKEN)
        faults.add(
            "capacity",
            f"with {instance.n_sites} sites that are within reach of everyone, at least {bound:,.1f} persons are more "
            f"than the sites hold; in the best plan found {len(sites)} sites are too full",
            "raise the capacities or the slack, ask for more sites, or raise the cutoff",
            column="capacity",
            ids=_sites(instance, sites),
        )


def _share(faults: Faults, instance: LocalInstance, options: SolveOptions | None) -> None:
    """(7) of ``min_sites``: persons without a candidate within their norm, or (with ``options``) the most covered."""
    everyone, allowed = float(instance.weight.sum()), allowed_beyond(instance)
    usable = ~instance.refused[instance.costs.destination]
    least = np.where(instance.reachable, np.inf, 0.0)
    np.minimum.at(least, instance.costs.arc_origin[usable], instance.arc_beyond[usable])
    beyond = float(least.sum())
    if beyond <= max(0.0, allowed) and options is not None:
        model = build_local_model(replace(instance, max_beyond=np.inf))
        set_uncovered(model)
        outcome = solve_milp(model.problem, options)
        beyond = outcome.bound
    if beyond > allowed + BROKEN:
        reachable = float(instance.weight[instance.reachable].sum())
        far = np.flatnonzero(least > 0)
        faults.add(
            "share",
            f"{instance.share:.1%} of {everyone:,.0f} must have a site within their norm, but at most "
            f"{max(0.0, reachable - beyond):,.0f} ({max(0.0, reachable - beyond) / everyone:.1%}) can, whatever opens",
            "lower plan.share, raise the norms or the capacities, or add candidates near those who have none",
            column="plan.share",
            ids=[instance.demand_ids[i] for i in far],
        )


def _least_overload(instance: LocalInstance, options: SolveOptions) -> tuple[float, float, FloatArray]:
    """Fewest persons above capacity (infinite without a plan), the proven bound on it, and how many per site."""
    model = build_local_model(replace(instance, max_beyond=np.inf))
    over: dict[int, pulp.LpVariable] = {}
    for j in range(instance.n_candidates):
        row = model.problem.get_constraint_by_name(f"capacity{j}")
        if row is not None:
            over[j] = model.problem.add_variable(f"o{j}", 0, float(instance.population_persons.sum()))
            row.addInPlace(pulp.LpAffineExpression({over[j]: -1.0}))
    model.problem.setObjective(pulp.LpAffineExpression(dict.fromkeys(over.values(), 1.0)))
    outcome = solve_milp(model.problem, options)
    persons = np.zeros(instance.n_candidates)
    if not outcome.has_solution:
        return np.inf, outcome.bound if np.isfinite(outcome.bound) else 0.0, persons
    for j, variable in over.items():
        persons[j] = variable.varValue or 0.0
    return outcome.value, outcome.bound, persons


def _sites(instance: LocalInstance, positions: npt.NDArray[np.integer]) -> list[str]:
    return [instance.site_ids[j] for j in positions]
