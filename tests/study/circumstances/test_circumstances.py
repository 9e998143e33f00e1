from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsp_planner.config import Study
from nsp_planner.errors import NoPlanError, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.tables import Layers
from nsp_planner.report.text.circumstances import circumstances_data, circumstances_nl
from nsp_planner.report.text.dutch import marks_nl
from nsp_planner.study.prepare import distances
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.river_region import allocation, part_of_town, river_layers, river_study


def solve(study: Study, layers: Layers | None = None) -> PlannedStudy:
    return solve_study(study, layers or river_layers(), SilentProgress())


def told(planned: PlannedStudy) -> str:
    return " ".join(each.text for each in circumstances_nl(evaluate_plan(planned)))


NORMAL = {"A": ("NOORD", 120), "B": ("ZUID", 320), "C": ("ZUID", 520), "D": ("VEER", 320)}


def test_a_normal_day_has_no_circumstances(tmp_path: Path) -> None:
    planned = solve(river_study(tmp_path))
    assert allocation(planned) == NORMAL
    assert planned.consequences is None
    assert circumstances_nl(evaluate_plan(planned)) == []
    assert circumstances_data(evaluate_plan(planned)) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("links", "expected", "farther", "again"),
    [
        ({"closed_bridges": ["IJsselbrug"]}, {**NORMAL, "B": ("NOORD", 620), "C": ("NOORD", 820)}, 50, 2),
        ({"ferries_out": ["Olsterveer"]}, {**NORMAL, "D": ("ZUID", 1120)}, 10, 1),
    ],
)
def test_with_the_plan_at_hand_a_closed_link_moves_the_right_people_and_nobody_else(
    tmp_path: Path, links: dict[str, Any], expected: dict[str, Any], farther: int, again: int
) -> None:
    planned = solve(river_study(tmp_path, links=links, plan_at_hand={}))
    assert allocation(planned) == expected
    facts = planned.consequences
    assert facts is not None
    assert facts.existing is not None
    assert (facts.existing.moved, facts.existing.farther, facts.existing.nearer) == (farther, farther, 0)
    assert facts.existing.n_closed == 0
    assert facts.links["length_m"].tolist() == [300]
    assert facts.recomputed is not None
    assert facts.recomputed[1] == 3
    assert "wegen dicht" in marks_nl(evaluate_plan(planned))[-1]
    assert f"{farther} inwoners lopen verder" in told(planned)


def test_a_link_that_only_the_walking_network_has_may_be_closed(tmp_path: Path) -> None:
    layers = river_layers()
    car = layers.networks["car"]
    without = car.keep_edges(~car.ferry)
    layers = Layers(**{**vars(layers), "networks": {**layers.networks, "car": without}})
    planned = solve(river_study(tmp_path, links={"ferries_out": ["Olsterveer"]}), layers)
    assert allocation(planned)["D"][0] == "ZUID"


def test_a_link_that_no_network_has_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Olsterveer") as caught:
        solve(river_study(tmp_path, links={"ferries_out": ["Olstveer"]}))
    assert caught.value.faults[0].column == "ferries_out"


def test_a_site_without_emergency_power_drops_out_and_unknown_is_not_no(tmp_path: Path) -> None:
    planned = solve(river_study(tmp_path, power_outage={"whole_region": True}))
    assert allocation(planned) == {"A": ("NOORD", 120), "B": ("NOORD", 620), "C": ("NOORD", 820), "D": ("VEER", 320)}
    facts = planned.consequences
    assert facts is not None
    assert facts.power is not None
    assert (facts.power.n_yes, facts.power.n_no, facts.power.n_unknown) == (1, 1, 1)
    assert (facts.power.n_open_unknown, facts.power.persons_on_unknown) == (1, 10)
    assert facts.fewer.to_dict("records") == [
        {"gemeente_code": "GM0002", "name": "Zuideroever", "wanted": 2, "open": 1}
    ]
    text = told(planned)
    assert "Onbekend: van 1 van de 2 gekozen L-NSP's is niet bekend of er noodstroom is; 10 inwoners hangen" in text
    assert "Zuideroever 1 van 2" in text
    assert marks_nl(evaluate_plan(planned))[-1] == "Omstandigheden: stroomuitval"
    data = json.loads(json.dumps(circumstances_data(evaluate_plan(planned)), default=str))
    assert {row["site_id"]: row["effect"] for row in data["sites"] if row["role"] == "lnsp"} == {
        "ZUID": "dropped",
        "VEER": "kept",
    }


