"""One state of the local search: open sites, their dual prices, who goes where. In: a CompactInstance. Out: costs.

For given open sites the best allocation is a transportation problem; the dual prices of the capacities value changes of
sites at once, and :meth:`SearchState.allocate` makes prices and allocation exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.large import arrays, dual_prices, neighbours, shares, swaps, transport
from nsp_planner.plan.large.compact_instance import CompactInstance

N_NEIGHBOURS, NEAREST_POINTS = 128, 20
"""Neighbours kept per site, and the demand points of a site over which they are found."""
CLOSER, TRIES, LOCAL_SITES, SWEEPS, UPDATES, REACH = 40, 5, 10, 5, 3000, 60
"""Of a swap: neighbours tried, swaps estimated, sites and sweeps of an estimate, updates of prices, sites around."""
RELAX_TOLERANCE = 0.1
MIN_GAIN = 1e-7
"""A change counts as an improvement when it saves more than this part of the value."""
SHARE_ROUND_OFF = 1e-9
"""Part of a point that may lack for round-off without counting as unserved."""


def never() -> bool:
    """Do not stop."""
    return False


def site_neighbours(compact: CompactInstance) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Shape (m, 128) each: the sites nearest to each site, nearest first, -1 where there are no more; how far."""
    near = np.empty((compact.m, min(N_NEIGHBOURS, max(1, compact.m - 1))), dtype=np.int32)
    far = np.zeros(near.shape)
    neighbours.site_neighbours(_arcs(compact, near, 0.0), NEAREST_POINTS, near, far)
    return near, far


def _arcs(compact: CompactInstance, near: npt.NDArray[np.int32], unserved_cost: float) -> arrays.Arcs:
    return arrays.Arcs(  # type: ignore[call-arg]
        *compact.columns(),
        *compact.rows(),
        compact.size,
        compact.capacity,
        compact.area,
        compact.fixed,
        near,
        np.array([unserved_cost]),
    )


