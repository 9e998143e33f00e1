"""The one door to the solvers: what it says is what was proven."""

from __future__ import annotations

import math
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pulp
import pytest

from nsp_planner.errors import NoPlanError, SettingsError, VerificationError
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.milp import solver as door
from nsp_planner.plan.milp.local import build_local_model
from nsp_planner.plan.milp.outcome import MilpOutcome, MilpStatus
from nsp_planner.plan.milp.solver import MILP_OPTIONS, available_solvers, solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, PlanStatus, TracePoint
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.at_size import hard_town
from tests.towns.local import tight_capacity, two_villages

pytestmark = pytest.mark.slow

BOTH = pytest.mark.parametrize("name", ["highs", "cbc"])


@pytest.fixture
def empty_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for variable in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def knapsack(capacity: float) -> pulp.LpProblem:
    """Values 3, 4, 5 at weights 2, 3, 4: with room for 5 the best is 7, taken as a minimum of -7."""
    problem = pulp.LpProblem("knapsack", pulp.LpMinimize)
    x = [problem.add_variable(f"x{i}", 0, 1, pulp.LpInteger) for i in range(3)]
    problem.setObjective(pulp.LpAffineExpression(dict(zip(x, (-3.0, -4.0, -5.0), strict=True)), constant=10.0))
    weight = pulp.LpAffineExpression(dict(zip(x, (2.0, 3.0, 4.0), strict=True)))
    problem.addConstraint(pulp.LpConstraint(weight, pulp.LpConstraintLE, "room", capacity))
    return problem


@BOTH
def test_a_solved_problem_has_value_and_bound_with_the_constant(
    name: str, empty_temporary_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outcome = solve_milp(knapsack(5.0), replace(MILP_OPTIONS, solver=name))
    assert outcome.status is MilpStatus.OPTIMAL
    assert outcome.value == pytest.approx(3.0)
    assert outcome.bound == pytest.approx(3.0)
    assert outcome.bound <= outcome.value
    assert outcome.stopped_by == "gap"
    assert outcome.solver.startswith({"highs": "HiGHS 1.", "cbc": "CBC 2."}[name])
    assert capfd.readouterr() == ("", "")


@BOTH
def test_an_infeasible_problem_leaves_no_values_behind(name: str, empty_temporary_folder: Path) -> None:
    problem = knapsack(-1.0)
    outcome = solve_milp(problem, replace(MILP_OPTIONS, solver=name))
    assert outcome.status is MilpStatus.INFEASIBLE
    assert not outcome.has_solution
    assert math.isnan(outcome.value)
    assert all(variable.varValue is None for variable in problem.variables())


@BOTH
def test_an_unbounded_problem_is_called_so(name: str) -> None:
    problem = pulp.LpProblem("down", pulp.LpMinimize)
    x, y = problem.add_variable("x", None, None), problem.add_variable("y", 0, 1)
    problem.setObjective(pulp.LpAffineExpression({x: 1.0}))
    problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression({x: 1.0, y: 1.0}), pulp.LpConstraintLE, "c", 5.0))
    assert solve_milp(problem, replace(MILP_OPTIONS, solver=name)).status is MilpStatus.UNBOUNDED


@BOTH
def test_a_linear_problem_has_a_bound_too(name: str) -> None:
    problem = pulp.LpProblem("lp", pulp.LpMinimize)
    x = problem.add_variable("x", 0, 10)
    problem.setObjective(pulp.LpAffineExpression({x: 2.0}))
    problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression({x: 1.0}), pulp.LpConstraintGE, "c", 1.5))
    outcome = solve_milp(problem, replace(MILP_OPTIONS, solver=name))
    assert (outcome.status, outcome.value, outcome.bound) == (MilpStatus.OPTIMAL, 3.0, 3.0)


@pytest.mark.slow
@BOTH
def test_a_run_stopped_by_time_never_says_optimal_and_has_a_gap(name: str, empty_temporary_folder: Path) -> None:
    instance = hard_town(200, 60, 10)
    start = solve_local_exact(instance, SolveOptions(gap=0.9, time_limit_s=60, threads=1))
    plan = solve_local_exact(instance, SolveOptions(solver=name, gap=0.0, time_limit_s=1.5, threads=1), start=start)
    verify_local_plan(instance, plan)
    assert plan.status is PlanStatus.FEASIBLE
    assert plan.gap > PROOF_TOLERANCE
    assert plan.report.stopped_by == "time"


def test_a_run_without_a_plan_says_that_nothing_is_proven() -> None:
    with pytest.raises(NoPlanError, match="that none exists is not proven"):
        solve_local_exact(hard_town(150, 50, 8), SolveOptions(gap=0.0, time_limit_s=0.05, threads=1))


@BOTH
@pytest.mark.parametrize("time_limit_s", [0.05, 0.3])
def test_a_run_without_time_proves_nothing(name: str, time_limit_s: float, empty_temporary_folder: Path) -> None:
    # CBC that runs out of time in its preprocessing says "infeasible".
    problem = build_local_model(hard_town(150, 50, 8)).problem
    outcome = solve_milp(problem, replace(MILP_OPTIONS, solver=name, time_limit_s=time_limit_s))
    assert outcome.status in (MilpStatus.NO_SOLUTION, MilpStatus.FEASIBLE)
    assert outcome.stopped_by == "time"


