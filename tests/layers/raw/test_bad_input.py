"""Bad input: each fault with layer, column, ids and what to do, all together, and never a traceback."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely

from nsp_planner.errors import EXIT_BAD_DATA, DataError
from tests.towns.raw_files import (
    GEMEENTEN,
    SQUARES,
    faults_of,
    make_world,
    read_world,
    square_box,
    write_areas,
    write_grid,
    write_totals,
    write_vector,
)

World = dict[str, Any]


def one_fault(study: World) -> tuple[str, str | None, tuple[str, ...], str]:
    """The only fault of a study: layer, column, ids, message."""
    layers, faults = read_world(study)
    assert layers is None
    assert len(faults.items) == 1, "\n".join(fault.as_text() for fault in faults.items)
    fault = faults.items[0]
    assert fault.fix
    with pytest.raises(DataError) as caught:
        faults.raise_if_any()
    assert caught.value.exit_code == EXIT_BAD_DATA
    return fault.layer, fault.column, fault.ids, fault.message


def with_grid(folder: Path, *args: Any, **kwargs: Any) -> World:
    return make_world(folder, population={"path": str(write_grid(folder / "bad.gpkg", *args, **kwargs))})


def with_sites(folder: Path, text: str, **settings: Any) -> World:
    (folder / "bad.csv").write_text(text, encoding="utf-8")
    return make_world(folder, sites=[{"path": str(folder / "bad.csv"), "source": "lijst", **settings}])


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named_with_the_nearest_that_is_there(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    study["inputs"]["population"]["path"] = str(tmp_path / "gird.gpkg")
    layer, _, _, message = one_fault(study)
    assert (layer, message) == ("population", "the file is not there")
    assert 'Did you mean "grid.gpkg"?' in faults_of(study)


BREAKERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no bytes": (lambda path: path.write_bytes(b""), "the file is empty"),
    "text": (lambda path: path.write_text("hello"), "this is no GeoPackage"),
    "folder": (lambda path: path.mkdir(), "a folder, not a file"),
    "cut short": (lambda path: path.write_bytes(path.with_name("grid.gpkg").read_bytes()[:60_000]), "cut short"),
    "no database": (
        lambda path: path.write_bytes(path.with_name("grid.gpkg").read_bytes()[:100] + b"\x00" * 200_000),
        "cannot be read",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("key", ["population", "areas", "totals", "sites"])
@pytest.mark.parametrize("how", list(BREAKERS))
def test_a_broken_geopackage_is_a_fault_wherever_it_is(tmp_path: Path, key: str, how: str) -> None:
    study = make_world(tmp_path)
    path = tmp_path / "broken.gpkg"
    spoil, message = BREAKERS[how]
    spoil(path)
    (study["inputs"][key][0] if key == "sites" else study["inputs"][key])["path"] = str(path)
    layer, _, _, reported = one_fault(study)
    assert layer.startswith(key)
    assert message in reported


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.csv", b"", "the file is empty"),
        ("s.csv", b"naam;x;y\n", "the table has no rows"),
        ("s.csv", b"\xff\xfe\x00", "neither UTF-8"),
        ("s.csv", b'naam;x;y\n"open;1;2\n', "quotes in the file do not match near line 2"),
        ("s.xlsx", b"naam;x;y\nHal;201050;501050\n", "this is no workbook of Excel"),
        ("s.xlsx", b"PK\x05\x06" + b"\x00" * 18, "cannot be read"),
        ("s.xls", b"old", 'files ending in ".xls"'),
        ("s.geojson", b'{"type": "FeatureCollection", "features": [{', "cannot be read"),
        ("s.geojson", b"[]", "cannot be read"),
        ("s.geojson", b'{"type": "FeatureCollection", "features": []}', "no rows"),
    ],
)
def test_a_broken_list_of_sites_is_a_fault(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    study = make_world(tmp_path, sites=[{"path": str(tmp_path / name), "source": "lijst"}])
    layer, _, _, reported = one_fault(study)
    assert layer == "sites: lijst"
    assert message in reported


@pytest.mark.slow
@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "no GeoPackage"),
        ({"leesmij.txt": b"x"}, "no GeoPackage: leesmij.txt"),
        ({"a.gpkg": b"x", "b.gpkg": b"y"}, "2 GeoPackages: a.gpkg, b.gpkg"),
        ({"a.gpkg": b"no database"}, "this is no GeoPackage"),
    ],
)
def test_a_zip_without_one_good_grid_is_a_fault(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    with zipfile.ZipFile(tmp_path / "vk.zip", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    study = make_world(tmp_path, population={"path": str(tmp_path / "vk.zip")})
    layer, _, _, reported = one_fault(study)
    assert layer == "population"
    assert message in reported
    assert str(tmp_path / "vk.zip") in faults_of(study)


def test_a_zip_cut_short_or_spoilt_is_a_fault(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    path = tmp_path / "vk.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "grid.gpkg", "cbs.gpkg")
    good = path.read_bytes()
    study["inputs"]["population"]["path"] = str(path)
    for bad in (good[:-40], good[:500] + b"spoilt" + good[506:]):
        path.write_bytes(bad)
        assert "the zip cannot be read" in one_fault(study)[3]


def test_a_zip_that_unpacks_to_far_more_than_it_holds_is_refused_unread(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    path = tmp_path / "vk.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("cbs.gpkg", "w") as member:
        for _ in range(65):
            member.write(bytes(2**20))
    study["inputs"]["population"]["path"] = str(path)
    assert "cbs.gpkg unpacks to 65 MiB: refused as a zip bomb" in one_fault(study)[3]


def test_a_layer_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    study["inputs"]["population"]["layer"] = "vierkant_100m_2023"
    _, column, _, message = one_fault(study)
    assert (column, message) == ("layer", 'the file has no layer "vierkant_100m_2023"')
    assert 'Did you mean "vierkant_100m_2024"?' in faults_of(study)


def test_two_layers_ask_for_a_choice_which_then_is_taken(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    write_grid(tmp_path / "grid.gpkg", layer="vierkant_100m_2023")
    assert '"vierkant_100m_2024", "vierkant_100m_2023"' in faults_of(study)
    study["inputs"]["population"]["layer"] = "vierkant_100m_2023"
    assert read_world(study)[0] is not None


# --- population ----------------------------------------------------------------------------------------------------


def test_an_empty_layer_is_a_fault(tmp_path: Path) -> None:
    assert one_fault(with_grid(tmp_path, {}))[::3] == ("population", "the table has no rows")


def test_a_grid_in_another_crs_is_refused_and_not_reprojected(tmp_path: Path) -> None:
    boxes = gpd.GeoSeries([square_box(s) for s in SQUARES], crs="EPSG:28992").to_crs("EPSG:3035")
    study = with_grid(tmp_path, geometry=list(boxes), crs="EPSG:3035")
    assert one_fault(study)[::3] == ("population", "the CRS is EPSG:3035, and the grid of CBS is EPSG:28992")


def test_a_grid_without_crs_is_a_fault(tmp_path: Path) -> None:
    assert one_fault(with_grid(tmp_path, crs=None))[3] == "the file does not state its CRS"


def test_a_grid_in_degrees_said_to_be_metres_is_recognised(tmp_path: Path) -> None:
    boxes = gpd.GeoSeries([square_box(s) for s in SQUARES], crs="EPSG:28992").to_crs("EPSG:4326")
    layer, column, ids, message = one_fault(with_grid(tmp_path, geometry=list(boxes), crs="EPSG:28992"))
    assert (layer, column, message) == ("population", "geometry", "the coordinates are degrees, read as metres")
    assert ids == tuple(SQUARES)


def test_a_square_that_lies_elsewhere_than_its_id_says_is_a_fault(tmp_path: Path) -> None:
    boxes = [square_box(s) for s in SQUARES]
    boxes[2] = shapely.box(203_100, 503_000, 203_200, 503_100)
    _, column, ids, message = one_fault(with_grid(tmp_path, geometry=boxes))
    assert (column, ids) == ("geometry", ("E2030N5030",))
    assert "up to 100 m" in message


def test_duplicate_squares_are_a_fault_with_their_ids(tmp_path: Path) -> None:
    study = with_grid(tmp_path, [*SQUARES.items(), ("E2010N5010", 5), ("E2030N5030", 5)])
    _, column, ids, message = one_fault(study)
    assert (column, ids) == ("crs28992res100m", ("E2010N5010", "E2030N5030"))
    assert message == "2 squares occur more than once"


@pytest.mark.parametrize("persons", [-1, -5, -99_990])
def test_a_negative_population_that_is_no_code_is_a_fault_with_its_ids(tmp_path: Path, persons: int) -> None:
    _, column, ids, message = one_fault(with_grid(tmp_path, {**SQUARES, "E2030N5030": persons}))
    assert (column, ids) == ("aantal_inwoners", ("E2030N5030",))
    assert f"negative and no CBS code for missing, such as {persons}" in message


def test_half_a_person_is_a_fault(tmp_path: Path) -> None:
    assert "no whole numbers" in one_fault(with_grid(tmp_path, {**SQUARES, "E2030N5030": 2.5}))[3]


def test_ids_that_are_no_squares_are_a_fault(tmp_path: Path) -> None:
    boxes = [square_box("E2010N5010")] * 3
    study = with_grid(tmp_path, {"E2010N5010": 600, "1234": 5, "E9999N5010": 5}, geometry=boxes)
    _, column, ids, _ = one_fault(study)
    assert (column, ids) == ("crs28992res100m", ("1234", "E9999N5010"))


def test_a_grid_without_inhabitants_or_ids_names_the_nearest_columns(tmp_path: Path) -> None:
    text = faults_of(with_grid(tmp_path, columns=("vierkant", "aantal_inwnrs")))
    assert "no column holds the ids of the squares" in text
    assert 'Did you mean "aantal_inwnrs"?' in text


def test_the_wrong_resolution_is_a_fault(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    study["inputs"]["population"]["resolution_m"] = 500
    assert one_fault(study)[1::2] == ("resolution_m", "the squares of the file are 100 m, the study says 500 m")
    study = with_grid(tmp_path, {**SQUARES, "E2031N5031": 5}, columns=("crs28992res500m", "aantal_inwoners"))
    assert "do not lie on a grid of 500 m" in one_fault(study)[3]


def test_a_gemeente_without_squares_is_a_fault(tmp_path: Path) -> None:
    study = with_grid(tmp_path, {s: n for s, n in SQUARES.items() if s < "E204"})
    _, _, ids, message = one_fault(study)
    assert ids == ("GM0002 Bedorp",)
    assert "no squares with inhabitants" in message


# --- areas and totals ----------------------------------------------------------------------------------------------


def test_a_gemeente_code_that_does_not_exist_is_named_with_the_nearest(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    study["region"]["gemeenten"] = ["GM0001", "GM0022"]
    layer, column, ids, _ = one_fault(study)
    assert (layer, column, ids) == ("region", "gemeenten", ("GM0022",))
    assert 'Did you mean "GM0002"? (Bedorp)' in faults_of(study)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"crs": None}, "the file does not state its CRS"),
        ({"columns": ("nummer", "statnaam")}, "no column looks like the code of a gemeente"),
        ({"columns": ("statcode", "titel")}, "no column looks like the name of a gemeente"),
        ({"gemeenten": {f"PV{n}": "x" for n in range(3)}}, "no row has the code of a gemeente"),
    ],
)
def test_boundaries_that_cannot_be_used_are_a_fault(tmp_path: Path, kwargs: dict[str, Any], message: str) -> None:
    areas = write_areas(tmp_path / "bad.gpkg", **kwargs)
    layer, _, _, reported = one_fault(make_world(tmp_path, areas={"path": str(areas)}))
    assert (layer, reported) == ("areas", reported)
    assert message in reported


def test_boundaries_in_degrees_said_to_be_metres_are_recognised(tmp_path: Path) -> None:
    good = gpd.read_file(write_areas(tmp_path / "good.gpkg")).to_crs("EPSG:4326")
    bad = write_vector(tmp_path / "bad.gpkg", good.set_crs("EPSG:28992", allow_override=True))
    study = make_world(tmp_path, areas={"path": str(bad)})
    assert one_fault(study)[::3] == ("areas", "the coordinates are degrees, read as metres")


def test_points_are_no_boundaries(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"statcode": list(GEMEENTEN), "statnaam": list(GEMEENTEN.values())},
        geometry=[shapely.Point(2e5, 5e5)] * 3,
        crs="EPSG:28992",
    )
    study = make_world(tmp_path, areas={"path": str(write_vector(tmp_path / "bad.gpkg", frame))})
    assert "Point, not polygons" in one_fault(study)[3]


def test_a_gemeente_without_a_total_is_a_fault(tmp_path: Path) -> None:
    study = make_world(tmp_path, totals={"path": str(write_totals(tmp_path / "bad.csv", {"GM0001": 630}))})
    layer, _, ids, _ = one_fault(study)
    assert (layer, ids) == ("totals", ("GM0002 Bedorp",))


def test_a_withheld_total_is_no_total(tmp_path: Path) -> None:
    totals = {"GM0001": 630, "GM0002": -99997}
    study = make_world(tmp_path, totals={"path": str(write_totals(tmp_path / "bad.csv", totals))})
    assert one_fault(study)[2] == ("GM0002 Bedorp",)


def test_a_negative_total_is_a_fault(tmp_path: Path) -> None:
    study = make_world(tmp_path, totals={"path": str(write_totals(tmp_path / "bad.csv", {"GM0001": -3, "GM0002": 9}))})
    assert one_fault(study)[1:3] == ("aantal_inwoners", ("GM0001",))


def test_totals_that_cannot_belong_to_the_grid_are_a_fault(tmp_path: Path) -> None:
    totals = {"GM0001": 630_000, "GM0002": 50}
    study = make_world(tmp_path, totals={"path": str(write_totals(tmp_path / "bad.csv", totals))})
    layer, _, ids, message = one_fault(study)
    assert (layer, ids) == ("totals", ("GM0001",))
    assert "Aldorp has 615 inhabitants in the grid and 630,000 in the totals" in message


def test_a_totals_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    study["inputs"]["totals"]["persons_column"] = "aantal_inwonrs"
    assert one_fault(study)[1] == "aantal_inwonrs"
    assert 'Did you mean "aantal_inwoners"?' in faults_of(study)


# --- sites ---------------------------------------------------------------------------------------------------------

DEGREES = "naam;x;y\nHal;6,12;52,49\nKerk;6,18;52,49\n"


def test_degrees_read_as_metres_are_recognised(tmp_path: Path) -> None:
    layer, _, ids, message = one_fault(with_sites(tmp_path, DEGREES))
    assert (layer, message) == ("sites: lijst", "the coordinates are degrees, read as metres")
    assert ids == ("row 2", "row 3")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("naam;x;y\nHal;501050;201050\n", "x and y are swapped"),
        ("naam;lon;lat\nHal;52,49;6,12\n", "longitude and latitude are swapped"),
        ("naam;lon;lat\nHal;201050;501050\n", "RD metres, read as degrees"),
        ("naam;lon;lat\nHal;-70,1;12,5\n", "outside the Netherlands"),
        ("naam;x;y\nHal;0;0\n", "outside the Netherlands (x 0, y 0)"),
        ("naam;x;y\nHal;zuid;501050\n", 'no numbers, such as "zuid"'),
        ("naam;soort\nHal;kerk\n", "no columns hold coordinates"),
        ("naam;adres\nHal;Plein 1\n", "1 rows have no coordinates, 1 of them with an address that is not known"),
        ("naam;x;y\nHal;;\n", "1 rows have no coordinates"),
        ("naam;x;y;capaciteit\nHal;201050;501050;-5\n", 'no positive numbers, such as "-5"'),
        ("naam;x;y;capaciteit\nHal;201050;501050;veel\n", 'no positive numbers, such as "veel"'),
        ("naam;x;y;status\nHal;201050;501050;akoord\nB;202050;501050;pilot\n", 'not understood: "akoord"'),
        ("naam;x;y;noodstroom\nHal;201050;501050;soms\nB;202050;501050;ja\n", 'not understood: "soms"'),
        ("naam;x;y;gemeentecode\nHal;201050;501050;GM9999\n", 'does not exist, such as "GM9999"'),
    ],
)
def test_a_row_that_cannot_be_right_is_a_fault_with_its_row(tmp_path: Path, text: str, message: str) -> None:
    layer, _, ids, reported = one_fault(with_sites(tmp_path, text))
    assert layer == "sites: lijst"
    assert message in reported
    assert ids == ("row 2",) or "no columns" in message


def test_candidates_outside_the_region_are_a_fault_with_their_ids(tmp_path: Path) -> None:
    text = "id;naam;x;y\n1;Hal;201050;501050\n2;Ver;209000;501050\n3;Zee;10000;600000\n"
    _, _, ids, message = one_fault(with_sites(tmp_path, text))
    assert (ids, message) == (("2", "3"), "2 of 3 candidates lie outside the region")


def test_duplicate_ids_in_a_mapped_column_are_a_fault(tmp_path: Path) -> None:
    text = "nr;naam;x;y\n1;Hal;201050;501050\n1;Kerk;205050;501050\n"
    _, column, ids, _ = one_fault(with_sites(tmp_path, text, columns={"id": "nr"}))
    assert (column, ids) == ("nr", ("1",))


def test_a_mapping_to_a_column_or_field_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    text = "naam;x;y\nHal;201050;501050\n"
    study = with_sites(tmp_path, text, columns={"name": "naan", "capacity": "x"})
    reported = faults_of(study)
    assert 'no column "naan" (mapped to name)' in reported
    assert 'Did you mean "naam"?' in reported
    assert 'Did you mean "capacity_present"?' in reported


def test_a_crs_that_is_none_is_a_fault(tmp_path: Path) -> None:
    study = with_sites(tmp_path, "naam;x;y\nHal;201050;501050\n", crs="RD")
    assert one_fault(study)[1::2] == ("crs", '"RD" is no CRS of places')


def test_a_geopackage_of_sites_without_crs_is_a_fault_until_the_study_states_it(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"naam": ["Hal"]}, geometry=[shapely.Point(201_050, 501_050)])
    source = {"path": str(write_vector(tmp_path / "s.gpkg", frame)), "source": "lijst"}
    assert one_fault(make_world(tmp_path, sites=[source]))[3] == "the file does not state its CRS"
    assert read_world(make_world(tmp_path, sites=[{**source, "crs": "EPSG:28992"}]))[0] is not None


def test_nothing_in_the_region_after_clipping_is_a_fault(tmp_path: Path) -> None:
    study = with_sites(tmp_path, "naam;x;y\nVer;209000;501050\n", clip_to_region=True)
    assert one_fault(study)[::3] == ("sites", "no candidate lies in the region")


# --- across tables -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_capacity_below_the_population_is_a_fault(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    study["capacity"] = {"persons": 250, "slack": 0.2}
    _, column, _, message = one_fault(study)
    assert column == "capacity_persons"
    assert message == "the 2 candidates together hold 600 persons (slack included), the region has 680"
    study["capacity"] = {"persons": 284, "slack": 0.2}
    assert read_world(study)[0] is not None


def test_refused_and_dropped_sites_have_no_capacity_and_own_capacity_goes_first(tmp_path: Path) -> None:
    text = (
        "id;naam;x;y;capaciteit_inwoners;status\n1;A;201050;501050;120;idee\n2;B;202050;501050;;idee\n"
        "3;C;203050;501050;9000;afgevallen\n4;D;205050;501050;9000;idee\n"
    )
    study = with_sites(tmp_path, text)
    study["capacity"] = {"persons": 200, "slack": 0}
    study["decisions"] = {"refused": ["lijst:4"]}
    assert "the 2 candidates together hold 320 persons" in one_fault(study)[3]


def test_only_fire_stations_are_no_candidates_for_l_nsp(tmp_path: Path) -> None:
    study = with_sites(tmp_path, "naam;x;y\nKazerne;201050;501050\n", can_be=["cnsp"])
    assert "may become an L-NSP" in one_fault(study)[3]


@pytest.mark.slow
@pytest.mark.parametrize("key", ["population", "zip", "areas", "totals", "sites", "excel", "geojson"])
def test_no_spoilt_file_ends_in_a_traceback(tmp_path: Path, key: str) -> None:
    study = make_world(tmp_path)
    good, suffix = _good_file(tmp_path, key)
    part = {"zip": "population", "excel": "sites", "geojson": "sites"}.get(key, key)
    random = Random(key)
    for n in range(8):
        raw = bytearray(good)
        for _ in range(random.choice([1, 3, 20])):
            raw[random.randrange(len(raw))] = random.randrange(256)
        if n % 4 == 0:
            del raw[random.randrange(1, len(raw)) :]
        path = tmp_path / f"spoilt{n}{suffix}"
        path.write_bytes(bytes(raw))
        (study["inputs"][part][0] if part == "sites" else study["inputs"][part])["path"] = str(path)
        layers, faults = read_world(study)
        assert (layers is None) == bool(faults.items)


def _good_file(folder: Path, key: str) -> tuple[bytes, str]:
    names = {"population": "grid.gpkg", "areas": "areas.gpkg", "totals": "totals.csv", "sites": "sites.csv"}
    if key in names:
        path = folder / names[key]
    elif key == "zip":
        path = folder / "good.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(folder / "grid.gpkg", "cbs.gpkg")
    elif key == "excel":
        path = folder / "good.xlsx"
        workbook = openpyxl.Workbook()
        assert workbook.active is not None
        for row in (["naam", "x", "y"], ["Hal", 201_050, 501_050]):
            workbook.active.append(row)
        workbook.save(path)
    else:
        frame = gpd.GeoDataFrame({"naam": ["Hal"]}, geometry=[shapely.Point(201_050, 501_050)], crs="EPSG:28992")
        path = write_vector(folder / "good.geojson", frame.to_crs("EPSG:4326"))
    return path.read_bytes(), path.suffix


def test_all_faults_are_reported_at_once_over_all_inputs(tmp_path: Path) -> None:
    study = with_sites(tmp_path, DEGREES)
    study["inputs"]["population"]["path"] = str(
        write_grid(tmp_path / "bad.gpkg", {**SQUARES, "E2030N5030": -3}, crs=None)
    )
    study["inputs"]["totals"]["code_column"] = "codes"
    study["inputs"]["sites"].append({"path": str(tmp_path / "weg.csv"), "source": "weg"})
    study["region"]["gemeenten"] = ["GM0009"]
    _, faults = read_world(study)
    assert sorted({fault.layer for fault in faults.items}) == [
        "population", "region", "sites: lijst", "sites: weg", "totals",
    ]  # fmt: skip
    assert len([fault for fault in faults.items if fault.layer == "population"]) == 2
