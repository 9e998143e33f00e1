"""What a refusal would cost: the sum of the module, written out person by person, and a town by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.evaluate.exchange import estimate_refusals
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.solution import LocalPlan, SolverReport
from tests.towns.instances import costs_along, local_instance

REPORT = SolverReport("exact", "by hand", 0.0, 1, 1, 0.0, 1.0, "gap")


def planned(open_sites: list[int], demand: list[int], site: list[int], share: list[float]) -> LocalPlan:
    at = np.array(demand), np.array(site)
    return LocalPlan(np.array(open_sites), *at, np.array(share, dtype=float), "min_distance", 0.0, 0.0, REPORT)


def one_by_one(instance: LocalInstance, plan: LocalPlan, closed: int, opened: int) -> float:
    """The estimate of the module's docstring, one demand point after the other."""
    far = instance.costs.cutoff_m
    known = zip(instance.costs.arc_origin, instance.costs.destination, instance.costs.distance_m, strict=True)
    metres = {(int(i), int(j)): float(m) for i, j, m in known}
    entries = list(zip(plan.demand.tolist(), plan.site.tolist(), plan.share.tolist(), strict=True))
    others = [j for j in plan.open_sites.tolist() if j != closed]
    next_m = {i: min([far] + [metres[i, j] for j in others if (i, j) in metres]) for i in range(instance.n_demand)}
    lost, gained, takers, nearer = 0.0, 0.0, 0.0, 0.0
    for i, j, share in entries:
        weight, to_new = instance.weight[i] * share, metres.get((i, opened), np.inf)
        if j == closed:
            lost += weight * (next_m[i] - metres[i, j])
            gained += weight * max(0.0, next_m[i] - to_new)
            takers += instance.population_persons[i] * share * (to_new < next_m[i])
        else:
            nearer += weight * max(0.0, metres[i, j] - to_new)
    room = min(1.0, instance.capacity_persons[opened] / max(takers, 1.0))
    return lost - room * gained - nearer


@pytest.mark.parametrize("seed", range(6))
def test_every_estimate_is_the_sum_written_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sites = rng.choice(6000, 6, replace=False)
    costs = costs_along(sites[rng.integers(0, 6, 9)] + rng.integers(-300, 300, 9), sites, cutoff_m=2500.0)
    persons = rng.integers(1, 80, 9).astype(float)
    instance = local_instance(persons, rng.integers(20, 150, 6), costs, 3, weight=persons * rng.integers(1, 3, 9))
    open_sites = [0, 2, 5]
    demand, site, share = [], [], []
    for i in range(9):
        near = [j for a, j in zip(costs.arc_origin, costs.destination, strict=True) if a == i and j in open_sites]
        for j in near[:2]:
            demand, site, share = [*demand, i], [*site, int(j)], [*share, 1 / len(near[:2])]
    plan = planned(open_sites, demand, site, share)
    estimates = estimate_refusals(instance, plan, n_replacements=2)
    assert [estimate.site for estimate in estimates] == open_sites
    for estimate in estimates:
        costs_of_all = {k: one_by_one(instance, plan, estimate.site, k) for k in (1, 3, 4)}
        best = sorted(costs_of_all.values())[:2]
        assert estimate.replacement_costs == pytest.approx(best)
        assert estimate.cost == pytest.approx(best[0])
        told = [costs_of_all[k] for k in estimate.replacements.tolist()]
        assert told == pytest.approx(best)
        at_site = [(i, part) for i, j, part in zip(demand, site, share, strict=True) if j == estimate.site]
        assert estimate.persons == pytest.approx(sum(persons[i] * part for i, part in at_site))


def test_a_refused_site_never_replaces_and_with_a_quota_only_one_of_the_same_gemeente_does() -> None:
    """100 persons at 0; halls at 0 (open), 100, 200 and 300 m, the last in the other gemeente."""
    costs = costs_along([0], [0, 100, 200, 300], cutoff_m=1000.0)
    instance = local_instance([100.0], [500.0] * 4, costs, 1, refused=np.array([False, True, False, False]))
    plan = planned([0], [0], [0], [1.0])
    (free,) = estimate_refusals(instance, plan)
    assert (free.replacements.tolist(), free.replacement_costs.tolist()) == ([2, 3], [20_000.0, 30_000.0])
    gemeenten = np.array([0, 0, 1, 0])
    quota = local_instance(
        [100.0], [500.0] * 4, costs, 1, refused=instance.refused, site_gemeente=gemeenten,
        gemeente_codes=("GM0001", "GM0002"), quota=np.array([1, 0]),
    )  # fmt: skip
    (held,) = estimate_refusals(quota, plan)
    assert (held.replacements.tolist(), held.cost) == ([3], 30_000.0)
    alone = local_instance([100.0], [500.0], costs_along([0], [0]), 1)
    (nothing,) = estimate_refusals(alone, planned([0], [0], [0], [1.0]))
    assert (nothing.replacements.tolist(), nothing.cost) == ([], float("inf"))
