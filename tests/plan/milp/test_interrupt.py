"""Ctrl-C while a solver computes: the solver is waited for, and no KeyboardInterrupt comes inside its library."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Callable

import pulp
import pytest

from nsp_planner.errors import NspError
from nsp_planner.plan.milp import highs
from nsp_planner.plan.milp.interrupt import ctrl_c_counted, wait_for
from nsp_planner.plan.options import SolveOptions


def work_that_hands_over(asked: threading.Event, handed_over: list[str], after_s: float = 0.4) -> Callable[[], None]:
    """Work that runs until it is asked to stop, and then needs some time to hand over what it has."""

    def work() -> None:
        asked.wait(10)
        time.sleep(after_s)
        handed_over.append("plan")

    return work


@pytest.mark.slow
def test_after_ctrl_c_the_solver_is_waited_for_until_it_has_handed_over_its_plan() -> None:
    asked = threading.Event()
    handed_over: list[str] = []
    threading.Timer(0.1, _thread.interrupt_main).start()
    assert wait_for(work_that_hands_over(asked, handed_over), asked.set)
    assert handed_over == ["plan"]


@pytest.mark.slow
def test_a_second_ctrl_c_is_raised_without_waiting() -> None:
    asked = threading.Event()
    handed_over: list[str] = []
    for after_s in (0.05, 0.5):
        threading.Timer(after_s, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        wait_for(work_that_hands_over(asked, handed_over, after_s=2.0), asked.set)
    assert handed_over == []


def test_an_error_of_the_work_is_raised_and_work_that_ends_by_itself_is_not_stopped() -> None:
    def wrong() -> None:
        raise NspError([])

    with pytest.raises(NspError):
        wait_for(wrong, lambda: None)
    assert not wait_for(lambda: None, lambda: None)


def test_ctrl_c_inside_a_counted_block_is_raised_at_its_end() -> None:
    reached: list[str] = []

    def block() -> None:
        with ctrl_c_counted():
            signal.raise_signal(signal.SIGINT)
            reached.append("the end")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert reached == ["the end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_while_the_model_is_handed_to_highs_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, rows = pulp.HiGHS.buildSolverModel, []

    def build(self: pulp.HiGHS, problem: pulp.LpProblem) -> None:
        signal.raise_signal(signal.SIGINT)
        usual(self, problem)
        rows.append(problem.solverModel.getNumRow())

    monkeypatch.setattr(pulp.HiGHS, "buildSolverModel", build)
    problem = pulp.LpProblem("one", pulp.LpMinimize)
    x = problem.add_variable("x", 0, 3, pulp.LpInteger)
    problem.setObjective(pulp.LpAffineExpression({x: 1.0}))
    problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression({x: 1.0}), pulp.LpConstraintGE, "least", 2.0))
    with pytest.raises(KeyboardInterrupt):
        highs.solve_with_highs(problem, SolveOptions(), warm_start=False)
    assert rows == [1], "the model was complete when the interrupt was raised"
