"""What a plan at hand leaves open. In: an instance, prices, the cost of a plan. Out: the instance without the rest."""

from __future__ import annotations

import numpy as np

from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.compact_instance import NOBODY_PERSONS, Core
from nsp_planner.plan.large.lagrangian import PriceBound


def undecided(instance: LocalInstance, core: Core, prices: PriceBound, cost: float) -> LocalInstance:
    """The instance without the arcs that no better plan of whole demand points can use, by their reduced cost.

    A plan that sends a demand point along an arc costs at least the bound of the prices plus what the arc costs beyond
    the price of the demand point. All arcs stay while ``cost`` is infinite, before there is a plan.
    """
    if not np.isfinite(cost):
        return instance
    position = np.zeros(instance.n_demand, dtype=np.int64)
    position[core.demand] = np.arange(core.n)
    origin = instance.costs.arc_origin
    size = np.maximum(instance.population_persons[origin], NOBODY_PERSONS)
    extra = size * np.maximum(0.0, instance.arc_cost / size - prices.prices[position[origin]])
    return instance.keep_arcs(prices.best + extra <= cost * (1 + 1e-9))
