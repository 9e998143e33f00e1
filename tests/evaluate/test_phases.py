"""The phases of a plan: the town on a line that opens one hall a year, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nsp_planner.config import study_from_dict
from nsp_planner.evaluate.phases import NEVER, PhasePlan, SiteCosts, build_phase_plan, vulnerable_groups
from nsp_planner.plan.phasing.instance import PhasingInstance
from nsp_planner.plan.phasing.model import PhasingPlanned
from tests.towns.line_town import planned_line_town
from tests.towns.studies import smallest_tables


def phases(opens: list[int]) -> PhasePlan:
    """s0, s2 and the station open in these years, of 2027 (0) and 2028 (1); 2 is never."""
    tables = smallest_tables(
        region={"name": "Lijnregio"},
        phasing={"first_year": 2027, "n_years": 2, "budget_first_year_eur": 900, "budget_per_year_eur": 100},
    )
    town = replace(planned_line_town(), study=study_from_dict(tables))
    none = np.zeros(0, dtype=np.int64)
    euros = np.array([100.0, 200.0, 400.0])
    instance = PhasingInstance(
        ("s0", "s2"), ("k",), np.zeros(2, dtype=np.int64), np.full(2, 300.0), np.zeros(0), none, none,
        np.array([900.0, 100.0]), euros, euros / 10, np.zeros(3, dtype=bool),
    )  # fmt: skip
    solved = PhasingPlanned(np.array(opens), np.array([300.0, 400.0]), np.array([350.0, 450.0]), 800.0, "milp", 0.1)
    return build_phase_plan(town, instance, solved, SiteCosts(euros - 50, euros + 50, euros / 10, euros / 5))


def test_a_hall_counts_from_the_year_in_which_it_opens_for_who_lives_within_the_norm_of_it() -> None:
    """s0 (0 m): A at 0 and B at exactly 1000 m; s2 (3000 m): C at 1000 m, D at 3000 m beyond its norm."""
    plan = phases([0, 1, 0])
    assert plan.per_phase["nearest_within_norm_persons"].tolist() == [400, 500]
    assert plan.nearest_within_norm_share.tolist() == pytest.approx([400 / 547, 500 / 547])
    assert plan.per_phase["nearest_within_norm_65plus"].tolist() == [70, 70]
    assert plan.per_phase["share_within_norm"].tolist() == pytest.approx([300 / 547, 400 / 547])
    assert plan.first_within_norm.tolist() == [0, 0, 1, NEVER, NEVER]
    columns = ["n_lnsp_new", "n_lnsp", "n_cnsp_new", "n_cnsp"]
    assert plan.per_phase[columns].to_numpy().tolist() == [[1, 1, 1, 1], [1, 2, 0, 1]]
    assert plan.year_of_site == {"s0": 2027, "s2": 2028, "k": 2027}
    assert plan.per_phase["budget_eur"].tolist() == [900, 100]


def test_what_opens_costs_once_and_what_runs_costs_every_year() -> None:
    table = phases([0, 1, 0]).per_phase
    assert table[["once_low_eur", "once_high_eur"]].to_numpy().tolist() == [[400, 600], [150, 250]]
    assert table[["per_year_low_eur", "per_year_high_eur"]].to_numpy().tolist() == [[50, 100], [70, 140]]
    assert table["spent_eur"].tolist() == [100 + 400 + 50, 200 + 70]
    assert table["best_possible_persons"].tolist() == [350, 450]


def test_what_does_not_open_within_the_years_is_in_none_of_them() -> None:
    plan = phases([0, 2, 0])
    assert plan.year_of_site == {"s0": 2027, "k": 2027}
    assert (plan.n_opening(["s0", "s2", "k"]), plan.phase_of(["s2", "s0"])) == (2, [NEVER, 0])
    assert plan.per_phase["n_lnsp"].tolist() == [1, 1]
    assert plan.first_within_norm.tolist() == [0, 0, NEVER, NEVER, NEVER]


def test_of_a_single_inhabitant_there_is_a_share_and_of_nobody_none() -> None:
    table = pd.DataFrame({"year": [1, 2], "persons": [1, 0], "nearest_within_norm_persons": [1.0, 0.0]})
    share = PhasePlan((1, 2), {}, table, np.zeros(0, dtype=np.int64)).nearest_within_norm_share
    assert share.iloc[0] == 1
    assert np.isnan(share.iloc[1])


def test_only_groups_of_which_some_square_says_are_counted() -> None:
    demand = planned_line_town().layers.demand
    groups = vulnerable_groups(demand)
    assert list(groups) == ["65plus"]
    assert groups["65plus"][[0, 1, 3]].tolist() == [10, 60, 4]
    assert np.isnan(groups["65plus"][[2, 4]]).all()
    assert vulnerable_groups(demand.assign(persons_65plus=pd.array([None] * 5, dtype="Int64"))) == {}
