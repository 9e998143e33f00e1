"""What carries every answer: tables as text, workbook, CSV and Markdown, charts, and the marks of the docs."""

from __future__ import annotations

import csv
import datetime as dt
import xml.etree.ElementTree as ET
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from docs.make.answers import replace_between
from nsp_planner.cli.app import app
from nsp_planner.errors import SettingsError
from nsp_planner.evaluate.change.comparison import better_direction
from nsp_planner.report.answers.answer import (
    Answer,
    AnswerFigure,
    AnswerTable,
    Column,
    answer_as_dict,
    best_and_worst,
)
from nsp_planner.report.answers.write import answer_markdown, write_answer
from nsp_planner.report.svg.chart import Axis, Series, line_chart
from nsp_planner.report.text.units import value_text
from nsp_planner.sweep.file import read_sweep

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
EVIL = '=HYPERLINK("http://kwaad.example";"klik") <script>alert(1)</script> {{ 7 * 7 }} | pijp'
TABLE = AnswerTable(
    "proef",
    "Proef: [een] / twee?",
    (Column("Naam"), Column("Inwoners", "persons"), Column("Deel", "share"), Column("Afstand", "m")),
    ((EVIL, 12345.0, 0.125, 1234.5), ("Dorpshuis", None, float("nan"), 0.0)),
    marks={(0, 3): "worst", (1, 3): "best"},
)
ANSWER = Answer(
    "proef", "Titel <b>", "Vraag?", "Conclusie & meer.", (TABLE, TABLE), (), ("Een noot.",), ("CONCEPT",), ("CBS.",)
)


def test_every_file_of_an_answer_holds_the_same_figures_and_nothing_runs(tmp_path: Path) -> None:
    outputs = write_answer(tmp_path, ANSWER, created=NOW, version="0.1.0")
    assert {path.name for path in tmp_path.iterdir()} == {output.name for output in outputs}
    page = (tmp_path / "antwoord.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "{{ 7 * 7 }}" in page
    assert "12.345" in page
    assert page.count("slechtste</span>") == 2
    book = openpyxl.load_workbook(tmp_path / "proef.xlsx")
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 3
    cell = book[book.sheetnames[1]]["A5"]
    assert (cell.value, cell.data_type) == (EVIL, "s")
    assert book[book.sheetnames[1]]["B5"].value == 12345
    assert [cell.number_format for cell in book[book.sheetnames[1]][5]][1:] == ["#,##0", "0.0%", "#,##0"]
    assert [cell.fill.start_color.rgb for cell in book[book.sheetnames[1]]["D"][4:]] == ["FFF6D5D0", "FFCFE8CF"]
    told = {row[0].value: row[1].value for row in book["Conclusie"].iter_rows(min_row=4)}
    assert told == {"Titel <b>": "", "Vraag": "Vraag?", "Conclusie": "Conclusie & meer.", "Toelichting": "Een noot.",
                    "Bron": "CBS."}  # fmt: skip
    with (tmp_path / "proef.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[1] == [f"'{EVIL}", "12345", "0,125", "1234,5", "CONCEPT"]
    assert rows[2] == ["Dorpshuis", "", "", "0", "CONCEPT"]


def test_markdown_keeps_cells_in_their_columns_and_marks_them() -> None:
    lines = answer_markdown(ANSWER).splitlines()
    assert "| --- | ---: | ---: | ---: |" in lines
    assert "| Dorpshuis | – | – | **0 m** |" in lines
    evil = next(line for line in lines if "HYPERLINK" in line)
    assert evil.replace("\\|", "").count("|") == 5
    assert "<script" not in evil


def test_json_has_numbers_as_numbers_and_missing_as_null() -> None:
    rows = answer_as_dict(ANSWER)["tables"][0]["rows"]  # type: ignore[index]
    assert rows[1] == ["Dorpshuis", None, None, 0.0]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "m", "–"),
        (1234.6, "m", "1.235 m"),
        (0.5, "share", "50,0 %"),
        (1e6, "euro", "€ 1.000.000"),
        (4.5, "number", "4,5"),
    ],
)
def test_values_read_as_a_dutch_reader_expects(value: object, unit: str, text: str) -> None:
    assert value_text(value, unit) == text  # type: ignore[arg-type]


def test_a_chart_is_well_formed_names_its_series_and_escapes_text() -> None:
    svg = line_chart(
        [3.0, 1.0, 2.0],
        (Series("a <b>", [3.0, None, 1.0]), Series("c", [1.0, 2.0, 3.0], right=True)),
        x_axis=Axis("x"),
        left=Axis("links", 0.001),
        right=Axis("rechts"),
        marked=(0, "knik & zo"),
        title="Titel <x>",
    )
    root = ET.fromstring(svg)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a <b>", "c", "links", "rechts", "knik & zo"} <= set(texts)
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Titel <x>"  # type: ignore[union-attr]
    figure = AnswerFigure("f", "F", svg, "alt")
    assert figure.svg in answer_page(figure)


def answer_page(figure: AnswerFigure) -> str:
    from dataclasses import replace

    from nsp_planner.report.answers.write import answer_body

    return answer_body(replace(ANSWER, figures=(figure,)))


@pytest.mark.parametrize("values", [[], [5.0], [5.0, 5.0], [None, None]])
def test_a_chart_of_little_or_nothing_is_still_a_chart(values: list[float | None]) -> None:
    x = [float(n) for n in range(len(values))]
    ET.fromstring(line_chart(x, (Series("a", values),), x_axis=Axis("x"), left=Axis("y")))


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    text = "voor <!-- begin a b -->oud<!-- end a b --> na"
    once = replace_between(text, "a b", r"nieuw \1", Path("x.md"))
    assert once == "voor <!-- begin a b -->\n\nnieuw \\1\n\n<!-- end a b --> na"
    assert replace_between(once, "a b", r"nieuw \1", Path("x.md")) == once
    with pytest.raises(SettingsError, match="no marks"):
        replace_between(text, "c", "x", Path("x.md"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        ["compare"],
        ["sweep"],
    ],
)
def test_every_command_explains_itself(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, [*arguments, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output


def test_the_sweep_that_is_shipped_makes_24_scenarios(shared_dir: Path) -> None:
    assert shared_dir.is_dir()
    _, scenarios = read_sweep(Path(__file__).resolve().parents[3] / "scenarios" / "reeks.toml")
    assert len({scenario.key for scenario in scenarios}) == 24


def test_best_and_worst_need_a_direction_and_a_difference() -> None:
    assert best_and_worst([3.0, 1.0, None, 2.0], "low") == {1: "best", 0: "worst"}
    assert best_and_worst([3.0, 1.0, 3.0], "high") == {0: "best", 1: "worst", 2: "best"}
    assert best_and_worst([3.0, 1.0], None) == {}
    assert best_and_worst([2.0, 2.0], "low") == {}
    assert best_and_worst([2.0, float("nan")], "low") == {}


def test_the_direction_of_an_indicator_follows_what_it_says() -> None:
    assert better_direction("share_within_norm") == "high"
    assert better_direction("worst_distance_m") == "low"
    assert better_direction("unreachable_persons") == "low"
    assert better_direction("n_lnsp") is None
