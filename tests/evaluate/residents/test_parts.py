"""Parts of places, tables and who crosses the border: the town on a line, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.evaluate import build_tables
from nsp_planner.evaluate.residents.demand import build_demand
from nsp_planner.evaluate.residents.groups import who_indicators
from nsp_planner.evaluate.residents.parts import build_parts
from nsp_planner.evaluate.solved.crossing import Crossing
from nsp_planner.evaluate.solved.planned import PlannedStudy
from tests.towns.line_town import planned_line_town


@pytest.fixture(scope="module")
def town() -> PlannedStudy:
    return planned_line_town()


def test_a_place_whose_people_go_two_ways_has_a_part_per_side_and_a_small_one_bears_its_own_name(
    town: PlannedStudy,
) -> None:
    """A and most of B go to s0, C to s2, each at least a hundred; D (40) is alone in its place, E has no L-NSP."""
    places = pd.Series(["Dorp", "Dorp", "Dorp", "Oost", "Ver"])
    parts = {part.name: part for part in build_parts(town, build_tables(town), places)}
    assert list(parts) == ["Oost", "Ver", "Dorp, kant van Zaal nul", "Dorp, kant van Zaal twee"]
    assert [part.side for part in parts.values()] == ["", "", "Zaal nul", "Zaal twee"]
    assert [part.persons for part in parts.values()] == [40, 7, 400, 100]
    west, east = parts["Dorp, kant van Zaal nul"], parts["Dorp, kant van Zaal twee"]
    assert west.squares.tolist() == [True, True, False, False, False]
    assert west.persons_to_first == pytest.approx(300)
    assert west.first is not None
    assert (west.first.site_id, west.first.worst_distance_m) == ("s0", 1000)
    assert west.first.mean_distance_m == pytest.approx(750, abs=0.1)
    assert west.second is not None
    assert west.second.site_id == "s2"
    assert east.first is not None
    assert (east.first.site_id, east.first.mean_distance_m) == ("s2", 1000)
    assert (parts["Ver"].first, parts["Ver"].second, parts["Ver"].persons_to_first) == (None, None, 0)


def test_who_has_no_lnsp_is_never_what_a_place_is_named_by(town: PlannedStudy) -> None:
    """Nobody lives in D, which has an L-NSP, and seven in E, which has none: one part, with that L-NSP."""
    empty = replace(town, local=replace(town.local, population_persons=np.array([100.0, 300.0, 100.0, 0.0, 7.0])))
    parts = build_parts(empty, build_tables(empty), pd.Series(["Dorp", "Dorp", "Dorp", "Oost", "Oost"]))
    (east,) = (part for part in parts if part.place == "Oost")
    assert east.first is not None
    assert (east.first.site_id, east.persons, east.persons_to_first) == ("s2", 7, 0)


def test_the_second_site_is_the_nearest_one_where_the_plan_sends_people_past_it(town: PlannedStudy) -> None:
    """All of A, B and C are sent to s2; s0 is nearest to A and B and second to C."""
    plan = replace(town.local_plan, demand=np.arange(4), site=np.full(4, 2), share=np.ones(4))
    past = replace(town, local_plan=plan)
    parts = build_parts(past, build_tables(past), pd.Series(["Dorp", "Dorp", "Dorp", "Oost", "Ver"]))
    village = parts[-1]
    assert village.place == "Dorp"
    assert village.first is not None
    assert (village.first.site_id, village.first.worst_distance_m) == ("s2", 3000)
    assert village.second is not None
    assert (village.second.site_id, village.second.worst_distance_m) == ("s0", 2000)


def test_a_small_group_joins_the_largest_and_one_of_exactly_a_hundred_is_a_part(town: PlannedStudy) -> None:
    places = pd.Series(["Dorp", "Dorp", "Dorp", "Oost", "Ver"])
    for persons, names in ((99.0, ["Dorp"]), (100.0, ["Dorp, kant van Zaal nul", "Dorp, kant van Zaal twee"])):
        local = replace(town.local, population_persons=np.array([100.0, 300.0, persons, 40.0, 7.0]))
        small = replace(town, local=local)
        parts = [part for part in build_parts(small, build_tables(small), places) if part.place == "Dorp"]
        assert [part.name for part in parts] == names
        assert sum(part.persons for part in parts) == 400 + persons


def test_many_without_an_lnsp_join_the_part_of_the_few_who_have_one(town: PlannedStudy) -> None:
    local = replace(town.local, population_persons=np.array([100.0, 300.0, 100.0, 40.0, 700.0]))
    many = replace(town, local=local)
    parts = build_parts(many, build_tables(many), pd.Series(["Dorp", "Dorp", "Dorp", "Oost", "Oost"]))
    (east,) = (part for part in parts if part.place == "Oost")
    assert (east.name, east.persons, east.persons_to_first) == ("Oost", 740, 40)
    assert east.first is not None
    assert east.first.mean_distance_m == 3000


@pytest.mark.parametrize(("factor", "persons"), [(1.25, 500), (1.2502, 400)])
def test_within_two_and_a_half_kilometres_ends_at_the_metre(town: PlannedStudy, factor: float, persons: int) -> None:
    """A hundred of B go 2,000 m; so many times as far they are at 2,500 m and just past it."""
    costs = town.local.costs
    farther = costs.with_distances(costs.distance_m * factor, costs.cutoff_m)
    tables = build_tables(replace(town, local=replace(town.local, costs=farther)))
    assert tables.value("share_within_2500m") == pytest.approx(persons / 547)
    assert tables.indicators.index.is_unique


def test_a_plan_that_serves_nobody_has_a_row_for_everybody(town: PlannedStudy) -> None:
    none = np.zeros(0, dtype=np.int64)
    people = build_demand(replace(town, local_plan=replace(town.local_plan, demand=none, site=none, share=np.zeros(0))))
    assert people["site_id"].isna().all()
    assert people["beyond_norm_persons"].tolist() == [100, 300, 100, 40, 7]
    assert not people["within_norm"].any()


def test_who_crosses_the_border_is_counted_for_the_region_and_for_each_gemeente(town: PlannedStudy) -> None:
    out = pd.DataFrame({"site_id": ["n1", "n1"], "from_code": ["GM0001", "GM0002"], "persons": [30.0, 5.0]})
    into = pd.DataFrame({"site_id": ["s2", "s0"], "gemeente_code": ["GM0002", "GM0001"], "persons": [8.0, 2.0]})
    crossing = Crossing(out, into, pd.DataFrame(), None, 2500.0, True, 10.0, 0.0, 0.0)
    rows = who_indicators(replace(town, crossing=crossing)).set_index(["area_code", "indicator"])["value"]
    regions = ("Lijnregio", "GM0001", "GM0002")
    assert [rows[code, "across_out_persons"] for code in regions] == [35, 30, 5]
    assert [rows[code, "across_in_persons"] for code in regions] == [10, 2, 8]
    assert crossing.incoming_at(pd.Series(["s0", "s1", "s2"])).tolist() == [2, 0, 8]


def test_people_across_the_border_are_told_per_building_most_first() -> None:
    out = pd.DataFrame({"name": ["A", "B", "A", "C"], "from_code": "GM0001", "persons": [2.0, 9.0, 8.0, 9.0]})
    sites = pd.DataFrame({"site_id": ["n1", "n2"], "own_persons": [5.0, 6.0], "our_persons": [7.0, 0.0]})
    crossing = Crossing(out, out.iloc[:3], sites, None, 2500.0, True, 10.0, 0.0, 0.0)
    assert list(crossing.out_per_site.items()) == [("A", 10), ("B", 9), ("C", 9)]
    assert list(crossing.in_per_site.items()) == [("A", 10), ("B", 9)]
    shown = crossing.shown_sites(pd.Series(["n1", "x"]))
    assert shown[["site_id", "persons"]].to_numpy().tolist() == [["n1", 12]]
