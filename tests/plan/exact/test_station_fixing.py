"""What is left out of level 2 is in no plan worth having: every choice of stations tried."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.plan.exact.station_fixing import best_under, narrowed
from nsp_planner.plan.instance import CoordinationInstance
from tests.towns.instances import coordination_instance, costs_of


def town(seed: int, **changes: Any) -> CoordinationInstance:
    """Six L-NSPs, five stations of which two coordinate at most four each, the fourth at a price; two gemeenten."""
    rng = np.random.default_rng(seed)
    distance_m = np.round(rng.uniform(500, 9_000, (6, 5)))
    usual = {
        "max_lnsp_per_cnsp": 4, "lnsp_per_cnsp": 3, "load_price_m": 900.0, "lnsp_gemeente": np.arange(6) % 2,
        "station_gemeente": np.arange(5) % 2, "other_gemeente_penalty_m": 400.0, "min_lnsp_per_cnsp": 1,
    }  # fmt: skip
    return coordination_instance(costs_of(distance_m, 20_000.0), 2, **{**usual, **changes})


def every_plan(instance: CoordinationInstance) -> dict[tuple[tuple[int, ...], tuple[int, ...]], float]:
    """(stations, coordinator of each L-NSP) and the value, of every plan."""
    cost = np.full((6, 5), np.inf)
    cost[instance.costs.arc_origin, instance.costs.destination] = instance.costs.distance_m
    cost += np.where(instance.lnsp_gemeente[:, None] == instance.station_gemeente, 0, instance.other_gemeente_penalty_m)
    plans = {}
    for chosen in itertools.combinations(range(5), instance.n_coordinators):
        if instance.refused[list(chosen)].any() or not set(np.flatnonzero(instance.fixed)) <= set(chosen):
            continue
        for under in itertools.product(chosen, repeat=6):
            counts = [under.count(k) for k in chosen]
            if not instance.min_lnsp_per_cnsp <= min(counts) <= max(counts) <= instance.max_lnsp_per_cnsp:
                continue
            above = [max(0, n - instance.lnsp_per_cnsp) for n in counts]
            price = sum(instance.load_price_m * n * (n + 1) / 2 for n in above)
            value = float(cost[np.arange(6), under].sum()) + price
            if np.isfinite(value):
                plans[chosen, under] = value
    return plans


KINDS: list[dict[str, Any]] = [
    {},
    {"fixed": np.arange(5) == 1},
    {"refused": np.arange(5) == 2},
    {"min_lnsp_per_cnsp": 3},
    {"max_lnsp_per_cnsp": 3, "load_price_m": 0.0},
]


@pytest.mark.parametrize("changes", KINDS)
def test_given_stations_are_used_as_well_as_can_be(changes: dict[str, Any]) -> None:
    for seed in range(3):
        instance = town(seed, **changes)
        plans = every_plan(instance)
        for chosen in {stations for stations, _ in plans}:
            found = best_under(instance, np.array(chosen))
            assert found.value == pytest.approx(
                min(value for (stations, _), value in plans.items() if stations == chosen)
            )
            assert found.open_stations.tolist() == list(chosen)
            assert plans[chosen, tuple(found.coordinator.tolist())] == pytest.approx(found.value)


@pytest.mark.parametrize("changes", KINDS)
def test_the_plan_at_hand_is_a_plan_and_no_better_one_is_lost(changes: dict[str, Any]) -> None:
    left_out = 0
    for seed in range(8):
        instance = town(seed, **changes)
        plans = every_plan(instance)
        for more in (-np.inf, 1.02 * min(plans.values())):
            left = narrowed(instance, more)
            assert left.at_hand is not None
            at_hand = left.at_hand
            key = tuple(at_hand.open_stations.tolist()), tuple(at_hand.coordinator.tolist())
            assert plans[key] == pytest.approx(at_hand.value)
            arcs = set(
                zip(left.instance.costs.arc_origin.tolist(), left.instance.costs.destination.tolist(), strict=True)
            )
            opened, closed = np.flatnonzero(left.instance.fixed), np.flatnonzero(left.instance.refused)
            for (stations, under), value in plans.items():
                if value <= max(at_hand.value, more) * (1 - 1e-9):
                    assert set(enumerate(under)) <= arcs
                    assert set(opened.tolist()) <= set(stations)
                    assert not set(closed.tolist()) & set(stations)
            assert left.instance.fixed[instance.fixed].all()
            assert left.instance.refused[instance.refused].all()
            left_out += instance.costs.n_arcs - left.instance.costs.n_arcs
    assert left_out > 40


def test_most_of_the_time_the_plan_at_hand_is_the_best() -> None:
    best = [narrowed(town(seed)).at_hand.value <= min(every_plan(town(seed)).values()) + 1e-6 for seed in range(10)]  # type: ignore[union-attr]
    assert sum(best) >= 8


def test_stations_without_place_for_all_are_refused_and_nothing_is_left_out() -> None:
    few = town(0, max_lnsp_per_cnsp=2, lnsp_per_cnsp=2, load_price_m=0.0)
    with pytest.raises(ValueError, match="no place for all"):
        best_under(few, np.array([0, 1]))
    with pytest.raises(ValueError, match="no place for all"):
        best_under(town(0, min_lnsp_per_cnsp=4), np.array([0, 1]))
    far = replace(few, costs=few.costs.keep_arcs(few.costs.arc_origin != 3))
    for impossible in (few, far, town(0, refused=np.arange(5) > 0)):
        assert narrowed(impossible).at_hand is None
        assert narrowed(impossible).instance is impossible
