"""Random small instances, and their optimum by trying every subset of sites with a transportation LP."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, linprog, milp

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.plan.instance import Divisibility, LocalInstance, Objective


@st.composite
def local_instances(
    draw: st.DrawFn, *, divisibility: Divisibility | None = None, objective: Objective | None = None
) -> LocalInstance:
    """Up to 7 demand points, 5 sites and 2 gemeenten on a lattice of 100 m, arcs dropped beyond a drawn cutoff."""
    n, m = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    coordinate = st.integers(0, 12).map(lambda k: 100.0 * k)
    points = st.tuples(coordinate, coordinate)
    from_xy = np.array(draw(st.lists(points, min_size=n, max_size=n)))
    to_xy = np.array(draw(st.lists(points, min_size=m, max_size=m)))
    population = np.array(draw(st.lists(st.integers(0, 90), min_size=n, max_size=n)), dtype=np.float64)
    capacity = np.array(draw(st.lists(st.integers(20, 300), min_size=m, max_size=m)), dtype=np.float64)
    site_gemeente = np.array(draw(st.lists(st.integers(0, 1), min_size=m, max_size=m)), dtype=np.int64)
    cutoff_m = draw(st.sampled_from([900.0, 1500.0, 5000.0]))
    # Decisions and numbers that go together three times out of four, so that most instances have a plan.
    chosen = np.zeros(m, dtype=bool)
    chosen[draw(st.lists(st.integers(0, m - 1), min_size=1, max_size=m))] = True
    decided = np.array(draw(st.lists(st.sampled_from([False, False, True]), min_size=m, max_size=m)))
    contrary = draw(st.sampled_from([False, False, False, True]))
    fixed = decided & (~chosen if contrary else chosen)
    refused = decided & (chosen if contrary else ~chosen)
    n_sites = int(chosen.sum())
    quota = np.bincount(site_gemeente[chosen], minlength=2) if draw(st.booleans()) else None
    distance_m = np.hypot(*(from_xy[:, None] - to_xy[None, :]).transpose(2, 0, 1))
    origin, destination = np.nonzero(distance_m <= cutoff_m)
    return LocalInstance(
        demand_ids=tuple(f"d{i}" for i in range(n)),
        population_persons=population,
        weight=population * draw(st.sampled_from([1.0, 2.5])),
        demand_gemeente=np.zeros(n, dtype=np.int64),
        service_distance_m=np.full(n, draw(st.sampled_from([250.0, 500.0]))),
        site_ids=tuple(f"s{j}" for j in range(m)),
        capacity_persons=capacity,
        site_gemeente=site_gemeente,
        fixed=fixed,
        refused=refused,
        gemeente_codes=("GM0001", "GM0002"),
        costs=CostMatrix.from_arcs(
            origin,
            destination,
            distance_m[origin, destination],
            n_origins=n,
            n_destinations=m,
            cutoff_m=cutoff_m,
            metric="straight line",
            metric_nl="hemelsbreed",
        ),
        n_sites=n_sites,
        quota=quota,
        objective=objective or draw(st.sampled_from(Objective)),
        divisibility=divisibility or draw(st.sampled_from(Divisibility)),
    )


def best_by_brute_force(instance: LocalInstance) -> float | None:
    """Optimal value over all subsets of sites; None where no subset allows a plan."""
    best: float | None = None
    for sites in itertools.combinations(range(instance.n_candidates), instance.n_sites):
        is_open = np.isin(np.arange(instance.n_candidates), sites)
        if (instance.fixed & ~is_open).any() or (instance.refused & is_open).any():
            continue
        if instance.quota is not None:
            n_open = np.bincount(instance.site_gemeente[is_open], minlength=len(instance.quota))
            if (n_open != instance.quota).any():
                continue
        value = _best_allocation(instance, is_open)
        if value is not None and (best is None or value < best):
            best = value
    if best is None or instance.objective is Objective.MIN_DISTANCE:
        return best
    return -best


def _best_allocation(instance: LocalInstance, is_open: np.ndarray) -> float | None:
    """Least distance, or minus the most coverage, with these sites open."""
    arcs = np.flatnonzero(is_open[instance.costs.destination])
    everyone = np.flatnonzero(instance.reachable)
    if not len(everyone):
        return 0.0
    origin, site = instance.costs.arc_origin[arcs], instance.costs.destination[arcs]
    if not np.isin(everyone, origin).all():
        return None
    once = np.array([origin == i for i in everyone], dtype=float)
    load = np.array([(site == j) * instance.population_persons[origin] for j in np.flatnonzero(is_open)], dtype=float)
    places = instance.capacity_persons[is_open]
    metres, weight = instance.costs.distance_m[arcs], instance.weight[origin]
    if instance.objective is Objective.MIN_DISTANCE:
        cost = weight * metres
    else:
        cost = -weight * (metres <= instance.service_distance_m[origin])
    if instance.divisibility is Divisibility.DIVISIBLE:
        result = linprog(cost, A_ub=load, b_ub=places, A_eq=once, b_eq=np.ones(len(everyone)), bounds=(0, 1))
    else:
        constraints = [LinearConstraint(once, 1, 1), LinearConstraint(load, -math.inf, places)]
        result = milp(cost, integrality=np.ones(len(cost)), bounds=(0, 1), constraints=constraints)
    return float(result.fun) if result.status == 0 else None
