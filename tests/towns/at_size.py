"""Seeded towns for tests of the large engine: clustered demand points, halls near them, capacities about 90 % full."""

from __future__ import annotations

import numpy as np

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.plan.instance import Divisibility, LocalInstance


def towns(
    n: int,
    m: int,
    p: int,
    *,
    seed: int = 0,
    n_gemeenten: int = 1,
    n_nearest: int = 30,
    fill: float = 0.9,
    objective: str = "min_distance",
    divisibility: Divisibility = Divisibility.DIVISIBLE,
) -> LocalInstance:
    """N squares around towns on 12 by 12 km, m halls, p to open; quota per gemeente when there are several."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(1_000, 11_000, (8, 2))
    share = 1.0 / np.arange(1, 9)
    town = rng.choice(8, n, p=share / share.sum())
    from_xy = centres[town] + rng.normal(scale=900, size=(n, 2))
    near = rng.choice(n, m, replace=m > n)
    to_xy = from_xy[near] + rng.normal(scale=80, size=(m, 2))
    persons = rng.integers(5, 120, n).astype(np.float64)
    capacity = np.rint(persons.sum() / p / fill * rng.uniform(0.95, 1.15, m))
    distance_m = np.hypot(*(from_xy[:, None] - to_xy[None, :]).transpose(2, 0, 1))
    n_nearest = min(n_nearest, m)
    destination = np.argsort(distance_m, axis=1)[:, :n_nearest]
    origin = np.repeat(np.arange(n), n_nearest)
    # strips from west to east are gemeenten; each gets its share of the sites
    edges = np.quantile(from_xy[:, 0], np.linspace(0, 1, n_gemeenten + 1)[1:-1])
    demand_gemeente = np.searchsorted(edges, from_xy[:, 0]).astype(np.int64)
    site_gemeente = np.searchsorted(edges, to_xy[:, 0]).astype(np.int64)
    quota = None
    if n_gemeenten > 1:
        wanted = np.bincount(demand_gemeente, persons, n_gemeenten) / persons.sum() * p
        quota = np.maximum(1, np.floor(wanted)).astype(np.int64)
        quota = np.minimum(quota, np.bincount(site_gemeente, minlength=n_gemeenten))
        while quota.sum() < p:
            quota[int(np.argmax(wanted - quota))] += 1
        while quota.sum() > p:
            quota[int(np.argmax(quota - wanted))] -= 1
    group = None
    if divisibility is Divisibility.WHOLE_GROUPS:  # four squares near each other
        group = (np.argsort(np.lexsort((from_xy[:, 1] // 600, from_xy[:, 0] // 600))) // 4).astype(np.int64)
        n_groups = int(group.max()) + 1
        destination = np.argsort(distance_m, axis=1)
        origin = np.repeat(np.arange(n), m)
    return LocalInstance(
        demand_ids=tuple(f"d{i}" for i in range(n)),
        population_persons=persons,
        weight=persons,
        demand_gemeente=demand_gemeente,
        service_distance_m=np.full(n, 1_000.0),
        site_ids=tuple(f"s{j}" for j in range(m)),
        capacity_persons=capacity,
        site_gemeente=site_gemeente,
        fixed=np.zeros(m, dtype=bool),
        refused=np.zeros(m, dtype=bool),
        gemeente_codes=tuple(f"GM{g:04d}" for g in range(n_gemeenten)),
        costs=CostMatrix.from_arcs(
            origin,
            destination.ravel(),
            distance_m[origin, destination.ravel()],
            n_origins=n,
            n_destinations=m,
            cutoff_m=20_000.0,
            metric="straight line",
            metric_nl="hemelsbreed",
        ),
        n_sites=p,
        quota=quota,
        objective=objective,
        divisibility=divisibility,
        group=group,
        group_ids=() if group is None else tuple(f"BU{k}" for k in range(n_groups)),
    )
