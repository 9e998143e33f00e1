"""Small orders of opening by hand. In: groups, L-NSPs near each, coordinators. Out: an instance of the phasing."""

from __future__ import annotations

import numpy as np

from nsp_planner.plan.phasing.instance import PhasingInstance


def small_phasing(
    persons: list[float],
    near: list[tuple[int, ...]],
    coordinator: list[int],
    *,
    budget: list[float],
    capacity: float = 1000.0,
    once: float = 10.0,
    per_year: float = 0.0,
    first: tuple[int, ...] = (),
    max_new: int | None = None,
    carry_over: bool = False,
) -> PhasingInstance:
    """Groups with their persons and the L-NSPs within the norm of each; every site costs the same."""
    n, k = len(coordinator), max(coordinator) + 1
    pairs = [(g, j) for g, sites in enumerate(near) for j in sites]
    return PhasingInstance(
        lnsp_ids=tuple(f"L{j}" for j in range(n)),
        station_ids=tuple(f"K{j}" for j in range(k)),
        coordinator=np.array(coordinator, dtype=np.int64),
        capacity_persons=np.full(n, capacity),
        group_persons=np.array(persons, dtype=float),
        arc_group=np.array([g for g, _ in pairs], dtype=np.int64),
        arc_site=np.array([j for _, j in pairs], dtype=np.int64),
        budget_eur=np.array(budget, dtype=float),
        once_eur=np.full(n + k, once),
        per_year_eur=np.full(n + k, per_year),
        first=np.isin(np.arange(n + k), first),
        max_new=max_new,
        carry_over=carry_over,
    )
