"""What became of every inhabitant, who is there, and what is there today, on the town on a line by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.change.baseline import Baseline, build_baseline
from nsp_planner.evaluate.evaluate import build_tables
from nsp_planner.evaluate.residents.account import persons_account, present_persons
from nsp_planner.evaluate.residents.groups import who_indicators
from nsp_planner.evaluate.solved.goal import Proof
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.solution import PlanStatus
from tests.towns.line_town import planned_line_town

PRESENCE = pd.DataFrame(
    {
        "area_code": ["GM0001", "GM0002"], "residents": [500, 47], "away": [200, 10], "day": [150, 90],
        "guests": [5, 2], "present": [455, 129],
    }
)  # fmt: skip


def test_served_and_unreachable_are_all_and_who_was_left_out_comes_beside_them() -> None:
    planned = planned_line_town()
    tables = build_tables(planned)
    account = persons_account(planned.layers, tables)
    assert (account.served, account.unreachable, account.planned) == (540, 7, 547)
    assert (account.left_out, account.left_out_rows_without_count, account.official) == (0, 0, 547)
    left = pd.DataFrame({"persons": pd.array([12, None, 3, None], dtype="Int64")})
    calibration = planned.layers.calibration.assign(official_persons=pd.array([500, None], dtype="Int64"))
    account = persons_account(replace(planned.layers, left_out=left, calibration=calibration), tables)
    assert (account.left_out, account.left_out_rows_without_count, account.official) == (15, 2, None)


def test_who_is_there_by_day_is_summed_over_the_gemeenten_and_none_where_nobody_moved() -> None:
    layers = planned_line_town().layers
    assert present_persons(layers) is None
    there = present_persons(replace(layers, presence=PRESENCE))
    assert there is not None
    assert (there.residents, there.away, there.day, there.guests, there.from_outside) == (547, 210, 240, 7, 30)


def test_who_is_there_stands_in_the_indicators_of_the_region_and_of_each_gemeente() -> None:
    planned = planned_line_town()
    demand = planned.layers.demand.assign(guest_persons=[5, 0, 0, 2, 0])
    table = who_indicators(replace(planned, layers=replace(planned.layers, demand=demand, presence=PRESENCE)))
    found = table.set_index(["area_code", "indicator"])["value"]
    region = table.loc[table["area_level"] == "region"].set_index("indicator")["value"]
    assert (region["residents_persons"], region["guest_persons"]) == (547, 7)
    assert (found["GM0001", "away_persons"], found["GM0002", "day_persons"]) == (200, 90)
    # the guests at A stand at their L-NSP, those at D walk 3 km, beyond their norm of 2.5
    assert region["guests_mean_distance_m"] == pytest.approx(2 * 3000 / 7)
    assert (region["guests_beyond_norm_persons"], found["GM0001", "guests_beyond_norm_persons"]) == (2, 0)


def today(statuses: list[str]) -> Baseline:
    planned: PlannedStudy = planned_line_town()
    sites = planned.layers.sites.assign(status=statuses)
    return build_baseline(replace(planned, layers=replace(planned.layers, sites=sites)))


def test_what_runs_today_gives_the_shares_of_today() -> None:
    """s1 runs: A and C at 1 km, B at 0, D at 5 km; E has none: 500 of 547 within 1 km and within their norm."""
    found = today(["idee", "operationeel", "idee", "operationeel"])
    assert (found.lnsp_names, found.n_cnsp, found.known, found.known_cnsp) == (("Zaal een",), 1, True, True)
    assert found.share_within_1000m == found.share_within_2500m == found.share_within_norm == 500 / 547
    assert found.beyond_norm_persons == pytest.approx(47)


def test_where_no_status_is_told_today_is_not_known_and_not_nothing() -> None:
    found = today(["idee"] * 4)
    assert (found.lnsp_names, found.known, found.known_cnsp) == ((), False, False)
    assert np.isnan([found.share_within_1000m, found.share_within_norm, found.beyond_norm_persons]).all()
    told = today(["in gesprek", "idee", "idee", "idee"])
    assert (told.lnsp_names, told.known, told.known_cnsp, told.share_within_1000m) == ((), True, False, 0.0)
    station = today(["idee", "idee", "idee", "in gesprek"])
    assert (station.n_cnsp, station.known, station.known_cnsp) == (0, False, True)


@pytest.mark.parametrize(
    ("gap", "status", "finished"),
    [
        (0.0, PlanStatus.OPTIMAL, True),
        (0.005, PlanStatus.WITHIN_GAP, True),
        (0.0051, PlanStatus.FEASIBLE, False),
        (float("inf"), PlanStatus.FEASIBLE, False),
    ],
)
def test_a_plan_is_finished_at_the_gap_asked_for(gap: float, status: PlanStatus, *, finished: bool) -> None:
    proof = Proof(gap, 0.005, 60.0, "gap")
    assert (proof.status, proof.is_finished) == (status, finished)
