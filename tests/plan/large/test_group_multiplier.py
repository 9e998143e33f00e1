"""What the Lagrangian bound hands to the subproblems: a multiplier per open site that loses nothing of the bound."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.lagrangian import LagrangianBound
from tests.towns.at_size import towns


@pytest.mark.parametrize("n_gemeenten", [1, 4])
@pytest.mark.parametrize("n_fixed", [0, 5])
def test_a_price_per_open_site_proves_what_the_number_of_sites_does(n_gemeenten: int, n_fixed: int) -> None:
    instance = towns(400, 60, 16, seed=5, n_gemeenten=n_gemeenten)
    fixed = np.zeros(60, dtype=bool)
    # those farthest from everybody: nobody would open them for their own sake
    mean_m = np.bincount(instance.costs.destination, instance.costs.distance_m, 60) / np.bincount(
        instance.costs.destination, minlength=60
    )
    for area in np.unique(instance.site_gemeente):
        mine = np.flatnonzero(instance.site_gemeente == area)
        fixed[mine[np.argsort(mean_m[mine])[::-1][: n_fixed // n_gemeenten]]] = True
    compact = build_compact(replace(instance, fixed=fixed), instance.arc_cost)
    with ThreadPoolExecutor(1) as pool:
        lagrangian = LagrangianBound(compact, pool)
        lagrangian.ascend(float((compact.size * lagrangian.multipliers).sum()), 300, lambda: False)
        lagrangian.evaluate(lagrangian.multipliers)
    # what a group pays per open site takes the place of its number: then clusters can share a group and lose nothing
    beside = lagrangian.site_value - lagrangian.group_multiplier[compact.group]
    open_at_price = (
        np.where(compact.fixed, beside, np.minimum(0.0, beside)).sum() + lagrangian.group_multiplier @ compact.quota
    )
    assert (compact.size * lagrangian.multipliers).sum() + open_at_price == pytest.approx(lagrangian.best, rel=1e-9)
