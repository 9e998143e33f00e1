"""A plan with one decision more, held against the exact optimum of what was decided; on random towns, and by hand.

By hand: 100 persons at 0 m and 60 at 1,000 m, halls a at 0, b at 400 and c at 1,000 m, one to open. a costs 60,000
person-metres, b 40,000 + 36,000, c 100,000; the plan opens a.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.errors import NoPlanError
from nsp_planner.plan import decisions
from nsp_planner.plan.decisions import FREED, INSISTED, REFUSED, DecisionSolver, opened_and_closed, variant_of
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large import solve_local_large
from nsp_planner.plan.large.exchange import ExchangeSearch
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from tests.towns.instances import costs_along, local_instance

EXACT = SolveOptions(gap=0.0, threads=1, time_limit_s=20)


def small_town(**more: object) -> LocalInstance:
    costs = costs_along([0, 1_000], [0, 400, 1_000], cutoff_m=2_000.0)
    return local_instance([100.0, 60.0], [500.0] * 3, costs, 1, **more)


def solver_of(instance: LocalInstance) -> DecisionSolver:
    return DecisionSolver(instance, solve_local_exact(instance, EXACT), thorough=True)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search in small instances too."""
    monkeypatch.setattr(decisions, "SMALL_ARCS", 0)


@pytest.mark.parametrize("search", [False, True])
def test_what_a_decision_costs_by_hand(search: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if search:
        monkeypatch.setattr(decisions, "SMALL_ARCS", 0)
    solver = solver_of(small_town())
    assert solver.is_searched == search
    assert solver.yardstick.value == pytest.approx(60_000)
    assert solver.solve(REFUSED, 0).plan.value == pytest.approx(76_000)
    assert solver.solve(INSISTED, 2).plan.value == pytest.approx(100_000)
    assert opened_and_closed(solver.yardstick, solver.solve(REFUSED, 0).plan, 0) == ((1,), ())
    assert opened_and_closed(solver.yardstick, solver.solve(INSISTED, 2).plan, 2) == ((), (0,))
    fixed = solver_of(small_town(fixed=np.array([False, False, True])))
    assert fixed.solve(FREED, 2).plan.value == pytest.approx(60_000)


@pytest.mark.parametrize("search", [False, True])
def test_who_loses_the_only_site_in_reach_counts_as_going_to_the_cutoff(
    search: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if search:
        monkeypatch.setattr(decisions, "SMALL_ARCS", 0)
    instance = local_instance([100.0, 60.0], [500.0] * 3, costs_along([0, 5_000], [0, 500, 5_000], cutoff_m=1_000.0), 2)
    decided = solver_of(instance).solve(REFUSED, 2)
    assert (decided.lost_persons, decided.lost_cost) == (60.0, 60_000.0)
    assert decided.plan.value == 0


def test_with_a_number_per_gemeente_only_the_same_gemeente_replaces(searched: None) -> None:
    town = small_town(site_gemeente=np.array([0, 1, 0]), gemeente_codes=("GM0001", "GM0002"), quota=np.array([1, 0]))
    assert solver_of(town).solve(REFUSED, 0).plan.open_sites.tolist() == [2]
    with pytest.raises(NoPlanError):
        solver_of(town).solve(INSISTED, 1)


def test_what_a_quick_search_does_not_answer_is_said_to_be_unproven(searched: None) -> None:
    instance = local_instance([100.0, 60.0], [500.0] * 3, costs_along([0, 5_000], [0, 500, 5_000], cutoff_m=1_000.0), 2)
    with pytest.raises(NoPlanError) as error:
        DecisionSolver(instance, solve_local_exact(instance, EXACT)).solve(REFUSED, 2)
    assert not error.value.faults[0].proven


def test_refusing_what_was_fixed_may_make_the_plan_better_than_any_with_it(searched: None) -> None:
    """People live at 0 and 5,000 m, each beside a hall; a third, 2 km on, is fixed: 120 person-km, 0 without it."""
    town = local_instance(
        [100.0, 60.0],
        [500.0] * 3,
        costs_along([0, 5_000], [0, 5_000, 7_000], cutoff_m=9_000.0),
        2,
        fixed=np.array([False, False, True]),
    )
    solver = solver_of(town)
    assert solver.plan.value == solver.plan.bound == 120_000
    without = solver.solve(REFUSED, 2).plan
    assert (without.value, without.bound, without.open_sites.tolist()) == (0.0, 0.0, [0, 1])


def test_what_could_be_better_elsewhere_is_no_part_of_what_a_decision_does() -> None:
    """Two villages 50 km apart, in each a hall at the church and one 300 m off; in one the plan has the far one.

        x (m)   0 - 300 ........... 50,000 - 50,300
        hall    a    b                   c        d      open: a and d, the one at 50,300
        people  100                     60

    Without a, b opens: 30,000 person-metres more. That c is better than d has nothing to do with it.
    """
    costs = costs_along([0, 50_000], [0, 300, 50_000, 50_300], cutoff_m=60_000.0)
    town = local_instance([100.0, 60.0], [200.0] * 4, costs, 2)
    best = solve_local_exact(town, EXACT)
    assert best.open_sites.tolist() == [0, 2]
    plan = replace(best, open_sites=np.array([0, 3]), site=np.array([0, 3]), value=18_000.0, bound=0.0)
    found = ExchangeSearch(town, plan, seed=0).without(0)
    assert found is not None
    assert (found.open_sites.tolist(), found.cost) == ([1, 3], 48_000.0)
    assert ExchangeSearch(town, plan, seed=0).polish().open_sites.tolist() == [0, 2]  # type: ignore[union-attr]


def random_town(seed: int) -> LocalInstance:
    """30 squares along 6 km, 10 halls with room that is scarce or not, 3 to 5 to open, two gemeenten, some whole."""
    rng = np.random.default_rng(seed)
    persons = rng.integers(1, 60, 30).astype(float)
    p = int(rng.integers(3, 6))
    capacity = rng.uniform(1.1, 3.0) * persons.sum() / p * rng.uniform(0.8, 1.2, 10)
    costs = costs_along(rng.integers(0, 6_000, 30), rng.choice(6_000, 10, replace=False), cutoff_m=9_000.0)
    more: dict[str, object] = {}
    if seed % 3 == 1:
        more = {
            "quota": np.array([p - 1, 1]),
            "site_gemeente": np.arange(10) % 2,
            "gemeente_codes": ("GM0001", "GM0002"),
        }
    if seed % 5 == 0:
        more["divisibility"] = Divisibility.WHOLE_POINTS
    return local_instance(persons, capacity, costs, p, **more)


def cases(seed: int) -> tuple[LocalInstance, LocalPlan, list[tuple[str, int]]]:
    """A town, its plan, and every site refused or insisted on."""
    instance = random_town(seed)
    plan = solve_local_large(instance, SolveOptions(gap=0.03, time_limit_s=5, threads=1))
    is_open = np.isin(np.arange(10), plan.open_sites)
    return instance, plan, [(REFUSED if is_open[j] else INSISTED, j) for j in range(10)]


@pytest.mark.slow
def test_200_decisions_are_bounded_by_what_full_solves_find(searched: None) -> None:
    """Never below the optimum, its bound never above it, and of the 200 nearly all at it."""
    told = equal = 0
    for seed in range(20):
        instance, plan, asked = cases(seed)
        solver = DecisionSolver(instance, plan, thorough=True)
        assert solver.yardstick.value >= solve_local_exact(instance, EXACT).value * (1 - 1e-9)
        for decision, site in asked:
            true = solve_local_exact(variant_of(instance, decision, site), EXACT).value
            found = solver.solve(decision, site).plan
            assert found.value >= true * (1 - 1e-9), (seed, decision, site)
            assert found.bound <= true * (1 + 1e-6), (seed, decision, site)
            told += 1
            equal += found.value <= true * (1 + 1e-6)
    assert told == 200
    assert equal >= 190, f"{equal} of {told} at the optimum"


def test_a_decision_gets_the_same_plan_whatever_was_asked_before_and_on_more_threads(searched: None) -> None:
    instance, plan, asked = cases(2)
    one, other = (
        DecisionSolver(instance, plan),
        DecisionSolver(instance, replace(plan, report=replace(plan.report, threads=2))),
    )
    other.solve_ahead(asked[::-1])
    for decision, site in asked:
        plans = [solver.solve(decision, site).plan for solver in (one, other)]
        assert plans[0].value == plans[1].value
        assert (plans[0].open_sites == plans[1].open_sites).all()
