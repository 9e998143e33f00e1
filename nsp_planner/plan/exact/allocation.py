"""Who goes where in a solved model of level 1. In: a plan to begin from, a solved model. Out: shares."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray, Divisibility
from nsp_planner.plan.milp.local import LocalModel
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan

SHARE_NOISE = 1e-7
"""Shares up to this are round-off of the solver (its feasibility tolerance), not persons."""
ALLOCATION_TIME_S = 30.0
"""Time limit for the last allocation to the chosen sites, a small LP."""


@dataclass(frozen=True, eq=False)
class Shares:
    """Arcs in use, shape (k,), the share along each, the open sites, and the seconds that the last allocation took."""

    arcs: IntArray
    share: FloatArray
    open_sites: IntArray
    seconds: float


def begin_from(model: LocalModel, start: LocalPlan) -> None:
    """Set the variables to a plan; arcs it does not use, and those the model does not have, count as 0."""
    n_candidates = model.instance.n_candidates
    opens = np.zeros(n_candidates)
    opens[start.open_sites] = 1.0
    known = dict(zip((start.demand * n_candidates + start.site).tolist(), start.share.tolist(), strict=True))
    for variable, value in zip(model.y, opens.tolist(), strict=True):
        variable.varValue = value
    for variable, arc in zip(model.x, (model.origin * n_candidates + model.destination).tolist(), strict=True):
        variable.varValue = known.get(arc, 0.0)


def read_shares(model: LocalModel, options: SolveOptions, settled: bool) -> Shares:
    """The allocation of a solved model, solved once more where ``settled`` is false.

    A plan stopped within a gap need not have the best allocation to its own sites, and may leave fractional residue on
    sites that are all but closed: then the sites are fixed and the allocation is solved again, a small LP.
    """
    seconds = 0.0
    if model.instance.divisibility is Divisibility.DIVISIBLE:
        x, opens = _values(model)
        if not settled or (x[~opens[model.destination]] > SHARE_NOISE).any():
            found = [variable.varValue for variable in model.x]
            for variable, is_open in zip(model.y, opens.tolist(), strict=True):
                variable.bounds(int(is_open), int(is_open))
                variable.varValue = float(is_open)
            again = solve_milp(model.problem, replace(options, time_limit_s=ALLOCATION_TIME_S, on_progress=None))
            seconds = again.seconds
            if not again.has_solution:
                for variable, value in zip((*model.y, *model.x), (*opens.astype(float), *found), strict=True):
                    variable.varValue = value
    x, opens = _values(model)
    x[~opens[model.destination]] = 0.0
    if model.instance.divisibility is Divisibility.WHOLE_POINTS:
        x = np.where(x > 0.5, 1.0, 0.0)
    x[x <= SHARE_NOISE] = 0.0
    total = np.bincount(model.origin, weights=x, minlength=model.instance.n_demand)
    arcs = np.flatnonzero(x > 0)
    open_sites = np.flatnonzero(opens).astype(np.int64)
    return Shares(arcs, x[arcs] / total[model.origin[arcs]], open_sites, seconds)


def _values(model: LocalModel) -> tuple[FloatArray, BoolArray]:
    """Values of x, and which sites are open."""
    y = np.fromiter((v.varValue or 0.0 for v in model.y), dtype=np.float64, count=len(model.y))
    x = np.fromiter((v.varValue or 0.0 for v in model.x), dtype=np.float64, count=len(model.x))
    return x, y > 0.5
