"""What readers are told of the way to the C-NSP: words by hand, on two stations (drawn in test_nearer_cnsp.py)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.report.text.coordination import (
    NO_REASON,
    coordination_nl,
    drive_nl,
    km_nl,
    nearer_table,
    norm_km_nl,
    reasons_nl,
    station_rules_nl,
)
from nsp_planner.report.text.key_figures import key_figures
from tests.evaluate.stations.test_nearer_cnsp import two_stations
from tests.towns.planned import make_study


def test_distances_are_told_in_kilometres_and_minutes_by_car() -> None:
    premises = two_stations([0, 1]).premises
    assert (km_nl(12_345), km_nl(None), norm_km_nl(15_000), norm_km_nl(12_500)) == ("12,3 km", "–", "15 km", "12,5 km")
    assert drive_nl(20_000, premises) == "20.000 m, 30 minuten rijden"
    assert drive_nl(100, premises) == "100 m, 1 minuut rijden"


def test_who_lies_beyond_the_norm_is_warned_about_by_name() -> None:
    texts = coordination_nl(evaluate_plan(two_stations([0, 0], min_lnsp_per_cnsp=0, max_lnsp_per_cnsp=2)))
    assert texts[0].startswith(
        "Een L-NSP ligt gemiddeld 10,2 km (15 minuten rijden) van zijn C-NSP. Het verst ligt Zaal"
    )
    assert "Zaal twee: 20,0 km (30 minuten rijden) van Kazerne" in texts[0]
    assert "verder van zijn C-NSP dan de norm van 15 km (een eigen instelling): Zaal twee (20,0 km)." in texts[1]
    # Zaal een lies nearer and is empty: nothing keeps Zaal twee away from it
    assert "Dat is een fout in het plan; meld het: Zaal twee (naar Kazerne, voorbij Zaal een)" in texts[-1]


def test_a_plan_in_which_everyone_has_the_nearest_says_so_and_warns_of_nothing() -> None:
    evaluation = evaluate_plan(two_stations([0, 1]))
    texts = coordination_nl(evaluation)
    assert texts[-1] == "Elk L-NSP valt onder het dichtstbijzijnde C-NSP."
    assert "Geen L-NSP ligt verder van zijn C-NSP dan de norm van 15 km" in texts[1]
    assert not any(figure.alarm for figure in key_figures(evaluation) if "C-NSP" in figure.label)


def test_what_is_a_fault_or_too_far_stands_out_among_the_key_figures() -> None:
    evaluation = evaluate_plan(two_stations([0, 0], min_lnsp_per_cnsp=0))
    loud = {figure.label: figure.text for figure in key_figures(evaluation) if figure.alarm and "C-NSP" in figure.label}
    assert loud["L-NSP's verder dan 15 km van C-NSP"] == "1"
    assert loud["L-NSP's zonder reden voorbij een C-NSP"] == "1"


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        (("most",), "Zaal een zit aan het maximum (4 L-NSP's)"),
        (("load",), "Zaal een heeft al 4 L-NSP's; een extra komt boven de verhouding"),
        (("gemeente",), "Zaal een ligt in een andere gemeente (Oost)"),
        (("least",), "Kazerne zou te weinig L-NSP's overhouden"),
        ((), NO_REASON),
    ],
)  # fmt: skip
def test_every_reason_has_its_words(reasons: tuple[str, ...], told: str) -> None:
    row = {"nearer_name": "Zaal een", "nearer_gemeente_name": "Oost", "cnsp_name": "Kazerne", "n_lnsp": 4}
    assert reasons_nl({**row, "reasons": reasons}) == told


def test_the_sheet_names_both_stations_and_the_reason() -> None:
    planned = two_stations([0, 1], ((500.0, 100.0), (20_000.0, 2000.0)), max_lnsp_per_cnsp=1)
    (row,) = nearer_table(evaluate_plan(planned).nearer).to_dict("records")
    assert (row["L-NSP"], row["C-NSP"], row["Dichterbij"]) == ("Zaal nul", "Kazerne", "Zaal een")
    assert row["Reden"] == "Zaal een zit aan het maximum (1 L-NSP)"


def test_what_the_study_says_of_a_station_is_told_with_column_and_value() -> None:
    planned = two_stations([0, 1])
    sites = planned.layers.sites.copy()
    sites["renewal"] = np.where(sites["can_be_cnsp"], "2025-2030", None)
    study = make_study(decisions={"stations": {"renewal": {"2025-2030": 1000}}})
    town = replace(planned, layers=replace(planned.layers, sites=sites), study=study)
    assert station_rules_nl(evaluate_plan(town)) == {"k": "telt 1.000 m verder (Vernieuwing: 2025-2030)"}
