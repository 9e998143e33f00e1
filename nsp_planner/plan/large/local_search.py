"""Good plans: swap descent and local restarts on prices. In: a Core and sites to start from. Out: open sites, cost.

A :class:`Lane` is one copy of the search state. Two lanes work side by side on different parts of the map and agree
after every round; there are always two, whatever the number of threads, so that plans do not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.large import swaps, transport
from nsp_planner.plan.large.compact_instance import Core

BoolArray = npt.NDArray[np.bool_]
N_LANES = 2
N_NEIGHBOURS = 128
CLOSER, TRIES, LOCAL_SITES, SWEEPS, UPDATES, REACH = 40, 5, 10, 5, 3000, 60
OPTIONS = (CLOSER, TRIES, LOCAL_SITES, SWEEPS, UPDATES, REACH)
RELAX_TOLERANCE = 0.1
FAR_KICKS = 0.3
"""Part of the local restarts that move one site across the map."""
FULL_WIDTH = 4_000_000
"""Up to this many open arcs a lane keeps all; beyond, only the cheapest per demand point (three times the average)."""
MIN_GAIN = 1e-7
"""A change counts as an improvement when it saves more than this part of the value."""

SHARE_ROUND_OFF = 1e-9
"""Part of a point that may lack for round-off without counting as unserved."""


def _never() -> bool:
    return False


def neighbours(core: Core) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Shape (m, 128) each: the sites nearest to each site, nearest first, -1 where there are no more; how far."""
    near = np.empty((core.m, min(N_NEIGHBOURS, max(1, core.m - 1))), dtype=np.int32)
    far = np.zeros(near.shape)
    swaps.site_neighbours(_arcs(core, near, 0.0), 20, near, far)
    return near, far


def _arcs(core: Core, near: npt.NDArray[np.int32], big: float) -> swaps.Arcs:
    return swaps.Arcs(  # type: ignore[call-arg]
        *core.columns(), *core.rows(), core.size, core.capacity, core.area, core.fixed, near, np.array([big])
    )


