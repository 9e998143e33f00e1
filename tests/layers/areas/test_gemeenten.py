"""Boundaries with one wrong row among good ones: it is refused by its code, and the others are not named."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from nsp_planner.config import AreasInput
from nsp_planner.layers.areas.gemeenten import check_overlaps, read_areas
from nsp_planner.layers.raw.input_log import InputLog
from tests.towns.raw_files import write_vector

NAMES = ["Aldorp", "Bedorp", "Cedorp"]


def read(folder: Path, names: list[str | None], codes: list[str], third: shapely.Geometry) -> str:
    """What is wrong with three rows, the first two of which are squares of 4 by 4 km."""
    shapes = [shapely.box(200_000 + 4_000 * n, 500_000, 204_000 + 4_000 * n, 504_000) for n in (0, 1)]
    table = {"statcode": codes, "statnaam": names}
    frame = gpd.GeoDataFrame(table, geometry=[*shapes, third], crs="EPSG:28992")
    log = InputLog()
    areas = read_areas(AreasInput(path=write_vector(folder / "areas.gpkg", frame, "gemeenten")), log)
    assert (areas is None) is bool(log.faults.items)
    return "\n".join(fault.as_text() for fault in log.faults.items)


CODES, BOX = ["GM0001", "GM0002", "GM0003"], shapely.box(208_000, 500_000, 212_000, 504_000)
FLAT = shapely.Polygon([(208_000, 500_000), (209_000, 500_000), (210_000, 500_000)])


def test_three_good_rows_are_three_gemeenten(tmp_path: Path) -> None:
    assert read(tmp_path, [*NAMES], CODES, BOX) == ""


@pytest.mark.parametrize(
    ("names", "codes", "third", "message", "ids"),
    [
        (["Aldorp", "Bedorp", None], CODES, BOX, "1 gemeenten have no name", "GM0003"),
        (NAMES, ["GM0001", "GM0002", "GM0002"], BOX, "1 gemeenten have more than one name", "GM0002"),
    ],
)
def test_a_gemeente_without_a_name_or_with_two_is_named_alone(
    tmp_path: Path, names: list[str | None], codes: list[str], third: shapely.Geometry, message: str, ids: str
) -> None:
    told = read(tmp_path, names, codes, third)
    assert message in told
    assert f"ids: {ids}" in told
    assert "GM0001" not in told


def test_a_gemeente_without_area_is_refused(tmp_path: Path) -> None:
    assert "GM0003" in read(tmp_path, [*NAMES], CODES, FLAT)


def overlaps(width_m: float) -> tuple[int, int]:
    """Faults and notes of two gemeenten of 1 by 1 km, the second of which lies so far over the first."""
    boxes = [shapely.box(0, 0, 1_000, 1_000), shapely.box(1_000 - width_m, 0, 2_000 - width_m, 1_000)]
    areas = gpd.GeoDataFrame({"area_code": CODES[:2], "name": NAMES[:2]}, geometry=boxes, crs="EPSG:28992")
    log = InputLog()
    check_overlaps(areas, areas.iloc[:1], log, "areas.gpkg")
    return log.n_faults, len(log.notes.rows)


def test_neighbours_that_only_touch_are_nothing_and_one_over_the_other_is_a_fault() -> None:
    assert overlaps(0) == (0, 0)
    assert overlaps(50) == (0, 0), "exactly a twentieth, and five hectares"
    assert overlaps(51) == (1, 0)
    assert overlaps(1_000) == (1, 0)


@pytest.mark.parametrize(("width_m", "faults", "notes"), [(12.5, 0, 0), (13.0, 0, 1), (200.0, 0, 1), (200.5, 1, 0)])
def test_a_strip_over_a_neighbour_is_drawing_up_to_five_hectare_and_a_fault_from_a_twentieth_on(
    width_m: float, faults: int, notes: int
) -> None:
    """Two gemeenten of 4 by 4 km: a twentieth is a strip of 200 m, five hectare one of 12.5 m."""
    boxes = [shapely.box(0, 0, 4000, 4000), shapely.box(4000 - width_m, 0, 8000 - width_m, 4000)]
    areas = gpd.GeoDataFrame({"area_code": ["GM0001", "GM0002"], "name": NAMES[:2]}, geometry=boxes, crs="EPSG:28992")
    for region in (areas, areas.iloc[:1], areas.iloc[1:]):
        check_overlaps(areas, region, log := InputLog(), "x.gpkg")
        assert (len(log.faults.items), len(log.notes.table())) == (faults, notes)
    check_overlaps(areas, areas.iloc[:0], log := InputLog(), "x.gpkg")
    assert (len(log.faults.items), len(log.notes.table())) == (0, 0)


def test_two_gemeenten_of_one_name_get_their_code_behind_it_and_it_is_noted(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"statcode": CODES, "statnaam": ["Bergen", "bergen", "Aldorp"]},
        geometry=[shapely.box(200_000 + 4_000 * n, 500_000, 204_000 + 4_000 * n, 504_000) for n in range(3)],
        crs="EPSG:28992",
    )
    log = InputLog()
    areas = read_areas(AreasInput(path=write_vector(tmp_path / "areas.gpkg", frame, "gemeenten")), log)
    assert areas is not None
    assert areas["name"].tolist() == ["Bergen (GM0001)", "bergen (GM0002)", "Aldorp"]
    assert log.notes.table()["row_id"].tolist() == ["GM0001", "GM0002"]
