"""Level 1 at full size. In: a LocalInstance of any size. Out: a LocalPlan with a proven gap."""

from nsp_planner.plan.large.cache_folder import find_cache_folder
from nsp_planner.plan.large.compilation import is_compiled, warm_up
from nsp_planner.plan.large.solve import solve_local_large

__all__ = ["find_cache_folder", "is_compiled", "solve_local_large", "warm_up"]