class Lane:
    """One search state with its working memory.

    Attributes:
        state: Open sites, prices, open arcs per demand point.
        share: Shape (n, width), exact allocation over the open arcs (after :meth:`settle`).
        unserved: Persons without a site in the exact allocation.
    """

    def __init__(self, core: Core, near: npt.NDArray[np.int32], big: float, width: int) -> None:
        """Begin with all sites closed."""
        n, m = core.n, core.m
        self.core = core
        self.arcs = _arcs(core, near, big)
        self.state = swaps.State(
            np.zeros(m, dtype=np.bool_),
            np.zeros(m),
            np.zeros((n, width), dtype=np.int32),
            np.zeros((n, width)),
            np.zeros(n, dtype=np.int32),
            np.full(n, -1, dtype=np.int32),
            np.full(n, big),
            -core.minimum,
        )
        self.share = np.zeros((n, width))
        longest = max(1, int(np.diff(core.col_start).max(initial=0)))
        points = min(n, 20 * longest)
        self.scratch = swaps.Scratch(
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

    def set_open(self, sites: IntArray) -> None:
        """Open exactly these sites, keeping the prices of those that were open, and find the exact prices."""
        is_open = np.zeros(self.core.m, dtype=np.bool_)
        is_open[sites] = True
        self.state.price[~is_open] = 0.0
        self.state.is_open[:] = is_open
        self.rebuild()
        self.settle()

    def rebuild(self) -> None:
        """The open arcs of every demand point, and what every area has to spare, anew from the open sites."""
        area = self.core.area[self.state.is_open]
        self.state.spare[:] = np.bincount(area, minlength=len(self.core.minimum)) - self.core.minimum
        swaps.rebuild(self.arcs, self.state)

    def settle(self) -> float:
        """Exact prices and allocation for the open sites; returns the cost."""
        open_sites = np.flatnonzero(self.state.is_open)
        self.queue[: len(open_sites)] = open_sites
        self.queued[open_sites] = True
        self._relax(len(open_sites), 200 * self.core.m, np.inf)
        transport.start_all(self.state, self.share)
        self.work.listed[: len(open_sites)] = open_sites
        transport.balance(self.arcs, self.state, self.share, self.work, len(open_sites), 10**9)
        # counted from the shares: a point that is out of reach, or priced out of every site, never enters the balance
        used = np.arange(self.share.shape[1]) < self.state.n_near[:, None]
        missing = 1.0 - (self.share * used).sum(axis=1)
        self.unserved = float((self.core.size * np.where(missing > SHARE_ROUND_OFF, missing, 0.0)).sum())
        return self.value()

    def _relax(self, n_queue: int, max_updates: int, limit: float) -> float:
        return float(
            swaps.relax(
                self.arcs,
                self.state,
                self.scratch,
                self.queue,
                self.queued,
                n_queue,
                RELAX_TOLERANCE,
                max_updates,
                limit,
            )
        )

    def _rebalance(self, n_moved: int) -> float:
        n_listed = transport.spread(self.arcs, self.state, self.share, self.work, self.moved, n_moved, self.switched)
        delta, _, _ = transport.balance(self.arcs, self.state, self.share, self.work, n_listed, 10**6)
        return float(delta)

    def value(self) -> float:
        """The dual value: the exact cost after :meth:`settle`, else a lower bound on it."""
        return float(swaps.dual_value(self.arcs, self.state))

    def _swap(self, a: int, b: int, limit: float) -> float:
        """Swap a for b and re-price; undone when the dual value does not stay below limit.

        Returns its change (0 when undone). The dual value bounds the cost of the new sites from below at every
        moment, so a swap is dropped as soon as it shows to be no improvement.
        """
        self.saved[:] = self.state.price
        delta, n_queue = swaps.change(self.arcs, self.state, self.queue, self.queued, a, b)
        delta += self._relax(n_queue, UPDATES, limit - delta)
        if delta < limit:
            return float(delta)
        self.target_open[:] = self.state.is_open
        self.target_open[a], self.target_open[b] = True, False
        swaps.set_state(self.arcs, self.state, self.target_open, self.saved, self.moved, self.switched)
        return 0.0

    def switch(self, sites: IntArray, *, opening: bool) -> None:
        """Open (or close) the one of these sites where that costs least at the present prices; re-price."""
        change = [
            swaps.swap_bound(self.arcs, self.state, self.scratch, -1 if opening else int(j), int(j) if opening else -1)
            for j in sites
        ]
        best = int(sites[int(np.argmin(change))])
        is_open = self.state.is_open.copy()
        is_open[best] = opening
        self.set_open(np.flatnonzero(is_open))

    def _around(self, *sites: int) -> IntArray:
        """The open sites among the nearest of some sites, and those sites, each once."""
        near = np.concatenate([np.asarray(sites, dtype=np.int32), *(self.arcs.neighbour[j, :REACH] for j in sites)])
        near = near[near >= 0]
        return np.array(list(dict.fromkeys(near[self.state.is_open[near]].tolist())), dtype=np.int64)

    def _descend(self, sites: IntArray, threshold: float, max_looks: int, stop: Callable[[], bool]) -> float:
        """Swaps from the given sites on until none improves: change of the dual value."""
        waiting = dict.fromkeys(int(j) for j in sites)
        total = 0.0
        looks = 0
        while waiting and looks < max_looks and not stop():
            looks += 1
            a = next(iter(waiting))
            del waiting[a]
            b, _ = swaps.best_swap(
                self.arcs, self.state, self.scratch, a, CLOSER, TRIES, LOCAL_SITES, SWEEPS, 1.0, threshold
            )
            if b < 0:
                continue
            delta = self._swap(a, int(b), threshold)
            if delta < 0.0:
                total += delta
                waiting.pop(a, None)
                for j in self._around(int(b), a).tolist():
                    waiting.setdefault(j)
        return total

    def descend(self, sites: IntArray, stop: Callable[[], bool] = _never) -> float:
        """Swap descent from the given open sites; returns the cost. Prices are exact again afterwards."""
        self._descend(sites, -max(1e-9, MIN_GAIN * abs(self.value())), 10**9, stop)
        return self.settle()

    def kick(self, rng: np.random.Generator, centre: int, wish: FloatArray, threshold: float) -> float:
        """Swap sites at random, near an open site or across the map, descend, keep it when the exact cost is less.

        wish (m,) is how much each site is wanted. Returns the change of cost, 0 when all was undone.
        """
        state = self.state
        base_open, base_price = state.is_open.copy(), state.price.copy()
        swaps = self._far_swap(rng, wish) if rng.random() < FAR_KICKS else self._near_swaps(rng, centre, wish)
        if not swaps:
            return 0.0
        total = sum(delta for _, _, delta in swaps)
        change = self._descend(self._around(*[j for a, b, _ in swaps for j in (a, b)]), threshold, 400, _never)
        if total + change < threshold:
            self.switched[:] = state.is_open != base_open
            moved = np.flatnonzero(self.switched | (state.price != base_price))
            self.moved[: len(moved)] = moved
            more = self._rebalance(len(moved))
            if total + change + more < threshold:
                return total + change + more
        self.move_to(base_open, base_price)
        return 0.0

    def _may_replace(self, a: int, closed: IntArray) -> IntArray:
        """Those of some closed sites that may open when a closes, as far as quota and minima go."""
        area = self.core.area
        if self.state.spare[area[a]] > 0:
            return closed
        same: IntArray = closed[area[closed] == area[a]]
        return same

    def _near_swaps(self, rng: np.random.Generator, centre: int, wish: FloatArray) -> list[tuple[int, int, float]]:
        """One to three swaps of open sites around a centre for closed ones near them: (closed, opened, change)."""
        state = self.state
        around = self._around(centre)
        n_swaps = min(int(rng.integers(1, 4)), len(around))
        swaps: list[tuple[int, int, float]] = []
        for a in [centre, *rng.permutation(around[around != centre]).tolist()]:
            if len(swaps) == n_swaps:
                break
            closed = self.arcs.neighbour[a, :CLOSER].astype(np.int64)
            closed = closed[closed >= 0]
            closed = self._may_replace(a, closed[~state.is_open[closed]])
            if len(closed) == 0 or self.core.fixed[a] or not state.is_open[a]:
                continue
            weight = wish[closed] + 0.01
            b = int(rng.choice(closed, p=weight / weight.sum()))
            swaps.append((int(a), b, self._swap(int(a), b, np.inf)))
        return swaps

    def _far_swap(self, rng: np.random.Generator, wish: FloatArray) -> list[tuple[int, int, float]]:
        """Close the one of a few open sites that is missed least, open the one of a few others that helps most."""
        core, state = self.core, self.state
        open_sites = np.flatnonzero(state.is_open & ~core.fixed)
        if len(open_sites) == 0:
            return []
        first = int(rng.choice(open_sites))
        free = state.spare[core.area[open_sites]] > 0
        same = free if state.spare[core.area[first]] > 0 else core.area[open_sites] == core.area[first]
        some = rng.choice(open_sites[same], size=min(8, int(same.sum())), replace=False)
        loss = [swaps.swap_bound(self.arcs, state, self.scratch, int(a), -1) for a in some]
        a = int(some[int(np.argmin(loss))])
        closed = self._may_replace(a, np.flatnonzero(~state.is_open))
        if len(closed) == 0:
            return []
        weight = wish[closed] + 0.01
        some = rng.choice(closed, size=min(12, len(closed)), replace=False, p=weight / weight.sum())
        gain = [swaps.swap_bound(self.arcs, state, self.scratch, -1, int(b)) for b in some]
        b = int(some[int(np.argmin(gain))])
        return [(a, b, self._swap(a, b, np.inf))]

    def kicks(self, seed: int, centres: IntArray, wish: FloatArray, threshold: float) -> float:
        """Local restarts around the centres, each kept only when its exact cost is less; returns the change."""
        rng = np.random.default_rng(seed)
        total = 0.0
        for centre in centres.tolist():
            if self.state.is_open[centre]:
                total += self.kick(rng, centre, wish, threshold)
        return total

    def move_to(self, is_open: BoolArray, price: FloatArray) -> None:
        """Take over open sites and exact prices found elsewhere."""
        self._rebalance(swaps.set_state(self.arcs, self.state, is_open, price, self.moved, self.switched))


class Search:
    """Two lanes that improve one plan."""

    def __init__(self, core: Core, near: npt.NDArray[np.int32], big: float, pool: Executor, seed: int) -> None:
        """Two lanes with all sites closed."""
        self.core = core
        self.big = big
        self.pool = pool
        self.rng = np.random.default_rng(seed)
        per_point = float(np.diff(core.row_start).mean()) * core.p / max(1, core.m)
        width = int(min(np.diff(core.row_start).max(initial=1), max(1, core.p)))
        if core.n * width > FULL_WIDTH:
            width = min(width, int(max(6.0, 3.0 * per_point)))
        self.lanes = [Lane(core, near, big, width) for _ in range(N_LANES)]
        self.value = np.inf
        self.rounds = 0
        self.wish = np.ones(core.m)
        self.per_round = max(1, core.p // 100)

    @property
    def lane(self) -> Lane:
        """The lane whose state is the plan."""
        return self.lanes[0]

    def start(self, sites: IntArray, stop: Callable[[], bool] = _never) -> float:
        """Take these open sites as the plan and descend; returns the cost."""
        lane = self.lane
        lane.set_open(sites)
        value = lane.descend(np.flatnonzero(lane.state.is_open), stop)
        self.value = value
        self.agree()
        return value

    def agree(self) -> None:
        """Bring every lane to the state of the first."""
        source = self.lane.state
        for lane in self.lanes[1:]:
            lane.state.is_open[:] = source.is_open
            lane.state.price[:] = source.price
            lane.rebuild()
            lane.share[:] = self.lane.share

    def set_big(self, big: float) -> None:
        """Change the cost of finding no site."""
        self.big = big
        for lane in self.lanes:
            lane.arcs.big[0] = big

    def repair(self, stop: Callable[[], bool] = _never) -> float:
        """Open or close sites until every group has its number, where it costs least; descend; returns the cost."""
        lane, core = self.lane, self.core
        state = lane.state
        for at, least in enumerate(core.minimum.tolist()):
            member = core.area == at
            while int((state.is_open & member).sum()) < least:
                lane.switch(np.flatnonzero(~state.is_open & member), opening=True)
        for g, n_open in enumerate(core.quota.tolist()):
            member = core.group == g
            while int((state.is_open & member).sum()) > n_open:
                spare = state.spare[core.area] > (-1 if len(core.quota) > 1 else 0)
                lane.switch(np.flatnonzero(state.is_open & member & ~core.fixed & spare), opening=False)
            while int((state.is_open & member).sum()) < n_open:
                lane.switch(np.flatnonzero(~state.is_open & member), opening=True)
        value = lane.descend(np.flatnonzero(state.is_open), stop)
        self.value = value
        self.agree()
        return value

    def round(self) -> float:
        """One round of local restarts in every lane; returns the change of cost."""
        self.rounds += 1
        base_open = self.lane.state.is_open.copy()
        base_price = self.lane.state.price.copy()
        open_sites = np.flatnonzero(base_open)
        threshold = -max(1e-9, MIN_GAIN * abs(self.value))
        jobs = []
        for lane in self.lanes:
            centres = self.rng.choice(open_sites, size=self.per_round)
            jobs.append(self.pool.submit(lane.kicks, int(self.rng.integers(2**62)), centres, self.wish, threshold))
        gains = [job.result() for job in jobs]
        if not any(gain < 0 for gain in gains):
            return 0.0
        order = np.argsort(gains, kind="stable")
        target_open, target_price = base_open.copy(), base_price.copy()
        touched = np.zeros(self.core.m, dtype=np.bool_)
        for k in order:
            if gains[k] >= 0:
                continue
            state = self.lanes[k].state
            moved = (state.is_open != base_open) | (np.abs(state.price - base_price) > 1e-9)
            if (moved & touched).any():
                continue
            trial = np.where(moved, state.is_open, target_open)
            n_open = np.bincount(self.core.area[trial], minlength=len(self.core.minimum))
            if (n_open < self.core.minimum).any():
                continue
            touched |= moved
            target_open = trial
            target_price[moved] = state.price[moved]
        jobs2 = [self.pool.submit(lane.move_to, target_open, target_price) for lane in self.lanes]
        for job in jobs2:
            job.result()
        before = self.value
        self.value = self.lane.value()
        return self.value - before

    def improve(self, n_rounds: int, stop: Callable[[], bool]) -> float:
        """At most n_rounds rounds; returns the change of cost."""
        before = self.value
        for _ in range(n_rounds):
            if stop():
                break
            self.round()
        return self.value - before
