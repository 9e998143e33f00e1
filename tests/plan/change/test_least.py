"""Of the plans within the gap the one that changes least of the plan before: known answers, brute force, properties."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from nsp_planner.errors import NoPlanError, VerificationError
from nsp_planner.plan import LocalInstance, LocalPlan, SolveOptions, objective, solve_local, verify_local_plan
from nsp_planner.plan.change import least as least_module
from nsp_planner.plan.change.allowance import allowed_value
from nsp_planner.plan.change.least import change_least
from nsp_planner.plan.change.previous import PreviousSites
from nsp_planner.plan.change.problem import change_problem
from nsp_planner.plan.change.search import ChangeSearch
from nsp_planner.plan.incumbent import Incumbent
from nsp_planner.plan.instance import Divisibility
from nsp_planner.plan.verify.changes import verify_least_change
from tests.towns.local import Point, line_town
from tests.towns.seeded_small import KINDS, small_town

METHODS = ("exact", "large")


def options(method: str, gap: float = 0.0) -> SolveOptions:
    return SolveOptions(method=method, gap=gap, threads=1, time_limit_s=10.0)  # type: ignore[arg-type]


def before(instance: LocalInstance, open_ids: Iterable[str], **site_of: str) -> PreviousSites:
    return PreviousSites.of(instance, open_ids, site_of)


def after(instance: LocalInstance, plan: LocalPlan) -> PreviousSites:
    """A plan as the one before, each demand point at the site that most of it goes to."""
    order = np.argsort(plan.share, kind="stable")
    site_of = {
        instance.demand_ids[i]: instance.site_ids[j]
        for i, j in zip(plan.demand[order].tolist(), plan.site[order].tolist(), strict=True)
    }
    return before(instance, [instance.site_ids[j] for j in plan.open_sites.tolist()], **site_of)


def least(instance: LocalInstance, previous: PreviousSites, method: str, gap: float = 0.0) -> LocalPlan:
    """The plan that changes least, verified by both verifiers."""
    plan = change_least(instance, options(method, gap), previous)
    verify_local_plan(instance, plan)
    verify_least_change(instance, plan, previous)
    return plan


def opened(instance: LocalInstance, plan: LocalPlan) -> tuple[str, ...]:
    return tuple(instance.site_ids[j] for j in plan.open_sites.tolist())


def without(instance: LocalInstance, *names: str) -> LocalInstance:
    """The instance with these sites refused."""
    refused = instance.refused | np.isin(np.asarray(instance.site_ids), names)
    return replace(instance.keep_arcs(~refused[instance.costs.destination]), refused=refused)


def three_villages(**changes: object) -> LocalInstance:
    """Three villages 10 km apart, two halls in each, 100 persons each; three halls open.

    ::

        a  A1 A2          b  B1 B2          c  C1 C2
        0  10 30      10,000 ..10 ..30  20,000 ..10 ..30      metres

    The best plan opens A1, B1 and C1 and costs 100 persons x 10 m three times: 3,000. Each hall that is a second one
    costs 2,000 more.
    """
    villages = {"a": Point(0, 100), "b": Point(10_000, 100), "c": Point(20_000, 100)}
    halls = {f"{v.upper()}{n}": Point(p.at_m + at, 100) for v, p in villages.items() for n, at in ((1, 10), (2, 30))}
    return replace(line_town(villages, halls, n_sites=3), **changes)  # type: ignore[arg-type]


# -- known answers ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_one_hall_that_is_withdrawn_moves_one_site_and_the_people_of_that_hall(method: str) -> None:
    town = without(three_villages(), "B1")
    plan = least(town, before(town, ("A1", "B1", "C1"), a="A1", b="B1", c="C1"), method)
    assert opened(town, plan) == ("A1", "B2", "C1")
    assert plan.least_change is not None
    assert (plan.least_change.n_other, plan.least_change.n_other_at_least) == (1, 1)
    assert plan.least_change.moved == 100
    assert plan.value == 5_000


@pytest.mark.parametrize("method", METHODS)
def test_a_tie_goes_to_the_plan_before(method: str) -> None:
    """Both halls of a village lie as far away: which of them opens makes no difference but for the plan before."""
    halls = {"west": Point(-20, 100), "east": Point(20, 100)}
    town = line_town({"village": Point(0, 100)}, halls, n_sites=1)
    for hall in halls:
        plan = least(town, before(town, [hall], village=hall), method)
        assert opened(town, plan) == (hall,)
        assert plan.least_change is not None
        assert (plan.least_change.n_other, plan.least_change.moved) == (0, 0)


@pytest.mark.parametrize("method", METHODS)
def test_where_the_gap_allows_it_nothing_changes(method: str) -> None:
    """The plan before costs 5,000, the best one 3,000: a gap of 40 %."""
    town = three_villages()
    previous = before(town, ("A2", "B1", "C1"), a="A2", b="B1", c="C1")
    plan = least(town, previous, method, gap=0.41)
    assert opened(town, plan) == ("A2", "B1", "C1")
    assert plan.least_change is not None
    assert (plan.least_change.n_other, plan.least_change.moved) == (0, 0)
    assert plan.gap == pytest.approx(0.4)
    assert opened(town, least(town, previous, method, gap=0.39)) == ("A1", "B1", "C1")


@pytest.mark.parametrize("method", METHODS)
def test_just_so_much_changes_as_the_gap_asks_for(method: str) -> None:
    """Three second halls cost 9,000. At most 5,500 may be spent, so two of them change; which two is a tie."""
    town = three_villages()
    plan = least(town, before(town, ("A2", "B2", "C2"), a="A2", b="B2", c="C2"), method, gap=1 - 3_000 / 5_500)
    assert plan.least_change is not None
    assert plan.least_change.n_other == 2
    assert plan.value == 5_000


@pytest.mark.parametrize("method", METHODS)
def test_with_the_sites_decided_nobody_moves_who_need_not(method: str) -> None:
    """Two halls stay open; the village between them lies nearer to the other one now, and keeps its own.

    ::

        west      middle  east          persons 10 each
        0   40    60      100           metres; halls at 0 and 100

    The middle went to the hall in the west, 60 m instead of 40: the best plan costs 10 x 40, the one before 10 x 60.
    """
    demand = {"west": Point(0, 10), "middle": Point(60, 10), "east": Point(100, 10)}
    halls = {"W": Point(0, 100), "E": Point(100, 100)}
    town = line_town(demand, halls, n_sites=2, divisibility=Divisibility.WHOLE_POINTS)
    previous = before(town, ("W", "E"), west="W", middle="W", east="E")
    kept, moved = least(town, previous, method, gap=0.34), least(town, previous, method, gap=0.3)
    assert (kept.value, moved.value) == (600, 400)
    assert kept.least_change is not None
    assert moved.least_change is not None
    assert (kept.least_change.moved, moved.least_change.moved) == (0, 10)


def test_a_quota_that_changes_forces_other_sites_and_that_is_proven() -> None:
    """Two gemeenten of two halls each; one L-NSP in each becomes two in the first: one other site at least."""
    demand = {"a": Point(0, 100, 0), "b": Point(5_000, 100, 1)}
    halls = {"A1": Point(10, 200, 0), "A2": Point(20, 200, 0), "B1": Point(5_010, 200, 1), "B2": Point(5_020, 200, 1)}
    town = line_town(demand, halls, n_sites=3, quota=(2, 1))
    previous = before(town, ("A2", "B2"), a="A2", b="B2")
    assert previous.fewest_other(town) == 1
    plan = least(town, previous, "large", gap=0.7)
    assert opened(town, plan) == ("A1", "A2", "B2")
    assert plan.least_change is not None
    assert plan.least_change.is_proven


def test_a_plan_before_of_which_hardly_anything_is_left_is_no_start_but_stays_the_yardstick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of three sites one is left: the search begins from the new plan alone, and keeps it where the gap allows."""
    monkeypatch.setattr(least_module, "FEW_LACKING", 0)
    town = three_villages()
    plan = least(town, before(town, ("A2", "gone", "away"), a="A2"), "large", gap=0.45)
    assert "A2" in opened(town, plan)
    assert plan.least_change is not None
    assert (plan.least_change.n_other, plan.least_change.n_other_at_least) == (2, 2)


