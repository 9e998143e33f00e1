"""Small MILPs that show a constraint in the way by what it costs to miss it. In: an instance. Out: faults with numbers.

One constraint at a time may be missed; a proven bound above round-off says that no plan keeps it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pulp

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import Faults
from nsp_planner.plan.diagnose.at_a_price import BROKEN, miss_at_a_price
from nsp_planner.plan.diagnose.decisions import ids_at
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.milp.local import arcs_by, build_local_model, set_uncovered
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.thresholds import allowed_beyond


def reach_of_everyone(faults: Faults, instance: LocalInstance, options: SolveOptions) -> None:
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


def whole_points(faults: Faults, instance: LocalInstance, options: SolveOptions | None) -> None:
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


def capacity_with_so_many_sites(faults: Faults, instance: LocalInstance, options: SolveOptions) -> None:
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
            ids=ids_at(instance.site_ids, sites),
        )


def share_covered(faults: Faults, instance: LocalInstance, options: SolveOptions | None) -> None:
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
    over = miss_at_a_price(
        model.problem,
        "capacity",
        instance.n_candidates,
        variable="o",
        most=float(instance.population_persons.sum()),
        sign=-1.0,
    )
    outcome = solve_milp(model.problem, options)
    persons = np.zeros(instance.n_candidates)
    if not outcome.has_solution:
        return np.inf, outcome.bound if np.isfinite(outcome.bound) else 0.0, persons
    for j, variable in over.items():
        persons[j] = variable.varValue or 0.0
    return outcome.value, outcome.bound, persons
