"""The local search whose every better plan is kept. In: open sites to start from. Out: the best plan, in a BestPlan."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.large.best_plan import UNSERVED, BestPlan
from nsp_planner.plan.large.compact_instance import RAISE, CompactInstance
from nsp_planner.plan.large.local_search import LocalSearch

MAX_RAISES = 3


class KeptSearch(LocalSearch):
    """A local search for one run: whoever has no site costs more until everybody has one."""

    def __init__(self, compact: CompactInstance, near: npt.NDArray[np.int32], best: BestPlan, pool: Executor) -> None:
        """All sites closed; better plans go to ``best``."""
        super().__init__(compact, near, compact.unserved_cost(), pool, best.options.seed)
        self.best = best

    def start_from(self, open_sites: IntArray) -> None:
        """Take over a plan made for a similar instance: sites that may not stay close, the best others open."""
        compact = self.compact
        position = np.full(self.best.instance.n_candidates, -1, dtype=np.int64)
        position[compact.site] = np.arange(compact.m)
        kept = position[open_sites[open_sites < self.best.instance.n_candidates]]
        wanted = np.zeros(compact.m, dtype=np.bool_)
        wanted[kept[kept >= 0]] = True
        wanted |= compact.fixed
        # the given plan serves everyone: a far hamlet may not be given up for what the change asks
        for _ in range(MAX_RAISES + 1):
            self.state.set_open(np.flatnonzero(wanted))
            self.repair(self.best.out_of_time)
            if self.state.unserved <= UNSERVED or self.best.out_of_time():
                break
            self.set_unserved_cost(self.unserved_cost * RAISE)
        self.keep()

    def start_at(self, sites: IntArray) -> None:
        """Descend from these sites; keep the result when it is the best plan."""
        before = self.value
        kept = np.flatnonzero(self.state.open.is_open)
        price = self.state.open.price.copy()
        value = self.start(sites, self.best.out_of_time)
        for _ in range(MAX_RAISES):
            if self.state.unserved <= UNSERVED or self.best.out_of_time():
                break
            self.set_unserved_cost(self.unserved_cost * RAISE)
            self.start(np.flatnonzero(self.state.open.is_open))
            self.improve(20, self.best.out_of_time)
            value = self.value
        if value >= before:
            self.state.open.price[:] = price
            self.state.set_open(kept)
            self.value = before
            self.synchronise()
        self.keep()

    def keep(self) -> None:
        """Keep the search's plan when it satisfies everything and is the best."""
        self.best.keep_state(self.compact, self.state, self.value)

    def try_open(self, is_open: BoolArray, *, descend: bool) -> tuple[float, bool]:
        """Take over open sites when that is cheaper: (their exact cost, whether it was)."""
        state = self.state
        base_open, base_price = state.open.is_open.copy(), state.open.price.copy()
        if not (is_open != base_open).any():
            return self.value, False
        state.move_to(is_open, base_price)
        exact = state.allocate()
        if descend:
            state.descend(np.flatnonzero(is_open & ~base_open))
        if state.value() < self.value * (1 - 1e-9):
            self.value = state.value()
            return exact, True
        state.move_to(base_open, base_price)
        return exact, False