def test_a_penalty_turns_the_choice_but_never_shows_in_a_distance(tmp_path: Path) -> None:
    ratios = {"quota": {"GM0001": 1, "GM0002": 1}, "lnsp_per_cnsp": 2}
    assert allocation(solve(river_study(tmp_path, ratios=ratios)))["B"] == ("ZUID", 320)
    outage = {"whole_region": True, "without": "penalty", "unknown": "keep", "penalty_m": 5000}
    planned = solve(river_study(tmp_path, ratios=ratios, power_outage=outage))
    assert allocation(planned) == {"A": ("NOORD", 120), "B": ("NOORD", 620), "C": ("NOORD", 820), "D": ("VEER", 320)}
    assert evaluate_plan(planned).value("worst_distance_m") == 820
    assert planned.local.costs.distance_m.max() < 5000


def test_a_penalty_cannot_keep_a_site_closed_that_must_open(tmp_path: Path) -> None:
    outage = {"whole_region": True, "without": "penalty", "penalty_m": 200}
    planned = solve(river_study(tmp_path, power_outage=outage))
    assert allocation(planned) == {**NORMAL, "B": ("ZUID", 320), "C": ("ZUID", 520)}
    assert planned.local_plan.value == pytest.approx(40 * 120 + 30 * 520 + 20 * 720 + 10 * 320)


@pytest.mark.parametrize("where", [{"gemeenten": ["GM0002"]}, {"area": ["kaart.gpkg"]}])
def test_an_outage_in_one_gemeente_or_area_leaves_the_rest_alone(tmp_path: Path, where: dict[str, Any]) -> None:
    layers = river_layers(power_outage=part_of_town(500, -50, 700, 50))
    planned = solve(river_study(tmp_path, power_outage=where), layers)
    facts = planned.consequences
    assert facts is not None
    assert facts.power is not None
    assert facts.power.persons == 0
    assert facts.power.n_yes == 0
    assert allocation(planned)["B"][0] == "NOORD"


@pytest.mark.parametrize(
    ("power", "outage", "key"),
    [
        ("unknown", {"unknown": "drop"}, "power_outage.unknown"),
        ("no", {}, "power_outage.without"),
    ],
)
def test_when_all_candidates_drop_out_the_key_is_named(
    tmp_path: Path, power: str, outage: dict[str, Any], key: str
) -> None:
    layers = river_layers()
    layers.sites["emergency_power"] = power
    with pytest.raises(NoPlanError) as caught:
        solve(river_study(tmp_path, power_outage={"whole_region": True, **outage}), layers)
    assert caught.value.faults[0].column == key
    assert set(caught.value.faults[0].ids) == {"NOORD", "ZUID", "VEER"}


def test_when_all_stations_drop_out_they_are_named(tmp_path: Path) -> None:
    layers = river_layers()
    layers.sites.loc[layers.sites["can_be_cnsp"], "emergency_power"] = "no"
    with pytest.raises(NoPlanError, match="none of the stations is left") as caught:
        solve(river_study(tmp_path, power_outage={"whole_region": True}), layers)
    assert set(caught.value.faults[0].ids) == {"K-NOORD", "K-ZUID"}


def test_refusing_every_station_names_the_key(tmp_path: Path) -> None:
    with pytest.raises(NoPlanError) as caught:
        solve(river_study(tmp_path, decisions={"refused_cnsp": ["K-NOORD", "K-ZUID"]}))
    assert caught.value.faults[0].column == "decisions.refused_cnsp"
    assert set(caught.value.faults[0].ids) == {"K-NOORD", "K-ZUID"}


def test_fewer_stations_than_the_ratio_asks_for_each_take_more(tmp_path: Path) -> None:
    planned = solve(river_study(tmp_path, ratios={"lnsp_per_cnsp": 2}, flood={"area": ["x"]}), flooded_south_station())
    facts = planned.consequences
    assert facts is not None
    assert (facts.n_cnsp_wanted, len(planned.coordination_plan.open_stations)) == (2, 1)
    assert facts.max_lnsp_per_cnsp == 3
    assert "coördineert daarom 3 L-NSP's" in told(planned)


def flooded_south_station() -> Layers:
    return river_layers(flood=part_of_town(380, -30, 420, -5))


def test_in_a_flood_sites_drop_out_streets_close_and_people_are_counted(tmp_path: Path) -> None:
    layers = river_layers(flood=part_of_town(590, -60, 1500, 60))
    planned = solve(river_study(tmp_path, flood={"area": ["water.gpkg"]}), layers)
    assert allocation(planned) == {"A": ("NOORD", 120), "B": ("NOORD", 620), "C": ("NOORD", 820), "D": ("NOORD", 1420)}
    facts = planned.consequences
    assert facts is not None
    assert facts.flood is not None
    assert (facts.flood.persons, facts.flood.evacuated, facts.flood.cut_off) == (0, 0, 0)
    assert set(facts.sites["site_id"]) == {"ZUID", "VEER"}
    assert facts.links["change"].tolist() == ["under_water"]


