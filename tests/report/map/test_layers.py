"""Phases and backdrop on the map: what goes into the page, by numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.phases import NEVER, first_phase_within_norm
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.view import whole_view
from nsp_planner.layers.network.backdrop import MAIN_ROAD, MOTORWAY, STREET, Backdrop
from nsp_planner.report.map.data import map_data
from nsp_planner.report.map.write import write_map
from nsp_planner.report.page.backdrop import (
    MOST_POINTS,
    WATER,
    WATERWAY,
    backdrop_columns,
    drawn_columns,
    read_drawn_backdrop,
)
from nsp_planner.report.page.projection import fit_web_mercator
from nsp_planner.report.svg.backdrop import backdrop_paths
from nsp_planner.report.svg.frame import frame_around
from nsp_planner.report.svg.picture import plan_picture
from tests.towns.planned import RUN, make_toy
from tests.towns.planned_more import make_phases, with_backdrop, with_phases

BOUNDS = (209_900.0, 499_900.0, 210_700.0, 500_700.0)


@pytest.fixture(scope="module")
def toy() -> tuple[PlannedStudy, Evaluation]:
    planned, evaluation = make_toy()
    return planned, with_backdrop(evaluation)


def test_the_first_phase_of_a_square_is_that_of_the_first_site_within_its_norm(
    toy: tuple[PlannedStudy, Evaluation],
) -> None:
    planned, _ = toy
    first = make_phases(*toy).first_within_norm
    left, right = (planned.layers.sites.geometry.iloc[row] for row in (0, 1))
    for i, (x, y) in enumerate(planned.layers.demand.geometry.get_coordinates().to_numpy()):
        near = [
            1.3 * shapely.Point(x, y).distance(site) <= planned.local.service_distance_m[i] for site in (left, right)
        ]
        assert first[i] == (0 if near[0] else 1 if near[1] else NEVER)


def test_a_site_that_never_opens_leaves_its_people_waiting(toy: tuple[PlannedStudy, Evaluation]) -> None:
    planned, evaluation = toy
    phases = make_phases(*toy)
    assert replace(phases, year_of_site={}).phase_of(planned.local.site_ids) == [NEVER] * 3
    assert (first_phase_within_norm(planned, np.full(2, NEVER)) == NEVER).all()
    header, columns = map_data(whole_view(replace(evaluation, phases=phases)))
    assert header["phases"]["years"] == [2027, 2028]
    assert header["phases"]["of_site"][:4] == [0, 1, 0, NEVER]
    assert header["phases"]["texts"][0].startswith("1 van 2 L-NSP's en 1 van 1 C-NSP's open; ")
    persons = planned.local.population_persons[columns["norm_phase"] <= 0].sum()
    assert f"{persons:.0f} inwoners" in header["phases"]["texts"][0]


def test_without_phases_nothing_of_them_is_in_the_page(toy: tuple[PlannedStudy, Evaluation], tmp_path: Path) -> None:
    write_map(tmp_path / "a.html", toy[1], RUN)
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert 'id="nsp-phase"' not in page
    assert "Opent in" not in page.split("<script>")[0] + page.split("</script>")[-3]
    write_map(tmp_path / "b.html", with_phases(toy), RUN)
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert 'type="range"' in page
    assert '<h2 id="tabel-fasering">Fasering</h2>' in page
    assert "50.000 tot 80.000" in page


def test_a_table_of_phases_says_what_opens_when(toy: tuple[PlannedStudy, Evaluation], tmp_path: Path) -> None:
    write_map(tmp_path / "a.html", with_phases(toy), RUN, gemeente_code="GM0001")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert 'id="tabel-fasering"' not in page
    assert page.count(">Opent in</th>") == 2
    assert '<td class="nsp-n">2028</td>' in page


def test_the_backdrop_keeps_kinds_and_places_to_five_metres(toy: tuple[PlannedStudy, Evaluation]) -> None:
    backdrop = toy[1].layers.backdrop
    assert backdrop is not None
    fit = fit_web_mercator(BOUNDS)
    columns = backdrop_columns(backdrop, fit, BOUNDS)
    assert columns["bd_kind"].tolist() == [WATER, WATERWAY, MOTORWAY, MAIN_ROAD, STREET]
    assert columns["bd_length"].sum() == len(columns["bd_x"]) == len(columns["bd_y"])
    ends = np.cumsum(columns["bd_length"])[:-1]
    lines = [
        np.cumsum(np.column_stack(xy), axis=0) * 5 + fit.origin_m
        for xy in zip(np.split(columns["bd_x"], ends), np.split(columns["bd_y"], ends), strict=True)
    ]
    assert lines[0].min(axis=0).tolist() == pytest.approx([210_100, 500_100], abs=5)
    assert lines[0].max(axis=0).tolist() == pytest.approx([210_300, 500_250], abs=5)
    assert lines[2][0].tolist() == pytest.approx([209_500, 500_100], abs=5)


def test_no_backdrop_is_four_empty_columns() -> None:
    columns = backdrop_columns(None, fit_web_mercator(BOUNDS), BOUNDS)
    assert [len(columns[name]) for name in ("bd_kind", "bd_length", "bd_x", "bd_y")] == [0, 0, 0, 0]


@pytest.mark.slow
def test_a_crowd_of_streets_is_thinned_until_it_fits() -> None:
    random = np.random.default_rng(1)
    start = random.uniform([190_000, 480_000], [230_000, 520_000], (30_000, 2))
    steps = random.uniform(-150, 150, (30_000, 3, 2)).cumsum(axis=1)
    streets = shapely.linestrings(np.concatenate([start[:, None], start[:, None] + steps], axis=1))
    kinds = np.where(np.arange(30_000) < 300, MAIN_ROAD, STREET)
    empty = np.empty(0, dtype=object)
    backdrop = Backdrop("druk.osm.pbf", streets, kinds, empty, empty)
    bounds = (190_000.0, 480_000.0, 230_000.0, 520_000.0)
    columns = backdrop_columns(backdrop, fit_web_mercator(bounds), bounds)
    assert set(columns["bd_kind"]) == {MAIN_ROAD}
    assert len(columns["bd_x"]) <= MOST_POINTS
    small = (200_000.0, 500_000.0, 204_000.0, 504_000.0)
    assert STREET in backdrop_columns(backdrop, fit_web_mercator(small), small)["bd_kind"]


def test_a_picture_has_water_below_roads_and_streets_only_near_by(toy: tuple[PlannedStudy, Evaluation]) -> None:
    backdrop = toy[1].layers.backdrop
    near = backdrop_paths(backdrop, frame_around(BOUNDS, 400))
    far = backdrop_paths(backdrop, frame_around(BOUNDS, 400, margin_m=20_000))
    assert len(near[0]) == 2
    assert len(near[1]) == 3
    assert len(far[1]) == 2
    assert backdrop_paths(None, frame_around(BOUNDS, 400)) == ([], [])
    svg = plan_picture(toy[1])
    assert svg.index("#a9cfe6") < svg.index("#656c75") < svg.index("<circle")


def test_the_backdrop_of_a_finished_map_is_read_back_for_a_comparison(
    toy: tuple[PlannedStudy, Evaluation], tmp_path: Path
) -> None:
    write_map(tmp_path / "kaart.html", toy[1], RUN)
    drawn = read_drawn_backdrop(tmp_path / "kaart.html")
    assert drawn is not None
    fit = fit_web_mercator(BOUNDS)
    direct = backdrop_columns(toy[1].layers.backdrop, fit, BOUNDS)
    again = drawn_columns(drawn, fit)
    assert sorted(again) == sorted(direct)
    assert sorted(again["bd_kind"].tolist()) == sorted(direct["bd_kind"].tolist())
    assert len(drawn.lines) == len(drawn.kinds)
    roads = [line for kind, line in zip(drawn.kinds, drawn.lines, strict=True) if kind == MOTORWAY]
    backdrop = toy[1].layers.backdrop
    assert backdrop is not None
    assert roads[0].distance(backdrop.roads[0].interpolate(0.5, normalized=True)) <= 5


@pytest.mark.parametrize("text", ["", "<p>iets anders</p>", '<script id="nsp-data">geen base64!</script>'])
def test_a_file_that_is_no_map_gives_no_backdrop(tmp_path: Path, text: str) -> None:
    (tmp_path / "kaart.html").write_text(text, encoding="utf-8")
    assert read_drawn_backdrop(tmp_path / "kaart.html") is None
    assert read_drawn_backdrop(tmp_path / "geen.html") is None
    assert drawn_columns(None, fit_web_mercator(BOUNDS)) == {}


def test_a_map_without_a_backdrop_gives_none(tmp_path: Path) -> None:
    write_map(tmp_path / "kaart.html", make_toy()[1], RUN)
    assert read_drawn_backdrop(tmp_path / "kaart.html") is None
