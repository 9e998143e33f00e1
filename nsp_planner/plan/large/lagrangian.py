"""Lagrangian bound on the whole problem. In: a CompactInstance. Out: bound, multipliers, how open each site is.

Constraint (1) is relaxed with a multiplier u_i per person; then every site fills itself with the persons that gain most
(a continuous knapsack, capacity kept) and the best sites open within the quota:
L(u) = sum_i w_i u_i + sum over the chosen sites of v_j(u). The multipliers move along the averaged subgradient (volume
algorithm, Barahona and Anbil 2000), which also gives how open every site is in the relaxed optimum.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from itertools import pairwise

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.large import knapsack
from nsp_planner.plan.large.compact_instance import CompactInstance

N_SLICES = 2
"""Sites are valued in this many slices, whatever the number of threads: results never depend on it."""


class LagrangianBound:
    """Multipliers per demand point, the best bound found with them, and the state of the ascent.

    Attributes:
        best: Best bound so far.
        multipliers: Shape (n,), the multipliers that give it.
        share_open: Shape (m,), how often each site was chosen, recent choices weighing more.
        site_value: Shape (m,), v_j at the multipliers last tried.
        group_multiplier: Shape (g,), value at which a site is just chosen in its group, at the best multipliers.
    """

    def __init__(self, compact: CompactInstance, pool: Executor) -> None:
        """Begin near what the nearest sites would cost."""
        self.compact = compact
        self.pool = pool
        longest = max(1, int(np.diff(compact.col_start).max(initial=0)))
        self._work = [
            (np.empty(longest), np.empty(longest), np.empty(longest, dtype=np.int32)) for _ in range(N_SLICES)
        ]
        cuts = np.searchsorted(compact.col_start, np.linspace(0, compact.col_start[-1], N_SLICES + 1)[1:-1])
        edges = [0, *cuts.tolist(), compact.m]
        self._slices = list(pairwise(edges))
        self._members = [np.flatnonzero(compact.group == g) for g in range(len(compact.quota))]
        self.site_value = np.zeros(compact.m)
        self._chosen = np.zeros(0, dtype=np.int64)
        self._forced = np.zeros(compact.m, dtype=np.bool_)
        self.share_open = np.zeros(compact.m)
        self.best = -np.inf
        self.multipliers = self._first_multipliers()
        self.group_multiplier = np.zeros(len(compact.quota))
        self._direction: FloatArray | None = None
        self._factor = 0.3
        self._weight = 0.2
        self._misses = 0
        self.steps = 0

    def _first_multipliers(self) -> FloatArray:
        """Half as much again as the cost of the site that would be the nearest open one if sites opened at random."""
        compact = self.compact
        rank = max(1, round(compact.m / max(1, compact.p)))
        at = np.minimum(compact.row_start[:-1] + rank, compact.row_start[1:] - 1)
        return np.asarray(1.5 * compact.row_cost[at], dtype=np.float64)

    def evaluate(self, multipliers: FloatArray) -> tuple[float, IntArray, FloatArray]:
        """L(u): its value, the chosen sites and the share of each demand point they take, shape (n,)."""
        compact = self.compact
        jobs = [
            self.pool.submit(  # type: ignore[call-arg]
                knapsack.site_values,
                a,
                b,
                *compact.columns(),
                compact.size,
                compact.capacity,
                multipliers,
                self.site_value,
                *work,
            )
            for (a, b), work in zip(self._slices, self._work, strict=True)
        ]
        for job in jobs:
            job.result()
        value = float((compact.size * multipliers).sum())
        sites, self._forced = compact.choose(self.site_value)
        self._chosen = sites
        value += float(self.site_value[sites].sum())
        taken = np.zeros(compact.n)
        knapsack.taken_shares(
            sites, *compact.columns(), compact.size, compact.capacity, multipliers, taken, *self._work[0]
        )
        return value, sites, taken

    def _adopt(self, value: float, multipliers: FloatArray) -> None:
        self.best = value
        self.multipliers = multipliers
        chosen = np.zeros(self.compact.m, dtype=np.bool_)
        chosen[self._chosen] = True
        for g, members in enumerate(self._members):
            # a site that is fixed opens at any value; within quotas every chosen site counts as forced, and the last
            # of those that are not fixed marks the multiplier
            forced = self._forced[members] if len(self._members) == 1 else self.compact.fixed[members]
            last_in = members[chosen[members] & ~forced]
            first_out = members[~chosen[members]]
            if len(last_in) and len(first_out):
                self.group_multiplier[g] = 0.5 * (self.site_value[last_in].max() + self.site_value[first_out].min())
            elif len(first_out):
                self.group_multiplier[g] = self.site_value[first_out].min()
            else:
                self.group_multiplier[g] = 0.0

    def restart(self, multipliers: FloatArray) -> bool:
        """Continue from other multipliers if they give a better bound (or none is known); say whether they do."""
        value, sites, taken = self.evaluate(multipliers)
        if value <= self.best:
            return False
        self._adopt(value, multipliers.copy())
        self._direction = 1.0 - taken
        self.share_open[:] = 0.0
        self.share_open[sites] = 1.0
        return True

    def ascend(self, target: float, n_steps: int, stop: Callable[[], bool]) -> float:
        """At most n_steps steps towards ``target``, a value the bound will hardly pass; returns the gain."""
        compact = self.compact
        if self._direction is None:
            self.restart(self.multipliers)
        before = self.best
        direction = self._direction
        assert direction is not None
        for _ in range(n_steps):
            if stop():
                break
            self.steps += 1
            norm = float((compact.size * direction * direction).sum())
            if norm <= 1e-12:
                break
            length = self._factor * max(target - self.best, 1e-4 * abs(target)) / norm
            multipliers = self.multipliers + length * direction
            value, sites, taken = self.evaluate(multipliers)
            gradient = 1.0 - taken
            difference = gradient - direction
            weight = -float((compact.size * direction * difference).sum()) / max(
                float((compact.size * difference * difference).sum()), 1e-12
            )
            weight = min(max(weight, self._weight / 10), self._weight)
            ascent = float((compact.size * gradient * direction).sum()) >= 0
            direction = direction + weight * difference
            self.share_open *= 1 - weight
            self.share_open[sites] += weight
            if value > self.best:
                self._adopt(value, multipliers)
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
