"""Toy towns without a plan, one per constraint that can be in the way, and toys that are not sane. Out: instances.

Each tells by hand why there is no plan; the diagnosis must name the same constraint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.plan.instance import CoordinationInstance, Divisibility, LocalInstance
from tests.towns.local import Point, fewest_sites, line_town, tight_capacity, two_villages, whole_buurt
from tests.towns.stations import four_on_a_road, road_stations


@dataclass(frozen=True)
class ImpossibleTown:
    """A toy without a plan.

    Attributes:
        build: Makes the instance.
        layer: First word of the fault that names the constraint in the way.
        ids: Ids the fault must name.
        told: What its message must hold: a number or a code.
    """

    build: Callable[[], LocalInstance]
    layer: str
    ids: tuple[str, ...]
    told: str


@dataclass(frozen=True)
class ImpossibleStations:
    """The same for level 2."""

    build: Callable[[], CoordinationInstance]
    layer: str
    ids: tuple[str, ...]
    told: str


def quota_without_candidates() -> LocalInstance:
    """GM0002 must have two sites and has one candidate, for its other hall Y is refused."""
    demand = {"d1": Point(0, 10), "d2": Point(100, 10, 1)}
    sites = {"A": Point(0, 100), "X": Point(100, 100, 1), "Y": Point(110, 100, 1)}
    return line_town(demand, sites, n_sites=3, quota=(1, 2), refused=("Y",))


def fewer_candidates_than_sites() -> LocalInstance:
    """Three candidates, four sites asked for."""
    return replace(two_villages(), n_sites=4)


def more_fixed_than_sites() -> LocalInstance:
    """A and B are fixed, one site may open."""
    return replace(two_villages(), n_sites=1, fixed=np.array([True, False, True]))


def more_fixed_than_quota() -> LocalInstance:
    """A and B, both in GM0001, are fixed, its quota is one."""
    demand = {"d1": Point(0, 10), "d2": Point(100, 10, 1)}
    sites = {"A": Point(0, 100), "B": Point(10, 100), "X": Point(100, 100, 1)}
    return line_town(demand, sites, n_sites=2, quota=(1, 1), fixed=("A", "B"))


def fixed_and_refused() -> LocalInstance:
    """M is fixed and refused."""
    only_m = np.array([False, True, False])
    return replace(two_villages(), fixed=only_m, refused=only_m)


def capacity_too_small() -> LocalInstance:
    """600 persons, and the two sites hold 299 each: 598."""
    return replace(tight_capacity(), capacity_persons=np.array([299.0, 299.0]))


def capacity_far_away() -> LocalInstance:
    """Room enough in all, but not near d1: its 500 persons have only A, with 300 places.

    ::

        d1,A                              d2,B
        0                                 5000 m      cutoff 1,000 m
        500 persons, 300 places           100 persons, 900 places
    """
    demand = {"d1": Point(0, 500), "d2": Point(5000, 100)}
    return line_town(demand, {"A": Point(0, 300), "B": Point(5000, 900)}, n_sites=2, cutoff_m=1000)


def three_villages_two_sites() -> LocalInstance:
    """Three villages 5 km apart, each with a hall, cutoff 1 km: two sites leave one village without. The least is c.

    ::

        a,A         b,B         c,C
        0           5000        10000 m
        100         90          80 persons
    """
    demand = {"a": Point(0, 100), "b": Point(5000, 90), "c": Point(10_000, 80)}
    sites = {"A": Point(0, 1000), "B": Point(5000, 1000), "C": Point(10_000, 1000)}
    return line_town(demand, sites, n_sites=2, cutoff_m=1000)


def the_only_hall_for_both_is_small() -> LocalInstance:
    """One site must serve a and b; only M reaches both, and it is 50 places short. A is large but too far from b.

    ::

        a,A       M        b
        0        900      1800 m      p = 1, cutoff 1,000 m
        100 persons      100 persons; M holds 150, A 300
    """
    demand = {"a": Point(0, 100), "b": Point(1800, 100)}
    return line_town(demand, {"A": Point(0, 300), "M": Point(900, 150)}, n_sites=1, cutoff_m=1000)


def whole_square_does_not_fit() -> LocalInstance:
    """500 persons in one square, two halls of 300: split 300 x 100 + 200 x 200 = 70,000, whole impossible."""
    sites = {"A": Point(100, 300), "B": Point(200, 300)}
    return line_town({"flat": Point(0, 500)}, sites, n_sites=2, divisibility=Divisibility.WHOLE_POINTS)


def whole_squares_do_not_pack() -> LocalInstance:
    """Three squares of 200 in two halls of 300: each hall takes one whole square, the third must be split."""
    demand = {"d1": Point(0, 200), "d2": Point(10, 200), "d3": Point(20, 200)}
    sites = {"A": Point(0, 300), "B": Point(20, 300)}
    return line_town(demand, sites, n_sites=2, divisibility=Divisibility.WHOLE_POINTS)


def buurt_without_common_site() -> LocalInstance:
    """d1 reaches K only, d2 reaches L only, and both are one buurt."""
    demand = {"d1": Point(0, 10), "d2": Point(1000, 10)}
    town = line_town(demand, {"K": Point(0, 50), "L": Point(1000, 50)}, n_sites=2, cutoff_m=500)
    group = np.zeros(2, dtype=np.int64)
    return replace(town, divisibility=Divisibility.WHOLE_GROUPS, group=group, group_ids=("BU1",))


def buurt_too_large() -> LocalInstance:
    """A buurt of 250 persons, where the largest site holds 200."""
    return replace(whole_buurt(), population_persons=np.array([150.0, 100.0]))


def share_beyond_reach() -> LocalInstance:
    """99 % within the norm asked for, but the 10 persons of d3 lost their only site there: 93.8 %."""
    return replace(fewest_sites(), share=0.99, refused=np.array([False, False, True]))


IMPOSSIBLE_TOWNS = (
    ImpossibleTown(quota_without_candidates, "quota", ("GM0002",), "needs 2 and has 1"),
    ImpossibleTown(fewer_candidates_than_sites, "quota", (), "only 3"),
    ImpossibleTown(more_fixed_than_sites, "fixed sites", ("A", "B"), "only 1"),
    ImpossibleTown(more_fixed_than_quota, "fixed sites", ("A", "B"), "GM0001"),
    ImpossibleTown(fixed_and_refused, "fixed sites", ("M",), "at the same time"),
    ImpossibleTown(capacity_too_small, "capacity", (), "598"),
    ImpossibleTown(capacity_far_away, "capacity", ("d1",), "500 persons"),
    ImpossibleTown(three_villages_two_sites, "reach", ("c",), "80 persons"),
    ImpossibleTown(the_only_hall_for_both_is_small, "capacity", ("M",), "50.0 persons"),
    ImpossibleTown(whole_square_does_not_fit, "whole points", ("flat",), "500"),
    ImpossibleTown(whole_squares_do_not_pack, "whole points", (), "may be split"),
    ImpossibleTown(buurt_without_common_site, "whole buurten", ("BU1",), "20 persons"),
    ImpossibleTown(buurt_too_large, "whole buurten", ("BU1",), "250"),
    ImpossibleTown(share_beyond_reach, "share", ("d3",), "93.8%"),
)
"""Toy towns of level 1 without a plan."""


def too_few_places_for_lnsps() -> CoordinationInstance:
    """Four L-NSPs, one C-NSP of at most three."""
    return road_stations(n_coordinators=1, most=3)


def too_few_lnsps_for_coordinators() -> CoordinationInstance:
    """Four L-NSPs, two C-NSPs of at least three: six."""
    return road_stations(n_coordinators=2, most=4, least=3)


def more_stations_fixed_than_asked() -> CoordinationInstance:
    """K1 and K2 are fixed, one C-NSP is asked for."""
    return replace(four_on_a_road(), fixed=np.array([True, True]))


def all_stations_refused() -> CoordinationInstance:
    """One C-NSP is asked for, both stations are refused."""
    return replace(four_on_a_road(), refused=np.array([True, True]))


def fewer_stations_left_than_asked() -> CoordinationInstance:
    """Two C-NSPs are asked for, K2 is refused."""
    return replace(road_stations(n_coordinators=2), refused=np.array([False, True]))


def station_fixed_and_refused() -> CoordinationInstance:
    """K2 is fixed and refused."""
    only = np.array([False, True])
    return replace(four_on_a_road(), fixed=only, refused=only)


def lnsp_without_station() -> CoordinationInstance:
    """L4, at 10 km, has only K2 within 5 km, and K2 is refused."""
    return replace(road_stations(n_coordinators=1, cutoff_m=5000), refused=np.array([False, True]))


def three_lnsps_near_one_station() -> CoordinationInstance:
    """L1, L2 and L3 lie within 5 km of K1 only, which takes two: one stays without."""
    return road_stations(n_coordinators=2, most=2, cutoff_m=5000)


def one_lnsp_near_a_station() -> CoordinationInstance:
    """K2 must have two L-NSPs, and only L4 lies within 5 km of it."""
    return road_stations(n_coordinators=2, most=3, least=2, cutoff_m=5000)


IMPOSSIBLE_STATIONS = (
    ImpossibleStations(too_few_places_for_lnsps, "L-NSPs per C-NSP", (), "place for 3"),
    ImpossibleStations(too_few_lnsps_for_coordinators, "L-NSPs per C-NSP", (), "need 6"),
    ImpossibleStations(more_stations_fixed_than_asked, "fixed stations", ("K1", "K2"), "only 1"),
    ImpossibleStations(all_stations_refused, "refused stations", ("K1", "K2"), "all 2 stations are refused"),
    ImpossibleStations(fewer_stations_left_than_asked, "number of C-NSPs", (), "only 1"),
    ImpossibleStations(station_fixed_and_refused, "fixed stations", ("K2",), "at the same time"),
    ImpossibleStations(lnsp_without_station, "reach", ("L4",), "1 L-NSPs"),
    ImpossibleStations(three_lnsps_near_one_station, "reach of C-NSPs", (), "leaves 1 without"),
    ImpossibleStations(one_lnsp_near_a_station, "L-NSPs per C-NSP", ("K2",), "at least 2"),
)
"""Toys of level 2 without a plan."""


def negative_population() -> LocalInstance:
    """Not sane: -100 persons in d2, the CBS code for missing read as a number."""
    return replace(two_villages(), population_persons=np.array([110.0, -100.0, 100.0, 100.0]))


def missing_weight() -> LocalInstance:
    """Not sane: no weight for d3."""
    return replace(two_villages(), weight=np.array([110.0, 100.0, np.nan, 100.0]))


def unknown_gemeente() -> LocalInstance:
    """Not sane: site B lies in a gemeente that does not exist."""
    return replace(two_villages(), site_gemeente=np.array([0, 0, 7]))


def same_id_twice() -> LocalInstance:
    """Not sane: two sites called A."""
    return replace(two_villages(), site_ids=("A", "M", "A"))


def arc_beyond_cutoff() -> LocalInstance:
    """Not sane: a cutoff of 500 m, and arcs up to 1,100 m."""
    return replace(two_villages(), costs=replace(two_villages().costs, cutoff_m=500.0))


INVALID_TOWNS = (
    (negative_population, "population_persons", "d2"),
    (missing_weight, "weight", "d3"),
    (unknown_gemeente, "site_gemeente", "B"),
    (same_id_twice, "ids occur more than once", "A"),
    (arc_beyond_cutoff, "distance_m", "d1"),
)
"""Toys that are not sane: how to make each, the column or words the fault must hold, and an id it must name."""
