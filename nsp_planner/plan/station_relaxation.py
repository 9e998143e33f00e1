"""Bounds of level 2. In: an instance, costs of its arcs. Out: multipliers of the linear relaxation, what they prove.

Taking (1) "one coordinator each" into the objective with multipliers leaves a knapsack per station, which price and
most make no harder: L-NSPs are taken in order of gain. Its best bound is that of the model's linear relaxation, which
is where the multipliers come from (Geoffrion 1974).
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray, CoordinationInstance

FIRST_ARCS = 12
"""Arcs per L-NSP that every linear program begins with."""
DECIDE = 1e-9
"""Stations are decided where the other way costs more than the target by this part of it: round-off of sums."""
LARGEST = 2**31 - 1
"""Multipliers are written as whole steps up to this."""


class StationRelaxation:
    """The stations that are not refused, the L-NSPs, and what a bound is made of."""

    def __init__(self, instance: CoordinationInstance, arc_cost: FloatArray, sites: IntArray) -> None:
        """Cost of every L-NSP at every station, infinite where there is no arc.

        Args:
            instance: The problem; its fewest L-NSPs per C-NSP are left out.
            arc_cost: Shape (n_arcs,), metres and prices of each arc of the instance.
            sites: Stations that are not refused; everything here goes by their positions in it.
        """
        at = np.full(len(instance.station_ids), -1, dtype=np.int64)
        at[sites] = np.arange(len(sites))
        site = at[instance.costs.destination]
        usable = site >= 0
        self.n, self.m, self.n_open = len(instance.lnsp_ids), len(sites), instance.n_coordinators
        self.lnsp, self.site, self.cost = instance.costs.arc_origin[usable], site[usable], arc_cost[usable]
        self.dense = np.full((self.n, self.m), np.inf)
        self.dense[self.lnsp, self.site] = self.cost
        start = np.searchsorted(self.lnsp, np.arange(self.n))
        self.active = np.arange(len(self.lnsp)) - start[self.lnsp] < FIRST_ARCS
        most = min(instance.max_lnsp_per_cnsp, self.n)
        self.steps = instance.step_price_m if instance.load_price_m > 0 else np.zeros(0)
        self.ratio = most - len(self.steps)
        self.rank_price = np.full(self.n, np.inf)
        self.rank_price[:most] = np.concatenate([np.zeros(self.ratio), self.steps])
        dearest = max(float(self.cost.max()) + float(self.steps.max(initial=0.0)), 1.0)
        self.ceiling = np.full(self.n, 4.0 * dearest, dtype=np.float32)
        self.step = float(2.0 ** np.ceil(np.log2(float(self.ceiling[0]) / LARGEST)))

    def relaxed(self, must: BoolArray, may: BoolArray) -> tuple[FloatArray | None, FloatArray]:
        """How far each station is open in the linear relaxation, and the multipliers of (1); None where it has none.

        An L-NSP may stay without a station at its ceiling, so that there is a solution wherever stations can be chosen.
        The program has the arcs to near stations, and those that turned out to matter.
        """
        while True:
            share, multipliers = self._relaxed(np.flatnonzero(may[self.site] & self.active), must, may)
            matters = may[self.site] & ~self.active & (self.cost < multipliers[self.lnsp])
            if share is None or not matters.any():
                return share, multipliers
            self.active |= matters

    def _relaxed(self, arcs: IntArray, must: BoolArray, may: BoolArray) -> tuple[FloatArray | None, FloatArray]:
        lnsp, site, a = self.lnsp[arcs], self.site[arcs], len(arcs)
        n, m, t = self.n, self.m, len(self.steps)
        v, z, u, s = np.arange(a), a + np.arange(m), a + m + np.arange(m * t), a + m + m * t + np.arange(n)
        of_step, columns = np.repeat(np.arange(m), t), a + m + m * t + n

        def rows(count: int, *parts: tuple[IntArray, IntArray, float]) -> sp.csr_matrix:
            values = np.concatenate([np.full(len(row), value) for row, _, value in parts])
            where = np.concatenate([row for row, *_ in parts]), np.concatenate([column for _, column, _ in parts])
            return sp.csr_matrix((values, where), shape=(count, columns))

        closed_arcs = np.flatnonzero(~must[site])  # under a station that must open v is at most 1 as it is
        once = rows(n, (lnsp, v, 1.0), (np.arange(n), s, 1.0))
        number = rows(1, (np.zeros(m, dtype=np.int64), z, 1.0))
        under_open = rows(
            len(closed_arcs),
            (np.arange(len(closed_arcs)), v[closed_arcs], 1.0),
            (np.arange(len(closed_arcs)), z[site[closed_arcs]], -1.0),
        )
        load = rows(m, (site, v, 1.0), (np.arange(m), z, -float(self.ratio)), (of_step, u, -1.0))
        in_order = rows(m * t, (np.arange(m * t), u, 1.0), (np.arange(m * t), z[of_step], -1.0))
        found = linprog(  # type: ignore[call-overload]
            np.concatenate([self.cost[arcs], np.zeros(m), np.tile(self.steps, m), self.ceiling]),
            A_ub=sp.vstack([under_open, load, in_order]),
            b_ub=np.zeros(len(closed_arcs) + m + m * t),
            A_eq=sp.vstack([once, number]),
            b_eq=np.append(np.ones(n), float(self.n_open)),
            bounds=np.column_stack(
                [
                    np.concatenate([np.zeros(a), must, np.zeros(m * t + n)]),
                    np.concatenate([np.ones(a), may, np.ones(m * t + n)]),
                ]
            ),
            method="highs",
        )
        if found.status != 0:
            return None, np.zeros(n)
        return np.asarray(found.x[z]), np.asarray(found.eqlin.marginals[:n])

    def bound(
        self, multipliers: FloatArray, must: BoolArray, may: BoolArray, target: float
    ) -> tuple[float, BoolArray, BoolArray]:
        """What no plan of the node costs less than; stations of which the other way costs ``target`` are decided.

        ``must`` and ``may``, shape (stations,), are changed in place.
        """
        cost = self._station_cost(multipliers)
        chosen = self._cheapest(cost, must, may)
        if chosen is None:
            return np.inf, must, may
        inn, out = np.flatnonzero(chosen & ~must), np.flatnonzero(may & ~chosen)
        value = float(multipliers.sum() + cost[chosen].sum())
        enough = target + DECIDE * abs(target)
        must[inn[value - cost[inn] + cost[out].min(initial=np.inf) >= enough]] = True
        may[out[value + cost[out] - cost[inn].max(initial=-np.inf) >= enough]] = False
        return value, must, may

    def bound_with_arc(self, multipliers: FloatArray, must: BoolArray, may: BoolArray) -> FloatArray:
        """Shape (L-NSPs, stations), what no plan costs less than in which the L-NSP falls under the station."""
        cost = self._station_cost(multipliers)
        chosen = self._cheapest(cost, must, may)
        if chosen is None:
            return np.full((self.n, self.m), np.inf)
        opened = np.where(chosen, 0.0, cost - cost[chosen & ~must].max(initial=-np.inf))
        gain = np.maximum(self.dense - multipliers[:, None], 0.0)
        value = multipliers.sum() + cost[chosen].sum()
        return np.where(may, value + np.maximum(opened, 0.0) + gain, np.inf)

    def _station_cost(self, multipliers: FloatArray) -> FloatArray:
        """What each station gains at most when it opens: L-NSPs in order of gain, until the price takes it all."""
        gain = np.sort(self.dense - multipliers[:, None], axis=0) + self.rank_price[:, None]
        return np.asarray(np.minimum(gain, 0.0).sum(axis=0))

    def _cheapest(self, cost: FloatArray, must: BoolArray, may: BoolArray) -> BoolArray | None:
        """The stations of least total cost, those that must open among them; None where there is no such choice."""
        free = np.flatnonzero(may & ~must)
        n_free = self.n_open - int(must.sum())
        if (must & ~may).any() or not 0 <= n_free <= len(free):
            return None
        chosen = must.copy()
        chosen[free[np.argsort(cost[free], kind="stable")[:n_free]]] = True
        return chosen
