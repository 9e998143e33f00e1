"""Stations by what is known of them, and too few of them found by counting: five stations in a row, by hand.

K1 rebuilt 2025-2030 · K2 rebuilt 2030-2040, let by somebody · K3 na 2050, unfit · K4 nothing known · K5 na 2050
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nsp_planner.config import SiteRole, Study
from nsp_planner.errors import NoPlanError, SettingsError
from nsp_planner.layers.sites.standing import standing, standing_counts
from nsp_planner.layers.sites.station_rules import station_rules
from nsp_planner.layers.tables import Layers
from nsp_planner.study.circumstances.site_effects import site_effects
from nsp_planner.study.prepare.stations import Stations, check_enough_stations, find_stations
from tests.towns.planned import make_layers, make_sites, make_study, make_toy

RENEWAL = ["2025-2030", "2030-2040", "na 2050", pd.NA, "na 2050"]
TENURE = [pd.NA, "Particuliere  huur", pd.NA, pd.NA, pd.NA]
SUITABILITY = [pd.NA, pd.NA, "ongeschikt", pd.NA, pd.NA]


@pytest.fixture(scope="module")
def layers() -> Layers:
    toy = make_toy()[0].layers
    names = ["Dorpshuis", *(f"K{k}" for k in range(1, 6))]
    xy = np.column_stack([210_100 + 100 * np.arange(6), np.full(6, 500_300)])
    sites = make_sites(names, xy, 5, ["GM0001"] * 6)
    sites["site_id"] = names
    for column, values in (("renewal", RENEWAL), ("tenure", TENURE), ("suitability", SUITABILITY)):
        sites[column] = pd.array([pd.NA, *values], dtype="str")
    return make_layers(toy.demand, sites, toy.areas)


def study_with(ratio: float = 4, **decisions: Any) -> Study:
    return make_study(decisions=decisions, ratios={"lnsp_per_cnsp": ratio})


def stations(layers: Layers, study: Study, n_lnsp: int = 8) -> Stations:
    return find_stations(layers, study, n_lnsp, site_effects(layers, study))


def ids(found: Stations, which: np.ndarray) -> list[str]:
    return [found.ids[k] for k in np.flatnonzero(which)]


def test_without_rules_every_station_is_free_and_has_no_price(layers: Layers) -> None:
    found = stations(layers, study_with())
    assert found.ids == ("K1", "K2", "K3", "K4", "K5")
    assert not found.fixed.any()
    assert not found.refused.any()
    assert found.price_m is None
    assert found.n_coordinators == 2


def test_a_number_is_a_price_and_two_columns_add_up(layers: Layers) -> None:
    wishes = {"renewal": {"2025-2030": 1000, "2030-2040": 300.5}, "tenure": {"particuliere huur": 2000}}
    found = stations(layers, study_with(stations=wishes))
    assert found.price_m is not None
    assert found.price_m.tolist() == [1000, 2300.5, 0, 0, 0]
    assert not (found.fixed | found.refused).any()


def test_a_value_can_refuse_or_fix_and_refusing_goes_before_fixing(layers: Layers) -> None:
    rules = {"suitability": {"ongeschikt": "refused"}, "renewal": {"na 2050": "fixed"}}
    found = stations(layers, study_with(stations=rules))
    assert (ids(found, found.fixed), ids(found, found.refused)) == (["K5"], ["K3"])
    assert found.price_m is None


def test_what_is_decided_of_a_station_by_id_or_status_goes_before_a_rule(layers: Layers) -> None:
    rules = {"suitability": {"ongeschikt": "refused"}, "renewal": {"na 2050": "fixed"}}
    by_id = stations(layers, study_with(stations=rules, fixed_cnsp=["K3"], refused_cnsp=["K5"]))
    assert (ids(by_id, by_id.fixed), ids(by_id, by_id.refused)) == (["K3"], ["K5"])
    layers.sites.loc[layers.sites["site_id"] == "K5", "status"] = "afgevallen"
    try:
        by_status = stations(layers, study_with(stations=rules))
    finally:
        layers.sites["status"] = "idee"
    assert (ids(by_status, by_status.fixed), ids(by_status, by_status.refused)) == ([], ["K3", "K5"])


def test_a_value_that_no_station_has_is_a_fault_with_the_nearest_that_one_has(layers: Layers) -> None:
    with pytest.raises(SettingsError, match=r"decisions.stations.renewal.*\n?.*did you mean '2025-2030'"):
        stations(layers, study_with(stations={"renewal": {"2025-2031": 100}}))


def test_the_rules_that_hold_are_told_with_column_and_value(layers: Layers) -> None:
    study = study_with(stations={"tenure": {"particuliere huur": "refused"}, "renewal": {"2030-2040": 700}})
    assert station_rules(layers.sites, study.decisions.stations).to_numpy().tolist() == [
        ["K2", "renewal", "2030-2040", "wish", 700.0],
        ["K2", "tenure", "Particuliere  huur", "refused", 0.0],
    ]


@pytest.mark.parametrize(
    ("ratio", "decisions", "n_lnsp", "told"),
    [
        (1, {}, 6, "6 C-NSPs are asked for, but only 5 stations are not refused"),
        (4, {"stations": {"renewal": {"na 2050": "refused"}}}, 16, "4 C-NSPs are asked for, but only 3 stations"),
        (4, {"refused_cnsp": ["K1", "K2", "K3", "K4", "K5"]}, 4, "all 5 stations are refused"),
        (4, {"fixed_cnsp": ["K1", "K2"]}, 4, "2 stations are fixed, but only 1 C-NSPs may open"),
    ],
)
def test_too_few_stations_or_too_many_fixed_are_found_by_counting(
    layers: Layers, ratio: float, decisions: dict[str, Any], n_lnsp: int, told: str
) -> None:
    study = study_with(ratio, **decisions)
    with pytest.raises(NoPlanError, match=told):
        check_enough_stations(stations(layers, study, n_lnsp), n_lnsp, study)


def test_just_enough_stations_pass(layers: Layers) -> None:
    study = study_with(1)
    check_enough_stations(stations(layers, study, 5), 5, study)
    narrow = make_study(ratios={"lnsp_per_cnsp": 4, "min_lnsp_per_cnsp": 3})
    check_enough_stations(stations(layers, narrow, 6), 6, narrow)
    with pytest.raises(NoPlanError, match="2 C-NSPs with at least 3 L-NSPs each need 6 L-NSPs, there are 5"):
        check_enough_stations(stations(layers, narrow, 5), 5, narrow)


def test_where_the_number_is_found_only_what_more_lnsps_cannot_mend_is_a_fault(layers: Layers) -> None:
    fixed = study_with(4, fixed_cnsp=["K1", "K2"])
    check_enough_stations(stations(layers, fixed, 1), 1, fixed, at_least=True)
    many = study_with(1)
    with pytest.raises(NoPlanError, match="6 C-NSPs are asked for"):
        check_enough_stations(stations(layers, many, 6), 6, many, at_least=True)


def test_the_standing_of_a_station_says_what_decided(layers: Layers) -> None:
    study = study_with(stations={"suitability": {"ongeschikt": "refused"}}, fixed_cnsp=["K1"])
    known = standing(layers, study.decisions, SiteRole.CNSP)
    by = dict(zip(layers.sites["site_id"], (known.by(row) for row in range(6)), strict=True))
    assert (by["K1"], by["K3"], by["K4"]) == ("decision", "rule", "status")
    assert standing_counts(layers, study.decisions)["refused"] == {"[decisions.stations]": 1}
