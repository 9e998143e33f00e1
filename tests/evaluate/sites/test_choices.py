"""Why a building is chosen or not, on the town on a line by hand.

    x (m)      0        1000       2000              6000            20000
    square     A 100    B 300      C 100             D 40            E 7 (nobody's)
    site       s0 ----- s1                 s2 at 3000                 cutoff 5 km, counts as 5 km

The metres that all walk to their nearest L-NSP, by which ones are open (E adds 35,000 to each):

    s0, s2    300,000 (B) + 100,000 (C) + 120,000 (D) = 520,000
    s0, s1    100,000 (C) + 200,000 (D)               = 300,000
    s1, s2    100,000 (A) + 100,000 (C) + 120,000 (D) = 320,000
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.sites.choices import COLUMNS, build_choices
from nsp_planner.evaluate.solved.consequences import ChangeFromExisting, Consequences
from nsp_planner.evaluate.solved.planned import PlannedStudy
from tests.towns.line_town import planned_line_town

AGREED, PILOT, DROPPED = "akkoord eigenaar", "pilot", "afgevallen"


def town(
    statuses: dict[str, str] | None = None,
    *,
    fixed: tuple[bool, bool, bool] = (False, False, False),
    refused: tuple[bool, bool, bool] = (False, False, False),
    opened: tuple[int, ...] = (0, 2),
    decisions: dict[str, Any] | None = None,
    **local: Any,
) -> PlannedStudy:
    planned = planned_line_town()
    sites = planned.layers.sites
    status = [(statuses or {}).get(site, "idee") for site in sites["site_id"]]
    instance = replace(planned.local, fixed=np.array(fixed), refused=np.array(refused), **local)
    return replace(
        planned,
        study=planned.study.change(decisions=decisions or {}),
        layers=replace(planned.layers, sites=sites.assign(status=status)),
        local=instance,
        local_plan=replace(planned.local_plan, open_sites=np.array(opened)),
    )


def row(planned: PlannedStudy, site: str) -> dict[str, Any]:
    table = build_choices(planned)
    return {column: None if pd.isna(value) else value for column, value in table.loc[site].items()}


def told(planned: PlannedStudy) -> dict[str, tuple[str, str, str]]:
    table = build_choices(planned)
    return {site: (r["standing"], r["by"], r["reason"]) for site, r in table.iterrows()}


def test_without_decisions_what_the_plan_takes_is_chosen_and_the_rest_is_not_needed() -> None:
    table = build_choices(town())
    assert table.columns.tolist() == list(COLUMNS)
    assert table.index.tolist() == ["s0", "s1", "s2", "k"]
    assert table["chosen"].tolist() == [True, False, True, True]
    assert table["reason"].tolist() == ["chosen", "not_needed", "chosen", "chosen"]
    assert set(table["standing"]) == {"free"}
    assert set(table["by"]) == {""}
    assert not table["against"].any()
    assert table[["other_id", "other_m", "swap_id", "swap_person_km"]].isna().all(axis=None)


def test_what_is_decided_is_told_with_who_decided_it() -> None:
    statuses = {"s0": PILOT, "s1": DROPPED, "s2": AGREED}
    found = told(town(statuses, fixed=(True, False, False), refused=(False, True, False)))
    assert found == {
        "s0": ("fixed", "status", "fixed"),
        "s1": ("refused", "status", "refused"),
        "s2": ("preferred", "status", "preferred"),
        "k": ("free", "", "chosen"),
    }
    named = {"fixed": ["s0"], "refused": ["s1"]}
    found = told(town(fixed=(True, False, False), refused=(False, True, False), decisions=named))
    assert found["s0"] == ("fixed", "decision", "fixed")
    assert found["s1"] == ("refused", "decision", "refused")


def test_what_only_the_plan_fixes_or_refuses_is_so_by_the_kind_of_building() -> None:
    found = told(town(fixed=(True, False, False), refused=(False, True, False)))
    assert found["s0"] == ("free", "", "fixed_by_kind")
    assert found["s1"] == ("free", "", "other_kind")


def test_a_decision_that_says_otherwise_than_the_status_is_told() -> None:
    against = build_choices(town({"s1": PILOT, "s2": DROPPED}, decisions={"refused": ["s1"], "fixed": ["s2"]}))
    assert against["against"].tolist() == [False, True, True, False]


def test_a_station_is_judged_as_c_nsp() -> None:
    planned = town()
    station = replace(planned.coordination, fixed=np.array([True]))
    assert told(replace(planned, coordination=station))["k"] == ("free", "", "fixed_by_kind")
    closed = replace(planned.coordination_plan, open_stations=np.zeros(0, dtype=np.int64))
    assert told(replace(planned, coordination_plan=closed))["k"] == ("free", "", "not_needed")
    assert told(replace(town({"k": PILOT}), coordination_plan=closed))["k"][:2] == ("fixed", "status")
    assert told(town({"k": PILOT}))["k"] == ("fixed", "status", "chosen")


def test_a_building_that_serves_as_both_is_judged_by_what_it_became() -> None:
    """Hall s1 may be a C-NSP too, and is the C-NSP of the plan while it is no L-NSP; hall s0 is both."""
    planned = town()
    sites = planned.layers.sites.assign(can_be_cnsp=[True, True, False, True])
    layers = replace(planned.layers, sites=sites)
    fixed = replace(planned.coordination, fixed=np.array([True]))
    as_station = replace(planned, layers=layers, coordination=fixed, station_rows=[1])
    assert told(as_station)["s1"] == ("free", "", "fixed_by_kind")
    assert told(replace(as_station, station_rows=[0]))["s0"] == ("free", "", "chosen")


def test_in_an_outage_what_drops_out_is_told_so() -> None:
    outage = Consequences(("power_outage",), 2, 1)
    found = told(replace(town({"s1": PILOT}, refused=(False, True, False)), consequences=outage))
    assert found["s1"] == ("fixed", "status", "dropped")
    assert found["s0"][2] == "chosen"
    found = told(replace(town({"s1": PILOT}), consequences=outage))
    assert found["s1"][2] == "dropped"
    assert told(replace(town(refused=(False, True, False)), consequences=outage))["s1"][2] == "dropped"
    assert told(replace(town({"s1": DROPPED}), consequences=outage))["s1"][2] == "refused"
    assert told(replace(town(), consequences=outage))["s1"][2] == "not_needed"


def test_beside_a_plan_at_hand_the_plan_at_hand_is_the_reason() -> None:
    existing = ChangeFromExisting(2, 1, 0, (), 0.0, 0.0, 0.0, float("nan"), 0.0, 0.0, pd.DataFrame())
    at_hand = Consequences(("flood",), 2, 1, existing=existing)
    found = told(replace(town({"s0": PILOT}, fixed=(True, False, False)), consequences=at_hand))
    assert (found["s0"][2], found["s2"][2]) == ("of_plan_at_hand", "of_plan_at_hand")
    assert told(replace(town(refused=(False, True, False)), consequences=at_hand))["s1"][2] == "not_in_plan_at_hand"
    assert told(replace(town({"s1": AGREED}), consequences=at_hand))["s1"][2] == "not_needed"


def test_a_preferred_building_that_is_passed_has_the_exchange_that_costs_least() -> None:
    """Instead of s2 the inhabitants walk 220,000 m less, instead of s0 200,000 m less."""
    found = row(town({"s1": AGREED}), "s1")
    assert (found["reason"], found["other_id"], found["other_m"]) == ("costs_little", "s0", 1000.0)
    assert (found["swap_id"], found["swap_person_km"]) == ("s2", -220.0)
    found = row(town({"s1": AGREED}, fixed=(False, False, True)), "s1")
    assert (found["swap_id"], found["swap_person_km"]) == ("s0", -200.0)


@pytest.mark.parametrize(("metres", "reason"), [(500, "costs_little"), (499, "costs_more")])
def test_an_exchange_costs_more_than_the_preference_is_worth_from_the_metre_on(metres: int, reason: str) -> None:
    """s0 for s1 (s2 is fixed): 200,000 m more for A and B, the 400 persons who then go to s0: 500 m each."""
    planned = town({"s0": AGREED}, opened=(1, 2), fixed=(False, False, True), decisions={"preferred_status_m": metres})
    found = row(planned, "s0")
    assert (found["reason"], found["swap_id"], found["swap_person_km"]) == (reason, "s1", 200.0)
    assert (found["other_id"], found["other_m"]) == ("s1", 1000.0)


def test_where_each_gemeente_has_its_number_the_exchange_stays_in_it() -> None:
    found = row(town({"s1": AGREED}, quota=np.array([1, 1])), "s1")
    assert (found["swap_id"], found["swap_person_km"]) == ("s0", -200.0)
    assert row(town({"s1": AGREED}, quota=np.array([1, 1]), fixed=(True, False, False)), "s1")["reason"] == (
        "places_fixed"
    )


def test_what_stands_in_the_way_of_a_preferred_building_is_told_in_this_order() -> None:
    planned = town({"s1": AGREED})
    unreached = planned.distances.keep_arcs(planned.distances.destination != 1)
    found = row(replace(planned, distances=unreached), "s1")
    assert (found["reason"], found["other_id"], found["swap_id"]) == ("out_of_reach", "s0", None)
    found = row(town({"s1": AGREED}, fixed=(True, False, True)), "s1")
    assert (found["reason"], found["other_id"], found["swap_person_km"]) == ("places_fixed", "s0", None)
    found = row(town({"s0": AGREED, "s1": AGREED, "s2": AGREED}), "s1")
    assert (found["reason"], found["other_m"], found["swap_id"]) == ("others_agreed", 1000.0, None)
    found = row(town({"s1": AGREED, "s2": PILOT}), "s1")
    assert (found["reason"], found["swap_id"]) == ("costs_little", "s0")
    found = row(town({"s1": AGREED}, objective="max_coverage"), "s1")
    assert (found["reason"], found["swap_id"], found["swap_person_km"]) == ("other_goal", "s2", -220.0)


def test_buildings_of_the_neighbours_have_no_row_and_are_exchanged_with_nobody() -> None:
    planned = town({"s1": AGREED})
    theirs = planned.layers.areas[planned.layers.areas["area_code"] == "GM0001"]
    found = build_choices(replace(planned, layers=replace(planned.layers, areas=theirs)))
    assert found.index.tolist() == ["s0", "s1", "k"]
    assert found.loc["s1", "swap_id"] == "s0"
    alone = town({"s1": AGREED}, opened=(2,))
    found = build_choices(replace(alone, layers=replace(alone.layers, areas=theirs)))
    assert (found.loc["s1", "reason"], pd.isna(found.loc["s1", "other_id"])) == ("places_fixed", True)