@pytest.mark.parametrize(
    ("people", "d_goes_to", "evacuated"), [("to_evacuate", (None, 0), 10), ("nearest_dry", ("VEER", 320), 0)]
)
def test_who_lives_in_the_water_is_evacuated_or_leaves_in_time(
    tmp_path: Path, people: str, d_goes_to: tuple[str | None, float], evacuated: int
) -> None:
    layers = river_layers(flood=part_of_town(1300, 250, 1500, 350))
    planned = solve(river_study(tmp_path, flood={"area": ["water.gpkg"], "people": people}), layers)
    assert allocation(planned) == {**NORMAL, "D": d_goes_to}
    facts = planned.consequences
    assert facts is not None
    assert facts.flood is not None
    assert (facts.flood.persons, facts.flood.evacuated) == (10, evacuated)
    evaluation = evaluate_plan(planned)
    assert evaluation.value("served_persons") + evaluation.value("unreachable_persons") == 100
    assert planned.unreachable["persons"].sum() == evacuated
    if evacuated:
        assert planned.unreachable["reason"].tolist() == ["in_water"]
        assert "Te evacueren: 10 inwoners" in told(planned)


def test_straight_lines_know_no_closed_streets_and_say_so(tmp_path: Path) -> None:
    layers = river_layers(flood=part_of_town(1300, 250, 1500, 350))
    layers = Layers(**{**vars(layers), "networks": {}})
    study = river_study(tmp_path, distances={"method": "straight_line"}, flood={"area": ["water.gpkg"]})
    planned = solve(study, layers)
    assert planned.unreachable["reason"].tolist() == ["in_water"]
    assert "Onbekend: welke wegen onder water staan; de afstanden zijn hemelsbreed." in told(planned)


def test_an_lnsp_that_no_station_reaches_keeps_a_coordinator_and_is_named(tmp_path: Path) -> None:
    layers = river_layers(flood=part_of_town(1000, 250, 1100, 350))
    study = river_study(
        tmp_path,
        flood={"area": ["water.gpkg"]},
        links={"closed_bridges": ["IJsselbrug"], "ferries_out": ["Olsterveer"]},
        decisions={"refused_cnsp": ["K-NOORD"]},
    )
    planned = solve(study, layers)
    facts = planned.consequences
    assert facts is not None
    assert facts.islanded == ("NOORD",)
    assert "Over de weg niet te bereiken vanuit een C-NSP: Gebouw NOORD" in told(planned)
    assert allocation(planned)["D"][0] is None
    assert facts.flood is not None
    assert facts.flood.cut_off == 10


def test_water_that_touches_nothing_is_refused(tmp_path: Path) -> None:
    layers = river_layers(flood=part_of_town(200, 100, 210, 110))
    layers = Layers(**{**vars(layers), "networks": {}})
    with pytest.raises(SettingsError, match="changes nothing"):
        solve(river_study(tmp_path, distances={"method": "straight_line"}, flood={"area": ["water.gpkg"]}), layers)


def test_an_unknown_gemeente_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"did you mean GM0001 \(Noorderoever\)") as caught:
        solve(river_study(tmp_path, power_outage={"gemeenten": ["GM0011"]}))
    assert caught.value.faults[0].column == "power_outage.gemeenten"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shortage", "still_open"),
    [
        ({"closed_share": 0.3}, {"NOORD", "ZUID"}),
        ({"open_lnsps": 2}, {"NOORD", "ZUID"}),
        ({"open_lnsps": 1}, {"NOORD"}),
        ({"closed_share": 0.5, "per": "gemeente"}, {"NOORD", "ZUID"}),
        ({"open_in": {"GM0001": 0}}, {"ZUID", "VEER"}),
    ],
)
def test_a_shortage_opens_fewer_of_the_plan_at_hand(
    tmp_path: Path, shortage: dict[str, Any], still_open: set[str]
) -> None:
    planned = solve(river_study(tmp_path, staff_shortage=shortage))
    opened = {planned.local.site_ids[j] for j in planned.local_plan.open_sites}
    assert opened == still_open
    facts = planned.consequences
    assert facts is not None
    assert facts.existing is not None
    assert facts.existing.n_closed == 3 - len(still_open)
    assert set(facts.existing.closed) == {f"Gebouw {name}" for name in {"NOORD", "ZUID", "VEER"} - still_open}
    assert facts.existing.nearer == 0


@pytest.mark.parametrize(("sections", "times"), [({}, 1), ({"links": {"closed_bridges": ["IJsselbrug"]}}, 2)])
def test_distances_are_measured_once_per_set_of_closed_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sections: dict[str, Any], times: int
) -> None:
    measured = []
    measure = distances.measure_people_distances
    monkeypatch.setattr(distances, "measure_people_distances", lambda *given: measured.append(given) or measure(*given))
    solve(river_study(tmp_path, staff_shortage={"closed_share": 0.3}, **sections))
    assert len(measured) == times


