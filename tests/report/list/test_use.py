"""Use, staff and planning in the workbook: known answers, real numbers, a header that stays."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.use import rounded_up, use_per_lnsp
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report.board.content import board_content
from nsp_planner.report.board.planning import planning
from nsp_planner.report.list.use import LATER, USE_SHEET, planning_sheets, use_table
from nsp_planner.report.list.workbook import write_candidate_workbook
from nsp_planner.report.text.dutch import euro_range_nl
from nsp_planner.report.workbook.book import TABLE_STARTS_AT
from tests.towns.planned import RUN, make_toy
from tests.towns.planned_more import make_phases, with_phases


@pytest.fixture(scope="module")
def toy() -> tuple[PlannedStudy, Evaluation]:
    return make_toy()


def test_five_thousand_persons_need_what_the_norms_say(toy: tuple[PlannedStudy, Evaluation]) -> None:
    planned, evaluation = toy
    lnsps = evaluation.lnsps.assign(persons=[5_000.0, 0.0])
    use = rounded_up(use_per_lnsp(planned.layers.sites, lnsps, planned.norms))
    row = use_table(replace(evaluation, use=use)).set_index("Id").loc[evaluation.lnsps["site_id"].iloc[0]]
    # 20 % a day, 2 hours, peak factor 2: the example of evaluate.capacity
    assert row["Bezoekers per dag"] == 1_000
    assert row["Gemiddeld tegelijk"] == math.ceil(1_000 * 2 / 24)
    assert row["Tegelijk op het drukst"] == math.ceil(1_000 * 2 / 24 * 2)
    assert row["Waterpunten"] == 2
    assert row["Liter water per dag"] == 5_000 * planned.norms.value("water_litres_per_person_day")
    assert row["Mensen per dienst"] == 2
    assert row["Diensten per dag"] == 2 * planned.norms.value("shifts_per_day")
    assert row["Diensten in 72 uur"] == 3 * row["Diensten per dag"]


def test_a_cnsp_has_staff_and_no_visitors(toy: tuple[PlannedStudy, Evaluation]) -> None:
    table = use_table(toy[1])
    assert table["Rol"].tolist() == ["L-NSP", "L-NSP", "C-NSP"]
    station = table.iloc[2]
    assert station["Mensen per dienst"] == 2
    assert pd.isna(station["Bezoekers per dag"])
    assert pd.isna(station["Liter water per dag"])


def test_the_sheet_has_numbers_a_frozen_header_and_a_print_setup(
    toy: tuple[PlannedStudy, Evaluation], tmp_path: Path
) -> None:
    write_candidate_workbook(tmp_path / "a.xlsx", toy[1], RUN)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet, header_row = book[USE_SHEET], TABLE_STARTS_AT + 1
    header = {cell.value: cell.column for cell in sheet[header_row]}
    for name in ("Inwoners", "Tegelijk op het drukst", "Mensen per dienst", "Liter water per dag"):
        cell = sheet.cell(header_row + 1, header[name])
        assert isinstance(cell.value, int | float), name
        assert cell.number_format == "#,##0"
    assert sheet.freeze_panes == f"C{header_row + 1}"
    assert sheet.print_title_rows == f"${header_row}:${header_row}"
    assert sheet.page_setup.orientation == "landscape"
    assert "Planning" not in book.sheetnames
    assert USE_SHEET in [cell.value for cell in book["Leeswijzer"]["A"]]


def test_with_phases_the_workbook_has_the_planning(toy: tuple[PlannedStudy, Evaluation], tmp_path: Path) -> None:
    write_candidate_workbook(tmp_path / "a.xlsx", with_phases(toy), RUN)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    years = [row[0].value for row in book["Planning"].iter_rows(min_row=TABLE_STARTS_AT + 2)]
    assert years == [2027, 2028]
    assert book["Planning"].cell(TABLE_STARTS_AT + 2, 1).number_format == "0"
    assert "Planning" in [cell.value for cell in book["Leeswijzer"]["A"]]


def test_a_site_that_does_not_open_within_the_years_comes_last(toy: tuple[PlannedStudy, Evaluation]) -> None:
    _, evaluation = toy
    phases = make_phases(*toy)
    first = str(evaluation.lnsps["site_id"].iloc[0])
    years = {site: year for site, year in phases.year_of_site.items() if site != first}
    sheets = planning_sheets(evaluation, replace(phases, year_of_site=years))
    (_, _, sites) = sheets[1]
    assert sites["Id"].iloc[-1] == first
    assert sites["Jaar van opening"].iloc[-1] == LATER
    assert len(sites) == 3


def test_the_board_reads_when_all_is_open_and_what_it_costs(toy: tuple[PlannedStudy, Evaluation]) -> None:
    evaluation = with_phases(toy)
    told = planning(evaluation)
    assert told is not None
    assert told["text"][0].startswith("In 2027 gaan de eerste 2 noodsteunpunten open. Eind 2028 zijn alle 3 open.")
    assert told["table"]["rows"][0] == [
        "2027", "1 (+1)", "1 (+1)", "200 (56 %)", "50.000 tot 80.000", "5.000 tot 8.000",
    ]  # fmt: skip
    assert board_content(evaluation, RUN)["planning"] == told
    assert board_content(toy[1], RUN)["planning"] is None


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ({}, "In 2027 gaat er nog geen noodsteunpunt open. Eind 2028 zijn er 0 van de 3 open; "),
        (dict.fromkeys(range(3), 2027), "In 2027 gaan alle 3 noodsteunpunten open. Wat open is"),
        ({0: 2027, 1: 2028}, "In 2027 gaat het eerste noodsteunpunt open. Eind 2028 zijn er 2 van de 3 open; "),
    ],
)
def test_the_sentence_follows_what_opens(
    toy: tuple[PlannedStudy, Evaluation], years: dict[int, int], told: str
) -> None:
    _, evaluation = toy
    ids = [*evaluation.lnsps["site_id"].astype(str), *evaluation.cnsps["site_id"].astype(str)]
    phases = replace(make_phases(*toy), year_of_site={ids[n]: year for n, year in years.items()})
    said = planning(replace(evaluation, phases=phases))
    assert said is not None
    assert said["text"][0].startswith(told)


def test_a_range_of_euros_without_an_end_is_a_dash() -> None:
    assert euro_range_nl(10_000, 25_000) == "10.000 tot 25.000"
    assert euro_range_nl(float("nan"), 25_000) == "–"
