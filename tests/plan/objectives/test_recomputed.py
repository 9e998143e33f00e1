"""What each objective recomputes of a plan and refuses, at the edges, with plans written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.plan import LocalInstance, LocalPlan, SolveOptions, objective, solve_local, verify_local_plan
from nsp_planner.plan.objective import weight_sum
from tests.towns.local import Point, fewest_sites, least_worst_distance, line_town, most_coverage

EXACTLY = SolveOptions(method="exact", gap=0.0, threads=1)


def by_hand(
    instance: LocalInstance, sites: list[int], shares: list[float] | None = None
) -> tuple[LocalPlan, np.ndarray]:
    """Everybody to the site at this position, and the metres they walk."""
    demand, site = np.arange(len(sites)), np.array(sites)
    report = EXACTLY.report("exact", "by hand", 0.0, "gap")
    share = np.ones(len(sites)) if shares is None else np.array(shares)
    plan = LocalPlan(np.unique(site), demand, site, share, instance.objective, 0.0, 0.0, report)
    return plan, instance.costs.lookup(demand, site)


def recomputed(instance: LocalInstance, plan: LocalPlan, metres: np.ndarray) -> float:
    return objective(instance.objective).recompute(instance, plan, metres)


def refused(instance: LocalInstance, plan: LocalPlan, metres: np.ndarray) -> bool:
    return bool(objective(instance.objective).differences(instance, plan, metres))


def test_weight_is_summed_by_share() -> None:
    town = most_coverage()
    plan, metres = by_hand(town, [1, 1, 1], [1.0, 0.5, 0.2])
    assert weight_sum(town, plan, metres) == 100 * 300 + 50 * 300 + 10 * 2700
    assert weight_sum(town, plan, metres > 300) == 10


def test_who_walks_as_far_as_the_norm_is_within_it() -> None:
    town = most_coverage()
    assert recomputed(town, *by_hand(town, [1, 1, 1])) == 200
    assert recomputed(town, *by_hand(town, [0, 0, 0])) == 0
    assert recomputed(replace(town, service_distance_m=np.full(3, 299.9)), *by_hand(town, [1, 1, 1])) == 0


@pytest.mark.parametrize(
    ("percentile", "metres"), [(1.0, 10_000), (0.995, 10_000), (0.99, 600), (0.61, 600), (0.6, 0), (0.2, 0)]
)
def test_a_percentile_is_the_distance_beyond_which_little_enough_lies(percentile: float, metres: float) -> None:
    """60 walk nothing, 39 walk 600 m and one walks 10 km."""
    town = replace(least_worst_distance(), percentile=percentile)
    plan, walked = by_hand(town, [0, 0, 0])
    assert recomputed(town, plan, walked) == metres
    right = replace(plan, value=float(metres))
    assert not refused(town, right, walked)
    assert refused(town, replace(right, value=metres + 1.0), walked)
    assert refused(town, replace(right, value=metres - 1.0), walked)
    assert refused(town, replace(right, value=float("nan")), walked)
    assert refused(town, replace(right, value=float("inf")), walked)
    if metres:
        assert not refused(town, replace(right, value=metres * (1 + 0.9e-9)), walked)
        assert not refused(town, replace(right, value=metres * (1 - 0.9e-9)), walked)
        assert refused(town, replace(right, value=metres * (1 + 1.2e-9)), walked)
        assert refused(town, replace(right, value=metres * (1 - 1.2e-9)), walked)


def test_only_who_is_allocated_counts_in_a_percentile() -> None:
    """Without d3 the 99 others are all: 60 of them are 0.606."""
    town = replace(least_worst_distance(), percentile=0.605)
    plan, metres = by_hand(town, [0, 0, 0])
    assert recomputed(town, plan, metres) == 600
    without = replace(plan, demand=plan.demand[:2], site=plan.site[:2], share=plan.share[:2])
    assert recomputed(town, without, metres[:2]) == 0


def test_round_off_in_the_weight_beyond_is_not_held_against_a_percentile() -> None:
    """A tenth of 100 may lie beyond, and 10.00009 do: within a millionth of all; 10.00011 are not."""
    for more, metres in ((0.9e-4, 0.0), (1.1e-4, 100.0)):
        demand = {"d1": Point(0, 90 - more), "d2": Point(100, 10 + more)}
        town = replace(line_town(demand, {"A": Point(0, 200)}, n_sites=1, objective="min_max"), percentile=0.9)
        assert recomputed(town, *by_hand(town, [0, 0])) == metres


@pytest.mark.parametrize(("share", "fits"), [(0.9, True), (150 / 160, True), (0.9376, False), (1.0, False)])
def test_a_share_within_the_norm_is_asked_of_all_weight(share: float, fits: bool) -> None:
    """K and L have 150 of 160 persons within 300 m: 93.75 %."""
    town = replace(fewest_sites(), share=share)
    plan, metres = by_hand(town, [0, 1, 1])
    plan = replace(plan, value=2.0)
    found = objective("min_sites").differences(town, plan, metres)
    assert [each.layer for each in found] == ([] if fits else ["constraint (7) share"])
    if not fits:
        assert "150.000 of 160.000" in found[0].message
    wrong = objective("min_sites").differences(town, replace(plan, value=1.0), metres)
    assert [each.column for each in wrong] == ([] if fits else [None]) + ["value"]


def test_round_off_in_the_share_is_a_millionth_of_all() -> None:
    for less, fits in ((0.9e-6, True), (1.1e-6, False)):
        town = replace(fewest_sites(), share=150 / 160 + less)
        plan, metres = by_hand(town, [0, 1, 1])
        assert refused(town, replace(plan, value=2.0), metres) is not fits


@pytest.mark.parametrize("name", ["min_distance", "max_coverage"])
def test_a_value_may_differ_by_round_off_only(name: str) -> None:
    town = replace(most_coverage(), objective=name)
    plan, metres = by_hand(town, [1, 1, 1])
    value = recomputed(town, plan, metres)
    assert value == {"min_distance": 195_000.0, "max_coverage": 200.0}[name]
    for sign in (1, -1):
        assert not refused(town, replace(plan, value=value * (1 + sign * 0.9e-9)), metres)
        assert refused(town, replace(plan, value=value * (1 + sign * 1.1e-9)), metres)
    nobody = replace(town, weight=np.zeros(3))
    assert not refused(nobody, replace(plan, value=0.9e-9), metres)
    assert refused(nobody, replace(plan, value=1.1e-9), metres)


def test_what_is_shown_of_a_value_is_divided_as_its_unit_says() -> None:
    shown = {name: (objective(name).words.per, objective(name).words.weighs_persons, objective(name).words.in_metres)
             for name in ("min_distance", "max_coverage", "min_max", "min_sites")}  # fmt: skip
    assert shown == {
        "min_distance": (1000.0, True, False),
        "max_coverage": (1.0, True, False),
        "min_max": (1.0, False, True),
        "min_sites": (1.0, False, False),
    }
    assert [objective(name).maximised for name in shown] == [False, True, False, False]
    assert [objective(name).finds_number for name in shown] == [False, False, False, True]
    assert [objective(name).merges_groups for name in shown] == [True, True, False, True]


@pytest.mark.parametrize("town", [most_coverage(), fewest_sites(), least_worst_distance()], ids=lambda t: t.objective)
def test_a_start_and_a_listener_change_no_answer(town: LocalInstance) -> None:
    plain = solve_local(town, EXACTLY)
    told: list[float] = []
    again = solve_local(town, replace(EXACTLY, on_progress=lambda point: told.append(point.bound)), plain)
    verify_local_plan(town, again)
    assert (again.value, again.bound) == (plain.value, plain.bound)
    assert again.open_sites.tolist() == plain.open_sites.tolist()
    sign = -1 if objective(town.objective).maximised else 1
    assert all(sign * bound <= sign * plain.value + 1e-6 for bound in told)
    assert all(sign * point.bound <= sign * plain.value + 1e-6 for point in again.report.trace)
    assert again.report.threads == 1
    assert again.report.stopped_by == "gap"


def test_all_of_the_weight_can_be_asked_within_the_norm() -> None:
    """Each village then has its own hall; with one hall refused nobody can have all, and 150 of 160 is the most."""
    plan = solve_local(replace(fewest_sites(), share=1.0), EXACTLY)
    assert (plan.value, plan.bound) == (3.0, 3.0)
    plan = solve_local(replace(fewest_sites(), share=150 / 160, refused=np.array([False, False, True])), EXACTLY)
    assert (plan.value, plan.open_sites.tolist()) == (2.0, [0, 1])
