"""What came out of one run of a solver. In: status, value and bound, as the solver itself told. Out: MilpOutcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nsp_planner.plan.solution import TracePoint


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
