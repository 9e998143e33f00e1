"""Whether so many sites can have one within the norm of everyone. In: an instance. Out: sites near a plan, or proof.

Capacity is left out, and so are demand points with many sites within their norm: what is impossible without them is
impossible with them. Of the rest only those count whose sites are not all sites of another one. What is left is a
small set cover with the numbers of (4) and the decisions of (5), for the MILP.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pulp

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.instance import BoolArray, LocalInstance
from nsp_planner.plan.milp.outcome import MilpStatus
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions

COVER_GAP = 0.02
"""Gap at which the cover is near enough to the known plan."""
MOST_CHOICES = 25
"""Demand points with more sites within their norm are left out."""
MOST_ROWS = 4_000
"""Rows for the MILP: those with the fewest sites."""


@dataclass(frozen=True)
class Cover:
    """The answer: sites that leave nobody in the rows without one, or proof that there are none, or neither."""

    sites: IntArray | None = None
    impossible: bool = False
    interrupted: bool = False


def cover_everyone(instance: LocalInstance, near: IntArray, options: SolveOptions) -> Cover:
    """Sites with one within the norm of everyone, as many of ``near`` among them as possible.

    Args:
        instance: The problem; ``n_sites``, ``quota``, ``min_sites``, fixed and refused sites count.
        near: Positions of the open sites of a known plan.
        options: Limits; the gap is :data:`COVER_GAP`.
    """
    rows = covering_rows(instance)
    if any(not len(row) for row in rows):
        return Cover(impossible=True)
    m = instance.n_candidates
    is_near = np.zeros(m, dtype=np.bool_)
    is_near[near] = True
    problem = pulp.LpProblem("cover", pulp.LpMinimize)
    low, up = instance.fixed.astype(int).tolist(), (~instance.refused).astype(int).tolist()
    y = [problem.add_variable(f"y{j}", low[j], up[j], pulp.LpInteger) for j in range(m)]

    def add(sites: IntArray, sense: int, number: float, name: str) -> None:
        terms = {y[j]: 1.0 for j in sites.tolist()}
        problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, number))

    for number, row in enumerate(rows):
        add(row, pulp.LpConstraintGE, 1.0, f"row{number}")
    if instance.quota is None:
        add(np.arange(m), pulp.LpConstraintEQ, float(instance.n_sites), "number")
    else:
        for g, quota in enumerate(instance.quota.tolist()):
            add(np.flatnonzero(instance.site_gemeente == g), pulp.LpConstraintEQ, float(quota), f"quota{g}")
    if instance.min_sites is not None:
        for g, least in enumerate(instance.min_sites.tolist()):
            add(np.flatnonzero(instance.site_gemeente == g), pulp.LpConstraintGE, float(least), f"minimum{g}")
    problem.setObjective(pulp.LpAffineExpression({y[j]: -1.0 for j in np.flatnonzero(is_near).tolist()} or {y[0]: 0.0}))
    outcome = solve_milp(problem, replace(options, solver="highs", gap=COVER_GAP, on_progress=None))
    interrupted = outcome.stopped_by == "interrupt"
    if not outcome.has_solution:
        return Cover(impossible=outcome.status is MilpStatus.INFEASIBLE, interrupted=interrupted)
    chosen = np.array([(v.varValue or 0.0) > 0.5 for v in y])
    return Cover(np.flatnonzero(chosen).astype(np.int64), interrupted=interrupted)


def covering_rows(instance: LocalInstance) -> list[IntArray]:
    """Sites within the norm per demand point that counts: each sorted, none of them all of another's."""
    costs = instance.costs
    usable = ~instance.refused[costs.destination]
    counts: BoolArray = instance.reachable & (instance.weight > 0)
    within = usable & (instance.arc_beyond <= 0) & counts[costs.arc_origin]
    origin, site = costs.arc_origin[within], costs.destination[within]
    n_choices = np.bincount(origin, minlength=instance.n_demand)
    few = np.flatnonzero(counts & (n_choices <= MOST_CHOICES))
    order = np.lexsort((site, origin))
    start = np.concatenate([[0], np.cumsum(n_choices)])
    site = site[order]
    distinct = {tuple(site[start[i] : start[i + 1]].tolist()) for i in few.tolist()}
    kept: list[IntArray] = []
    having: dict[int, list[int]] = {}
    for row in sorted(distinct, key=lambda row: (len(row), row))[: 4 * MOST_ROWS]:
        # a kept row lies within this one when all of its sites are met here
        met: dict[int, int] = {}
        for j in row:
            for k in having.get(j, ()):
                met[k] = met.get(k, 0) + 1
        if any(times == len(kept[k]) for k, times in met.items()):
            continue
        for j in row:
            having.setdefault(j, []).append(len(kept))
        kept.append(np.array(row, dtype=np.int64))
        if len(kept) >= MOST_ROWS:
            break
    return kept
