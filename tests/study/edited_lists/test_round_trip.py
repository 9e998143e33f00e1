"""What nobody edited stays as it was: lists that go out, come back and are planned with.

The world of ``tests.towns.village``, with halls that lie between whole metres: a list shows whole metres, so whoever
takes its coordinates over moves every hall. In Aldorp two of three halls are to open: the old gym is afgevallen, so
they are the hall and the barn; with the gym back and the barn refused they are the hall and the gym.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from nsp_planner.config import load_scenario_study
from nsp_planner.errors import DataError, Faults
from nsp_planner.evaluate.change.comparison import find_moved
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.report.columns.sites import PRESENT
from nsp_planner.report.csv_files import read_semicolon_rows
from nsp_planner.study.edited_lists.merge import merge_lists
from nsp_planner.study.edited_lists.write import write_merged_lists
from nsp_planner.study.finished_run import read_finished_run
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.read import check_layers
from nsp_planner.study.run import RunResult, run_study
from tests.towns.village import HALLS, write_villages

pytestmark = pytest.mark.slow

BARN, GYM, HALL = "zalen:203550-502050", "zalen:201351-501050", "zalen:201050-501050"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_villages(tmp_path_factory.mktemp("dorpen"))
    halls = HALLS.replace("203550;502050", "203550.38;502049.71").replace("201350;501050", "201350.62;501049.9")
    (path.parent / "zalen.csv").write_text(halls, encoding="utf-8")
    return path


def planned_with(study: Path, *scenarios: Path) -> RunResult:
    loaded, applied = load_scenario_study(study, [str(path) for path in scenarios])
    return run_study(loaded.change(output=study.parent / "runs"), command="test", scenarios=applied)


@pytest.fixture(scope="module")
def first(study: Path) -> RunResult:
    return planned_with(study)


def sent_back(run: Path, target: Path, edits: Mapping[str, Mapping[str, str]]) -> Path:
    """The merged list of a run with these cells edited; returns the scenario."""
    rows = read_semicolon_rows(run / "kandidatenlijst.csv")
    for row in rows:
        row |= edits.get(row["Id"], {})
    with (target.with_suffix(".csv")).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    write_merged_lists(target, merge_lists(run, [target.with_suffix(".csv")]))
    return target / "lijsten.toml"


def read_back(folder: Path) -> FinishedRun:
    run = read_finished_run(folder, Faults(), "test")
    assert run is not None
    return run


@pytest.fixture(scope="module")
def other(study: Path, first: RunResult, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """Planned with a list in which the barn is refused and the gym is no longer afgevallen."""
    edits = {BARN: {"Vastgelegd": "afgewezen"}, GYM: {"Status": "in gesprek", "Reden": ""}}
    return planned_with(study, sent_back(first.folder, tmp_path_factory.mktemp("lijst") / "een", edits))


def test_a_list_in_which_nothing_was_edited_gives_the_same_plan_bit_for_bit(
    study: Path, first: RunResult, tmp_path: Path
) -> None:
    again = planned_with(study, sent_back(first.folder, tmp_path / "terug", {}))
    pd.testing.assert_frame_equal(first.planned.layers.sites, again.planned.layers.sites, check_exact=True)
    plans = [result.planned.local_plan for result in (first, again)]
    assert plans[0].value == plans[1].value
    for name in ("open_sites", "demand", "site", "share"):
        assert (getattr(plans[0], name) == getattr(plans[1], name)).all(), name
    pd.testing.assert_frame_equal(first.evaluation.demand, again.evaluation.demand, check_exact=True)
    moved = find_moved(read_back(first.folder), read_back(again.folder))
    assert moved.sites.empty
    assert moved.flows.empty
    assert (moved.moved_persons, moved.nearer_persons, moved.farther_persons, moved.n_other_squares) == (0, 0, 0, 0)


def test_only_the_edited_cells_change(study: Path, first: RunResult, tmp_path: Path) -> None:
    edits = {
        HALL: {PRESENT.label: "350", "Toiletten": "ja"},
        BARN: {"X (RD)": "203.560", "Naam": "De Schuur; oud"},
    }
    scenario = sent_back(first.folder, tmp_path / "terug", edits)
    loaded, _ = load_scenario_study(study, [str(scenario)])
    before, after = (layers.sites.set_index("site_id") for layers in (first.planned.layers, check_layers(loaded)))
    columns = [name for name in before.columns if name != "geometry"]
    differs = (before[columns].astype(object).fillna("") != after[columns].astype(object).fillna("")).stack()
    assert set(differs[differs].index) == {(HALL, "capacity_present"), (HALL, "toilets"), (BARN, "name")}
    assert after.at[HALL, "capacity_present"] == 350
    assert after.at[BARN, "name"] == "De Schuur; oud"
    assert (after.geometry[BARN].x, after.geometry[BARN].y) == (203_560, 502_049.71)
    others = [site for site in before.index if site != BARN]
    assert (before.geometry[others].to_wkb() == after.geometry[others].to_wkb()).all()


def test_a_hall_that_was_refused_and_is_free_again_is_a_candidate(
    study: Path, other: RunResult, tmp_path: Path
) -> None:
    opened = set(other.evaluation.lnsps["site_id"])
    assert GYM in opened
    assert BARN not in opened
    back = sent_back(other.folder, tmp_path / "terug", {BARN: {"Vastgelegd": "nee"}})
    loaded, _ = load_scenario_study(study, [str(back)])
    layers = check_layers(loaded)
    instance = build_local_problem(layers, loaded).instance
    assert not instance.refused[instance.site_ids.index(BARN)]
    assert not instance.refused[instance.site_ids.index(GYM)], "what the first list changed goes along with the second"
    assert layers.sites.set_index("site_id").at[GYM, "status"] == "in gesprek"


def test_another_status_frees_a_hall_that_was_refused_in_the_study(
    study: Path, first: RunResult, tmp_path: Path
) -> None:
    """Refused twice over: afgevallen in its source, and by the study."""
    text = study.read_text(encoding="utf-8")
    study.with_name("nee.toml").write_text(f'{text}[decisions]\nrefused = ["{GYM}"]\n', encoding="utf-8")
    refused = planned_with(study.with_name("nee.toml"))
    scenario = sent_back(refused.folder, tmp_path / "terug", {GYM: {"Status": "idee", "Reden": ""}})
    loaded, _ = load_scenario_study(study.with_name("nee.toml"), [str(scenario)])
    instance = build_local_problem(check_layers(loaded), loaded).instance
    assert not instance.refused.any()
    assert refused.planned.local.refused.sum() == 1


def test_an_edit_of_a_building_that_is_gone_is_told(study: Path, first: RunResult, tmp_path: Path) -> None:
    scenario = sent_back(first.folder, tmp_path / "terug", {HALL: {"Toiletten": "ja"}})
    cells = tmp_path / "terug" / "gewijzigde-cellen.csv"
    cells.write_text(cells.read_text(encoding="utf-8").replace(HALL, "zalen:1-2"), encoding="utf-8")
    with pytest.raises(DataError, match="not there"):
        check_layers(load_scenario_study(study, [str(scenario)])[0])


def test_lists_of_a_run_whose_earlier_lists_are_gone_are_refused(other: RunResult, study: Path, tmp_path: Path) -> None:
    cells = other.planned.study.inputs.site_edits
    assert cells is not None
    there = cells.path.read_bytes()
    cells.path.unlink()
    try:
        with pytest.raises(DataError, match="lists that were merged before"):
            merge_lists(other.folder, [other.folder / "kandidatenlijst.csv"])
    finally:
        cells.path.write_bytes(there)


def test_every_status_survives_the_list_and_words_are_understood_in_it(
    study: Path, first: RunResult, tmp_path: Path
) -> None:
    edits = {
        HALL: {"Status": "Eigenaar akkoord"},
        BARN: {"Status": "Valt af", "Reden": "dak lekt"},
        GYM: {"Status": "pilotlocatie"},
    }
    loaded, _ = load_scenario_study(study, [str(sent_back(first.folder, tmp_path / "terug", edits))])
    statuses = check_layers(loaded).sites.set_index("site_id")["status"]
    assert statuses[[HALL, BARN, GYM]].tolist() == ["akkoord eigenaar", "afgevallen", "pilot"]
    others = first.planned.layers.sites.set_index("site_id")["status"].drop([HALL, BARN, GYM])
    assert statuses[others.index].equals(others)
