"""The parts of the value of level 2, by hand on the toys of stations; they add up to what was minimised."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from nsp_planner.evaluate.solved.coordination_value import CoordinationValue
from nsp_planner.plan.exact.coordination import solve_coordination
from tests.towns.stations import TOY_STATIONS, ToyStations, own_gemeente_not_forced, price_rises, wish_not_forced


@pytest.mark.parametrize("toy", TOY_STATIONS, ids=lambda toy: toy.name)
def test_the_parts_add_up_to_the_value(toy: ToyStations) -> None:
    town = toy.build()
    plan = solve_coordination(town)
    assert CoordinationValue.of(town, plan).total_m == pytest.approx(plan.value)


def test_each_price_stands_in_its_own_part() -> None:
    parts = [
        asdict(CoordinationValue.of(town, solve_coordination(town)))
        for town in (price_rises(), own_gemeente_not_forced(), wish_not_forced())
    ]
    none = dict.fromkeys(("other_gemeente_m", "above_ratio_m", "stations_m", "n_other_gemeente", "n_above_ratio"), 0)
    assert parts[0] == none | {"distance_m": 4000.0, "above_ratio_m": 4500.0, "n_above_ratio": 2}
    assert parts[1] == none | {"distance_m": 1000.0, "other_gemeente_m": 300.0, "n_other_gemeente": 1}
    assert parts[2] == none | {"distance_m": 13_000.0, "stations_m": 12_000.0}


def test_a_price_that_is_not_paid_is_no_part() -> None:
    town = replace(price_rises(), load_price_m=0.0, station_price_m=np.array([0.0, 900.0]))
    value = CoordinationValue.of(town, solve_coordination(town))
    assert (value.total_m, value.n_above_ratio) == (0.0, 3)
