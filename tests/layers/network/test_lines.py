from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from nsp_planner.errors import DataError
from nsp_planner.layers.network.lines import read_lines
from nsp_planner.layers.network.store import read_network

X0, Y0 = 200_000.0, 500_000.0
CORNER = np.array([X0, Y0])
CROSS = [[(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 300)]]


def frame(lines: list[list[tuple[float, float]]] = CROSS, **columns: object) -> gpd.GeoDataFrame:
    shapes = [shapely.LineString(np.array(line) + CORNER) for line in lines]
    return gpd.GeoDataFrame(dict(columns), geometry=shapes, crs="EPSG:28992")


def write(table: gpd.GeoDataFrame, path: Path) -> Path:
    table.to_file(path, layer="wegen")
    return path


def test_lines_without_columns_are_open_to_all_and_meet_at_their_ends(tmp_path: Path) -> None:
    found = read_lines(write(frame(), tmp_path / "lines.gpkg"), "foot")
    assert (found.n_nodes, found.n_edges) == (4, 3)
    assert found.component.max() == 0
    assert sorted(found.length_m) == pytest.approx([100, 100, 300])


def test_degrees_with_a_crs_become_metres(tmp_path: Path) -> None:
    found = read_lines(write(frame().to_crs("EPSG:4326"), tmp_path / "lines.geojson"), "foot")
    assert sorted(found.length_m) == pytest.approx([100, 100, 300], abs=0.05)


def test_ends_a_few_centimetres_apart_are_one_junction(tmp_path: Path) -> None:
    shifted = [[(0, 0), (100, 0)], [(100.03, 0), (200, 0)], [(100, 0.02), (100, 300)]]
    assert read_lines(write(frame(shifted), tmp_path / "lines.gpkg"), "foot").n_nodes == 4


def test_an_end_at_a_bend_of_another_line_is_a_junction(tmp_path: Path) -> None:
    bend = [[(0, 0), (100, 0), (200, 50)], [(100, 0.01), (100, -300)]]
    found = read_lines(write(frame(bend), tmp_path / "lines.gpkg"), "foot")
    assert (found.n_edges, found.component.max()) == (3, 0)


def test_inner_points_that_two_lines_share_are_a_junction_in_openstreetmap_only(tmp_path: Path) -> None:
    crossing = [[(0, 0), (100, 0), (200, 0)], [(100, -50), (100, 0), (100, 50)]]
    plain = read_lines(write(frame(crossing), tmp_path / "lines.gpkg"), "foot")
    osm = read_lines(write(frame(crossing, highway=["path", "path"]), tmp_path / "osm.gpkg"), "foot")
    assert (plain.n_edges, plain.component.max()) == (2, 1)
    assert (osm.n_edges, osm.component.max()) == (4, 0)


def test_a_crossing_without_a_shared_end_is_no_junction(tmp_path: Path) -> None:
    found = read_lines(write(frame([[(0, 0), (100, 0)], [(50, -50), (50, 50)]]), tmp_path / "lines.gpkg"), "foot")
    assert found.component.max() == 1


def test_columns_named_as_in_openstreetmap_are_obeyed(tmp_path: Path) -> None:
    table = frame(
        Highway=["motorway", "residential", "cycleway"],
        oneway=[None, "yes", None],
        name=["A28", None, "Fietspad"],
        osm_id=[7, 8, 9],
    )
    path = write(table, tmp_path / "lines.gpkg")
    foot, car = read_lines(path, "foot"), read_lines(path, "car")
    assert foot.line_id.tolist() == [8, 9]
    assert car.line_id.tolist() == [7, 8]
    assert foot.backward.tolist() == [True, True]
    assert car.backward.tolist() == [False, False]
    assert foot.names == ("Fietspad",)
    assert foot.notes == ("1 lines closed to foot were left out",)


def test_nwb_is_recognised_by_its_columns(tmp_path: Path) -> None:
    table = frame(
        WVK_ID=[11, 12, 13],
        BST_CODE=["RB", "VD", "HR"],
        WEGBEHSRT=["G", "G", "R"],
        RIJRICHTNG=["H", "B", "B"],
        STT_NAAM=["Dorpsstraat", "Veer", None],
    )
    path = write(table, tmp_path / "nwb.gpkg")
    foot, car = read_lines(path, "foot"), read_lines(path, "car")
    assert foot.line_id.tolist() == [11, 12]
    assert foot.ferry.tolist() == [False, True]
    assert car.line_id.tolist() == [11, 12, 13]
    assert car.backward.tolist() == [False, True, False]
    assert foot.name_of(0) == "Dorpsstraat"


def test_multilines_become_lines(tmp_path: Path) -> None:
    shape = shapely.MultiLineString([np.array(line) + CORNER for line in CROSS])
    table = gpd.GeoDataFrame(geometry=[shape], crs="EPSG:28992")
    assert read_lines(write(table, tmp_path / "lines.gpkg"), "foot").n_edges == 3


def fault_of(path: Path, **options: object) -> str:
    with pytest.raises(DataError) as refused:
        read_network(path, "foot", processed=path.parent / "processed", **options)
    assert not (path.parent / "processed").exists() or not list((path.parent / "processed").iterdir())
    assert str(path) in str(refused.value)
    return str(refused.value)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_degrees_without_a_crs_are_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    table = frame().to_crs("EPSG:4326").set_crs(None, allow_override=True)
    text = fault_of(write(table, tmp_path / "lines.gpkg"))
    assert "coordinates are degrees" in text
    assert "EPSG:4326" in text


