"""What a plan changes of the one before it, on the town on a line by hand.

The plan has s0 (A and most of B) and s2 (C and D) under station k; the run before it had s0 and a hall that is gone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.change.changes import Changes, Kept, find_changes
from nsp_planner.evaluate.evaluate import build_tables
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.solution import LeastChange
from tests.towns.finished import finished_run
from tests.towns.line_town import planned_line_town

SQUARES = {"A": (100, "s0", 0.0), "B": (300, "gone", 0.0), "C": (100, "gone", 0.0), "Z": (3, "gone", 0.0)}


def town() -> PlannedStudy:
    planned = planned_line_town()
    sites = planned.layers.sites.assign(status_reason=pd.NA)
    return replace(planned, layers=replace(planned.layers, sites=sites))


def before(squares: dict[str, tuple[float, str | None, float]] = SQUARES, station: str = "k") -> FinishedRun:
    run = finished_run(squares, {})
    table = run.sites.iloc[:3].assign(
        site_id=["s0", "gone", station], name=["Zaal nul", "Oude hal", "Kazerne"], role=["lnsp", "lnsp", "cnsp"],
        cnsp_id=[station, station, ""],
    )  # fmt: skip
    return replace(run, sites=table, lnsps={"s0": "Zaal nul", "gone": "Oude hal"}, cnsps={station: "Kazerne"})


def changes(planned: PlannedStudy | None = None, run: FinishedRun | None = None) -> Changes:
    planned = planned or town()
    return find_changes(planned, build_tables(planned), run or before())


def least(n_other: int, at_least: int, stopped_by: str = "time") -> LeastChange:
    return LeastChange(n_other, at_least, 0.0, n_other, 0.0, 0.0, stopped_by)  # type: ignore[arg-type]


def test_what_came_and_went_is_counted_with_what_the_lists_and_grids_no_longer_have() -> None:
    found = changes()
    assert [reason.site_id for reason in found.of("lnsp", "came")] == ["s2"]
    assert [reason.site_id for reason in found.of("lnsp", "went")] == ["gone"]
    assert (found.of("cnsp", "came"), found.of("cnsp", "went")) == ([], [])
    assert (found.n_lnsp, found.n_other, found.n_cnsp, found.n_other_cnsp) == (2, 1, 1, 0)
    assert (found.n_new_squares, found.n_gone_squares, found.n_gone_sites) == (2, 1, 1)
    # A, B and C are of both; B goes to s0 with most of its people and C to s2, both were of the hall that is gone
    assert (found.n_persons, found.moved_persons) == (500, 400)
    assert found.names["gone"] == "Oude hal"
    assert found.names["s2"] == "Zaal twee"
    assert not found.is_same


def test_an_l_nsp_with_another_c_nsp_moved_and_a_c_nsp_that_came_is_other() -> None:
    assert changes().moved_lnsps == 0
    found = changes(run=before(station="m"))
    assert (found.moved_lnsps, found.n_other_cnsp) == (1, 1)


def test_a_plan_that_changes_nothing_is_the_same() -> None:
    squares = {
        "A": (100, "s0", 0.0),
        "B": (300, "s0", 0.0),
        "C": (100, "s2", 0.0),
        "D": (40, "s2", 0.0),
        "E": (7, None, np.nan),
    }
    run = before(squares)
    same = replace(run, sites=run.sites.assign(site_id=["s0", "s2", "k"]), lnsps={"s0": "", "s2": ""})
    planned = town()
    same = replace(same, study=planned.premises.settings, inputs={})
    found = changes(planned, same)
    assert found.reasons == ()
    assert found.is_same
    assert (found.n_other, found.n_gone_sites, found.moved_persons) == (0, 0, 0)
    moved = replace(found, moved_lnsps=1)
    flowing = replace(found, flows=pd.DataFrame({"persons": [1.0]}))
    assert not moved.is_same
    assert not flowing.is_same


@pytest.mark.parametrize(("at_least", "told", "proven"), [(0, 0, False), (1, 1, True), (5, 1, True)])
def test_the_proven_least_is_never_more_than_what_the_plan_changes(at_least: int, told: int, *, proven: bool) -> None:
    plan = town()
    lnsps = replace(plan.local_plan, least_change=least(1, at_least))
    found = changes(replace(plan, local_plan=lnsps))
    assert (found.n_other_at_least, found.fewest_is_proven, found.stopped_by) == (told, proven, "time")
    cnsps = replace(plan.coordination_plan, least_change=least(1, at_least))
    found = changes(replace(plan, coordination_plan=cnsps), before(station="m"))
    assert (found.n_other_cnsp_at_least, found.n_other_at_least, found.stopped_by) == (told, 0, "gap")


def test_what_keeping_a_site_would_cost_is_not_known_unless_it_is_told() -> None:
    assert changes().kept == {}
    kept = {"gone": Kept("exchange", 120.0, "s2")}
    planned = town()
    assert find_changes(planned, build_tables(planned), before(), kept).kept == kept
    assert (Kept().known, Kept().instead) == ("unknown", None)
    assert np.isnan(Kept().cost)
