"""The question of phasing on the small example: files, frames, and messages that name key and euros."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nsp_planner.config import Phasing, Study, load_scenario_study, load_study
from nsp_planner.errors import NoPlanError, SettingsError
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.run import run_question
from nsp_planner.questions.phasing.solve import MAP, answer_phasing
from nsp_planner.study.phasing import plan_phases, site_costs
from tests.towns.example_region import write_overlay
from tests.towns.studies import smallest_study


def phased(planned: PlannedStudy, **settings: object) -> PlannedStudy:
    """The plan with these settings of its phases and no building in use: what is in use comes first, for nothing."""
    phasing = Phasing.model_validate({"n_years": 3, **settings})
    layers = replace(planned.layers, sites=planned.layers.sites.assign(status="idee"))
    return replace(planned, study=planned.study.change(phasing=phasing), layers=layers)


def test_the_default_frame_is_that_of_the_board_and_our_estimate() -> None:
    phasing = Phasing()
    assert (phasing.budget_eur(2026), phasing.budget_eur(2027), phasing.budget_eur(2033)) == (4e5, 1.4e6, 1.4e6)
    assert phasing.years == tuple(range(2026, 2034))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"lnsp_once_low_eur": 9e9}, "lnsp_once_low_eur"),
        ({"kinds_once_eur": {"school": [5, 4]}}, "kinds_once_eur.school"),
        ({"budgets_eur": {"1999": 1}}, "1999 is not within"),
    ],
)
def test_a_range_or_year_that_cannot_be_is_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Phasing.model_validate(settings)


def test_single_years_may_have_another_budget_and_an_overlay_may_say_so(example: Path, tmp_path: Path) -> None:
    overlay = write_overlay(tmp_path / "krap.toml", "[phasing]\nbudgets_eur = { 2027 = 50000 }")
    study, applied = load_scenario_study(example, [str(overlay)])
    assert study.phasing.budget_eur(2027) == 50_000
    assert study.phasing.budget_key(2027) == "phasing.budgets_eur.2027"
    assert [change.key for change in applied[0].changes] == ["phasing.budgets_eur.2027"]


def test_phases_grow_and_tell_persons_vulnerable_persons_and_euros(planned: PlannedStudy) -> None:
    phases, solved, costs = plan_phases(phased(planned, budget_first_year_eur=90_000), seconds=3.0)
    table = phases.per_phase
    assert phases.open_in(2026) < phases.open_in(2028)
    assert len(phases.year_of_site) == len(costs.once_low) == 5
    assert set(phases.opened_in(2026)) == phases.open_in(2026)
    for column in ("within_norm_persons", "nearest_within_norm_persons", "nearest_within_norm_65plus"):
        assert table[column].is_monotonic_increasing
    assert (table["within_norm_persons"] <= table["best_possible_persons"] + 1).all()
    assert (table["within_norm_persons"] <= table["nearest_within_norm_persons"] + 1).all()
    assert (table["spent_eur"] <= table["budget_eur"]).all()
    assert table["spent_eur"].iloc[0] == table["once_high_eur"].iloc[0] + table["per_year_high_eur"].iloc[0]
    assert solved.gap <= 0.002


def test_costs_follow_the_kind_of_building_and_what_is_operational_costs_nothing_once(planned: PlannedStudy) -> None:
    kinds = planned.layers.sites["kind"].astype(str).tolist()
    row = planned.local_site_rows[int(planned.local_plan.open_sites[0])]
    costs = site_costs(phased(planned, kinds_once_eur={kinds[row]: [1, 2]}))
    assert (costs.once_low[0], costs.once_high[0]) == (1, 2)
    assert costs.at("middle")[0][0] == 1.5
    sites = planned.layers.sites.copy()
    sites.loc[row, "status"] = "operationeel"
    running = replace(phased(planned), layers=replace(planned.layers, sites=sites))
    assert site_costs(running).once_high[0] == 0
    phases, _, _ = plan_phases(running, seconds=2.0)
    assert phases.year_of_site[str(sites.loc[row, "site_id"])] == 2026


def test_a_budget_too_small_for_any_site_names_the_key_and_the_euros_needed(planned: PlannedStudy) -> None:
    with pytest.raises(NoPlanError) as error:
        plan_phases(phased(planned, budget_first_year_eur=80_999))
    (fault,) = error.value.faults
    assert fault.column == "phasing.budget_first_year_eur"
    assert "with its C-NSP it takes 81,000 euros, the budget is 80,999" in fault.message
    assert fault.ids


def test_a_budget_too_small_for_the_sites_that_come_first_names_them(planned: PlannedStudy) -> None:
    first = [planned.local.site_ids[j] for j in planned.local_plan.open_sites[:3]]
    with pytest.raises(NoPlanError) as error:
        plan_phases(phased(planned, first=first, budgets_eur={"2026": 100_000}))
    (fault,) = error.value.faults
    assert fault.column == "phasing.budgets_eur.2026"
    assert "in 2026, the budget is 100,000" in fault.message
    assert set(first) < set(fault.ids)
    with pytest.raises(NoPlanError, match="running the 4 sites that come first") as error:
        plan_phases(phased(planned, first=first, budgets_eur={"2027": 10}))
    assert error.value.faults[0].column == "phasing.budgets_eur.2027"
    with pytest.raises(NoPlanError) as error:
        plan_phases(phased(planned, first=first, max_sites_per_year=2))
    assert error.value.faults[0].column == "phasing.max_sites_per_year"


def test_what_cannot_be_paid_in_a_later_year_does_not_open_and_nothing_at_all_is_told(planned: PlannedStudy) -> None:
    with pytest.raises(NoPlanError, match="no noodsteunpunt can open up to 2028") as error:
        plan_phases(phased(planned, budget_per_year_eur=1), seconds=1.0)
    assert error.value.faults[0].column == "phasing.budget_per_year_eur"
    saved = phased(planned, budget_first_year_eur=50_000, budget_per_year_eur=50_000, carry_over=True)
    phases, _, _ = plan_phases(saved, seconds=1.0)
    assert phases.opened_in(2026) == ()
    assert phases.opened_in(2027)


def test_a_site_or_kind_that_is_not_there_is_named_with_a_near_one(planned: PlannedStudy) -> None:
    own = planned.local.site_ids[int(planned.local_plan.open_sites[0])]
    with pytest.raises(SettingsError) as error:
        plan_phases(phased(planned, first=[own + "x"]))
    assert (error.value.faults[0].column, error.value.faults[0].fix) == ("phasing.first", f"did you mean {own!r}?")
    with pytest.raises(SettingsError, match="kulturhus") as error:
        plan_phases(phased(planned, kinds_per_year_eur={"kulturhuis": [1, 2]}))
    assert error.value.faults[0].column == "phasing.kinds_per_year_eur.kulturhuis"


@pytest.mark.slow
def test_the_answer_names_every_site_with_its_year(example: Path, tmp_path: Path) -> None:
    study = load_study(example)
    study = study.change(output=tmp_path, phasing=Phasing(n_years=1, budget_first_year_eur=130_000))
    result = run_question(Asked(study), partial(answer_phasing, seconds=2.0))
    with (result.folder / "fasering.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == 5
    assert {row["Jaar van opening"] for row in rows} == {"2026", "later"}
    assert "noodsteunpunten niet open" in result.answer.conclusion
    assert len(result.answer.figures) == 2
    assert {path.name for path in result.folder.iterdir()} == {output.name for output in result.outputs}
    assert MAP in {output.name for output in result.outputs}
    assert "2026" in (result.folder / MAP).read_text(encoding="utf-8")
    assert any("eigen raming" in note for note in result.answer.notes)


def test_a_phase_plan_refuses_what_does_not_belong_together() -> None:
    table, first = pd.DataFrame({"year": [2026, 2027]}), np.zeros(0, dtype=np.int64)
    assert PhasePlan((2026, 2027), {"a": 2026, "b": 2027}, table, first).open_in(2027) == {"a", "b"}
    for years, opens in (((2027, 2026), {}), ((2026, 2027), {"a": 2030}), ((2026,), {})):
        with pytest.raises(ValueError, match="year"):
            PhasePlan(years, opens, table, first)


def test_the_smallest_study_has_a_frame(example: Path) -> None:
    assert isinstance(load_study(example), Study)
    assert smallest_study(phasing={"plan_at": "low"}).phasing.plan_at == "low"
