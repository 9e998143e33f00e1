"""A plan with one decision more, at full size. In: an instance, its plan. Out: the plan without a site, or with one.

The search state of the plan is kept: a decision closes one site and opens another in all promising ways, each followed
by a descent around the two and valued exactly; then sites around them are perturbed. Every choice counts steps and has
a seed, so that the same decision gets the same plan whoever asks, whatever was asked before.

The lower bound is the Lagrangian one of the plan's own multipliers with the site shut out, or in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray, LocalInstance
from nsp_planner.plan.large import knapsack
from nsp_planner.plan.large.best_plan import ROUND_OFF, allocation_of
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.perturbation import MAX_LOOKS, SHUT, perturb, perturb_around
from nsp_planner.plan.large.search_state import MIN_GAIN, SearchState, site_neighbours
from nsp_planner.plan.solution import LocalPlan

TRIES = 24
"""First exchanges that are followed by a descent, the most promising first, while they promise more than is had."""
PERTURBATIONS = 12
"""Perturbations around the sites that changed."""
SAME_SHARE = 1e-6
"""Part of a demand point that may go elsewhere without anybody having moved: round-off of the allocation."""
POLISH_ROUNDS = 5
"""Most perturbations around every open site before decisions are looked at; fewer once a round brings nothing."""


@dataclass(frozen=True, eq=False)
class Exchanged:
    """What a decision makes of a plan.

    Attributes:
        open_sites, demand, site, share: The plan, by positions of the instance.
        cost: What it costs.
        bound: What any plan with the decision costs at least.
    """

    open_sites: IntArray
    demand: IntArray
    site: IntArray
    share: FloatArray
    cost: float
    bound: float


@dataclass(frozen=True, eq=False)
class _Found:
    cost: float
    is_open: BoolArray
    price: FloatArray


class ExchangeSearch:
    """Plans with one decision more, begun from one plan; every site that is asked for must not be refused."""

    def __init__(self, instance: LocalInstance, plan: LocalPlan, seed: int) -> None:
        """Lay out the plan once; groups that stay whole must be merged, and the objective be a least cost."""
        self.instance, self.seed = instance, seed
        self.arc_cost = instance.arc_cost
        self.compact = compact = build_compact(instance, self.arc_cost)
        self.position = np.full(instance.n_candidates, -1, dtype=np.int64)
        self.position[compact.site] = np.arange(compact.m)
        self.near, _ = site_neighbours(compact)
        per_point = int(min(np.diff(compact.row_start).max(initial=1), max(1, compact.p + 1)))
        self.state = SearchState(compact, self.near, compact.unserved_cost(), per_point)
        self._begin_at(self.position[plan.open_sites])
        self.known_bound = plan.bound
        self.site_value, self.constant = self._relaxed(plan)

    def _begin_at(self, sites: IntArray) -> None:
        """Take these open sites as the plan, whatever was there before."""
        self.state.open.price[:] = 0.0
        self.state.set_open(sites)
        self.base = _Found(self.state.value(), self.state.open.is_open.copy(), self.state.open.price.copy())
        self._kept = [array.copy() for array in self._arrays()]
        self._base_shares = self._shares()
        self.threshold = -max(1e-9, MIN_GAIN * abs(self.base.cost))

    def polish(self) -> Exchanged | None:
        """The plan itself after a descent and perturbations around every open site; decisions begin from it after this.

        A plan that stopped within its gap can be made better by what a decision's search does. Without this the better
        plan would be found with one decision and not with another, and decisions would seem to cost nothing.
        """
        state, rng = self.state, np.random.default_rng(self.seed)
        state.descend(np.flatnonzero(self.base.is_open))
        bias = np.ones(self.compact.m)
        for _ in range(POLISH_ROUNDS):
            if (
                perturb_around(
                    state, int(rng.integers(2**62)), np.flatnonzero(state.open.is_open), bias, self.threshold
                )
                == 0.0
            ):
                break
        self._begin_at(np.flatnonzero(state.open.is_open))
        polished = self._read(self.known_bound)
        self._reset()
        return polished

    # -- decisions -------------------------------------------------------------------------------------------------

    def without(self, site: int) -> Exchanged | None:
        """An open site closed for good; None where no plan was found that serves everybody."""
        a = int(self.position[site])
        if not self.base.is_open[a]:
            return self._as_it_is(self._bound(a, shut=True, known=self.known_bound))
        was_fixed = bool(self.compact.fixed[a])
        self.compact.fixed[a] = False
        rows = np.nonzero(self.near == a)
        self.near[rows] = rows[0]  # a site is no neighbour of itself that could open
        try:
            closed = np.flatnonzero(~self.base.is_open)
            if self._tied(a):
                closed = closed[self.compact.area[closed] == self.compact.area[a]]
            bias = np.ones(self.compact.m)
            bias[a] = SHUT
            # what is known of every plan with a fixed site is not known of plans without it; distances are not negative
            bound = self._bound(a, shut=True, known=0.0 if was_fixed else self.known_bound)
            return self._best([(a, int(b)) for b in closed], a, bias, bound)
        finally:
            self.near[rows] = a
            self.compact.fixed[a] = was_fixed

    def with_site(self, site: int) -> Exchanged | None:
        """A closed site opened for good, in the place of one that is not fixed; None likewise."""
        b = int(self.position[site])
        if self.base.is_open[b]:
            return self._as_it_is(self._bound(b, shut=False, known=self.known_bound))
        gone = self._may_go_for(b)
        self.compact.fixed[b] = True
        try:
            return self._best(
                [(a, b) for a in gone], b, np.ones(self.compact.m), self._bound(b, shut=False, known=self.known_bound)
            )
        finally:
            self.compact.fixed[b] = False

    def free(self, site: int) -> Exchanged | None:
        """A fixed site that may close too; None likewise."""
        a = int(self.position[site])
        self.compact.fixed[a] = False
        try:
            return self._best([(-1, -1)], a, np.ones(self.compact.m), -np.inf)
        finally:
            self.compact.fixed[a] = True

    def _as_it_is(self, bound: float) -> Exchanged | None:
        """The plan: polishing decided the same."""
        found = self._read(bound)
        self._reset()
        return found

    def least_worth(self, site: int) -> float:
        """What the exchanges that let a closed site open change at least, the other prices kept; infinite for none."""
        b = int(self.position[site])
        return min((self.state.swap_bound(a, b) for a in self._may_go_for(b)), default=np.inf)

    def _may_go_for(self, b: int) -> list[int]:
        """Open sites in whose place a closed one may open."""
        area, may_go = self.compact.area, np.flatnonzero(self.base.is_open & ~self.compact.fixed)
        return [int(a) for a in may_go if area[a] == area[b] or not self._tied(int(a))]

    def _tied(self, a: int) -> bool:
        """Whether a site that closes has to be replaced in its own gemeente."""
        return len(self.compact.quota) > 1 or bool(self.state.open.spare[self.compact.area[a]] <= 0)

    # -- search ----------------------------------------------------------------------------------------------------

    def _best(self, exchanges: list[tuple[int, int]], centre: int, bias: FloatArray, bound: float) -> Exchanged | None:
        """The best plan found after one of these exchanges (close, open), perturbed around a site."""
        state = self.state
        worth = [state.swap_bound(a, b) if a >= 0 else 0.0 for a, b in exchanges]
        best: _Found | None = None
        for n in np.argsort(worth, kind="stable")[:TRIES]:
            a, b = exchanges[int(n)]
            if best is not None and self.base.cost + worth[int(n)] >= best.cost:
                break
            found = self._settled(a, b, centre)
            if best is None or found.cost < best.cost:
                best = found
            self._reset()
        if best is None:
            return None
        rng = np.random.default_rng((self.seed, centre))
        state.move_to(best.is_open, best.price)
        around = state.around(centre)[: 2 * PERTURBATIONS]
        for _ in range(PERTURBATIONS if len(around) else 0):
            at = int(rng.choice(around))
            if state.open.is_open[at]:
                perturb(state, rng, at, bias, self.threshold)
        self._undo_elsewhere(centre)
        exchanged = self._read(bound)
        self._reset()
        return exchanged

    def _undo_elsewhere(self, centre: int) -> None:
        """Take back exchanges among people whom the decision does not move.

        The plan would gain as much by them without the decision. Left in, they would make it seem to cost nothing, and
        a building in another gemeente would be told as its replacement.
        """
        state, base = self.state, self.base
        made = _Found(state.value(), state.open.is_open.copy(), state.open.price.copy())
        elsewhere = (made.is_open != base.is_open) & ~self._moved_with(centre)
        came, went = (self.compact.area[elsewhere & is_open] for is_open in (made.is_open, base.is_open))
        if not elsewhere.any() or sorted(came) != sorted(went):
            return
        gain = self._cost_of(np.where(elsewhere, made.is_open, base.is_open)) - base.cost
        if self._cost_of(np.where(elsewhere, base.is_open, made.is_open)) + gain > made.cost + abs(self.threshold):
            state.move_to(made.is_open, made.price)

    def _moved_with(self, centre: int) -> BoolArray:
        """Shape (m,), true for the sites that are joined to one by people who go elsewhere than in the plan."""
        n, m = self.compact.n, self.compact.m
        moved = sparse.coo_array(abs(self._shares() - self._base_shares) > SAME_SHARE)
        ends = (np.ones(len(moved.row)), (moved.row, n + moved.col))
        _, part = csgraph.connected_components(sparse.coo_array(ends, shape=(n + m, n + m)), directed=False)
        joined: BoolArray = part[n:] == part[n + centre]
        return joined

    def _shares(self) -> sparse.csr_array:
        """Shape (n, m), the share of every demand point at every site."""
        used = self.state.used
        rows, _ = np.nonzero(used)
        return sparse.csr_array(
            (self.state.share[used], (rows, self.state.open.near_site[used])), shape=(self.compact.n, self.compact.m)
        )

    def _cost_of(self, is_open: BoolArray) -> float:
        """What exactly these sites cost; infinite where they have no room for everybody."""
        self.state.set_open(np.flatnonzero(is_open))
        return self.state.value() if self.state.unserved <= 0 else np.inf

    def _arrays(self) -> tuple[np.ndarray, ...]:
        return (*self.state.open, self.state.share)

    def _reset(self) -> None:
        """Back to the plan, to the bit: what was asked before leaves no trace."""
        for now, kept in zip(self._arrays(), self._kept, strict=True):
            now[:] = kept

    def _settled(self, a: int, b: int, centre: int) -> _Found:
        """One exchange with the descent that follows, its exact cost."""
        state = self.state
        if a >= 0:
            state.swap(a, b, np.inf)
        state.improve_from(state.around(*(j for j in (a, b, centre) if j >= 0)), self.threshold, MAX_LOOKS)
        state.switched[:] = state.open.is_open != self.base.is_open
        moved = np.flatnonzero(state.switched | (state.open.price != self.base.price))
        state.moved[: len(moved)] = moved
        state.rebalance(len(moved))
        return _Found(state.value(), state.open.is_open.copy(), state.open.price.copy())

    def _read(self, bound: float) -> Exchanged | None:
        allocation = allocation_of(self.instance, self.compact, self.state)
        if allocation is None:
            return None
        demand, site, share = allocation
        cost = float((self.arc_cost[self.instance.costs.arcs(demand, site)] * share).sum())
        opened = np.sort(self.compact.site[np.flatnonzero(self.state.open.is_open)])
        return Exchanged(opened, demand, site, share, cost, bound)

    # -- bounds ----------------------------------------------------------------------------------------------------

    def _relaxed(self, plan: LocalPlan) -> tuple[FloatArray | None, float]:
        """What each site is worth at the plan's multipliers, and what the multipliers themselves give."""
        compact = self.compact
        if plan.evidence is None or plan.evidence.multipliers.shape != (self.instance.n_demand,):
            return None, -np.inf
        multipliers = plan.evidence.multipliers[compact.demand]
        longest = max(1, int(np.diff(compact.col_start).max(initial=0)))
        work = (np.empty(longest), np.empty(longest), np.empty(longest, dtype=np.int32))
        value = np.zeros(compact.m)
        arcs = (*compact.columns(), compact.size, compact.capacity)
        knapsack.site_values(0, compact.m, *arcs, multipliers, value, *work)
        return value, float((compact.size * multipliers).sum())

    def _bound(self, j: int, *, shut: bool, known: float) -> float:
        """The Lagrangian bound with a site shut out, or in; at least what is known of every such plan."""
        if self.site_value is None:
            return known
        value = self.site_value.copy()
        value[j] = np.inf if shut else -1e3 * abs(self.constant) - 1.0  # ranked first, and counted as it is
        chosen, _ = self.compact.choose(value)
        value[j] = np.inf if shut else self.site_value[j]
        bound = self.constant + float(value[chosen].sum())
        return max(known, bound - ROUND_OFF * abs(bound)) if np.isfinite(bound) else known
