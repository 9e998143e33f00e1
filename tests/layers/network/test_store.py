from __future__ import annotations

import errno
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from nsp_planner.errors import DataError
from nsp_planner.layers.network import store
from nsp_planner.layers.network.network import EDGE_COLUMNS
from nsp_planner.layers.network.store import load_network, read_network, write_network

X0, Y0 = 200_000.0, 500_000.0
CORNER = np.array([X0, Y0])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path / "lines.gpkg", 100.0)


def write_source(path: Path, x: float) -> Path:
    path.unlink(missing_ok=True)
    lines = [[(0, 0), (33.3333, 11.1), (x, 0)], [(x, 0), (200, 7.77)], [(0, 900), (50, 900)]]
    shapes = [shapely.LineString(np.array(line) + CORNER) for line in lines]
    table = gpd.GeoDataFrame(
        {"name": ["Één", None, "Twee; Drie"], "highway": "residential", "oneway": "yes"},
        geometry=shapes,
        crs="EPSG:28992",
    )
    table.to_file(path, layer="wegen")
    return path


def test_a_stored_network_is_the_network_itself(source: Path, tmp_path: Path) -> None:
    made, _ = read_network(source, "car")
    write_network(made, tmp_path / "kept.npz")
    kept = load_network(tmp_path / "kept.npz")
    assert kept is not None
    for name in ("node_xy", "u", "v", "vertex_indptr", "vertex_xy", *EDGE_COLUMNS):
        np.testing.assert_array_equal(getattr(kept, name), getattr(made, name))
    assert (kept.names, kept.notes, kept.profile, kept.source) == (made.names, made.notes, made.profile, made.source)


def test_the_second_run_reads_the_store_and_not_the_source(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, record = read_network(source, "foot", processed=tmp_path / "processed")
    monkeypatch.setattr(store, "_read_source", lambda *_: pytest.fail("the source was read again"))
    second, again = read_network(source, "foot", processed=tmp_path / "processed")
    np.testing.assert_array_equal(first.length_m, second.length_m)
    assert record == again


def test_another_source_profile_region_or_setting_is_stored_apart(source: Path, tmp_path: Path) -> None:
    processed = tmp_path / "processed"
    region = shapely.box(X0, Y0 - 10, X0 + 200, Y0 + 10)
    read_network(source, "foot", processed=processed)
    read_network(source, "car", processed=processed)
    read_network(source, "foot", region=region, buffer_m=10, processed=processed)
    read_network(source, "foot", region=region, buffer_m=20, processed=processed)
    read_network(source, "foot", join_islands_m=0, processed=processed)
    write_source(source, 101.0)
    changed, _ = read_network(source, "foot", processed=processed)
    assert len(list(processed.iterdir())) == 6
    assert changed.node_xy[:, 0].tolist().count(X0 + 101) == 1


def test_a_damaged_stored_network_is_made_again(source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    processed = tmp_path / "processed"
    first, _ = read_network(source, "foot", processed=processed)
    kept = next(processed.iterdir())
    kept.write_bytes(kept.read_bytes()[:-400])
    again, _ = read_network(source, "foot", processed=processed)
    np.testing.assert_array_equal(first.length_m, again.length_m)
    assert "is damaged and is made again" in caplog.text
    kept_again = load_network(kept)
    assert kept_again is not None
    assert kept_again.n_edges == first.n_edges


def test_a_stored_network_whose_streets_were_halved_is_not_believed(source: Path, tmp_path: Path) -> None:
    network, _ = read_network(source, "foot")
    path = tmp_path / "kept.npz"
    write_network(network, path)
    with np.load(path) as kept:
        arrays = dict(kept)
    np.savez_compressed(path, **{**arrays, "length_m": arrays["length_m"] / 2})
    assert load_network(path) is None


def test_a_disk_that_keeps_nothing_stops_nothing_and_leaves_nothing(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(draft: Path, **_: object) -> None:
        draft.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device", str(draft))

    monkeypatch.setattr(np, "savez_compressed", fail)
    read_network(source, "foot", processed=tmp_path / "processed")
    assert list((tmp_path / "processed").iterdir()) == []
    assert "is not kept for the next run: No space left on device" in caplog.text


def test_an_unknown_profile_is_a_mistake_of_the_caller(source: Path) -> None:
    with pytest.raises(ValueError, match="profile must be one of foot, bicycle, car"):
        read_network(source, "horse")


def test_regions_a_few_millimetres_apart_are_stored_apart_and_the_same_one_is_not(source: Path, tmp_path: Path) -> None:
    processed = tmp_path / "processed"
    for shift in (0.0, 0.004, 0.0):
        region = shapely.box(X0 + shift, Y0 - 10, X0 + 200 + shift, Y0 + 10)
        read_network(source, "foot", region=region, buffer_m=10, processed=processed)
    assert len(list(processed.iterdir())) == 2


def test_a_file_of_another_kind_says_which_endings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "wegen.dxf"
    path.write_text("0")
    with pytest.raises(DataError, match=r'"\.dxf" are not read as a network') as caught:
        read_network(path, "foot")
    assert "Give a file that ends in .osm.pbf, .graphml, .gpkg, .parquet," in str(caught.value)
