"""What a plan was made to be good at, and how good it is. In: nothing. Out: :class:`Goal`, for every output."""

from __future__ import annotations

from dataclasses import dataclass

from nsp_planner.evaluate.solved.coordination_value import CoordinationValue
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.objective import Objective, objective
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan, PlanStatus, SolverReport, status_of


@dataclass(frozen=True)
class Proof:
    """What is proven of one level, the same for both.

    Attributes:
        gap: What may be lost at most, as a part; infinite where nothing is proven.
        gap_asked: The gap at which solving may stop.
        time_limit_s: How long it might be solved.
        stopped_by: ``gap``, ``time`` or ``interrupt``.
    """

    gap: float
    gap_asked: float
    time_limit_s: float
    stopped_by: str

    @classmethod
    def of(cls, plan: LocalPlan | CoordinationPlan | LevelResult) -> Proof:
        """That of a plan."""
        report = plan.report
        return cls(plan.gap, report.gap_asked, report.time_limit_s, report.stopped_by)

    @property
    def status(self) -> PlanStatus:
        """What is proven."""
        return status_of(self.gap, self.gap_asked)

    @property
    def is_finished(self) -> bool:
        """Whether the gap asked for was reached; where it was not, every output says so."""
        return self.status is not PlanStatus.FEASIBLE


@dataclass(frozen=True, eq=False)
class LevelResult:
    """How one level was solved.

    Attributes:
        objective: Name of what was looked for.
        n_open: Sites that are open, those of the neighbours among them.
        value, bound: What the plan reaches, and what no plan can pass.
        gap: What may be lost at most, as a part; infinite where nothing is proven.
        status: What that makes of it.
        report: Who solved it, how and how long.
    """

    objective: str
    n_open: int
    value: float
    bound: float
    gap: float
    status: PlanStatus
    report: SolverReport

    @property
    def proof(self) -> Proof:
        """What is proven of it."""
        return Proof.of(self)

    @classmethod
    def of(cls, plan: LocalPlan | CoordinationPlan, objective_name: str, n_open: int) -> LevelResult:
        """That of a plan."""
        return cls(objective_name, n_open, plan.value, plan.bound, plan.gap, plan.status, plan.report)


@dataclass(frozen=True, eq=False)
class Goal:
    """What was looked for on both levels, and what was reached.

    Attributes:
        instance: Level 1, for the words of its objective.
        value: What its plan reaches, with the people of the neighbours.
        own_value: The objective over the region's own people alone; None where nobody crosses its border. Value and
            bound of the plan stay those of the joint problem, which is what is proven.
        weighs_inhabitants: Whether some inhabitants count more than once.
        weighs_neighbours: Whether the people of the neighbours count otherwise than those of the region.
        crossing_m: Metres that crossing the border counts extra; None where it is free or nobody may.
        most_extra_m: The most that any building counts as farther away; None where none does.
        lnsp, cnsp: How each level was solved.
        cnsp_value: What the value of level 2 is made of.
    """

    instance: LocalInstance
    value: float
    own_value: float | None
    weighs_inhabitants: bool
    weighs_neighbours: bool
    crossing_m: float | None
    most_extra_m: float | None
    lnsp: LevelResult
    cnsp: LevelResult
    cnsp_value: CoordinationValue

    @property
    def objective(self) -> Objective:
        """What was looked for on level 1."""
        return objective(self.instance.objective)

    @property
    def is_weighted(self) -> bool:
        """Whether the value counts some persons, or some metres, more than once."""
        priced = self.most_extra_m is not None or self.crossing_m is not None
        return self.weighs_inhabitants or self.weighs_neighbours or priced

    @property
    def shown_value(self) -> float:
        """The value in the unit in which it is shown, such as kilometres."""
        return self.shown(self.value)

    def shown(self, value: float) -> float:
        """Units of the objective in the unit in which they are shown."""
        return value / self.objective.words.per

    @property
    def shown_own_value(self) -> float | None:
        """The same over the region's own people; None where they are all that count, or the value counts none."""
        words = self.objective.words
        return None if self.own_value is None or not words.weighs_persons else self.shown(self.own_value)
