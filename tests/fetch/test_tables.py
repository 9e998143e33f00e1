"""Tables given by hand: only the formats named are opened, and none of them makes GDAL read elsewhere."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from nsp_planner.errors import DataError
from nsp_planner.fetch.catalogue import known_sources
from nsp_planner.fetch.cbs import clip_grid
from nsp_planner.fetch.tables import read_any_table

GEMEENTEN = known_sources()["gemeenten"]
GRID = known_sources()["grid_100m"]
HERE = shapely.box(200_000, 500_000, 201_000, 501_000)


def geopackage(path: Path, **columns: list[object]) -> Path:
    gpd.GeoDataFrame(columns, geometry=[shapely.box(200_000, 500_000, 200_100, 500_100)], crs="EPSG:28992").to_file(
        path
    )
    return path


def test_a_file_that_only_names_another_file_is_not_followed(tmp_path: Path) -> None:
    other = geopackage(tmp_path / "other.gpkg", statcode=["GM0001"])
    lure = tmp_path / "gemeenten.geojson"
    lure.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="other"><SrcDataSource>{other}</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="this is no GeoJSON"):
        read_any_table(lure, GEMEENTEN)


def test_a_format_that_is_not_named_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "gemeenten.gml"
    path.write_text("<gml/>", encoding="utf-8")
    with pytest.raises(DataError, match=r'files ending in "\.gml" are not read here'):
        read_any_table(path, GEMEENTEN)


def test_a_grid_with_a_table_that_may_read_elsewhere_is_refused(tmp_path: Path) -> None:
    grid = geopackage(tmp_path / "grid.gpkg", crs28992res100m=["E2000N5000"], aantal_inwoners=[10])
    assert clip_grid(grid, GRID, HERE, tmp_path / "clipped.gpkg", "grid") == 1
    with closing(sqlite3.connect(grid)) as book:
        book.execute("PRAGMA writable_schema = ON")
        book.execute(
            "INSERT INTO sqlite_master VALUES ('table', 'lure', 'lure', 0, "
            "'CREATE VIRTUAL TABLE lure USING VirtualOGR(''/etc/passwd'')')"
        )
        book.commit()
    with pytest.raises(DataError, match='virtual table "lure"'):
        clip_grid(grid, GRID, HERE, tmp_path / "again.gpkg", "grid")
    assert not (tmp_path / "again.gpkg").exists()
