"""Water, outages and closed links on the map: what is drawn is what the plan reckoned with, and the tables say it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.view import whole_view
from nsp_planner.report.board.content import board_content
from nsp_planner.report.gis.geometry import circumstance_areas
from nsp_planner.report.map.circumstances import (
    BARRIER,
    CLOSED,
    COLOURS,
    LOOKS,
    MOST_POINTS,
    POWER,
    TITLES,
    WATER,
    Drawn,
    circumstance_columns,
    circumstance_tables,
    drawn_circumstances,
)
from nsp_planner.report.map.data import FLAG_NO_POWER, FLAG_UNDER_WATER, map_data, site_numbers
from nsp_planner.report.map.tables import Table
from nsp_planner.report.map.write import write_map
from nsp_planner.report.page.backdrop import STEP_M
from nsp_planner.report.page.projection import WebMercatorFit, fit_web_mercator
from nsp_planner.report.svg.picture import plan_picture
from nsp_planner.report.text.key_figures import key_figures
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.planned import RUN, make_toy
from tests.towns.river_region import part_of_town, river_layers, river_study

FLOOD = part_of_town(1300, 250, 1500, 350)
BOUNDS = (210_000.0, 500_000.0, 230_000.0, 520_000.0)


def solved(folder: Path, shapes: dict[str, Any] | None = None, **sections: Any) -> PlannedStudy:
    return solve_study(river_study(folder, **sections), river_layers(**(shapes or {})), SilentProgress())


@pytest.fixture
def flooded(tmp_path: Path) -> PlannedStudy:
    outage = {"gemeenten": ["GM0002"], "without": "drop"}
    return solved(tmp_path, {"flood": FLOOD}, flood={"area": ["water.gpkg"]}, power_outage=outage)


def decoded(columns: dict[str, np.ndarray], fit: WebMercatorFit) -> list[tuple[int, np.ndarray]]:
    """Kind and RD points of every packed line, as the browser walks them."""
    lines, at = [], 0
    for kind, length in zip(columns["cs_kind"], columns["cs_length"], strict=True):
        steps = np.column_stack([columns[f"cs_{axis}"][at : at + length] for axis in "xy"])
        lines.append((int(kind), np.asarray(fit.origin_m) + STEP_M * np.cumsum(steps, axis=0)))
        at += length
    return lines


def tables_of(evaluation: Evaluation) -> list[Table]:
    view = whole_view(evaluation)
    return circumstance_tables(view, site_numbers(view))


def rows_of(tables: list[Table], table_id: str) -> dict[str, tuple[str, ...]]:
    (table,) = (each for each in tables if each.id == table_id)
    return {row.cells[0]: row.cells[1:] for row in table.rows}


def test_an_ordinary_plan_draws_nothing_and_says_nothing(tmp_path: Path) -> None:
    _, evaluation = make_toy()
    header, columns = map_data(whole_view(evaluation))
    assert header["circumstances"] == []
    assert "cs_kind" not in columns
    assert tables_of(evaluation) == []
    write_map(tmp_path / "kaart.html", evaluation, RUN)
    page = (tmp_path / "kaart.html").read_text(encoding="utf-8")
    assert "Omstandigheden" not in page
    assert "schuine strepen" not in page


def test_water_and_the_dark_gemeente_are_drawn_where_they_are(flooded: PlannedStudy) -> None:
    drawn = drawn_circumstances(evaluate_plan(flooded))
    assert [each.kind for each in drawn] == [WATER, POWER]
    assert shapely.area(drawn[0].shapes).sum() == FLOOD.area
    areas = flooded.layers.areas.set_index("area_code").geometry
    assert shapely.equals(drawn[1].shapes[0], areas["GM0002"])
    header, columns = map_data(whole_view(evaluate_plan(flooded)))
    assert [each["title"] for each in header["circumstances"]] == ["Onder water", "Zonder stroom"]
    fit = fit_web_mercator(tuple(flooded.layers.areas.total_bounds))
    moved = replace(fit, origin_m=tuple(header["fit"]["origin_m"]))
    water = next(xy for kind, xy in decoded(columns, moved) if kind == WATER)
    assert shapely.hausdorff_distance(shapely.LinearRing(water), FLOOD.exterior) <= STEP_M
    found = circumstance_areas(evaluate_plan(flooded))
    assert found is not None
    assert found["soort"].tolist() == ["onder water", "zonder stroom"]


def test_squares_under_water_and_without_power_bear_a_flag(flooded: PlannedStudy) -> None:
    _, columns = map_data(whole_view(evaluate_plan(flooded)))
    points = flooded.layers.demand.geometry
    wet = np.array([FLOOD.covers(point) for point in points])
    assert wet.any()
    assert ((columns["flags"] & FLAG_UNDER_WATER) > 0).tolist() == wet.tolist()
    assert not (columns["flags"] & FLAG_NO_POWER).any()  # nobody lives south of the water


def test_the_tables_say_the_same_as_the_facts(flooded: PlannedStudy) -> None:
    evaluation = evaluate_plan(flooded)
    view = whole_view(evaluation)
    site_ids = site_numbers(view)
    tables = circumstance_tables(view, site_ids)
    told = rows_of(tables, "tabel-omstandigheden")
    facts = flooded.consequences
    assert facts is not None
    assert facts.flood is not None
    assert told["Onder water"][:2] == ("0,0 km²", str(facts.flood.persons))
    assert told["Onder water"][-1] == LOOKS[WATER]
    assert told["Zonder stroom"][2] == "1"  # ZUID has no emergency power
    lost = rows_of(tables, "tabel-uitval")
    assert lost == {"Gebouw ZUID": ("Zuideroever", "L-NSP", "stroomuitval", "valt uit")}
    (row,) = next(each for each in tables if each.id == "tabel-uitval").rows
    assert row.site is not None
    assert site_ids[row.site] == "ZUID"
    header, _ = map_data(whole_view(evaluation))
    assert row.site in header["refused"]
    assert "Te evacueren, of geen L-NSP binnen bereik" in [figure.label for figure in key_figures(evaluation)]


def test_an_outage_everywhere_is_told_not_drawn(tmp_path: Path) -> None:
    planned = solved(tmp_path, power_outage={"whole_region": True, "without": "keep"})
    evaluation = evaluate_plan(planned)
    assert drawn_circumstances(evaluation) == []
    told = rows_of(tables_of(evaluation), "tabel-omstandigheden")
    assert told == {"Zonder stroom": ("hele regio", "100", "0", "0", "niet apart getekend")}


def test_closed_links_and_barriers_are_lines_on_the_map_and_rows_in_the_table(tmp_path: Path) -> None:
    network = river_layers().networks["foot"]
    bridge = int(network.line_id[network.bridge][0])
    planned = solved(tmp_path, links={"closed_ids": [bridge]})
    evaluation = evaluate_plan(planned)
    (drawn,) = drawn_circumstances(evaluation)
    assert drawn.kind == CLOSED
    assert shapely.length(drawn.shapes).sum() == pytest.approx(
        float(network.length_m[network.line_id == bridge].sum()), abs=1
    )
    told = rows_of(tables_of(evaluation), "tabel-omstandigheden")
    assert told[f"Lijn {bridge} dicht"][-1] == LOOKS[CLOSED]
    line = shapely.LineString([(210_000, 500_000), (211_000, 500_000)])
    barred = replace(
        planned,
        layers=replace(planned.layers, link_shapes={"barriers": (line,)}),
        study=river_study(tmp_path, links={"barriers": ["lijn.gpkg"]}),
    )
    assert [each.kind for each in drawn_circumstances(evaluate_plan(barred))] == [BARRIER]


def test_a_coastline_of_a_hundred_thousand_points_fits_the_budget() -> None:
    turn = np.linspace(0, 2 * np.pi, 100_001)
    radius = 8_000 + 300 * np.sin(90 * turn)
    ring = np.column_stack([220_000 + radius * np.cos(turn), 510_000 + radius * np.sin(turn)])
    drawn = [Drawn(WATER, np.array([shapely.Polygon(ring)], dtype=object))]
    fit = fit_web_mercator(BOUNDS)
    header, columns = circumstance_columns(drawn, fit, BOUNDS)
    assert header == [{"kind": WATER, "key": "water", "title": TITLES[WATER], "colour": COLOURS[WATER]}]
    assert 1_000 < len(columns["cs_x"]) <= MOST_POINTS


def test_what_lies_elsewhere_is_not_in_the_page_of_a_gemeente() -> None:
    far = Drawn(WATER, np.array([shapely.box(100_000, 400_000, 101_000, 401_000)], dtype=object))
    assert circumstance_columns([far], fit_web_mercator(BOUNDS), BOUNDS) == ([], {})


def test_the_page_has_legend_and_tables(flooded: PlannedStudy, tmp_path: Path) -> None:
    write_map(tmp_path / "kaart.html", evaluate_plan(flooded), RUN)
    page = (tmp_path / "kaart.html").read_text(encoding="utf-8")
    for wanted in ("Onder water (schuine strepen)", "Zonder stroom (stippen)", 'id="tabel-uitval"', "valt nu uit"):
        assert wanted in page
    assert "Barrière (dwarsstrepen)" not in page


def test_the_picture_of_the_board_report_shows_them_and_says_so(flooded: PlannedStudy) -> None:
    evaluation = evaluate_plan(flooded)
    svg = plan_picture(evaluation)
    assert 'fill="url(#water)"' in svg
    assert 'fill="url(#stroom)"' in svg
    told = board_content(evaluation, RUN)["picture_extra"]
    assert told == ["Blauw gestreept: onder water.", "Paars gestippeld: zonder stroom."]
    ordinary = make_toy()
    assert "url(#" not in plan_picture(ordinary[1]).replace("url(#rand)", "")
    assert board_content(ordinary[1], RUN)["picture_extra"] == []


def test_the_board_is_asked_to_note_a_what_if_and_not_to_release_its_list(flooded: PlannedStudy) -> None:
    asked = board_content(evaluate_plan(flooded), RUN)["decisions"]
    assert "Het is geen voorstel voor een andere kandidatenlijst." in asked[0]
    assert not any("vrij te geven" in each for each in asked)
    assert "vrij te geven" in board_content(make_toy()[1], RUN)["decisions"][1]