def test_new_squares_and_halls_that_are_gone_are_nobody_who_moves() -> None:
    """Village b is new and c went to a hall that is no candidate any more: c moves, b does not."""
    town = three_villages()
    previous = before(town, ("A1", "GONE", "B1"), a="A1", c="GONE")
    plan = least(town, previous, "exact")
    assert plan.least_change is not None
    assert plan.least_change.moved == 100
    assert plan.least_change.n_other == 1


def test_sites_of_neighbours_are_no_changes() -> None:
    town = three_villages()
    previous = PreviousSites.of(town, ("A1", "B1"), {}, counts=np.array([True] * 4 + [False] * 2))
    plan = least(town, previous, "exact")
    assert plan.least_change is not None
    assert plan.least_change.n_other == 0


def test_each_end_of_the_search_finds_the_fewest_by_itself() -> None:
    """Second halls cost 9,000, at most 5,500 may be spent: two swaps from the plan before, one back from the best."""
    town = three_villages()
    previous = before(town, ("A2", "B2", "C2"), a="A2", b="B2", c="C2")
    first = solve_local(town, options("exact"))
    search = ChangeSearch(change_problem(town, 5_500.0, previous), first, np.inf, 1)
    search.begin_before()
    grown = search.grow(3)
    search.begin_at(first.open_sites)
    shrunk = search.shrink()
    for plan in (grown, shrunk):
        assert plan is not None
        assert int(previous.is_other[plan.open_sites].sum()) == 2


