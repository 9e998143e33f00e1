"""What a known plan leaves open. In: an instance, multipliers, a cost. Out: the instance without the rest."""

from __future__ import annotations

import numpy as np

from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.compact_instance import NOBODY_PERSONS, CompactInstance
from nsp_planner.plan.large.lagrangian import LagrangianBound


def undecided(
    instance: LocalInstance, compact: CompactInstance, lagrangian: LagrangianBound, cost: float
) -> LocalInstance:
    """The instance without the arcs that no better plan of whole demand points can use, by their reduced cost.

    A plan that sends a demand point along an arc costs at least the Lagrangian bound plus what the arc costs beyond
    the multiplier of the demand point. All arcs stay while ``cost`` is infinite, before there is a plan.
    """
    if not np.isfinite(cost):
        return instance
    position = np.zeros(instance.n_demand, dtype=np.int64)
    position[compact.demand] = np.arange(compact.n)
    origin = instance.costs.arc_origin
    size = np.maximum(instance.population_persons[origin], NOBODY_PERSONS)
    extra = size * np.maximum(0.0, instance.arc_cost / size - lagrangian.multipliers[position[origin]])
    return instance.keep_arcs(lagrangian.best + extra <= cost * (1 + 1e-9))
