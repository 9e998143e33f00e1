"""Random small instances, and their optimum by trying every subset of sites with a transportation LP."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, linprog, milp

from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.objective import objective_names
from tests.towns.instances import costs_of, local_instance


@st.composite
def local_instances(
    draw: st.DrawFn, *, divisibility: Divisibility | None = None, objective: str | None = None
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
    objective = objective or draw(st.sampled_from(objective_names()))
    divisibility = divisibility or draw(st.sampled_from(Divisibility))
    n_sites = m if objective == "min_sites" else int(chosen.sum())
    quota = np.bincount(site_gemeente[chosen], minlength=2) if draw(st.booleans()) else None
    if objective == "min_sites":
        quota = None
    min_sites = np.minimum(np.bincount(site_gemeente[chosen], minlength=2), 1) if quota is None else None
    group = None
    if divisibility is Divisibility.WHOLE_GROUPS:
        group = np.array(draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n)), dtype=np.int64)
    # few arcs per demand point: then a point easily has no open site within its arcs
    n_nearest = draw(st.sampled_from([1, 2, 5, 5, 5]))
    distance_m = np.hypot(*(from_xy[:, None] - to_xy[None, :]).transpose(2, 0, 1))
    persons_or_more = draw(st.sampled_from([1.0, 2.5]))
    return local_instance(
        population,
        capacity,
        costs_of(distance_m, cutoff_m).keep_nearest(n_nearest),
        n_sites,
        weight=population * persons_or_more,
        service_distance_m=np.full(n, draw(st.sampled_from([250.0, 500.0]))),
        site_gemeente=site_gemeente,
        fixed=fixed,
        refused=refused,
        gemeente_codes=("GM0001", "GM0002"),
        quota=quota,
        min_sites=min_sites if draw(st.booleans()) else None,
        objective=objective,
        divisibility=divisibility,
        group=group,
        group_ids=("BU0", "BU1", "BU2") if group is not None else (),
        percentile=draw(st.sampled_from([1.0, 0.9, 0.6])),
        share=draw(st.sampled_from([0.0, 0.5, 0.8, 1.0])),
    )


def best_by_brute_force(instance: LocalInstance) -> float | None:
    """Optimal value over all subsets of sites; None where no subset allows a plan."""
    m, fewest = instance.n_candidates, instance.objective == "min_sites"
    values = []
    for n_open in range(m + 1) if fewest else [instance.n_sites]:
        for sites in itertools.combinations(range(m), n_open):
            is_open = np.isin(np.arange(m), sites)
            if (instance.fixed & ~is_open).any() or (instance.refused & is_open).any():
                continue
            per_gemeente = np.bincount(instance.site_gemeente[is_open], minlength=2)
            if instance.quota is not None and (per_gemeente != instance.quota).any():
                continue
            if instance.min_sites is not None and (per_gemeente < instance.min_sites).any():
                continue
            value = _best_allocation(instance, is_open)
            if value is not None:
                values.append(value)
        if fewest and values:
            break
    if not values:
        return None
    return max(values) if instance.objective == "max_coverage" else min(values)


def _best_allocation(instance: LocalInstance, is_open: np.ndarray) -> float | None:
    """The value of the best allocation to these sites; None where there is none."""
    if not instance.reachable.any():
        far = instance.objective == "min_sites" and instance.share * instance.weight.sum() > 0
        return None if far else float(is_open.sum()) * (instance.objective == "min_sites")
    costs, weight = instance.costs, instance.weight[instance.costs.arc_origin]
    metres, norm = costs.distance_m, instance.service_distance_m[costs.arc_origin]
    reachable = float(instance.weight[instance.reachable].sum())
    if instance.objective == "min_distance":
        return _least(instance, is_open, weight * metres)
    if instance.objective == "max_coverage":
        least = _least(instance, is_open, weight * (metres > norm))
        return None if least is None else reachable - least
    if instance.objective == "min_sites":
        least = _least(instance, is_open, weight * (metres > norm))
        enough = least is not None and reachable - least >= instance.share * instance.weight.sum() - 1e-6
        return float(is_open.sum()) if enough else None
    radii = np.unique(np.append(metres[weight > 0], 0.0))
    allowed = (1 - instance.percentile) * reachable + 1e-6
    low, high = 0, len(radii)
    while low < high:
        middle = (low + high) // 2
        least = _least(instance, is_open, weight * (metres > radii[middle]))
        low, high = (low, middle) if least is not None and least <= allowed else (middle + 1, high)
    return float(radii[low]) if low < len(radii) else None


def _least(instance: LocalInstance, is_open: np.ndarray, arc_cost: np.ndarray) -> float | None:
    """Least cost of an allocation to the open sites, by a linear program or, for whole ones, a MILP."""
    arcs = np.flatnonzero(is_open[instance.costs.destination])
    everyone = np.flatnonzero(instance.reachable)
    origin, site = instance.costs.arc_origin[arcs], instance.costs.destination[arcs]
    if not np.isin(everyone, origin).all():
        return None
    once = np.array([origin == i for i in everyone], dtype=float)
    load = np.array([(site == j) * instance.population_persons[origin] for j in np.flatnonzero(is_open)], dtype=float)
    places, cost = instance.capacity_persons[is_open], arc_cost[arcs]
    if instance.divisibility is Divisibility.DIVISIBLE:
        result = linprog(cost, A_ub=load, b_ub=places, A_eq=once, b_eq=np.ones(len(everyone)), bounds=(0, 1))
    else:
        constraints = [LinearConstraint(once, 1, 1), LinearConstraint(load, -math.inf, places)]
        if instance.divisibility is Divisibility.WHOLE_GROUPS:
            together = _together(instance, origin, site, np.flatnonzero(is_open))
            if len(together):
                constraints.append(LinearConstraint(together, 0, 0))
        result = milp(cost, integrality=np.ones(len(cost)), bounds=(0, 1), constraints=constraints)
    return float(result.fun) if result.status == 0 else None


def _together(instance: LocalInstance, origin: np.ndarray, site: np.ndarray, sites: np.ndarray) -> np.ndarray:
    """Rows that say: two members of a group have the same share at every site, 0 where one has no arc."""
    assert instance.group is not None
    rows = []
    for group in range(len(instance.group_ids)):
        members = np.flatnonzero((instance.group == group) & instance.reachable)
        for first, second in itertools.pairwise(members):
            for j in sites:
                rows.append(((origin == first) & (site == j)) * 1.0 - ((origin == second) & (site == j)) * 1.0)
    return np.array(rows)
