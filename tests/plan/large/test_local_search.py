"""The local search keeps numbers, minima and decisions, and its value is what its open sites cost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.compact_instance import build_compact
from nsp_planner.plan.large.local_search import LocalSearch
from nsp_planner.plan.large.perturbation import perturb_around
from nsp_planner.plan.large.search_state import site_neighbours
from tests.towns.search_states import is_allowed, small_state, some_open
from tests.towns.seeded_small import optimum_by_sets, small_town, transport_cost

KINDS = ("plain", "quota", "decided", "minima")


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=1) as threads:
        yield threads


def search_of(seed: int, kind: str, pool: ThreadPoolExecutor) -> tuple[LocalSearch, LocalInstance]:
    town = small_town(seed, kind, n=14, m=9, p=4)
    compact = build_compact(town, town.arc_cost)
    return LocalSearch(compact, site_neighbours(compact)[0], 50_000.0, pool, seed), town


@pytest.mark.parametrize("kind", KINDS)
def test_from_any_sites_the_numbers_are_made_right_and_those_in_place_stay(kind: str, pool: ThreadPoolExecutor) -> None:
    for seed in range(4):
        for n_open in (0, 2, 4, 7):
            search, _ = search_of(seed, kind, pool)
            compact = search.compact
            rng = np.random.default_rng([seed, n_open])
            begin = np.isin(np.arange(compact.m), rng.permutation(compact.m)[:n_open]) | compact.fixed
            search.state.set_open(np.flatnonzero(begin))
            search.fit_numbers()
            assert is_allowed(compact, search.state.open.is_open)
            if begin.sum() == compact.p and is_allowed(compact, begin):
                assert search.state.open.is_open.tolist() == begin.tolist()
            if kind in ("plain", "decided"):
                more = search.state.open.is_open.sum() - begin.sum()
                assert (search.state.open.is_open & ~begin).sum() == max(0, more)


def test_the_site_that_opens_or_closes_is_the_one_that_costs_least_at_the_prices(pool: ThreadPoolExecutor) -> None:
    for seed in range(6):
        search, _ = search_of(seed, "plain", pool)
        state = search.state
        for n_open, opening in ((3, True), (5, False)):
            begin = np.random.default_rng([seed, n_open]).permutation(9)[:n_open]
            state.set_open(begin)
            others = np.setdiff1d(np.arange(9), begin) if opening else begin
            cost = {int(j): state.swap_bound(-1 if opening else int(j), int(j) if opening else -1) for j in others}
            search.fit_numbers()
            (changed,) = set(np.flatnonzero(state.open.is_open).tolist()) ^ set(begin.tolist())
            assert cost[changed] == pytest.approx(min(cost.values()))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_rounds_only_make_it_cheaper_and_both_states_are_the_plan(kind: str, pool: ThreadPoolExecutor) -> None:
    for seed in range(3):
        search, town = search_of(seed, kind, pool)
        compact = search.compact
        value = search.start(compact.choose(-compact.capacity)[0])
        assert value == search.value
        for _ in range(12):
            before = search.value
            change = search.improve(1, lambda: False)
            assert change == pytest.approx(search.value - before)
            assert change <= 1e-6
            one, other = (state.open for state in search.states)
            assert one.is_open.tolist() == other.is_open.tolist()
            assert one.price == pytest.approx(other.price)
            assert is_allowed(compact, one.is_open)
        assert search.improve(5, lambda: True) == 0.0
        sites = np.sort(compact.site[np.flatnonzero(search.state.open.is_open)])
        exact = transport_cost(town, sites, town.arc_cost)
        if np.isfinite(exact):
            assert search.value == pytest.approx(exact, rel=1e-6)
            best = optimum_by_sets(town, town.arc_cost)
            assert best * (1 - 1e-9) <= search.value <= 1.1 * best


def test_the_cost_of_finding_no_site_changes_in_both_states(pool: ThreadPoolExecutor) -> None:
    search, _ = search_of(0, "plain", pool)
    search.set_unserved_cost(123.0)
    assert search.unserved_cost == 123.0
    assert [state.arcs.unserved_cost[0] for state in search.states] == [123.0, 123.0]


def test_perturbations_are_kept_only_where_they_are_cheaper() -> None:
    kept = 0
    for seed in range(12):
        state = small_state(seed, n=12, m=9, p=4)
        begin = some_open(state, seed, 4)
        state.set_open(np.flatnonzero(begin))
        before = state.value()
        # a centre that is closed is passed over
        change = perturb_around(state, seed, np.arange(9), np.ones(9), -1.0)
        assert state.value() == pytest.approx(before + change)
        assert change == 0.0 or change < -1.0
        assert state.open.is_open.sum() == 4
        assert (state.open.spare >= 0).all()
        if change == 0.0:
            assert state.open.is_open.tolist() == begin.tolist()
        kept += change < 0
        value = state.value()
        assert state.allocate() == pytest.approx(value)
    assert kept >= 5


def test_fixed_sites_stay_open_through_perturbations(pool: ThreadPoolExecutor) -> None:
    for seed in range(6):
        search, _ = search_of(seed, "decided", pool)
        compact, state = search.compact, search.state
        state.set_open(compact.choose(-compact.capacity)[0])
        perturb_around(state, seed, np.flatnonzero(state.open.is_open), np.ones(compact.m), -1e-6)
        assert state.open.is_open[compact.fixed].all()
        assert is_allowed(compact, state.open.is_open)
