"""CBC behind PuLP. In: a PuLP minimisation and limits. Out: what CBC's log and PuLP's solution status say together.

CBC leaves values in the variables when it found nothing, and calls a problem infeasible when its time was over early.
"""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pulp

from nsp_planner.plan.milp.interrupt import wait_for
from nsp_planner.plan.milp.outcome import MilpOutcome, MilpStatus
from nsp_planner.plan.options import SolveOptions

CBC_PRINTED = 5e-4
"""CBC prints its bound with three decimals; half a unit of the last one is taken off to keep it a bound."""


def cbc_path() -> str | None:
    """The CBC that PuLP 3 brings, or one on the path."""
    bundled = getattr(getattr(pulp, "PULP_CBC_CMD", None), "pulp_cbc_path", None)
    return (shutil.which(bundled) if bundled else None) or shutil.which("cbc")


def solve_with_cbc(problem: pulp.LpProblem, options: SolveOptions, warm_start: bool) -> MilpOutcome:
    """Solve with CBC; the bound is the one it prints, rounded down, or none."""
    with tempfile.TemporaryDirectory(prefix="nsp-cbc-", ignore_cleanup_errors=True) as folder:
        log_path = Path(folder) / "cbc.log"
        solver = pulp.COIN_CMD(
            path=cbc_path(),
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
        interrupted = wait_for(lambda: problem.solve(solver), lambda: None)
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
