"""The verification refuses every kind of plan that was tampered with, and says which constraint is violated."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nsp_planner.errors import NoPlanError, VerificationError
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan, TracePoint
from nsp_planner.plan.verify.coordination import verify_coordination_plan
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.local import (
    fixed_pilot,
    minimum_for_the_small_one,
    most_coverage,
    quota_forces_other_site,
    refused_hall,
    tight_capacity,
    two_villages,
    unreachable_farm,
    whole_squares,
)
from tests.towns.random_instances import local_instances
from tests.towns.stations import at_least_two, at_most_two, fixed_station, four_on_a_road


def solved(instance: LocalInstance) -> LocalPlan:
    plan = solve_local_exact(instance, SolveOptions(gap=0.0, threads=1))
    verify_local_plan(instance, plan)
    return plan


def refusal(instance: LocalInstance, plan: LocalPlan) -> str:
    with pytest.raises(VerificationError) as caught:
        verify_local_plan(instance, plan)
    return str(caught.value)


def with_value(instance: LocalInstance, plan: LocalPlan, metres: dict[tuple[str, str], float]) -> LocalPlan:
    """The plan with the value that belongs to its tampered allocation, so that only the constraint is broken."""
    pairs = zip(plan.demand.tolist(), plan.site.tolist(), strict=True)
    distance = np.array([metres[instance.demand_ids[i], instance.site_ids[j]] for i, j in pairs])
    value = float(np.sum(instance.weight[plan.demand] * plan.share * distance))
    return replace(plan, value=value, bound=min(plan.bound, value))


def test_1_a_demand_point_that_is_not_allocated_is_named() -> None:
    instance = two_villages()
    plan = solved(instance)
    kept = plan.demand != 2
    text = refusal(instance, replace(plan, demand=plan.demand[kept], site=plan.site[kept], share=plan.share[kept]))
    assert "constraint (1)" in text
    assert "d3" in text


def test_1_half_a_demand_point_is_missed() -> None:
    instance = two_villages()
    plan = solved(instance)
    share = plan.share.copy()
    share[0] = 0.5
    text = refusal(instance, replace(plan, share=share))
    assert "constraint (1)" in text
    assert "0.500000000 instead of 1" in text


def test_1_an_unreachable_demand_point_may_not_be_served() -> None:
    instance = unreachable_farm()
    plan = solved(instance)
    farm = instance.demand_ids.index("farm")
    more = replace(
        plan,
        demand=np.append(plan.demand, farm),
        site=np.append(plan.site, plan.open_sites[0]),
        share=np.append(plan.share, 1.0),
    )
    text = refusal(instance, more)
    assert "constraint (1)" in text
    assert "reach" in text
    assert "farm" in text


def test_2_an_allocation_to_a_closed_site_is_named() -> None:
    instance = two_villages()
    plan = solved(instance)
    metres = {("d1", "M"): 600.0, ("d2", "A"): 100.0, ("d3", "B"): 100.0, ("d4", "B"): 100.0}
    moved = np.where(plan.demand == 0, instance.site_ids.index("M"), plan.site)
    text = refusal(instance, with_value(instance, replace(plan, site=moved), metres))
    assert "constraint (2)" in text
    assert "ids: M" in text


def test_3_a_site_above_its_capacity_is_named_with_persons() -> None:
    instance = tight_capacity()
    plan = solved(instance)
    everyone_to_a = replace(
        plan, demand=np.array([0, 1]), site=np.array([0, 0]), share=np.ones(2), value=60_000.0, bound=60_000.0
    )
    text = refusal(instance, everyone_to_a)
    assert "constraint (3)" in text
    assert "A gets 600.000 persons with place for 400.000" in text


def test_3_one_person_too_many_is_enough() -> None:
    instance = tight_capacity()
    plan = solved(instance)
    tighter = replace(instance, capacity_persons=np.array([399.0, 400.0]))
    assert "constraint (3)" in refusal(tighter, plan)


def test_4_a_site_too_many_or_too_few_is_counted() -> None:
    instance = two_villages()
    plan = solved(instance)
    assert "3 sites are open instead of 2" in refusal(instance, replace(plan, open_sites=np.array([0, 1, 2])))
    assert "1 sites are open instead of 2" in refusal(instance, replace(plan, open_sites=np.array([0])))


def test_4_a_gemeente_without_its_quota_is_named() -> None:
    instance = quota_forces_other_site()
    plan = solved(replace(instance, quota=None))
    text = refusal(instance, plan)
    assert "GM0001 has 2 of 1" in text
    assert "GM0002 has 0 of 1" in text


def test_4_a_gemeente_below_its_minimum_is_named() -> None:
    instance = minimum_for_the_small_one()
    text = refusal(instance, solved(replace(instance, min_sites=None)))
    assert "GM0002 has 0 of 1" in text
    assert "GM0001" not in text


def test_5_a_fixed_site_that_is_closed_is_named() -> None:
    instance = fixed_pilot()
    text = refusal(instance, solved(replace(instance, fixed=np.zeros(3, dtype=bool))))
    assert "1 fixed sites are not open" in text
    assert "ids: B" in text


def test_5_a_refused_site_that_is_open_is_named() -> None:
    instance = refused_hall()
    text = refusal(instance, solved(replace(instance, refused=np.zeros(3, dtype=bool))))
    assert "1 refused sites are open" in text
    assert "ids: M" in text


def test_6_a_split_square_is_named() -> None:
    text = refusal(whole_squares(), solved(tight_capacity()))
    assert "constraint (6)" in text
    assert "ids: d2" in text


def test_a_site_beyond_the_cutoff_is_not_an_arc() -> None:
    instance = two_villages()
    plan = solved(instance)
    near = replace(instance, costs=instance.costs.keep_arcs(instance.costs.distance_m < 100))
    assert "not within" in refusal(near, plan)


def report(**changes: object) -> Callable[[LocalPlan], LocalPlan]:
    return lambda plan: replace(plan, report=replace(plan.report, **changes))  # type: ignore[arg-type]


TAMPERED: dict[str, tuple[Callable[[LocalPlan], LocalPlan], str]] = {
    "value too good": (lambda p: replace(p, value=p.value * 0.999, bound=p.bound * 0.999), "recomputed"),
    "value a little off": (lambda p: replace(p, value=p.value + 0.01), "recomputed"),
    "value missing": (lambda p: replace(p, value=math.nan), "recomputed"),
    "bound above the value": (lambda p: replace(p, bound=p.value * 1.01), "lies above the value"),
    "bound missing": (lambda p: replace(p, bound=math.nan), "the bound nan"),
    "another objective": (lambda p: replace(p, objective="max_coverage"), "the plan optimises"),
    "sites unsorted": (lambda p: replace(p, open_sites=p.open_sites[::-1].copy()), "not sorted"),
    "a site twice": (lambda p: replace(p, open_sites=np.array([0, 0])), "occur twice"),
    "a site that does not exist": (lambda p: replace(p, open_sites=np.array([0, 9])), "positions outside 0 to 2"),
    "a demand point below 0": (lambda p: replace(p, demand=p.demand - 1), "positions outside 0 to 3"),
    "an allocation to nowhere": (lambda p: replace(p, site=p.site + 2), "positions outside 0 to 2"),
    "a share of 0": (lambda p: replace(p, share=p.share * 0.0), "above 0"),
    "a negative share": (lambda p: replace(p, share=-p.share), "above 0"),
    "a share above 1": (lambda p: replace(p, share=p.share * 1.5), "at most 1"),
    "a share missing": (lambda p: replace(p, share=p.share * math.nan), "above 0"),
    "lengths that differ": (lambda p: replace(p, share=p.share[:-1]), "one length"),
    "positions that are not whole": (lambda p: replace(p, site=p.site.astype(np.float64)), "not whole numbers"),
    "an allocation twice": (
        lambda p: replace(
            p, demand=np.append(p.demand, 0), site=np.append(p.site, p.site[0]), share=np.append(p.share, 0.5)
        ),
        "twice to the same site",
    ),
    "says it reached the gap": (lambda p: replace(p, bound=p.value * 0.5), "stopped at the gap asked"),
    "stopped by itself": (report(stopped_by="boredom"), "boredom"),
    "a gap below 0": (report(gap_asked=-1.0), "impossible"),
    "a time that is not a number": (report(seconds=math.nan), "impossible"),
    "no threads": (report(threads=0), "impossible"),
    "a bound claimed on the way that the plan refutes": (
        report(trace=(TracePoint(1.0, 90_000.0, 50_000.0),)),
        "was claimed",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_plan_with_one_field_tampered_is_refused(what: str) -> None:
    instance = two_villages()
    tamper, words = TAMPERED[what]
    assert words in refusal(instance, tamper(solved(instance)))


def test_the_bound_of_a_coverage_plan_lies_above_it() -> None:
    instance = most_coverage()
    plan = solved(instance)
    verify_local_plan(instance, replace(plan, bound=plan.value))
    assert "lies below the value" in refusal(instance, replace(plan, bound=plan.value - 1.0))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(local_instances(), st.data())
def test_a_right_plan_with_one_thing_broken_is_always_refused(instance: LocalInstance, data: st.DataObject) -> None:
    try:
        plan = solved(instance)
    except NoPlanError:
        assume(False)
    k = data.draw(st.integers(0, max(0, len(plan.share) - 1)))
    others = np.arange(len(plan.share)) != k
    broken = {
        "value": lambda: replace(plan, value=plan.value + 1e-3 * max(1.0, abs(plan.value))),
    }
    if len(plan.open_sites):
        broken["open"] = lambda: replace(plan, open_sites=plan.open_sites[1:])
    if len(plan.share):
        closed = np.setdiff1d(np.arange(instance.n_candidates), plan.open_sites)
        broken["dropped"] = lambda: replace(
            plan, demand=plan.demand[others], site=plan.site[others], share=plan.share[others]
        )
        broken["share"] = lambda: replace(plan, share=np.where(others, plan.share, plan.share * 0.9))
        if len(closed):
            broken["closed"] = lambda: replace(plan, site=np.where(others, plan.site, closed[0]))
    refusal(instance, broken[data.draw(st.sampled_from(sorted(broken)))]())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(local_instances())
def test_served_and_unreachable_make_the_total(instance: LocalInstance) -> None:
    try:
        plan = solve_local_exact(instance, SolveOptions(gap=0.0, threads=1))
    except NoPlanError:
        assume(False)
    people = verify_local_plan(instance, plan)
    assert people.total_persons == float(instance.population_persons.sum())
    assert people.served_persons + people.unreachable_persons == pytest.approx(people.total_persons, rel=1e-9)
    far = [i for i in range(instance.n_demand) if not instance.reachable[i]]
    assert people.unreachable_ids == tuple(instance.demand_ids[i] for i in far)


STATIONS: dict[str, tuple[Callable[[CoordinationPlan], CoordinationPlan], str]] = {
    "a maximum passed": (
        lambda p: replace(p, coordinator=np.array([0, 0, 0, 1]), value=3000.0, bound=3000.0),
        "more than 2",
    ),
    "a closed station": (
        lambda p: replace(p, open_stations=np.array([0])),
        "coordinate without being open",
    ),
    "a number too small": (lambda p: replace(p, open_stations=np.array([0])), "1 C-NSPs are open instead of 2"),
    "a value too good": (lambda p: replace(p, value=8999.0, bound=8999.0), "recomputed"),
    "a bound above the value": (lambda p: replace(p, bound=9001.0), "lies above"),
    "an L-NSP without coordinator": (lambda p: replace(p, coordinator=np.array([0, 0, 1, -1])), "positions outside"),
    "an L-NSP forgotten": (lambda p: replace(p, coordinator=p.coordinator[:3]), "one station position per L-NSP"),
    "stations unsorted": (lambda p: replace(p, open_stations=np.array([1, 0])), "not sorted"),
}


@pytest.mark.parametrize("what", STATIONS)
def test_a_plan_of_stations_with_one_thing_broken_is_refused(what: str) -> None:
    instance = at_most_two()
    tamper, words = STATIONS[what]
    plan = solve_coordination(instance)
    verify_coordination_plan(instance, plan)
    with pytest.raises(VerificationError, match=words):
        verify_coordination_plan(instance, tamper(plan))


def test_a_plan_of_stations_below_the_minimum_is_refused() -> None:
    loose = replace(at_least_two(), min_lnsp_per_cnsp=1)
    with pytest.raises(VerificationError, match="fewer than 2"):
        verify_coordination_plan(at_least_two(), solve_coordination(loose))


def test_fixed_and_refused_stations_are_checked() -> None:
    plan = solve_coordination(four_on_a_road())
    with pytest.raises(VerificationError, match="fixed but not open"):
        verify_coordination_plan(fixed_station(), plan)
    with pytest.raises(VerificationError, match="refused but open"):
        verify_coordination_plan(replace(four_on_a_road(), refused=np.array([True, False])), plan)


def test_a_coordinator_beyond_the_cutoff_is_refused() -> None:
    instance = four_on_a_road()
    near = replace(instance, costs=instance.costs.keep_arcs(instance.costs.distance_m < 5000))
    with pytest.raises(VerificationError, match="beyond the cutoff"):
        verify_coordination_plan(near, solve_coordination(instance))
