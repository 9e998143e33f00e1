from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from nsp_planner.config import load_study
from nsp_planner.errors import SettingsError
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.run import run_question
from nsp_planner.questions.asking.supposed import read_supposed
from nsp_planner.questions.what_if.solve import answer_what_if
from nsp_planner.report.answers.write import answer_markdown
from nsp_planner.study.read import check_layers
from tests.towns.example_region import asked_about, write_overlay


@pytest.fixture
def study_file(example: Path, tmp_path: Path) -> Path:
    """The small example in a folder of its own, with overlays beside it."""
    text = example.read_text(encoding="utf-8").replace('path = "', f'path = "{example.parent}/')
    study = tmp_path / "studie.toml"
    text = text.replace("gap = 0.01", "gap = 0.05", 1).replace("nearest_sites = 12", "nearest_sites = 8", 1)
    study.write_text(text, encoding="utf-8")
    write_overlay(tmp_path / "uitval.toml", '[power_outage]\nwhole_region = true\nunknown = "keep"', title="Uitval")
    write_overlay(
        tmp_path / "tekort.toml", "[staff_shortage]\nclosed_share = 0.4\n[capacity]\nslack = 2.0", title="Tekort"
    )
    write_overlay(tmp_path / "niets.toml", "[ratios]\nlnsp_per_cnsp = 3")
    return study


@pytest.mark.slow
def test_every_scenario_meets_the_plan_at_hand_and_where_it_can_a_new_one(study_file: Path, tmp_path: Path) -> None:
    study = load_study(study_file).change(output=tmp_path / "runs", solver={"time_limit_s": 2})
    supposed = read_supposed(study_file, ["uitval", "tekort"], time_limit_s=1)
    result = run_question(Asked(study), partial(answer_what_if, supposed=supposed))
    table = result.answer.tables[0]
    assert [row[:2] for row in table.rows] == [
        ("Gewone dag", "plan dat er ligt"),
        ("Uitval", "plan dat er ligt"),
        ("Uitval", "nieuw plan"),
        ("Tekort", "plan dat er ligt"),
    ]
    labels = [column.label for column in table.columns]
    everybody = set()
    for row in table.rows:
        cells = dict(zip(labels, row, strict=True))
        if cells["L-NSP's"] is not None:
            everybody.add(round(cells["Inwoners met een L-NSP"] + cells["Inwoners zonder L-NSP"]))
    assert len(everybody) == 1
    normal, shortage = (dict(zip(labels, table.rows[n], strict=True)) for n in (0, 3))
    assert shortage["L-NSP's"] == max(1, int(normal["L-NSP's"] * 0.6))
    assert shortage["Inwoners die verder lopen"] > 0
    assert "Tekort: met het plan dat er ligt lopen" in result.answer.conclusion
    assert "Welke punten" in answer_markdown(result.answer)
    assert (result.folder / "antwoord.html").is_file()


def test_without_a_scenario_or_circumstances_the_question_says_what_to_give(study_file: Path) -> None:
    asked = Asked(load_study(study_file))
    with pytest.raises(SettingsError, match="there is no scenario to meet"):
        answer_what_if(asked, supposed=())
    with pytest.raises(SettingsError, match="'niets' holds no circumstances"):
        answer_what_if(asked, supposed=read_supposed(study_file, ["niets"]))


@pytest.mark.slow
def test_what_hinges_on_unknown_power_comes_before_who_walks_farther(study_file: Path, tmp_path: Path) -> None:
    study = load_study(study_file).change(output=tmp_path / "runs", solver={"time_limit_s": 2})
    layers = check_layers(study)
    layers = replace(layers, sites=layers.sites.assign(emergency_power="unknown"))
    asked = asked_about(study, layers)
    supposed = read_supposed(study_file, ["uitval"], time_limit_s=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nsp_planner.questions.what_if.solve.check_layers", lambda *_: layers)
        conclusion = answer_what_if(asked, supposed=supposed).conclusion
    assert conclusion.startswith("Uitval: Onbekend: van 4 van de 4 gekozen L-NSP's")
    assert "Van geen enkel gekozen L-NSP is bekend dat het noodstroom heeft" in conclusion
    everybody = "met het plan dat er ligt loopt niemand verder, heeft iedereen een L-NSP en woont"
    assert f"Gerekend alsof dat meevalt: {everybody}" in conclusion
