from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from nsp_planner.errors import DataError
from nsp_planner.layers.raw.shapes import read_shapes

POND = shapely.box(200_000, 500_000, 200_100, 500_100)
WALL = shapely.LineString([(200_000, 500_000), (200_500, 500_000)])


def write(path: Path, *shapes: object) -> Path:
    gpd.GeoDataFrame(geometry=list(shapes), crs="EPSG:28992").to_crs("EPSG:4326").to_file(path)
    return path


def test_water_and_barriers_come_in_metres(tmp_path: Path) -> None:
    (pond,) = read_shapes(write(tmp_path / "water.geojson", POND), "under_water")
    (wall,) = read_shapes(write(tmp_path / "walls.geojson", WALL), "barriers")
    assert pond.symmetric_difference(POND).area < 100
    assert wall.length == pytest.approx(500, abs=0.5)


def test_another_kind_of_shape_is_refused_by_row(tmp_path: Path) -> None:
    bow = shapely.Polygon([(200_000, 500_000), (200_100, 500_100), (200_100, 500_000), (200_000, 500_100)])
    with pytest.raises(DataError, match=r"2 rows are empty, invalid or no Polygon\n  ids: 2, 3"):
        read_shapes(write(tmp_path / "water.geojson", POND, WALL, bow), "under_water")
    with pytest.raises(DataError, match="the file is not there"):
        read_shapes(tmp_path / "nope.gpkg", "barriers")
