"""What the bound of the prices hands to the clusters: a price per open site that takes nothing from it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.plan.large.compact_instance import build_core
from nsp_planner.plan.large.lagrangian import PriceBound
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
    core = build_core(replace(instance, fixed=fixed), instance.arc_cost)
    with ThreadPoolExecutor(1) as pool:
        prices = PriceBound(core, pool)
        prices.climb(float((core.size * prices.prices).sum()), 300, lambda: False)
        prices.evaluate(prices.prices)
    # what a group pays per open site takes the place of its number: then clusters can share a group and lose nothing
    beside = prices.site_value - prices.group_price[core.group]
    open_at_price = np.where(core.fixed, beside, np.minimum(0.0, beside)).sum() + prices.group_price @ core.quota
    assert (core.size * prices.prices).sum() + open_at_price == pytest.approx(prices.best, rel=1e-9)
