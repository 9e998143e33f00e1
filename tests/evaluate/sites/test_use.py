"""Use of noodsteunpunten: the sum of the domain notes, a town by hand, and who lives where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.sites.use import use_per_area, use_per_lnsp, visitors_at_once, visitors_per_day
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.norms import published_norms
from tests.towns.line_town import planned_line_town


@pytest.fixture
def town() -> PlannedStudy:
    planned = planned_line_town()
    sites = planned.layers.sites.copy()
    sites["floor_area_m2"] = pd.array([50.0, None, None, None], dtype="Float64")
    return replace(planned, layers=replace(planned.layers, sites=sites))


def test_five_thousand_inhabitants_of_whom_a_fifth_comes_are_167_at_once_when_it_is_twice_as_busy() -> None:
    norms = published_norms()
    assert visitors_per_day(5000, norms) == 1000
    assert visitors_at_once(5000, norms) == pytest.approx(166.67, abs=0.01)
    assert visitors_at_once(
        5000, norms.with_values({"share_attending_per_day": 0.4, "peak_factor": 1.0})
    ) == pytest.approx(166.67, abs=0.01)


def test_every_l_nsp_has_its_visitors_and_room_only_where_the_floor_is_known(town: PlannedStudy) -> None:
    use = use_per_lnsp(town.layers.sites, evaluate_plan(town).lnsps, published_norms()).set_index("site_id")
    assert use["persons"].to_dict() == {"s0": pytest.approx(300), "s2": pytest.approx(240)}
    assert use.loc["s0", "visitors_per_day"] == pytest.approx(60)
    assert use.loc["s0", "peak_at_once"] == pytest.approx(10)
    assert use.loc["s0", "mean_at_once"] == pytest.approx(5)
    assert use.loc["s0", "m2_per_visitor"] == pytest.approx(5)
    assert np.isnan(use.loc["s2", "m2_per_visitor"])
    assert use.loc["s0", "nearest_peak_at_once"] == pytest.approx(400 * 0.2 / 12 * 2)


def test_staff_and_water_of_a_gemeente_follow_its_sites_and_its_inhabitants(town: PlannedStudy) -> None:
    """GM0001: s0 and the station, 500 inhabitants; GM0002: s2, 47 inhabitants. Two per shift each, three shifts."""
    areas = use_per_area(town.layers, evaluate_plan(town), town.premises, published_norms()).set_index("area_name")
    west, east, region = areas.loc["Westdorp"], areas.loc["Oostdorp"], areas.loc["Lijnregio"]
    assert (west["lnsp_staff"], west["cnsp_staff"], west["staff_shifts_per_day"]) == (2, 2, 12)
    assert (west["staff_shifts_crisis"], west["staff_shifts_week"]) == (36, 84)
    assert (east["n_cnsp"], east["staff_shifts_week"]) == (0, 42)
    assert (west["water_litres_per_day"], east["water_litres_crisis"]) == (1500, 47 * 9)
    assert (west["n_water_points"], east["n_water_points"], region["n_water_points"]) == (1, 1, 2)
    assert region["persons"] == 547
    for column in ("lnsp_staff", "cnsp_staff", "visitors_per_day", "water_litres_per_day", "staff_shifts_week"):
        assert region[column] == pytest.approx(west[column] + east[column])


def test_visitors_of_a_gemeente_are_those_of_the_sites_that_stand_there(town: PlannedStudy) -> None:
    """300 at s0 in the west and 240 at s2 in the east, of whom a fifth comes on a day and a sixth of these at once."""
    areas = use_per_area(town.layers, evaluate_plan(town), town.premises, published_norms()).set_index("area_name")
    assert areas["visitors_per_day"].tolist() == pytest.approx([108, 60, 48])
    assert areas["peak_at_once"].tolist() == pytest.approx([18, 10, 8])
    assert areas["highest_peak_at_once"].tolist() == pytest.approx([10, 10, 8])
    assert areas["n_lnsp"].tolist() == [2, 1, 1]
    assert areas["n_cnsp"].tolist() == [1, 1, 0]
