"""The streets of the example: read like any extract, nobody left out, rivers crossed only where there is a crossing."""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from nsp_planner.config import load_study
from nsp_planner.costs.network.build import NetworkCosts, build_network_costs
from nsp_planner.costs.network.links import LinkChanges
from nsp_planner.errors import Faults
from nsp_planner.example import Example, build_example, write_example
from nsp_planner.example.banks import build_banks
from nsp_planner.example.files import STREETS_FILE
from nsp_planner.example.rivers import CROSSINGS, RIVERS
from nsp_planner.example.ways import TAGS, noded, pieces, way_table
from nsp_planner.layers.network.network import Network
from nsp_planner.layers.network.store import read_network
from nsp_planner.layers.read import read_layers
from nsp_planner.layers.tables import Layers

SMALL = 0.05
MAX_TO_STREET_M = 300.0


@pytest.fixture(scope="module")
def folder(small_example: Path) -> Path:
    return small_example.parent


@pytest.fixture(scope="module")
def small() -> Example:
    return build_example(scale=SMALL)


@pytest.fixture(scope="module")
def layers(folder: Path) -> Layers:
    faults = Faults()
    read = read_layers(load_study(folder / "voorbeeld.toml"), faults)
    assert read is not None, faults
    return read


@pytest.fixture(scope="module")
def foot(folder: Path) -> Network:
    return read_network(folder / STREETS_FILE, "foot")[0]


@pytest.fixture(scope="module")
def whole() -> Example:
    return build_example()


def outline(example: Example) -> shapely.Geometry:
    return shapely.union_all(example.boundaries.geometry.to_numpy())


def centres(example: Example) -> np.ndarray:
    squares = example.squares
    return example.land.centre_xy(squares["row"].to_numpy(), squares["column"].to_numpy())


def crossed_at(ways: gpd.GeoDataFrame) -> np.ndarray:
    """Points where ways cross the middle of a river, shape (n, 2)."""
    rivers = shapely.union_all([river.line for river in RIVERS])
    return shapely.get_coordinates(shapely.intersection(ways.geometry.to_numpy(), rivers))


def assert_every_square_is_near_a_street(example: Example) -> None:
    streets = example.streets[
        example.streets["highway"].isin(
            ["residential", "living_street", "service", "tertiary", "secondary", "unclassified", "track"]
        )
    ]
    points = np.asarray(shapely.points(centres(example)), dtype=object)
    _, away_m = shapely.STRtree(streets.geometry.to_numpy()).query_nearest(
        points, return_distance=True, all_matches=False
    )
    assert len(away_m) == len(points)
    assert away_m.max() < MAX_TO_STREET_M


def assert_rivers_are_crossed_at_crossings_only(example: Example) -> None:
    for_all = example.streets["highway"] != "motorway"
    places = np.array([(c.x, c.y) for c in CROSSINGS])
    away_m, _ = cKDTree(places).query(crossed_at(example.streets[for_all]))
    assert (away_m < 30.0).all()
    away_m, _ = cKDTree(places).query(crossed_at(example.streets[~for_all]))
    assert (away_m < 150.0).all()


def walked(network: Network, layers: Layers, **changes: object) -> NetworkCosts:
    people = layers.demand.geometry
    sites = layers.sites[layers.sites["can_be_lnsp"].to_numpy(bool)].geometry
    return build_network_costs(
        network,
        np.column_stack([people.x, people.y]),
        np.column_stack([sites.x, sites.y]),
        cutoff_m=20_000.0,
        changes=LinkChanges(**changes) if changes else None,
        n_processes=1,  # type: ignore[arg-type]
    )


@pytest.mark.slow
def test_a_small_example_is_written_within_four_seconds(tmp_path: Path) -> None:
    start = time.process_time()  # not by the clock on the wall: other work on the machine must not fail this
    write_example(tmp_path / "one", scale=SMALL)
    assert time.process_time() - start < 4.0


def test_the_extract_is_in_degrees_and_read_by_every_profile(folder: Path) -> None:
    osmium = pytest.importorskip("osmium")
    nodes = osmium.FileProcessor(str(folder / STREETS_FILE), osmium.osm.NODE)
    lonlat = np.array([(node.lon, node.lat) for node in nodes])
    assert (lonlat > (5.5, 51.5)).all()
    assert (lonlat < (7.5, 53.5)).all()
    lengths = {p: read_network(folder / STREETS_FILE, p)[0].length_m.sum() for p in ("foot", "bicycle", "car")}
    assert lengths["foot"] > lengths["bicycle"] > lengths["car"] > 100_000


def test_the_extract_holds_the_ways_with_their_tags(folder: Path, small: Example) -> None:
    osmium = pytest.importorskip("osmium")
    found = [dict(way.tags) for way in osmium.FileProcessor(str(folder / STREETS_FILE), osmium.osm.WAY)]
    made = [{k: v for k, v in row.items() if v} for row in small.streets[list(TAGS)].to_dict("records")]
    assert found[: len(made)] == made
    assert {tags.get("waterway") or tags.get("natural") for tags in found[len(made) :]} == {"river", "water"}


def test_reading_gives_back_the_length_that_was_made(foot: Network, small: Example) -> None:
    assert foot.length_m.sum() == pytest.approx(small.streets.length.sum(), rel=1e-3)  # no motorway in this part


def test_every_square_is_within_300_m_of_a_street(small: Example) -> None:
    assert_every_square_is_near_a_street(small)


def test_no_street_crosses_a_river_away_from_a_crossing(small: Example) -> None:
    assert len(crossed_at(small.streets)) == 2
    assert_rivers_are_crossed_at_crossings_only(small)


