"""Perturbations of a search state. In: a state with an exact allocation. Out: a cheaper one, or the same.

A few sites change at random, near each other or across the map, a descent follows, and the exact cost decides.
"""

from __future__ import annotations

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.large.search_state import CLOSER, SearchState

FAR_PERTURBATIONS = 0.3
"""Part of the perturbations that move one site across the map."""
MAX_LOOKS = 400
"""Most swaps looked at in the descent after a perturbation."""
LEAST_BIAS = 0.01
"""Added to every opening bias, so that every site may open."""
SHUT = -LEAST_BIAS
"""Opening bias of a site that must not open."""
FEW_OPEN, FEW_CLOSED = 8, 12
"""Open sites, and closed ones, out of which a swap across the map takes the best."""

Swap = tuple[int, int, float]
"""A site that closed, the one that opened, and the change of the dual value."""


def perturb_around(
    state: SearchState, seed: int, centres: IntArray, opening_bias: FloatArray, threshold: float
) -> float:
    """Perturbations around open sites, each kept only when its exact cost is less; returns the change of cost.

    Args:
        state: Changed in place.
        seed: Seed of every random choice.
        centres: Open sites; those that have closed meanwhile are passed over.
        opening_bias: Shape (m,), how much each site is favoured to open.
        threshold: Change of cost, below 0, from which a perturbation is kept.
    """
    rng = np.random.default_rng(seed)
    total = 0.0
    for centre in centres.tolist():
        if state.open.is_open[centre]:
            total += perturb(state, rng, centre, opening_bias, threshold)
    return total


def perturb(
    state: SearchState, rng: np.random.Generator, centre: int, opening_bias: FloatArray, threshold: float
) -> float:
    """One perturbation, undone when its exact cost is not less by ``threshold``; returns the change of cost."""
    base_open, base_price = state.open.is_open.copy(), state.open.price.copy()
    far = rng.random() < FAR_PERTURBATIONS
    swaps = _far_swap(state, rng, opening_bias) if far else _near_swaps(state, rng, centre, opening_bias)
    if not swaps:
        return 0.0
    total = sum(delta for _, _, delta in swaps)
    change = state.improve_from(state.around(*[j for a, b, _ in swaps for j in (a, b)]), threshold, MAX_LOOKS)
    if total + change < threshold:
        state.switched[:] = state.open.is_open != base_open
        moved = np.flatnonzero(state.switched | (state.open.price != base_price))
        state.moved[: len(moved)] = moved
        more = state.rebalance(len(moved))
        if total + change + more < threshold:
            return total + change + more
    state.move_to(base_open, base_price)
    return 0.0


def _may_replace(state: SearchState, a: int, closed: IntArray, opening_bias: FloatArray) -> IntArray:
    """Those of some closed sites that may open when a closes, as far as quota, minima and what is shut go."""
    closed = closed[opening_bias[closed] > SHUT]
    area = state.compact.area
    if state.open.spare[area[a]] > 0:
        return closed
    same: IntArray = closed[area[closed] == area[a]]
    return same


def _near_swaps(state: SearchState, rng: np.random.Generator, centre: int, opening_bias: FloatArray) -> list[Swap]:
    """One to three swaps of open sites around a centre for closed ones near them."""
    around = state.around(centre)
    n_swaps = min(int(rng.integers(1, 4)), len(around))
    swaps: list[Swap] = []
    for a in [centre, *rng.permutation(around[around != centre]).tolist()]:
        if len(swaps) == n_swaps:
            break
        closed = state.arcs.neighbour[a, :CLOSER].astype(np.int64)
        closed = closed[closed >= 0]
        closed = _may_replace(state, a, closed[~state.open.is_open[closed]], opening_bias)
        if len(closed) == 0 or state.compact.fixed[a] or not state.open.is_open[a]:
            continue
        weight = opening_bias[closed] + LEAST_BIAS
        b = int(rng.choice(closed, p=weight / weight.sum()))
        swaps.append((int(a), b, state.swap(int(a), b, np.inf)))
    return swaps


def _far_swap(state: SearchState, rng: np.random.Generator, opening_bias: FloatArray) -> list[Swap]:
    """Close the one of a few open sites that is missed least, open the one of a few others that helps most."""
    area, spare = state.compact.area, state.open.spare
    open_sites = np.flatnonzero(state.open.is_open & ~state.compact.fixed)
    if len(open_sites) == 0:
        return []
    first = int(rng.choice(open_sites))
    free = spare[area[open_sites]] > 0
    same = free if spare[area[first]] > 0 else area[open_sites] == area[first]
    some = rng.choice(open_sites[same], size=min(FEW_OPEN, int(same.sum())), replace=False)
    loss = [state.swap_bound(int(a), -1) for a in some]
    a = int(some[int(np.argmin(loss))])
    closed = _may_replace(state, a, np.flatnonzero(~state.open.is_open), opening_bias)
    if len(closed) == 0:
        return []
    weight = opening_bias[closed] + LEAST_BIAS
    some = rng.choice(closed, size=min(FEW_CLOSED, len(closed)), replace=False, p=weight / weight.sum())
    gain = [state.swap_bound(-1, int(b)) for b in some]
    b = int(some[int(np.argmin(gain))])
    return [(a, b, state.swap(a, b, np.inf))]
