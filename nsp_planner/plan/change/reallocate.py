"""Who goes where with the sites decided. In: a problem and a plan of its sites. Out: one that moves fewer people.

Every person who gets another site counts as some metres more. With enough of them nobody moves who need not; where that
costs more than is allowed, the most metres that do not are found by halving.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nsp_planner.plan.change.problem import ChangeProblem
from nsp_planner.plan.change.search import RAISES
from nsp_planner.plan.large.best_plan import allocation_of
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.search_state import SearchState, site_neighbours
from nsp_planner.plan.solution import LocalPlan

MOST_FACTOR = 50.0
"""What a person who moves counts at most, in times the longest way: more than the others can walk less for it."""
HALVINGS = 10


def move_fewest(problem: ChangeProblem, plan: LocalPlan) -> LocalPlan:
    """The plan with the same open sites in which fewer persons move, or the plan itself."""
    instance = problem.instance
    is_open = np.zeros(instance.n_candidates, dtype=bool)
    is_open[plan.open_sites] = True
    kept = is_open[instance.costs.destination]
    open_only = replace(instance.keep_arcs(kept), refused=~is_open)
    moved, cost = problem.moved_persons[kept], open_only.arc_cost
    persons = np.maximum(open_only.population_persons[open_only.costs.arc_origin], 1.0)
    most = MOST_FACTOR * float((cost / persons).max(initial=1.0))

    def allocated(per_person: float) -> LocalPlan | None:
        compact = build_compact(open_only, cost + per_person * moved)
        near, _ = site_neighbours(compact)
        width = int(min(np.diff(compact.row_start).max(initial=1), compact.m))
        state = SearchState(compact, near, compact.unserved_cost(RAISES), width)
        state.set_open(np.arange(compact.m))
        allocation = allocation_of(open_only, compact, state)
        if allocation is None:
            return None
        demand, site, share = allocation
        found = replace(plan, demand=demand, site=site, share=share)
        return found if problem.allows(found) else None

    best = allocated(most)
    if best is None:
        low, high = 0.0, most
        for _ in range(HALVINGS):
            middle = high / 8 if low == 0.0 else (low + high) / 2
            found = allocated(middle)
            if found is None:
                high = middle
            else:
                low, best = middle, found
    if best is None or (problem.moved(best), problem.cost(best)) >= (problem.moved(plan), problem.cost(plan)):
        return plan
    return best
