"""What a plan of L-NSPs is good at. In: one file of ``plan/objectives`` per objective. Out: the register of them.

An objective is a class with everything that the house asks of it. One that is a sum over the allocations needs no more
than :meth:`Objective.arc_cost` to be solved, exactly and at full size; one that is not brings its own
:meth:`Objective.solve_exact` and :meth:`Objective.solve_large`. Engines find objectives here by name and know none of
them themselves but ``min_distance``, the problem that all others end in.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

import numpy as np

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.names import did_you_mean
from nsp_planner.plan.instance import MIN_DISTANCE, BoolArray, LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan

VALUE_TOLERANCE = 1e-9
"""Reported and recomputed objective value differ by at most this part."""


@dataclass(frozen=True)
class ObjectiveWords:
    """How readers see a value.

    Attributes:
        unit: What a value counts, in English.
        unit_nl: The same in Dutch.
        worse_nl: What a worse plan has more of, in Dutch.
        per: A value divided by this is what is shown: 1,000 for metres shown as kilometres.
        weighs_persons: Whether the value is a sum over persons, and so changes with their weights.
        in_metres: Whether the value is a distance.
    """

    unit: str
    unit_nl: str
    worse_nl: str
    per: float = 1.0
    weighs_persons: bool = False
    in_metres: bool = False


@dataclass(frozen=True)
class Difference:
    """What a plan says of itself that its allocation does not bear out: a layer and a sentence, and the column."""

    layer: str
    message: str
    column: str | None = None


class Objective(ABC):
    """One objective; a subclass with the decorator :func:`register` is all that a new one takes."""

    name: ClassVar[str]
    """As ``plan.objective`` of a study has it; the name of its file."""
    words: ClassVar[ObjectiveWords]
    maximised: ClassVar[bool] = False
    finds_number: ClassVar[bool] = False
    """Whether the number of sites is found: ``n_sites`` of an instance is then the most, and there is no quota."""
    merges_groups: ClassVar[bool] = True
    """Whether groups that stay whole can be merged before solving; not where the norm moves while solving."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Keys of [plan] that only some objectives read."""

    @abstractmethod
    def objective_nl(self, instance: LocalInstance, share_nl: Callable[[float], str]) -> str:
        """What is looked for, in Dutch, to follow "gezocht is"; ``share_nl`` writes a share as a percentage."""

    @abstractmethod
    def recompute(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> float:
        """The value by its definition, from the allocation and its distances, shape (k,).

        For the verifier: no engine computes a value by it.
        """

    def differences(self, instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> list[Difference]:
        """What the plan claims and :meth:`recompute` does not find; for the verifier."""
        value = self.recompute(instance, plan, distance_m)
        if abs(plan.value - value) <= VALUE_TOLERANCE * max(1.0, abs(value)):
            return []
        return [Difference("objective", f"the plan says {plan.value!r}, recomputed it is {value!r}", "value")]

    def arc_cost(self, instance: LocalInstance) -> FloatArray | None:
        """Cost of each arc when the whole demand point takes it, shape (n_arcs,), at least 0.

        The value is then the sum of cost times share, made as small as can be; None where it is no such sum.
        """
        del instance
        return None

    def as_least_cost(self, instance: LocalInstance) -> LocalInstance | None:
        """The least-distance problem with :meth:`arc_cost` in place of weight times metres; None for no such sum."""
        cost = self.arc_cost(instance)
        return None if cost is None else replace(instance, objective=MIN_DISTANCE, cost_per_arc=cost)

    def cost_problem(self, instance: LocalInstance) -> LocalInstance | None:
        """The least-distance problem whose cost is the value; None where the value is no sum over the allocations."""
        return self.as_least_cost(instance)

    def value_of(self, instance: LocalInstance, plan: LocalPlan) -> float:
        """The value of an allocation as engines compute it, for who changes a plan that they made."""
        least = self.as_least_cost(instance) or instance
        return plan.total(instance.costs, least.arc_cost)

    def allowing(self, instance: LocalInstance, value: float) -> tuple[LocalInstance, float] | None:
        """The least-distance problem of all plans that are at least as good as a value, and what they cost at most.

        None where there is no such problem.
        """
        least = self.cost_problem(instance)
        return None if least is None else (least, value)

    def solve_exact(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """A plan by MILPs; groups are merged already unless ``merges_groups`` is false."""
        del instance, options, start
        raise self._no_engine("large", "by the exact model")

    def solve_large(self, instance: LocalInstance, options: SolveOptions, start: LocalPlan | None) -> LocalPlan:
        """A plan at full size; groups are merged already unless ``merges_groups`` is false."""
        del instance, options, start
        raise self._no_engine("exact", "at full size")

    def _no_engine(self, other: str, how: str) -> SettingsError:
        message = f"the objective {self.name!r} cannot be solved {how}"
        return SettingsError(Fault("plan", message, f'set solver.method = "{other}"', column="solver.method"))


_REGISTER: dict[str, Objective] = {}

ObjectiveClass = TypeVar("ObjectiveClass", bound=type[Objective])


def register(objective_class: ObjectiveClass) -> ObjectiveClass:
    """Add an objective to the register; ``ValueError`` for a name that is taken."""
    if objective_class.name in _REGISTER:
        raise ValueError(f"there is an objective {objective_class.name!r} already")
    _REGISTER[objective_class.name] = objective_class()
    return objective_class


def unregister(name: str) -> None:
    """Take an objective out of the register."""
    del _REGISTER[name]


def objective_names() -> tuple[str, ...]:
    """The names of all objectives, ``min_distance`` first."""
    return tuple(sorted(_REGISTER, key=lambda name: (name != MIN_DISTANCE, name)))


def objective(name: str) -> Objective:
    """The objective of a name; ``SettingsError`` with a near name where there is none."""
    if name in _REGISTER:
        return _REGISTER[name]
    fix = did_you_mean(name, _REGISTER, f"objectives: {', '.join(objective_names())}")
    raise SettingsError(Fault("plan", f"there is no objective {name!r}", fix, column="plan.objective"))


def weight_sum(instance: LocalInstance, plan: LocalPlan, of: FloatArray | BoolArray) -> float:
    """Exact sum over the allocations of weight times share times ``of``, shape (k,); for ``recompute``."""
    return math.fsum(instance.weight[plan.demand] * plan.share * of)


def beyond_norm(instance: LocalInstance, plan: LocalPlan, distance_m: FloatArray) -> FloatArray:
    """Shape (k,), share of each allocation that lies beyond its norm; a pair without an arc (NaN) lies beyond."""
    if instance.beyond_share is None:
        return np.asarray(~(distance_m <= instance.service_distance_m[plan.demand]), dtype=np.float64)
    beyond, there = np.ones(len(plan.demand)), ~np.isnan(distance_m)
    beyond[there] = instance.beyond_share[instance.costs.arcs(plan.demand[there], plan.site[there])]
    return beyond
