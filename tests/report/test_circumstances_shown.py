from __future__ import annotations

import json
from pathlib import Path

import pyogrio
import pytest

from nsp_planner.config import find_overlay, load_scenario_study, read_overlay
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.premises import premises_of
from nsp_planner.report.board.content import board_content
from nsp_planner.report.list.guide import guide_sections
from nsp_planner.report.map.write import write_map
from nsp_planner.report.text.key_figures import key_figures
from nsp_planner.report.text.walking_time import how_far_nl, minutes_nl
from nsp_planner.report.write import write_report
from nsp_planner.study.circumstances.site_effects import at_work
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.planned import RUN, make_study
from tests.towns.river_region import part_of_town, river_layers, river_study

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
READY = ("stroomuitval", "hoogwater", "personeelstekort", "brug-dicht", "veren-uit")


@pytest.fixture
def flooded(tmp_path: Path) -> PlannedStudy:
    layers = river_layers(flood=part_of_town(1300, 250, 1500, 350))
    outage = {"whole_region": True, "without": "keep"}
    study = river_study(tmp_path, flood={"area": ["water.gpkg"]}, power_outage=outage)
    return solve_study(study, layers, SilentProgress())


def test_every_output_says_how_many_are_to_be_evacuated_and_hinge_on_unknown_power(
    flooded: PlannedStudy, tmp_path: Path
) -> None:
    evaluation = evaluate_plan(flooded)
    evacuated, hinges = "Te evacueren: 10 inwoners", "Onbekend: van 1 van de 3 gekozen L-NSP's"
    board = json.dumps(board_content(evaluation, RUN), ensure_ascii=False, default=str)
    guide = str(guide_sections(evaluation, RUN))
    write_map(tmp_path / "kaart.html", evaluation, RUN)
    page = (tmp_path / "kaart.html").read_text(encoding="utf-8").replace("&#39;", "'")
    for output in (board, guide, page):
        assert evacuated in output
        assert hinges in output
    assert "Omstandigheden: stroomuitval, hoogwater" in page
    assert "geen gebouw op de lijst met plaats" not in board


@pytest.mark.slow
def test_the_manifest_holds_the_facts_and_conserves_everybody(flooded: PlannedStudy, tmp_path: Path) -> None:
    write_report(tmp_path, evaluate_plan(flooded), run_info=RUN)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    facts = manifest["circumstances"]
    assert facts["causes"] == ["power_outage", "flood"]
    assert facts["flood"]["evacuated"] == 10
    assert facts["power_outage"]["n_open_unknown"] == 1
    assert manifest["persons"]["served"] + manifest["persons"]["unreachable"] == 100
    assert [row["reason_nl"] for row in manifest["unreachable"]] == ["ligt onder water"]
    drawn = pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="omstandigheden")
    assert drawn["soort"].tolist() == ["onder water"]
    assert drawn.area.tolist() == pytest.approx([200 * 100])


def test_a_distance_comes_with_the_minutes_of_the_way_people_go() -> None:
    study = make_study()
    on_foot = premises_of(study)
    assert on_foot.metres_per_minute == 80
    assert how_far_nl(1250.0, on_foot) == "1.250 m, 16 minuten lopen"
    assert how_far_nl(30.0, on_foot) == "30 m, 1 minuut lopen"
    assert how_far_nl(float("nan"), on_foot) == "–"
    assert minutes_nl(None, on_foot) == "–"
    by_bicycle = premises_of(
        make_study(
            inputs={**study.model_dump(mode="json")["inputs"], "network": {"path": "n.osm.pbf"}},
            distances={"method": "network", "profile": "bicycle"},
        )
    )
    assert how_far_nl(2500.0, by_bicycle) == "2.500 m, 10 minuten fietsen"


def test_key_figures_of_distance_hold_minutes(flooded: PlannedStudy) -> None:
    figures = {figure.label: figure.text for figure in key_figures(evaluate_plan(flooded))}
    assert figures["Grootste loopafstand"] == "520 m, 6 min"


@pytest.mark.parametrize("study", ["voorbeeld", "ijsselland"])
@pytest.mark.parametrize("name", READY)
def test_the_ready_scenarios_fit_the_studies(study: str, name: str) -> None:
    file = SCENARIOS / f"{study}.toml"
    overlay = read_overlay(find_overlay(name, file))
    assert overlay.sentence.endswith(".")
    if study == "ijsselland" and "links" in overlay.settings:
        return  # straight lines have no bridges
    settings, applied = load_scenario_study(file, ["plan-ligt-vast", name])
    assert at_work(settings)
    assert settings.plan_at_hand is not None
    assert [scenario.name for scenario in applied] == ["plan-ligt-vast", name]
    for path in () if settings.flood is None else settings.flood.area:
        assert path.is_file()
