"""Level 2 against every choice of stations and every allocation, in the model, its certificate and the last allocation.

Small random towns with everything that level 2 knows: prices above the ratio, wishes, other gemeente, a most and a
fewest, fixed and refused stations, stations out of reach.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nsp_planner.audit.bound import certified_bound
from nsp_planner.errors import NoPlanError
from nsp_planner.plan.certify import certify_coordination
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.exact.station_fixing import best_under, narrowed
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.solution import CoordinationPlan
from nsp_planner.plan.verify.coordination import verify_coordination_plan
from nsp_planner.plan.verify.instance import verify_coordination_instance
from tests.plan.certify.test_certificate import arrays
from tests.towns.instances import coordination_instance, costs_of
from tests.towns.stations import price_rises, wide_most

LONELY = coordination_instance(costs_of(np.zeros((1, 3)), 4000.0), 1, min_lnsp_per_cnsp=2)
"""One L-NSP, and a station that must have two."""

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def towns(draw: st.DrawFn) -> CoordinationInstance:
    """Up to five L-NSPs and four stations, at whole hundreds of metres."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    metres = draw(st.lists(st.integers(0, 60), min_size=n * m, max_size=n * m))
    most = draw(st.integers(1, 5))
    decided = draw(st.lists(st.sampled_from(["", "", "", "fixed", "refused"]), min_size=m, max_size=m))
    wishes = draw(st.none() | st.lists(st.sampled_from([0.0, 700.0, 2000.0]), min_size=m, max_size=m))
    return coordination_instance(
        costs_of(np.array(metres, dtype=float).reshape(n, m) * 100, draw(st.sampled_from([4000.0, 10_000.0]))),
        draw(st.integers(1, m)),
        lnsp_gemeente=np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))),
        station_gemeente=np.array(draw(st.lists(st.integers(0, 1), min_size=m, max_size=m))),
        fixed=np.array([each == "fixed" for each in decided]),
        refused=np.array([each == "refused" for each in decided]),
        max_lnsp_per_cnsp=most,
        lnsp_per_cnsp=draw(st.integers(1, 3)),
        load_price_m=draw(st.sampled_from([0.0, 300.0, 1000.0, 5000.0])),
        min_lnsp_per_cnsp=draw(st.integers(0, min(2, most))),
        other_gemeente_penalty_m=draw(st.sampled_from([0.0, 1500.0])),
        station_price_m=None if wishes is None else np.array(wishes),
    )


def cost_of(town: CoordinationInstance, stations: tuple[int, ...], coordinator: tuple[int, ...]) -> float:
    """What a plan costs, by hand; infinite where it may not be."""
    metres = {
        (i, k): metre
        for i, k, metre in zip(town.costs.arc_origin, town.costs.destination, town.costs.distance_m, strict=True)
    }
    cost = 0.0
    for i, k in enumerate(coordinator):
        cost += metres.get((i, k), math.inf)
        cost += town.other_gemeente_penalty_m * int(town.lnsp_gemeente[i] != town.station_gemeente[k])
        cost += 0.0 if town.station_price_m is None else town.station_price_m[k]
    for k in stations:
        above = coordinator.count(k) - town.lnsp_per_cnsp
        cost += sum(step * town.load_price_m for step in range(1, above + 1))
        if not town.min_lnsp_per_cnsp <= coordinator.count(k) <= town.max_lnsp_per_cnsp:
            return math.inf
    return cost


def best_by_hand(town: CoordinationInstance) -> dict[tuple[int, ...], float]:
    """The least cost of every set of stations that may open."""
    m = len(town.station_ids)
    must, never = set(np.flatnonzero(town.fixed)), set(np.flatnonzero(town.refused))
    best = {}
    for stations in combinations(range(m), town.n_coordinators):
        if must <= set(stations) and not never & set(stations):
            plans = product(stations, repeat=len(town.lnsp_ids))
            best[stations] = min(cost_of(town, stations, plan) for plan in plans)
    return best


