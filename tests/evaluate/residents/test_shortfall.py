"""Who is left out, what is agreed, what is there today: the town on a line, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.change.baseline import build_baseline
from nsp_planner.evaluate.evaluate import build_tables
from nsp_planner.evaluate.phases import PhasePlan, SiteCosts
from nsp_planner.evaluate.residents.account import persons_account
from nsp_planner.evaluate.residents.shortfall import Shortfall, build_certainty, build_shortfall
from nsp_planner.evaluate.solved.consequences import Consequences, FloodConsequences
from nsp_planner.evaluate.solved.planned import PlannedStudy
from tests.towns.line_town import planned_line_town

PLACES = pd.Series(["Dorp", "Dorp", "Stad", "Oost", "Ver"])


@pytest.fixture(scope="module")
def town() -> PlannedStudy:
    planned = planned_line_town()
    sites = planned.layers.sites.assign(status=["akkoord eigenaar", "pilot", "idee", "operationeel"])
    sites["toilets"] = ["yes", "unknown", "no", "unknown"]
    calibration = pd.DataFrame({"added_persons": [40, 7], "total_persons": [500, 47], "official_persons": [500, 50]})
    left_out = pd.DataFrame({"persons": pd.array([3, None, 4], dtype="Int64")})
    layers = replace(planned.layers, sites=sites, calibration=calibration, left_out=left_out)
    return replace(planned, layers=layers)


def test_beyond_the_norm_are_the_part_of_b_that_goes_on_d_and_e_and_each_is_in_its_place(town: PlannedStudy) -> None:
    short = build_shortfall(town, build_tables(town), PLACES)
    assert (short.persons, short.unreachable_persons) == (547, 7)
    assert (short.beyond_kern_persons, short.beyond_buitengebied_persons) == (pytest.approx(100), 47)
    assert short.beyond_persons == pytest.approx(147)
    rows = short.places.to_dict("records")
    assert [row["place"] for row in rows] == ["Dorp", "Oost", "Ver"]
    assert [row["gemeente_name"] for row in rows] == ["Westdorp", "Oostdorp", "Oostdorp"]
    assert [row["persons"] for row in rows] == [400, 40, 7]
    assert [row["beyond_norm_persons"] for row in rows] == pytest.approx([100, 40, 7])
    assert [row["worst_distance_m"] for row in rows[:2]] == pytest.approx([4000 / 3, 3000])
    assert np.isnan(rows[2]["worst_distance_m"])


def test_who_is_to_be_evacuated_is_not_counted_as_out_of_reach(town: PlannedStudy) -> None:
    flood = FloodConsequences(1, 7, "to_evacuate", 5, 0, 0, False)
    wet = replace(town, consequences=Consequences(("flood",), 2, 1, flood=flood))
    assert build_shortfall(wet, build_tables(wet), PLACES).unreachable_persons == 2


def test_half_a_person_beyond_the_norm_is_nobody_and_a_whole_one_is_somebody(town: PlannedStudy) -> None:
    tables = build_tables(town)

    def places(*beyond: float) -> list[str]:
        demand = tables.demand.assign(beyond_norm_persons=beyond)
        return list(build_shortfall(town, replace(tables, demand=demand), PLACES).places["place"])

    assert places(0, 0.5, 0, 1, 0) == ["Oost"]
    assert places(0, 0.51, 0, 1, 0) == ["Oost", "Dorp"]
    assert places(0.5, 0.5, 0, 0, 0) == []
    assert places(0, 0, 0, 0, 0) == []


def test_of_nobody_no_share_is_beyond_the_norm() -> None:
    nobody = Shortfall(0, 0, 0, 0, pd.DataFrame())
    assert np.isnan(nobody.beyond_share)
    assert Shortfall(200, 30, 20, 0, pd.DataFrame()).beyond_share == 0.25


def test_without_inhabitants_or_lnsps_nothing_is_said_of_shares(town: PlannedStudy) -> None:
    tables = build_tables(town)
    calibration = town.layers.calibration.assign(added_persons=0, total_persons=0)
    none = replace(tables, lnsps=tables.lnsps.iloc[:0])
    certainty = build_certainty(replace(town.layers, calibration=calibration), none)
    assert (certainty.n_lnsp, certainty.n_agreed) == (0, 0)
    assert np.isnan([certainty.unknown_provisions_share, certainty.added_persons_share]).all()


def test_certainty_counts_agreed_lnsps_unknown_provisions_and_added_persons(town: PlannedStudy) -> None:
    certainty = build_certainty(town.layers, build_tables(town))
    assert (certainty.n_lnsp, certainty.n_agreed) == (2, 1)
    n = len([name for name in town.layers.sites if town.layers.sites[name].isin(["unknown"]).any()])
    assert certainty.unknown_provisions_share == pytest.approx((n - 1) / n)
    assert certainty.added_persons_share == pytest.approx(47 / 547)


def test_every_inhabitant_is_in_the_account_once_and_an_unknown_total_is_no_total(town: PlannedStudy) -> None:
    account = persons_account(town.layers, build_tables(town))
    assert (account.served, account.unreachable, account.planned) == (540, 7, 547)
    assert (account.left_out, account.left_out_rows_without_count, account.official) == (7, 1, 550)
    unknown = town.layers.calibration.assign(official_persons=pd.array([500, None], dtype="Int64"))
    layers = replace(town.layers, calibration=unknown, left_out=pd.DataFrame())
    account = persons_account(layers, build_tables(town))
    assert (account.official, account.left_out, account.left_out_rows_without_count) == (None, 0, 0)


def test_today_counts_the_halls_in_use_and_who_lives_how_near(town: PlannedStudy) -> None:
    """s1 at 1000 m is a pilot: A and C at 1000 m, B at 0 m; D at 5000 m, E out of reach. The station is in use."""
    today = build_baseline(town)
    assert (today.lnsp_names, today.n_cnsp) == (("Zaal een",), 1)
    assert today.share_within_1000m == pytest.approx(500 / 547)
    assert today.share_within_2500m == pytest.approx(500 / 547)
    assert today.share_within_norm == pytest.approx(500 / 547)
    assert today.beyond_norm_persons == pytest.approx(47)


def test_years_must_ascend_and_fit_sites_and_table_and_what_opened_stays_open() -> None:
    def plan(years: tuple[int, ...], opens: dict[str, int], rows: list[int]) -> PhasePlan:
        return PhasePlan(years, opens, pd.DataFrame({"year": rows}), np.zeros(0, dtype=np.int64))

    order = plan((2027, 2028), {"b": 2027, "a": 2027, "c": 2028}, [2027, 2028])
    assert (order.opened_in(2027), order.opened_in(2028)) == (("a", "b"), ("c",))
    assert (order.open_in(2027), order.open_in(2028)) == ({"a", "b"}, {"a", "b", "c"})
    assert order.phase_of(["c", "a", "elsewhere"]) == [1, 0, 255]
    for years, opens, rows in (
        ((2028, 2027), {}, [2028, 2027]),
        ((2027, 2027), {}, [2027, 2027]),
        ((2027,), {"a": 2030}, [2027]),
        ((2027,), {}, [2028]),
    ):
        with pytest.raises(ValueError, match="year"):
            plan(years, opens, rows)


def test_costs_run_from_the_low_to_the_high_end() -> None:
    costs = SiteCosts(*(np.array([value]) for value in (100.0, 300.0, 10.0, 20.0)))
    ends = {end: tuple(float(part[0]) for part in costs.at(end)) for end in ("low", "middle", "high")}
    assert ends == {"low": (100, 10), "middle": (200, 15), "high": (300, 20)}
