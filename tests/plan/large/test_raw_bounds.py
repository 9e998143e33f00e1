"""Bounds as they are found, before any is settled: never past the optimum, and of use.

The optimum is that of every set of sites with a linear program each. Lagrangian bounds are held against the linear
relaxation too, which is as much as they can reach: a bound that is a little too high is found where the optimum lies
far above it, and one that is too low is found as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large import min_max, min_sites
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.decomposition import DecompositionBound
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.min_sites import fewest_by_capacity
from nsp_planner.plan.large.partition import site_graph
from nsp_planner.plan.large.search_state import never, site_neighbours
from nsp_planner.plan.large.set_cover import cover_everyone
from nsp_planner.plan.large.subproblem import Subproblem
from nsp_planner.plan.large.uncovered import UncoveredBound
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.radius_search import RadiusSearch
from nsp_planner.plan.thresholds import allowed_beyond, radii_m
from tests.towns.seeded_small import (
    KINDS,
    optimum_by_sets,
    site_sets,
    small_town,
    strong_model,
    transport_cost,
)

pytestmark = pytest.mark.slow  # many small instances: left out of make check, in make test

ROUND_OFF = 1e-7
USEFUL = 0.98
"""Part of the linear relaxation that a Lagrangian bound must reach."""
OPTIONS = SolveOptions(gap=0.0, threads=1, time_limit_s=20.0)


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=1) as threads:
        yield threads


def room(value: float) -> float:
    """What round-off may add to a value."""
    return ROUND_OFF * max(1.0, abs(value))


def ascended(instance: LocalInstance, arc_cost: FloatArray, pool: ThreadPoolExecutor, target: float) -> LagrangianBound:
    bound = LagrangianBound(build_compact(instance, arc_cost), pool)
    bound.ascend(target, 300, never)
    return bound


@pytest.mark.parametrize("n_towns", [7, pytest.param(60, marks=pytest.mark.trust)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_lagrangian_bound_never_passes_the_linear_relaxation_and_comes_near_it(
    kind: str, n_towns: int, pool: ThreadPoolExecutor
) -> None:
    reached = []
    for seed in range(n_towns):
        town = small_town(seed, kind)
        relaxed = strong_model(town, town.arc_cost)
        best = optimum_by_sets(town, town.arc_cost)
        assert np.isfinite(best)
        assert relaxed <= best + room(best)
        bound = ascended(town, town.arc_cost, pool, best).best
        assert bound <= relaxed + room(relaxed), seed
        reached.append(bound / relaxed)
    assert min(reached) >= USEFUL
    assert np.mean(reached) >= 0.995


def test_any_multipliers_give_a_bound(pool: ThreadPoolExecutor) -> None:
    for seed in range(15):
        town = small_town(seed, KINDS[seed % len(KINDS)])
        relaxed = strong_model(town, town.arc_cost)
        bound = LagrangianBound(build_compact(town, town.arc_cost), pool)
        rng = np.random.default_rng(seed)
        for spread in (0.3, 1.0, 3.0):
            tried = bound.multipliers * rng.uniform(1 - min(1.0, spread), 1 + spread, len(bound.multipliers))
            assert bound.evaluate(tried)[0] <= relaxed + room(relaxed), seed


def test_the_bound_on_the_weight_beyond_the_norm_never_passes_the_least_there_is(pool: ThreadPoolExecutor) -> None:
    reached = []
    for seed in range(20):
        town = small_town(seed, KINDS[seed % len(KINDS)], objective="max_coverage")
        relaxed = strong_model(town, town.arc_beyond)
        best = optimum_by_sets(town, town.arc_beyond)
        bound = UncoveredBound(town, pool)
        bound.ascend(best, np.inf, never)
        assert bound.best <= relaxed + room(best) <= best + 2 * room(best), seed
        if relaxed > 1.0:
            reached.append(bound.best / relaxed)
    assert len(reached) >= 8
    assert np.median(reached) >= USEFUL
    assert np.mean(reached) >= 0.9


def test_the_covered_weight_is_what_the_uncovered_leaves(pool: ThreadPoolExecutor) -> None:
    for seed in range(6):
        town = small_town(seed, "quota", objective="max_coverage")
        plan = solve_local_exact(town, OPTIONS)
        bound = UncoveredBound(town, pool)
        bound.ascend(float(town.weight.sum()) - plan.value, np.inf, never)
        assert town.weight.sum() - bound.best >= plan.value - room(plan.value)


def test_numbers_that_multipliers_rule_out_are_impossible(pool: ThreadPoolExecutor) -> None:
    ruled_out = 0
    for seed in range(15):
        town = small_town(seed, ("plain", "decided", "minima")[seed % 3])
        least = [optimum_by_sets(town, town.arc_beyond, n) for n in range(1, 5)]
        above = least[1] if np.isfinite(least[1]) else 0.0
        bound = UncoveredBound(replace(town, n_sites=1), pool)
        bound.lagrangian.ascend(max(1.0, 2 * above), 300, never)
        if bound.best <= above:
            continue
        most = bound.ruled_out_up_to(above, 4)
        assert all(value > above for value in least[:most]), seed
        ruled_out += 1
    assert ruled_out >= 5


@pytest.mark.parametrize("kind", ["plain", "decided", "minima"])
def test_the_bound_on_the_number_of_sites_never_passes_the_fewest(kind: str, pool: ThreadPoolExecutor) -> None:
    sharp = 0
    for seed in range(8):
        town = small_town(seed, kind, objective="min_sites")
        allowed = allowed_beyond(town)
        fewest = next((n for n in range(1, 6) if optimum_by_sets(town, town.arc_beyond, n) <= allowed + 1e-6), None)
        if fewest is None:
            continue
        assert fewest_by_capacity(town) <= fewest
        run = min_sites._MinSites(town, OPTIONS)
        run._rule_out(pool)
        assert run.bound <= fewest, seed
        sharp += run.bound == fewest
    assert sharp >= 2


def test_the_bound_on_the_worst_distance_never_passes_the_smallest(pool: ThreadPoolExecutor) -> None:
    sharp = 0
    for seed in range(12):
        town = small_town(seed, KINDS[seed % len(KINDS)], objective="min_max")
        smallest = smallest_radius(town)
        state = RadiusSearch(town, OPTIONS)
        assert state.bound <= smallest, seed
        state.take(solve_local_exact(replace(town, objective="min_distance"), OPTIONS))
        min_max._rule_out(state, pool)
        assert state.bound <= smallest, seed
        sharp += state.bound >= 0.9 * smallest
    assert sharp >= 6


def smallest_radius(town: LocalInstance) -> float:
    """The smallest distance that some set of sites keeps, each tried with a linear program."""
    radii, allowed = radii_m(town), allowed_beyond(town) + 1e-6
    origin = town.costs.arc_origin

    def possible(radius_m: float) -> bool:
        beyond = town.weight[origin] * (town.costs.distance_m > radius_m)
        return strong_model(town, beyond, whole_sites=True) <= allowed

    low, high = 0, len(radii) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if possible(float(radii[middle])) else (middle + 1, high)
    return float(radii[low])


def test_a_set_cover_is_impossible_only_where_no_set_of_sites_covers_everyone() -> None:
    answers = []
    for seed in range(40):
        town = small_town(seed, KINDS[seed % len(KINDS)], n=5, m=6, p=3 + seed % 2)
        norm = replace(town, service_distance_m=np.full(town.n_demand, 700.0 + 25.0 * (seed % 8)))
        within = norm.arc_beyond <= 0
        near = np.zeros((norm.n_demand, norm.n_candidates), dtype=bool)
        near[norm.costs.arc_origin[within], norm.costs.destination[within]] = True
        possible = any(near[:, sites].any(axis=1).all() for sites in site_sets(norm))
        cover = cover_everyone(norm, np.arange(2), OPTIONS)
        assert cover.impossible == (not possible), seed
        if cover.sites is not None:
            assert near[:, cover.sites].any(axis=1).all()
            assert any(sites.tolist() == cover.sites.tolist() for sites in site_sets(norm))
        answers.append(possible)
    assert 5 <= sum(answers) <= 35


# -- clusters and nodes ----------------------------------------------------------------------------------------------


def decomposed(
    town: LocalInstance, pool: ThreadPoolExecutor, n_labels: int, optimum: float
) -> tuple[DecompositionBound, LagrangianBound]:
    lagrangian = ascended(town, town.arc_cost, pool, optimum)
    near, near_cost = site_neighbours(lagrangian.compact)
    label = (np.arange(lagrangian.compact.m) * n_labels // lagrangian.compact.m).astype(np.int32)
    return DecompositionBound(lagrangian.compact, lagrangian, label, site_graph(near, near_cost), pool), lagrangian


def cut_off_above(decomposition: DecompositionBound, above: float) -> None:
    """Let every tree prove up to a value above the optimum, so that nothing is cut to what may be proven."""
    for subproblem in decomposition.subproblems:
        subproblem.set_cutoff(max(subproblem.bound if subproblem.nodes else -np.inf, 0.0) + above)


@pytest.mark.parametrize("n_towns", [2, pytest.param(12, marks=pytest.mark.trust)])
@pytest.mark.parametrize("n_labels", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_of_the_clusters_never_passes_the_optimum(
    kind: str, n_labels: int, n_towns: int, pool: ThreadPoolExecutor
) -> None:
    gained = []
    for seed in range(n_towns):
        town = small_town(seed, kind, n=12, m=6)
        best = optimum_by_sets(town, town.arc_cost)
        decomposition, lagrangian = decomposed(town, pool, n_labels, best)
        for _ in range(8):
            cut_off_above(decomposition, 0.3 * best)
            decomposition.improve(6)
            if any(c.nodes == 0 for c in decomposition.subproblems):
                continue
            assert decomposition.bound <= best + room(best), (seed, n_labels)
        # a minimum of a gemeente that lies in several clusters does not count in them
        if kind != "minima" or n_labels == 1:
            assert decomposition.bound >= lagrangian.best * 0.99, seed
        gained.append((decomposition.bound - lagrangian.best) / best)
    assert n_labels > 1 or min(gained) >= -1e-4


def sets_of_node(subproblem: Subproblem, node: int, sets: list[np.ndarray]) -> list[int]:
    """Which sets of sites keep to the numbers of a node."""
    arcs, tree = subproblem.arcs, subproblem.tree
    kept = []
    for number, sites in enumerate(sets):
        is_open = np.isin(subproblem.sites, sites)
        counts = np.array([is_open[a:b].sum() for a, b in zip(arcs.first, arcs.last, strict=True)])
        if (counts >= tree.low[node]).all() and (counts <= tree.high[node]).all():
            kept.append(number)
    return kept


@pytest.mark.parametrize("kind", KINDS)
def test_no_node_lies_above_its_own_optimum_and_no_set_of_sites_is_lost(kind: str, pool: ThreadPoolExecutor) -> None:
    n_nodes = 0
    for seed in range(5):
        town = small_town(seed, kind, m=6, p=3)
        sets = site_sets(town)
        exact = np.array([transport_cost(town, sites, town.arc_cost) for sites in sets])
        best = float(exact.min())
        decomposition, lagrangian = decomposed(town, pool, 1, best)
        site_of = np.full(town.n_candidates, -1)
        site_of[lagrangian.compact.site] = np.arange(lagrangian.compact.m)
        here = [site_of[sites] for sites in sets]
        subproblem = decomposition.subproblems[0]
        cutoff = 1.05 * best
        for n in (1, 2, 4, 8):
            subproblem.set_cutoff(cutoff - decomposition.base)
            subproblem.expand(n)
            found = np.zeros(len(sets), dtype=bool)
            for node in np.flatnonzero(np.isfinite(subproblem.tree.bound)).tolist():
                kept = sets_of_node(subproblem, node, here)
                found[kept] = True
                bound = decomposition.base + float(subproblem.tree.bound[node])
                assert not kept or bound <= exact[kept].min() + room(best), (seed, node)
                n_nodes += 1
            lost = np.flatnonzero(~found & (exact < cutoff * (1 - 1e-9)))
            assert not len(lost), (seed, [sets[k].tolist() for k in lost])
    assert n_nodes >= 15


def test_a_tree_that_ends_ends_at_the_optimum(pool: ThreadPoolExecutor) -> None:
    for seed in range(10):
        town = small_town(seed, KINDS[seed % len(KINDS)])
        best = optimum_by_sets(town, town.arc_cost)
        decomposition, _ = decomposed(town, pool, 1, best)
        subproblem = decomposition.subproblems[0]
        subproblem.set_cutoff(1.05 * best - decomposition.base)
        for _ in range(200):
            leaf = subproblem.leaf()
            if leaf is not None:
                sites = decomposition.compact.site[leaf]
                subproblem.close_leaf(transport_cost(town, np.sort(sites), town.arc_cost) - decomposition.base)
            elif subproblem.finished:
                break
            else:
                subproblem.expand(20)
        assert subproblem.finished, seed
        assert decomposition.base + subproblem.floor == pytest.approx(best, rel=1e-6), seed
