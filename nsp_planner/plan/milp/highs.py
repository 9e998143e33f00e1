"""HiGHS behind PuLP. In: a PuLP minimisation and limits. Out: what HiGHS itself says of it.

PuLP says "Optimal" for a run stopped by time at any gap, so the status is read from the solver's own model.
"""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import Any

import pulp

from nsp_planner.plan.milp.interrupt import ctrl_c_counted, wait_for
from nsp_planner.plan.milp.outcome import MilpOutcome, MilpStatus
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import TracePoint

PROGRESS_EVERY_S = 0.5
"""Least time between two reports of progress."""


def solve_with_highs(problem: pulp.LpProblem, options: SolveOptions, warm_start: bool) -> MilpOutcome:
    """Solve with HiGHS; the bound is as it says, with the problem's constant added."""
    import highspy

    on_progress = options.on_progress
    is_mip = bool(problem.isMIP())
    constant = float(problem.objective.constant) if problem.objective is not None else 0.0
    trace: list[TracePoint] = []
    halt = threading.Event()
    interrupted = False
    raised: list[BaseException] = []

    def watch(event: Any) -> None:
        # An exception may not pass through the solver's own code: keep it, stop, and raise it afterwards.
        try:
            if is_mip:
                report(event.data_out)
        except BaseException as error:
            raised.append(error)
            halt.set()
        if halt.is_set():
            event.interrupt()

    def report(out: Any) -> None:
        seconds, value, bound = max(0.0, out.running_time), float(out.mip_primal_bound), float(out.mip_dual_bound)
        if trace and seconds - trace[-1].seconds < PROGRESS_EVERY_S:
            return
        value = value + constant if value < highspy.kHighsInf else math.inf
        bound = bound + constant if bound > -highspy.kHighsInf else -math.inf
        if trace and (value, bound) == (trace[-1].value, trace[-1].bound) and on_progress is None:
            return
        trace.append(TracePoint(seconds, value, bound))
        if on_progress is not None:
            on_progress(trace[-1])

    incumbent: list[tuple[float, list[float]]] = []

    def keep(event: Any) -> None:
        incumbent[:] = [(float(event.data_out.objective_function_value), list(event.data_out.mip_solution))]

    class Interruptible(pulp.HiGHS):  # type: ignore[misc]
        """PuLP's HiGHS, begun from given values and stopped by Ctrl-C with what it has."""

        def buildSolverModel(self, lp: Any) -> None:  # noqa: N802 (PuLP's name)
            # highspy makes a TypeError of a Ctrl-C that comes while it reads a row
            with ctrl_c_counted():
                super().buildSolverModel(lp)

        def callSolver(self, lp: Any) -> None:  # noqa: N802 (PuLP's name)
            nonlocal interrupted
            model = lp.solverModel
            if warm_start:
                start = highspy.HighsSolution()
                start.col_value = [variable.varValue or 0.0 for variable in lp.variables()]
                model.setSolution(start)
            for callback in (model.cbMipInterrupt, model.cbSimplexInterrupt, model.cbIpmInterrupt):
                callback += watch
            if is_mip:
                model.cbMipSolution.subscribe(keep)

            def run() -> None:
                model.run()
                # As highspy does after a run in a thread: frees the workers of that thread.
                highspy.Highs.resetGlobalScheduler(False)

            interrupted = wait_for(run, halt.set)

    solver = Interruptible(
        mip=True,
        msg=False,
        gapRel=options.gap,
        timeLimit=options.time_limit_s,
        threads=options.threads,
        random_seed=options.seed,
    )
    problem.solve(solver)
    model = problem.solverModel
    problem.solverModel = None
    if raised:
        raise raised[0]
    outcome = _read_highs(problem, model, constant, interrupted, tuple(trace))
    if outcome.status is MilpStatus.NO_SOLUTION and incumbent:
        # Stopped inside a linear program, HiGHS forgets the solution it had (a start, or one it found by rounding).
        value, values = incumbent[0]
        for variable, known in zip(problem.variables(), values, strict=True):
            variable.varValue = known
        return replace(outcome, status=MilpStatus.FEASIBLE, value=value + constant)
    return outcome


def _read_highs(
    problem: pulp.LpProblem, model: Any, constant: float, interrupted: bool, trace: tuple[TracePoint, ...]
) -> MilpOutcome:
    """What HiGHS itself says: its model status, whether its solution is feasible, its dual bound."""
    import highspy

    info, model_status, known = model.getInfo(), model.getModelStatus(), highspy.HighsModelStatus
    ended = model_status in (
        known.kOptimal,
        known.kInfeasible,
        known.kUnbounded,
        known.kUnboundedOrInfeasible,
    )
    by = "interrupt" if interrupted else "gap" if ended else "time"
    none = MilpOutcome(MilpStatus.NO_SOLUTION, math.nan, -math.inf, 0.0, f"HiGHS {model.version()}", by, trace)
    unsure = model_status == known.kUnboundedOrInfeasible
    bounded = all(v.lowBound is not None and v.upBound is not None for v in problem.variables())
    if model_status == known.kInfeasible or (unsure and bounded):
        return replace(none, status=MilpStatus.INFEASIBLE, bound=math.inf)
    if model_status == known.kUnbounded:
        return replace(none, status=MilpStatus.UNBOUNDED)
    if unsure:
        return none
    proven = model_status == known.kOptimal
    bound = float(info.mip_dual_bound if problem.isMIP() else info.objective_function_value if proven else -math.inf)
    bound = bound + constant if abs(bound) < highspy.kHighsInf else -math.inf
    if not proven and int(info.primal_solution_status) != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        return replace(none, bound=bound)
    value = float(info.objective_function_value) + constant
    # what was solved before its clock began has a time of -1
    last = TracePoint(max(0.0, model.getRunTime()), value, bound)
    return replace(none, status=MilpStatus.FEASIBLE, value=value, bound=bound, trace=(*trace, last))
