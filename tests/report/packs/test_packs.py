"""Packs per gemeente and for the C-NSPs: the plan seen from there, and unknown is a question, not a no."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.provisions import CNSP, LNSP_BASIC, build_basics, build_gaps
from nsp_planner.evaluate.sites.station_takeover import station_takeover
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.view import view_of_gemeente
from nsp_planner.plan.decisions import DecisionSolver
from nsp_planner.report.cnsp_pack.write import failure_table, write_cnsp_pack
from nsp_planner.report.map.data import map_data
from nsp_planner.report.packs.gap import action_table, gap_table
from nsp_planner.report.packs.write import write_packs
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.hostile_names import EVIL_NAMES
from tests.towns.planned import RUN, evaluated, make_synthetic_region, make_toy
from tests.towns.river_region import river_layers, river_study


@pytest.fixture(scope="module")
def region() -> tuple[PlannedStudy, Evaluation]:
    return make_synthetic_region(3_000, 200, 60)


def rows_of(path: Path, sheet: str) -> list[dict[str, object]]:
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows(min_row=4, values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def test_a_gemeente_sees_its_own_people_and_everyone_who_comes_to_it(region: tuple[PlannedStudy, Evaluation]) -> None:
    planned, evaluation = region
    view = view_of_gemeente(evaluation, "GM0004")
    demand = planned.layers.demand
    home = demand["gemeente_code"] == "GM0004"
    lnsps = evaluation.lnsps.loc[evaluation.lnsps["gemeente_code"] == "GM0004", "site_id"]
    comes = evaluation.demand["site_id"].isin(lnsps)
    assert set(view.squares["demand_id"]) == set(demand.loc[home | comes.to_numpy(), "demand_id"])
    assert view.squares["demand_id"].tolist() == view.tables.demand["demand_id"].tolist()
    assert view.persons.tolist() == view.squares["population_persons"].tolist()
    assert view.tables.value("persons") == evaluation.value("persons", "GM0004")
    for row in view.tables.lnsps.itertuples():
        assert row.persons == evaluation.lnsps.set_index("site_id").loc[row.site_id, "persons"]


def test_a_view_takes_rows_and_leaves_the_plan_as_it_is(region: tuple[PlannedStudy, Evaluation]) -> None:
    evaluation = region[1]
    view = view_of_gemeente(evaluation, "GM0004")
    assert view.whole is evaluation
    assert view.place_names.tolist() == evaluation.place_names.iloc[view.rows].tolist()
    taken = evaluation.demand.iloc[view.rows].reset_index(drop=True)
    pd.testing.assert_frame_equal(view.tables.demand, taken)
    header, columns = map_data(view)
    assert [gemeente["name"] for gemeente in header["gemeenten"]] == ["Gemeente GM0004"]
    assert columns["persons"].sum() == view.squares["population_persons"].sum()


def test_a_code_outside_the_region_is_refused(region: tuple[PlannedStudy, Evaluation]) -> None:
    with pytest.raises(KeyError, match="GM9999"):
        view_of_gemeente(region[1], "GM9999")


def test_unknown_is_a_question_and_never_a_no() -> None:
    planned, evaluation = make_toy()
    sites, figures = planned.layers.sites, evaluation.report_figures
    gaps = gap_table(sites, figures.gaps)
    first = gaps[gaps["Id"] == "gebouwen-1"].set_index("Voorziening")
    assert first.loc["Toiletten", "Wat te doen"] == ""
    assert first.loc["Noodstroom", "Wat te doen"] == "Noodstroom: navragen bij eigenaar of beheerder."
    assert first.loc["Drempelvrij", "Wat te doen"] == "Drempelvrij: is er niet; bekijken of het nodig is."
    actions = action_table(sites, figures.basics, {"gebouwen-1": "is er een zaal"}).set_index("Id")
    assert actions.loc["gebouwen-1", ["Basisnormen op orde", "Regelen", "Navragen"]].tolist() == [
        1,
        0,
        len(LNSP_BASIC) - 1,
    ]
    assert "Regelen:" not in actions.loc["gebouwen-1", "Actie"]
    sites.loc[0, "heat"] = "no"
    basics = build_basics(build_gaps(sites, evaluation.lnsps["site_id"], []))
    assert "Regelen: warmte." in action_table(sites, basics, {}).set_index("Id").loc["gebouwen-1", "Actie"]


@pytest.mark.slow
def test_every_gemeente_gets_a_map_of_at_most_500_kb_and_its_own_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # wishes fill a sheet of their own, looked at in test_local_wish; solving 136 of them is no matter of map or list
    monkeypatch.setattr(DecisionSolver, "is_quick", False)
    planned, evaluation = make_synthetic_region(17_000, 700, 114)
    outputs = write_packs(tmp_path, evaluated(planned), RUN)
    assert len(outputs) == 2 * 10
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")} == {o.name for o in outputs}
    assert all(path.stat().st_size <= 500_000 for path in tmp_path.glob("gemeenten/*/kaart.html"))
    own = planned.layers.sites[planned.layers.sites["gemeente_code"] == "GM0002"]
    listed = rows_of(tmp_path / "gemeenten/gemeente-gm0002/pakket.xlsx", "Lijst")
    assert {row["Id"] for row in listed} == set(own["site_id"])
    staff = {
        row["Middel"]: row["Aantal"] for row in rows_of(tmp_path / "gemeenten/gemeente-gm0002/pakket.xlsx", "Bemensing")
    }
    assert staff["Mensen per dienst op de L-NSP's"] == 2 * (evaluation.lnsps["gemeente_code"] == "GM0002").sum()


def test_when_a_cnsp_fails_the_nearest_other_one_takes_over(region: tuple[PlannedStudy, Evaluation]) -> None:
    planned, evaluation = region
    table = failure_table(station_takeover(planned, evaluation))
    assert len(table) == len(evaluation.lnsps)
    assert (table["C-NSP"] != table["Neemt over"]).all()
    points = planned.layers.sites.set_index("site_id").geometry
    cnsps = evaluation.cnsps
    for row in evaluation.lnsps.itertuples():
        others = cnsps[cnsps["site_id"] != row.cnsp_id]
        nearest = min(1.3 * points[row.site_id].distance(points[other]) for other in others["site_id"])
        found = table.loc[(table["L-NSP"] == row.name) & (table["C-NSP"] == row.cnsp_name), "Afstand (m)"]
        assert nearest in [pytest.approx(metres) for metres in found]


def test_with_one_cnsp_nobody_takes_over() -> None:
    table = failure_table(station_takeover(*make_toy()))
    assert table["Neemt over"].isna().all()


@pytest.mark.slow
def test_names_stay_text_in_a_pack(tmp_path: Path) -> None:
    write_packs(tmp_path, make_toy(EVIL_NAMES)[1], RUN)
    write_cnsp_pack(tmp_path, make_toy(EVIL_NAMES)[1], RUN)
    for path in tmp_path.rglob("*.xlsx"):
        cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row]
        assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    for path in tmp_path.rglob("*.html"):
        assert "<script>alert(1)" not in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_wrapped_text_gets_the_room_it_needs_in_every_program(tmp_path: Path) -> None:
    write_packs(tmp_path, make_toy()[1], RUN)
    sheet = openpyxl.load_workbook(tmp_path / "gemeenten/links/pakket.xlsx")["Acties"]
    (column,) = [cell.column for cell in sheet[4] if cell.value == "Actie"]
    text = str(sheet.cell(5, column).value)
    assert len(text) > 100
    assert sheet.row_dimensions[5].height >= 14 * len(text) / 60


def test_a_fire_station_has_no_owner_to_look_for() -> None:
    planned, evaluation = make_toy()
    basics = evaluation.report_figures.basics
    actions = action_table(planned.layers.sites, basics[basics["role"] == CNSP], {})
    assert len(actions) == 1
    assert actions["Actie"].str.startswith("Met de brandweer").all()


def test_a_gemeente_where_nobody_lives_and_nobody_goes_has_a_map_and_a_pack(tmp_path: Path) -> None:
    """The outage takes the only building of the southern bank, and the river town has no square there."""
    outage = {"gemeenten": ["GM0002"], "without": "drop", "unknown": "drop"}
    planned = solve_study(river_study(tmp_path, power_outage=outage), river_layers(), SilentProgress())
    evaluation = evaluated(planned)
    empty = next(code for code in ("GM0001", "GM0002") if not len(view_of_gemeente(evaluation, code).rows))
    header, columns = map_data(view_of_gemeente(evaluation, empty))
    assert len(columns["persons"]) == 0
    assert [gemeente["name"] for gemeente in header["gemeenten"]] == ["Zuideroever"]
    assert len(write_packs(tmp_path, evaluation, RUN)) == 4
