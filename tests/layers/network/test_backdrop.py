"""Water and main roads: read from an extract, kept, cut to a box; a fault only where the file was asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from nsp_planner.errors import DataError
from nsp_planner.layers.network.backdrop import (
    LOCAL_ROAD,
    MAIN_ROAD,
    MOTORWAY,
    STREET,
    Backdrop,
    read_backdrop,
    read_study_backdrop,
)
from nsp_planner.layers.raw.input_log import InputLog
from tests.towns.planned import make_study

osmium = pytest.importorskip("osmium", reason="extracts are read with osmium")

X, Y = 210_000.0, 500_000.0
ROADS = {"motorway": MOTORWAY, "primary": MAIN_ROAD, "tertiary": LOCAL_ROAD, "residential": STREET}


def write_extract(path: Path, ways: list[tuple[dict[str, str], list[tuple[float, float]]]]) -> Path:
    """Ways with tags and points in metres from (X, Y); a way whose last point is its first is closed."""
    to_lonlat = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)
    nodes: dict[tuple[float, float], int] = {}
    for _, points in ways:
        for point in points:
            nodes.setdefault(point, len(nodes) + 1)
    with osmium.SimpleWriter(str(path)) as writer:
        for (x, y), number in nodes.items():
            writer.add_node(osmium.osm.mutable.Node(id=number, location=to_lonlat.transform(X + x, Y + y)))
        for number, (tags, points) in enumerate(ways, 1):
            refs = [nodes[point] for point in points]
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=list(tags.items())))
    return path


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    square = [(0.0, 0.0), (400.0, 0.0), (400.0, 400.0), (0.0, 400.0), (0.0, 0.0)]
    beside = [(x + 300.0, y) for x, y in square]
    pond = [(x / 20 + 2_000, y / 20) for x, y in square]
    rows = [({"highway": kind}, [(0.0, 100.0 * n), (1_000.0, 100.0 * n)]) for n, kind in enumerate(ROADS)]
    rows += [
        ({"highway": "residential"}, [(1_000.0, 300.0), (2_000.0, 300.0)]),
        ({"highway": "footway"}, [(0.0, 900.0), (1_000.0, 900.0)]),
        ({"highway": "motorway_link"}, [(0.0, 950.0), (1_000.0, 950.0)]),
        ({"waterway": "river"}, [(0.0, -500.0), (1_000.0, -500.0)]),
        ({"waterway": "ditch"}, [(0.0, -700.0), (1_000.0, -700.0)]),
        ({"natural": "water"}, square),
        ({"natural": "water"}, beside),
        ({"natural": "water"}, pond),
        ({"natural": "wood"}, [(x, y + 5_000) for x, y in square]),
    ]
    return write_extract(tmp_path / "a.osm.pbf", rows)


def test_roads_have_their_class_and_meet_in_one_line(extract: Path) -> None:
    backdrop, record = read_backdrop(extract)
    assert sorted(backdrop.road_class) == [MOTORWAY, MAIN_ROAD, LOCAL_ROAD, STREET]
    length_m = dict(zip(backdrop.road_class, shapely.length(backdrop.roads), strict=True))
    assert length_m[MOTORWAY] == pytest.approx(1_000, rel=1e-3)
    assert length_m[STREET] == pytest.approx(2_000, rel=1e-3)
    assert record.n_rows == 4 + len(backdrop.water) + 1
    assert record.layer == "backdrop"


def test_water_that_overlaps_is_one_and_ponds_are_left_out(extract: Path) -> None:
    backdrop, _ = read_backdrop(extract)
    assert len(backdrop.water) == 1
    assert shapely.area(backdrop.water).sum() == pytest.approx(700 * 400, rel=1e-3)
    assert shapely.length(backdrop.waterways).sum() == pytest.approx(1_000, rel=1e-3)


def test_what_is_kept_reads_back_and_a_damaged_one_is_made_again(extract: Path, tmp_path: Path) -> None:
    first, _ = read_backdrop(extract, processed=tmp_path / "processed")
    (kept,) = (tmp_path / "processed").iterdir()
    again, _ = read_backdrop(extract, processed=tmp_path / "processed")
    assert_same(first, again)
    kept.write_bytes(kept.read_bytes()[:200])
    assert_same(first, read_backdrop(extract, processed=tmp_path / "processed")[0])
    assert kept.stat().st_size > 200


def assert_same(a: Backdrop, b: Backdrop) -> None:
    assert a.road_class.tolist() == b.road_class.tolist()
    for name in ("roads", "water", "waterways"):
        one, other = getattr(a, name), getattr(b, name)
        assert len(one) == len(other)
        assert shapely.hausdorff_distance(one, other).max(initial=0) < 0.1


def test_the_first_run_and_later_runs_draw_the_same_bytes(extract: Path, tmp_path: Path) -> None:
    first, _ = read_backdrop(extract, processed=tmp_path / "processed")
    again, _ = read_backdrop(extract, processed=tmp_path / "processed")
    unkept, _ = read_backdrop(extract)
    for other in (again, unkept):
        assert first.source == other.source
        assert first.road_class.tobytes() == other.road_class.tobytes()
        for name in ("roads", "water", "waterways"):
            assert shapely.to_wkb(getattr(first, name)).tolist() == shapely.to_wkb(getattr(other, name)).tolist()


def test_a_region_cuts_the_backdrop_and_a_box_what_is_drawn(extract: Path) -> None:
    far = shapely.box(X + 50_000, Y, X + 51_000, Y + 1_000)
    assert len(read_backdrop(extract, region=far)[0].roads) == 0
    backdrop, _ = read_backdrop(extract)
    part = backdrop.within((X + 100, Y + 50, X + 600, Y + 350), MAIN_ROAD)
    assert part.road_class.tolist() == [MAIN_ROAD]
    assert shapely.total_bounds(part.roads).tolist() == pytest.approx([X + 100, Y + 100, X + 600, Y + 100], abs=1)
    assert shapely.area(part.water).sum() == pytest.approx(500 * 300, rel=1e-2)
    assert backdrop.within((0, 0, 1, 1)).roads.tolist() == []


def test_no_extract_is_no_backdrop_and_no_fault(tmp_path: Path) -> None:
    log = InputLog()
    assert read_study_backdrop(make_study(), None, log) is None
    assert not log.faults.items


def test_the_extract_of_the_network_is_the_backdrop_too(extract: Path, tmp_path: Path) -> None:
    study = with_inputs(network={"path": str(extract), "store": str(tmp_path / "p")})
    backdrop = read_study_backdrop(study, None, log := InputLog())
    assert backdrop is not None
    assert len(log.files) == 1
    assert not log.faults.items


def test_a_backdrop_asked_for_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    study = with_inputs(backdrop={"path": str(tmp_path / "niet.osm.pbf")})
    log = InputLog()
    assert read_study_backdrop(study, None, log) is None
    assert "not there" in log.faults.items[0].message
    damaged = tmp_path / "b.osm.pbf"
    damaged.write_bytes(b"\x00\x01niets")
    with pytest.raises(DataError, match="cannot be read"):
        read_backdrop(damaged)


def with_inputs(**inputs: object) -> object:
    base = make_study().inputs.model_dump(mode="json")
    return make_study(inputs={**base, **inputs})


def test_the_real_extract_of_delft_has_water_and_roads(shared_dir: Path) -> None:
    backdrop, _ = read_backdrop(shared_dir / "data" / "osm-delft" / "tudelft.osm.pbf")
    assert set(np.unique(backdrop.road_class)) == {MOTORWAY, MAIN_ROAD, LOCAL_ROAD, STREET}
    x0, y0, x1, y1 = shapely.total_bounds(backdrop.water)
    seen = backdrop.within((x0, y0, x0 + 0.7 * (x1 - x0), y0 + 0.7 * (y1 - y0)))
    assert 0 < shapely.area(seen.water).sum() < shapely.area(backdrop.water).sum()


def test_without_the_package_a_backdrop_says_what_to_install(extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(DataError, match="needs the package osmium"):
        read_backdrop(extract)


def ring(x: float, y: float, side: float) -> list[tuple[float, float]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def test_ponds_under_a_fifth_of_a_hectare_dry_and_passing_water_and_what_runs_underground_are_left_out(
    tmp_path: Path,
) -> None:
    rows: list[tuple[dict[str, str], list[tuple[float, float]]]] = [
        ({"natural": "water"}, ring(0, 0, 46)),  # 2,116 m2
        ({"landuse": "basin"}, ring(200, 0, 44)),  # 1,936 m2
        ({"waterway": "dock"}, ring(400, 0, 60)),
        ({"natural": "water", "intermittent": "yes"}, ring(600, 0, 60)),
        ({"natural": "water", "intermittent": "no"}, ring(800, 0, 60)),
        ({"waterway": "canal"}, [(0, 500), (100, 500)]),
        ({"waterway": "canal", "tunnel": "culvert"}, [(0, 600), (100, 600)]),
        ({"waterway": "river", "tunnel": "no"}, [(0, 700), (100, 700)]),
    ]
    backdrop, record = read_backdrop(write_extract(tmp_path / "w.osm.pbf", rows))
    assert sorted(np.round(shapely.bounds(backdrop.water)[:, 0] - X).tolist()) == [0, 400, 800]
    assert sorted(np.round(shapely.bounds(backdrop.waterways)[:, 1] - Y).tolist()) == [500, 700]
    assert (len(backdrop.roads), record.n_rows, backdrop.source) == (0, 5, "w.osm.pbf")


def test_the_backdrop_goes_on_five_kilometres_around_the_region(tmp_path: Path) -> None:
    rows = [({"highway": "primary"}, [(x, 0.0), (x, 100.0)]) for x in (0.0, 5_800.0, 6_200.0, -5_200.0, -4_800.0)]
    path, region = write_extract(tmp_path / "r.osm.pbf", rows), shapely.box(X, Y, X + 1_000, Y + 1_000)
    backdrop, _ = read_backdrop(path, region=region)
    assert sorted(np.round(shapely.bounds(backdrop.roads)[:, 0] - X).tolist()) == [-4_800, 0, 5_800]


def test_whole_decimetres_are_drawn_and_bends_of_less_than_four_metres_are_not(tmp_path: Path) -> None:
    rows = [
        ({"highway": "primary"}, [(0.0, 0.0), (50.0, 3.0), (100.0, 0.0)]),
        ({"highway": "primary"}, [(0.0, 500.0), (50.0, 510.0), (100.0, 500.0)]),
    ]
    backdrop, _ = read_backdrop(write_extract(tmp_path / "s.osm.pbf", rows))
    assert sorted(len(shapely.get_coordinates(road)) for road in backdrop.roads) == [2, 3]
    xy = shapely.get_coordinates(backdrop.roads)
    assert np.abs(xy * 10 - np.round(xy * 10)).max() < 1e-6
