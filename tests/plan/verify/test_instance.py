"""What an instance must be before anybody solves it: every rule at its edge, and every fault at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.errors import Fault, VerificationError
from nsp_planner.plan.instance import CoordinationInstance, LocalInstance
from nsp_planner.plan.verify.instance import verify_coordination_instance, verify_local_instance
from tests.towns.local import quota_forces_other_site, two_villages
from tests.towns.stations import four_on_a_road

TOWN = two_villages()
ROAD = four_on_a_road()


def faults_of(instance: LocalInstance | CoordinationInstance) -> tuple[Fault, ...]:
    check = verify_local_instance if isinstance(instance, LocalInstance) else verify_coordination_instance
    with pytest.raises(VerificationError) as caught:
        check(instance)  # type: ignore[arg-type]
    return caught.value.faults


def changed(values: np.ndarray, at: int, value: float) -> np.ndarray:
    other = values.copy()
    other[at] = value
    return other


@pytest.mark.parametrize(
    ("changes", "column", "message", "ids"),
    [
        ({"weight": np.array([1, -0.5, 1, 1])}, "weight", "1 values are negative or not a finite number", ("d2",)),
        ({"weight": np.array([1, 1, np.inf, 1])}, "weight", "1 values are negative or not a finite number", ("d3",)),
        ({"service_distance_m": np.array([-1.0, 300, np.nan, 300])}, "service_distance_m",
         "2 values are negative or not a finite number", ("d1", "d3")),
        ({"capacity_persons": np.array([5.0, -1, np.nan])}, "capacity_persons", "2 values are negative or missing",
         ("M", "B")),
        ({"demand_gemeente": np.array([0, -1, 0, 1])}, "demand_gemeente",
         "2 values are not a position among the 1 gemeenten", ("d2", "d4")),
        ({"site_gemeente": np.array([0, 0, 1])}, "site_gemeente",
         "1 values are not a position among the 1 gemeenten", ("B",)),
        ({"n_sites": 0}, "n_sites", "0 sites to open", ()),
        ({"max_beyond": -0.1}, "max_beyond", "less than nothing may lie beyond the norm", ()),
        ({"max_beyond": np.nan}, "max_beyond", "less than nothing may lie beyond the norm", ()),
        ({"group": np.array([0, 1, -1, -2]), "group_ids": ("BU1",)}, "group",
         "2 values are not a position among the 1 groups", ("d2", "d4")),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_is_named(
    changes: dict[str, Any], column: str, message: str, ids: tuple[str, ...]
) -> None:
    (fault,) = faults_of(replace(TOWN, **changes))
    assert (fault.column, fault.message, fault.ids) == (column, message, ids)


@pytest.mark.parametrize(
    "changes",
    [
        {"weight": np.zeros(4)},
        {"population_persons": np.zeros(4)},
        {"service_distance_m": np.zeros(4)},
        {"capacity_persons": np.array([0.0, np.inf, 1.0])},
        {"n_sites": 1},
        {"max_beyond": 0.0},
        {"group": np.array([0, 0, -1, -1]), "group_ids": ("BU1",)},
    ],
)
def test_the_edge_of_what_can_be_is_fine(changes: dict[str, Any]) -> None:
    verify_local_instance(replace(TOWN, **changes))


@pytest.mark.parametrize("ids", ["demand_ids", "gemeente_codes", "group_ids"])
def test_ids_that_occur_twice_are_named_once(ids: str) -> None:
    town = replace(quota_forces_other_site(), group=np.zeros(3, dtype=np.int64), group_ids=("BU1", "BU2"))
    verify_local_instance(town)
    first = getattr(town, ids)[0]
    (fault,) = faults_of(replace(town, **{ids: (first, first, *getattr(town, ids)[2:])}))
    assert fault.message == "ids occur more than once"
    assert fault.ids == (first,)


def test_a_quota_below_nought_or_beside_a_number_that_is_found_is_refused() -> None:
    town = quota_forces_other_site()
    verify_local_instance(replace(town, quota=np.array([2, 0])))
    (fault,) = faults_of(replace(town, quota=np.array([3, -1])))
    assert (fault.message, fault.ids) == ("a quota below 0", ("GM0002",))
    (fault,) = faults_of(replace(town, objective="min_sites"))
    assert fault.message == "min_sites finds the number of sites: a quota does not go with it"
    verify_local_instance(replace(town, objective="min_sites", quota=None))


def test_every_fault_is_told_at_once() -> None:
    columns = [fault.column for fault in faults_of(replace(TOWN, weight=-TOWN.weight, n_sites=-1, max_beyond=-1.0))]
    assert columns == ["weight", "n_sites", "max_beyond"]


@pytest.mark.parametrize(
    ("changes", "column", "ids"),
    [
        ({"lnsp_gemeente": np.array([0, -1, 0, 0])}, "lnsp_gemeente", ("L2",)),
        ({"station_gemeente": np.array([0, -1])}, "station_gemeente", ("K2",)),
        ({"lnsp_ids": ("L1", "L1", "L3", "L4")}, None, ("L1",)),
        ({"station_ids": ("K1", "K1")}, None, ("K1",)),
        ({"min_lnsp_per_cnsp": 5}, "max_lnsp_per_cnsp", ()),
        ({"min_lnsp_per_cnsp": -1}, "max_lnsp_per_cnsp", ()),
        ({"min_lnsp_per_cnsp": 0, "max_lnsp_per_cnsp": 0}, "max_lnsp_per_cnsp", ()),
        ({"n_coordinators": 0}, "n_coordinators", ()),
        ({"other_gemeente_penalty_m": -1.0}, "other_gemeente_penalty_m", ()),
        ({"other_gemeente_penalty_m": np.inf}, "other_gemeente_penalty_m", ()),
        ({"lnsp_per_cnsp": 0}, "lnsp_per_cnsp", ()),
        ({"load_price_m": -1.0}, "load_price_m", ()),
        ({"load_price_m": np.nan}, "load_price_m", ()),
        ({"station_price_m": np.array([0.0, -1.0])}, "station_price_m", ("K2",)),
        ({"station_price_m": np.array([np.inf, 0.0])}, "station_price_m", ("K1",)),
    ],
)
def test_stations_that_cannot_be_are_named(changes: dict[str, Any], column: str | None, ids: tuple[str, ...]) -> None:
    (fault,) = faults_of(replace(ROAD, **changes))
    assert (fault.column, fault.ids) == (column, ids)


@pytest.mark.parametrize(
    "changes",
    [
        {"min_lnsp_per_cnsp": 4},
        {"min_lnsp_per_cnsp": 0, "max_lnsp_per_cnsp": 1},
        {"n_coordinators": 1},
        {"other_gemeente_penalty_m": 0.0},
        {"lnsp_per_cnsp": 1, "load_price_m": 0.0, "station_price_m": np.zeros(2)},
        {"lnsp_per_cnsp": 5},
    ],
)
def test_the_edge_of_what_stations_can_be_is_fine(changes: dict[str, Any]) -> None:
    verify_coordination_instance(replace(ROAD, **changes))


INDPTR, DESTINATION, METRES = TOWN.costs.indptr, TOWN.costs.destination, TOWN.costs.distance_m


@pytest.mark.parametrize(
    ("changes", "message", "ids"),
    [
        ({"indptr": INDPTR + 1}, "rows and arcs do not belong together", ()),
        ({"indptr": changed(INDPTR, -1, 11)}, "rows and arcs do not belong together", ()),
        ({"indptr": changed(INDPTR, 1, 7)}, "rows and arcs do not belong together", ()),
        ({"distance_m": METRES[:-1]}, "rows and arcs do not belong together", ()),
        ({"destination": changed(DESTINATION, 4, 3)}, "1 arcs to a position that does not exist", ("d2",)),
        ({"destination": changed(DESTINATION, 4, -1)}, "1 arcs to a position that does not exist", ("d2",)),
        ({"distance_m": changed(METRES, 0, -1.0)},
         "1 distances that are negative, not finite or above the cutoff of 100000 m", ("d1",)),
        ({"distance_m": changed(METRES, 11, np.nan)},
         "1 distances that are negative, not finite or above the cutoff of 100000 m", ("d4",)),
        ({"distance_m": changed(METRES, 11, 100_001.0)},
         "1 distances that are negative, not finite or above the cutoff of 100000 m", ("d4",)),
        ({"distance_m": changed(METRES, 1, 50.0)}, "1 arcs that are not sorted by distance", ("d1",)),
        ({"destination": changed(DESTINATION, 7, int(DESTINATION[6]))}, "1 pairs that occur twice", ("d3",)),
    ],
)  # fmt: skip
def test_a_cost_matrix_out_of_order_is_refused(changes: dict[str, Any], message: str, ids: tuple[str, ...]) -> None:
    (fault,) = faults_of(replace(TOWN, costs=replace(TOWN.costs, **changes)))
    assert (fault.layer, fault.message, fault.ids) == ("cost matrix", message, ids)


def test_nought_metres_equal_metres_and_metres_of_the_cutoff_are_in_order() -> None:
    first, last = changed(METRES, 0, 0.0), changed(METRES, 11, 100_000.0)
    equal = changed(METRES, 4, METRES[3])
    for metres in (first, last, equal):
        verify_local_instance(replace(TOWN, costs=replace(TOWN.costs, distance_m=metres)))


def test_a_town_without_any_arc_is_in_order() -> None:
    verify_local_instance(TOWN.keep_arcs(np.zeros(TOWN.costs.n_arcs, dtype=bool)))
