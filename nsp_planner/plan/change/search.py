"""The fewest changes at full size, by search from both ends. In: a :class:`ChangeProblem`. Out: the best plan found.

From the plan before, whose numbers are made right: the swaps that save most, until the plan is good enough. From the
plan that was found without it: sites of the plan before come back as long as it stays good enough. Between these steps
come swaps that cost no other site. Every step is weighed with the exact allocation of all people.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.change.problem import ChangeProblem
from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.large.best_plan import allocation_of
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.local_search import LocalSearch
from nsp_planner.plan.large.search_state import MIN_GAIN, SearchState, site_neighbours
from nsp_planner.plan.solution import LocalPlan

RAISES = 1
"""How often the cost of finding no site is raised beforehand: nothing raises it on the way."""
BEYOND_FACTOR = 32.0
"""Metres that weight beyond its norm counts extra, in times the longest distance, where its sum is limited."""
NEAR_SITES, TRIES, SECOND_CHANCES = 60, 12, 3
"""Sites around an open one that may take its place; swaps of which the exact cost is found; those that may go past the
limit and be mended."""

Swap = tuple[int, int]
"""Position of an open site that closes and of a closed one that opens."""


class ChangeSearch:
    """Open sites that change step by step, each valued exactly.

    Attributes:
        problem: What is good enough, and what is a change.
        deadline: When to stop, on the clock of ``time.perf_counter``.
    """

    def __init__(self, problem: ChangeProblem, begin: LocalPlan, deadline: float, seed: int) -> None:
        """All sites closed; ``begin`` is a plan whose proof goes with what is found."""
        instance = problem.instance
        self.problem, self.begin, self.deadline = problem, begin, deadline
        cost = instance.arc_cost
        if np.isfinite(instance.max_beyond):
            cost = cost + BEYOND_FACTOR * float(instance.costs.distance_m.max(initial=1.0)) * instance.arc_beyond
        self.compact = build_compact(instance, cost)
        self.near, _ = site_neighbours(self.compact)
        with ThreadPoolExecutor(max_workers=1) as pool:
            self.local = LocalSearch(self.compact, self.near, self.compact.unserved_cost(RAISES), pool, seed)
        self.is_other = problem.is_other[self.compact.site]
        self.was_open = problem.was_open[self.compact.site]

    @property
    def state(self) -> SearchState:
        """Open sites and who goes where."""
        return self.local.state

    @property
    def is_open(self) -> BoolArray:
        """Shape (m,) of the usable sites."""
        return self.state.open.is_open

    @property
    def n_other(self) -> int:
        """Open sites that were not open before."""
        return int((self.is_open & self.is_other).sum())

    def out_of_time(self) -> bool:
        """Whether the search must end."""
        return time.perf_counter() > self.deadline

    def begin_before(self) -> None:
        """Open what was open before and still may, with the numbers made right where that costs least."""
        self.state.set_open(np.flatnonzero(self.was_open | self.compact.fixed))
        self.local.fit_numbers()
        self.state.allocate()
        self.settle()

    def begin_at(self, open_sites: IntArray) -> None:
        """Open exactly these sites, by positions of the instance."""
        self.state.set_open(np.flatnonzero(np.isin(self.compact.site, open_sites)))

    def grow(self, most_other: int) -> LocalPlan | None:
        """The swaps that save most until the plan is good enough; None where it is not with so many other sites."""
        while True:
            plan = self.good_plan()
            if plan is not None:
                return plan
            if self.n_other >= most_other or not self._step(self._new_swaps(), must_save=True):
                return None
            self.settle()

    def shrink(self) -> LocalPlan | None:
        """Put sites of the plan before back as long as the plan stays good enough; the best plan on the way."""
        best = self.good_plan()
        while not self.out_of_time() and self._put_back():
            self.settle()
            found = self.good_plan()
            if found is None:
                break
            best = found
        return best

    def settle(self) -> None:
        """Swaps that cost no other site, until none saves."""
        while not self.out_of_time() and self._step(self._free_swaps(), must_save=True):
            pass

    def good_plan(self) -> LocalPlan | None:
        """The plan of the open sites where it is good enough."""
        found = self.plan()
        return found if found is not None and self.problem.allows(found) else None

    def plan(self) -> LocalPlan | None:
        """The plan of the open sites; None where it leaves somebody without a site."""
        allocation = allocation_of(self.problem.instance, self.compact, self.state)
        if allocation is None:
            return None
        demand, site, share = allocation
        return replace(self.begin, open_sites=self.open_sites(), demand=demand, site=site, share=share)

    def open_sites(self) -> IntArray:
        """The open sites by positions of the instance, sorted."""
        return np.sort(self.compact.site[np.flatnonzero(self.is_open)])

    def exchanges(self, opens: int, tries: int) -> Iterator[tuple[int, LocalPlan]]:
        """The plans in which one open site closes for ``opens``, as many as are worth a try; nothing is changed.

        With each the position in the instance of the site that closes.
        """
        base_open, base_price = self.is_open.copy(), self.state.open.price.copy()
        closing = np.flatnonzero(self.is_open & ~self.compact.fixed).tolist()
        swaps = ((a, opens) for a in closing if self._may(a, opens))
        for swap in self._best_looking(swaps, np.inf)[:tries]:
            self._swapped(swap)
            plan = self.plan()
            self.state.move_to(base_open, base_price)
            if plan is not None:
                yield int(self.compact.site[swap[0]]), plan

    # -- steps ---------------------------------------------------------------------------------------------------

    def _step(self, swaps: Iterator[Swap], *, must_save: bool) -> bool:
        """Make the swap that costs least of those that look best; False, and nothing changed, where none saves."""
        base_open, base_price, base = self.is_open.copy(), self.state.open.price.copy(), self.state.value()
        least, best = -MIN_GAIN * abs(base) if must_save else np.inf, None
        for swap in self._best_looking(swaps, least):
            if self.out_of_time():
                break
            delta = self._swapped(swap) - base
            if delta < least:
                least, best = delta, swap
            self.state.move_to(base_open, base_price)
        if best is None:
            return False
        self._swapped(best)
        return True

    def _put_back(self) -> bool:
        """Put one site of the plan before back for an other one, so that the plan stays good enough."""
        base_open, base_price = self.is_open.copy(), self.state.open.price.copy()
        found: tuple[float, BoolArray, FloatArray] | None = None
        for number, swap in enumerate(self._best_looking(self._swaps_back(), np.inf)):
            if self.out_of_time():
                break
            value = self._swapped(swap)
            good = self.good_plan() is not None
            if not good and found is None and number < SECOND_CHANCES:
                self.settle()
                value, good = self.state.value(), self.good_plan() is not None
            if good and (found is None or value < found[0]):
                found = value, self.is_open.copy(), self.state.open.price.copy()
            self.state.move_to(base_open, base_price)
        if found is None:
            return False
        self.state.move_to(found[1], found[2])
        self.state.allocate()
        return True

    def _swapped(self, swap: Swap) -> float:
        """Make a swap; returns the exact cost."""
        self.state.swap(*swap, np.inf)
        return self.state.allocate()

    def _best_looking(self, swaps: Iterator[Swap], limit: float) -> list[Swap]:
        """The swaps of least bound below ``limit``, the least first."""
        bounds = [(self.state.swap_bound(*swap), *swap) for swap in swaps]
        return [(a, b) for bound, a, b in sorted(bounds)[:TRIES] if bound < limit]

    def _swaps_back(self) -> Iterator[Swap]:
        """An other site closes, one of the plan before opens."""
        back = np.flatnonzero(~self.is_open & self.was_open)
        for a in np.flatnonzero(self.is_open & self.is_other & ~self.compact.fixed).tolist():
            yield from ((a, b) for b in back.tolist() if self._may(a, b))

    def _free_swaps(self) -> Iterator[Swap]:
        """Swaps that cost no other site."""
        yield from self._swaps_back()
        movable = self.is_open & ~self.compact.fixed
        for a in np.flatnonzero(movable & self.is_other).tolist():
            yield from ((a, b) for b in self._closed_near(a) if not self.was_open[b] and self._may(a, b))
        not_other = np.flatnonzero(~self.is_open & ~self.is_other)
        for a in np.flatnonzero(movable & ~self.is_other).tolist():
            yield from ((a, b) for b in not_other.tolist() if self._may(a, b))

    def _new_swaps(self) -> Iterator[Swap]:
        """A site of the plan before closes, an other one opens."""
        for a in np.flatnonzero(self.is_open & ~self.is_other & ~self.compact.fixed).tolist():
            yield from ((a, b) for b in self._closed_near(a) if self.is_other[b] and self._may(a, b))

    def _closed_near(self, site: int) -> list[int]:
        near = self.near[site, :NEAR_SITES]
        near = near[near >= 0]
        return [int(j) for j in near[~self.is_open[near]]]

    def _may(self, a: int, b: int) -> bool:
        """Whether numbers and minima stay right when a closes and b opens."""
        compact = self.compact
        if compact.group[a] != compact.group[b]:
            return False
        return bool(compact.area[a] == compact.area[b] or self.state.open.spare[compact.area[a]] > 0)
