from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.costs.network import many_to_many
from nsp_planner.costs.network.build import build_network_costs, minutes
from tests.towns.network_oracle import CORNER, as_dict, assert_same, networkx_distances, random_network
from tests.towns.networks import build_town


def points(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.uniform(-50, 1050, (n, 2)) + CORNER


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), cutoff_m=st.sampled_from([150.0, 600.0, 1500.0, 5000.0]))
def test_distances_equal_networkx_on_any_network(seed: int, cutoff_m: float) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    result = build_network_costs(network, points(rng, 15), points(rng, 6), cutoff_m=cutoff_m, connect_limit_m=250)
    expected = networkx_distances(network, result.origins, result.destinations, cutoff_m)
    assert_same(as_dict(result.costs), expected, cutoff_m)


@pytest.mark.slow
@pytest.mark.parametrize("n_processes", [1, 2])
def test_many_groups_give_the_same_as_one_group(monkeypatch: pytest.MonkeyPatch, n_processes: int) -> None:
    rng = np.random.default_rng(5)
    network = random_network(rng, 60, 120)
    people, sites = points(rng, 80), points(rng, 40)
    whole = build_network_costs(network, people, sites, cutoff_m=900, connect_limit_m=250, n_processes=1)
    monkeypatch.setattr(many_to_many, "SITES_AT_ONCE", 3)
    monkeypatch.setattr(many_to_many, "VISITS_FOR_PROCESSES", 0)
    parts = build_network_costs(network, people, sites, cutoff_m=900, connect_limit_m=250, n_processes=n_processes)
    assert parts.costs.n_arcs > 100
    assert as_dict(parts.costs) == as_dict(whole.costs)


def test_two_points_on_one_edge_walk_along_it() -> None:
    town = build_town([("weg", "street", [(0, 0), (1000, 0)])], {"a": (400, 3, 1)}, {"s": (450, -4)})
    result = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000)
    assert result.costs.distance_m == pytest.approx([50 + 3 + 4])


def test_two_points_on_one_edge_take_the_short_cut_around_when_that_is_shorter() -> None:
    bend = [(0, 0), (0, 500), (100, 500), (100, 0)]
    town = build_town(
        [("bocht", "street", bend), ("recht", "street", [(0, 0), (100, 0)])], {"a": (-2, 50, 1)}, {"s": (102, 50)}
    )
    result = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000)
    assert result.costs.distance_m == pytest.approx([2 + 50 + 100 + 50 + 2])


def test_the_walk_to_the_street_counts_and_the_nearest_point_is_on_the_edge_not_at_a_node() -> None:
    town = build_town([("weg", "street", [(0, 0), (2000, 0)])], {"a": (1000, 30, 1)}, {"s": (0, 40)})
    result = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000)
    assert result.costs.distance_m == pytest.approx([30 + 1000 + 40])
    assert result.origins.offset_m == pytest.approx([1000])


def test_a_pair_at_the_cutoff_is_kept_and_one_beyond_is_not() -> None:
    town = build_town([("weg", "street", [(0, 0), (2000, 0)])], {"a": (1000, 0, 1), "b": (1001, 0, 1)}, {"s": (0, 0)})
    result = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=1000)
    assert as_dict(result.costs) == {(0, 0): 1000.0}


def test_who_is_not_connected_has_no_arc_and_is_never_put_elsewhere() -> None:
    town = build_town([("weg", "street", [(0, 0), (100, 0)])], {"a": (50, 10, 1), "ver": (50, 900, 7)}, {"s": (0, 0)})
    result = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000, connect_limit_m=500)
    assert result.origins.connected.tolist() == [True, False]
    assert as_dict(result.costs) == {(0, 0): pytest.approx(60)}


def test_no_sites_and_no_people_give_an_empty_matrix_of_the_right_shape() -> None:
    town = build_town([("weg", "street", [(0, 0), (100, 0)])], {"a": (50, 10, 1)}, {"s": (0, 0)})
    none = np.zeros((0, 2))
    no_sites = build_network_costs(town.network, town.demand_xy, none, cutoff_m=5000).costs
    no_people = build_network_costs(town.network, none, town.site_xy, cutoff_m=5000).costs
    assert (no_sites.n_origins, no_sites.n_destinations, no_sites.n_arcs) == (1, 0, 0)
    assert (no_people.n_origins, no_people.n_destinations, no_people.n_arcs) == (0, 1, 0)


def test_the_matrix_says_that_it_is_a_walking_distance_over_the_network() -> None:
    town = build_town([("weg", "street", [(0, 0), (100, 0)])], {"a": (50, 10, 1)}, {"s": (0, 0)})
    costs = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000).costs
    assert costs.metric == "walking network (toy town)"
    assert costs.metric_nl == "loopafstand over het wegennet (toy town)"


@pytest.mark.parametrize("cutoff_m", [0, -1, np.nan, np.inf])
def test_a_cutoff_that_is_no_distance_is_refused(cutoff_m: float) -> None:
    town = build_town([("weg", "street", [(0, 0), (100, 0)])], {"a": (50, 10, 1)}, {"s": (0, 0)})
    with pytest.raises(ValueError, match="cutoff_m"):
        build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=cutoff_m)


def test_coordinates_that_are_missing_are_refused() -> None:
    town = build_town([("weg", "street", [(0, 0), (100, 0)])], {"a": (50, 10, 1)}, {"s": (0, 0)})
    with pytest.raises(ValueError, match="not finite"):
        build_network_costs(town.network, [[np.nan, 1.0]], town.site_xy, cutoff_m=100)


def test_five_kilometres_an_hour_is_twelve_minutes_a_kilometre() -> None:
    assert minutes(np.array([0.0, 1000.0]), 5).tolist() == [0.0, 12.0]
    with pytest.raises(ValueError, match="speed_kmh"):
        minutes(np.array([1.0]), 0)


def test_where_no_processes_can_be_started_the_distances_are_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __init__(self, *_: object, **__: object) -> None:
            raise BrokenProcessPool("no processes here")

    rng = np.random.default_rng(5)
    network = random_network(rng, 60, 120)
    people, sites = points(rng, 80), points(rng, 40)
    whole = build_network_costs(network, people, sites, cutoff_m=900, connect_limit_m=250, n_processes=1)
    monkeypatch.setattr(many_to_many, "VISITS_FOR_PROCESSES", 0)
    monkeypatch.setattr(many_to_many, "ProcessPoolExecutor", Broken)
    alone = build_network_costs(network, people, sites, cutoff_m=900, connect_limit_m=250, n_processes=2)
    assert as_dict(alone.costs) == as_dict(whole.costs)
    assert "one process" in caplog.text
