from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from nsp_planner.costs.network.build import NetworkCosts, build_network_costs
from nsp_planner.costs.network.links import LinkChanges
from nsp_planner.costs.network.recompute import update_network_costs
from nsp_planner.layers.network.network import Network
from nsp_planner.layers.network.store import read_network
from tests.towns.network_oracle import as_dict, assert_same, networkx_distances
from tests.towns.networks import build_lattice


def near_streets(network: Network, n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return network.node_xy[rng.integers(0, network.n_nodes, n)] + rng.normal(0, 40, (n, 2))


def sample_equals_networkx(result: NetworkCosts, n_sites: int) -> int:
    """Compare all pairs of some sites; returns how many pairs that were."""
    cutoff_m = result.costs.cutoff_m
    some = np.flatnonzero(result.destinations.connected)[:n_sites].tolist()
    expected = networkx_distances(result.network, result.origins, result.destinations, cutoff_m, result.closed, some)
    found = {pair: metres for pair, metres in as_dict(result.costs).items() if pair[1] in some}
    assert_same(found, expected, cutoff_m)
    return len(found)


@cache
def delft(shared_dir: Path, profile: str) -> Network:
    """The streets of Delft, read once per profile."""
    return read_network(shared_dir / "data/osm-delft/tudelft.osm.pbf", profile)[0]


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["foot", "bicycle", "car"])
def test_delft_equals_networkx_to_the_centimetre(shared_dir: Path, profile: str) -> None:
    pytest.importorskip("osmium", reason="osmium (pyosmium) is not installed")
    network = delft(shared_dir, profile)
    result = build_network_costs(network, near_streets(network, 300, 1), near_streets(network, 40, 2), cutoff_m=3000)
    assert sample_equals_networkx(result, 40) > 800


def test_delft_on_foot_and_by_car_are_different_distances(shared_dir: Path) -> None:
    pytest.importorskip("osmium", reason="osmium (pyosmium) is not installed")
    foot, car = delft(shared_dir, "foot"), delft(shared_dir, "car")
    people, sites = near_streets(foot, 200, 1), near_streets(foot, 20, 2)
    walked, driven = (as_dict(build_network_costs(n, people, sites, cutoff_m=4000).costs) for n in (foot, car))
    both = walked.keys() & driven.keys()
    longer = np.mean([driven[pair] > walked[pair] + 50 for pair in both])
    assert len(both) > 200
    assert longer > 0.4


def test_delft_without_its_bridges_equals_networkx_and_only_what_changed_is_computed(shared_dir: Path) -> None:
    pytest.importorskip("osmium", reason="osmium (pyosmium) is not installed")
    network = delft(shared_dir, "foot")
    base = build_network_costs(network, near_streets(network, 200, 1), near_streets(network, 60, 2), cutoff_m=1000)
    bridges = tuple(np.unique(network.line_id[network.bridge])[:8].tolist())
    closed = update_network_costs(base, LinkChanges(closed_ids=bridges))
    assert sample_equals_networkx(closed, 60) > 100
    assert as_dict(closed.costs) != as_dict(base.costs)
    assert 0 < closed.recomputed.sum() < 60


@pytest.mark.slow
def test_liege_5000_points_by_500_sites_equals_networkx(shared_dir: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    network, _ = read_network(shared_dir / "data/osm-straten-luik/original.parquet", "foot", join_islands_m=0)
    result = build_network_costs(network, near_streets(network, 5000, 1), near_streets(network, 500, 2), cutoff_m=5000)
    assert result.origins.connected.mean() > 0.99
    assert sample_equals_networkx(result, 8) >= 2000


@pytest.mark.slow
def test_a_region_of_300000_junctions_takes_at_most_five_seconds_of_two_cores() -> None:
    network = build_lattice(548)
    people, sites = near_streets(network, 25_000, 1), near_streets(network, 1_200, 2)
    started = time.process_time()
    result = build_network_costs(network, people, sites, cutoff_m=5000)
    assert time.process_time() - started < 10
    assert network.n_nodes > 300_000
    assert result.costs.n_arcs > 900_000
    assert sample_equals_networkx(result, 2) > 500