class SearchState:
    """Open sites and all that follows from them, with the working memory of one thread.

    Attributes:
        compact: The problem.
        arcs: Its arrays as kernels take them.
        open: Open sites, their dual prices, open arcs per demand point.
        share: Shape (n, width), exact allocation over the open arcs (after :meth:`allocate`).
        unserved: Persons without a site in the exact allocation.
    """

    def __init__(self, compact: CompactInstance, near: npt.NDArray[np.int32], unserved_cost: float, width: int) -> None:
        """Begin with all sites closed."""
        n, m = compact.n, compact.m
        self.compact = compact
        self.arcs = _arcs(compact, near, unserved_cost)
        self.open = arrays.OpenArcs(
            np.zeros(m, dtype=np.bool_),
            np.zeros(m),
            np.zeros((n, width), dtype=np.int32),
            np.zeros((n, width)),
            np.zeros(n, dtype=np.int32),
            np.full(n, -1, dtype=np.int32),
            np.full(n, unserved_cost),
            -compact.minimum,
        )
        self.share = np.zeros((n, width))
        longest = max(1, int(np.diff(compact.col_start).max(initial=0)))
        points = min(n, 20 * longest)
        self.scratch = arrays.Scratch(
            np.full(n, -1, dtype=np.int32),
            np.full(m, -1, dtype=np.int32),
            np.empty(points, dtype=np.int32),
            np.empty(points),
            np.empty(points + 1, dtype=np.int64),
            np.empty(points * (width + 1), dtype=np.int32),
            np.empty(points * (width + 1)),
            np.empty(m + 2, dtype=np.int64),
            np.empty(points * (width + 1), dtype=np.int32),
            np.empty(points * (width + 1)),
            np.empty(m, dtype=np.int32),
            np.empty(m),
            np.empty(max(points, longest)),
            np.empty(max(points, longest)),
            np.empty(max(points, longest), dtype=np.int32),
            np.empty(longest, dtype=np.int32),
            np.empty(longest),
            np.empty(points),
            np.empty(points, dtype=np.int32),
            np.empty(near.shape[1], dtype=np.int32),
            np.empty(near.shape[1]),
        )
        self.queue = np.empty(m, dtype=np.int32)
        self.queued = np.zeros(m, dtype=np.bool_)
        self.saved = np.empty(m)
        self.moved = np.empty(m, dtype=np.int32)
        self.switched = np.zeros(m, dtype=np.bool_)
        self.target_open = np.zeros(m, dtype=np.bool_)
        self.work = transport.BalanceWork(
            np.zeros(m),
            np.full(m, np.inf),
            np.empty(m, dtype=np.int32),
            np.empty(m, dtype=np.int32),
            np.empty(m, dtype=np.int32),
            np.zeros(m, dtype=np.bool_),
            np.empty(m, dtype=np.int32),
            np.zeros(m, dtype=np.bool_),
        )
        self.unserved = 0.0

    @property
    def used(self) -> BoolArray:
        """Shape (n, width), true where ``share`` has an open arc."""
        used: BoolArray = np.arange(self.share.shape[1]) < self.open.n_near[:, None]
        return used

    def set_open(self, sites: IntArray) -> None:
        """Open exactly these sites, keeping the prices of those that were open, and find the exact prices."""
        is_open = np.zeros(self.compact.m, dtype=np.bool_)
        is_open[sites] = True
        self.open.price[~is_open] = 0.0
        self.open.is_open[:] = is_open
        self.rebuild()
        self.allocate()

    def rebuild(self) -> None:
        """The open arcs of every demand point, and what every area has to spare, anew from the open sites."""
        area = self.compact.area[self.open.is_open]
        self.open.spare[:] = np.bincount(area, minlength=len(self.compact.minimum)) - self.compact.minimum
        arrays.rebuild(self.arcs, self.open)

    def allocate(self) -> float:
        """Exact prices and allocation for the open sites; returns the cost."""
        open_sites = np.flatnonzero(self.open.is_open)
        self.queue[: len(open_sites)] = open_sites
        self.queued[open_sites] = True
        self._relax(len(open_sites), 200 * self.compact.m, np.inf)
        shares.start_all(self.open, self.share)
        self.work.listed[: len(open_sites)] = open_sites
        transport.balance(self.arcs, self.open, self.share, self.work, len(open_sites), 10**9)
        # counted from the shares: a point that is out of reach, or priced out of every site, never enters the balance
        missing = 1.0 - (self.share * self.used).sum(axis=1)
        self.unserved = float((self.compact.size * np.where(missing > SHARE_ROUND_OFF, missing, 0.0)).sum())
        return self.value()

    def _relax(self, n_queue: int, max_updates: int, limit: float) -> float:
        return float(
            dual_prices.relax(
                self.arcs,
                self.open,
                self.scratch,
                self.queue,
                self.queued,
                n_queue,
                RELAX_TOLERANCE,
                max_updates,
                limit,
            )
        )

    def rebalance(self, n_moved: int) -> float:
        """Make the allocation exact again after the first ``n_moved`` sites of ``moved`` changed; change of cost."""
        n_listed = shares.spread(self.arcs, self.open, self.share, self.work, self.moved, n_moved, self.switched)
        delta, _, _ = transport.balance(self.arcs, self.open, self.share, self.work, n_listed, 10**6)
        return float(delta)

    def value(self) -> float:
        """The dual value: the exact cost after :meth:`allocate`, else a lower bound on it."""
        return float(dual_prices.dual_value(self.arcs, self.open))

    def swap(self, a: int, b: int, limit: float) -> float:
        """Swap a for b and find new prices; undone when the dual value does not stay below limit.

        Returns its change (0 when undone). The dual value bounds the cost of the new sites from below at every
        moment, so a swap is dropped as soon as it shows to be no improvement.
        """
        self.saved[:] = self.open.price
        delta, n_queue = swaps.change(self.arcs, self.open, self.queue, self.queued, a, b)
        delta += self._relax(n_queue, UPDATES, limit - delta)
        if delta < limit:
            return float(delta)
        self.target_open[:] = self.open.is_open
        self.target_open[a], self.target_open[b] = True, False
        arrays.set_state(self.arcs, self.open, self.target_open, self.saved, self.moved, self.switched)
        return 0.0

    def swap_bound(self, a: int, b: int) -> float:
        """Lower bound on the change of cost when a closes (or -1) and b opens (or -1), at the present prices."""
        return float(swaps.swap_bound(self.arcs, self.open, self.scratch, a, b))

    def switch(self, sites: IntArray, *, opening: bool) -> None:
        """Open (or close) the one of these sites where that costs least at the present prices; find new prices."""
        change = [self.swap_bound(-1 if opening else int(j), int(j) if opening else -1) for j in sites]
        best = int(sites[int(np.argmin(change))])
        is_open = self.open.is_open.copy()
        is_open[best] = opening
        self.set_open(np.flatnonzero(is_open))

    def around(self, *sites: int) -> IntArray:
        """The open sites among the nearest of some sites, and those sites, each once."""
        near = np.concatenate([np.asarray(sites, dtype=np.int32), *(self.arcs.neighbour[j, :REACH] for j in sites)])
        near = near[near >= 0]
        return np.array(list(dict.fromkeys(near[self.open.is_open[near]].tolist())), dtype=np.int64)

    def improve_from(
        self, sites: IntArray, threshold: float, max_looks: int = 10**9, stop: Callable[[], bool] = never
    ) -> float:
        """Swaps from the given sites on until none improves: change of the dual value."""
        waiting = dict.fromkeys(int(j) for j in sites)
        total = 0.0
        looks = 0
        while waiting and looks < max_looks and not stop():
            looks += 1
            a = next(iter(waiting))
            del waiting[a]
            b, _ = swaps.best_swap(
                self.arcs, self.open, self.scratch, a, CLOSER, TRIES, LOCAL_SITES, SWEEPS, 1.0, threshold
            )
            if b < 0:
                continue
            delta = self.swap(a, int(b), threshold)
            if delta < 0.0:
                total += delta
                waiting.pop(a, None)
                for j in self.around(int(b), a).tolist():
                    waiting.setdefault(j)
        return total

    def descend(self, sites: IntArray, stop: Callable[[], bool] = never) -> float:
        """Swap descent from the given open sites; returns the cost. Prices are exact again afterwards."""
        self.improve_from(sites, -max(1e-9, MIN_GAIN * abs(self.value())), stop=stop)
        return self.allocate()

    def move_to(self, is_open: BoolArray, price: FloatArray) -> None:
        """Take over open sites and exact prices found elsewhere."""
        self.rebalance(arrays.set_state(self.arcs, self.open, is_open, price, self.moved, self.switched))
