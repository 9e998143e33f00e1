"""What is asked of a noodsteunpunt and what is known of it: two buildings by hand, one of them in both roles."""

from __future__ import annotations

import pandas as pd

from nsp_planner.evaluate.sites.provisions import (
    CNSP_BASIC,
    CNSP_WISHES,
    LNSP_BASIC,
    LNSP_WISHES,
    build_basics,
    build_gaps,
)
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS

SITES = pd.DataFrame({"site_id": ["a", "b"], **{name: ["unknown", "yes"] for name in GAP_COLUMNS}})
SITES.loc[0, ["heat", "parking"]] = "no"
SITES.loc[0, "toilets"] = "yes"


def test_a_no_is_to_arrange_unknown_is_to_ask_and_a_wish_is_neither() -> None:
    basics = build_basics(build_gaps(SITES, ["a"], [])).iloc[0]
    assert (basics["n_met"], basics["arrange"]) == (1, ("heat",))
    assert basics["ask"] == ("emergency_power", "water_food", "first_aid_room", "access_24_7")


def test_a_building_in_both_roles_is_asked_what_each_role_needs() -> None:
    gaps = build_gaps(SITES, ["b"], ["b"])
    asked = gaps.groupby("role")["provision"].agg(tuple)
    assert asked["lnsp"] == (*LNSP_BASIC, *LNSP_WISHES)
    assert asked["cnsp"] == (*CNSP_BASIC, *CNSP_WISHES)
    assert build_basics(gaps)["n_met"].tolist() == [len(LNSP_BASIC), len(CNSP_BASIC)]


def test_every_provision_of_the_list_is_asked_of_an_l_nsp_once() -> None:
    assert sorted((*LNSP_BASIC, *LNSP_WISHES)) == sorted(GAP_COLUMNS)


def test_without_chosen_buildings_the_tables_are_empty() -> None:
    gaps = build_gaps(SITES, [], [])
    assert gaps.empty
    assert build_basics(gaps).empty
