"""What keeping a site costs in a plan. In: a problem, open sites, sites to keep. Out: the cheapest exchange of each.

The plan as it is, with one open site closed for the site that is kept, everybody allocated again in both. A plan in
which more sites change may be cheaper: what is found is the most that keeping the site costs.

Not asked of :mod:`nsp_planner.plan.decisions`, which says what insisting on a site costs: it first makes the plan as
good as it can, and with that gives up the sites that a plan after another one kept within its gap; and that better plan
would take the sites that were withdrawn, so that keeping them would seem free.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.change.problem import ChangeProblem
from nsp_planner.plan.change.search import TRIES, ChangeSearch
from nsp_planner.plan.large.compilation import warm_up
from nsp_planner.plan.solution import LocalPlan


@dataclass(frozen=True)
class Exchange:
    """The cheapest exchange for a site: cost more than the plan, and the position of the site that closes for it."""

    cost: float
    instead: int


def cheapest_exchanges(
    problem: ChangeProblem, plan: LocalPlan, sites: Iterable[int], *, seconds: float, seed: int
) -> dict[int, Exchange | None]:
    """The cheapest exchange for each of these closed sites.

    Args:
        problem: The plan's problem, in which these sites may open.
        plan: The plan, by positions of that problem.
        sites: Positions of the sites to keep.
        seconds: When that many have passed the rest is left out of the answer.
        seed: Seed of the search.

    Returns:
        The exchange by site; None where none of those tried has room for everybody.
    """
    warm_up()  # compiling is none of these seconds
    search = ChangeSearch(problem, plan, time.perf_counter() + seconds, seed)
    search.begin_at(plan.open_sites)
    base = search.plan()
    found: dict[int, Exchange | None] = {}
    if base is None:
        return found
    position: IntArray = np.full(problem.instance.n_candidates, -1, dtype=np.int64)
    position[search.compact.site] = np.arange(search.compact.m)
    for site in sites:
        if search.out_of_time():
            break
        best: Exchange | None = None
        for closes, with_site in search.exchanges(int(position[site]), TRIES):
            more = problem.cost(with_site) - problem.cost(base)
            if best is None or more < best.cost:
                best = Exchange(more, closes)
        found[site] = best
    return found
