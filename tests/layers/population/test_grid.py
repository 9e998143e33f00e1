"""Columns and squares of a grid that may be read in two ways: what is taken, and what is said of the doubt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from nsp_planner.config import PopulationInput
from nsp_planner.layers.population.grid import read_population
from nsp_planner.layers.population.vulnerable_groups import group_column
from nsp_planner.layers.raw.input_log import InputLog
from tests.towns.raw_files import square_box, write_grid

TWO = {"E2010N5010": 600, "E2030N5010": 10}


def read(path: Path, **settings: Any) -> tuple[pd.DataFrame | None, str]:
    """The grid, and what is wrong with it as a planner reads it."""
    log = InputLog()
    grid = read_population(PopulationInput(path=path, **settings), log)
    return grid, "\n".join(fault.as_text() for fault in log.faults.items)


def test_the_centre_of_a_square_is_half_a_side_from_its_corner(tmp_path: Path) -> None:
    grid, faults = read(write_grid(tmp_path / "g.gpkg", TWO))
    assert grid is not None
    assert faults == ""
    assert grid[["x_m", "y_m"]].to_numpy().tolist() == [[201_050, 501_050], [203_050, 501_050]]
    assert grid["resolution_m"].tolist() == [100, 100]
    assert grid["published_persons"].tolist() == [600, 10]
    assert grid["persons_65plus"].isna().all()


@pytest.mark.parametrize(
    ("other", "ids"),
    [([600, 10], None), ([600, 11], "E2030N5010"), ([None, 10], "E2010N5010"), ([1, 2], "E2010N5010, E2030N5010")],
)
def test_two_columns_that_may_be_the_inhabitants_must_agree(
    tmp_path: Path, other: list[int | None], ids: str | None
) -> None:
    grid, faults = read(write_grid(tmp_path / "g.gpkg", TWO, INWONER=other))
    assert (grid is None) is (ids is not None)
    if ids is not None:
        assert "two columns may be the inhabitants, and differ: aantal_inwoners and INWONER" in faults
        assert f"ids: {ids}" in faults


def test_where_both_columns_say_nothing_they_agree_and_another_column_is_no_matter(tmp_path: Path) -> None:
    squares = {**TWO, "E2031N5010": None}
    grid, faults = read(write_grid(tmp_path / "g.gpkg", squares, INWONER=[600, 10, None], huizen=[1, 2, 3]))
    assert grid is not None
    assert faults == ""
    assert grid["published_persons"].isna().tolist() == [False, False, True]


def test_a_square_off_the_grid_of_its_side_is_named(tmp_path: Path) -> None:
    boxes = [shapely.box(x, 501_000, x + 500, 501_500) for x in (201_000, 203_100)]
    path = write_grid(
        tmp_path / "g.gpkg", {"E2010N5010": 5, "E2031N5010": 9},
        columns=("crs28992res500m", "aantal_inwoners"), geometry=boxes,
    )  # fmt: skip
    grid, faults = read(path)
    assert grid is None
    assert "1 squares do not lie on a grid of 500 m" in faults
    assert "ids: E2031N5010" in faults
    assert "E2010N5010" not in faults


@pytest.mark.parametrize(("shift_m", "refused"), [(2.0, False), (2.1, True)])
def test_a_square_may_lie_two_metres_from_where_its_id_says(tmp_path: Path, shift_m: float, refused: bool) -> None:
    for n, (dx, dy) in enumerate(((shift_m, 0), (0, shift_m))):
        shapes = [shapely.transform(square_box(id_), lambda xy, d=(dx, dy): xy + d) for id_ in TWO]
        grid, faults = read(write_grid(tmp_path / f"{n}.gpkg", TWO, geometry=[shapes[0], square_box("E2030N5010")]))
        assert (grid is None) is refused
        assert ("1 squares lie elsewhere than their id says, up to 2 m" in faults) is refused


def test_one_square_in_two_notations_occurs_more_than_once(tmp_path: Path) -> None:
    squares = {"E2010N5010": 600, "E201000N501000": 10, "E2030N5010": 1}
    boxes = [square_box("E2010N5010")] * 2 + [square_box("E2030N5010")]
    grid, faults = read(write_grid(tmp_path / "g.gpkg", squares, geometry=boxes))
    assert grid is None
    assert "squares occur more than once" in faults
    assert "ids: E2010N5010, E201000N501000" in faults


def test_ids_outside_the_netherlands_or_of_another_form_are_no_squares(tmp_path: Path) -> None:
    squares = {"E2010N5010": 600, "E0001N0001": 10, "square 7": 1}
    grid, faults = read(write_grid(tmp_path / "g.gpkg", squares, geometry=[square_box("E2010N5010")] * 3))
    assert grid is None
    assert "2 ids are no squares of the CBS grid" in faults
    assert "ids: E0001N0001, SQUARE 7" in faults


def test_of_a_file_with_both_sides_the_study_says_which_and_a_third_is_refused(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "g.gpkg", TWO, c28992r500=["E2010N5010", "E2030N5010"])
    grid, _ = read(path, resolution_m=100)
    assert grid is not None
    assert grid["resolution_m"].tolist() == [100, 100]
    grid, faults = read(path)
    assert grid is None
    assert "the squares of the file are 100 and 500 m" in faults
    assert "the study says" not in faults
    grid, faults = read(write_grid(tmp_path / "one.gpkg", TWO), resolution_m=500)
    assert grid is None
    assert "the squares of the file are 100 m, the study says 500 m" in faults


def test_a_group_the_study_names_is_read_from_its_column_and_others_by_their_usual_names(tmp_path: Path) -> None:
    more = {"kinderen": [7, 1], "aantal_eenpersoonshuishoudens": [50, -99997]}
    log = InputLog()
    source = PopulationInput(path=write_grid(tmp_path / "g.gpkg", TWO, **more))
    grid = read_population(source, log, {"kind": "Kinderen"})
    assert grid is not None
    assert grid[group_column("kind")].tolist() == [7, 1]
    assert grid[group_column("alleenwonend")].isna().tolist() == [False, True]
    assert read_population(source, log, {"kind": "kind_0_4"}) is None
    assert 'no column "kind_0_4"' in log.faults.items[0].as_text()


def test_a_grid_whose_ids_are_right_and_that_has_no_inhabitants_says_so(tmp_path: Path) -> None:
    grid, faults = read(write_grid(tmp_path / "g.gpkg", TWO, columns=("crs28992res100m", "woningen")))
    assert grid is None
    assert "no column looks like the number of inhabitants" in faults
