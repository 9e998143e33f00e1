"""The plan and its proof. In: what a solver or search found. Out: frozen plans with objective, bound and gap.

``Optimal`` is a claim with a proof: :attr:`PlanStatus.OPTIMAL` is only given when value and bound meet, never because
a solver says so (a HiGHS run stopped by time at a gap of 73 % still reads "Optimal" in PuLP's status).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.errors import Fault, VerificationError
from nsp_planner.plan.evidence import Evidence

PROOF_TOLERANCE = 1e-6
"""Relative difference of value and bound up to which a plan counts as proven optimal (round-off of the solvers)."""


class PlanStatus(StrEnum):
    """What is proven about a plan."""

    OPTIMAL = "optimal"
    """Value and bound meet within :data:`PROOF_TOLERANCE`."""
    WITHIN_GAP = "within_gap"
    """The gap is at most the gap asked for."""
    FEASIBLE = "feasible"
    """A plan that satisfies every constraint; the gap is larger than asked for."""


@dataclass(frozen=True)
class TracePoint:
    """Best value and bound known after some seconds of solving."""

    seconds: float
    value: float
    bound: float


@dataclass(frozen=True)
class SolverReport:
    """Who made the plan and how: goes with it into the manifest.

    Attributes:
        engine: ``exact`` (one MILP) or ``large`` (bound and search).
        solver: Solver and version, such as ``HiGHS 1.15.1``.
        seconds: Wall time of solving.
        seed: Seed of every random choice.
        threads: Threads used.
        gap_asked: Relative gap at which solving may stop.
        time_limit_s: Time limit asked for.
        stopped_by: ``gap``, ``time`` or ``interrupt``.
        trace: Value and bound over time, oldest first; may be empty.
    """

    engine: str
    solver: str
    seconds: float
    seed: int
    threads: int
    gap_asked: float
    time_limit_s: float
    stopped_by: str
    trace: tuple[TracePoint, ...] = ()


def relative_gap(value: float, bound: float) -> float:
    """Relative gap |value - bound| / |value|: 0 when they meet, infinite without a bound or for value 0."""
    if not (math.isfinite(value) and math.isfinite(bound)):
        return math.inf
    if abs(value - bound) <= PROOF_TOLERANCE * max(1.0, abs(value)):
        return 0.0
    return abs(value - bound) / abs(value) if value else math.inf


def settled_bound(value: float, bound: float, *, maximised: bool = False) -> float:
    """The bound that a plan of this value may claim: the only place where value and bound are brought together.

    A bound past the value by no more than :data:`PROOF_TOLERANCE` of it is laid on the value: round-off of sums and of
    solvers. Without a plan yet (an infinite value) every bound stands.

    Raises:
        VerificationError: The bound lies further past the value: it is wrong, or the value is.
    """
    past = value - bound if maximised else bound - value
    if not past > 0 or math.isinf(value):
        return bound
    if past <= PROOF_TOLERANCE * max(1.0, abs(value)):
        return value
    side = "below" if maximised else "above"
    message = f"a bound of {bound!r} was found, {side} the value {value!r} of a plan: one of the two is wrong"
    raise VerificationError(Fault("proof", message, "report this with the study: nothing was written", column="bound"))


def status_of(gap: float, gap_asked: float) -> PlanStatus:
    """What a gap proves."""
    if gap <= PROOF_TOLERANCE:
        return PlanStatus.OPTIMAL
    return PlanStatus.WITHIN_GAP if gap <= gap_asked else PlanStatus.FEASIBLE


@dataclass(frozen=True)
class LeastChange:
    """How much a plan changes of the one before it, and what was found on the way to the fewest changes.

    Attributes:
        n_other: Sites that were not open before.
        n_other_at_least: Proven: no plan within the asked gap has fewer of them.
        moved: Persons who get another site, a square by the parts of it that move; at level 2 L-NSPs that get another
            C-NSP.
        first_n_other: Other sites in the plan that was found without looking at the one before.
        first_value: Its value.
        allowed_value: The worst value that the asked gap allows: from the bound, or where the plan found at first did
            not come within that gap, from its value.
        stopped_by: ``gap`` (came to its end), ``time`` or ``interrupt``.
    """

    n_other: int
    n_other_at_least: int
    moved: float
    first_n_other: int
    first_value: float
    allowed_value: float
    stopped_by: str

    @property
    def is_proven(self) -> bool:
        """Whether no plan within the asked gap has fewer other sites."""
        return self.n_other == self.n_other_at_least


@dataclass(frozen=True, eq=False)
class LocalPlan:
    """A plan of L-NSPs: open sites and the allocation, with its proof.

    Attributes:
        open_sites: Sorted positions of the open sites, shape (p,).
        demand: Position of the demand point of each allocation, shape (k,).
        site: Position of the site of each allocation, shape (k,).
        share: x_ij of each allocation, in (0, 1], shape (k,).
        objective: Name of what was optimised.
        value: Its value, such as weighted metres.
        bound: Proven bound on the value: from below, or from above where the objective is maximised.
        report: Who made the plan and how.
        evidence: What the engine knows of the bound, for the certificate; None where it has nothing.
        least_change: Beside the plan before it; None where none was named.
    """

    open_sites: IntArray
    demand: IntArray
    site: IntArray
    share: FloatArray
    objective: str
    value: float
    bound: float
    report: SolverReport
    evidence: Evidence | None = None
    least_change: LeastChange | None = None

    @property
    def gap(self) -> float:
        """Relative gap between value and bound."""
        return relative_gap(self.value, self.bound)

    @property
    def status(self) -> PlanStatus:
        """What is proven."""
        return status_of(self.gap, self.report.gap_asked)

    def total(self, costs: CostMatrix, per_arc: FloatArray) -> float:
        """The sum over the allocations of what ``per_arc``, shape (n_arcs,), is for a whole demand point."""
        return float((per_arc[costs.arcs(self.demand, self.site)] * self.share).sum())

    def persons(self, population_persons: npt.NDArray[np.float64]) -> FloatArray:
        """Persons of each allocation, shape (k,)."""
        persons: FloatArray = population_persons[self.demand] * self.share
        return persons


@dataclass(frozen=True, eq=False)
class CoordinationPlan:
    """A plan of C-NSPs: open stations and the coordinator of every L-NSP, with its proof.

    Attributes:
        open_stations: Sorted positions of the C-NSPs.
        coordinator: Position of the station of each L-NSP, shape (l,).
        value: Total metres, with penalties where the instance asks for them.
        bound: Proven lower bound on the value.
        report: Who made the plan and how.
        least_change: Beside the plan before it; None where none was named.
        kept: Shape (l,), L-NSPs that stay under the C-NSP they had in the plan before; None where none was named.
    """

    open_stations: IntArray
    coordinator: IntArray
    value: float
    bound: float
    report: SolverReport
    least_change: LeastChange | None = None
    kept: npt.NDArray[np.bool_] | None = None

    @property
    def gap(self) -> float:
        """Relative gap between value and bound."""
        return relative_gap(self.value, self.bound)

    @property
    def status(self) -> PlanStatus:
        """What is proven."""
        return status_of(self.gap, self.report.gap_asked)
