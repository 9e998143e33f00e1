"""The tolerances of the verification: round-off passes, a little more does not; the people are counted exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.errors import VerificationError
from nsp_planner.plan import verify_coordination_plan, verify_local_plan
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan
from tests.towns.local import (
    Point,
    fewest_sites,
    line_town,
    quota_forces_other_site,
    tight_capacity,
    two_villages,
    unreachable_farm,
    whole_buurt,
)
from tests.towns.stations import at_most_two, four_on_a_road, own_gemeente_preferred

EXACTLY = SolveOptions(gap=0.0, threads=1)


def layers(instance: LocalInstance, plan: LocalPlan) -> list[str]:
    try:
        verify_local_plan(instance, plan)
    except VerificationError as error:
        return [fault.layer for fault in error.faults]
    return []


def solved(instance: LocalInstance) -> LocalPlan:
    return solve_local_exact(instance, EXACTLY)


def test_the_people_are_counted_where_they_are() -> None:
    town = unreachable_farm()
    people = verify_local_plan(town, solved(town))
    assert (people.total_persons, people.served_persons, people.unreachable_persons) == (422.0, 410.0, 12.0)
    assert people.unreachable_ids == ("hamlet", "farm")


def test_shares_sum_to_one_up_to_round_off() -> None:
    town = two_villages()
    plan = solved(town)
    for less, wrong in ((0.9e-9, []), (1.1e-9, ["constraint (1) allocation"])):
        share = plan.share.copy()
        share[0] -= less
        assert layers(town, replace(plan, share=share)) == wrong
        share[0] += 2 * less
        assert bool(layers(town, replace(plan, share=share))) is bool(wrong)


def test_the_one_furthest_from_being_allocated_once_is_told_first() -> None:
    town = two_villages()
    plan = solved(town)
    share = plan.share.copy()
    share[0], share[2] = 0.9, 0.4
    with pytest.raises(VerificationError, match=r"2 demand points are not allocated once; d3 gets 0\.400000000"):
        verify_local_plan(town, replace(plan, share=share))


def test_a_site_may_be_full_up_to_round_off_of_its_own_capacity() -> None:
    town = tight_capacity()
    plan = solved(town)
    assert layers(replace(town, capacity_persons=np.array([400 - 3.9e-4, 400])), plan) == []
    assert layers(replace(town, capacity_persons=np.array([400 - 4.1e-4, 400])), plan) == ["constraint (3) capacity"]
    tiny = line_town({"d": Point(0, 0.5)}, {"A": Point(0, 0.5)}, n_sites=1)
    plan = solved(tiny)
    assert layers(replace(tiny, capacity_persons=np.array([0.5 - 0.9e-6])), plan) == []
    assert layers(replace(tiny, capacity_persons=np.array([0.5 - 1.1e-6])), plan) == ["constraint (3) capacity"]


def test_the_fullest_site_is_told_first() -> None:
    town = tight_capacity()
    with pytest.raises(VerificationError, match=r"2 sites hold more than they can; A gets 400\.000 persons with pl"):
        verify_local_plan(replace(town, capacity_persons=np.array([100.0, 150.0])), solved(town))


def test_a_number_that_is_found_may_be_smaller_and_not_larger() -> None:
    town = fewest_sites()
    plan = solved(town)
    assert layers(replace(town, n_sites=2), plan) == []
    assert layers(replace(town, n_sites=1), plan) == ["constraint (4) number"]


def test_a_quota_is_kept_exactly_and_a_minimum_may_be_passed() -> None:
    town = quota_forces_other_site()
    plan = solved(town)
    assert layers(replace(town, quota=np.array([2, 0])), plan) == ["constraint (4) quota"]
    assert layers(replace(town, quota=None, min_sites=np.array([1, 0])), plan) == []
    assert layers(replace(town, quota=None, min_sites=np.array([1, 1])), plan) == []
    assert layers(replace(town, quota=None, min_sites=np.array([2, 0])), plan) == ["constraint (4) quota"]


def test_a_group_that_is_torn_is_named_and_who_has_no_group_may_go_anywhere() -> None:
    town = whole_buurt()
    apart = solved(replace(town, divisibility=Divisibility.WHOLE_POINTS))
    assert layers(town, apart) == ["constraint (6) whole groups"]
    assert layers(replace(town, group=np.array([-1, -1])), apart) == []
    assert layers(replace(town, group=np.array([0, -1])), apart) == []


def test_weight_beyond_the_norm_is_limited_up_to_a_millionth_of_all() -> None:
    """200 of the 600 persons walk farther than 299 m."""
    town = replace(tight_capacity(), service_distance_m=np.full(2, 299.0))
    plan = solved(town)
    assert layers(replace(town, max_beyond=200.0), plan) == []
    assert layers(replace(town, max_beyond=200 - 5.9e-4), plan) == []
    assert layers(replace(town, max_beyond=200 - 6.1e-4), plan) == ["constraint (7) norm"]
    at_the_norm = replace(town, service_distance_m=np.full(2, 300.0), max_beyond=0.0)
    assert layers(at_the_norm, plan) == []


def test_open_sites_and_shares_at_the_edge_are_read() -> None:
    town = two_villages()
    plan = solved(town)
    assert layers(town, replace(plan, share=plan.share * (1 + 0.9e-9))) == []
    assert layers(town, replace(plan, share=plan.share * (1 + 1.1e-9))) == ["allocation"]
    assert layers(town, replace(plan, open_sites=plan.open_sites.astype(np.uint8))) == []
    assert layers(town, replace(plan, open_sites=plan.open_sites + 1)) == ["plan"]
    nobody = np.zeros(0, dtype=np.int64)
    empty = replace(plan, open_sites=nobody, demand=nobody, site=nobody, share=np.zeros(0), value=0.0, bound=0.0)
    empty = replace(empty, report=replace(plan.report, trace=()))
    assert layers(town, empty) == ["constraint (1) allocation", "constraint (4) number"]


def station_layers(instance: object, plan: CoordinationPlan) -> list[str]:
    try:
        verify_coordination_plan(instance, plan)  # type: ignore[arg-type]
    except VerificationError as error:
        return [fault.layer for fault in error.faults]
    return []


def test_stations_may_have_as_many_l_nsps_as_the_most_and_the_fewest() -> None:
    town = at_most_two()
    plan = solve_coordination(town)
    assert station_layers(replace(town, min_lnsp_per_cnsp=2), plan) == []
    assert station_layers(replace(town, max_lnsp_per_cnsp=1), plan) == ["constraint (3) L-NSPs per C-NSP"]
    three = replace(town, max_lnsp_per_cnsp=4, min_lnsp_per_cnsp=3)
    assert station_layers(three, plan) == ["constraint (3) L-NSPs per C-NSP"]
    assert station_layers(replace(town, n_coordinators=1), plan) == ["constraint (4) number"]


def test_a_value_of_stations_has_the_penalty_in_it_and_may_differ_by_round_off() -> None:
    """900 + 500 m each in the own gemeente; L2 under K1 would be 900 + 100 + 2,000."""
    town = own_gemeente_preferred()
    plan = solve_coordination(town)
    assert plan.value == 1400.0
    abroad = replace(plan, coordinator=np.array([0, 0]), value=3000.0, bound=1400.0)
    by_time = replace(abroad, report=replace(plan.report, stopped_by="time"))
    assert station_layers(town, by_time) == []
    assert station_layers(town, replace(by_time, value=2000.0)) == ["objective"]
    assert station_layers(town, replace(plan, value=1400 * (1 + 0.9e-9))) == []
    assert station_layers(town, replace(plan, value=1400 * (1 + 1.1e-9))) == ["objective"]


def test_stations_at_positions_that_do_not_exist_are_refused() -> None:
    town = four_on_a_road()
    plan = solve_coordination(town)
    assert station_layers(town, plan) == []
    for stations, coordinator in (
        (np.array([2]), plan.coordinator),
        (np.array([-1]), plan.coordinator),
        (plan.open_stations.astype(float), plan.coordinator),
        (plan.open_stations, np.array([0, 0, 0, 2])),
        (plan.open_stations, plan.coordinator.astype(float)),
    ):
        wrong = replace(plan, open_stations=stations, coordinator=coordinator)
        assert station_layers(town, wrong) == ["coordinator"]
    assert station_layers(town, replace(plan, open_stations=np.array([0, 0]))) == ["plan"]
