"""Good plans by swap descent and perturbations. In: a CompactInstance and sites to start from. Out: open sites, cost.

Two search states work side by side on different parts of the map and are made the same after every round; there are
always two, whatever the number of threads, so that plans do not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.large.compact_instance import CompactInstance
from nsp_planner.plan.large.perturbation import perturb_around
from nsp_planner.plan.large.search_state import MIN_GAIN, SearchState, never

N_STATES = 2
FULL_WIDTH = 4_000_000
"""Up to this many open arcs a state keeps all; beyond, only the cheapest per demand point (three times the average)."""


class LocalSearch:
    """Two search states that improve one plan.

    Attributes:
        value: Cost of the plan, with the cost of whoever has no site.
        unserved_cost: Cost per person of finding no site.
        opening_bias: Shape (m,), how much perturbations favour each site to open.
    """

    def __init__(
        self,
        compact: CompactInstance,
        near: npt.NDArray[np.int32],
        unserved_cost: float,
        pool: Executor,
        seed: int,
    ) -> None:
        """Two states with all sites closed."""
        self.compact = compact
        self.unserved_cost = unserved_cost
        self.pool = pool
        self.rng = np.random.default_rng(seed)
        per_point = float(np.diff(compact.row_start).mean()) * compact.p / max(1, compact.m)
        width = int(min(np.diff(compact.row_start).max(initial=1), max(1, compact.p)))
        if compact.n * width > FULL_WIDTH:
            width = min(width, int(max(6.0, 3.0 * per_point)))
        self.states = [SearchState(compact, near, unserved_cost, width) for _ in range(N_STATES)]
        self.value = np.inf
        self.opening_bias = np.ones(compact.m)
        self.per_round = max(1, compact.p // 100)

    @property
    def state(self) -> SearchState:
        """The state that is the plan."""
        return self.states[0]

    def start(self, sites: IntArray, stop: Callable[[], bool] = never) -> float:
        """Take these open sites as the plan and descend; returns the cost."""
        self.state.set_open(sites)
        return self._descend(stop)

    def _descend(self, stop: Callable[[], bool]) -> float:
        self.value = self.state.descend(np.flatnonzero(self.state.open.is_open), stop)
        self.synchronise()
        return self.value

    def synchronise(self) -> None:
        """Bring every state to that of the plan."""
        source = self.state.open
        for state in self.states[1:]:
            state.open.is_open[:] = source.is_open
            state.open.price[:] = source.price
            state.rebuild()
            state.share[:] = self.state.share

    def set_unserved_cost(self, unserved_cost: float) -> None:
        """Change the cost of finding no site."""
        self.unserved_cost = unserved_cost
        for state in self.states:
            state.arcs.unserved_cost[0] = unserved_cost

    def repair(self, stop: Callable[[], bool] = never) -> float:
        """Open or close sites until every group has its number, where it costs least; descend; returns the cost."""
        self.fit_numbers()
        return self._descend(stop)

    def fit_numbers(self) -> None:
        """Open or close sites until every group has its number, where it costs least."""
        state, compact = self.state, self.compact
        is_open = state.open.is_open
        for at, least in enumerate(compact.minimum.tolist()):
            member = compact.area == at
            while int((is_open & member).sum()) < least:
                state.switch(np.flatnonzero(~is_open & member), opening=True)
        for g, n_open in enumerate(compact.quota.tolist()):
            member = compact.group == g
            while int((is_open & member).sum()) > n_open:
                spare = state.open.spare[compact.area] > (-1 if len(compact.quota) > 1 else 0)
                state.switch(np.flatnonzero(is_open & member & ~compact.fixed & spare), opening=False)
            while int((is_open & member).sum()) < n_open:
                state.switch(np.flatnonzero(~is_open & member), opening=True)

    def round(self) -> float:
        """One round of perturbations in every state; returns the change of cost."""
        base_open = self.state.open.is_open.copy()
        base_price = self.state.open.price.copy()
        open_sites = np.flatnonzero(base_open)
        threshold = -max(1e-9, MIN_GAIN * abs(self.value))
        jobs = []
        for state in self.states:
            centres = self.rng.choice(open_sites, size=self.per_round)
            seed = int(self.rng.integers(2**62))
            jobs.append(self.pool.submit(perturb_around, state, seed, centres, self.opening_bias, threshold))
        gains = [job.result() for job in jobs]
        if not any(gain < 0 for gain in gains):
            return 0.0
        order = np.argsort(gains, kind="stable")
        target_open, target_price = base_open.copy(), base_price.copy()
        touched = np.zeros(self.compact.m, dtype=np.bool_)
        for k in order:
            if gains[k] >= 0:
                continue
            found = self.states[k].open
            moved = (found.is_open != base_open) | (np.abs(found.price - base_price) > 1e-9)
            if (moved & touched).any():
                continue
            trial = np.where(moved, found.is_open, target_open)
            n_open = np.bincount(self.compact.area[trial], minlength=len(self.compact.minimum))
            if (n_open < self.compact.minimum).any():
                continue
            touched |= moved
            target_open = trial
            target_price[moved] = found.price[moved]
        moves = [self.pool.submit(state.move_to, target_open, target_price) for state in self.states]
        for move in moves:
            move.result()
        before = self.value
        self.value = self.state.value()
        return self.value - before

    def improve(self, n_rounds: int, stop: Callable[[], bool]) -> float:
        """At most n_rounds rounds; returns the change of cost."""
        before = self.value
        for _ in range(n_rounds):
            if stop():
                break
            self.round()
        return self.value - before