def test_the_ferries_of_olst_and_wijhe_sail_for_all(folder: Path) -> None:
    for profile in ("foot", "bicycle", "car"):
        network, _ = read_network(folder / STREETS_FILE, profile)
        assert {network.name_of(e) for e in np.flatnonzero(network.ferry)} == {"Olst", "Wijhe"}


def test_every_demand_point_reaches_a_site_on_foot(foot: Network, layers: Layers) -> None:
    result = walked(foot, layers)
    assert result.origins.connected.all()
    assert result.destinations.connected.all()
    assert (np.bincount(result.costs.arc_origin, minlength=result.costs.n_origins) > 0).all()


def test_without_the_ferries_the_west_bank_is_cut_off_from_the_east(foot: Network, layers: Layers) -> None:
    before, after = walked(foot, layers), walked(foot, layers, all_ferries_out=True)
    ijssel = RIVERS[0].line

    def west_of_it(xy: np.ndarray) -> np.ndarray:
        at = ijssel.project(shapely.points(xy))
        near, ahead = (shapely.get_coordinates(ijssel.interpolate(at + step)) for step in (-1.0, 1.0))
        along, to = ahead - near, xy - near
        return along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0] > 0

    def other_bank(result: NetworkCosts) -> np.ndarray:
        west = west_of_it(result.origins.xy)[result.costs.arc_origin]
        return west != west_of_it(result.destinations.xy)[result.costs.destination]

    assert other_bank(before).any()
    assert not other_bank(after).any()
    assert len(after.costs.distance_m) == np.count_nonzero(~other_bank(before))


def test_the_foot_network_is_one_piece_and_an_island_nobody_lives_on(foot: Network, layers: Layers) -> None:
    assert len(foot.component_length_m) == 2
    assert foot.component_length_m[1] < 500
    result = walked(foot, layers)
    assert not result.origins.off_island.any()
    assert (foot.component[foot.u[result.origins.edge]] == 0).all()


def test_one_ways_shut_no_car_in(folder: Path) -> None:
    car, _ = read_network(folder / STREETS_FILE, "car")
    assert 20 < (~car.backward).sum() < 0.2 * car.n_edges
    start = np.concatenate([car.u[car.forward], car.v[car.backward]])
    end = np.concatenate([car.v[car.forward], car.u[car.backward]])
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(car.n_nodes, car.n_nodes))
    n_strong, _ = connected_components(graph, connection="strong")
    n_weak, _ = connected_components(graph, connection="weak")
    assert n_strong == n_weak


def test_every_kind_of_street_is_there(small: Example) -> None:
    kinds = {
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "track",
        "footway",
        "cycleway",
        "path",
    }
    assert kinds <= set(small.streets["highway"])
    blocks = small.streets[small.streets["highway"] == "residential"]
    assert 50 < blocks.length.median() < 200


def test_ways_are_cut_where_they_cross_and_stubs_go() -> None:
    cross = [
        shapely.LineString([(0, 0), (100, 0)]),
        shapely.LineString([(50, -50), (50, 50)]),
        shapely.LineString([(20, -3), (20, 40)]),
    ]
    cut = noded(way_table(cross, highway=np.array(["residential", "footway", "track"], dtype=object)))
    assert cut.length.groupby(cut["highway"]).sum().to_dict() == {"residential": 100, "footway": 100, "track": 40}
    assert len(cut) == 6
    assert (pieces(cut) == 0).all()


@pytest.mark.slow
def test_the_whole_region_has_all_bridges_and_ferries_and_nobody_is_left_out(whole: Example) -> None:
    streets = whole.streets
    assert 100_000 < shapely.get_num_coordinates(streets.geometry.to_numpy()).sum() < 400_000
    assert set(streets["name"][streets["route"] == "ferry"]) == {c.name for c in CROSSINGS if c.kind == "ferry"}
    bridges = streets[(streets["bridge"] == "yes") & ~streets["highway"].isin(["motorway", "motorway_link"])]
    assert {c.name for c in CROSSINGS if c.kind == "bridge"} <= set(bridges["name"])
    assert_every_square_is_near_a_street(whole)
    assert_rivers_are_crossed_at_crossings_only(whole)
    walkable = streets[~streets["highway"].isin(["motorway", "motorway_link"])]
    piece = pieces(walkable.reset_index(drop=True))
    assert piece.max() == 1
    assert walkable["name"].to_numpy()[piece == 1].tolist() == ["Uiterwaard"]


@pytest.mark.slow
def test_motorways_meet_the_streets_only_at_exits_and_none_is_for_walkers(whole: Example) -> None:
    streets = whole.streets
    motorway = streets["highway"] == "motorway"
    assert set(streets["ref"][motorway]) == {"A1", "A28"}
    assert (streets["foot"][motorway] == "no").all()
    assert (streets["oneway"][motorway] == "yes").all()
    others = streets[~streets["highway"].isin(["motorway", "motorway_link"])]
    middle = shapely.union_all(streets.geometry.to_numpy()[motorway.to_numpy()])
    over = others[shapely.intersects(others.geometry.to_numpy(), middle)]
    assert ((over["bridge"] == "yes") | (over["tunnel"] == "yes")).all()
    assert 15 < len(over) < 150


def test_the_dykes_lie_between_the_water_and_the_houses(small: Example) -> None:
    banks = build_banks(outline(small))
    points = centres(small)
    assert not shapely.contains_xy(banks.zone, points[:, 0], points[:, 1]).any()
    assert set(banks.ways["name"]) == {"IJsseldijk", "Veerweg", "Olst", "Wijhe"}
    assert len(banks.island) == 1