def test_a_wrong_crs_is_refused(tmp_path: Path) -> None:
    table = frame().set_crs("EPSG:32631", allow_override=True)
    assert "outside the Netherlands" in fault_of(write(table, tmp_path / "lines.gpkg"))


def test_lines_without_length_or_geometry_are_refused_together_by_id(tmp_path: Path) -> None:
    table = frame(CROSS, osm_id=[5, 6, 7])
    table.loc[1, "geometry"] = shapely.LineString([(X0, Y0), (X0, Y0)])
    table.loc[2, "geometry"] = None
    text = fault_of(write(table, tmp_path / "lines.gpkg"))
    assert "1 lines have no length" in text
    assert "ids: 6" in text
    assert "1 lines have no geometry" in text
    assert "ids: 7" in text


def test_polygons_are_no_network(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame(geometry=[shapely.box(X0, Y0, X0 + 9, Y0 + 9)], crs="EPSG:28992")
    assert "rows are no lines" in fault_of(write(table, tmp_path / "lines.gpkg"))


def test_an_empty_clip_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    path = write(frame(), tmp_path / "lines.gpkg")
    assert "touches the region" in fault_of(path, region=shapely.box(100_000, 400_000, 100_100, 400_100))


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = write(frame(), tmp_path / "lines.gpkg")
    path.write_bytes(path.read_bytes()[:9000])
    assert "cut short" in fault_of(path)


def test_a_layer_that_is_not_there_is_refused_with_the_right_name(tmp_path: Path) -> None:
    assert 'Did you mean "wegen"' in fault_of(write(frame(), tmp_path / "lines.gpkg"), layer="weg")


def test_two_layers_need_a_choice(tmp_path: Path) -> None:
    path = write(frame(), tmp_path / "lines.gpkg")
    frame().to_file(path, layer="paden")
    assert '"paden"' in fault_of(path)
    assert read_lines(path, "foot", layer="paden").n_edges == 3


def test_a_layer_where_nobody_may_walk_is_refused(tmp_path: Path) -> None:
    path = write(frame(highway=["motorway"] * 3), tmp_path / "lines.gpkg")
    assert "may be travelled by foot" in fault_of(path)


def test_a_missing_file_and_an_unknown_ending_are_refused(tmp_path: Path) -> None:
    assert "not there" in fault_of(tmp_path / "nope.gpkg")
    (tmp_path / "notes.txt").write_text("hello")
    assert "not read as a network" in fault_of(tmp_path / "notes.txt")


def test_geoparquet_is_read(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = tmp_path / "lines.parquet"
    frame(highway=["residential", "footway", "steps"]).to_parquet(path)
    assert read_lines(path, "foot").n_edges == 3
    path.write_bytes(path.read_bytes()[:200])
    assert "cannot be read" in fault_of(path)


def test_ids_that_are_not_all_numbers_are_left_for_the_next_column_or_a_count(tmp_path: Path) -> None:
    counted = read_lines(write(frame(osm_id=["7", "acht", "9"]), tmp_path / "a.gpkg"), "foot")
    assert sorted(counted.line_id) == [1, 2, 3]
    other = frame(osm_id=["7", None, "9"], line_id=[70, 80, 90])
    assert sorted(read_lines(write(other, tmp_path / "b.gpkg"), "foot").line_id) == [70, 80, 90]
    text = read_lines(write(frame(osm_id=["7", "8", "9"]), tmp_path / "c.gpkg"), "foot")
    assert sorted(text.line_id) == [7, 8, 9]


def test_only_the_rows_that_are_no_lines_are_named(tmp_path: Path) -> None:
    table = frame(line_id=[5, 6, 7])
    table.loc[1, "geometry"] = shapely.Point(X0, Y0)
    text = fault_of(write(table, tmp_path / "lines.geojson"))
    assert "1 rows are no lines" in text
    assert "ids: 6" in text
    assert "no geometry" not in text
    assert "no length" not in text


def test_a_line_that_ends_at_a_bend_of_another_meets_it_whichever_way_it_is_drawn(tmp_path: Path) -> None:
    bend, side = [(0, 0), (100, 0), (200, 50)], [(100, -300), (90, -100), (100, 0.01)]
    for k, lines in enumerate(([bend, side], [side, bend], [bend[::-1], side], [bend, side[::-1]])):
        found = read_lines(write(frame(lines), tmp_path / f"{k}.gpkg"), "foot")
        assert (found.n_nodes, found.n_edges, found.component.max()) == (4, 3, 0)


def test_lines_without_columns_may_be_travelled_both_ways_by_all_and_joined_anywhere(tmp_path: Path) -> None:
    for profile in ("foot", "bicycle", "car"):
        found = read_lines(write(frame(), tmp_path / f"{profile}.gpkg"), profile)
        assert found.forward.all()
        assert found.backward.all()
        assert found.connectable.all()
        assert not (found.ferry | found.bridge | found.joined).any()


def test_bridge_and_road_keep_their_own_bends_where_they_cross(tmp_path: Path) -> None:
    crossing = [[(0, 0), (100, 40), (200, 0)], [(60, -50), (100, 40), (140, -50)]]
    found = read_lines(write(frame(crossing), tmp_path / "lines.gpkg"), "foot")
    assert found.length_m == pytest.approx([2 * np.hypot(100, 40), 2 * np.hypot(40, 90)], abs=0.01)
    assert (found.n_nodes, found.component.max()) == (4, 1)
