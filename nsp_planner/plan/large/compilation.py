"""Compiling before the clock starts. In: nothing. Out: every kernel of the large engine, compiled or from the cache.

A small made-up region is solved, which takes every kernel along. What is compiled is kept on disk by numba beside the
package (or where NUMBA_CACHE_DIR says), so that only a first run on a machine waits for it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from pickle import PickleError
from types import ModuleType

import numpy as np

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large import (
    arrays,
    branch_and_bound,
    dual_prices,
    knapsack,
    neighbours,
    node_bound,
    p_median,
    rounding,
    shares,
    swaps,
    transport,
)
from nsp_planner.plan.options import SolveOptions

KERNEL_MODULES: tuple[ModuleType, ...] = (
    arrays,
    branch_and_bound,
    dual_prices,
    knapsack,
    neighbours,
    node_bound,
    rounding,
    shares,
    swaps,
    transport,
)
TOY_POINTS, TOY_SITES, TOY_OPEN = 150, 24, 6
TOY_SECONDS = 300.0
"""Time limit of a toy: on a slow machine compiling takes a minute or two; solving takes a second."""


@cache
def warm_up() -> None:
    """Compile or load every kernel; the second call in a process does nothing."""
    drop_unreadable()
    toy = _toy()
    options = SolveOptions(gap=0.0, time_limit_s=TOY_SECONDS, threads=1)
    p_median.solve_p_median(toy, options)
    whole_toy = replace(toy, divisibility=Divisibility.WHOLE_POINTS)
    plan = p_median.solve_p_median(whole_toy, replace(options, gap=0.2))
    p_median.solve_p_median(toy, replace(options, gap=0.2), plan)


def is_compiled() -> bool:
    """Whether the cache on disk has every kernel (of this version or an earlier one)."""
    for kernel in all_kernels():
        stored = getattr(kernel, "_cache", None)
        folder, name = getattr(stored, "cache_path", None), getattr(kernel, "py_func", None)
        if folder is None or name is None or not any(Path(folder).glob(f"*.{name.__qualname__}-*.nbi")):
            return False
    return True


def drop_unreadable() -> None:
    """Remove what an earlier version compiled with types that are no longer there: numba itself stops at it."""
    for kernel in all_kernels():
        stored = getattr(getattr(kernel, "_cache", None), "_cache_file", None)
        if stored is None:
            continue
        try:
            stored._load_index()
        except (AttributeError, ImportError, EOFError, PickleError):
            Path(stored._index_path).unlink(missing_ok=True)


def all_kernels() -> list[object]:
    """The compiled functions of the engine's modules."""
    found = {}
    for module in KERNEL_MODULES:
        for value in vars(module).values():
            if hasattr(value, "py_func") and hasattr(value, "signatures"):
                found[id(value)] = value
    return list(found.values())


def _toy() -> LocalInstance:
    """Two groups of squares with halls among them, capacities tight enough to move people about."""
    rng = np.random.default_rng(7)
    xy = np.concatenate([rng.normal(0, 900, (TOY_POINTS // 2, 2)), rng.normal(5_000, 900, (TOY_POINTS // 2, 2))])
    hall_xy = xy[rng.choice(TOY_POINTS, TOY_SITES, replace=False)] + 40.0
    persons = rng.integers(5, 100, TOY_POINTS).astype(np.float64)
    distance_m = np.hypot(*(xy[:, None] - hall_xy[None, :]).transpose(2, 0, 1))
    origin, destination = np.divmod(np.arange(TOY_POINTS * TOY_SITES), TOY_SITES)
    nowhere = np.zeros(TOY_SITES, dtype=np.int64)
    undecided = np.zeros(TOY_SITES, dtype=np.bool_)
    return LocalInstance(
        demand_ids=tuple(f"d{i}" for i in range(TOY_POINTS)),
        population_persons=persons,
        weight=persons,
        demand_gemeente=np.zeros(TOY_POINTS, dtype=np.int64),
        service_distance_m=np.full(TOY_POINTS, 1_000.0),
        site_ids=tuple(f"s{j}" for j in range(TOY_SITES)),
        capacity_persons=np.full(TOY_SITES, np.ceil(persons.sum() / TOY_OPEN / 0.93)),
        site_gemeente=nowhere,
        fixed=undecided,
        refused=undecided,
        gemeente_codes=("GM0000",),
        costs=CostMatrix.from_arcs(
            origin,
            destination,
            distance_m.ravel(),
            n_origins=TOY_POINTS,
            n_destinations=TOY_SITES,
            cutoff_m=float(distance_m.max()),
            metric="toy",
            metric_nl="toy",
        ),
        n_sites=TOY_OPEN,
    )
