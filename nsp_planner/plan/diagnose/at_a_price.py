"""Constraints that may be missed at a price. In: a MILP, the names of its rows. Out: what misses cost, as variables."""

from __future__ import annotations

import pulp

from nsp_planner.plan.options import SolveOptions

EXPLAIN_OPTIONS = SolveOptions(gap=0.0, time_limit_s=30.0, threads=1)
"""Limits of each MILP that looks for the constraint in the way."""
BROKEN = 1e-4
"""A proven bound on what is missed (persons, points, L-NSPs) above this is a constraint in the way, not round-off."""


def miss_at_a_price(
    problem: pulp.LpProblem, rows: str, n_rows: int, *, variable: str, most: float, sign: float
) -> dict[int, pulp.LpVariable]:
    """Let the rows so named be missed, and make the sum of all misses the objective.

    Args:
        problem: The model, changed in place.
        rows: Name of the rows, without their number.
        n_rows: Numbers to look for; not every number has a row.
        variable: Name of the new variables, without their number.
        most: Most that one row may miss.
        sign: 1 where a row falls short, -1 where it is exceeded.

    Returns:
        By number of the row the variable that says how much it misses.
    """
    missed: dict[int, pulp.LpVariable] = {}
    for i in range(n_rows):
        row = problem.get_constraint_by_name(f"{rows}{i}")
        if row is not None:
            missed[i] = problem.add_variable(f"{variable}{i}", 0, most)
            row.addInPlace(pulp.LpAffineExpression({missed[i]: sign}))
    problem.setObjective(pulp.LpAffineExpression(dict.fromkeys(missed.values(), 1.0)))
    return missed
