"""Why noodsteunpunten came or went: a row of halls along one road.

One gemeente, squares of 100 persons; halls a, b, c, d, e along the road, in the plan before: a, c, e. Where another
plan opens other halls, or the list says something else, the reason must be what was changed and nothing else::

    squares   1  2  3  4  5  6  7  8  9
    halls     a     b     c     d     e
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from nsp_planner.evaluate.change.change_reasons import (
    ChangeReason,
    PlanState,
    ReasonKind,
    _nearest_root,
    find_flows,
    find_reasons,
)
from nsp_planner.report.text.change_reasons import reason_nl

HALLS = {"a": 1, "b": 3, "c": 5, "d": 7, "e": 9}
NAMES = {site: f"Hal {site.upper()}" for site in HALLS} | {"k": "Kazerne K", "m": "Kazerne M"}


def plan(open_halls: str, station: str = "k", gap: float = 0.004, **settings: Any) -> PlanState:
    """Everybody at the nearest open hall, the left one of two; every hall under one station."""
    ids = [*HALLS, "k", "m"]
    sites = gpd.GeoDataFrame(
        {
            "site_id": ids,
            "name": [NAMES[site] for site in ids],
            "gemeente_name": "Dalfsen",
            "role": ["lnsp" if site in open_halls else "cnsp" if site == station else "none" for site in ids],
            "status": "idee",
            "status_reason": "",
            "decision": "nee",
            "counted_persons": 500.0,
            "cnsp_id": [station if site in open_halls else "" for site in ids],
        },
        geometry=[shapely.Point(1_000 * HALLS.get(site, 5), 0) for site in ids],
        crs="EPSG:28992",
    )
    squares = pd.DataFrame(
        {
            "demand_id": [f"s{n}" for n in range(1, 10)],
            "persons": 100.0,
            "site_id": [min(open_halls, key=lambda hall: (abs(HALLS[hall] - n), HALLS[hall])) for n in range(1, 10)],
        }
    )
    given = {"ratios.quota_per": "region", "capacity.persons": 5000.0, **settings}
    return PlanState(sites, squares, given, {"population": "1", "sites: hallen": "2"}, {"lnsp": gap, "cnsp": 0.0})


def with_cells(state: PlanState, site: str, **cells: Any) -> PlanState:
    sites = state.sites.copy()
    for column, value in cells.items():
        sites.loc[sites["site_id"] == site, column] = value
    return replace(state, sites=sites)


def reasons(before: PlanState, after: PlanState) -> dict[str, ChangeReason]:
    return {reason.site_id: reason for reason in find_reasons(before, after)}


def test_the_same_plan_twice_has_no_change() -> None:
    assert find_reasons(plan("ace"), plan("ace")) == []
    assert find_flows(plan("ace"), plan("ace")).empty


def test_a_hall_that_withdrew_is_why_it_went_and_why_its_neighbour_came() -> None:
    after = with_cells(plan("abe"), "c", status="afgevallen", status_reason="asbest")
    found = reasons(plan("ace"), after)
    assert (found["c"].kind, found["c"].old, found["c"].new) == (ReasonKind.WITHDRAWN, "idee", "afgevallen")
    assert (found["b"].kind, found["b"].root and found["b"].root.site_id) == (ReasonKind.FOLLOWS, "c")
    assert found["b"].people == (("c", 300.0), ("a", 100.0))
    assert reason_nl(found["c"], NAMES) == (
        "ingetrokken: idee werd afgevallen (asbest); inwoners gaan naar Hal B (300), Hal E (100)"
    )
    assert reason_nl(found["b"], NAMES) == (
        "volgt uit Hal C (Dalfsen): ingetrokken: idee werd afgevallen (asbest); "
        "inwoners komen van Hal C (300), Hal A (100)"
    )


def test_what_is_on_no_chain_from_a_change_follows_from_nothing() -> None:
    """Hall a gave way to b, and nobody of them had to do with hall e, whose capacity shrank."""
    after = with_cells(plan("bce"), "e", counted_persons=450.0)
    found = reasons(plan("ace"), after)
    assert {found["a"].kind, found["b"].kind} == {ReasonKind.NONE}
    assert reason_nl(found["b"], NAMES).startswith("geen aanwijsbare oorzaak: binnen de marge van het bewijs (0,40 %)")


def test_a_hall_that_stayed_can_be_where_it_begins() -> None:
    """Hall c holds fewer people: squares 3 and 4 go to hall b instead."""
    after = with_cells(plan("bce"), "c", counted_persons=200.0)
    squares = after.squares.assign(site_id=[*"bbbbc", *"ceee"])
    found = reasons(plan("ace"), replace(after, squares=squares))
    assert (found["b"].kind, found["b"].root and found["b"].root.kind) == (ReasonKind.FOLLOWS, ReasonKind.CAPACITY)
    assert found["a"].via == ("b",)
    assert "volgt uit Hal C (Dalfsen): andere capaciteit: 500 werd 200, via Hal B" in reason_nl(found["a"], NAMES)


@pytest.mark.parametrize(
    ("before", "after", "site", "kind"),
    [
        ({"status": "afgevallen"}, {}, "b", ReasonKind.FREED),
        ({"decision": "afgewezen"}, {}, "b", ReasonKind.FREED),
        ({}, {"decision": "ja"}, "b", ReasonKind.FIXED),
        ({}, {"status": "pilot"}, "b", ReasonKind.STATUS),
        ({}, {"counted_persons": 900.0}, "b", ReasonKind.CAPACITY),
        ({}, {"geometry": shapely.Point(3_000, 40)}, "b", ReasonKind.MOVED),
        ({"decision": "ja"}, {}, "c", ReasonKind.RELEASED),
        ({"status": "pilot"}, {}, "c", ReasonKind.STATUS),
        ({}, {"decision": "afgewezen"}, "c", ReasonKind.WITHDRAWN),
        ({}, {"counted_persons": 100.0}, "c", ReasonKind.CAPACITY),
        ({}, {"counted_persons": 900.0}, "c", ReasonKind.NONE),
        ({"status": "pilot"}, {}, "b", ReasonKind.NONE),
    ],
)
def test_what_the_list_says_of_a_building_is_its_reason(
    before: dict[str, Any], after: dict[str, Any], site: str, kind: ReasonKind
) -> None:
    """A rise explains that a hall came (b), a fall that one went (c), and not the other way round."""
    one, other = with_cells(plan("ace"), site, **before), with_cells(plan("abe"), site, **after)
    assert reasons(one, other)[site].kind == kind


def test_a_building_that_is_new_or_gone_says_so() -> None:
    without_b = replace(plan("ace"), sites=plan("ace").sites.query("site_id != 'b'"))
    assert reasons(without_b, plan("abe"))["b"].kind == ReasonKind.NEW
    without_c = replace(plan("abe"), sites=plan("abe").sites.query("site_id != 'c'"))
    assert reasons(plan("ace"), without_c)["c"].kind == ReasonKind.GONE


def test_a_building_that_a_rule_leaves_out_or_that_became_one_with_another_says_so() -> None:
    without_c = plan("abe")
    without_c = replace(without_c, sites=without_c.sites[without_c.sites["site_id"] != "c"])
    unfit = replace(without_c, unfit={"c": "regel tent: een tent is geen gebouw"})
    told = reason_nl(reasons(plan("ace"), unfit)["c"], {})
    assert told.startswith("geen kandidaat meer (regel tent: een tent is geen gebouw)")
    one = replace(without_c, merged={"c": "a"})
    called = one.sites.set_index("site_id").at["a", "name"]
    assert reason_nl(reasons(plan("ace"), one)["c"], {}).startswith(f"is nu één gebouw met {called}")
    back = reasons(unfit, plan("ace"))["c"]
    assert back.kind == ReasonKind.FREED
    assert "geen kandidaat (regel tent: een tent is geen gebouw) werd kandidaat" in reason_nl(back, {})


def test_other_settings_are_named_where_the_list_says_nothing() -> None:
    found = reasons(plan("ace"), plan("abe", **{"capacity.persons": 4000.0, "output": "elsewhere"}))
    assert (found["b"].kind, found["b"].keys) == (ReasonKind.SETTING, ("capacity.persons",))
    other_people = replace(plan("abe"), inputs={"population": "9", "sites: hallen": "8"})
    assert reasons(plan("ace"), other_people)["b"].keys == ("population",)


def test_a_number_per_gemeente_links_who_came_to_who_went() -> None:
    """Hall a is refused and d comes at the other end: nobody goes from one to the other, the number of three does."""
    before, after = (plan(halls, **{"ratios.quota_per": "gemeente"}) for halls in ("ace", "cde"))
    found = reasons(before, with_cells(after, "a", decision="afgewezen"))
    assert found["d"].root is not None
    assert found["d"].root.site_id == "a"
    loose = reasons(plan("ace"), with_cells(plan("cde"), "a", decision="afgewezen"))
    assert loose["d"].kind == ReasonKind.NONE


def test_a_station_follows_from_its_own_halls() -> None:
    after = with_cells(plan("abe", station="m"), "c", status="afgevallen")
    found = reasons(plan("ace"), after)
    assert (found["m"].kind, found["m"].root and found["m"].root.site_id) == (ReasonKind.FOLLOWS, "b")
    assert reason_nl(found["k"], NAMES) == "volgt uit de L-NSP's die het aanstuurt: Hal C verviel"
    assert reasons(plan("ace"), plan("ace", station="m"))["m"].kind == ReasonKind.NONE


def test_three_links_lead_to_a_change_and_four_do_not() -> None:
    links = {"e": ["d"], "d": ["e", "c"], "c": ["d", "b"], "b": ["c", "a"], "a": ["b"]}
    roots = {"a": reasons(plan("ace"), with_cells(plan("bce"), "a", decision="afgewezen"))["a"]}
    assert _nearest_root("d", roots, links) == ["d", "c", "b", "a"]
    assert _nearest_root("e", roots, links) is None
    assert _nearest_root("e", roots, {**links, "e": ["d", "c"]}) == ["e", "c", "b", "a"]
    assert _nearest_root("x", roots, links) is None


@pytest.mark.parametrize(("persons", "kind"), [(50.0, ReasonKind.FOLLOWS), (49.0, ReasonKind.NONE)])
def test_fifty_persons_link_two_halls_and_fewer_are_the_edge_between_them(persons: float, kind: ReasonKind) -> None:
    """Hall c withdrew and b came: squares 4, 5 and 6 went from the one to the other."""
    after = with_cells(plan("abe"), "c", status="afgevallen")
    squares = after.squares.assign(persons=[1.0] * 3 + [persons - 2, 1.0, 1.0] + [1.0] * 3)
    assert reasons(plan("ace"), replace(after, squares=squares))["b"].kind == kind


@pytest.mark.parametrize(
    ("cells", "site", "kind"),
    [
        ({"geometry": shapely.Point(3_000, 1)}, "b", ReasonKind.MOVED),
        ({"geometry": shapely.Point(3_000, 0.9)}, "b", ReasonKind.NONE),
        ({"counted_persons": 501.0}, "b", ReasonKind.CAPACITY),
        ({"counted_persons": 500.5}, "b", ReasonKind.NONE),
        ({"counted_persons": 499.0}, "c", ReasonKind.CAPACITY),
        ({"counted_persons": 499.5}, "c", ReasonKind.NONE),
        ({"status": "onbekend"}, "b", ReasonKind.NONE),  # another word ranks as an idea
    ],
)
def test_a_metre_has_moved_and_half_a_person_is_rounding(cells: dict[str, Any], site: str, kind: ReasonKind) -> None:
    assert reasons(plan("ace"), with_cells(plan("abe"), site, **cells))[site].kind == kind


def test_a_capacity_says_nothing_of_a_station() -> None:
    found = reasons(plan("ace"), with_cells(plan("ace", station="m"), "m", counted_persons=900.0))
    assert found["m"].kind == ReasonKind.NONE


def test_a_station_follows_from_the_hall_with_a_reason_of_its_own_before_one_that_follows_or_has_none() -> None:
    """Under m come b, which follows from c, and d, which is fixed now; under k went only c."""
    after = with_cells(with_cells(plan("abde", station="m"), "c", status="afgevallen"), "d", decision="ja")
    found = reasons(plan("ace"), after)
    assert found["b"].kind == ReasonKind.FOLLOWS
    assert found["m"].root == found["d"]
    assert found["k"].root == found["c"]


def test_a_station_that_the_list_says_something_of_has_that_as_its_reason() -> None:
    found = reasons(plan("ace"), with_cells(plan("abe", station="m"), "k", status="afgevallen"))
    assert found["k"].kind == ReasonKind.WITHDRAWN
    assert found["k"].role == "cnsp"


def test_the_larger_of_two_gaps_is_told_and_only_squares_of_both_are_moved() -> None:
    found = reasons(plan("ace", gap=0.001), plan("abe", gap=0.02))
    assert found["b"].gap == 0.02
    assert reasons(plan("ace", gap=0.03), plan("abe", gap=0.02))["b"].gap == 0.03
    fewer = replace(plan("ace"), squares=plan("ace").squares.iloc[:4])
    assert find_flows(fewer, plan("abe"))["persons"].sum() == 100 + 100  # squares 3 and 4 of the first four
    nobody = plan("ace").squares.assign(site_id=pd.NA)
    flows = find_flows(replace(plan("ace"), squares=nobody), plan("ace"))
    assert flows.to_numpy().tolist() == [["", "c", 400.0], ["", "a", 300.0], ["", "e", 200.0]]
