"""The status of a building decides; on a town by hand.

Bedorp has village A (100 persons) and village B (60), 1,000 m apart, and one L-NSP; everybody walks in a straight line.

    0 m        200 m     300 m                      1,000 m
    A, school  gymzaal   kulturhus                  B, kerk

Person-metres: school 60,000, gymzaal 68,000, kulturhus 72,000, kerk 100,000. Aldorp has its own hall, which is nobody's
business here, and a station between the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nsp_planner.config import Study, study_from_dict
from nsp_planner.errors import NoPlanError, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.sites.standing import standing_counts
from nsp_planner.layers.tables import Layers
from nsp_planner.report.text.choices import passed_over, status_nl, why_nl
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.raw_files import read_town

PEOPLE = {"E2010N5010": 50, "E2050N5010": 100, "E2060N5010": 60}
PLACES = {"Dorpshuis": 201050, "School": 205050, "Gymzaal": 205250, "Kulturhus": 205350, "Kerk": 206050}
Town = tuple[Study, Layers]


def town_with(folder: Path, statuses: dict[str, str], **sections: Any) -> Town:
    rows = "".join(
        f"{name};{name.lower()};{x};501050;{'0001' if name == 'Dorpshuis' else '0002'};{statuses.get(name, 'idee')}\n"
        for name, x in PLACES.items()
    )
    return read_town(folder, "naam;soort;x;y;gemeentecode;status\n" + rows, PEOPLE, **sections)


def solved(folder: Path, statuses: dict[str, str], **sections: Any) -> PlannedStudy:
    return solve_study(*town_with(folder, statuses, **sections), SilentProgress())


def opened(planned: PlannedStudy) -> set[str]:
    """Names of the open sites of Bedorp."""
    names = planned.layers.sites["name"].iloc[[planned.local_site_rows[j] for j in planned.local_plan.open_sites]]
    return set(names) - {"Dorpshuis"}


def why(planned: PlannedStudy, name: str) -> str:
    evaluation = evaluate_plan(planned)
    ids = planned.layers.sites.set_index("name")["site_id"]
    return str(why_nl(evaluation)[ids[name]])


@pytest.mark.slow
def test_without_a_status_the_best_building_is_chosen_and_nothing_is_priced(tmp_path: Path) -> None:
    planned = solved(tmp_path, {})
    assert opened(planned) == {"School"}
    assert planned.extra_m is None
    assert status_nl(evaluate_plan(planned)) == []
    assert why(planned, "School") == "gekozen door de berekening"
    assert why(planned, "Kerk") == ""


@pytest.mark.slow
@pytest.mark.parametrize("status", ["pilot", "operationeel"])
def test_a_pilot_that_is_farther_away_than_the_best_building_is_fixed(tmp_path: Path, status: str) -> None:
    planned = solved(tmp_path, {"Kerk": status})
    assert opened(planned) == {"Kerk"}
    assert why(planned, "Kerk") == f"ligt vast door status {status}"
    assert evaluate_plan(planned).lnsps.set_index("name")["fixed"]["Kerk"]


@pytest.mark.slow
def test_an_agreed_hall_within_the_price_goes_before_a_nearer_building_and_beyond_it_does_not(tmp_path: Path) -> None:
    """The kulturhus costs 12,000 person-metres more than the school: 75 m for each of the 160 people."""
    study, layers = town_with(tmp_path, {"Kulturhus": "akkoord eigenaar"})
    for metres, chosen in ((50, "School"), (100, "Kulturhus")):
        planned = solve_study(study.change(decisions={"preferred_status_m": metres}), layers, SilentProgress())
        assert opened(planned) == {chosen}
        walked = planned.allocation.persons @ planned.allocation.distance_m
        assert walked == pytest.approx({"School": 60_000, "Kulturhus": 72_000}[chosen])
    assert why(planned, "Kulturhus") == "gekozen; had voorrang door status akkoord eigenaar"
    assert status_nl(evaluate_plan(planned)) == ["Gebouwen met de status akkoord eigenaar: 1, gekozen: 1."]


@pytest.mark.slow
def test_an_agreed_hall_that_is_passed_over_has_its_reason_with_the_exchange_it_would_take(tmp_path: Path) -> None:
    planned = solved(tmp_path, {"Kulturhus": "akkoord eigenaar"}, decisions={"preferred_status_m": 50})
    told = (
        "status akkoord eigenaar, maar niet gekozen: School ligt op 300 m; met dit gebouw in plaats van School lopen "
    )
    assert why(planned, "Kulturhus") == told + "de inwoners samen 12 persoon-km meer"
    evaluation = evaluate_plan(planned)
    assert passed_over(evaluation)["name"].tolist() == ["Kulturhus"]
    assert status_nl(evaluation)[0].startswith("Gebouwen met de status akkoord eigenaar: 1, gekozen: 0. Waarom")
    swap = evaluation.choices.loc[evaluation.choices["swap_id"].notna()].iloc[0]
    assert swap["swap_person_km"] == pytest.approx(12.0)
    assert swap["reason"] == "costs_more"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        (
            {"Kulturhus": "akkoord", "Kerk": "pilot"},
            "in Bedorp gaat naar wat vastligt; Kerk (pilot) ligt op 700 m",
        ),
        (
            {"Kulturhus": "akkoord", "School": "akkoord"},
            "of ook voorrang heeft; School (akkoord eigenaar) ligt op 300 m",
        ),
    ],
)
def test_an_agreed_hall_has_another_reason_where_others_are_fixed_or_agreed(
    tmp_path: Path, statuses: dict[str, str], told: str
) -> None:
    assert why(solved(tmp_path, statuses), "Kulturhus").endswith(told)


def test_a_building_that_fell_off_is_never_chosen_though_it_is_the_best(tmp_path: Path) -> None:
    planned = solved(tmp_path, {"School": "valt af"})
    assert opened(planned) == {"Gymzaal"}
    assert why(planned, "School") == "doet niet mee door status afgevallen"


def test_a_candidate_that_came_back_is_a_candidate_again(tmp_path: Path) -> None:
    assert opened(solved(tmp_path, {"School": "in gesprek"})) == {"School"}


def test_a_study_says_what_a_status_does(tmp_path: Path) -> None:
    study, layers = town_with(tmp_path, {"Kerk": "pilot", "Kulturhus": "in gesprek"})
    free = study_from_dict(
        {**study.model_dump(mode="json"), "decisions": {"by_status": {"pilot": "free", "in gesprek": "fixed"}}},
        folder=Path(),
        file="study.toml",
    )
    assert opened(solve_study(free, layers, SilentProgress())) == {"Kulturhus"}
    with pytest.raises(SettingsError, match="'operationeel' or 'afgevallen'"):
        study_from_dict({**study.model_dump(mode="json"), "decisions": {"by_status": {"piloot": "free"}}})


@pytest.mark.slow
def test_what_the_study_decides_goes_before_the_status_and_the_contradiction_is_said(tmp_path: Path) -> None:
    study, layers = town_with(tmp_path, {"Kerk": "pilot", "School": "afgevallen"})
    ids = layers.sites.set_index("name")["site_id"]
    against = study.change(decisions={"refused": (ids["Kerk"],), "fixed": (ids["School"],)})
    planned = solve_study(against, layers, SilentProgress())
    assert opened(planned) == {"School"}
    assert why(planned, "School") == "ligt vast door een besluit in de studie, tegen status afgevallen in"
    assert why(planned, "Kerk") == "doet niet mee door een besluit in de studie, tegen status pilot in"
    assert status_nl(evaluate_plan(planned)) == ["Tegen de status in besloten: Kerk (pilot); School (afgevallen)."]
    counts = standing_counts(layers, against.decisions)
    assert [each["name"] for each in counts["against_status"]] == ["Kerk", "School"]
    assert (counts["fixed"], counts["refused"]) == ({"[decisions]": 1}, {"[decisions]": 1})


def test_more_fixed_buildings_than_places_are_found_before_anything_is_solved(tmp_path: Path) -> None:
    study, layers = town_with(tmp_path, {"Kerk": "pilot", "Gymzaal": "operationeel"})
    ids = layers.sites.set_index("name")["site_id"]
    with pytest.raises(NoPlanError) as caught:
        build_local_problem(layers, study.change(decisions={"fixed": (ids["School"],)}))
    (fault,) = caught.value.faults
    told = "(1 by decisions.fixed, 1 by status operationeel, 1 by status pilot), and a quota of 1"
    assert fault.message == f"Bedorp (GM0002) has 3 buildings that must be an L-NSP {told}"
    assert "raise ratios.quota.GM0002 to 3" in fault.fix
    assert '{ "operationeel" = "preferred", "pilot" = "preferred" }' in fault.fix
    assert set(fault.ids) == {ids["School"], ids["Kerk"], ids["Gymzaal"]}
    room = study.change(ratios={"quota": {"GM0002": 2}})
    assert opened(solve_study(room, layers, SilentProgress())) == {"Kerk", "Gymzaal"}


def test_a_price_counts_in_the_gemeente_that_has_an_agreed_hall_and_never_for_what_is_fixed(tmp_path: Path) -> None:
    study, layers = town_with(
        tmp_path, {"Kulturhus": "akkoord", "Kerk": "pilot"}, ratios={"quota": {"GM0002": 2}, "quota_per": "gemeente"}
    )
    problem = build_local_problem(layers, study)
    names = layers.sites["name"].to_numpy()[problem.site_rows]
    assert problem.extra_m is not None
    priced = dict(zip(names, problem.extra_m, strict=True))
    assert priced == {"Dorpshuis": 0, "School": 250, "Gymzaal": 250, "Kulturhus": 0, "Kerk": 0}
    nothing = study.change(decisions={"preferred_status_m": 0.0})
    assert build_local_problem(layers, nothing).extra_m is None


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["max_coverage", "min_max", "min_sites"])
def test_a_preference_counts_in_every_objective_and_puts_nobody_beyond_the_norm(tmp_path: Path, objective: str) -> None:
    """Within 950 m of school, gymzaal and kulturhus live A's 100, and of the last two B's 60 too; not so if priced."""
    planned = solved(
        tmp_path,
        {"Kulturhus": "akkoord"},
        decisions={"preferred_status_m": 5_000},
        distances={"detour_factor": 1.0, "service_distance_kern_m": 950, "service_distance_buitengebied_m": 950},
        plan={"objective": objective, "share": 1.0},
    )
    assert opened(planned) == {"Kulturhus"}
    assert planned.local_plan.value == {"max_coverage": 210, "min_max": 700, "min_sites": 2}[objective]
    assert evaluate_plan(planned).value("share_within_norm") == 1.0
    certificate, _ = planned.certificates
    assert np.isfinite(planned.local_plan.bound)
    assert certificate is not None
    alone = solved(
        tmp_path,
        {"Kerk": "akkoord", "Kulturhus": "afgevallen", "Gymzaal": "afgevallen"},
        decisions={"preferred_status_m": 5_000},
        distances={"detour_factor": 1.0, "service_distance_kern_m": 950, "service_distance_buitengebied_m": 950},
        plan={"objective": "max_coverage"},
    )
    assert opened(alone) == {"School"}, "more people within the norm goes before an agreement"
    assert alone.local_plan.value == 150


@pytest.mark.slow
def test_a_station_is_fixed_or_refused_by_its_status_too(tmp_path: Path) -> None:
    stations = "naam;x;y;status\nDichtbij;203050;501050;vervalt\nMidden;203550;501050;idee\nVer;207050;501050;pilot\n"
    planned = solved(tmp_path, {}, stations_csv=stations)
    names = planned.layers.sites["name"].to_numpy()[planned.station_rows]
    assert names[planned.coordination_plan.open_stations].tolist() == ["Ver"]
    assert why(planned, "Ver") == "ligt vast door status pilot"
    assert why(planned, "Dichtbij") == "doet niet mee door status afgevallen"


def test_one_building_is_not_fixed_as_l_nsp_and_as_c_nsp() -> None:
    with pytest.raises(SettingsError, match="one thing at a time: kazernes:1"):
        study_from_dict({"decisions": {"fixed": ["kazernes:1"], "fixed_cnsp": ["kazernes:1"]}})
