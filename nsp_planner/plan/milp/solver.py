"""The one door to PuLP's solvers. In: a PuLP minimisation. Out: :class:`MilpOutcome`, decided before anything is read.

PuLP says "Optimal" for a HiGHS run stopped by time at any gap, and CBC leaves values in the variables when it found
nothing. So here the status comes from the solver itself (solution status, bound, log), and variables hold values only
when :attr:`MilpOutcome.has_solution`. This is the only module that knows PuLP's solver classes.
"""

from __future__ import annotations

import math
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pulp

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PROOF_TOLERANCE, TracePoint, relative_gap

MILP_OPTIONS = SolveOptions(gap=0.0, threads=1, seed=0)
"""A MILP is solved to its end when nothing else is asked."""

PROGRESS_EVERY_S = 0.5
"""Least time between two reports of progress."""
START_TOLERANCE = 1e-6
"""By how much a start may miss a constraint and still count as a solution: the solvers' own tolerance."""
CBC_PRINTED = 5e-4
"""CBC prints its bound with three decimals; half a unit of the last one is taken off to keep it a bound."""


class MilpStatus(StrEnum):
    """What a solver run proved."""

    OPTIMAL = "optimal"
    """A solution whose value meets its bound within ``PROOF_TOLERANCE``."""
    FEASIBLE = "feasible"
    """A solution; the bound, if any, lies further off."""
    INFEASIBLE = "infeasible"
    """Proven: there is no solution."""
    UNBOUNDED = "unbounded"
    """Proven: the objective has no limit."""
    NO_SOLUTION = "no_solution"
    """Stopped before a solution was found; nothing is proven."""


@dataclass(frozen=True)
class MilpOutcome:
    """What came out of one run of a solver.

    Attributes:
        status: What is proven.
        value: Objective value of the solution, NaN without one.
        bound: Proven lower bound, ``-inf`` where the solver gives none.
        seconds: Wall time, of the solver only.
        solver: Name and version, with a note where another solver was asked for.
        stopped_by: ``gap`` (came to its end), ``time`` or ``interrupt``.
        trace: Value and bound over time, oldest first; empty for CBC.
    """

    status: MilpStatus
    value: float
    bound: float
    seconds: float
    solver: str
    stopped_by: str
    trace: tuple[TracePoint, ...] = ()

    @property
    def has_solution(self) -> bool:
        """Whether the variables hold a solution."""
        return self.status in (MilpStatus.OPTIMAL, MilpStatus.FEASIBLE)


def available_solvers() -> tuple[str, ...]:
    """Solvers that can run here, out of ``highs`` and ``cbc``."""
    highs = ("highs",) if find_spec("highspy") is not None else ()
    return highs + (("cbc",) if _cbc_path() is not None else ())


def solve_milp(
    problem: pulp.LpProblem, options: SolveOptions = MILP_OPTIONS, *, warm_start: bool = False
) -> MilpOutcome:
    """Solve a PuLP problem and leave the solution, if there is one, in its variables (else they hold None).

    Args:
        problem: What to minimise.
        options: Solver and limits. Without HiGHS on this machine CBC is used, and the outcome's ``solver`` says so;
            progress (the best value, ``inf`` before the first, and the bound) is reported by HiGHS only.
        warm_start: Begin from the values the variables hold.

    Raises:
        ValueError: The problem maximises, or an option is out of range.
        SettingsError: No solver of that name, or none at all on this machine.

    Ctrl-C stops the solver; the best solution so far is kept and ``stopped_by`` says ``interrupt``. A second Ctrl-C
    is raised.
    """
    if problem.sense != pulp.LpMinimize:
        raise ValueError("solve_milp minimises: turn the sign of the objective")
    if options.gap < 0 or options.time_limit_s <= 0 or options.threads < 1:
        raise ValueError("gap must be at least 0, time_limit_s above 0 and threads at least 1")
    chosen, note = _choose(options.solver)
    started = time.perf_counter()
    start = [(variable, variable.varValue) for variable in problem.variables()] if warm_start else []
    if chosen == "highs":
        outcome = _solve_highs(problem, options, warm_start)
    else:
        outcome = _solve_cbc(problem, options, warm_start)
    if start and outcome.status is MilpStatus.NO_SOLUTION:
        # Stopped before the solver had looked at the start.
        for variable, known in start:
            variable.varValue = known
        if problem.valid(START_TOLERANCE):
            value = float(pulp.value(problem.objective) or 0.0)
            outcome = replace(outcome, status=MilpStatus.FEASIBLE, value=value)
    status, value, bound = outcome.status, outcome.value, outcome.bound
    if outcome.has_solution:
        # Solvers may report a bound past the value by round-off; further past it would be a wrong bound.
        bound = -math.inf if bound > value + PROOF_TOLERANCE * max(1.0, abs(value)) else min(bound, value)
        status = MilpStatus.OPTIMAL if relative_gap(value, bound) == 0.0 else MilpStatus.FEASIBLE
    else:
        for variable in problem.variables():
            variable.varValue = None
    seconds = time.perf_counter() - started
    return replace(outcome, status=status, bound=bound, seconds=seconds, solver=outcome.solver + note)


