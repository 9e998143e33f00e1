"""Indicators of the town on a line (drawn in line_town.py), computed by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsp_planner.evaluate.evaluate import build_tables, evaluate_plan
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.indicators import weighted_quantile
from nsp_planner.evaluate.residents.groups import GROUP_INDICATORS
from nsp_planner.evaluate.tables import INDICATORS
from tests.towns.instances import coordination_instance, costs_of
from tests.towns.line_town import planned_line_town


@pytest.fixture(scope="module")
def town() -> Evaluation:
    return evaluate_plan(planned_line_town())


def test_served_plus_unreachable_persons_are_all_persons(town: Evaluation) -> None:
    assert (town.value("persons"), town.value("served_persons"), town.value("unreachable_persons")) == (547, 540, 7)


def test_unreachable_persons_count_as_not_within_any_distance(town: Evaluation) -> None:
    # A 100 at 0 m, 200 of B at 1000 m, C 100 at 1000 m; 100 of B at 2000 m; D 40 at 3000 m; E 7 nowhere
    assert town.value("share_within_1000m") == pytest.approx(400 / 547)
    assert town.value("share_within_2500m") == pytest.approx(500 / 547)
    assert town.value("share_within_norm") == pytest.approx(400 / 547)


def test_distances_are_weighted_by_the_served_persons(town: Evaluation) -> None:
    assert town.value("mean_distance_m") == pytest.approx(620_000 / 540)
    assert town.value("worst_distance_m") == 3000
    assert town.value("p95_distance_m") == 3000


def test_persons_of_a_gemeente_are_those_who_live_there_wherever_they_go(town: Evaluation) -> None:
    assert town.value("persons", "GM0002") == 47
    assert town.value("n_lnsp", "GM0002") == 1
    assert town.value("mean_distance_m", "GM0001") == pytest.approx(500_000 / 500)


def test_load_is_allocated_persons_over_capacity_without_slack(town: Evaluation) -> None:
    lnsps = town.lnsps.set_index("site_id")
    assert lnsps["persons"].to_dict() == pytest.approx({"s0": 300, "s2": 240})
    assert lnsps["load"].to_dict() == pytest.approx({"s0": 300 / 250, "s2": 240 / 200})
    assert town.value("highest_load") == pytest.approx(1.2)


def test_the_nearest_open_site_is_where_people_will_walk(town: Evaluation) -> None:
    people = town.demand.set_index("demand_id")
    assert people["nearest_site_id"].tolist()[:4] == ["s0", "s0", "s2", "s2"]
    assert people["second_site_id"].tolist()[:3] == ["s2", "s2", "s0"]
    assert people.loc["E"].isna()[["site_id", "nearest_site_id", "distance_m"]].all()
    assert town.lnsps.set_index("site_id")["nearest_persons"].to_dict() == {"s0": 400, "s2": 140}


def test_inhabitants_per_lnsp_are_those_who_live_there_by_the_lnsps_that_stand_there(town: Evaluation) -> None:
    assert town.value("persons_per_lnsp") == pytest.approx(547 / 2)
    assert (town.value("persons_per_lnsp", "GM0001"), town.value("persons_per_lnsp", "GM0002")) == (500, 47)
    assert town.value("highest_load", "GM0001") == pytest.approx(300 / 250)
    assert town.value("highest_nearest_load") == pytest.approx(400 / 250)
    assert (town.value("n_cnsp"), town.value("n_cnsp", "GM0002")) == (1, 0)
    assert town.value("nearest_mean_distance_m") == pytest.approx((300 * 1000 + 100 * 1000 + 40 * 3000) / 540)
    assert town.value("second_mean_distance_m", "GM0001") == pytest.approx((100 * 3 + 300 * 2 + 100 * 2) * 1000 / 500)


def test_a_gemeente_without_lnsps_or_inhabitants_has_no_figure_per_lnsp_or_share() -> None:
    planned = planned_line_town()
    plan = planned.local_plan
    one = replace(plan, open_sites=np.array([0]), demand=np.array([0, 1]), site=np.array([0, 0]), share=np.ones(2))
    level2 = planned.coordination
    instance = replace(
        level2,
        lnsp_ids=level2.lnsp_ids[:1],
        lnsp_gemeente=level2.lnsp_gemeente[:1],
        costs=costs_of(np.array([[500.0]]), 1e6),
    )
    coordinated = replace(planned.coordination_plan, coordinator=np.array([0]))
    empty = replace(planned.local, population_persons=np.array([100.0, 300.0, 100.0, 0.0, 0.0]))
    few = replace(planned, local=empty, local_plan=one, coordination=instance, coordination_plan=coordinated)
    tables = build_tables(few)
    assert tables.value("persons_per_lnsp", "GM0001") == 500
    names = ("persons_per_lnsp", "highest_load", "highest_nearest_load", "share_within_norm", "worst_distance_m")
    assert np.isnan([tables.value(name, "GM0002") for name in names]).all()
    assert (tables.value("n_lnsp", "GM0002"), tables.value("served_persons")) == (0, 400)


def test_one_person_has_a_mean_and_a_worst_distance_and_nobody_has_none() -> None:
    """One person in D at s2 (3000 m); A, B and C at s0; s1 is open and nobody goes there."""
    planned = planned_line_town()
    plan = replace(
        planned.local_plan,
        open_sites=np.array([0, 1, 2]),
        demand=np.arange(4),
        site=np.array([0, 0, 0, 2]),
        share=np.ones(4),
    )
    level2 = coordination_instance(
        costs_of(np.array([[500.0], [500.0], [2500.0]]), 1e6),
        1,
        lnsp_ids=("s0", "s1", "s2"),
        lnsp_gemeente=np.array([0, 0, 1]),
        station_ids=("k",),
    )
    local = replace(planned.local, population_persons=np.array([100.0, 300.0, 100.0, 1.0, 7.0]))
    demand = planned.layers.demand.assign(persons_65plus=pd.array([None, None, None, 1, None], dtype="Int64"))
    few = replace(
        planned,
        layers=replace(planned.layers, demand=demand),
        local=local,
        local_plan=plan,
        coordination=level2,
        coordination_plan=replace(planned.coordination_plan, coordinator=np.zeros(3, dtype=np.int64)),
    )
    tables = build_tables(few)
    lnsps = tables.lnsps.set_index("site_id")
    assert lnsps["mean_distance_m"].dropna().to_dict() == pytest.approx({"s0": 1000, "s2": 3000})
    assert lnsps["worst_distance_m"].dropna().to_dict() == {"s0": 2000, "s2": 3000}
    assert lnsps["persons"].to_dict() == {"s0": 500, "s1": 0, "s2": 1}
    assert lnsps["persons_65plus"].dropna().to_dict() == {"s2": 1}
    assert tables.value("vulnerable_65plus_mean_distance_m") == 3000
    assert tables.value("vulnerable_65plus_mean_distance_m", "GM0002") == 3000
    assert np.isnan(tables.value("vulnerable_65plus_mean_distance_m", "GM0001"))
    assert (tables.value("vulnerable_65plus_beyond_norm_persons"), tables.value("vulnerable_65plus_persons")) == (1, 1)
    assert tables.value("vulnerable_65plus_unknown_persons", "GM0001") == 500


def test_a_split_square_names_its_main_site_and_the_mean_distance(town: Evaluation) -> None:
    b = town.demand.set_index("demand_id").loc["B"]
    assert (b["site_id"], b["n_sites"]) == ("s0", 2)
    assert b["distance_m"] == pytest.approx(1000 * 2 / 3 + 2000 / 3)
    assert not b["within_norm"]


def test_persons_over_65_are_unknown_only_where_no_square_says(town: Evaluation) -> None:
    assert town.lnsps.set_index("site_id")["persons_65plus"].to_dict() == pytest.approx({"s0": 50, "s2": 24})


def test_a_station_counts_its_lnsps_and_their_persons(town: Evaluation) -> None:
    (station,) = town.cnsps.to_dict("records")
    assert (station["n_lnsp"], station["worst_distance_m"], station["mean_distance_m"]) == (2, 2500, 1500)
    assert station["persons"] == pytest.approx(540)


def test_the_table_has_every_indicator_for_every_area_once(town: Evaluation) -> None:
    counts = town.indicators.groupby(["area_code", "indicator"]).size()
    assert (counts == 1).all()
    assert len(counts) == 3 * (len(INDICATORS) + len(GROUP_INDICATORS))


def test_an_unknown_indicator_is_a_key_error(town: Evaluation) -> None:
    with pytest.raises(KeyError, match="nothing"):
        town.value("nothing")


@given(st.lists(st.tuples(st.floats(0, 1e4), st.integers(1, 50)), min_size=1), st.floats(0.01, 1))
def test_a_weighted_quantile_is_the_quantile_of_the_persons_one_by_one(
    squares: list[tuple[float, int]], share: float
) -> None:
    values = np.array([value for value, _ in squares])
    weights = np.array([weight for _, weight in squares], float)
    one_by_one = np.sort(np.repeat(values, weights.astype(int)))
    position = max(1, int(np.ceil(share * len(one_by_one) * (1 - 1e-12)))) - 1
    assert weighted_quantile(values, weights, share) == one_by_one[position]


def test_how_much_hinges_on_assumed_capacities_is_counted_where_people_live(town: Evaluation) -> None:
    """Of s0 nothing is known: A and 200 of B go there. s2 is known to serve 200."""
    assert town.lnsps.set_index("site_id")["capacity_basis"].to_dict() == {"s0": "assumed", "s2": "persons"}
    assert town.lnsps.set_index("site_id")["counted_persons"].to_dict() == {"s0": 250, "s2": 200}
    areas = (None, "GM0001", "GM0002")
    found = {code: (town.value("n_lnsp_assumed", code), town.value("assumed_persons", code)) for code in areas}
    assert found == {None: (1, 300), "GM0001": (1, 300), "GM0002": (0, 0)}
