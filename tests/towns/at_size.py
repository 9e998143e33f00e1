"""Seeded towns for tests of the engines at size: drawn by their seed, halls near people, about 90 % full."""

from __future__ import annotations

import numpy as np

from nsp_planner.costs.straight_line import straight_line_costs
from nsp_planner.plan.instance import Divisibility, LocalInstance
from tests.towns.instances import costs_of, local_instance


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
    costs = costs_of(distance_m, 20_000.0).keep_nearest(min(n_nearest, m))
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
        costs = costs_of(distance_m, 20_000.0)
    return local_instance(
        persons,
        capacity,
        costs,
        p,
        demand_gemeente=demand_gemeente,
        site_gemeente=site_gemeente,
        gemeente_codes=tuple(f"GM{g:04d}" for g in range(n_gemeenten)),
        quota=quota,
        objective=objective,
        divisibility=divisibility,
        group=group,
        group_ids=() if group is None else tuple(f"BU{k}" for k in range(n_groups)),
    )


def hard_town(n: int = 400, m: int = 100, p: int = 20) -> LocalInstance:
    """Squares and halls at random, whole squares, too many and too full to be solved in a second or two."""
    random = np.random.default_rng(5)
    persons = random.integers(1, 100, n).astype(np.float64)
    costs = straight_line_costs(
        random.random((n, 2)) * 10_000, random.random((m, 2)) * 10_000, detour_factor=1.0, cutoff_m=15_000, nearest=m
    )
    capacity = np.full(m, 1.1 * persons.sum() / p)
    return local_instance(persons, capacity, costs, p, divisibility=Divisibility.WHOLE_POINTS)


def seeded_region(
    n: int = 400, m: int = 40, n_sites: int = 10, *, seed: int = 7, full: float = 0.9, quota: bool = False
) -> LocalInstance:
    """Two towns and farms between them on 12 by 12 km, sites full for the share ``full`` on average."""
    rng = np.random.default_rng(seed)
    towns = np.array([[3_000.0, 3_000.0], [9_000.0, 8_000.0]])
    xy = np.vstack([
        towns[rng.integers(0, 2, n - n // 8)] + rng.normal(0, 900, (n - n // 8, 2)),
        rng.uniform(0, 12_000, (n // 8, 2)),
    ])  # fmt: skip
    persons = rng.integers(5, 120, n).astype(float)
    sites = xy[rng.choice(n, m, replace=False)] + rng.normal(0, 60, (m, 2))
    capacity = np.full(m, np.ceil(persons.sum() / n_sites / full))
    gemeente = (xy[:, 0] > 6_000).astype(np.int64)
    site_gemeente = (sites[:, 0] > 6_000).astype(np.int64)
    share = np.bincount(gemeente, persons, 2) / persons.sum()
    wanted = np.array([round(share[0] * n_sites), n_sites - round(share[0] * n_sites)], dtype=np.int64)
    costs = straight_line_costs(xy, sites, detour_factor=1.0, cutoff_m=20_000, nearest=None)
    return local_instance(
        persons,
        capacity,
        costs,
        n_sites,
        demand_gemeente=gemeente,
        site_gemeente=site_gemeente,
        gemeente_codes=("GM0001", "GM0002"),
        quota=wanted if quota else None,
    )
