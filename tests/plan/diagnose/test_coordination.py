"""Why there is no plan of C-NSPs: every number in the message by hand, and nothing said at the edge of what can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.errors import Fault
from nsp_planner.plan.diagnose.coordination import explain_no_coordination
from nsp_planner.plan.instance import CoordinationInstance
from tests.towns import impossible as toys
from tests.towns.stations import four_on_a_road, road_stations


def the_fault(instance: CoordinationInstance) -> Fault:
    (fault,) = explain_no_coordination(instance)
    return fault


@pytest.mark.parametrize(
    ("build", "message", "column", "ids"),
    [
        (toys.too_few_places_for_lnsps, "1 C-NSPs with at most 3 L-NSPs each have place for 3 L-NSPs, there are 4",
         "ratios.most_lnsp_per_cnsp", ()),
        (toys.too_few_lnsps_for_coordinators, "2 C-NSPs with at least 3 L-NSPs each need 6 L-NSPs, there are 4",
         "ratios.min_lnsp_per_cnsp", ()),
        (toys.more_stations_fixed_than_asked, "2 stations are fixed, but only 1 C-NSPs may open",
         "decisions.fixed_cnsp", ("K1", "K2")),
        (toys.all_stations_refused, "all 2 stations are refused, so there is no C-NSP at all",
         "decisions.refused_cnsp", ("K1", "K2")),
        (toys.fewer_stations_left_than_asked, "2 C-NSPs are asked for, but only 1 stations are not refused",
         "ratios.lnsp_per_cnsp", ()),
        (toys.station_fixed_and_refused, "1 stations are fixed and refused at the same time", "decisions", ("K2",)),
        (toys.lnsp_without_station, "1 L-NSPs have no station that is not refused within 5000 m", "distances", ("L4",)),
        (toys.one_lnsp_near_a_station, "not every C-NSP can have at least 2 L-NSPs; in the best choice found 1 "
         "stations have fewer", "ratios.min_lnsp_per_cnsp", ("K2",)),
    ],
)  # fmt: skip
def test_the_message_has_the_numbers_worked_out_by_hand(
    build: Any, message: str, column: str, ids: tuple[str, ...]
) -> None:
    fault = the_fault(build())
    assert (fault.message, fault.column, fault.ids) == (message, column, ids)


def test_the_best_choice_leaves_as_few_without_as_can_be() -> None:
    """K1 takes two of the four L-NSPs near it, whichever they are."""
    crowded = road_stations(n_coordinators=2, most=2, cutoff_m=5000, lnsp_at_m=(0.0, 1.0, 2.0, 3.0, 10_000.0))
    fault = the_fault(replace(crowded, max_lnsp_per_cnsp=3))
    assert fault.message == (
        "2 C-NSPs of at most 3 L-NSPs cannot be chosen so that each L-NSP has one within 5000 m; the best choice found "
        "leaves 1 without"
    )
    assert len(fault.ids) == 1
    assert set(fault.ids) < {"L1", "L2", "L3", "L4"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"fixed": np.array([True, True])},
        {"min_lnsp_per_cnsp": 2},
        {"min_lnsp_per_cnsp": 0},
    ],
)
def test_what_just_fits_is_not_in_the_way(changes: dict[str, Any]) -> None:
    """Two stations of at most two for four L-NSPs: the numbers fit, but three of the four lie near K1 only."""
    fault = the_fault(replace(toys.three_lnsps_near_one_station(), **changes))
    assert fault.layer == "reach of C-NSPs"
    assert "leaves 1 without" in fault.message


def test_each_that_cannot_be_counted_is_told_beside_the_others() -> None:
    """Both fixed, K2 refused, one asked of at most three: three contradictions, and L4 has no station either."""
    wrong = replace(
        road_stations(n_coordinators=1, most=3, cutoff_m=5000),
        fixed=np.array([True, True]),
        refused=np.array([False, True]),
    )
    assert [fault.layer for fault in explain_no_coordination(wrong)] == [
        "fixed stations", "fixed stations", "L-NSPs per C-NSP", "reach",
    ]  # fmt: skip


def test_a_minimum_is_in_the_way_of_as_many_stations_as_miss_it() -> None:
    """K1 and K2 lie near one L-NSP each and K3 near four; each must have two: two stations miss it."""
    town = road_stations(
        n_coordinators=3,
        least=2,
        cutoff_m=100,
        lnsp_at_m=(0.0, 5000.0, 9000.0, 9001.0, 9002.0, 9003.0),
        station_at_m=(0.0, 5000.0, 9000.0),
    )
    fault = the_fault(town)
    assert "in the best choice found 2 stations have fewer" in fault.message
    assert fault.ids == ("K1", "K2")


def test_stations_with_a_plan_are_not_said_to_have_a_constraint_in_the_way() -> None:
    fault = the_fault(four_on_a_road())
    assert (fault.layer, fault.column, fault.ids) == ("C-NSPs", None, ())
