"""Toys of level 2: L-NSPs and fire stations on a road, with the answer worked out by hand. Out: instances.

One golden model per constraint and for the penalty; without it each has another answer, told in its docstring.

::

    L1,K1   L2     L3                                   L4,K2
    0       1000   2000                                 10000 m
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.plan.instance import CoordinationInstance
from tests.towns.instances import coordination_instance, costs_along


@dataclass(frozen=True)
class ToyStations:
    """A toy of level 2 and its answer: what it is the golden model of, coordinator per L-NSP, total metres."""

    build: Callable[[], CoordinationInstance]
    shows: tuple[str, ...]
    coordinators: tuple[str, ...]
    value: float

    @property
    def name(self) -> str:
        """Name of the toy, as its function."""
        return self.build.__name__


def road_stations(
    *,
    n_coordinators: int,
    most: int = 4,
    least: int = 1,
    cutoff_m: float = 100_000.0,
    lnsp_at_m: tuple[float, ...] = (0.0, 1000.0, 2000.0, 10_000.0),
    station_at_m: tuple[float, ...] = (0.0, 10_000.0),
) -> CoordinationInstance:
    """The road that is drawn above, or another, in one gemeente."""
    costs = costs_along(lnsp_at_m, station_at_m, cutoff_m)
    return coordination_instance(costs, n_coordinators, max_lnsp_per_cnsp=most, min_lnsp_per_cnsp=least)


def four_on_a_road() -> CoordinationInstance:
    """(1), (2) and (4): one C-NSP. K1: 0 + 1,000 + 2,000 + 10,000 = 13,000; K2: 27,000. Two C-NSPs: 3,000."""
    return road_stations(n_coordinators=1)


def at_most_two() -> CoordinationInstance:
    """(3) at most: of L1, L2, L3 one must go to K2, at 10,000, 8,000 or 6,000 m more: L3.

    0 + 1,000 + 8,000 + 0 = 9,000. Without the maximum: 3,000.
    """
    return road_stations(n_coordinators=2, most=2)


def at_least_two() -> CoordinationInstance:
    """(3) at least: K2 has only L4 nearby and needs two, so L3 joins: 9,000. Without the minimum: 3,000."""
    return road_stations(n_coordinators=2, most=3, least=2)


def fixed_station() -> CoordinationInstance:
    """(5) fixed: K2 must coordinate, alone: 10,000 + 9,000 + 8,000 = 27,000 instead of 13,000."""
    return replace(four_on_a_road(), fixed=np.array([False, True]))


def refused_station() -> CoordinationInstance:
    """(5) refused: K1 may not, so K2: 27,000 instead of 13,000."""
    return replace(four_on_a_road(), refused=np.array([True, False]))


def own_gemeente_preferred() -> CoordinationInstance:
    """The penalty: L2 rather goes 500 m to K2 in its own gemeente than 100 m to K1 in another.

    ::

        GM 0              | GM 1
        L1        K1      | L2      K2
        0         900     | 1000    1500 m     penalty 2,000 m

    900 + 500 = 1,400. Without the penalty L2 goes to K1: 900 + 100 = 1,000, and K2 has nobody.
    """
    town = road_stations(n_coordinators=2, least=0, lnsp_at_m=(0.0, 1000.0), station_at_m=(900.0, 1500.0))
    second = np.array([0, 1])
    return replace(town, lnsp_gemeente=second, station_gemeente=second, other_gemeente_penalty_m=2000.0)


def own_gemeente_not_forced() -> CoordinationInstance:
    """The penalty is a preference: at 300 m L2 goes to K1 all the same, 900 + 100 + 300 = 1,300 against 1,400."""
    return replace(own_gemeente_preferred(), other_gemeente_penalty_m=300.0)


def price_paid() -> CoordinationInstance:
    """(3) above the ratio: K1 has L1, L2 and L3, one above the ratio of 2, for 5,000 m; to K2 is 6,000 m farther.

    0 + 1,000 + 2,000 + 0 + 5,000 = 8,000. As a hard maximum of 2: 9,000.
    """
    return replace(road_stations(n_coordinators=2), lnsp_per_cnsp=2, load_price_m=5000.0)


def price_avoided() -> CoordinationInstance:
    """(3) above the ratio: for 7,000 m L3 rather goes to K2: 0 + 1,000 + 8,000 + 0 = 9,000. Without a price: 3,000."""
    return replace(price_paid(), load_price_m=7000.0)


def price_rises() -> CoordinationInstance:
    """(3) above the ratio, each next one dearer: of four L-NSPs beside K1, ratio 1, the fourth goes to K2.

    ::

        L1,L2,L3,L4,K1                K2
        0                             4000 m     1,500 m for the first above the ratio

    1,500 + 3,000 for two above it, 4,000 to K2 instead of 4,500 for the third: 8,500. With 1,500 each all stay: 4,500.
    """
    town = road_stations(n_coordinators=2, least=0, lnsp_at_m=(0.0, 0.0, 0.0, 0.0), station_at_m=(0.0, 4000.0))
    return replace(town, lnsp_per_cnsp=1, load_price_m=1500.0)


def wide_most() -> CoordinationInstance:
    """(3) the most, whatever the price: at 100 m a step all four would be at K1 (600), but three is the most.

    100 + 200 + 4,000 = 4,300.
    """
    return replace(price_rises(), max_lnsp_per_cnsp=3, load_price_m=100.0)


def wish_about_a_station() -> CoordinationInstance:
    """The price of a station: 4,000 m for each L-NSP under K1 makes it 13,000 + 16,000, so K2: 27,000."""
    return replace(four_on_a_road(), station_price_m=np.array([4000.0, 0.0]))


def wish_not_forced() -> CoordinationInstance:
    """The price of a station is a wish: at 3,000 m K1 is still better, 13,000 + 12,000 = 25,000 against 27,000."""
    return replace(four_on_a_road(), station_price_m=np.array([3000.0, 0.0]))


TOY_STATIONS = (
    ToyStations(four_on_a_road, ("(1)", "(2)", "(4)"), ("K1", "K1", "K1", "K1"), 13_000.0),
    ToyStations(at_most_two, ("(3) most",), ("K1", "K1", "K2", "K2"), 9_000.0),
    ToyStations(at_least_two, ("(3) least",), ("K1", "K1", "K2", "K2"), 9_000.0),
    ToyStations(fixed_station, ("(5) fixed",), ("K2", "K2", "K2", "K2"), 27_000.0),
    ToyStations(refused_station, ("(5) refused",), ("K2", "K2", "K2", "K2"), 27_000.0),
    ToyStations(own_gemeente_preferred, ("penalty",), ("K1", "K2"), 1_400.0),
    ToyStations(own_gemeente_not_forced, ("penalty",), ("K1", "K1"), 1_300.0),
    ToyStations(price_paid, ("(3) price",), ("K1", "K1", "K1", "K2"), 8_000.0),
    ToyStations(price_avoided, ("(3) price",), ("K1", "K1", "K2", "K2"), 9_000.0),
    ToyStations(price_rises, ("(3) price",), ("K1", "K1", "K1", "K2"), 8_500.0),
    ToyStations(wide_most, ("(3) most",), ("K1", "K1", "K1", "K2"), 4_300.0),
    ToyStations(wish_about_a_station, ("wish",), ("K2", "K2", "K2", "K2"), 27_000.0),
    ToyStations(wish_not_forced, ("wish",), ("K1", "K1", "K1", "K1"), 25_000.0),
)
"""All toys of level 2 that have a plan."""