def test_a_solve_that_time_ended_gives_up_as_much_of_its_own_value() -> None:
    """At a gap of 40 % asked for: from a bound of 50 up to 83.3; from a plan of 200, which is not within it, to 333."""
    plan = solve_local(three_villages(), options("exact"))
    within, beyond = (replace(plan, value=value, bound=50.0) for value in (80.0, 200.0))
    assert allowed_value(within, 0.4) == pytest.approx(50 / 0.6, rel=1e-5)
    assert allowed_value(beyond, 0.4) == pytest.approx(200 / 0.6, rel=1e-5)
    assert allowed_value(replace(plan, value=100.0, bound=110.0), 0.2, maximised=True) < 100


# -- brute force -----------------------------------------------------------------------------------------------------


def fewest_by_brute_force(instance: LocalInstance, previous: PreviousSites, most: float) -> tuple[int, float]:
    """Over all sets of sites: the fewest other ones of a plan that costs at most ``most``, then the fewest movers."""
    costs = instance.costs
    origin, to, cost = costs.arc_origin, costs.destination, instance.arc_cost
    moved = instance.population_persons[origin] * (previous.site[origin] != to)
    best = (10**9, np.inf)
    for sites in itertools.combinations(np.flatnonzero(~instance.refused).tolist(), instance.n_sites):
        is_open = np.isin(np.arange(instance.n_candidates), sites)
        per = np.bincount(instance.site_gemeente[is_open], minlength=len(instance.gemeente_codes))
        wrong_number = instance.quota is not None and (per != instance.quota).any()
        too_few = instance.min_sites is not None and (per < instance.min_sites).any()
        if wrong_number or too_few or (instance.fixed & ~is_open).any():
            continue
        arcs = np.flatnonzero(is_open[to])
        room = np.zeros((len(sites) + 1, len(arcs)))
        for row, site in enumerate(sites):
            room[row] = instance.population_persons[origin[arcs]] * (to[arcs] == site)
        room[-1] = cost[arcs] / most
        once = np.zeros((instance.n_demand, len(arcs)))
        once[origin[arcs], np.arange(len(arcs))] = 1.0
        limits = np.append(instance.capacity_persons[list(sites)], 1 + 1e-7)
        found = linprog(moved[arcs], room, limits, once, np.ones(instance.n_demand), (0, 1), method="highs")
        if found.status == 0:
            best = min(best, (int(previous.is_other[list(sites)].sum()), float(found.fun)))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_exact_way_has_the_fewest_other_sites_and_movers_of_all_plans(seed: int) -> None:
    town = small_town(seed, KINDS[seed % len(KINDS)], n=8, m=6, p=3)
    gap = (0.02, 0.15, 0.4)[seed % 3]
    try:
        first = solve_local(town, options("exact"))
    except NoPlanError:
        pytest.skip("no plan")
    free = [town.site_ids[j] for j in first.open_sites.tolist() if not town.fixed[j]]
    changed = without(town, free[0])
    try:
        plan = least(changed, after(changed, first), "exact", gap)
    except NoPlanError:
        pytest.skip("no plan without that site")
    told = plan.least_change
    assert told is not None
    most = allowed_value(plan, gap, maximised=objective(plan.objective).maximised)
    n_other, moved = fewest_by_brute_force(changed, after(changed, first), max(most, told.allowed_value))
    assert (told.n_other, told.n_other_at_least) == (n_other, n_other)
    assert told.moved == pytest.approx(moved, abs=1e-3)


