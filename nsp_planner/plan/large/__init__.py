"""Level 1 at full size: bound from prices, search by swaps, branch and bound per cluster; plans with a proven gap."""

from nsp_planner.plan.large.compilation import is_compiled, warm_up
from nsp_planner.plan.large.solve import solve_local_large

__all__ = ["is_compiled", "solve_local_large", "warm_up"]
