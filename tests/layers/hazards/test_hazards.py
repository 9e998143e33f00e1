from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point, Polygon, box

from nsp_planner.errors import DataError, SettingsError
from nsp_planner.layers.hazards.depth import read_depth
from nsp_planner.layers.hazards.shapes import FLOOD, OUTAGE, RASTERS, read_hazards
from nsp_planner.layers.raw.input_log import InputLog
from tests.towns.river_region import river_study

REGION = box(200_000, 500_000, 201_000, 501_000)
WATER = box(200_100, 500_100, 200_300, 500_300)


def write(path: Path, shapes: list[Any], crs: str | None = "EPSG:28992") -> Path:
    gpd.GeoDataFrame({"naam": ["x"] * len(shapes)}, geometry=shapes, crs=crs).to_file(path)
    return path


def read(tmp_path: Path, **sections: Any) -> tuple[Any, InputLog]:
    log = InputLog()
    return read_hazards(river_study(tmp_path, **sections), REGION, log), log


def test_polygons_are_read_to_rd_and_their_files_recorded(tmp_path: Path) -> None:
    in_rd = write(tmp_path / "uit.gpkg", [WATER])
    degrees = tmp_path / "water.geojson"
    gpd.GeoDataFrame(geometry=[WATER], crs="EPSG:28992").to_crs("EPSG:4326").to_file(degrees)
    hazards, log = read(tmp_path, power_outage={"area": [str(in_rd)]}, flood={"area": [str(degrees)]})
    assert not log.faults.items
    assert hazards[OUTAGE][0].equals(WATER)
    assert hazards[FLOOD][0].symmetric_difference(WATER).area < 1
    assert [record.layer for record in log.files] == ["power_outage.area", "flood.area"]


@pytest.mark.parametrize(
    ("shapes", "crs", "words"),
    [
        ([], "EPSG:28992", "holds no shapes"),
        ([WATER, Polygon()], "EPSG:28992", "empty"),
        ([LineString([(200_000, 500_000), (200_100, 500_100)])], "EPSG:28992", "Polygon"),
        ([Point(200_000, 500_000)], "EPSG:28992", "Polygon"),
        ([box(6.0, 52.4, 6.1, 52.5)], "EPSG:28992", "degrees"),
        ([box(200_100, 500_100, 200_300, 500_300)], "EPSG:4326", ""),
        ([box(250_000, 500_100, 250_300, 500_300)], "EPSG:28992", "no polygon touches the region"),
    ],
)
def test_what_cannot_be_an_area_is_refused_with_its_key(
    tmp_path: Path, shapes: list[Any], crs: str, words: str
) -> None:
    file = write(tmp_path / "gebied.gpkg", shapes, crs)
    hazards, log = read(tmp_path, flood={"area": [str(file)]})
    assert hazards[FLOOD] == ()
    (fault,) = log.faults.items
    assert fault.column == "flood.area"
    assert fault.file == str(file)
    assert words in fault.message


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    sections = {"power_outage": {"area": ["a.gpkg", "b.gpkg"]}, "flood": {"area": ["c.gpkg"]}}
    _, log = read(tmp_path, **sections)
    assert [fault.column for fault in log.faults.items] == ["power_outage.area"] * 2 + ["flood.area"]


pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # rasterio 1.4 with affine 3


def write_raster(
    path: Path, depth: np.ndarray, *, crs: str | None = "EPSG:28992", nodata: float | None = -9999
) -> Path:
    rasterio = pytest.importorskip("rasterio")
    transform = rasterio.transform.from_origin(200_000, 501_000, 100, 100)
    height, width = depth.shape
    options = {"driver": "GTiff", "height": height, "width": width, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", crs=crs, transform=transform, nodata=nodata, **options) as target:
        target.write(depth.astype("float32"), 1)
    return path


@pytest.mark.parametrize("crs", ["EPSG:28992", None])
def test_land_deeper_than_the_limit_is_wet_and_cells_without_a_value_are_dry(tmp_path: Path, crs: str | None) -> None:
    depth = np.zeros((10, 10))
    depth[2:4, 2:5], depth[7, 7], depth[0, 0], depth[9, 9] = 1.0, 0.2, -9999, np.nan
    found = read_depth(write_raster(tmp_path / "diepte.tif", depth, crs=crs), 0.2, region=REGION)
    (wet,) = found.wet
    assert wet.equals(box(200_200, 500_600, 200_500, 500_800))
    assert found.known.equals(REGION)


def test_a_raster_that_covers_a_part_says_what_it_does_not_know(tmp_path: Path) -> None:
    file = write_raster(tmp_path / "diepte.tif", np.ones((5, 10)))
    hazards, log = read(tmp_path, flood={"depth": [str(file)]})
    assert not log.faults.items
    assert hazards[RASTERS][0].equals(box(200_000, 500_500, 201_000, 501_000))
    assert sum(shape.area for shape in hazards[FLOOD]) == 500_000


def test_rasters_that_cannot_be_water_depth_are_refused(tmp_path: Path) -> None:
    cm = write_raster(tmp_path / "cm.tif", np.full((10, 10), 150.0))
    with pytest.raises(DataError, match="cannot be metres"):
        read_depth(cm, 0.2, region=REGION)
    with pytest.raises(DataError, match="does not touch the region"):
        read_depth(cm, 0.2, region=box(100_000, 400_000, 101_000, 401_000))
    half = tmp_path / "half.tif"
    half.write_bytes(cm.read_bytes()[:60])
    with pytest.raises(DataError, match="cannot be read"):
        read_depth(half, 0.2, region=REGION)


def test_a_missing_raster_is_a_fault_and_no_traceback(tmp_path: Path) -> None:
    _, log = read(tmp_path, flood={"depth": [str(tmp_path / "weg.tif")]})
    assert log.faults.items[0].column == "flood.depth"


def test_without_rasterio_the_planner_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "diepte.tif"
    file.write_bytes(b"II*\x00")
    monkeypatch.setitem(__import__("sys").modules, "rasterio", None)
    with pytest.raises(SettingsError, match="rasterio"):
        read_depth(file, 0.2)
