"""The search for the fewest changes as a problem. In: an instance, a value, the plan before. Out: arrays to search in.

Whatever the objective, a plan that is good enough is a plan of a least-distance problem (``Objective.allowing``); what
is looked for among these is the one that changes least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.change.previous import PreviousSites
from nsp_planner.plan.groups import MergedGroups, merge_groups
from nsp_planner.plan.instance import BoolArray, Divisibility, LocalInstance
from nsp_planner.plan.solution import LocalPlan

ROOM = 1e-9
"""Part of a limit that is round-off of sums."""


@dataclass(frozen=True, eq=False)
class ChangeProblem:
    """All plans that are good enough, and what each of them changes.

    Attributes:
        instance: The least-distance problem whose plans they are, groups merged.
        most_cost: What a plan costs at most; infinite where the instance says all.
        was_open: Shape (m,), sites that were open before.
        is_other: Shape (m,), sites that are other ones where they open.
        moved_persons: Shape (n_arcs,), persons who get another site when the whole demand point takes the arc.
        groups: The way back where groups were merged.
    """

    instance: LocalInstance
    most_cost: float
    was_open: BoolArray
    is_other: BoolArray
    moved_persons: FloatArray
    groups: MergedGroups | None = None

    def merged(self, plan: LocalPlan) -> LocalPlan:
        """A plan of the first instance as one of this."""
        return plan if self.groups is None else self.groups.merged(plan)

    def expanded(self, plan: LocalPlan) -> LocalPlan:
        """A plan of this instance as one of the first."""
        return plan if self.groups is None else self.groups.expanded(plan)

    def n_other(self, plan: LocalPlan) -> int:
        """Other sites of a plan."""
        return int(self.is_other[plan.open_sites].sum())

    def moved(self, plan: LocalPlan) -> float:
        """Persons who get another site in a plan."""
        return plan.total(self.instance.costs, self.moved_persons)

    def cost(self, plan: LocalPlan) -> float:
        """What a plan costs, as ``most_cost`` counts."""
        return plan.total(self.instance.costs, self.instance.arc_cost)

    def allows(self, plan: LocalPlan) -> bool:
        """Whether a plan, which keeps to the other constraints, is good enough."""
        instance = self.instance
        if self.cost(plan) > self.most_cost * (1 + ROOM):
            return False
        if not np.isfinite(instance.max_beyond):
            return True
        beyond = plan.total(instance.costs, instance.arc_beyond)
        return beyond <= instance.max_beyond + ROOM * max(1.0, float(instance.weight.sum()))


@dataclass(frozen=True, eq=False)
class FewestChanges:
    """The plan with the fewest changes that was found.

    Attributes:
        plan: The plan.
        n_other_at_least: The fewest other sites that are proven to be needed.
        stopped_by: ``gap`` (came to its end), ``time`` or ``interrupt``.
    """

    plan: LocalPlan
    n_other_at_least: int
    stopped_by: str


def change_problem(least: LocalInstance, most_cost: float, previous: PreviousSites) -> ChangeProblem:
    """The problem of a least-distance instance with the positions that ``previous`` has."""
    moved = previous.moved_persons(least)
    if least.divisibility is not Divisibility.WHOLE_GROUPS:
        return ChangeProblem(least, most_cost, previous.was_open, previous.is_other, moved)
    groups = merge_groups(least)
    of_groups = merge_groups(replace(least, cost_per_arc=moved)).instance.arc_cost
    return ChangeProblem(groups.instance, most_cost, previous.was_open, previous.is_other, of_groups, groups)
