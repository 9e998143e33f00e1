"""Small instances by seed, quick to make by the hundred, and what any plan of them can reach by a linear program.

Kinds: ``plain`` (a total only), ``quota``, ``decided`` (fixed and refused sites), ``tight`` (hardly a place to spare),
``minima`` (fewest sites per gemeente) and ``impossible`` (too little room, or decisions that contradict the numbers).
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import Divisibility, LocalInstance
from tests.towns.instances import costs_of, local_instance

KINDS = ("plain", "quota", "decided", "tight", "minima")


def small_town(
    seed: int,
    kind: str = "plain",
    *,
    n: int = 10,
    m: int = 5,
    p: int = 2,
    objective: str = "min_distance",
    divisibility: Divisibility = Divisibility.DIVISIBLE,
) -> LocalInstance:
    """So many demand points and candidate sites at random on 2 by 2 km, p of which open; two gemeenten."""
    rng = np.random.default_rng([seed, n, m, p])
    from_xy, to_xy = rng.uniform(0, 2_000, (n, 2)), rng.uniform(0, 2_000, (m, 2))
    distance_m = np.round(np.hypot(*(from_xy[:, None] - to_xy[None, :]).transpose(2, 0, 1)), 1)
    persons = rng.integers(5, 90, n).astype(float)
    gemeente = np.arange(m) % 2
    sample = rng.permutation(m)[:p]
    share = rng.uniform(1.05, 1.25) if kind == "tight" else rng.uniform(1.4, 3.0)
    capacity = rng.uniform(0.6, 1.4, m)
    capacity *= share * persons.sum() / capacity[sample].sum()
    whole = divisibility is not Divisibility.DIVISIBLE
    if whole:
        capacity = np.maximum(np.ceil(capacity), persons.max() * 1.2)
    fewest = objective == "min_sites"
    instance = local_instance(
        persons,
        capacity,
        costs_of(distance_m, 10_000.0),
        m if fewest else p,
        weight=persons * (2.0 if seed % 3 == 0 else 1.0),
        service_distance_m=np.where(rng.random(n) < 0.5, 500.0, 900.0),
        site_gemeente=gemeente,
        gemeente_codes=("GM0001", "GM0002"),
        objective=objective,
        divisibility=divisibility,
        group=rng.integers(-1, 3, n) if divisibility is Divisibility.WHOLE_GROUPS else None,
        group_ids=("BU0", "BU1", "BU2") if divisibility is Divisibility.WHOLE_GROUPS else (),
        percentile=float(rng.choice([1.0, 0.9, 0.7])),
        share=float(rng.choice([0.3, 0.5])),
    )
    per_gemeente = np.bincount(gemeente[sample], minlength=2)
    if kind == "quota" and not fewest:
        instance = replace(instance, quota=per_gemeente)
    elif kind in ("minima", "quota"):
        instance = replace(instance, min_sites=np.minimum(per_gemeente, 1 + seed % 2))
    elif kind == "decided":
        fixed, refused = np.zeros(m, dtype=bool), np.zeros(m, dtype=bool)
        fixed[sample[0]] = True
        refused[np.setdiff1d(np.arange(m), sample)[: 1 + seed % 2]] = True
        instance = replace(instance, fixed=fixed, refused=refused)
    elif kind == "impossible":
        few = 0.9 * persons.sum() / np.sort(capacity)[-instance.n_sites :].sum()
        instance = replace(instance, capacity_persons=capacity * few)
    return instance


def site_sets(instance: LocalInstance, n_sites: int | None = None) -> list[IntArray]:
    """Every set of sites that (4) and (5) allow."""
    count = instance.n_sites if n_sites is None else n_sites
    found = []
    for chosen in itertools.combinations(range(instance.n_candidates), count):
        sites = np.array(chosen, dtype=np.int64)
        is_open = np.isin(np.arange(instance.n_candidates), sites)
        per_gemeente = np.bincount(instance.site_gemeente[sites], minlength=len(instance.gemeente_codes))
        if (instance.fixed & ~is_open).any() or (instance.refused & is_open).any():
            continue
        if instance.quota is not None and (per_gemeente != instance.quota).any():
            continue
        if instance.min_sites is not None and (per_gemeente < instance.min_sites).any():
            continue
        found.append(sites)
    return found


def transport_cost(instance: LocalInstance, sites: IntArray, arc_cost: FloatArray) -> float:
    """Least cost of allocating everybody to these sites, shares divisible; infinite where they have no room."""
    arcs = np.flatnonzero(np.isin(instance.costs.destination, sites))
    origin, site = instance.costs.arc_origin[arcs], instance.costs.destination[arcs]
    once = (origin[None, :] == np.flatnonzero(instance.reachable)[:, None]).astype(float)
    load = (site[None, :] == sites[:, None]) * instance.population_persons[origin][None, :]
    if not once.any(axis=1).all():
        return np.inf
    rules = [LinearConstraint(once, 1, 1), LinearConstraint(load, -np.inf, instance.capacity_persons[sites])]
    result = milp(arc_cost[arcs], bounds=Bounds(0, np.inf), constraints=rules)
    return float(result.fun) if result.status == 0 else np.inf


def optimum_by_sets(instance: LocalInstance, arc_cost: FloatArray, n_sites: int | None = None) -> float:
    """The least cost over every set of sites, each with its linear program; infinite where there is no plan."""
    return min((transport_cost(instance, sites, arc_cost) for sites in site_sets(instance, n_sites)), default=np.inf)


def strong_model(instance: LocalInstance, arc_cost: FloatArray, *, whole_sites: bool = False) -> float:
    """The linear relaxation with x_ij <= y_j for every arc (and sites whole where asked for); infinite for no plan."""
    m, costs = instance.n_candidates, instance.costs
    n_arcs, origin, site = costs.n_arcs, costs.arc_origin, costs.destination
    everyone = np.flatnonzero(instance.reachable)
    once = np.hstack([origin[None, :] == everyone[:, None], np.zeros((len(everyone), m))])
    open_first = np.hstack([np.eye(n_arcs), -(site[:, None] == np.arange(m)[None, :]).astype(float)])
    load = (site[None, :] == np.arange(m)[:, None]) * instance.population_persons[origin][None, :]
    number = np.r_[np.zeros(n_arcs), np.ones(m)]
    rules = [
        LinearConstraint(once.astype(float), 1, 1),
        LinearConstraint(open_first, -np.inf, 0),
        LinearConstraint(np.hstack([load, -np.diag(instance.capacity_persons)]), -np.inf, 0),
        LinearConstraint(number[None, :], instance.n_sites, instance.n_sites),
    ]
    per_gemeente = instance.quota if instance.quota is not None else instance.min_sites
    if per_gemeente is not None:
        of = instance.site_gemeente[None, :] == np.arange(len(instance.gemeente_codes))[:, None]
        most = instance.quota if instance.quota is not None else np.full(len(of), np.inf)
        rules.append(LinearConstraint(np.hstack([np.zeros((len(of), n_arcs)), of]), per_gemeente, most))
    low = np.r_[np.zeros(n_arcs), instance.fixed]
    high = np.r_[np.ones(n_arcs), ~instance.refused]
    kinds = np.r_[np.zeros(n_arcs), np.full(m, float(whole_sites))]
    cost = np.r_[arc_cost, np.zeros(m)]
    result = milp(cost, integrality=kinds, bounds=Bounds(low, high), constraints=rules, options={"mip_rel_gap": 0})
    return float(result.fun) if result.status == 0 else np.inf
