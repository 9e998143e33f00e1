"""Small problems of whole points: never dearer, always a plan, the optimum where one of them is the whole problem."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.large.popmusic import Popmusic, WholePlan
from nsp_planner.plan.options import SolveOptions
from tests.towns.at_size import towns


def _poor_plan(instance: LocalInstance) -> WholePlan:
    """The best use of sites taken by position, quota by quota."""
    allowed = np.zeros(instance.n_candidates, dtype=bool)
    quota = [instance.n_sites] if instance.quota is None else instance.quota
    for gemeente, number in enumerate(quota):
        mine = np.flatnonzero(instance.site_gemeente == gemeente) if instance.quota is not None else np.arange(99)
        allowed[mine[:number]] = True
    plan = solve_local_exact(
        replace(instance, refused=~allowed), SolveOptions(solver="highs", gap=1e-3, time_limit_s=20, threads=1, seed=0)
    )
    site = np.full(instance.n_demand, -1, dtype=np.int64)
    site[plan.demand] = plan.site
    return WholePlan(np.sort(plan.open_sites), site, plan.value)


def _check(instance: LocalInstance, plan: WholePlan) -> None:
    points = np.flatnonzero(plan.site >= 0)
    assert len(plan.open_sites) == instance.n_sites
    assert np.isin(plan.site[points], plan.open_sites).all()
    load = np.bincount(plan.site[points], instance.population_persons[points], minlength=instance.n_candidates)
    assert (load <= instance.capacity_persons + 1e-6).all()
    if instance.quota is not None:
        opened = np.bincount(instance.site_gemeente[plan.open_sites], minlength=len(instance.quota))
        assert opened.tolist() == instance.quota.tolist()
    cost = instance.weight[instance.costs.arc_origin] * instance.costs.distance_m
    assert plan.cost == pytest.approx(cost[instance.costs.arcs(points, plan.site[points])].sum())


@pytest.mark.slow
@pytest.mark.parametrize("n_gemeenten", [1, 2])
def test_small_problems_reach_the_optimum_and_every_step_is_a_plan(n_gemeenten: int) -> None:
    instance = towns(
        40, 12, 4, seed=3, n_gemeenten=n_gemeenten, n_nearest=12, divisibility=Divisibility.WHOLE_POINTS, fill=0.8
    )
    start = _poor_plan(instance)
    local = Popmusic(instance, seed=1)
    local.begin(start)
    cost = start.cost
    while not local.exhausted:
        better = local.step(time.perf_counter() + 60)
        assert local.plan is not None
        assert local.plan.cost < cost if better else local.plan.cost == cost
        cost = local.plan.cost
        _check(instance, local.plan)
    best = solve_local_exact(instance, SolveOptions(solver="highs", gap=1e-6, time_limit_s=60, threads=1, seed=0))
    assert cost < start.cost
    assert cost == pytest.approx(best.value, rel=1e-5)


@pytest.mark.slow
def test_fixed_sites_stay_open_and_refused_sites_stay_closed() -> None:
    instance = towns(40, 12, 4, seed=4, n_nearest=12, divisibility=Divisibility.WHOLE_POINTS, fill=0.6)
    start = _poor_plan(instance)
    free = Popmusic(instance, seed=1)
    free.begin(start)
    while not free.exhausted:
        free.step(time.perf_counter() + 60)
    assert free.plan is not None
    kept, unwanted = start.open_sites[0], np.setdiff1d(free.plan.open_sites, start.open_sites)[0]
    fixed, refused = np.zeros(12, dtype=bool), np.zeros(12, dtype=bool)
    fixed[kept], refused[unwanted] = True, True
    bound = Popmusic(replace(instance, fixed=fixed, refused=refused), seed=1)
    bound.begin(start)
    while not bound.exhausted:
        bound.step(time.perf_counter() + 60)
    assert bound.plan is not None
    assert kept in bound.plan.open_sites
    assert unwanted not in bound.plan.open_sites
    assert bound.plan.cost >= free.plan.cost - 1e-6


def test_they_suit_whole_points_of_which_a_site_serves_few() -> None:
    whole = towns(60, 16, 5, divisibility=Divisibility.WHOLE_POINTS)
    assert Popmusic.suits(whole)
    assert not Popmusic.suits(replace(whole, divisibility=Divisibility.DIVISIBLE))
    assert not Popmusic.suits(towns(600, 16, 5, divisibility=Divisibility.WHOLE_POINTS))
    with pytest.raises(ValueError, match="no plan"):
        Popmusic(whole, seed=1).step(0.0)
