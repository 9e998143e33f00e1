"""Groups that stay whole as single points, by hand: persons, distances, costs, what cannot be merged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.groups import group_faults, merge_groups, solve_merged
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from tests.towns.local import Point, line_town

EXACTLY = SolveOptions(gap=0.0, threads=1)


def two_buurten(**changes: object) -> LocalInstance:
    """BU1 is a (30) and b (10), BU2 is e (0) and f (0), c (20) stands alone, x of BU1 lives beyond every cutoff.

    ::

        a      S     b         c,T      e    f                x
        0     100   300        600     700  800             9000 m     cutoff 1,000 m, norm 150 m
    """
    demand = {
        "a": Point(0, 30), "b": Point(300, 10), "c": Point(600, 20, 1),
        "e": Point(700, 0), "f": Point(800, 0), "x": Point(9000, 5),
    }  # fmt: skip
    sites = {"S": Point(100, 100), "T": Point(600, 100, 1)}
    town = line_town(
        demand, sites, n_sites=1, cutoff_m=1000, service_distance_m=150, divisibility=Divisibility.DIVISIBLE
    )
    town = replace(
        town, divisibility=Divisibility.WHOLE_GROUPS, group=np.array([0, 0, -1, 1, 1, 0]), group_ids=("BU1", "BU2")
    )
    return replace(town, **changes)  # type: ignore[arg-type]


def table(instance: LocalInstance, values: np.ndarray) -> dict[tuple[str, str], float]:
    """Values of arcs by demand point and site."""
    costs = instance.costs
    pairs = zip(costs.arc_origin.tolist(), costs.destination.tolist(), values.tolist(), strict=True)
    return {(instance.demand_ids[i], instance.site_ids[j]): value for i, j, value in pairs}


def test_a_group_is_one_point_with_the_persons_and_the_mean_distance_of_its_members() -> None:
    """BU1 to S: (30 x 100 + 10 x 200) / 40 = 125 m, to T: (30 x 600 + 10 x 300) / 40 = 525 m."""
    merged = merge_groups(two_buurten())
    one = merged.instance
    assert one.demand_ids == ("BU1", "BU2", "c", "x")
    assert one.population_persons.tolist() == [40, 0, 20, 5]
    assert one.weight.tolist() == [40, 0, 20, 5]
    assert one.demand_gemeente.tolist() == [0, 0, 1, 0]
    assert one.divisibility is Divisibility.WHOLE_POINTS
    assert (one.group, one.group_ids) == (None, ())
    assert merged.member.tolist() == [0, 0, 2, 1, 1, 3]
    assert table(one, one.costs.distance_m) == {
        ("BU1", "S"): 125, ("BU1", "T"): 525, ("BU2", "T"): 150, ("BU2", "S"): 650, ("c", "T"): 0, ("c", "S"): 500,
    }  # fmt: skip


def test_the_part_beyond_the_norm_is_that_of_the_members_who_are() -> None:
    """To S only b walks more than 150 m: 10 of 40; to T all of BU1; who weigh nothing are never beyond."""
    one = merge_groups(two_buurten()).instance
    assert one.beyond_share is not None
    assert table(one, one.beyond_share) == {
        ("BU1", "S"): 0.25, ("BU1", "T"): 1, ("BU2", "T"): 0, ("BU2", "S"): 0, ("c", "T"): 0, ("c", "S"): 1,
    }  # fmt: skip
    assert table(one, one.arc_beyond)["BU1", "S"] == 10


def test_costs_of_arcs_are_summed_over_the_members() -> None:
    town = two_buurten()
    one = merge_groups(replace(town, cost_per_arc=town.costs.distance_m**2)).instance
    assert one.cost_per_arc is not None
    assert table(one, one.cost_per_arc)["BU1", "S"] == 100**2 + 200**2
    assert table(one, one.cost_per_arc)["BU2", "T"] == 100**2 + 200**2
    assert merge_groups(town).instance.cost_per_arc is None


def test_a_refused_site_is_no_site_in_common() -> None:
    one = merge_groups(two_buurten(refused=np.array([True, False]))).instance
    assert set(table(one, one.costs.distance_m)) == {("BU1", "T"), ("BU2", "T"), ("c", "T")}


def test_ids_that_would_be_equal_are_numbered() -> None:
    one = merge_groups(two_buurten(group_ids=("c", "BU2"))).instance
    assert one.demand_ids == ("c (0)", "BU2 (1)", "c (2)", "x (3)")


def test_a_plan_goes_there_and_back() -> None:
    town = two_buurten()
    groups = merge_groups(town)
    plan = solve_local_exact(town, EXACTLY)
    assert plan.value == 40 * 125 + 20 * 500
    assert dict(zip(plan.demand.tolist(), plan.site.tolist(), strict=True)) == {0: 0, 1: 0, 2: 0, 3: 0, 4: 0}
    there = groups.merged(plan)
    assert dict(zip(there.demand.tolist(), there.site.tolist(), strict=True)) == {0: 0, 1: 0, 2: 0}
    assert there.share.tolist() == [1.0] * 3
    back = groups.expanded(there)
    assert (back.demand.tolist(), back.site.tolist()) == (plan.demand.tolist(), plan.site.tolist())


def test_a_start_is_merged_before_it_is_given_on() -> None:
    town = two_buurten()
    plan, seen = solve_local_exact(town, EXACTLY), []

    def solve(merged: LocalInstance, start: LocalPlan | None) -> LocalPlan:
        seen.append(None if start is None else start.demand.tolist())
        return solve_local_exact(merged, EXACTLY)

    solve_merged(town, plan, solve)
    solve_merged(town, None, solve)
    assert seen == [[0, 1, 2], None]


def test_a_group_whose_members_share_no_site_is_named_with_its_persons_who_have_one() -> None:
    """At a cutoff of 250 m a reaches S only and b reaches T only; x of the same buurt reaches nothing."""
    demand = {"a": Point(0, 30), "b": Point(700, 12), "c": Point(600, 20), "x": Point(9000, 5)}
    town = line_town(demand, {"S": Point(100, 100), "T": Point(600, 100)}, n_sites=1, cutoff_m=250)
    town = replace(town, divisibility=Divisibility.WHOLE_GROUPS, group=np.array([1, 1, 0, 1]), group_ids=("BU0", "BU1"))
    with pytest.raises(NoPlanError) as caught:
        merge_groups(town)
    (fault,) = caught.value.faults
    assert fault.message == "1 buurten with 42 persons have no site that all their squares can reach: BU1"
    assert fault.ids == ("BU1",)
    assert group_faults(town) == caught.value.faults


def test_a_group_fits_where_it_fills_a_site_and_not_with_one_person_more() -> None:
    town = two_buurten(capacity_persons=np.array([30.0, 40.0]))
    assert group_faults(town) == ()
    (fault,) = group_faults(two_buurten(capacity_persons=np.array([30.0, 39.0])))
    assert fault.ids == ("BU1",)
    assert "1 buurten have more persons" in fault.message
    assert "BU1 has 40, the largest site there holds 39" in fault.message
    two = group_faults(two_buurten(capacity_persons=np.array([19.0, 18.0])))[0]
    assert two.ids == ("BU1", "c")
    assert "BU1 has 40, the largest site there holds 19" in two.message
    with pytest.raises(NoPlanError, match="BU1 has 40"):
        solve_merged(two_buurten(capacity_persons=np.array([30.0, 39.0])), None, lambda *_: pytest.fail("solved"))
