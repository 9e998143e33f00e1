"""The grid as CBS ships it, in every name and form; gemeente, kern and counting of what is left out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from nsp_planner.layers.population.grid import read_population
from nsp_planner.layers.raw.input_log import InputLog
from tests.towns.raw_files import SQUARES, TOTALS, WITHHELD, layers_of, make_world, write_grid, write_totals


def persons_of(study: dict[str, object]) -> dict[str, int]:
    demand = layers_of(study).demand
    return dict(zip(demand["demand_id"], demand["population_persons"], strict=True))


def conserved(study: dict[str, object], in_file: int) -> None:
    """Persons of demand plus left out are those of the file plus those added."""
    layers = layers_of(study)
    left = layers.left_out[layers.left_out["layer"] == "population"]["persons"].sum()
    assert layers.demand["population_persons"].sum() + left == in_file + layers.calibration["added_persons"].sum()


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [
        ("crs28992res100m", "aantal_inwoners", "aantal_inwoners_65_jaar_en_ouder"),
        ("C28992R100", "INWONER", "INW_65PL"),
        ("crs28992res100M", "aantalInwoners", "aantalInwoners65JaarEnOuder"),
    ],
)
def test_the_column_names_of_every_year_and_door_are_read(tmp_path: Path, names: tuple[str, str, str]) -> None:
    older = {names[2]: [5.0, WITHHELD, None, 5, 0, 5, 5]}
    grid = write_grid(tmp_path / "other.gpkg", columns=names[:2], **older)
    layers = layers_of(make_world(tmp_path, population={"path": str(grid)}))
    assert layers.demand["population_persons"].sum() == sum(TOTALS.values())
    assert layers.demand["persons_65plus"].isna().sum() == 2


@pytest.mark.slow
def test_ids_in_metres_are_the_same_squares(tmp_path: Path) -> None:
    squares = {f"E{s[1:5]}00N{s[6:]}00": n for s, n in SQUARES.items()}
    study = make_world(tmp_path)
    before = layers_of(study).demand
    import shapely

    from tests.towns.raw_files import square_box

    boxes: list[shapely.Geometry] = [square_box(s) for s in SQUARES]
    study["inputs"]["population"]["path"] = str(write_grid(tmp_path / "m.gpkg", squares, geometry=boxes))
    after = layers_of(study).demand
    assert set(after["demand_id"]) == set(squares)
    assert before.geometry.geom_equals(after.geometry).all()


def test_squares_of_500_m_are_read_and_typed(tmp_path: Path) -> None:
    import shapely

    squares = {"E2010N5010": 600, "E2030N5010": 30, "E2050N5010": 50}
    boxes = [shapely.box(x, 501_000, x + 500, 501_500) for x in (201_000, 203_000, 205_000)]
    grid = write_grid(tmp_path / "g.gpkg", squares, columns=("crs28992res500m", "aantal_inwoners"), geometry=boxes)
    demand = layers_of(make_world(tmp_path, population={"path": str(grid)})).demand
    assert demand["resolution_m"].unique().tolist() == [500]
    assert demand.geometry.x.tolist() == [201_250, 203_250, 205_250]
    assert demand["area_type"].tolist() == ["kern", "buitengebied", "buitengebied"]


@pytest.mark.slow
def test_a_zip_is_read_as_the_file_in_it_whatever_its_member_is_called(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    plain = persons_of(study)
    with zipfile.ZipFile(tmp_path / "vk.zip", "w") as archive:
        archive.write(tmp_path / "grid.gpkg", "../../uit/2025-cbs_vk100_2024_v1.gpkg")
        archive.writestr("leesmij.txt", "hallo")
    study["inputs"]["population"]["path"] = str(tmp_path / "vk.zip")
    assert persons_of(study) == plain
    assert not (tmp_path.parent.parent / "uit").exists()
    record = next(each for each in layers_of(study).inputs if each.layer == "population")
    assert (record.n_rows, record.n_bytes) == (7, (tmp_path / "vk.zip").stat().st_size)


@pytest.mark.slow
def test_of_a_zip_with_both_grids_the_resolution_of_the_study_decides(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    plain = persons_of(study)
    with zipfile.ZipFile(tmp_path / "vk.zip", "w") as archive:
        archive.write(tmp_path / "grid.gpkg", "cbs_vk100_2024.gpkg")
        archive.writestr("cbs_vk500_2024.gpkg", "not read")
    study["inputs"]["population"] = {"path": str(tmp_path / "vk.zip"), "resolution_m": 100}
    assert persons_of(study) == plain


@pytest.mark.slow
@pytest.mark.parametrize("code", [-99997, -99995, -99991, None])
def test_a_negative_code_is_missing_never_zero(tmp_path: Path, code: int | None) -> None:
    grid = write_grid(tmp_path / "other.gpkg", {**SQUARES, "E2070N5030": code})
    layers = layers_of(make_world(tmp_path, population={"path": str(grid)}))
    square = layers.demand.set_index("demand_id").loc["E2070N5030"]
    assert pd.isna(square["published_persons"])
    assert square["population_persons"] == 4
    assert layers.calibration["n_withheld_squares"].tolist() == [0, 1]


def test_without_totals_the_grid_counts_as_published_and_withheld_squares_are_told(tmp_path: Path) -> None:
    layers = layers_of(make_world(tmp_path, totals=None))
    assert layers.calibration["official_persons"].isna().all()
    assert layers.calibration["added_persons"].tolist() == [0, 0]
    assert layers.calibration["total_persons"].tolist() == [615, 35]
    assert layers.demand["population_persons"].sum() == 650
    reported = layers.left_out.iloc[0]
    assert (reported["row_id"], reported["name"]) == ("GM0002", "Bedorp")
    assert "niet vrijgegeven" in reported["reason"]
    assert pd.isna(reported["persons"])


@pytest.mark.slow
def test_a_square_with_nobody_is_no_demand_and_is_counted(tmp_path: Path) -> None:
    grid = write_grid(tmp_path / "other.gpkg", {**SQUARES, "E2031N5031": 0, "E2032N5031": 0})
    study = make_world(tmp_path, population={"path": str(grid)})
    layers = layers_of(study)
    assert "E2031N5031" not in set(layers.demand["demand_id"])
    assert layers.left_out["reason"].tolist() == ["geen inwoners volgens het bestand (2 vierkanten)"]
    conserved(study, in_file=650)


@pytest.mark.slow
def test_people_of_other_gemeenten_and_of_none_are_left_out_and_counted(tmp_path: Path) -> None:
    more = {"E2090N5010": 70, "E2091N5010": 30, "E2010N5044": 15, "E2010N5046": 25, "E2010N5090": None}
    grid = write_grid(tmp_path / "other.gpkg", {**SQUARES, **more})
    study = make_world(tmp_path, population={"path": str(grid)})
    layers = layers_of(study)
    # 450 m north of Aldorp is still Aldorp, 650 m is of nobody.
    assert layers.demand.set_index("demand_id").loc["E2010N5044", "gemeente_code"] == "GM0001"
    assert layers.notes["note"].tolist() == [
        "1 vierkant (15 inwoners) net buiten elke grens toegedeeld aan de dichtstbijzijnde gemeente"
    ]
    left = layers.left_out.set_index("row_id")["persons"]
    assert left["GM0003"] == 100
    assert left["E2010N5046"] == 25
    assert pd.isna(left["E2010N5090"])
    conserved(study, in_file=650 + 100 + 15 + 25)


def test_people_just_over_the_border_make_a_kern_too(tmp_path: Path) -> None:
    squares = {**SQUARES, "E2078N5030": 10, "E2080N5030": 700}
    study = make_world(tmp_path, population={"path": str(write_grid(tmp_path / "other.gpkg", squares))})
    types = layers_of(study).demand.set_index("demand_id")["area_type"]
    assert types["E2078N5030"] == "kern"
    assert types["E2070N5010"] == "buitengebied"


@pytest.mark.slow
def test_scaling_down_empties_no_gemeente_and_stays_exact(tmp_path: Path) -> None:
    study = make_world(
        tmp_path, totals={"path": str(write_totals(tmp_path / "less.csv", {"GM0001": 601, "GM0002": 24}))}
    )
    layers = layers_of(study)
    assert layers.calibration["total_persons"].tolist() == [601, 24]
    assert layers.calibration["added_persons"].tolist() == [-14, -11]
    conserved(study, in_file=650)


@pytest.mark.slow
def test_the_order_of_rows_in_the_file_does_not_matter(tmp_path: Path) -> None:
    study = make_world(tmp_path)
    before = layers_of(study).demand
    reordered = write_grid(tmp_path / "other.gpkg", list(reversed(SQUARES.items())))
    study["inputs"]["population"]["path"] = str(reordered)
    pd.testing.assert_frame_equal(before, layers_of(study).demand)


def test_only_the_columns_needed_are_kept(tmp_path: Path) -> None:
    from nsp_planner.config import PopulationInput

    grid = write_grid(tmp_path / "g.gpkg", aantal_woningen=[1] * 7)
    log = InputLog()
    table = read_population(PopulationInput(path=grid), log)
    assert table is not None
    assert len(log.files) == 1
    assert list(table.columns) == [
        "demand_id", "x_m", "y_m", "published_persons", "persons_65plus", "resolution_m",
    ]  # fmt: skip