def _choose(name: str) -> tuple[str, str]:
    if name not in ("highs", "cbc"):
        raise SettingsError(Fault("solver", f"there is no solver {name!r}", 'use "highs" or "cbc"', column="name"))
    usable = available_solvers()
    if name in usable:
        return name, ""
    if name == "highs" and "cbc" in usable:
        return "cbc", " (HiGHS is not installed)"
    message = f"{name} cannot run on this machine"
    fix = "install highspy (pip install highspy)" + (', or set solver.name = "highs"' if "highs" in usable else "")
    raise SettingsError(Fault("solver", message, fix, column="name"))


def _wait(work: Callable[[], Any], stop: Callable[[], None]) -> bool:
    """Run ``work`` in a thread, so that Ctrl-C reaches us while a solver computes; true when it was stopped so.

    The first Ctrl-C calls ``stop`` and waits for the solver to hand over what it has, the second is raised.
    """
    faults: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            faults.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    interrupted = False
    while thread.is_alive():
        try:
            thread.join(0.2)
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            stop()
    if faults:
        raise faults[0]
    return interrupted


def _solve_highs(problem: pulp.LpProblem, options: SolveOptions, warm_start: bool) -> MilpOutcome:
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

            interrupted = _wait(run, halt.set)

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


def _cbc_path() -> str | None:
    """The CBC that PuLP 3 brings, or one on the path."""
    bundled = getattr(getattr(pulp, "PULP_CBC_CMD", None), "pulp_cbc_path", None)
    return (shutil.which(bundled) if bundled else None) or shutil.which("cbc")


def _solve_cbc(problem: pulp.LpProblem, options: SolveOptions, warm_start: bool) -> MilpOutcome:
    with tempfile.TemporaryDirectory(prefix="nsp-cbc-", ignore_cleanup_errors=True) as folder:
        log_path = Path(folder) / "cbc.log"
        solver = pulp.COIN_CMD(
            path=_cbc_path(),
            msg=False,
            gapRel=options.gap,
            timeLimit=options.time_limit_s,
            threads=options.threads,
            options=[f"randomCbcSeed {options.seed}", f"randomSeed {options.seed}"],
            warmStart=warm_start,
            logPath=str(log_path),
        )
        solver.tmpDir = folder
        # CBC is a process in our group: Ctrl-C reaches it too, it stops and writes what it has.
        interrupted = _wait(lambda: problem.solve(solver), lambda: None)
        log = log_path.read_text(encoding="utf-8", errors="replace")
    return _read_cbc(problem, log, interrupted, options.time_limit_s)


def _read_cbc(problem: pulp.LpProblem, log: str, interrupted: bool, time_limit_s: float) -> MilpOutcome:
    """What PuLP's solution status and CBC's log say together; where the log is silent there is no bound.

    CBC that runs out of time in its preprocessing calls the problem infeasible, so that word only counts before the
    time limit.
    """
    version = "CBC " + (found.group(1) if (found := re.search(r"Version:\s*(\S+)", log)) else "of unknown version")
    stopped = re.search(r"Result - (Stopped|User ctrl)|Stopped on", log) is not None
    by = "interrupt" if interrupted else "time" if stopped else "gap"
    none = MilpOutcome(MilpStatus.NO_SOLUTION, math.nan, -math.inf, 0.0, version, by)
    took = re.search(r"Total time \(CPU seconds\):.*\(Wallclock seconds\):\s*(\S+)", log)
    in_time = took is not None and float(took.group(1)) < time_limit_s and not interrupted
    if pulp.LpStatusInfeasible in (problem.status, problem.sol_status):
        if not in_time:
            return replace(none, stopped_by="interrupt" if interrupted else "time")
        return replace(none, status=MilpStatus.INFEASIBLE, bound=math.inf)
    if problem.sol_status == pulp.LpSolutionUnbounded:
        return replace(none, status=MilpStatus.UNBOUNDED)
    printed = re.search(r"^Lower bound:\s*(\S+)", log, flags=re.MULTILINE)
    constant = float(problem.objective.constant) if problem.objective is not None else 0.0
    bound = float(printed.group(1)) - CBC_PRINTED + constant if printed else -math.inf
    if problem.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return replace(none, bound=bound)
    value = float(pulp.value(problem.objective) or 0.0)
    ended = "Result - Optimal solution found\n" in log.replace("\r", "") or not problem.isMIP()
    if printed is None and ended and problem.sol_status == pulp.LpSolutionOptimal:
        bound = value
    return replace(none, status=MilpStatus.FEASIBLE, value=value, bound=bound)
