"""What may be opened: no pipe, folder or bomb, and no format that would read elsewhere, whatever its name says."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from nsp_planner.layers.raw import limits
from nsp_planner.layers.raw.opening import refuse_file, refuse_format, safe_geojson

POINT = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [5, 52]}}
COLLECTION = {"type": "FeatureCollection", "features": [POINT]}


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def why(path: Path) -> str | None:
    refusal = refuse_format(path)
    return None if refusal is None else refusal.message


def test_a_path_that_is_not_there_a_folder_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    for path, message in [
        (tmp_path / "x.csv", "the file is not there"),
        (tmp_path, "this is a folder, not a file"),
        (write(tmp_path / "leeg.csv", b""), "the file is empty (0 bytes)"),
    ]:
        refusal = refuse_file(path)
        assert refusal is not None
        assert refusal.message == message
    assert refuse_file(write(tmp_path / "een.csv", b"a")) is None


def test_of_a_file_that_is_not_there_the_nearest_name_is_told_or_that_the_folder_is_empty(tmp_path: Path) -> None:
    nothing = refuse_file(tmp_path / "hallen.csv")
    assert nothing is not None
    assert nothing.fix.endswith("The folder is not there either, or empty.")
    write(tmp_path / "halen.csv", b"a")
    near = refuse_file(tmp_path / "hallen.csv")
    assert near is not None
    assert near.fix.endswith('Did you mean "halen.csv"?')


def test_a_folder_that_may_not_be_looked_in_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refused)
    refusal = refuse_file(tmp_path / "hallen.csv")
    assert refusal is not None
    assert refusal.message == "the folder of the file cannot be read"


def test_a_name_that_no_system_takes_is_told_to_be_too_long(tmp_path: Path) -> None:
    refusal = refuse_file(tmp_path / ("x" * 300))
    assert refusal is not None
    assert refusal.message == "the path is too long for this system"
    odd = refuse_file(tmp_path / "a\x00b.csv")
    assert odd is not None
    assert odd.message == "the file is not there"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pijp.csv")
    refusal = refuse_file(tmp_path / "pijp.csv")
    assert refusal is not None
    assert refusal.message == "this is no regular file, but a pipe or a device"


@pytest.mark.parametrize(
    ("name", "whole"),
    [("a.csv", True), ("a.TXT", True), ("a.xlsx", True), ("a.geojson", True), ("a.gpkg", False), ("a.osm.pbf", False)],
)
def test_a_file_that_is_read_whole_may_be_smaller_than_others(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    monkeypatch.setattr(limits, "MAX_TEXT_BYTES", 2 * 2**20)
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 3 * 2**20)
    most = (2 if whole else 3) * 2**20
    assert refuse_file(write(tmp_path / name, bytes(most))) is None
    refusal = refuse_file(write(tmp_path / name, bytes(most + 2**20)))
    assert refusal is not None
    assert refusal.message == f"the file has {most // 2**20 + 1} MiB, more than {most // 2**20}"
    assert ("or a GeoPackage" in refusal.fix) is whole
    assert refuse_file(write(tmp_path / name, bytes(most + 1))) is not None


def test_the_limits_let_every_input_of_a_region_in_and_nothing_that_eats_the_machine() -> None:
    """The national GeoPackage has 2 GiB, a sheet of Excel 1,048,576 rows, the country 18 million inhabitants."""
    assert limits.MAX_FILE_BYTES == 16 * 1024**3
    assert limits.MAX_TEXT_BYTES == 256 * 1024**2
    assert limits.MAX_WORKBOOK_BYTES == 512 * 1024**2
    assert (limits.MAX_ROWS, limits.MAX_CHARACTERS, limits.MAX_NUMBER) == (1_000_000, 10_000, 10**12)
    assert (limits.MAX_PERSONS, limits.MAX_CELLS) == (20_000_000, 200_000_000)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.gpkg", b"<OGRVRTDataSource>", "this is no GeoPackage"),
        ("a.shp", b"\x00\x00\x27\x0arest", None),
        ("a.shp", b"<WFS>", "this is no shapefile"),
        ("a.fgb", b"fgb\x03fgb\x00", None),
        ("a.fgb", b"fgb", "this is no FlatGeobuf"),
        ("a.parquet", b"PAR1...", None),
        ("a.GeoParquet", b"PAR2...", "this is no GeoParquet"),
        ("a.tif", b"II*\x00", None),
        ("a.tiff", b"MM\x00+", None),
        ("a.tif", b"<VRTDataset>", "this is no GeoTIFF"),
        ("a.xlsx", b"PK\x03\x04", None),
        ("a.xlsx", b"\xd0\xcf\x11\xe0old", "this is no workbook of Excel: it is an old .xls, save it as .xlsx first"),
        ("a.xlsm", b"naam;x", "this is no workbook of Excel"),
        ("a.csv", b"<VRTDataset>", None),
    ],
)
def test_a_file_begins_as_its_name_says(tmp_path: Path, name: str, content: bytes, message: str | None) -> None:
    assert why(write(tmp_path / name, content)) == message


def database(path: Path, *statements: str) -> Path:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def test_a_geopackage_may_have_its_own_virtual_tables_and_none_that_read_elsewhere(tmp_path: Path) -> None:
    path, contents = tmp_path / "a.gpkg", "CREATE TABLE gpkg_contents (a)"
    assert why(database(path, "CREATE TABLE other (a)")) == "this is no GeoPackage, but another database"
    assert why(database(path, contents)) is None
    assert why(database(path, contents, "CREATE VIRTUAL TABLE i USING rtree(id, x0, x1)")) is None
    outside = ["PRAGMA writable_schema = ON", "INSERT INTO sqlite_master VALUES ('table', 'w', 'w', 0, "]
    evil = outside[1] + '\'create  virtual\n table w using "VirtualText"("/etc/passwd")\')'
    told = why(database(path, contents, outside[0], evil))
    assert told == 'the GeoPackage has a virtual table "w", which may read elsewhere'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xef\xbb\xbf \n" + json.dumps(COLLECTION).encode(), None),
        (json.dumps(POINT).encode(), None),
        (json.dumps(COLLECTION | {"crs": {"type": "name", "properties": {"name": "EPSG:28992"}}}).encode(), None),
        (json.dumps(COLLECTION | {"crs": {"type": "Name"}}).encode(), None),
        (json.dumps(COLLECTION | {"crs": {"type": "link"}}).encode(),
         "the file states its CRS by a link, which is not followed"),
        (json.dumps(COLLECTION | {"crs": "EPSG:28992"}).encode(),
         "the file states its CRS by a link, which is not followed"),
        (b"<gml/>", "this is no GeoJSON"),
        (b"[1]", "the file cannot be read: this is no GeoJSON with features"),
        (b'{"type": "Topology"}', "the file cannot be read: this is no GeoJSON with features"),
        (b'{"type": "FeatureCollection"}', "the file cannot be read: it has no list of features"),
        (b'{"type": "FeatureCollection", "features": {}}', "the file cannot be read: it has no list of features"),
        (b"[" * 200_000, "the file cannot be read: it is nested too deep"),
    ],
)  # fmt: skip
def test_geojson_has_features_and_follows_no_link(tmp_path: Path, content: bytes, message: str | None) -> None:
    assert why(write(tmp_path / "a.geojson", content)) == message


def test_a_text_in_geojson_that_could_be_taken_for_xml_is_written_otherwise(tmp_path: Path) -> None:
    evil = POINT | {"properties": {"naam": "<OGRVRTDataSource>"}}
    content = safe_geojson(write(tmp_path / "a.json", json.dumps(evil).encode()))
    assert content is not None
    assert b"<" not in content
    assert json.loads(content) == evil
    assert safe_geojson(write(tmp_path / "a.json", json.dumps(POINT).encode())) is None
