"""What proves the bound of a plan, for a reader who trusts nobody. In: an instance and its plan. Out: a Certificate.

A multiplier per demand point is enough: relax constraint (1) with multipliers l_i and every site fills itself with the
demand points that gain most, a continuous knapsack; the best sites open within quota and minima. The sum

    L(l) = sum_i l_i + sum over these sites of min { sum_i (c_ij - l_i) x_ij : sum_i w_i x_ij <= Q_j, 0 <= x_ij <= 1 }

is a lower bound for any multipliers whatever (Geoffrion 1974), so it can be recomputed by elementary arithmetic and
:mod:`nsp_planner.audit` does. Level 2 is the same problem with one person per L-NSP. The multipliers are those of the
large engine, or found here by a subgradient method; what branch and bound or a MILP adds to them is not in them, so the
gap they certify can be larger than the gap that is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import MIN_DISTANCE, BoolArray, CoordinationInstance, LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan

STEPS, PATIENCE = 400, 12
"""Steps of the subgradient method, and how many without a better bound until steps get shorter."""
MOST_ARCS = 200_000
"""Instances with more arcs are certified by the multipliers of the large engine only: here it would take minutes."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """A location problem in arrays, its plan, and multipliers; n demand points, m sites, g groups of sites.

    Attributes:
        objective: Name of the objective; ``distance`` for level 2.
        demand_ids, persons: Shape (n,), w_i of the capacities; 1 per L-NSP on level 2.
        site_ids, capacity, group, fixed, refused: Shape (m,); group is the position of the site's gemeente.
        group_codes: Length g.
        arc_start, arc_site: Arcs in compressed rows, shapes (n + 1,) and (a,).
        arc_cost: Shape (a,), c_ij for a whole demand point, in the unit of the objective as it is minimised.
        n_sites, quota, minimum: Sites to open, per group (None where only the total counts), and fewest per group.
        constant: The value is ``constant - sum of costs`` where the objective is maximised.
        maximised: Whether it is.
        open_sites, demand, site, share: The plan.
        value, bound: As the plan claims them.
        multipliers: Shape (n,), l_i; None where there are none.
    """

    objective: str
    demand_ids: tuple[str, ...]
    persons: FloatArray
    site_ids: tuple[str, ...]
    capacity: FloatArray
    group: IntArray
    fixed: BoolArray
    refused: BoolArray
    group_codes: tuple[str, ...]
    arc_start: IntArray
    arc_site: IntArray
    arc_cost: FloatArray
    n_sites: int
    quota: IntArray | None
    minimum: IntArray | None
    constant: float
    maximised: bool
    open_sites: IntArray
    demand: IntArray
    site: IntArray
    share: FloatArray
    value: float
    bound: float
    multipliers: FloatArray | None


def certify_local(instance: LocalInstance, plan: LocalPlan) -> Certificate:
    """The certificate of a plan of L-NSPs.

    An objective that is no sum over the arcs (``min_max``, ``min_sites``) has no multipliers: its plan can be checked,
    its bound not.
    """
    rules = objective(plan.objective)
    cost = {MIN_DISTANCE: instance.arc_cost, "max_coverage": instance.arc_beyond}.get(
        plan.objective, rules.arc_cost(instance)
    )
    reachable = float(instance.weight[instance.reachable].sum())
    certificate = Certificate(
        objective=plan.objective,
        demand_ids=instance.demand_ids,
        persons=instance.population_persons,
        site_ids=instance.site_ids,
        capacity=instance.capacity_persons,
        group=instance.site_gemeente,
        fixed=instance.fixed,
        refused=instance.refused,
        group_codes=instance.gemeente_codes,
        arc_start=instance.costs.indptr,
        arc_site=instance.costs.destination,
        arc_cost=np.zeros(instance.costs.n_arcs) if cost is None else cost,
        n_sites=instance.n_sites,
        quota=instance.quota,
        minimum=instance.min_sites,
        constant=reachable if rules.maximised else 0.0,
        maximised=rules.maximised,
        open_sites=plan.open_sites,
        demand=plan.demand,
        site=plan.site,
        share=plan.share,
        value=plan.value,
        bound=plan.bound,
        multipliers=None if cost is None or plan.objective == "max_coverage" else plan.multipliers,
    )
    return certificate if cost is None else _with_multipliers(certificate)


def certify_coordination(instance: CoordinationInstance, plan: CoordinationPlan) -> Certificate:
    """The certificate of a plan of C-NSPs; the fewest L-NSPs per C-NSP are left out, which only lowers the bound."""
    costs = instance.costs
    apart = instance.lnsp_gemeente[costs.arc_origin] != instance.station_gemeente[costs.destination]
    n, m = len(instance.lnsp_ids), len(instance.station_ids)
    return _with_multipliers(
        Certificate(
            objective="distance",
            demand_ids=instance.lnsp_ids,
            persons=np.ones(n),
            site_ids=instance.station_ids,
            capacity=np.full(m, float(instance.max_lnsp_per_cnsp)),
            group=np.zeros(m, dtype=np.int64),
            fixed=instance.fixed,
            refused=instance.refused,
            group_codes=("all",),
            arc_start=costs.indptr,
            arc_site=costs.destination,
            arc_cost=costs.distance_m + instance.other_gemeente_penalty_m * apart,
            n_sites=instance.n_coordinators,
            quota=None,
            minimum=None,
            constant=0.0,
            maximised=False,
            open_sites=plan.open_stations,
            demand=np.arange(n, dtype=np.int64),
            site=plan.coordinator,
            share=np.ones(n),
            value=plan.value,
            bound=plan.bound,
            multipliers=None,
        )
    )


def _with_multipliers(certificate: Certificate) -> Certificate:
    if certificate.multipliers is not None or len(certificate.arc_site) > MOST_ARCS:
        return certificate
    return replace(certificate, multipliers=find_multipliers(certificate))


def find_multipliers(certificate: Certificate) -> FloatArray:
    """Good multipliers by a subgradient method towards the value of the plan (Held, Wolfe and Crowder 1974)."""
    target = certificate.constant - certificate.value if certificate.maximised else certificate.value
    n = len(certificate.demand_ids)
    origin = np.repeat(np.arange(n), np.diff(certificate.arc_start))
    reached = np.bincount(origin, ~certificate.refused[certificate.arc_site], n) > 0
    multipliers = np.where(reached, _mean_cost(certificate, origin), 0.0)
    best, kept, factor, misses = -np.inf, multipliers, 1.0, 0
    for _ in range(STEPS):
        value, taken = relaxed(certificate, origin, multipliers)
        if value > best:
            best, kept, misses = value, multipliers, 0
        else:
            misses += 1
            if misses >= PATIENCE:
                factor, misses, multipliers = factor / 2, 0, kept
                continue
        direction = np.where(reached, 1.0 - taken, 0.0)
        norm = float(direction @ direction)
        if norm <= 1e-12 or target - value <= 1e-9 * abs(target):
            break
        multipliers = multipliers + factor * (target - value) / norm * direction
    return kept


def relaxed(certificate: Certificate, origin: IntArray, multipliers: FloatArray) -> tuple[float, FloatArray]:
    """L(l) and the share of every demand point that the chosen sites take, shape (n,).

    Args:
        certificate: The problem.
        origin: Shape (a,), demand point of each arc.
        multipliers: Shape (n,).
    """
    c, n, m = certificate, len(certificate.demand_ids), len(certificate.site_ids)
    gain = c.arc_cost - multipliers[origin]
    arcs = np.flatnonzero((gain < 0) & ~c.refused[c.arc_site])
    persons = c.persons[origin[arcs]]
    with np.errstate(divide="ignore"):
        ratio = np.where(persons > 0, gain[arcs] / np.maximum(persons, 1e-300), -np.inf)
    order = np.lexsort((ratio, c.arc_site[arcs]))
    arcs, persons = arcs[order], persons[order]
    site = c.arc_site[arcs]
    before = np.cumsum(persons) - persons
    first = np.r_[True, site[1:] != site[:-1]] if len(site) else np.zeros(0, dtype=bool)
    start = np.zeros(m)
    start[site[first]] = before[first]
    left = c.capacity[site] - (before - start[site])
    filled = np.clip(np.divide(left, persons, out=np.ones_like(left), where=persons > 0), 0.0, 1.0)
    value: FloatArray = np.bincount(site, gain[arcs] * filled, m).astype(np.float64)
    chosen = choose(certificate, value)
    use = chosen[site]
    taken = np.bincount(origin[arcs[use]], filled[use], n)
    return float(multipliers.sum() + value[chosen].sum()), taken.astype(np.float64)


def choose(certificate: Certificate, value: FloatArray) -> BoolArray:
    """The sites of least total value that may open together: fixed ones, quota or minima, the best of the others."""
    c, m = certificate, len(certificate.site_ids)
    chosen: BoolArray = c.fixed.copy()
    least = c.quota if c.quota is not None else c.minimum
    for g, wanted_here in enumerate([] if least is None else least.tolist()):
        free = np.flatnonzero((c.group == g) & ~c.refused & ~chosen)
        wanted = wanted_here - int((chosen & (c.group == g)).sum())
        chosen[free[np.argsort(value[free], kind="stable")[: max(0, wanted)]]] = True
    free = np.flatnonzero(~c.refused & ~chosen)
    more = min(m, c.n_sites) - int(chosen.sum())
    chosen[free[np.argsort(value[free], kind="stable")[: max(0, more)]]] = True
    return chosen


def _mean_cost(certificate: Certificate, origin: IntArray) -> FloatArray:
    """Per demand point somewhat more than what it costs in the plan: where multipliers begin."""
    n = len(certificate.demand_ids)
    key = origin * np.int64(len(certificate.site_ids)) + certificate.arc_site
    order = np.argsort(key, kind="stable")
    wanted = certificate.demand * np.int64(len(certificate.site_ids)) + certificate.site
    cost = certificate.arc_cost[order[np.searchsorted(key[order], wanted)]] * certificate.share
    return np.asarray(1.2 * np.bincount(certificate.demand, cost, n), dtype=np.float64)
