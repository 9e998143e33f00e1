"""Weights and numbers: 65+ may count double, guests count for the number only where the study says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nsp_planner.config import study_from_dict
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.residents.groups import describe_indicator
from nsp_planner.layers.population.group_counts import estimated_counts, known_counts
from nsp_planner.layers.read import read_layers
from nsp_planner.layers.tables import Layers
from nsp_planner.report.text.presence import presence_sheets, vulnerable_nl
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.prepare.weights import counted_for_number, objective_weight
from tests.towns.line_town import planned_line_town
from tests.towns.raw_files import SQUARES, WITHHELD, faults_of, make_world, write_grid

OLD = {"E2010N5010": 200, "E2030N5010": 5, "E2030N5030": WITHHELD, "E2050N5010": 10, "E2070N5010": 5}


def weighted_world(folder: Path, **vulnerable: Any) -> dict[str, Any]:
    grid = write_grid(
        folder / "grid65.gpkg", SQUARES, aantal_inwoners_65_jaar_en_ouder=[OLD.get(s, WITHHELD) for s in SQUARES]
    )
    return make_world(folder, population={"path": str(grid)}) | {"vulnerable": vulnerable}


def layers_and_study(tables: dict[str, Any]) -> tuple[Layers, Any]:
    study, faults = study_from_dict(tables, folder=Path(), file="study.toml"), Faults()
    layers = read_layers(study, faults)
    assert layers is not None, [fault.as_text() for fault in faults.items]
    return layers, study


def test_without_weights_everybody_counts_once(tmp_path: Path) -> None:
    layers, study = layers_and_study(weighted_world(tmp_path))
    np.testing.assert_array_equal(objective_weight(layers, study), layers.demand["population_persons"])


def test_a_weight_of_two_adds_every_person_of_the_group_once_more(tmp_path: Path) -> None:
    layers, study = layers_and_study(weighted_world(tmp_path, weights={"65plus": 2}, unknown="none"))
    weight = dict(zip(layers.demand["demand_id"], objective_weight(layers, study), strict=True))
    persons = layers.demand.set_index("demand_id")["population_persons"]
    assert weight["E2010N5010"] == persons["E2010N5010"] + 200
    assert weight["E2030N5030"] == persons["E2030N5030"]
    problem = build_local_problem(layers, study)
    np.testing.assert_array_equal(problem.instance.population_persons, persons)
    assert problem.instance.capacity_persons.tolist() == [6000.0, 6000.0]


def test_an_unknown_number_is_weighed_by_the_share_in_the_rest_of_the_gemeente(tmp_path: Path) -> None:
    layers, study = layers_and_study(weighted_world(tmp_path, weights={"65plus": 3}))
    demand = layers.demand
    weight, persons = objective_weight(layers, study), demand["population_persons"].to_numpy(dtype=float)
    at = demand.index[demand["demand_id"] == "E2030N5030"][0]
    known = demand["demand_id"].isin(["E2010N5010", "E2030N5010"]).to_numpy()
    share = 205 / persons[known].sum()
    assert weight[at] == pytest.approx(persons[at] * (1 + 2 * share))


def test_missing_counts_stay_missing_and_never_exceed_the_residents(tmp_path: Path) -> None:
    layers, _ = layers_and_study(weighted_world(tmp_path))
    known = known_counts(layers.demand, "65plus")
    assert np.isnan(known).any()
    assert (known[~np.isnan(known)] <= layers.demand["population_persons"][~np.isnan(known)]).all()
    assert not np.isnan(estimated_counts(layers.demand, "65plus")).any()


def test_a_group_that_is_nowhere_is_named_with_the_nearest_that_is(tmp_path: Path) -> None:
    layers, study = layers_and_study(weighted_world(tmp_path, weights={"65plussers": 2}))
    with pytest.raises(SettingsError, match="did you mean '65plus'"):
        objective_weight(layers, study)


def test_a_column_that_the_grid_does_not_have_is_a_fault(tmp_path: Path) -> None:
    told = faults_of(weighted_world(tmp_path, columns={"eenouder": "aantal_eenouderhuishoudens"}))
    assert 'the file has no column "aantal_eenouderhuishoudens"' in told


def test_two_sources_of_one_group_are_refused(tmp_path: Path) -> None:
    tables = weighted_world(tmp_path, columns={"arm": "a"}, buurt_columns={"arm": "b"})
    with pytest.raises(SettingsError, match="more than one column: arm"):
        study_from_dict(tables, folder=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("counts", "persons"), [(False, 630), (True, 630 + 9_000)])
def test_guests_count_for_the_number_only_where_the_study_says_so(tmp_path: Path, counts: bool, persons: int) -> None:
    tourism = {"persons": 9_000, "gemeenten": ["GM0001"], "count_for_number": counts}
    tables = make_world(tmp_path) | {"tourism": tourism, "capacity": {"persons": 9_000}}
    layers, study = layers_and_study(tables)
    counted = counted_for_number(layers, study).set_index("area_code")["total_persons"]
    assert counted["GM0001"] == persons
    assert layers.calibration.set_index("area_code").loc["GM0001", "total_persons"] == 630
    problem_quota = build_local_problem(layers, study).instance.quota if not counts else None
    assert problem_quota is None or problem_quota.tolist() == [1, 1]


def test_vulnerable_residents_are_an_indicator_of_their_own() -> None:
    evaluation = evaluate_plan(planned_line_town())
    known = evaluation.value("vulnerable_65plus_persons")
    demand = planned_line_town().layers.demand
    assert known == demand["persons_65plus"].sum()
    unknown = demand["persons_65plus"].isna()
    assert evaluation.value("vulnerable_65plus_unknown_persons") == demand.loc[unknown, "population_persons"].sum()
    assert evaluation.value("vulnerable_65plus_beyond_norm_estimate") >= evaluation.value(
        "vulnerable_65plus_beyond_norm_persons"
    )


def test_the_mean_of_a_group_is_weighted_by_its_persons() -> None:
    planned = planned_line_town()
    people = evaluate_plan(planned).demand
    count = planned.layers.demand["persons_65plus"].astype("Float64").fillna(0).to_numpy(dtype=float)
    served = people["site_id"].notna().to_numpy()
    mean = (people["distance_m"].to_numpy()[served] * count[served]).sum() / count[served].sum()
    assert evaluate_plan(planned).value("vulnerable_65plus_mean_distance_m") == pytest.approx(mean)


def test_every_indicator_of_a_group_has_a_dutch_label() -> None:
    tidy = evaluate_plan(planned_line_town()).indicators
    for name in tidy.loc[tidy["indicator"].str.startswith("vulnerable_"), "indicator"].unique():
        assert "65-plussers" in describe_indicator(name)[1]
    assert describe_indicator("vulnerable_arm_unknown_persons")[1] == "Inwoners van vierkanten zonder opgave van arm"


def test_the_workbook_and_the_board_tell_of_the_vulnerable() -> None:
    planned = planned_line_town()
    evaluation = evaluate_plan(planned)
    (sheet,) = presence_sheets(evaluation)
    assert sheet[0] == "Kwetsbaren"
    assert "65-plussers (waar bekend)" in sheet[2].columns
    (text,) = vulnerable_nl(evaluation)
    assert "bekende 65-plussers" in text
