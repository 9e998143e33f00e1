"""Good orders of opening. In: a :class:`PhasingInstance`. Out: the year index of every site, by greed and exchange.

Greed looks a C-NSP ahead: an L-NSP whose C-NSP is still closed is weighed together with that C-NSP and the best of its
other L-NSPs, persons gained per euro until the last year. Then L-NSPs of different years change places as long as the
sum over the years grows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.phasing.instance import Coverage, PhasingInstance, is_possible, with_stations

LEAST_GAIN = 1e-6


def first_order(instance: PhasingInstance) -> IntArray:
    """The sites that must open in the first year, and nothing else: year index per site, T where not within the years.

    The order need not be possible: then no order is.
    """
    lnsp = np.full(instance.n_lnsps, instance.n_years, dtype=np.int64)
    lnsp[instance.first[: instance.n_lnsps]] = 0
    return with_stations(instance, lnsp)


def build_greedy(instance: PhasingInstance) -> IntArray:
    """An order by greed, year by year; never worse than opening the first sites alone."""
    opens = first_order(instance)
    near = _near(instance)
    left = instance.group_persons.copy()
    for site in np.flatnonzero(opens[: instance.n_lnsps] == 0).tolist():
        _serve(near, left, site, float(instance.capacity_persons[site]))
    for year in range(instance.n_years):
        while (chosen := _best_bundle(instance, near, left, opens, year)) is not None:
            opens = _opened(instance, opens, chosen, year)
            for site in chosen:
                _serve(near, left, site, float(instance.capacity_persons[site]))
    return opens


def improve(
    instance: PhasingInstance, opens: IntArray, coverage: Coverage, *, seconds: float, seed: int
) -> tuple[IntArray, float]:
    """Exchange L-NSPs of different years while that helps and time is left; returns the order and its worth."""
    rng, stop = np.random.default_rng(seed), time.perf_counter() + seconds
    worth = coverage.per_year(instance, opens)
    while time.perf_counter() < stop:
        better = False
        for early, late in _pairs(opens[: instance.n_lnsps], instance, rng):
            if time.perf_counter() >= stop:
                break
            lnsp = opens[: instance.n_lnsps].copy()
            if lnsp[early] >= lnsp[late]:
                continue
            lnsp[early], lnsp[late] = lnsp[late], lnsp[early]
            tried = with_stations(instance, lnsp)
            if not is_possible(instance, tried):
                continue
            new = coverage.per_year(instance, tried)
            if new.sum() > worth.sum() + LEAST_GAIN:
                opens, worth, better = tried, new, True
        opens = fill(instance, opens)
        worth = coverage.per_year(instance, opens)
        if not better:
            break
    return opens, float(worth.sum())


def fill(instance: PhasingInstance, opens: IntArray) -> IntArray:
    """The same order with every L-NSP as early as money and project capacity allow; nobody is worse off."""
    for site in np.argsort(opens[: instance.n_lnsps], kind="stable"):
        for year in range(int(opens[site])):
            lnsp = opens[: instance.n_lnsps].copy()
            lnsp[site] = year
            tried = with_stations(instance, lnsp)
            if is_possible(instance, tried):
                opens = tried
                break
    return opens


def _pairs(lnsp: IntArray, instance: PhasingInstance, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
    free = np.flatnonzero(~instance.first[: instance.n_lnsps])
    a, b = np.triu_indices(len(free), 1)
    apart = lnsp[free[a]] != lnsp[free[b]]
    pairs = np.column_stack([free[a[apart]], free[b[apart]]])
    swapped = lnsp[pairs[:, 0]] > lnsp[pairs[:, 1]]
    pairs[swapped] = pairs[swapped][:, ::-1]
    for early, late in rng.permutation(pairs):
        yield int(early), int(late)


def _near(instance: PhasingInstance) -> csr_array:
    """Which groups are within the norm of each L-NSP, shape (l, g)."""
    shape = (instance.n_lnsps, len(instance.group_persons))
    return csr_array((np.ones(len(instance.arc_site)), (instance.arc_site, instance.arc_group)), shape=shape)


def _serve(near: csr_array, left: FloatArray, site: int, capacity: float) -> float:
    """Take the persons of an L-NSP off ``left``, all groups alike; returns how many found room."""
    groups = near.indices[near.indptr[site] : near.indptr[site + 1]]
    persons = float(left[groups].sum())
    if persons > 0:
        left[groups] *= 1 - min(1.0, capacity / persons)
    return min(persons, capacity)


def _best_bundle(
    instance: PhasingInstance, near: csr_array, left: FloatArray, opens: IntArray, year: int
) -> list[int] | None:
    """The L-NSPs to open next in a year: most persons per euro; None where nothing more is possible."""
    n_lnsps, years_left = instance.n_lnsps, instance.n_years - year
    cost = instance.once_eur + instance.per_year_eur * years_left
    closed = np.flatnonzero(opens[:n_lnsps] > year)
    gains = np.minimum(near @ left, instance.capacity_persons)
    # one person less than nobody: where nobody gains, the cheapest opens first
    bundles: list[tuple[float, float, list[int]]] = []
    for station in np.unique(instance.coordinator[closed]):
        own = closed[instance.coordinator[closed] == station]
        own = own[np.argsort(-gains[own] / np.maximum(cost[own], 1.0), kind="stable")]
        if opens[n_lnsps + station] <= year:
            bundles += [(float(gains[j] / max(cost[j], 1.0)), -float(cost[j]), [int(j)]) for j in own]
            continue
        remaining, gained, paid = left.copy(), 0.0, float(cost[n_lnsps + station])
        for n, site in enumerate(own, start=1):
            gained += _serve(near, remaining, int(site), float(instance.capacity_persons[site]))
            paid += float(cost[site])
            bundles.append((gained / max(paid, 1.0), -paid, own[:n].tolist()))
    for _, _, sites in sorted(bundles, key=lambda bundle: (-bundle[0], -bundle[1], bundle[2])):
        if is_possible(instance, _opened(instance, opens, sites, year)):
            return sites
    return None


def _opened(instance: PhasingInstance, opens: IntArray, sites: list[int], year: int) -> IntArray:
    lnsp = opens[: instance.n_lnsps].copy()
    lnsp[sites] = year
    return with_stations(instance, lnsp)
