"""The example region: same seed same files, CBS layouts, people conserved, buildings where they belong."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from nsp_planner.config import Decisions, load_scenario_study, load_study
from nsp_planner.example import Example, build_example, write_example
from nsp_planner.example.__main__ import main
from nsp_planner.example.agreements import EQUIPPED, with_agreements
from nsp_planner.example.cbs import GRID_COLUMNS, WITHHELD
from nsp_planner.example.files import (
    ACROSS_FILES,
    AREAS_FILE,
    GRID_FILE,
    GRID_LAYER,
    PRESENT_FILES,
    SITES_FILE,
    STATIONS_FILE,
    STREETS_FILE,
    TOTALS_FILE,
    study_text,
)
from nsp_planner.example.rivers import CROSSINGS, RIVERS, no_house_area
from nsp_planner.layers.sites.vocabulary import STATUSES
from nsp_planner.norms import published_norms
from nsp_planner.study.read import check_layers
from tests.towns.example_region import EXAMPLE_DATA, OVERLAYS, SCENARIOS, write_overlays

pytestmark = pytest.mark.slow

SMALL = 0.05
DATA_FILES = (f"{GRID_FILE}.zip", AREAS_FILE, TOTALS_FILE, SITES_FILE, STATIONS_FILE, STREETS_FILE)


@pytest.fixture(scope="module")
def example() -> Example:
    return build_example()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_example(tmp_path_factory.mktemp("voorbeeld"), scale=SMALL).parent


def published(example: Example) -> pd.Series:
    """Published persons per gemeente code."""
    codes = example.region.gemeenten["code"].to_numpy()
    kept = example.squares.set_index(square_ids(example)).loc[example.grid["crs28992res100m"]]
    shown = example.grid["aantal_inwoners"].where(example.grid["aantal_inwoners"] > 0, 0)
    return pd.Series(shown.to_numpy()).groupby(codes[kept["gemeente"].to_numpy()]).sum()


def square_ids(example: Example) -> pd.Index:
    """CBS id of each square with its true persons."""
    land, squares = example.land, example.squares
    east, north = land.x0_hm + squares["column"], land.y0_hm + squares["row"]
    return pd.Index([f"E{e:04d}N{n:04d}" for e, n in zip(east, north, strict=True)])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_region(folder: Path, tmp_path: Path) -> None:
    again = write_example(tmp_path / "again", scale=SMALL).parent
    other = write_example(tmp_path / "other", scale=SMALL, seed=2).parent
    for name in (*DATA_FILES, *PRESENT_FILES, *ACROSS_FILES, "voorbeeld.toml"):
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name
    for name in (f"{GRID_FILE}.zip", AREAS_FILE, SITES_FILE, STREETS_FILE):
        assert (folder / name).read_bytes() != (other / name).read_bytes(), name


def test_only_the_finished_files_stand_in_the_folder_and_the_study_names_them_all(folder: Path) -> None:
    files = [*DATA_FILES, *PRESENT_FILES, *ACROSS_FILES, "voorbeeld.toml"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)
    study = load_study(folder / "voorbeeld.toml")
    inputs = study.inputs
    named = [inputs.population, inputs.areas, inputs.totals, inputs.network, *inputs.sites]
    assert {source.path.name for source in named if source is not None} == set(DATA_FILES)
    assert all(source.path.is_file() for source in named if source is not None)
    assert study.illustration
    assert "illustratie" in study.title


def test_the_study_in_scenarios_is_the_one_the_generator_writes() -> None:
    scenarios = Path(__file__).resolve().parents[2] / "scenarios"
    text = (scenarios / "voorbeeld.toml").read_text(encoding="utf-8")
    assert text == study_text(published_norms(), "../data/raw/voorbeeld/", "../runs")


def test_some_buildings_are_agreed_on_and_the_study_leaves_them_to_their_status(folder: Path) -> None:
    table = pd.read_csv(folder / SITES_FILE, sep=";", decimal=",", encoding="cp1252")
    agreed = table[table["status"].isin(["akkoord eigenaar", "operationeel"])]
    assert 1 <= len(agreed) <= len(table) / 10
    assert not agreed["naam"].str.startswith("Stembureau").any()
    decisions = load_study(folder / "voorbeeld.toml").decisions
    assert decisions.model_copy(update={"stations": Decisions().stations}) == Decisions()


def test_agreed_is_who_stands_in_the_middle_of_people_and_the_first_of_a_large_gemeente_is_equipped() -> None:
    spots = {"nummer": ["A", "B", "C", "D"], "soort": ["buurthuis", "buurthuis", "school", "dorpshuis"]}
    table = pd.DataFrame({**spots, "gemeentecode": "GM1", "x": [100.0, 40.0, 0.0, 5_000.0], "y": 0.0})
    table = table.assign(capaciteit_tegelijk=pd.array([pd.NA, 120, pd.NA, 200], dtype="Int64"), status="idee")
    table = table.assign(**dict.fromkeys(EQUIPPED, "onbekend"))
    xy = np.array([[0.0, 0.0], [10.0, 0.0], [5_000.0, 0.0]])
    small = with_agreements(table, {"GM1": (xy, np.array([2_400, 2_400, 0]))})
    assert small["status"].tolist() == ["akkoord eigenaar", "idee", "idee", "idee"]
    large = with_agreements(table, {"GM1": (xy, np.array([30_000, 30_000, 20_000]))})
    assert large["status"].tolist() == ["akkoord eigenaar", "idee", "idee", "operationeel"]
    assert (large.loc[3, list(EQUIPPED)] == "ja").all()
    nobody_near = with_agreements(table, {"GM1": (xy + 900.0, np.array([2_400, 2_400, 0]))})
    assert nobody_near["status"].eq("idee").all()
    assert table["status"].eq("idee").all()


@pytest.mark.parametrize("name", ["voorbeeld", "ijsselland", "rijnmond"])
def test_the_studies_in_scenarios_are_valid_and_say_that_they_illustrate(name: str) -> None:
    study = load_study(Path(__file__).resolve().parents[2] / "scenarios" / f"{name}.toml")
    assert study.illustration
    assert {role for source in study.inputs.sites for role in source.can_be} == {"lnsp", "cnsp"}


def test_the_zip_holds_one_geopackage_with_one_layer_in_rd(folder: Path) -> None:
    with zipfile.ZipFile(folder / f"{GRID_FILE}.zip") as archive:
        assert archive.namelist() == [f"{GRID_FILE}.gpkg"]
        assert archive.testzip() is None
    path = f"/vsizip/{folder / f'{GRID_FILE}.zip'}/{GRID_FILE}.gpkg"
    assert [layer for layer, _ in pyogrio.list_layers(path)] == [GRID_LAYER]
    assert pyogrio.read_info(path)["crs"] == "EPSG:28992"
    assert gpd.read_file(path).geom_type.eq("Polygon").all()


def test_the_grid_has_the_columns_of_the_cbs_file_in_its_order(shared_dir: Path, folder: Path) -> None:
    real = pyogrio.read_info(shared_dir / "data" / "cbs-vierkant-rijnmond-2024" / "cbs_vk100_2024_rijnmond.gpkg")
    ours = pyogrio.read_info(f"/vsizip/{folder / f'{GRID_FILE}.zip'}/{GRID_FILE}.gpkg")
    assert list(ours["fields"]) == list(real["fields"]) == list(GRID_COLUMNS)
    types = dict(zip(ours["fields"], ours["dtypes"], strict=True))
    real_types = dict(zip(real["fields"], real["dtypes"], strict=True))
    assert types["crs28992res100m"] == real_types["crs28992res100m"] == "object"
    assert types["aantal_inwoners"] == real_types["aantal_inwoners"] == "int32"
    assert types["gemiddelde_huishoudensgrootte"] == real_types["gemiddelde_huishoudensgrootte"] == "float64"


def test_counts_are_multiples_of_five_or_withheld(example: Example) -> None:
    counts = example.grid[[name for name in GRID_COLUMNS if name.startswith("aantal")]].to_numpy()
    shown = counts[counts != WITHHELD]
    assert (shown >= 5).all()
    assert (shown % 5 == 0).all()


def test_a_square_is_published_only_with_five_persons_or_five_dwellings(example: Example) -> None:
    true = example.squares.set_index(square_ids(example))
    grid = example.grid.set_index("crs28992res100m")
    assert not true.index.duplicated().any()
    assert set(true.index[true["persons"] >= 5]) <= set(grid.index)
    few = grid[true.loc[grid.index, "persons"].to_numpy() < 5]
    assert len(few) > 100
    assert (few["aantal_inwoners"] == WITHHELD).all()
    assert (few["aantal_woningen"] >= 5).all()


def test_the_id_of_a_square_is_its_lower_left_corner_in_hectometres(example: Example) -> None:
    bounds = example.grid.geometry.bounds
    ids = example.grid["crs28992res100m"]
    assert (ids.str[1:5].astype(int) * 100 == bounds["minx"]).all()
    assert (ids.str[6:10].astype(int) * 100 == bounds["miny"]).all()
    assert (bounds["maxx"] - bounds["minx"]).eq(100).all()
    assert (bounds["maxy"] - bounds["miny"]).eq(100).all()


def test_every_person_of_the_official_total_has_a_square(example: Example) -> None:
    gemeenten = example.region.gemeenten
    true = example.squares.groupby("gemeente")["persons"].sum()
    assert true.tolist() == gemeenten["inwoners"].tolist()
    assert gemeenten["inwoners"].sum() == 540_000
    assert len(gemeenten) == 11


def test_published_and_withheld_persons_make_the_total_but_for_rounding(example: Example) -> None:
    true = example.squares.set_index(square_ids(example))["persons"]
    grid = example.grid.set_index("crs28992res100m")["aantal_inwoners"]
    shown = grid[grid > 0]
    withheld = true.drop(shown.index).sum()
    assert (shown - true[shown.index]).abs().max() <= 2
    assert withheld + true[shown.index].sum() == 540_000
    assert abs(shown.sum() + withheld - 540_000) < 0.005 * 540_000


def test_the_grid_misses_most_people_in_rural_gemeenten_as_cbs_does(example: Example) -> None:
    share = published(example) / example.region.gemeenten.set_index("code")["inwoners"]
    assert share.between(0.93, 0.985).all(), share
    assert 0.93 < published(example).sum() / 540_000 < 0.97
    assert share[["GM0160", "GM0175", "GM0180"]].max() < share[["GM0150", "GM0193"]].min()
    assert 15_000 <= len(example.grid) <= 18_000


def test_towns_are_dense_and_nobody_lives_along_the_rivers(example: Example) -> None:
    zwolle = example.region.gemeenten.index[example.region.gemeenten["code"] == "GM0193"][0]
    towns = example.squares[(example.squares["gemeente"] == zwolle) & (example.squares["place"] >= 0)]
    farms = example.squares[example.squares["place"] < 0]
    assert towns["persons"].median() > 30
    assert farms["persons"].median() <= 3
    xy = example.land.centre_xy(example.squares["row"].to_numpy(), example.squares["column"].to_numpy())
    assert not shapely.contains_xy(no_house_area(), xy[:, 0], xy[:, 1]).any()


def test_boundaries_are_valid_in_one_piece_and_share_their_seams(example: Example) -> None:
    shapes = example.boundaries.geometry
    assert shapes.is_valid.all()
    assert shapes.geom_type.eq("MultiPolygon").all()
    assert shapely.coverage_is_valid(np.array([part for shape in shapes for part in shape.geoms], dtype=object))
    union = shapely.union_all(shapes.to_numpy())
    assert union.area == pytest.approx(shapes.area.sum(), rel=1e-9)
    assert union.geom_type == "Polygon"
    assert all(len(shape.geoms) == 1 for shape in shapes)
    assert 1_500e6 < union.area < 2_600e6


def test_every_candidate_stands_in_its_gemeente_apart_from_the_others(example: Example) -> None:
    sites = example.candidates
    area = example.boundaries.set_index("code").geometry
    inside = shapely.contains_xy(area.loc[sites["gemeentecode"]].to_numpy(), sites["x"], sites["y"])
    assert inside.all(), sites[~inside]
    assert not sites.duplicated(["gemeentecode", "naam"]).any()
    assert not sites.duplicated(["plaats", "adres"])[sites["soort"] != "stemlokaal"].any()


def test_there_are_at_least_twice_the_candidates_each_gemeente_needs(example: Example) -> None:
    quota = np.ceil(example.region.gemeenten.set_index("code")["inwoners"].sort_index() / 5000)
    buildings = example.candidates[example.candidates["soort"] != "stemlokaal"].groupby("gemeentecode").size()
    assert (buildings >= 2 * quota).all()
    assert 600 <= len(example.candidates) <= 700


def test_some_rows_are_second_rows_of_one_building(example: Example) -> None:
    sites = example.candidates
    second = sites[sites["soort"] == "stemlokaal"]
    assert len(second) >= 10
    keys = list(zip(second["plaats"], second["adres"], strict=True))
    first = sites[sites["soort"] != "stemlokaal"].set_index(["plaats", "adres"]).sort_index().loc[keys]
    apart = np.hypot(first["x"].to_numpy() - second["x"].to_numpy(), first["y"].to_numpy() - second["y"].to_numpy())
    assert (apart < 6).all()
    assert ("Stembureau " + first["naam"].to_numpy() == second["naam"].to_numpy()).all()


def test_the_candidates_are_of_the_kinds_each_gemeente_names(example: Example) -> None:
    kinds = example.candidates.groupby("gemeentecode")["soort"].value_counts().unstack(fill_value=0)
    assert (kinds.loc[["GM0148", "GM0177", "GM1773"], "kulturhus"] >= 2).all()
    assert kinds.loc["GM0180", ["kerk", "verenigingsgebouw"]].sum() > kinds.loc["GM0180"].sum() / 2
    assert (kinds.loc[["GM0150", "GM0175", "GM0193"], "buurthuis"] >= 5).all()
    assert (kinds["gemeentehuis"] == 1).all()
    assert set(example.candidates["status"]) <= set(STATUSES)
    assert (example.candidates["status"] == "idee").mean() > 0.85
    assert (example.candidates["noodstroom"] == "onbekend").mean() > 0.4


def test_there_are_34_fire_stations_two_of_them_in_zwolle_each_in_its_gemeente(example: Example) -> None:
    stations = example.stations
    assert len(stations) == 34
    assert (stations["plaats"] == "Zwolle").sum() == 2
    assert stations["naam"].is_unique
    area = example.boundaries.set_index("code").geometry
    assert shapely.contains_xy(area.loc[stations["gemeentecode"]].to_numpy(), stations["x"], stations["y"]).all()
    assert set(stations["vernieuwing"]) == {"2025", "2025-2030", "2030-2040", "2040-2050", "na 2050"}


def test_the_candidate_file_is_as_dutch_excel_saves_it(folder: Path) -> None:
    raw = (folder / SITES_FILE).read_bytes()
    assert b"\r\n" in raw
    table = pd.read_csv(folder / SITES_FILE, sep=";", decimal=",", encoding="cp1252")
    assert table["x"].dtype == table["vloeroppervlak_m2"].dtype == np.float64
    assert table["nummer"].is_unique


def test_the_totals_have_a_water_row_that_holds_no_persons(folder: Path) -> None:
    totals = pd.read_csv(folder / TOTALS_FILE)
    water = totals[totals["water"] == "JA"]
    assert len(water) >= 1
    assert (water["aantal_inwoners"] == WITHHELD).all()
    assert (totals[totals["water"] == "NEE"]["aantal_inwoners"] > 0).all()


def test_the_boundary_file_has_the_layout_of_the_cbs_gebiedsindelingen(folder: Path) -> None:
    info = pyogrio.read_info(folder / AREAS_FILE)
    assert info["layer_name"] == "gemeente_gegeneraliseerd"
    assert list(info["fields"]) == ["statcode", "jrstatcode", "statnaam", "rubriek", "id"]
    assert info["geometry_type"] == "MultiPolygon"


def test_a_smaller_scale_takes_whole_gemeenten_and_loses_nobody() -> None:
    one, three = build_example(scale=0.03), build_example(scale=0.16)
    assert one.region.gemeenten["naam"].tolist() == ["Olst-Wijhe"]
    assert len(three.region.gemeenten) == 3
    assert three.squares["persons"].sum() == three.region.gemeenten["inwoners"].sum()


@pytest.mark.parametrize("scale", [0.0, -1.0, 1.5, float("nan")])
def test_a_scale_out_of_range_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale must be above 0 and at most 1"):
        build_example(scale=scale)


def test_every_crossing_lies_on_a_river() -> None:
    for crossing in CROSSINGS:
        point = shapely.Point(crossing.x, crossing.y)
        assert min(river.line.distance(point) for river in RIVERS) < 200, crossing.name


def test_the_command_writes_the_example_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", str(tmp_path / "new"), "--scale", "0.03", "--seed", "5"]) == 0
    study = tmp_path / "new" / "voorbeeld.toml"
    assert capsys.readouterr().out.strip() == str(study)
    assert tomllib.loads(study.read_text(encoding="utf-8"))["illustration"] is True


def test_the_command_refuses_a_wrong_scale_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["write", str(tmp_path / "new"), "--scale", "3"]) != 0
    assert "scale must be above 0" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_the_scenarios_in_the_repository_name_files_that_the_generator_writes(folder: Path) -> None:
    named = set()
    for name in OVERLAYS:
        text = (SCENARIOS / f"{name}.toml").read_text(encoding="utf-8")
        named |= set(re.findall(f'path = "{re.escape(EXAMPLE_DATA)}(.*?)"', text))
    assert named == {*PRESENT_FILES, *ACROSS_FILES}
    assert all((folder / name).is_file() for name in named)


def test_scenarios_about_people_read_their_made_up_files_through_the_same_door(folder: Path, tmp_path: Path) -> None:
    overlays, found = write_overlays(tmp_path / "scenarios", f"{folder}/"), {}
    for name in ("zomer", "overdag", "kwetsbaren-per-buurt", "buren"):
        overlay = [str(overlays[each]) for each in ("hemelsbreed", name)]
        study, _ = load_scenario_study(folder / "voorbeeld.toml", overlay)
        found[name] = check_layers(study)
    summer, day = found["zomer"].presence, found["overdag"].presence
    assert summer is not None
    assert day is not None
    assert summer["guests"].sum() == pd.read_csv(folder / "campings_voorbeeld.csv", sep=";")["personen_zomer"].sum()
    assert day["away"].sum() == day["day"].sum() > 0
    assert found["kwetsbaren-per-buurt"].demand["buurt_code"].notna().all()
    assert found["kwetsbaren-per-buurt"].buurten is not None
    neighbours = found["buren"].neighbours
    assert neighbours is not None
    assert set(neighbours.areas["area_code"]) <= {"GM9001", "GM9002", "GM9003", "GM9004"}
    outline = found["buren"].areas.union_all()
    assert not neighbours.demand.geometry.intersects(outline).any()
    assert len(neighbours.sites) > 0