GOALS = tuple(itertools.product(("min_distance", "max_coverage", "min_max", "min_sites"), Divisibility))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "divisibility"), GOALS)
def test_no_plan_has_more_other_sites_than_one_that_knows_of_no_plan_before(
    name: str, divisibility: Divisibility
) -> None:
    n_compared, n_proven = 0, 0
    for seed, method in itertools.product(range(3), METHODS):
        town = small_town(40 + seed, KINDS[seed], objective=name, divisibility=divisibility)
        try:
            first = solve_local(town, options(method))
            changed = without(town, town.site_ids[next(j for j in first.open_sites.tolist() if not town.fixed[j])])
            plain = solve_local(changed, options(method))
        except (NoPlanError, StopIteration):
            continue
        previous = after(changed, first)
        plan = least(changed, previous, method)
        assert plan.least_change is not None
        assert plan.least_change.n_other <= int(previous.is_other[plain.open_sites].sum())
        assert plan.gap <= 1e-6 or plan.report.stopped_by == "time"
        n_compared += 1
        n_proven += plan.least_change.is_proven
    assert n_compared >= 2
    assert n_proven >= 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_the_search_at_full_size_finds_what_the_exact_way_proves(seed: int) -> None:
    town = small_town(70 + seed, "quota", n=60, m=16, p=6)
    first = solve_local(town, options("exact", 0.01))
    changed = without(town, *(town.site_ids[j] for j in first.open_sites.tolist()[:1]))
    previous = after(changed, first)
    exact, found = (least(changed, previous, method, 0.02) for method in METHODS)
    assert exact.least_change is not None
    assert found.least_change is not None
    assert exact.least_change.is_proven
    assert found.least_change.n_other == exact.least_change.n_other


# -- what is refused -------------------------------------------------------------------------------------------------


def test_a_plan_that_says_something_else_of_its_changes_is_refused() -> None:
    town = three_villages()
    previous = before(town, ("A2", "B1", "C1"), a="A2", b="B1", c="C1")
    plan = least(town, previous, "exact")
    told = plan.least_change
    assert told is not None
    wrong = {
        "n_other": replace(told, n_other=0, n_other_at_least=0),
        "at least": replace(told, n_other_at_least=2),
        "persons": replace(told, moved=0.0),
        "first": replace(told, first_n_other=0),
        "allowed": replace(told, allowed_value=told.allowed_value + 1.0),
        "given up": replace(told, first_value=told.first_value - 1.0),
    }
    for each in wrong.values():
        with pytest.raises(VerificationError):
            verify_least_change(town, replace(plan, least_change=each), previous)
    with pytest.raises(VerificationError, match="says nothing"):
        verify_least_change(town, replace(plan, least_change=None), previous)


def test_a_plan_that_is_known_has_to_come_within_the_gap_too_unless_the_best_is_near_the_bound() -> None:
    known = Incumbent(replace(options("large", 0.1), known_value=120.0))
    known.note_value(100.0)
    known.note_bound(95.0)
    assert not known.closed()
    known.note_bound(98.0)
    assert known.closed()
    reached = Incumbent(replace(options("large", 0.1), known_value=104.0))
    reached.note_value(100.0)
    reached.note_bound(93.0)
    assert not reached.closed()
    reached.note_bound(94.0)
    assert reached.closed()
