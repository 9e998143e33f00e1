"""What a better plan of level 2 can use. In: an instance. Out: it with fewer arcs and stations, and a plan at hand.

The linear relaxation gives multipliers, and stations to begin with. What every plan costs more than the one at hand by
those multipliers is left out: some thousand arcs of 30,000 remain, and no plan that is better is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.station_relaxation import StationRelaxation

ROOM = 1e-6
"""Plans that cost so much more than the one at hand, as a part, are kept: round-off of sums."""
FRACTIONAL = 1e-6
MOST_SWAPS = 200


@dataclass(frozen=True, eq=False)
class Narrowed:
    """The instance with what a plan that is good enough can use, and a plan at hand; None where none was found."""

    instance: CoordinationInstance
    at_hand: Coordinators | None


@dataclass(frozen=True, eq=False)
class Coordinators:
    """Open stations (sorted), the coordinator of every L-NSP, and the value."""

    open_stations: IntArray
    coordinator: IntArray
    value: float


def narrowed(instance: CoordinationInstance, good_enough: float = -np.inf) -> Narrowed:
    """The instance narrowed down by the bound of every arc and station.

    What is left has every plan not worse than the one at hand, and every plan of the value ``good_enough`` or better.
    """
    sites = np.flatnonzero(~instance.refused)
    usable = ~instance.refused[instance.costs.destination]
    reached = np.bincount(instance.costs.arc_origin[usable], minlength=len(instance.lnsp_ids)) > 0
    if not reached.all() or len(sites) < instance.n_coordinators:
        return Narrowed(instance, None)
    relaxation = StationRelaxation(instance, instance.costs.distance_m + instance.arc_price_m, sites)
    must, may = instance.fixed[sites], np.ones(len(sites), dtype=np.bool_)
    share, multipliers = relaxation.relaxed(must, may)
    at_hand = None if share is None else _rounded(instance, sites, share)
    if at_hand is None:
        return Narrowed(instance, None)
    target = max(at_hand.value, good_enough)
    target += ROOM * max(1.0, abs(target))
    _, must, may = relaxation.bound(multipliers, must.copy(), may, target)
    within = relaxation.bound_with_arc(multipliers, must, may) <= target
    keep = usable.copy()
    position = np.full(len(instance.station_ids), -1, dtype=np.int64)
    position[sites] = np.arange(len(sites))
    keep[usable] = within[instance.costs.arc_origin[usable], position[instance.costs.destination[usable]]]
    fixed, refused = instance.fixed.copy(), np.ones(len(instance.station_ids), dtype=np.bool_)
    fixed[sites], refused[sites] = must, ~may
    return Narrowed(replace(instance, costs=instance.costs.keep_arcs(keep), fixed=fixed, refused=refused), at_hand)


def _rounded(instance: CoordinationInstance, sites: IntArray, share: FloatArray) -> Coordinators | None:
    """The stations that the relaxation opens most, after exchanges among those it opens in part."""

    def value_of(chosen: IntArray) -> Coordinators | None:
        try:
            return best_under(instance, np.sort(sites[chosen]))
        except ValueError:  # these stations have no place for all
            return None

    order = np.argsort(-(share + instance.fixed[sites]), kind="stable")
    chosen, left = order[: instance.n_coordinators], order[instance.n_coordinators :]
    best = value_of(chosen)
    partly = (share > FRACTIONAL) & (share < 1 - FRACTIONAL) & ~instance.fixed[sites]
    swaps = [(out, into) for out in chosen[partly[chosen]] for into in left[partly[left]]]
    for out, into in swaps[:MOST_SWAPS]:
        if out in chosen and into not in chosen:
            other = np.append(chosen[chosen != out], into)
            found = value_of(other)
            if found is not None and (best is None or found.value < best.value):
                chosen, best = other, found
    return best


def best_under(instance: CoordinationInstance, open_stations: IntArray) -> Coordinators:
    """The least that these stations allow.

    An assignment of L-NSPs to places: each station has as many as it may coordinate, those above the ratio each at its
    price, the fewest it must coordinate first. A MILP that stopped within a gap can leave an L-NSP at a farther station
    than these allow.

    Raises:
        ValueError: They have no place for all, or there are too few for the fewest of each.
    """
    n, m = len(instance.lnsp_ids), len(open_stations)
    arc_cost = np.full((n, len(instance.station_ids)), np.inf)
    arc_cost[instance.costs.arc_origin, instance.costs.destination] = instance.costs.distance_m + instance.arc_price_m
    most = min(instance.max_lnsp_per_cnsp, n)
    free = most - len(instance.step_price_m)
    place_price = np.tile(np.concatenate([np.zeros(free), instance.step_price_m]), m)
    place_station = np.repeat(open_stations, most)
    must = np.tile(np.arange(most) < instance.min_lnsp_per_cnsp, m)
    cost = arc_cost[:, place_station] + place_price
    dear = 1.0 + 2.0 * n * float(cost.max(where=np.isfinite(cost), initial=0.0))
    lnsp, place = linear_sum_assignment(cost - dear * must)
    coordinator = np.full(n, -1, dtype=np.int64)
    coordinator[lnsp] = place_station[place]
    n_lnsp = np.bincount(place_station[place], minlength=len(instance.station_ids))[open_stations]
    if len(lnsp) < n or (n_lnsp < instance.min_lnsp_per_cnsp).any():
        raise ValueError("these stations have no place for all, or too few L-NSPs")
    return Coordinators(open_stations, coordinator, float(cost[lnsp, place].sum()))
