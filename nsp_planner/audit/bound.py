"""The bound that multipliers prove. In: the arrays of one problem. Out: a number no plan can be below."""

from __future__ import annotations

from typing import Any

import numpy as np

Arrays = dict[str, Any]


def lower_bound(problem: Arrays) -> float:
    """L(l) of the module's docstring of :mod:`nsp_planner.audit`; minus infinity without multipliers."""
    if "multipliers" not in problem:
        return -np.inf
    multipliers, n = problem["multipliers"], len(problem["persons"])
    origin = np.repeat(np.arange(n), np.diff(problem["arc_start"]))
    usable = ~problem["refused"][problem["arc_site"]]
    reachable = np.bincount(origin[usable], minlength=n) > 0
    value = np.array([site_value(problem, origin, j) for j in range(len(problem["capacity"]))])
    # an unreachable demand point is in no constraint: its multiplier may not count
    return float(multipliers[reachable].sum() + value[best_sites(problem, value)].sum())


def site_value(problem: Arrays, origin: np.ndarray, site: int) -> float:
    """v_j: the most that one open site can gain, a continuous knapsack."""
    if problem["refused"][site]:
        return np.inf
    order, first = by_site(problem)
    arcs = order[first[site] : first[site + 1]]
    gain = problem["arc_cost"][arcs] - problem["multipliers"][origin[arcs]]
    persons = problem["persons"][origin[arcs]]
    gains = gain < 0
    gain, persons = gain[gains], persons[gains]
    nobody = persons <= 0
    total = float(gain[nobody].sum())
    gain, persons = gain[~nobody], persons[~nobody]
    best = np.argsort(gain / persons, kind="stable")
    room = float(problem["capacity"][site])
    for arc in best.tolist():
        if room <= 0:
            break
        total += gain[arc] * min(1.0, room / persons[arc])
        room -= persons[arc]
    return total


def by_site(problem: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """The arcs in the order of their sites, and where each site begins; kept in the problem, for it is asked often."""
    if "by_site" not in problem:
        order = np.argsort(problem["arc_site"], kind="stable")
        m = len(problem["capacity"])
        problem["by_site"] = order, np.searchsorted(problem["arc_site"][order], np.arange(m + 1))
    order, first = problem["by_site"]
    return order, first


def best_sites(problem: Arrays, value: np.ndarray) -> np.ndarray:
    """The cheapest sites that may open together: fixed ones, quota or minima, then the best up to the number."""
    fixed, refused, group = problem["fixed"], problem["refused"], problem["group"]
    chosen: np.ndarray = fixed.copy()
    least = problem.get("quota", problem.get("minimum"))
    if least is not None:
        for g, wanted in enumerate(least.tolist()):
            _add_cheapest(chosen, value, (group == g) & ~refused, wanted - int((chosen & (group == g)).sum()))
    _add_cheapest(chosen, value, ~refused, int(problem["n_sites"]) - int(chosen.sum()))
    return chosen


def _add_cheapest(chosen: np.ndarray, value: np.ndarray, may: np.ndarray, n_more: int) -> None:
    free = np.flatnonzero(may & ~chosen)
    chosen[free[np.argsort(value[free], kind="stable")[: max(0, n_more)]]] = True
