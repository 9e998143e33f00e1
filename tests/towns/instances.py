"""What every small instance is made of. In: persons, capacities, distances. Out: an instance with the rest usual.

Usual: everybody weighs one, one gemeente, a norm of 1,000 m, nothing decided. Towns change what they are about.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.plan.instance import CoordinationInstance, LocalInstance


def costs_of(
    distance_m: npt.ArrayLike, cutoff_m: float, *, metric: str = "straight line", metric_nl: str = "hemelsbreed"
) -> CostMatrix:
    """A table of distances, shape (origins, destinations), as arcs within the cutoff."""
    table = np.asarray(distance_m, dtype=np.float64)
    origin, destination = np.nonzero(table <= cutoff_m)
    return CostMatrix.from_arcs(
        origin,
        destination,
        table[origin, destination],
        n_origins=table.shape[0],
        n_destinations=table.shape[1],
        cutoff_m=cutoff_m,
        metric=metric,
        metric_nl=metric_nl,
    )


def costs_along(from_m: npt.ArrayLike, to_m: npt.ArrayLike, cutoff_m: float = 100_000.0) -> CostMatrix:
    """Distances along one straight road, between places on it."""
    distance_m = np.abs(np.subtract.outer(np.asarray(from_m, dtype=float), np.asarray(to_m, dtype=float)))
    return costs_of(distance_m, cutoff_m, metric="along the road", metric_nl="langs de weg")


def local_instance(
    persons: npt.ArrayLike, capacity_persons: npt.ArrayLike, costs: CostMatrix, n_sites: int, **changes: Any
) -> LocalInstance:
    """Level 1: these persons, these capacities, so many sites to open; ``changes`` replace what is usual."""
    population = np.asarray(persons, dtype=np.float64)
    capacity = np.asarray(capacity_persons, dtype=np.float64)
    n, m = len(population), len(capacity)
    usual: dict[str, Any] = {
        "demand_ids": tuple(f"d{i}" for i in range(n)),
        "weight": population,
        "demand_gemeente": np.zeros(n, dtype=np.int64),
        "service_distance_m": np.full(n, 1_000.0),
        "site_ids": tuple(f"s{j}" for j in range(m)),
        "site_gemeente": np.zeros(m, dtype=np.int64),
        "fixed": np.zeros(m, dtype=bool),
        "refused": np.zeros(m, dtype=bool),
        "gemeente_codes": ("GM0001",),
    }
    given = {"population_persons": population, "capacity_persons": capacity, "costs": costs, "n_sites": n_sites}
    return LocalInstance(**{**usual, **given, **changes})


def coordination_instance(costs: CostMatrix, n_coordinators: int, **changes: Any) -> CoordinationInstance:
    """Level 2: L-NSPs and stations this far apart, so many coordinators; ``changes`` replace what is usual."""
    n, m = costs.n_origins, costs.n_destinations
    usual: dict[str, Any] = {
        "lnsp_ids": tuple(f"L{i + 1}" for i in range(n)),
        "lnsp_gemeente": np.zeros(n, dtype=np.int64),
        "station_ids": tuple(f"K{k + 1}" for k in range(m)),
        "station_gemeente": np.zeros(m, dtype=np.int64),
        "fixed": np.zeros(m, dtype=bool),
        "refused": np.zeros(m, dtype=bool),
        "max_lnsp_per_cnsp": 4,
        "lnsp_per_cnsp": 4,
    }
    return CoordinationInstance(**{**usual, "costs": costs, "n_coordinators": n_coordinators, **changes})
