from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.costs.network.build import NetworkCosts, build_network_costs
from nsp_planner.costs.network.links import LinkChanges, build_closed_links
from nsp_planner.costs.network.recompute import update_network_costs
from nsp_planner.errors import SettingsError
from tests.towns.network_oracle import CORNER, as_dict, assert_same, networkx_distances, random_network
from tests.towns.networks import build_river_town

pytestmark = pytest.mark.slow


def nearest_sites(result: NetworkCosts, site_id: tuple[str, ...]) -> list[str]:
    first = result.costs.destination[result.costs.indptr[:-1]]
    return [site_id[k] for k in first]


def test_closing_the_bridge_moves_the_right_people_to_the_other_site() -> None:
    town = build_river_town()
    base = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000)
    assert nearest_sites(base, town.site_id) == ["NOORD", "ZUID", "ZUID", "VEER"]
    assert base.costs.distance_m[base.costs.indptr[:-1]] == pytest.approx([120, 320, 520, 320])
    closed = update_network_costs(base, LinkChanges(closed_bridges=("IJsselbrug",)))
    assert nearest_sites(closed, town.site_id) == ["NOORD", "NOORD", "NOORD", "VEER"]
    assert closed.costs.distance_m[closed.costs.indptr[:-1]] == pytest.approx([120, 620, 820, 320])


@pytest.mark.parametrize(
    "changes",
    [
        LinkChanges(ferries_out=("olsterveer",)),
        LinkChanges(all_ferries_out=True),
        LinkChanges(closed_names=("Olsterveer",)),
        LinkChanges(closed_ids=(8,)),
    ],
)
def test_a_ferry_that_stops_moves_the_right_people(changes: LinkChanges) -> None:
    town = build_river_town()
    base = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000)
    closed = update_network_costs(base, changes)
    assert nearest_sites(closed, town.site_id) == ["NOORD", "ZUID", "ZUID", "ZUID"]
    assert closed.costs.distance_m[closed.costs.indptr[3]] == pytest.approx(1120)


def test_without_bridge_and_ferry_there_is_no_way_across_and_no_distance() -> None:
    town = build_river_town()
    changes = LinkChanges(all_ferries_out=True, closed_bridges=("IJsselbrug",))
    result = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=50_000, changes=changes)
    assert set(result.costs.destination.tolist()) == {0}


def test_opening_everything_again_gives_back_the_first_matrix() -> None:
    town = build_river_town()
    base = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000)
    closed = update_network_costs(base, LinkChanges(closed_bridges=("IJsselbrug",)))
    assert as_dict(update_network_costs(closed, LinkChanges()).costs) == as_dict(base.costs)


def test_a_road_half_under_water_still_lets_people_leave_on_the_dry_side() -> None:
    town = build_river_town()
    corner = town.demand_xy[0] - (100, 310)
    x, y = corner
    flood = shapely.box(x + 300, y + 250, x + 350, y + 350)
    result = build_network_costs(
        town.network, town.demand_xy, town.site_xy, cutoff_m=50_000, changes=LinkChanges(under_water=(flood,))
    )
    found = as_dict(result.costs)
    assert found[0, 0] == pytest.approx(120)
    assert (0, 1) not in found
    assert found[1, 1] == pytest.approx(320)
    assert (1, 0) not in found


def random_changes(rng: np.random.Generator) -> LinkChanges:
    def place() -> np.ndarray:
        return rng.uniform(0, 1000, 2) + CORNER

    x, y = place()
    return LinkChanges(
        closed_ids=tuple(rng.choice(np.arange(100, 120), int(rng.integers(0, 4)), replace=False).tolist()),
        all_ferries_out=bool(rng.random() < 0.3),
        under_water=(shapely.box(x, y, x + 150, y + 150),) if rng.random() < 0.5 else (),
        barriers=(shapely.LineString([place(), place()]),) if rng.random() < 0.5 else (),
    )


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**6), cutoff_m=st.sampled_from([200.0, 600.0, 3000.0]))
def test_computing_only_what_changed_equals_computing_all_anew(seed: int, cutoff_m: float) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, 20, 20)
    people, sites = rng.uniform(-50, 1050, (2, 20, 2)) + CORNER
    first, second = random_changes(rng), random_changes(rng)
    limits = {"cutoff_m": cutoff_m, "connect_limit_m": 200.0, "n_processes": 1}
    base = build_network_costs(network, people, sites, changes=first if seed % 2 else None, **limits)
    updated = update_network_costs(base, second)
    anew = build_network_costs(network, people, sites, changes=second, **limits)
    assert as_dict(updated.costs) == pytest.approx(as_dict(anew.costs), abs=1e-6)
    assert_same(
        as_dict(anew.costs),
        networkx_distances(network, anew.origins, anew.destinations, cutoff_m, anew.closed),
        cutoff_m,
    )


def test_only_sites_near_the_change_are_computed_again() -> None:
    rng = np.random.default_rng(3)
    network = random_network(rng, 200, 400)
    people, sites = rng.uniform(0, 1000, (2, 60, 2)) + CORNER
    base = build_network_costs(network, people, sites, cutoff_m=300, connect_limit_m=100, small_island_m=0)
    updated = update_network_costs(base, LinkChanges(closed_ids=tuple(range(100, 110))))
    assert 0 < updated.recomputed.sum() < 40
    assert updated.costs.n_arcs != base.costs.n_arcs


def test_unknown_names_are_refused_all_at_once_with_the_nearest_right_name() -> None:
    network = build_river_town().network
    changes = LinkChanges(closed_bridges=("IJselbrug",), ferries_out=("Noorderkade",), closed_ids=(99,))
    with pytest.raises(SettingsError) as refused:
        build_closed_links(network, changes)
    assert [fault.column for fault in refused.value.faults] == ["closed_ids", "closed_bridges", "ferries_out"]
    assert 'Did you mean "IJsselbrug"' in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        LinkChanges(under_water=(shapely.LineString([(0, 0), (1, 1)]),)),
        LinkChanges(under_water=(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),)),
        LinkChanges(barriers=(shapely.LineString(),)),
    ],
)
def test_shapes_that_are_no_water_or_barrier_are_refused(changes: LinkChanges) -> None:
    with pytest.raises(SettingsError, match="EPSG:28992"):
        build_closed_links(build_river_town().network, changes)


def test_the_table_says_what_was_closed() -> None:
    network = build_river_town().network
    table = build_closed_links(network, LinkChanges(closed_bridges=("IJsselbrug",), all_ferries_out=True)).table
    assert table.to_dict("records") == [
        {"change": "closed_bridges", "value": "IJsselbrug", "n_edges": 1, "length_m": 300.0},
        {"change": "all_ferries_out", "value": "", "n_edges": 1, "length_m": 300.0},
    ]
