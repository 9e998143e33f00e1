from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from nsp_planner.errors import DataError
from nsp_planner.layers.network.store import read_network

osmium = pytest.importorskip("osmium", reason="osmium (pyosmium) is not installed")

X0, Y0 = 200_000.0, 500_000.0
TO_LONLAT = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)

NODES = {1: (0, 0), 2: (500, 0), 3: (1000, 0), 4: (500, 400), 5: (1000, 400), 6: (0, 900), 7: (300, 900)}
WAYS = {
    11: ([1, 2, 3], {"highway": "residential", "name": "Dorpsstraat"}),
    12: ([2, 4], {"highway": "cycleway"}),
    13: ([4, 5], {"highway": "residential", "bridge": "yes", "name": "Kade", "bridge:name": "Oude Brug"}),
    14: ([3, 5], {"highway": "motorway"}),
    15: ([6, 7], {"highway": "footway"}),
    16: ([1, 2, 3, 1], {"building": "yes"}),
    17: ([5, 7], {"route": "ferry", "name": "Veer"}),
}


def write_osm(path: Path, ways: dict[int, tuple[list[int], dict[str, str]]] = WAYS, skip: tuple[int, ...] = ()) -> Path:
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for node, (x, y) in NODES.items():
            if node not in skip:
                lonlat = TO_LONLAT.transform(X0 + x, Y0 + y)
                writer.add_node(osmium.osm.mutable.Node(id=node, location=lonlat, version=1))
        for way, (nodes, tags) in ways.items():
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=nodes, tags=tags, version=1))
    return path


@pytest.mark.parametrize("name", ["town.osm.pbf", "town.osm"])
def test_an_extract_becomes_a_walking_network_with_cycleways_bridges_and_ferries(tmp_path: Path, name: str) -> None:
    found, record = read_network(write_osm(tmp_path / name), "foot")
    assert sorted(found.line_id.tolist()) == [11, 11, 12, 13, 15, 17]
    assert sorted(found.length_m) == pytest.approx([300, 400, 500, 500, 500, np.hypot(700, 500)], abs=0.05)
    assert found.line_id[found.bridge].tolist() == [13]
    assert found.line_id[found.ferry].tolist() == [17]
    assert found.name_of(int(np.flatnonzero(found.bridge)[0])) == "Oude Brug; Kade"
    assert record.n_rows == 6


def test_foot_and_car_differ_where_they_should(tmp_path: Path) -> None:
    car, _ = read_network(write_osm(tmp_path / "town.osm.pbf"), "car")
    assert sorted(car.line_id.tolist()) == [11, 13, 14]
    assert not car.backward[car.line_id == 14].any()


def test_an_island_is_kept(tmp_path: Path) -> None:
    ways = {k: v for k, v in WAYS.items() if k != 17}
    found, _ = read_network(write_osm(tmp_path / "town.osm.pbf", ways), "foot")
    assert found.component.max() == 1
    assert 15 in found.line_id


def test_the_region_cuts_the_extract(tmp_path: Path) -> None:
    region = shapely.box(X0 - 50, Y0 - 50, X0 + 100, Y0 + 50)
    found, _ = read_network(write_osm(tmp_path / "town.osm.pbf"), "foot", region=region, buffer_m=100)
    assert found.line_id.tolist() == [11]


def test_a_way_with_a_lost_point_goes_on_in_two_parts_and_that_is_told(tmp_path: Path) -> None:
    ways = {11: ([1, 2, 4, 5, 3], {"highway": "residential"})}
    found, _ = read_network(write_osm(tmp_path / "town.osm.pbf", ways, skip=(4,)), "foot")
    assert found.length_m == pytest.approx([500, 400], abs=0.05)
    assert found.notes[0] == "1 way points whose position is not in the extract were left out"


def refuse(path: Path, **options: object) -> str:
    processed = path.parent / "processed"
    with pytest.raises(DataError) as refused:
        read_network(path, "foot", processed=processed, **options)
    assert not processed.exists() or not list(processed.iterdir())
    return str(refused.value)


def test_an_extract_cut_off_half_way_is_refused_and_nothing_is_kept(shared_dir: Path, tmp_path: Path) -> None:
    whole = (shared_dir / "data/osm-delft/tudelft.osm.pbf").read_bytes()
    path = tmp_path / "half.osm.pbf"
    path.write_bytes(whole[: len(whole) // 2])
    assert "cut off, damaged" in refuse(path)


def test_a_file_that_is_no_extract_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.osm.pbf"
    path.write_text("id;x;y\n")
    assert "cannot be read to its end" in refuse(path)


def test_an_extract_of_elsewhere_is_refused(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "town.osm.pbf")
    assert "holds no way for foot in the region" in refuse(path, region=shapely.box(100_000, 400_000, 100_100, 400_100))


def test_an_extract_without_ways_is_refused(tmp_path: Path) -> None:
    assert "holds no way for foot" in refuse(write_osm(tmp_path / "town.osm.pbf", {}))


def test_delft_on_foot_by_bicycle_and_by_car(shared_dir: Path) -> None:
    path = shared_dir / "data/osm-delft/tudelft.osm.pbf"
    foot, bicycle, car = (read_network(path, profile)[0] for profile in ("foot", "bicycle", "car"))
    assert foot.n_edges > car.n_edges > bicycle.n_edges > 1000
    assert foot.backward.all()
    assert not car.backward.all()
    assert set(foot.line_id[foot.line_id > 0]) - set(car.line_id)
    assert set(car.line_id[car.line_id > 0]) - set(foot.line_id)
    for network in (foot, bicycle, car):
        assert network.length_m.min() > 0
        assert len(network.component_length_m) > 1


def test_without_the_package_an_extract_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_osm(tmp_path / "town.osm.pbf")
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(DataError, match="needs the package osmium"):
        read_network(path, "foot")
