"""Synthetic regions for benchmarks. In: sizes and a seed, or a .npz of the same arrays. Out: LocalInstance.

Towns of Zipf-like sizes on a square; populated squares of 100 m around them, densest in the middle, and scattered
farms; candidate halls near people; capacity 1.0 to 1.2 times the persons per site to open, so that plans are about
91 % full. Distances are straight lines to the ``n_nearest`` nearest candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.plan.instance import Divisibility, LocalInstance

N_NEAREST = 60
FARMS = 0.04


@dataclass(frozen=True)
class Region:
    """Arrays of a region: places in metres, persons, capacities, gemeenten, sites to open."""

    cell_xy: npt.NDArray[np.float64]
    persons: npt.NDArray[np.float64]
    site_xy: npt.NDArray[np.float64]
    capacity: npt.NDArray[np.float64]
    cell_gemeente: npt.NDArray[np.int64]
    site_gemeente: npt.NDArray[np.int64]
    n_sites: int
    quota: npt.NDArray[np.int64]


def make_region(n: int, m: int, p: int, *, seed: int, persons_per_site: float = 5_000.0) -> Region:
    """A region of n squares, m candidates and p sites to open; area, towns and gemeenten grow with n."""
    rng = np.random.default_rng([seed, n, m])
    side_m = 45_000.0 * np.sqrt(n / 25_000)
    n_towns, n_gemeenten = max(4, n // 260), max(1, n // 1_400)
    share = 1.0 / np.arange(1, n_towns + 1) ** 0.85
    share /= share.sum()
    centre = rng.uniform(0.04 * side_m, 0.96 * side_m, (n_towns, 2))
    wanted = n - int(FARMS * n)
    cells = np.zeros((0, 2), dtype=np.int64)
    while len(cells) < wanted:
        town = rng.choice(n_towns, 2 * n, p=share)
        radius_m = 62.0 * np.sqrt(share[town] * n)
        drawn = np.floor((centre[town] + rng.normal(size=(2 * n, 2)) * radius_m[:, None]) / 100).astype(np.int64)
        drawn = drawn[(drawn >= 0).all(axis=1) & (drawn < side_m // 100).all(axis=1)]
        both = np.concatenate([cells, drawn])
        _, first = np.unique(both, axis=0, return_index=True)
        cells = both[np.sort(first)][:wanted]
    while len(cells) < n:
        both = np.concatenate([cells, rng.integers(0, int(side_m // 100), (n, 2))])
        _, first = np.unique(both, axis=0, return_index=True)
        cells = both[np.sort(first)][:n]
    cell_xy = cells * 100.0 + 50.0
    near_m, town = cKDTree(centre).query(cell_xy)
    middle = 10.0 + 45.0 * np.sqrt(share[town] / share.max())
    mean = 5.0 + middle * np.exp(-0.5 * (near_m / (100.0 * np.sqrt(share[town] * n))) ** 2)
    persons = rng.lognormal(np.log(mean), 0.55)
    persons = np.maximum(1.0, np.rint(persons * p * persons_per_site / persons.sum()))
    weight = persons**0.75
    at = rng.choice(n, m, replace=False, p=weight / weight.sum())
    site_xy = np.round(cell_xy[at] + rng.normal(scale=60.0, size=(m, 2)), 1)
    capacity = np.rint(persons.sum() / p * rng.uniform(1.0, 1.2, m))
    seat = cKDTree(centre[np.argsort(-share)[:n_gemeenten]])
    cell_gemeente = np.asarray(seat.query(cell_xy)[1], dtype=np.int64)
    site_gemeente = np.asarray(seat.query(site_xy)[1], dtype=np.int64)
    exact = np.bincount(cell_gemeente, persons, n_gemeenten) / persons.sum() * p
    have = np.bincount(site_gemeente, minlength=n_gemeenten)
    quota = np.minimum(np.floor(exact).astype(np.int64), have)
    while quota.sum() < p:
        quota[int(np.argmax(np.where(have > quota, exact - quota, -np.inf)))] += 1
    return Region(cell_xy, persons, site_xy, capacity, cell_gemeente, site_gemeente, p, quota)


def read_region(path: Path) -> Region:
    """A region from the arrays cell_xy, pop, cand_xy, cap, cell_mun, cand_mun, p, p_mun of a .npz."""
    with np.load(path) as z:
        return Region(
            z["cell_xy"].astype(np.float64),
            z["pop"].astype(np.float64),
            z["cand_xy"].astype(np.float64),
            z["cap"].astype(np.float64),
            z["cell_mun"].astype(np.int64),
            z["cand_mun"].astype(np.int64),
            int(z["p"]),
            z["p_mun"].astype(np.int64),
        )


def write_region(region: Region, path: Path) -> None:
    """The arrays of :func:`read_region`."""
    np.savez_compressed(
        path,
        cell_xy=region.cell_xy,
        pop=region.persons,
        cand_xy=region.site_xy,
        cap=region.capacity,
        cell_mun=region.cell_gemeente,
        cand_mun=region.site_gemeente,
        p=region.n_sites,
        p_mun=region.quota,
    )


def as_instance(region: Region, *, quotas: bool, n_nearest: int = N_NEAREST) -> LocalInstance:
    """The location problem of a region: least distance, demand points divisible."""
    # a region may give one total for sites in several gemeenten
    n_gemeenten = max(len(region.quota), int(max(region.cell_gemeente.max(), region.site_gemeente.max())) + 1)
    n, m = len(region.persons), len(region.capacity)
    k = min(n_nearest, m)
    distance_m, destination = cKDTree(region.site_xy).query(region.cell_xy, k=k, workers=2)
    costs = CostMatrix.from_arcs(
        np.repeat(np.arange(n), k),
        np.asarray(destination).reshape(n, k).ravel(),
        np.asarray(distance_m).reshape(n, k).ravel(),
        n_origins=n,
        n_destinations=m,
        cutoff_m=float(np.max(distance_m)),
        metric="straight line",
        metric_nl="hemelsbreed",
    )
    nobody = np.zeros(m, dtype=np.bool_)
    return LocalInstance(
        demand_ids=tuple(map(str, range(n))),
        population_persons=region.persons,
        weight=region.persons,
        demand_gemeente=region.cell_gemeente,
        service_distance_m=np.full(n, 1_000.0),
        site_ids=tuple(map(str, range(m))),
        capacity_persons=region.capacity,
        site_gemeente=region.site_gemeente,
        fixed=nobody,
        refused=nobody,
        gemeente_codes=tuple(f"GM{g:04d}" for g in range(n_gemeenten)),
        costs=costs,
        n_sites=region.n_sites,
        quota=region.quota if quotas else None,
        objective="min_distance",
        divisibility=Divisibility.DIVISIBLE,
    )
