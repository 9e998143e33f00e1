"""Level 1 at full size: bound from prices, search by swaps, branch and bound per cluster; plans with a proven gap."""

from nsp_planner.plan.large.engine import solve_local_large

__all__ = ["solve_local_large"]
