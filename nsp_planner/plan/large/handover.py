"""Where a solve at full size ends in a MILP. In: options. Out: those of the MILP, and the sizes it is meant for."""

from __future__ import annotations

from dataclasses import replace

import numba

from nsp_planner.plan.options import SolveOptions

ENGINE = "large"
SOLVER = f"nsp_planner (numba {numba.__version__})"
"""What plans at full size say they were made by."""
EXACT_ARCS = 40_000
"""Arcs up to which an instance goes to the MILP when a gap is left."""


def milp_options(options: SolveOptions, time_limit_s: float | None = None) -> SolveOptions:
    """Options for a MILP that ends a solve at full size: HiGHS, at most two threads, no progress."""
    return replace(
        options,
        solver="highs",
        threads=max(1, min(options.threads, 2)),
        time_limit_s=options.time_limit_s if time_limit_s is None else time_limit_s,
        on_progress=None,
    )
