"""What a rule left out and what was noted while reading stand in every output that lists buildings.

The toy with a cinema that stood on two lists, and a bus without a place.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest
from rich.console import Console

from nsp_planner.cli.reading import print_reading, reading_as_dict
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.unfit import UnfitCount, unfit_counts
from nsp_planner.evaluate.view import view_of_gemeente, whole_view
from nsp_planner.layers.sites.unfit import UNFIT_COLUMNS
from nsp_planner.report.board.annex import annex_tables
from nsp_planner.report.columns.layers import UNFIT
from nsp_planner.report.geopackage.write import write_geopackage
from nsp_planner.report.list.workbook import write_candidate_workbook
from nsp_planner.report.map.data import map_data
from tests.towns.planned import RUN, make_toy

BUS, CINEMA = "een bus is geen gebouw", "een bioscoop heeft vaste stoelen"
ROWS = [
    ("a:1", "a:1", "Bioscoop <b>", "zaal", "a", "1", "GM0001", "Plein 1", "Links", "bioscoop", CINEMA, 210_050.0, 5e5),
    ("b:7", "a:1", "Bios", "zaal", "b", "row 7", "GM0001", None, None, "bioscoop", CINEMA, 210_055.0, 5e5),
    ("a:2", "a:2", "Mobiel", "overig", "a", "2", "", None, None, "mobiel", BUS, float("nan"), float("nan")),
]
NAMES = [
    *("site_id", "building_id", "name", "kind", "source", "source_row_id", "gemeente_code", "address", "place"),
    *("rule", "reason", "x_m", "y_m"),
]
NOTES = [
    ("sites: a", "", "", 'niet gelezen: "beheerder"'),
    *[("sites: a", f"row {n}", f"Hal {n}", "ligt volgens de kaart in Rechts") for n in range(1, 6)],
]


@pytest.fixture(scope="module")
def toy() -> Evaluation:
    _, evaluation = make_toy()
    unfit = pd.DataFrame(ROWS, columns=NAMES)[list(UNFIT_COLUMNS)]
    notes = pd.DataFrame(NOTES, columns=["layer", "row_id", "name", "note"], dtype="str")
    layers = replace(evaluation.layers, unfit=unfit, notes=notes)
    return replace(evaluation, layers=layers, unfit=unfit_counts(layers))


def test_a_building_on_two_lists_counts_once(toy: Evaluation) -> None:
    assert toy.unfit == (UnfitCount("bioscoop", CINEMA, 1, 2), UnfitCount("mobiel", BUS, 1, 1))


def test_the_workbook_has_a_row_per_building_and_what_was_noted(toy: Evaluation, tmp_path: Path) -> None:
    write_candidate_workbook(tmp_path / "a.xlsx", toy, RUN)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    head, *rows = [[cell.value for cell in row] for row in book["Ongeschikt"].iter_rows(min_row=4)]
    assert head == [column.label for column in UNFIT]
    assert [row[:5] for row in rows] == [
        ["bioscoop", CINEMA, "Bioscoop <b>", "zaal", "Links"],
        ["mobiel", BUS, "Mobiel", "overig", None],
    ]
    noted = [[cell.value for cell in row] for row in book["Opmerkingen"].iter_rows(min_row=5)]
    assert noted[0] == ["gebouwen: a", "", "", 'niet gelezen: "beheerder"']
    assert noted[1][:2] == ["gebouwen: a", "rij 1"]
    assert len(noted) == len(NOTES)


def test_the_geopackage_draws_those_that_have_a_place(toy: Evaluation, tmp_path: Path) -> None:
    write_geopackage(tmp_path / "plan.gpkg", toy, RUN)
    layer = pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="ongeschikt")
    assert layer[["naam", "regel", "gemeente"]].to_numpy().tolist() == [["Bioscoop <b>", "bioscoop", "Links"]]
    assert list(layer.columns[:-1]) == [column.name for column in UNFIT]


def test_the_board_report_counts_them_per_rule(toy: Evaluation) -> None:
    (table,) = [each for each in annex_tables(toy) if "geen kandidaat" in str(each)]
    assert table["rows"] == [["bioscoop", CINEMA, "1"], ["mobiel", BUS, "1"]]


def test_the_map_has_those_that_have_a_place_behind_all_sites_with_rule_and_reason(toy: Evaluation) -> None:
    header, columns = map_data(whole_view(toy))
    assert header["unfit"] == [["Bioscoop <b>", "zaal", "Links", "Plein 1", "bioscoop", CINEMA]]
    n_sites = len(header["lnsps"]) + len(header["cnsps"]) + len(header["candidates"])
    assert (columns["site_x"][n_sites:].tolist(), columns["site_y"][n_sites:].tolist()) == ([210_050], [500_000])
    assert map_data(view_of_gemeente(toy, "GM0001"))[0]["unfit"] == header["unfit"]
    assert map_data(view_of_gemeente(toy, "GM0002"))[0]["unfit"] == []


def test_check_and_plan_say_it_in_a_few_lines(toy: Evaluation) -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    print_reading(console, toy.layers)
    told = console.export_text().splitlines()
    assert told[0].startswith("2 buildings are no candidates by rule: bioscoop 1, mobiel 1 (sheet Ongeschikt of a run")
    assert told[1:4] == [
        "Noted while reading:",
        '  sites: a: niet gelezen: "beheerder"',
        "  sites: a: Hal 1 (row 1): ligt volgens de kaart in Rechts",
    ]
    assert told[-1] == "  sites: a: 2 more of such rows (sheet Opmerkingen of a run)"
    data = reading_as_dict(toy.layers)
    assert data["unfit"] == {"bioscoop": 1, "mobiel": 1}
    assert len(data["notes"]) == len(NOTES)


def test_a_plan_in_which_every_building_is_fit_shows_none_of_it(tmp_path: Path) -> None:
    _, evaluation = make_toy()
    write_candidate_workbook(tmp_path / "a.xlsx", evaluation, RUN)
    assert "Ongeschikt" not in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert not any("geen kandidaat" in str(each) for each in annex_tables(evaluation))
