"""Why there is no plan of L-NSPs: every number in the message by hand, and nothing said at the edge of what can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.errors import Fault
from nsp_planner.plan.diagnose.local import explain_no_plan
from nsp_planner.plan.instance import Divisibility, LocalInstance
from tests.towns import impossible as toys
from tests.towns.local import Point, fewest_sites, line_town, two_villages


def the_fault(instance: LocalInstance) -> Fault:
    (fault,) = explain_no_plan(instance)
    assert fault.proven
    return fault


@pytest.mark.parametrize(
    ("build", "message", "column", "ids"),
    [
        (toys.quota_without_candidates, "1 gemeenten have fewer candidates that are not refused than their quota: "
         "GM0002 needs 2 and has 1", "ratios.quota", ("GM0002",)),
        (toys.fewer_candidates_than_sites, "4 sites must open, but only 3 candidates are not refused", "ratios", ()),
        (toys.more_fixed_than_sites, "2 sites are fixed, but only 1 may open", "decisions.fixed", ("A", "B")),
        (toys.more_fixed_than_quota, "GM0001 has 2 fixed sites and a quota of 1", "decisions.fixed", ("A", "B")),
        (toys.fixed_and_refused, "1 sites are fixed and refused at the same time", "decisions", ("M",)),
        (toys.capacity_too_small, "600 persons must be served, but the 2 largest sites that may open together hold 598 "
         "(slack included)", "capacity", ()),
        (toys.capacity_far_away, "500 persons on 1 demand points have only 1 candidate sites within reach, which hold "
         "300 together even if all open: A", "capacity", ("d1",)),
        (toys.three_villages_two_sites, "no choice of 2 sites has one within 1000 m of everyone who has a candidate "
         "there; the best found leaves 80 persons on 1 demand points without", "distances.cutoff_m", ("c",)),
        (toys.the_only_hall_for_both_is_small, "with 1 sites that are within reach of everyone, at least 50.0 persons "
         "are more than the sites hold; in the best plan found 1 sites are too full", "capacity", ("M",)),
        (toys.whole_square_does_not_fit, "1 demand points have more persons than any site within reach holds; flat has "
         "500, the largest site there holds 300", "plan.demand_points", ("flat",)),
        (toys.share_beyond_reach, "99.0% of 160 must have a site within their norm, but at most 150 (93.8%) can, "
         "whatever opens", "plan.share", ("d3",)),
    ],
)  # fmt: skip
def test_the_message_has_the_numbers_worked_out_by_hand(
    build: Any, message: str, column: str, ids: tuple[str, ...]
) -> None:
    fault = the_fault(build())
    assert (fault.message, fault.column, fault.ids) == (message, column, ids)


def villages(**changes: Any) -> LocalInstance:
    """Three villages 5 km apart with a hall each, two of which may open: no plan for lack of reach, nothing else.

    a (100 persons) and A in GM0001, b (90) with B and c (80) with C in GM0002; A and B hold everybody and no more.
    """
    demand = {"a": Point(0, 100), "b": Point(5000, 90, 1), "c": Point(10_000, 80, 1)}
    sites = {"A": Point(0, 135), "B": Point(5000, 135, 1), "C": Point(10_000, 80, 1)}
    return replace(line_town(demand, sites, n_sites=2, cutoff_m=1000), **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"fixed": np.array([True, True, False])},
        {"quota": np.array([1, 1])},
        {"quota": np.array([1, 1]), "fixed": np.array([True, True, False])},
        {"min_sites": np.array([1, 1])},
        {"min_sites": np.array([1, 1]), "fixed": np.array([True, True, False])},
    ],
)
def test_what_just_fits_is_not_in_the_way(changes: dict[str, Any]) -> None:
    fault = the_fault(villages(**changes))
    assert (fault.layer, fault.ids) == ("reach", ("c",))


def test_candidates_that_are_just_enough_are_not_in_the_way() -> None:
    """A and B are all there is besides the refused C, and A holds 135 of the 136 persons of a."""
    two = villages(
        refused=np.array([False, False, True]), population_persons=np.array([136.0, 90, 80]), quota=np.array([1, 1])
    )
    fault = the_fault(two)
    assert (fault.layer, fault.ids) == ("capacity", ("a",))
    assert "136 persons on 1 demand points" in fault.message
    assert the_fault(replace(two, quota=None)).message == fault.message
    assert the_fault(replace(two, quota=None, min_sites=np.array([1, 1]))).message == fault.message


def test_a_person_more_than_the_largest_sites_hold_is_in_the_way() -> None:
    persons = np.array([101.0, 90, 80])
    faults = {fault.layer: fault.message for fault in explain_no_plan(villages(population_persons=persons))}
    assert faults["capacity"] == (
        "271 persons must be served, but the 2 largest sites that may open together hold 270 (slack included)"
    )


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({}, 700),
        ({"fixed": np.array([True, False, False, False])}, 500),
        ({"refused": np.array([False, False, False, True])}, 500),
        ({"quota": np.array([2, 0])}, 300),
        ({"quota": np.array([1, 1])}, 600),
        ({"quota": np.array([1, 1]), "fixed": np.array([True, False, False, False])}, 500),
    ],
)
def test_the_largest_sites_that_may_open_together_are_counted(changes: dict[str, Any], places: int) -> None:
    """A 100 and B 200 in GM0001, C 300 and D 400 in GM0002, two of them for 1,000 persons in one place."""
    sites = {"A": Point(0, 100), "B": Point(0, 200), "C": Point(0, 300, 1), "D": Point(0, 400, 1)}
    town = replace(line_town({"d": Point(0, 1000)}, sites, n_sites=2), **changes)
    fault = next(fault for fault in explain_no_plan(town) if "must be served" in fault.message)
    assert fault.message == (
        f"1,000 persons must be served, but the 2 largest sites that may open together hold {places} (slack included)"
    )


def test_a_region_that_is_short_as_a_whole_is_told_once() -> None:
    town = line_town({"d": Point(0, 1000)}, {"A": Point(0, 100), "B": Point(0, 200)}, n_sites=2)
    assert len(explain_no_plan(town)) == 1


def test_people_short_of_places_nearby_are_told_apart_from_those_who_have_them() -> None:
    """a1 and a2 (300 persons) have A and B with 250 places between them; c has C."""
    demand = {"a1": Point(0, 200), "a2": Point(100, 100), "none": Point(50, 0), "c": Point(9000, 50)}
    sites = {"A": Point(0, 150), "B": Point(100, 100), "C": Point(9000, 900)}
    fault = the_fault(line_town(demand, sites, n_sites=3, cutoff_m=1000))
    assert fault.message == (
        "300 persons on 2 demand points have only 2 candidate sites within reach, which hold 250 together even if all "
        "open: A, B"
    )
    assert fault.ids == ("a1", "a2")


def test_minima_that_need_more_candidates_or_sites_than_there_are_are_named() -> None:
    short = the_fault(villages(min_sites=np.array([2, 0])))
    assert short.ids == ("GM0001",)
    assert short.column == "ratios.quota_per"
    assert short.message == "1 gemeenten have fewer candidates that are not refused than they must get: GM0001"
    fault = the_fault(villages(min_sites=np.array([1, 2])))
    assert fault.message == "2 sites may open, but the minimum of each gemeente and the fixed sites need 3"
    fixed = villages(min_sites=np.array([1, 0]), fixed=np.array([False, True, True]))
    assert fault.message in [each.message for each in explain_no_plan(fixed)]


def test_every_gemeente_with_too_many_fixed_or_too_few_candidates_is_named() -> None:
    town = villages(quota=np.array([0, 2]), fixed=np.array([True, True, False]), refused=np.array([False, False, True]))
    assert [(fault.layer, fault.message, fault.ids) for fault in explain_no_plan(town)][:2] == [
        ("fixed sites", "GM0001 has 1 fixed sites and a quota of 0", ("A",)),
        (
            "quota",
            "1 gemeenten have fewer candidates that are not refused than their quota: GM0002 needs 2 and has 1",
            ("GM0002",),
        ),
    ]


def test_more_sites_asked_than_there_are_is_no_fault_where_the_number_is_found() -> None:
    town = replace(fewest_sites(), n_sites=9, share=0.99, refused=np.array([False, False, True]))
    assert the_fault(town).layer == "share"


def test_a_larger_site_that_is_refused_or_out_of_reach_does_not_hold_a_square() -> None:
    """301 persons within reach of A (300) and C (900, refused); D (800) lies too far."""
    demand = {"fits": Point(0, 300), "long": Point(0, 301)}
    sites = {"A": Point(0, 300), "B": Point(0, 300), "C": Point(0, 900), "D": Point(9000, 800)}
    town = line_town(demand, sites, n_sites=3, cutoff_m=1000, refused=("C",), divisibility=Divisibility.WHOLE_POINTS)
    (fault,) = explain_no_plan(replace(town, population_persons=np.array([200.0, 301])))
    assert (fault.ids, fault.layer) == (("long",), "whole points")
    assert "long has 301, the largest site there holds 300" in fault.message
    fits = replace(town, capacity_persons=np.array([300.0, 301, 900, 800]))
    assert [fault.ids for fault in explain_no_plan(fits)] == [()]


def test_of_squares_that_do_not_fit_the_one_furthest_from_fitting_is_told() -> None:
    """Four halls of 150 hold the 454 persons in parts; of 150, 151, 152 and 1 in a square two do not fit as a whole."""
    demand = {"fits": Point(0, 150), "one": Point(0, 151), "two": Point(10, 152), "three": Point(20, 1)}
    sites = {letter: Point(k, 150) for k, letter in enumerate("ABCD")}
    fault = the_fault(line_town(demand, sites, n_sites=4, divisibility=Divisibility.WHOLE_POINTS))
    assert fault.ids == ("one", "two")
    assert fault.message == (
        "2 demand points have more persons than any site within reach holds; two has 152, the largest site there "
        "holds 150"
    )


def test_how_many_sites_are_too_full_is_counted() -> None:
    """Both pairs of villages share one hall in the middle that is 50 and 30 places short; the large halls are aside."""
    demand = {"a": Point(0, 100), "b": Point(1800, 100), "c": Point(9000, 100), "d": Point(10_800, 100)}
    sites = {"A": Point(0, 300), "M": Point(900, 150), "C": Point(9000, 300), "N": Point(9900, 170)}
    fault = the_fault(line_town(demand, sites, n_sites=2, cutoff_m=1000))
    assert "at least 80.0 persons are more than the sites hold; in the best plan found 2 sites" in fault.message
    assert fault.ids == ("M", "N")


def test_those_whom_a_share_cannot_reach_are_all_who_have_nothing_within_their_norm() -> None:
    """Of 160 persons d2 (60) and d3 (10) lose their halls: 90 of 160 can be within the norm."""
    town = replace(fewest_sites(), share=0.6, refused=np.array([False, True, True]))
    fault = the_fault(town)
    assert (
        fault.message == "60.0% of 160 must have a site within their norm, but at most 90 (56.2%) can, whatever opens"
    )
    assert fault.ids == ("d2", "d3")


def test_a_share_that_only_all_constraints_together_forbid_is_found_by_the_model() -> None:
    """Each has a hall within the norm, but two halls may open: 150 of 160 persons, and 95 % are asked."""
    fault = the_fault(replace(fewest_sites(), share=0.95, n_sites=2))
    assert (
        fault.message == "95.0% of 160 must have a site within their norm, but at most 150 (93.8%) can, whatever opens"
    )


def test_a_town_with_a_plan_is_not_said_to_have_a_constraint_in_the_way() -> None:
    fault = the_fault(two_villages())
    assert (fault.layer, fault.column, fault.ids) == ("plan", None, ())
