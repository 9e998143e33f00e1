"""One solve whose plans are those found with metres added. In: an instance. Out: the best of them with its proof."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from nsp_planner.plan.incumbent import Incumbent
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.handover import ENGINE, SOLVER
from nsp_planner.plan.large.uncovered import Found
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan


class BestFound(Incumbent, ABC):
    """What is known of one solve, and the plan with the best value so far.

    Attributes:
        instance: The problem.
        best: The best plan, None before the first.
    """

    def __init__(self, instance: LocalInstance, options: SolveOptions, *, maximised: bool = False) -> None:
        """Start the clock."""
        super().__init__(options, maximised=maximised)
        self.instance = instance
        self.best: Found | None = None

    @abstractmethod
    def solve(self, start: LocalPlan | None) -> None:
        """Find plans and bounds until the gap is closed or time is over."""

    def run(self, start: LocalPlan | None) -> LocalPlan:
        """The best plan with its proof; after Ctrl-C the best so far, and where there is none the Ctrl-C is raised."""
        try:
            self.solve(start)
        except KeyboardInterrupt:
            if self.best is None:
                raise
            self.stopped_by = "interrupt"
        assert self.best is not None
        report, bound = self.report(ENGINE, SOLVER), self.settled()
        return replace(self.best.plan, objective=self.instance.objective, value=self.value, bound=bound, report=report)
