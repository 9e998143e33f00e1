"""Toy towns of level 1: small problems drawn, with the answer worked out by hand. In: nothing. Out: instances.

One golden town per constraint, for tests, the pages of docs/model.md and the notebooks; without that constraint each
has another answer, which its docstring tells. Distances are in metres along the line that is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.plan.instance import Divisibility, LocalInstance
from tests.towns.instances import costs_along, local_instance


@dataclass(frozen=True)
class ToyTown:
    """A toy town and its answer.

    Attributes:
        build: Makes the instance.
        shows: Numbers of the constraints, and names of the objectives, it is the golden model of.
        open_ids: Sites of the only optimal plan.
        value: Its objective value.
        unreachable_persons: People without a candidate site within the cutoff.
    """

    build: Callable[[], LocalInstance]
    shows: tuple[str, ...]
    open_ids: tuple[str, ...]
    value: float
    unreachable_persons: float = 0.0

    @property
    def name(self) -> str:
        """Name of the town, as its function."""
        return self.build.__name__


@dataclass(frozen=True)
class Point:
    """A demand point or candidate site on the line: its place, its persons or places, and its gemeente."""

    at_m: float
    persons: float
    gemeente: int = 0


def line_town(
    demand: dict[str, Point],
    sites: dict[str, Point],
    *,
    n_sites: int,
    cutoff_m: float = 100_000.0,
    service_distance_m: float = 300.0,
    fixed: tuple[str, ...] = (),
    refused: tuple[str, ...] = (),
    quota: tuple[int, ...] | None = None,
    objective: str = "min_distance",
    divisibility: Divisibility = Divisibility.DIVISIBLE,
) -> LocalInstance:
    """A town along one straight road, every pair within the cutoff an arc; gemeenten are GM0001, GM0002, ..."""
    from_m = np.array([point.at_m for point in demand.values()])
    to_m = np.array([point.at_m for point in sites.values()])
    n_gemeenten = 1 + max(point.gemeente for point in (*demand.values(), *sites.values()))
    return local_instance(
        [point.persons for point in demand.values()],
        [point.persons for point in sites.values()],
        costs_along(from_m, to_m, cutoff_m),
        n_sites,
        demand_ids=tuple(demand),
        demand_gemeente=np.array([point.gemeente for point in demand.values()], dtype=np.int64),
        service_distance_m=np.full(len(demand), service_distance_m),
        site_ids=tuple(sites),
        site_gemeente=np.array([point.gemeente for point in sites.values()], dtype=np.int64),
        fixed=np.array([site in fixed for site in sites], dtype=bool),
        refused=np.array([site in refused for site in sites], dtype=bool),
        gemeente_codes=tuple(f"GM{g + 1:04d}" for g in range(n_gemeenten)),
        quota=None if quota is None else np.array(quota, dtype=np.int64),
        objective=objective,
        divisibility=divisibility,
    )


_VILLAGES = {"d1": Point(0, 110), "d2": Point(200, 100), "d3": Point(1000, 100), "d4": Point(1200, 100)}
_HALLS = {"A": Point(100, 1000), "M": Point(600, 1000), "B": Point(1100, 1000)}


def two_villages() -> LocalInstance:
    """Constraint (1): everyone goes somewhere.

    ::

        d1    A    d2          M           d3    B    d4
        0    100   200        600         1000  1100  1200 m     p = 2
        110 persons in d1, 100 in the others

    A and B open, everyone walks 100 m: 110 x 100 + 3 x 100 x 100 = 41,000. Without (1) nobody would be allocated: 0.
    """
    return line_town(_VILLAGES, _HALLS, n_sites=2)


def one_hall_for_two_villages() -> LocalInstance:
    """Constraints (2) and (4): one site only, and nobody to a closed one. The town of :func:`two_villages`, p = 1.

    M:  110 x 600 + 100 x (400 + 400 + 600) = 206,000, the answer
    A:  110 x 100 + 100 x (100 + 900 + 1100) = 221,000
    B:  110 x 1100 + 100 x (900 + 100 + 100) = 231,000

    Without (2) everyone would go to the nearest candidate, open or not: 41,000. Without (4) all three would open.
    """
    return line_town(_VILLAGES, _HALLS, n_sites=1)


def fixed_pilot() -> LocalInstance:
    """Constraint (5), fixed: the town of :func:`one_hall_for_two_villages` with B as pilot: 231,000, not 206,000."""
    return line_town(_VILLAGES, _HALLS, n_sites=1, fixed=("B",))


def refused_hall() -> LocalInstance:
    """Constraint (5), refused: the town of :func:`one_hall_for_two_villages` without M: A, 221,000."""
    return line_town(_VILLAGES, _HALLS, n_sites=1, refused=("M",))


def tight_capacity() -> LocalInstance:
    """Constraint (3): A is nearest to all, but too small.

    ::

        d1    A    d2                 B
        0    100   200               500 m      p = 2
        300 persons in d1 and in d2; A and B hold 400 each

    200 persons must go to B. From d2 that costs each 300 - 100 = 200 m more, from d1 500 - 100 = 400 m more, so they
    come from d2: 300 x 100 + 100 x 100 + 200 x 300 = 100,000. Without (3): 60,000.
    """
    return line_town(
        {"d1": Point(0, 300), "d2": Point(200, 300)}, {"A": Point(100, 400), "B": Point(500, 400)}, n_sites=2
    )


def whole_squares() -> LocalInstance:
    """Constraint (6): the town of :func:`tight_capacity`, but nobody's square is split.

    d1 to A and d2 to B: 300 x 100 + 300 x 300 = 120,000. (d2 to A and d1 to B: 180,000.) Split it is 100,000.
    """
    return replace(tight_capacity(), divisibility=Divisibility.WHOLE_POINTS)


def quota_forces_other_site() -> LocalInstance:
    """Constraint (4) per gemeente: the small one gets its own site.

    ::

        GM0001                   | GM0002
        d1,A        d2,B         |        d3,C
        0           200          |        1000 m     p = 2, one each
        110         100          |        10 persons

    A and C: d2 walks 200 m, 100 x 200 = 20,000, the answer. B and C: d1 walks, 22,000. With only a total, A and B:
    d3 walks 800 m, 10 x 800 = 8,000.
    """
    demand = {"d1": Point(0, 110), "d2": Point(200, 100), "d3": Point(1000, 10, 1)}
    sites = {"A": Point(0, 1000), "B": Point(200, 1000), "C": Point(1000, 1000, 1)}
    return line_town(demand, sites, n_sites=2, quota=(1, 1))


def minimum_for_the_small_one() -> LocalInstance:
    """Constraint (4) where only the total counts, but every gemeente has at least one.

    The town of :func:`quota_forces_other_site` without a quota: A and B would be 8,000, but GM0002 must have one. So A
    and C, 20,000.
    """
    return replace(quota_forces_other_site(), quota=None, min_sites=np.array([1, 1], dtype=np.int64))


def unreachable_farm() -> LocalInstance:
    """Unreachable people are counted and named, not lost, and make no plan impossible.

    ::

        d1   A   d2      M      d3   B   d4                   hamlet  X (refused)          farm
        0   100  200    600   1000  1100 1200                  5000  5100                   9000 m

    p = 2, cutoff 2,000 m. The farm (7 persons) has no candidate within 2,000 m, the hamlet (5) only a refused one:
    12 persons unreachable. For the others the answer is that of :func:`two_villages`: 41,000.
    """
    demand = {**_VILLAGES, "hamlet": Point(5000, 5), "farm": Point(9000, 7)}
    sites = {**_HALLS, "X": Point(5100, 1000)}
    return line_town(demand, sites, n_sites=2, cutoff_m=2000, refused=("X",))


def least_distance() -> LocalInstance:
    """Objective ``min_distance``, in the town of :func:`most_coverage`: N, 100 x 600 + 0 + 50 x 2,400 = 180,000."""
    return replace(most_coverage(), objective="min_distance")


def most_coverage() -> LocalInstance:
    """Objective ``max_coverage``: most people within 300 m, then the least distance.

    ::

        K at -600 would cover nobody
                 d1          M          d2,N                           d3
        -600      0         300         600                           3000 m      p = 1, norm 300 m
                100 persons             100                            50

    M covers d1 and d2: 200 persons, at 100 x 300 + 100 x 300 + 50 x 2,700 = 195,000 m. N covers d2 only: 100 persons,
    at 180,000 m, so the least distance is another plan.
    """
    demand = {"d1": Point(0, 100), "d2": Point(600, 100), "d3": Point(3000, 50)}
    sites = {"K": Point(-600, 1000), "M": Point(300, 1000), "N": Point(600, 1000)}
    return line_town(demand, sites, n_sites=1, objective="max_coverage")


def coverage_then_distance() -> LocalInstance:
    """Objective ``max_coverage``, second stage: of two sites that cover as many, the nearer one.

    ::

        d1         K  M                     d2
        0        250  290                  2000 m      p = 1, norm 300 m
        100                                  10 persons

    K and M both cover d1: 100 persons. K: 100 x 250 + 10 x 1,750 = 42,500 m; M: 29,000 + 17,100 = 46,100 m. So K.
    """
    demand = {"d1": Point(0, 100), "d2": Point(2000, 10)}
    sites = {"M": Point(290, 1000), "K": Point(250, 1000)}
    return line_town(demand, sites, n_sites=1, objective="max_coverage")


def whole_buurt() -> LocalInstance:
    """Constraint (6), whole groups: a buurt of two squares stays together.

    ::

        d1,K                  d2,L                                  M
        0                     1000                                 3000 m      p = 2, K fixed
        100 persons           60                K and L hold 100 each, M holds 200

    d1 and d2 are one buurt of 160 persons, for which only M is large enough: 100 x 3,000 + 60 x 2,000 = 420,000. Each
    square by itself: K and L, 0.
    """
    demand = {"d1": Point(0, 100), "d2": Point(1000, 60)}
    sites = {"K": Point(0, 100), "L": Point(1000, 100), "M": Point(3000, 200)}
    town = line_town(demand, sites, n_sites=2, fixed=("K",))
    group = np.zeros(2, dtype=np.int64)
    return replace(town, divisibility=Divisibility.WHOLE_GROUPS, group=group, group_ids=("BU1",))


def least_worst_distance() -> LocalInstance:
    """Objective ``min_max``, the worst distance (p-center).

    ::

        d1,K         L          d2                                  M                         d3
        0           300         600                                5000                     10000 m      p = 1
        60 persons              39                                                             1

    M: nobody walks farther than 5,000 m. K: d3 walks 10,000 m, yet K has the least total distance (33,400).
    """
    demand = {"d1": Point(0, 60), "d2": Point(600, 39), "d3": Point(10_000, 1)}
    sites = {"K": Point(0, 1000), "L": Point(300, 1000), "M": Point(5000, 1000)}
    return line_town(demand, sites, n_sites=1, objective="min_max")


def least_distance_for_most() -> LocalInstance:
    """Objective ``min_max`` for 90 of 100 persons, in the town of :func:`least_worst_distance`: L, 300 m.

    K: 600 m, for d1 alone is 60 persons. d3 may walk any distance.
    """
    return replace(least_worst_distance(), percentile=0.9)


def fewest_sites() -> LocalInstance:
    """Constraint (7) and objective ``min_sites``: 90 % within 300 m with as few sites as possible.

    ::

        d1,K                   d2,L                       d3,N
        0                      2000                       5000 m      norm 300 m, at most 3 sites
        90 persons              60                          10

    K and L: 150 of 160 persons within the norm. With one site at most 90, so 2 is the answer; without (7) it is 1.
    """
    demand = {"d1": Point(0, 90), "d2": Point(2000, 60), "d3": Point(5000, 10)}
    sites = {"K": Point(0, 1000), "L": Point(2000, 1000), "N": Point(5000, 1000)}
    return replace(line_town(demand, sites, n_sites=3, objective="min_sites"), share=0.9)


TOY_TOWNS = (
    ToyTown(two_villages, ("(1)",), ("A", "B"), 41_000.0),
    ToyTown(one_hall_for_two_villages, ("(2)", "(4)"), ("M",), 206_000.0),
    ToyTown(fixed_pilot, ("(5) fixed",), ("B",), 231_000.0),
    ToyTown(refused_hall, ("(5) refused",), ("A",), 221_000.0),
    ToyTown(tight_capacity, ("(3)",), ("A", "B"), 100_000.0),
    ToyTown(whole_squares, ("(6)",), ("A", "B"), 120_000.0),
    ToyTown(quota_forces_other_site, ("(4) quota",), ("A", "C"), 20_000.0),
    ToyTown(minimum_for_the_small_one, ("(4) minimum",), ("A", "C"), 20_000.0),
    ToyTown(unreachable_farm, ("unreachable",), ("A", "B"), 41_000.0, unreachable_persons=12.0),
    ToyTown(least_distance, ("min_distance",), ("N",), 180_000.0),
    ToyTown(most_coverage, ("max_coverage",), ("M",), 200.0),
    ToyTown(coverage_then_distance, ("max_coverage then distance",), ("K",), 100.0),
    ToyTown(whole_buurt, ("(6) groups",), ("K", "M"), 420_000.0),
    ToyTown(least_worst_distance, ("min_max",), ("M",), 5_000.0),
    ToyTown(least_distance_for_most, ("min_max percentile",), ("L",), 300.0),
    ToyTown(fewest_sites, ("(7)", "min_sites"), ("K", "L"), 2.0),
)
"""All toy towns of level 1 that have a plan."""
