"""How to solve, for every engine and level. In: nothing. Out: :class:`SolveOptions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nsp_planner.plan.solution import SolverReport, TracePoint

ProgressCallback = Callable[[TracePoint], None]
"""Called with every improvement of value or bound; it may raise, which ends the solving."""


@dataclass(frozen=True)
class SolveOptions:
    """Limits of one solve, and who makes it; a part of a solve gets the same with another limit.

    Attributes:
        method: Engine of level 1: ``exact`` (one MILP), ``large`` (bound and search), or ``auto`` for what suits the
            size; only :func:`nsp_planner.plan.solve.solve_local` reads it.
        solver: Solver of MILPs, ``highs`` or ``cbc``.
        gap: Relative gap between value and bound at which to stop.
        time_limit_s: Wall time after which the best plan so far is returned, with its gap.
        threads: Threads to use; plans of the large engine do not depend on it.
        seed: Seed of every random choice; same seed and instance, same plan, unless time runs out first.
        known_value: Value of a plan that is known, which the bound should come within the gap of too; None for none.
        on_progress: Called with value and bound now and then; None for nobody.
    """

    method: Literal["auto", "exact", "large"] = "auto"
    solver: str = "highs"
    gap: float = 0.005
    time_limit_s: float = 120.0
    threads: int = 2
    seed: int = 1
    known_value: float | None = None
    on_progress: ProgressCallback | None = None

    def report(
        self, engine: str, solver: str, seconds: float, stopped_by: str, trace: tuple[TracePoint, ...] = ()
    ) -> SolverReport:
        """The report of a solve with these options."""
        return SolverReport(
            engine=engine,
            solver=solver,
            seconds=seconds,
            seed=self.seed,
            threads=self.threads,
            gap_asked=self.gap,
            time_limit_s=self.time_limit_s,
            stopped_by=stopped_by,
            trace=trace,
        )