@few
@given(towns())
@example(price_rises())
@example(wide_most())
def test_the_plan_is_the_best_of_all_and_its_certificate_comes_to_it(town: CoordinationInstance) -> None:
    verify_coordination_instance(town)
    best = min(best_by_hand(town).values(), default=math.inf)
    if math.isinf(best):
        with pytest.raises(NoPlanError):
            solve_coordination(town)
        return
    plan = solve_coordination(town)
    verify_coordination_plan(town, plan)
    assert plan.value == pytest.approx(best)
    assert plan.gap == 0
    bound = certified_bound(arrays(certify_coordination(town, plan)))
    assert bound <= best * (1 + 1e-9)
    free = min(best_by_hand(replace(town, min_lnsp_per_cnsp=0)).values())
    assert bound >= free - 1e-6 * max(1.0, free), "only the fewest per C-NSP is left out of a certificate"


@few
@given(towns())
@example(LONELY)
def test_the_last_allocation_is_the_best_that_given_stations_allow(town: CoordinationInstance) -> None:
    for stations, best in best_by_hand(town).items():
        if math.isinf(best):
            with pytest.raises(ValueError, match=r"infeasible|no place for all"):
                best_under(town, np.array(stations))
        else:
            found = best_under(town, np.array(stations))
            assert found.value == pytest.approx(best)
            assert cost_of(town, stations, tuple(found.coordinator.tolist())) == pytest.approx(best)


@few
@given(towns())
@example(LONELY)
def test_what_is_left_out_before_the_model_is_in_no_better_plan(town: CoordinationInstance) -> None:
    known = narrowed(town)
    best = min(best_by_hand(town).values(), default=math.inf)
    left = min(best_by_hand(known.instance).values(), default=math.inf)
    assert left == pytest.approx(best)
    if known.at_hand is not None:
        at_hand = known.at_hand
        assert at_hand.value >= best - 1e-6
        plan = tuple(at_hand.coordinator.tolist())
        assert cost_of(town, tuple(at_hand.open_stations.tolist()), plan) == pytest.approx(at_hand.value)


def test_no_lnsp_passes_a_nearer_station_of_its_gemeente_that_has_room_below_the_ratio() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        town = coordination_instance(
            costs_of(rng.uniform(0, 20_000, (30, 8)), 40_000.0),
            6,
            lnsp_per_cnsp=5,
            max_lnsp_per_cnsp=30,
            load_price_m=500.0,
        )
        plan = solve_coordination(town)
        load = np.bincount(plan.coordinator, minlength=8)
        metres = np.full((30, 8), np.inf)
        metres[town.costs.arc_origin, town.costs.destination] = town.costs.distance_m
        room = plan.open_stations[load[plan.open_stations] < 5]
        own = metres[np.arange(30), plan.coordinator]
        assert (metres[:, room].min(axis=1, initial=np.inf) >= own).all(), seed
        # and one that is passed above the ratio is nearer by less than what the place there would have cost more
        for i, k in product(range(30), plan.open_stations.tolist()):
            step = 500.0 * (max(load[k] - 4, 0) - max(load[plan.coordinator[i]] - 5, 0))
            assert k == plan.coordinator[i] or own[i] - metres[i, k] <= step + 1e-6


def planned(town: CoordinationInstance) -> CoordinationPlan:
    """The verified plan."""
    plan = solve_coordination(town)
    verify_coordination_plan(town, plan)
    return plan


def test_without_a_price_everybody_goes_to_the_nearest_and_a_high_one_is_a_hard_ratio() -> None:
    rng = np.random.default_rng(3)
    town = coordination_instance(costs_of(rng.uniform(0, 20_000, (12, 3)), 40_000.0), 3, max_lnsp_per_cnsp=12)
    nearest = planned(replace(town, lnsp_per_cnsp=4))
    metres = town.costs.distance_m[town.costs.indptr[:-1]]
    assert nearest.value == pytest.approx(float(metres.sum()))
    hard = planned(replace(town, lnsp_per_cnsp=4, max_lnsp_per_cnsp=4))
    dear = planned(replace(town, lnsp_per_cnsp=4, load_price_m=1e6))
    assert dear.value == pytest.approx(hard.value)
    values = [planned(replace(town, load_price_m=price)).value for price in (0.0, 100.0, 1000.0, 10_000.0)]
    assert values == sorted(values), "a higher price never makes a plan cheaper"