@pytest.mark.parametrize(
    ("shortage", "key"),
    [
        ({"open_lnsps": 4}, "staff_shortage.open_lnsps"),
        ({"open_in": {"GM0001": 2}}, "staff_shortage.open_in.GM0001"),
        ({"open_in": {"GM0003": 2}}, "staff_shortage.open_in"),
    ],
)
def test_a_shortage_cannot_open_what_is_not_there(tmp_path: Path, shortage: dict[str, Any], key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        solve(river_study(tmp_path, staff_shortage=shortage))
    assert caught.value.faults[0].column == key


def test_a_flood_that_takes_the_whole_plan_at_hand_says_so(tmp_path: Path) -> None:
    ratios = {"quota": {"GM0001": 1, "GM0002": 1}, "lnsp_per_cnsp": 2}
    study = river_study(tmp_path, ratios=ratios, flood={"area": ["x"]}, plan_at_hand={})
    layers = river_layers(flood=part_of_town(-50, -60, 800, 500))
    with pytest.raises(NoPlanError, match="none of the 2 L-NSPs of the plan at hand is left"):
        solve(study, layers)


@pytest.mark.parametrize(
    ("section", "told_of"),
    [
        ({"power_outage": {}}, "say where the power is out"),
        ({"power_outage": {"whole_region": True, "gemeenten": ["GM0001"]}}, "choose one"),
        ({"power_outage": {"whole_region": True, "roles": []}}, "roles is empty"),
        ({"power_outage": {"whole_region": True, "unknown": "no"}}, "drop"),
        ({"flood": {}}, "say where the water is"),
        ({"staff_shortage": {}}, "say how many open"),
        ({"staff_shortage": {"closed_share": 0.2, "open_lnsps": 3}}, "choose one"),
        ({"staff_shortage": {"closed_share": 1.0}}, "less than 1"),
        ({"staff_shortage": {"open_in": {"GM0001": 1}, "closed_share": 0.2}}, "open_in goes with nothing else"),
    ],
)
def test_settings_that_say_nothing_or_two_things_are_refused(
    tmp_path: Path, section: dict[str, Any], told_of: str
) -> None:
    with pytest.raises(SettingsError, match=told_of):
        river_study(tmp_path, **section)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    power=st.lists(st.sampled_from(["yes", "no", "unknown"]), min_size=3, max_size=3),
    unknown=st.sampled_from(["keep", "drop"]),
    water=st.tuples(st.integers(0, 13), st.integers(1, 6), st.sampled_from(["to_evacuate", "nearest_dry"])),
)
def test_an_outage_or_a_flood_never_helps_and_people_are_conserved(
    tmp_path: Path, power: list[str], unknown: str, water: tuple[int, int, str]
) -> None:
    left, width, people = water
    layers = river_layers(flood=part_of_town(left * 100, 250, (left + width) * 100, 320))
    layers.sites["emergency_power"] = [*power, "yes", "yes"]
    study = river_study(
        tmp_path,
        power_outage={"whole_region": True, "unknown": unknown},
        flood={"area": ["water.gpkg"], "people": people},
    )
    try:
        planned = solve(study, layers)
    except (NoPlanError, SettingsError):
        return
    for square, (site, metres) in allocation(planned).items():
        if site is not None:
            assert metres >= NORMAL[square][1] - 0.1
    evaluation = evaluate_plan(planned)
    assert evaluation.value("served_persons") + evaluation.value("unreachable_persons") == 100
    assert planned.unreachable["persons"].sum() == evaluation.value("unreachable_persons")
    facts = planned.consequences
    assert facts is not None
    assert facts.flood is not None
    assert facts.flood.evacuated + facts.flood.cut_off == evaluation.value("unreachable_persons")


def test_the_facts_name_every_square_without_an_lnsp(tmp_path: Path) -> None:
    layers = river_layers(flood=part_of_town(-50, 250, 50, 350))
    study = river_study(tmp_path, flood={"area": ["x"]}, power_outage={"gemeenten": ["GM0002"], "unknown": "drop"})
    with pytest.raises(NoPlanError):
        solve(study, layers)
    study = river_study(tmp_path, flood={"area": ["x"]}, links={"closed_bridges": ["IJsselbrug"]})
    planned = solve(study, layers)
    lost = planned.unreachable.set_index("id")["persons"].to_dict()
    assert {square for square, (site, _) in allocation(planned).items() if site is None} == set(lost)
    assert isinstance(planned.unreachable, pd.DataFrame)
    assert np.isin(planned.unreachable["reason"], ["island", "dropped", "in_water", "beyond_cutoff", "too_far"]).all()
