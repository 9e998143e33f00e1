"""The questions of robustness and capacity on the small example."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nsp_planner.config import PowerOutage, Study, load_scenario_study
from nsp_planner.errors import SettingsError
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.names import counted_nl
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.questions.asking.run import run_question
from nsp_planner.questions.capacity.solve import answer_capacity
from nsp_planner.questions.robustness.solve import answer_robustness, make_variants, perturbed, read_scenario
from nsp_planner.report.answers.answer import AnswerTable
from nsp_planner.study.progress import SilentProgress
from tests.towns.example_region import asked_about, write_overlay


def column(table: AnswerTable, label: str) -> list[object]:
    at = [each.label for each in table.columns].index(label)
    return [row[at] for row in table.rows]


def without_best(example: Path, folder: Path, planned: PlannedStudy) -> Study:
    """The study without its busiest building."""
    busiest = planned.local.site_ids[int(np.bincount(planned.local_plan.site).argmax())]
    overlay = write_overlay(folder / "weg.toml", f'[decisions]\nrefused = ["{busiest}"]', title="Een gebouw weg")
    return load_scenario_study(example, [str(overlay)])[0]


def test_a_variant_has_other_weights_and_distances_and_as_many_inhabitants_and_places(planned: PlannedStudy) -> None:
    base = planned.local
    variant = perturbed(base, 7)
    assert np.array_equal(variant.population_persons, base.population_persons)
    assert np.array_equal(variant.capacity_persons, base.capacity_persons)
    assert variant.weight.sum() == pytest.approx(base.weight.sum())
    assert not np.allclose(variant.weight, base.weight)
    assert variant.costs.n_arcs == base.costs.n_arcs
    assert variant.costs.distance_m.max() <= variant.costs.cutoff_m
    assert np.array_equal(perturbed(base, 7).weight, variant.weight)
    assert not np.array_equal(perturbed(base, 8).weight, variant.weight)


@pytest.mark.slow
def test_every_variant_is_a_plan_of_as_many_sites(planned: PlannedStudy) -> None:
    variants = make_variants(planned, SilentProgress(), 2, 5.0, Attempts())
    assert [len(variant.open_sites) for variant in variants] == [planned.local.n_sites] * 2


def test_a_scenario_takes_its_buildings_away_and_reads_inputs_again_only_when_they_differ(
    example: Path, tmp_path: Path, planned: PlannedStudy
) -> None:
    scenario = read_scenario("weg", without_best(example, tmp_path, planned), planned)
    assert int((~scenario.case.usable).sum()) == int(planned.local.refused.sum()) + 1
    assert scenario.cut_off_persons == 0
    assert scenario.case.persons.sum() == planned.local.population_persons.sum()


@pytest.mark.slow
def test_the_answer_names_the_core_the_worst_failures_and_the_cautious_plan(
    example: Path, tmp_path: Path, study: Study, planned: PlannedStudy
) -> None:
    other = without_best(example, tmp_path, planned)
    answer = answer_robustness(
        asked_about(study, planned.layers),
        n_plans=2,
        seconds_per_plan=3.0,
        tolerance=0.1,
        under=[("een gebouw weg", other)],
    )
    core, regret, failures, backups = answer.tables
    assert column(core, "In dit plan").count(True) == 4
    shares = column(core, "In deel van de goede plannen")
    assert all(0 <= share <= 1 for share in shares)  # type: ignore[operator]
    assert [row[0] for row in failures.rows] == [1, 2, 3]
    assert column(failures, "Hoe zeker") == ["bewezen de zwaarste"] * 3
    costs = column(failures, "Kost (persoon-km)")
    assert costs == sorted(costs)  # type: ignore[type-var]
    assert max(column(core, "Kost van uitval (persoon-km)"), key=lambda c: c or 0) == costs[0]
    assert {row[0] for row in regret.rows} >= {"dit plan", "plan voor een gebouw weg"}
    assert column(regret, "Grootste spijt") == sorted(column(regret, "Grootste spijt"))  # type: ignore[type-var]
    assert backups.rows[0][0] == study.region.name
    assert "kern van het netwerk" in answer.conclusion
    assert "kleinste grootste spijt" in answer.conclusion


def test_more_failing_buildings_than_there_are_open_is_all_of_them(asked: Asked) -> None:
    planned = asked.planned
    answer = answer_robustness(asked, n_plans=0, most_failing=6)
    assert "te weinig om een kern van het netwerk te noemen" in answer.conclusion
    assert not any(column(answer.tables[0], "Kern"))
    failures = answer.tables[1]
    assert [row[0] for row in failures.rows] == [1, 2, 3, 4]
    assert failures.rows[-1][5] == pytest.approx(planned.local.population_persons.sum())


@pytest.mark.slow
def test_use_stands_in_a_table_per_gemeente_and_per_l_nsp_with_the_source_of_every_norm(
    study: Study, tmp_path: Path
) -> None:
    result = run_question(Asked(study.change(output=tmp_path)), answer_capacity)
    with (result.folder / "gebruik-per-gemeente.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["Gebied"] for row in rows] == [study.region.name, "Olst-Wijhe"]
    assert rows[0]["Mensen per dienst, L-NSP's"] == "8"
    notes = " ".join(result.answer.notes)
    assert "Dunea" in notes
    assert "geen Nederlandse bron" in notes


def test_a_share_or_peak_that_cannot_be_is_refused_with_its_option(asked: Asked) -> None:
    with pytest.raises(SettingsError) as error:
        answer_capacity(asked, share_per_day=20, peak_factor=0.5)
    assert [fault.column for fault in error.value.faults] == ["--share", "--peak"]


@pytest.mark.slow
@pytest.mark.parametrize("power", ["unknown", "yes"])
def test_an_outage_of_which_nothing_is_known_is_unknown_in_the_headline_and_not_a_regret_of_zero(
    asked: Asked, planned: PlannedStudy, power: str
) -> None:
    """Every building may have emergency power: counted as usable they all stay open, and no plan is worse for it."""
    layers = replace(planned.layers, sites=planned.layers.sites.assign(emergency_power=power))
    known = asked_about(planned.study, layers, replace(planned, layers=layers))
    outage = planned.study.change(power_outage=PowerOutage(whole_region=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nsp_planner.questions.robustness.solve.check_layers", lambda *_: layers)
        answer = answer_robustness(known, n_plans=0, seconds_per_plan=1.0, most_failing=1, under=[("uitval", outage)])
    persons = counted_nl(planned.local.population_persons.sum(), "inwoners")
    told = "uitval: onbekend. Van 4 van de 4 L-NSP's die dan open kunnen, is niet bekend of er noodstroom is"
    assert (f"{told}; {persons} hangen daarvan af" in answer.conclusion) == (power == "unknown")
    assert (f"hebben {persons} geen L-NSP binnen bereik" in answer.conclusion) == (power == "unknown")
    assert ("onbekend" in answer.conclusion) == (power == "unknown")
    assert "nergens meer dan 0 m" not in answer.conclusion
