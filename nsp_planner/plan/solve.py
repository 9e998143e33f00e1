"""Level 1 by the engine that suits its size. In: a LocalInstance. Out: a LocalPlan with a proven gap."""

from __future__ import annotations

from typing import Literal

from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan

EXACT_UP_TO_ARCS = 5_000
"""Arcs up to which ``auto`` takes the exact model; above it the large engine proves more in less time."""


def engine_for(instance: LocalInstance, options: SolveOptions) -> Literal["exact", "large"]:
    """The engine that :func:`solve_local` takes."""
    if options.method == "auto":
        return "exact" if instance.costs.n_arcs <= EXACT_UP_TO_ARCS else "large"
    return options.method


def solve_local(
    instance: LocalInstance, options: SolveOptions | None = None, start: LocalPlan | None = None
) -> LocalPlan:
    """Solve level 1, by the exact model or at full size.

    Args:
        instance: The problem.
        options: Engine and limits; None for the usual ones.
        start: A plan to begin from; it need not be good, nor feasible.

    Raises:
        NoPlanError: No plan satisfies the constraints, or none was found in time; the fault says which.
    """
    options = options or SolveOptions()
    if engine_for(instance, options) == "exact":
        return solve_local_exact(instance, options, start)
    from nsp_planner.plan.large import solve_local_large  # numba: only where it is needed

    return solve_local_large(instance, options, start)
