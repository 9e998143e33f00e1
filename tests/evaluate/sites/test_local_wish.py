"""What a gemeente's own wish does, on the town on a line by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.evaluate.sites.local_wish import WISH_IN, WISH_OUT, local_wishes
from nsp_planner.evaluate.solved.planned import PlannedStudy
from tests.towns.line_town import planned_line_town


@pytest.fixture(scope="module")
def wishes() -> pd.DataFrame:
    return local_wishes(planned_line_town()).set_index("site_id")


def test_who_lives_exactly_at_the_norm_is_within_it_before_and_after(wishes: pd.DataFrame) -> None:
    """s1 for s2: B (300) goes from 1000 to 0 m, C (100) from 1000 m (s2) to 1000 m (s1): both within the norm."""
    row = wishes.loc["s1"]
    assert (row["wish"], row["gemeente_code"]) == (WISH_IN, "GM0001")
    assert row["closed"] == ("s2",)
    assert row["mean_before_m"] == pytest.approx((100 * 0 + 300 * 1000 + 100 * 1000) / 500)
    assert row["mean_after_m"] == pytest.approx((100 * 0 + 300 * 0 + 100 * 1000) / 500, abs=0.001)
    assert row["within_norm_change_persons"] == 0


def test_who_has_no_site_left_counts_as_living_at_the_cutoff(wishes: pd.DataFrame) -> None:
    """s1 for s2: D (40) from 3000 m to 5000 m, the cutoff and the way to s1; E (7) has none and counts as at 5000 m."""
    row = wishes.loc["s2"]
    assert (row["wish"], row["opened"], row["gemeente_code"]) == (WISH_OUT, ("s1",), "GM0002")
    assert row["mean_before_m"] == pytest.approx((40 * 3000 + 7 * 5000) / 47)
    assert row["mean_after_m"] == pytest.approx(5000)
    assert row["within_norm_change_persons"] == 0


def test_who_comes_within_the_norm_or_drops_out_of_it_is_counted_in_persons() -> None:
    town = planned_line_town()
    norms = {"B": 999.0, "D": 3000.0}
    norm_m = np.array([norms.get(name, 1000.0) for name in town.local.demand_ids])
    wishes = local_wishes(replace(town, local=replace(town.local, service_distance_m=norm_m))).set_index("site_id")
    assert wishes.loc["s1", "within_norm_change_persons"] == 300
    assert wishes.loc["s2", "within_norm_change_persons"] == -40


def test_a_site_that_stands_in_nobodys_gemeente_changes_nobody() -> None:
    town = planned_line_town()
    sites = town.layers.sites.assign(gemeente_code=["GM0009", "GM0001", "GM0002", "GM0001"])
    rows = local_wishes(replace(town, layers=replace(town.layers, sites=sites))).set_index("site_id")
    assert np.isnan(rows.loc["s0", ["mean_before_m", "mean_after_m"]].astype(float)).all()
    assert rows.loc["s0", "within_norm_change_persons"] == 0


def test_the_first_site_of_the_list_opens_as_any_other_and_a_fixed_one_is_not_exchanged(wishes: pd.DataFrame) -> None:
    town = planned_line_town()
    out = wishes.loc["s0"]
    assert (out["wish"], out["opened"]) == (WISH_OUT, ("s1",))
    assert out["mean_after_m"] == pytest.approx((100 * 1000 + 300 * 0 + 100 * 1000) / 500, abs=0.001)
    plan = replace(
        town.local_plan, open_sites=np.array([1, 2]), site=np.array([1, 1, 2, 2, 2]), share=town.local_plan.share
    )
    local = replace(town.local, fixed=np.array([False, False, True]))
    moved: PlannedStudy = replace(town, local=local, local_plan=plan)
    row = local_wishes(moved).set_index("site_id").loc["s0"]
    assert (row["wish"], row["closed"]) == (WISH_IN, ("s1",))
    assert row["mean_before_m"] == pytest.approx((100 * 1000 + 0 + 100 * 1000) / 500)
    assert row["mean_after_m"] == pytest.approx((0 + 300 * 1000 + 100 * 1000) / 500)
