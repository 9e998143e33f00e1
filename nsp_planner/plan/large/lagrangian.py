"""Lower bound on the whole problem from prices per demand point. In: a Core. Out: bound, prices, how open each site is.

Constraint (1) is relaxed with a price u_i per person; then every site fills itself with the persons that gain most
(a continuous knapsack, capacity kept) and the best sites open within the quota:
L(u) = sum_i w_i u_i + sum over the chosen sites of v_j(u). Prices climb along an averaged direction (volume method,
Barahona and Anbil 2000), which also gives how open every site is in the relaxed optimum.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from itertools import pairwise

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.large import knapsack
from nsp_planner.plan.large.compact_instance import Core

N_SLICES = 2
"""Sites are valued in this many slices, whatever the number of threads: results never depend on it."""


class PriceBound:
    """Prices per demand point, the best bound found with them, and the state of the climb.

    Attributes:
        best: Best bound so far.
        prices: Shape (n,), the prices that give it.
        share_open: Shape (m,), how often each site was chosen, recent choices weighing more.
        site_value: Shape (m,), v_j at the prices last tried.
        group_price: Shape (g,), value at which a site is just chosen in its group, at the best prices.
    """

    def __init__(self, core: Core, pool: Executor) -> None:
        """Begin with prices of zero."""
        self.core = core
        self.pool = pool
        longest = max(1, int(np.diff(core.col_start).max(initial=0)))
        self._work = [
            (np.empty(longest), np.empty(longest), np.empty(longest, dtype=np.int32)) for _ in range(N_SLICES)
        ]
        cuts = np.searchsorted(core.col_start, np.linspace(0, core.col_start[-1], N_SLICES + 1)[1:-1])
        edges = [0, *cuts.tolist(), core.m]
        self._slices = list(pairwise(edges))
        self._members = [np.flatnonzero(core.group == g) for g in range(len(core.quota))]
        self.site_value = np.zeros(core.m)
        self._chosen = np.zeros(0, dtype=np.int64)
        self._forced = np.zeros(core.m, dtype=np.bool_)
        self.share_open = np.zeros(core.m)
        self.best = -np.inf
        self.prices = self._first_prices()
        self.group_price = np.zeros(len(core.quota))
        self._direction: FloatArray | None = None
        self._factor = 0.3
        self._weight = 0.2
        self._misses = 0
        self.steps = 0

    def _first_prices(self) -> FloatArray:
        """Half as much again as the cost of the site that would be the nearest open one if sites opened at random."""
        core = self.core
        rank = max(1, round(core.m / max(1, core.p)))
        at = np.minimum(core.row_start[:-1] + rank, core.row_start[1:] - 1)
        return np.asarray(1.5 * core.row_cost[at], dtype=np.float64)

    def evaluate(self, prices: FloatArray) -> tuple[float, IntArray, FloatArray]:
        """L(u): its value, the chosen sites and the share of each demand point they take, shape (n,)."""
        core = self.core
        jobs = [
            self.pool.submit(  # type: ignore[call-arg]
                knapsack.site_values, a, b, *core.columns(), core.size, core.capacity, prices, self.site_value, *work
            )
            for (a, b), work in zip(self._slices, self._work, strict=True)
        ]
        for job in jobs:
            job.result()
        value = float((core.size * prices).sum())
        sites, self._forced = core.choose(self.site_value)
        self._chosen = sites
        value += float(self.site_value[sites].sum())
        taken = np.zeros(core.n)
        knapsack.taken_shares(sites, *core.columns(), core.size, core.capacity, prices, taken, *self._work[0])  # type: ignore[call-arg]
        return value, sites, taken

    def _adopt(self, value: float, prices: FloatArray) -> None:
        self.best = value
        self.prices = prices
        chosen = np.zeros(self.core.m, dtype=np.bool_)
        chosen[self._chosen] = True
        for g, members in enumerate(self._members):
            # a site that is fixed opens at any price; within quotas every chosen site counts as forced, and the last
            # of those that are not fixed marks the price
            forced = self._forced[members] if len(self._members) == 1 else self.core.fixed[members]
            last_in = members[chosen[members] & ~forced]
            first_out = members[~chosen[members]]
            if len(last_in) and len(first_out):
                self.group_price[g] = 0.5 * (self.site_value[last_in].max() + self.site_value[first_out].min())
            elif len(first_out):
                self.group_price[g] = self.site_value[first_out].min()
            else:
                self.group_price[g] = 0.0

    def restart(self, prices: FloatArray) -> bool:
        """Continue from other prices if they give a better bound (or none is known); say whether they do."""
        value, sites, taken = self.evaluate(prices)
        if value <= self.best:
            return False
        self._adopt(value, prices.copy())
        self._direction = 1.0 - taken
        self.share_open[:] = 0.0
        self.share_open[sites] = 1.0
        return True

    def climb(self, target: float, n_steps: int, stop: Callable[[], bool]) -> float:
        """At most n_steps steps towards ``target``, a value the bound will hardly pass; returns the gain."""
        core = self.core
        if self._direction is None:
            self.restart(self.prices)
        before = self.best
        direction = self._direction
        assert direction is not None
        for _ in range(n_steps):
            if stop():
                break
            self.steps += 1
            norm = float((core.size * direction * direction).sum())
            if norm <= 1e-12:
                break
            length = self._factor * max(target - self.best, 1e-4 * abs(target)) / norm
            prices = self.prices + length * direction
            value, sites, taken = self.evaluate(prices)
            gradient = 1.0 - taken
            difference = gradient - direction
            weight = -float((core.size * direction * difference).sum()) / max(
                float((core.size * difference * difference).sum()), 1e-12
            )
            weight = min(max(weight, self._weight / 10), self._weight)
            ascent = float((core.size * gradient * direction).sum()) >= 0
            direction = direction + weight * difference
            self.share_open *= 1 - weight
            self.share_open[sites] += weight
            if value > self.best:
                self._adopt(value, prices)
                self._misses = 0
                if ascent:
                    self._factor = min(2.0, self._factor * 1.1)
            else:
                self._misses += 1
                if self._misses >= 20:
                    self._factor *= 0.66
                    self._misses = 0
        self._direction = direction
        gain = self.best - before
        if gain < 1e-4 * abs(self.best):
            self._weight = max(self._weight / 2, 1e-3)
        return gain

    def converged(self) -> bool:
        """True when steps have become so short that nothing more is to be had."""
        return self._factor < 1e-4
