"""Failing sites and regret: towns by hand, brute force, and what always holds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.errors import VerificationError
from nsp_planner.evaluate.change.regret import ScenarioCase, build_regret, evaluate_sites
from nsp_planner.evaluate.sites import site_failure
from nsp_planner.evaluate.sites.site_failure import (
    Ranked,
    fail,
    rank_open_sites,
    single_failures,
    site_shares,
    worst_failure,
)
from tests.towns.instances import costs_of
from tests.towns.local import Point, line_town


def ranked(demand: list[tuple[int, int]], sites: list[int], *, depth: int, cutoff_m: float = 10_000.0) -> Ranked:
    """Demand (place, persons) and open sites on a line."""
    town = line_town(
        {f"d{i}": Point(at, persons) for i, (at, persons) in enumerate(demand)},
        {f"s{j}": Point(at, 1e6) for j, at in enumerate(sites)},
        n_sites=len(sites),
        cutoff_m=cutoff_m,
        service_distance_m=500.0,
    )
    open_sites = np.arange(len(sites), dtype=np.int64)
    return rank_open_sites(town.costs, town.population_persons, town.service_distance_m, open_sites, depth)


def test_who_loses_a_site_walks_to_the_next_and_is_counted_out_of_the_norm() -> None:
    """100 persons at 0 and 50 at 900 m; halls at 0, 1000 and 3000 m: without the first 100 persons walk 1 km more."""
    one, two, three = single_failures(ranked([(0, 100), (900, 50)], [0, 1000, 3000], depth=2))
    assert (one.loss_person_m, one.moved_persons, one.extra_m) == (100_000, 100, 1000)
    assert (one.out_of_norm_persons, one.without_persons) == (100, 0)
    assert (two.loss_person_m, two.extra_m, two.out_of_norm_persons) == (50 * 800, 800, 50)
    assert (three.loss_person_m, three.moved_persons, three.extra_m) == (0, 0, 0)


def test_who_has_nothing_left_within_the_cutoff_is_counted_and_walks_the_cutoff() -> None:
    one, _ = single_failures(ranked([(0, 100)], [200, 5000], depth=2, cutoff_m=2000))
    assert (one.loss_person_m, one.without_persons, one.out_of_norm_persons) == (100 * 1800, 100, 100)


def test_two_halls_of_one_village_that_fail_together_are_worse_than_the_two_worst_alone() -> None:
    """A and B stand 10 m apart and back each other up; C serves fewer but has no near neighbour."""
    town = ranked([(0, 1000), (5000, 30)], [0, 10, 5000, 9000], depth=4)
    alone = worst_failure(town, 1)
    assert (alone.sites, alone.proven) == ((2,), True)
    both = worst_failure(town, 2)
    assert (both.sites, both.loss_person_m, both.proven) == ((0, 1), 1000 * 5000, True)
    assert worst_failure(town, 3).sites == (0, 1, 2)


def test_two_halls_whose_people_back_each_other_up_are_worse_than_a_hall_far_away() -> None:
    """500 persons at each of two halls 10 m apart; without both all walk some 5 km. The third serves 30 persons."""
    town = ranked([(0, 500), (10, 500), (5000, 30)], [0, 10, 5000, 9000], depth=4)
    both = worst_failure(town, 2)
    assert (both.sites, both.loss_person_m) == ((0, 1), 500 * 5000 + 500 * 4990)
    assert worst_failure(town, 3).loss_person_m == 500 * 9000 + 500 * 8990 + 30 * 4000


def test_of_halls_that_back_up_nobody_the_two_that_serve_most_are_the_worst() -> None:
    town = ranked([(0, 100), (5000, 90), (5900, 1), (20_000, 80)], [0, 3000, 5000, 5900, 20_000], depth=4)
    assert worst_failure(town, 1).sites == (4,)
    both = worst_failure(town, 2)
    assert (both.sites, both.loss_person_m) == ((0, 4), 100 * 3000 + 80 * 10_000)
    assert both.without_persons == 80
    three = worst_failure(town, 3)
    assert (three.sites, three.loss_person_m) == ((0, 1, 4), 100 * 5000 + 80 * 10_000)


def test_only_who_was_within_the_norm_and_moves_beyond_it_drops_out_of_it() -> None:
    """The norm is 500 m: 7 persons exactly at it, 10 beyond it, 20 who stay; and 40 who move to exactly the norm."""
    town = ranked([(500, 7), (600, 10), (3000, 20)], [0, 3000], depth=2)
    assert fail(town, (0,)).out_of_norm_persons == 7
    town = ranked([(0, 40), (100, 5)], [0, 500, 5000], depth=2)
    assert fail(town, (0,)).out_of_norm_persons == 0
    assert fail(town, (0,)).moved_persons == 45
    town = ranked([(0, 40), (0, 5)], [0, 501], depth=2)
    assert fail(town, (0,)).out_of_norm_persons == 45


def test_who_has_no_hall_at_all_loses_nothing_when_one_fails() -> None:
    town = ranked([(0, 40), (9000, 5)], [0, 100], depth=2, cutoff_m=1000)
    failure = fail(town, (0,))
    assert (failure.moved_persons, failure.without_persons, failure.loss_person_m) == (40, 0, 4000)
    alone = ranked([(9000, 5)], [0, 100], depth=2, cutoff_m=1000)
    assert (fail(alone, (0,)).extra_m, fail(alone, (0,)).loss_person_m) == (0, 0)


def test_a_bound_below_a_loss_that_was_found_is_a_fault_and_not_laid_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    town = ranked([(0, 100), (5000, 90), (5900, 1), (20_000, 80)], [0, 3000, 5000, 5900, 20_000], depth=5)
    raw = site_failure._bound(town, 4)
    losses = [fail(town, sites).loss_person_m for sites in combinations(range(5), 4)]
    assert raw >= max(losses)
    assert worst_failure(town, 4).bound_person_m == raw
    monkeypatch.setattr(site_failure, "_bound", lambda town, k: 0.99 * max(losses))
    with pytest.raises(VerificationError, match="one of the two is wrong"):
        worst_failure(town, 4)


def test_a_ranking_that_is_not_deep_enough_or_a_set_that_cannot_be_is_refused() -> None:
    town = ranked([(0, 10)], [0, 100], depth=2)
    with pytest.raises(ValueError, match="one site deeper"):
        fail(town, (0, 1))
    with pytest.raises(ValueError, match="k must be"):
        worst_failure(town, 3)


towns = st.tuples(
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 50)), min_size=1, max_size=8),
    st.lists(st.integers(0, 4000), min_size=5, max_size=7, unique=True),
    st.sampled_from([1500.0, 10_000.0]),
)


@settings(max_examples=40, deadline=None)
@given(towns, st.integers(1, 4))
def test_the_worst_set_is_what_brute_force_finds_or_its_bound_says_how_far_off(
    town: tuple[list[tuple[int, int]], list[int], float], k: int
) -> None:
    demand, sites, cutoff_m = town
    ranks = ranked(demand, sites, depth=5, cutoff_m=cutoff_m)
    losses = [fail(ranks, chosen).loss_person_m for chosen in combinations(range(len(sites)), k)]
    worst = worst_failure(ranks, k)
    assert worst.loss_person_m <= max(losses) + 1e-6
    assert worst.bound_person_m >= max(losses) - 1e-6
    if worst.proven:
        assert worst.loss_person_m == pytest.approx(max(losses))
    assert k > 3 or worst.proven


@settings(max_examples=25, deadline=None)
@given(towns)
def test_more_failing_sites_never_cost_less(town: tuple[list[tuple[int, int]], list[int], float]) -> None:
    demand, sites, cutoff_m = town
    ranks = ranked(demand, sites, depth=5, cutoff_m=cutoff_m)
    losses = [worst_failure(ranks, k).loss_person_m for k in (1, 2, 3)]
    assert losses == sorted(losses)


def test_a_site_is_counted_once_per_plan() -> None:
    plans = [np.array([0, 1]), np.array([0, 2]), np.array([0, 1])]
    assert site_shares(plans, 4).tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert site_shares([], 2).tolist() == [0, 0]


def case(name: str, distances: list[list[float]], usable: list[bool]) -> ScenarioCase:
    """One person per row, a column per site; 1000 m or more is no arc."""
    matrix = np.array(distances)
    costs = costs_of(np.where(matrix < 1000, matrix, np.inf), 1000)
    n = len(matrix)
    return ScenarioCase(name, costs, np.ones(n), np.full(n, 150.0), ("a", "b", "c"), np.array(usable))


def test_the_cautious_plan_has_the_least_worst_regret_and_the_expected_one_the_least_mean() -> None:
    dry = case("droog", [[0, 300, 100], [0, 300, 200]], [True, True, True])
    wet = case("nat", [[0, 300, 100], [0, 300, 200]], [False, True, True])
    table = build_regret([{"a"}, {"b"}, {"c"}], [dry, wet])
    assert table.mean_m.tolist() == [[0, 1000], [300, 300], [150, 150]]
    assert table.regret_m.tolist() == [[0, 850], [300, 150], [150, 0]]
    assert table.worst_regret_m.tolist() == [850, 300, 150]
    assert (table.cautious, table.expected) == (2, 2)
    likely = build_regret([{"a"}, {"b"}, {"c"}], [dry, wet], weights=[9, 1])
    assert (likely.cautious, likely.expected) == (2, 0)
    assert likely.expected_m.tolist() == pytest.approx([100, 300, 150])
    assert likely.worst_m.tolist() == [1000, 300, 150]


def test_a_site_the_scenario_takes_away_or_does_not_know_is_not_open() -> None:
    wet = case("nat", [[0, 300, 100], [0, 300, 200]], [False, True, True])
    result = evaluate_sites(wet, {"a", "c", "weg"})
    assert (result.n_open, result.mean_m, result.within_norm_persons) == (1, 150.0, 1.0)
    assert evaluate_sites(wet, {"a"}).without_persons == 2