def test_a_small_gap_asked_is_kept_and_reported() -> None:
    instance = hard_town(60, 20, 5)
    plan = solve_local_exact(instance, SolveOptions(gap=0.05, time_limit_s=60, threads=1))
    verify_local_plan(instance, plan)
    assert plan.gap <= 0.05
    assert plan.report.stopped_by == "gap"
    assert plan.status in (PlanStatus.OPTIMAL, PlanStatus.WITHIN_GAP)
    assert plan.bound <= plan.value


def test_the_same_seed_gives_the_same_plan() -> None:
    instance = hard_town(60, 20, 5)
    first, second = (solve_local_exact(instance, SolveOptions(gap=0.02, threads=1, seed=3)) for _ in range(2))
    assert first.value == second.value
    assert first.open_sites.tolist() == second.open_sites.tolist()


@BOTH
def test_a_start_is_taken_over(name: str) -> None:
    instance = tight_capacity()
    best = solve_local_exact(instance, SolveOptions(gap=0.0))
    again = solve_local_exact(instance, SolveOptions(solver=name, gap=0.0), start=best)
    assert again.value == pytest.approx(best.value, rel=1e-7)


@pytest.mark.slow
def test_a_start_gives_a_plan_where_time_would_be_too_short() -> None:
    instance = hard_town(200, 60, 10)
    start = solve_local_exact(instance, SolveOptions(gap=0.5, time_limit_s=60, threads=1))
    plan = solve_local_exact(instance, SolveOptions(gap=0.0, time_limit_s=1.0, threads=1), start=start)
    verify_local_plan(instance, plan)
    assert plan.value <= start.value * (1 + 1e-9)


def test_progress_is_reported_and_kept() -> None:
    seen: list[TracePoint] = []
    plan = solve_local_exact(
        hard_town(120, 40, 8), SolveOptions(gap=0.0, time_limit_s=2.5, threads=1, on_progress=seen.append)
    )
    assert len(seen) >= 2
    assert plan.report.trace[-1].value == pytest.approx(plan.value, rel=0.5)
    assert [p.seconds for p in seen] == sorted(p.seconds for p in seen)


def test_an_error_in_the_progress_callback_reaches_the_caller() -> None:
    def fail(point: TracePoint) -> None:
        raise RuntimeError("no more paper")

    with pytest.raises(RuntimeError, match="no more paper"):
        solve_local_exact(hard_town(120, 40, 8), SolveOptions(gap=0.0, time_limit_s=20, threads=1, on_progress=fail))


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to oneself on Windows")
@pytest.mark.parametrize("after", [1, 2])
def test_ctrl_c_stops_highs_and_keeps_the_plan_so_far(after: int) -> None:
    instance = hard_town(150, 50, 8)
    start = solve_local_exact(instance, SolveOptions(gap=0.9, time_limit_s=60, threads=1))
    seen: list[TracePoint] = []

    def press_ctrl_c(point: TracePoint) -> None:
        seen.append(point)
        if len(seen) == after:
            os.kill(os.getpid(), signal.SIGINT)

    began = time.perf_counter()
    plan = solve_local_exact(
        instance, SolveOptions(gap=0.0, time_limit_s=300, threads=1, on_progress=press_ctrl_c), start=start
    )
    assert time.perf_counter() - began < 100
    assert plan.report.stopped_by == "interrupt"
    assert plan.status is not PlanStatus.OPTIMAL
    verify_local_plan(instance, plan)


def test_without_highs_cbc_does_it_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "available_solvers", lambda: ("cbc",))
    plan = solve_local_exact(two_villages(), SolveOptions(gap=0.0))
    assert plan.value == pytest.approx(41_000.0)
    assert "HiGHS is not installed" in plan.report.solver


def test_without_any_solver_the_planner_reads_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "available_solvers", lambda: ())
    with pytest.raises(SettingsError, match="highspy") as caught:
        solve_milp(knapsack(5.0))
    assert caught.value.exit_code == 2


def test_an_unknown_solver_is_refused_with_the_names_that_work() -> None:
    with pytest.raises(SettingsError, match='"highs" or "cbc"'):
        solve_milp(knapsack(5.0), replace(MILP_OPTIONS, solver="gurobi"))


def test_a_maximisation_is_refused_for_its_bound_would_be_read_wrong() -> None:
    with pytest.raises(ValueError, match="minimises"):
        solve_milp(pulp.LpProblem("up", pulp.LpMaximize))


@pytest.mark.parametrize(("past", "is_fault"), [(0.5, True), (1e-7, False)])
def test_a_bound_past_the_value_is_a_fault_and_round_off_is_laid_on_it(
    monkeypatch: pytest.MonkeyPatch, past: float, is_fault: bool
) -> None:
    """The best of the knapsack is 3: a solver that claims 3.5 as a lower bound is wrong about one of the two."""
    solve = door.solve_with_highs

    def wrong(problem: pulp.LpProblem, options: SolveOptions, warm_start: bool) -> MilpOutcome:
        return replace(found := solve(problem, options, warm_start), bound=found.value + past)

    monkeypatch.setattr(door, "solve_with_highs", wrong)
    if is_fault:
        with pytest.raises(VerificationError, match=r"above the value 3\.0"):
            solve_milp(knapsack(5.0))
    else:
        outcome = solve_milp(knapsack(5.0))
        assert (outcome.bound, outcome.status) == (outcome.value, MilpStatus.OPTIMAL)


def test_both_solvers_are_here() -> None:
    assert available_solvers() == ("highs", "cbc")
