"""The one door to PuLP's solvers. In: a PuLP minimisation. Out: :class:`MilpOutcome`, decided before anything is read.

PuLP says "Optimal" for a HiGHS run stopped by time at any gap, and CBC leaves values in the variables when it found
nothing. So here the status comes from the solver itself (``highs``, ``cbc``: the only modules that know PuLP's solver
classes), and variables hold values only when :attr:`MilpOutcome.has_solution`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.util import find_spec

import pulp

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.plan.milp.cbc import cbc_path, solve_with_cbc
from nsp_planner.plan.milp.highs import solve_with_highs
from nsp_planner.plan.milp.outcome import MilpOutcome, MilpStatus
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import relative_gap, settled_bound

MILP_OPTIONS = SolveOptions(gap=0.0, threads=1, seed=0)
"""A MILP is solved to its end when nothing else is asked."""

START_TOLERANCE = 1e-6
"""By how much a start may miss a constraint and still count as a solution: the solvers' own tolerance."""


def available_solvers() -> tuple[str, ...]:
    """Solvers that can run here, out of ``highs`` and ``cbc``."""
    highs = ("highs",) if find_spec("highspy") is not None else ()
    return highs + (("cbc",) if cbc_path() is not None else ())


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
        VerificationError: The solver's bound lies past the value of its solution by more than round-off.

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
        outcome = solve_with_highs(problem, options, warm_start)
    else:
        outcome = solve_with_cbc(problem, options, warm_start)
    if start and outcome.status is MilpStatus.NO_SOLUTION:
        # Stopped before the solver had looked at the start.
        for variable, known in start:
            variable.varValue = known
        if problem.valid(START_TOLERANCE):
            value = float(pulp.value(problem.objective) or 0.0)
            outcome = replace(outcome, status=MilpStatus.FEASIBLE, value=value)
    status, value, bound = outcome.status, outcome.value, outcome.bound
    if outcome.has_solution:
        bound = settled_bound(value, bound)
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
