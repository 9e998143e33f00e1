"""What a decision about a building costs, as readers are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nsp_planner.errors import Fault
from nsp_planner.evaluate.sites.exchange import DecisionPrice, no_price, price_of
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.decisions import FREED, INSISTED, REFUSED, DecidedPlan
from nsp_planner.plan.solution import LocalPlan
from tests.towns.line_town import planned_line_town


def test_only_what_takes_a_fixing_away_may_cost_less_than_nothing() -> None:
    assert DecisionPrice(REFUSED, 0, 10.0, found=-5.0).cost == 0.0
    assert DecisionPrice(REFUSED, 0, 10.0, found=-5.0, takes_fixing_away=True).cost == -5.0
    assert DecisionPrice(REFUSED, 0, 10.0).cost is None


def made(planned: PlannedStudy, plan: LocalPlan, decision: str, site: int, **lost: float) -> DecisionPrice:
    """The price of a decision whose plan is this one, beside the plan at hand."""
    return price_of(planned, decision, site, DecidedPlan(plan, **lost))


def plan_of(
    planned: PlannedStudy, open_sites: list[int], goes: dict[int, int], value: float, bound: float
) -> LocalPlan:
    demand, site = np.array(list(goes)), np.array(list(goes.values()))
    return replace(
        planned.local_plan, open_sites=np.array(open_sites), demand=demand, site=site,
        share=np.ones(len(demand)), value=value, bound=bound,
    )  # fmt: skip


TOWN = planned_line_town()
"""At hand: s0 and s2. A, 200 of B at 1 km, C at 1 km are within the norm: 400 persons; all walk 620,000 m."""
WEST = plan_of(TOWN, [0, 1], {0: 0, 1: 1, 2: 1, 3: 1}, 300_000.0, 290_000.0)
"""s1 for s2: B stays, C walks 1 km and D 5: 500 persons within the norm, 300,000 m."""


def test_what_a_refusal_costs_is_the_difference_of_two_plans() -> None:
    price = made(TOWN, WEST, REFUSED, 2)
    assert (price.found, price.cost, price.proven) == (-320_000, 0, 0)
    assert price.persons == pytest.approx(240)  # 100 of B, C and D
    assert price.within_norm_persons == pytest.approx(100)
    assert price.walked_person_m == pytest.approx(-320_000)
    assert (price.opened, price.closed, price.takes_fixing_away) == ((1,), (), False)


def test_a_cost_above_the_gap_is_proven_by_the_bound() -> None:
    worse = replace(WEST, value=700_000.0, bound=650_000.0)
    assert (made(TOWN, worse, REFUSED, 2).found, made(TOWN, worse, REFUSED, 2).proven) == (80_000, 30_000)
    unknown = replace(WEST, bound=-np.inf)
    assert made(TOWN, unknown, REFUSED, 2).proven is None


def test_who_loses_the_only_site_within_reach_counts_as_going_as_far_as_the_cutoff() -> None:
    without_d = plan_of(TOWN, [0, 1], {0: 0, 1: 1, 2: 1}, 100_000.0, 90_000.0)
    price = made(TOWN, without_d, REFUSED, 2, lost_persons=40.0, lost_cost=200_000.0)
    assert (price.found, price.lost_persons) == (-320_000, 40)
    assert price.walked_person_m == pytest.approx(-320_000)


def test_a_fixed_site_that_is_refused_may_make_the_plan_better_and_no_least_price_is_claimed_then() -> None:
    east = plan_of(TOWN, [1, 2], {0: 1, 1: 1, 2: 2, 3: 2}, 320_000.0, 310_000.0)
    price = made(TOWN, east, REFUSED, 0)
    assert (price.takes_fixing_away, price.found, price.cost, price.proven) == (True, -300_000, -300_000, None)
    worse = made(TOWN, replace(east, value=700_000.0, bound=620_000.0), REFUSED, 0)
    assert (worse.cost, worse.proven) == (80_000, 0)
    assert not made(TOWN, east, INSISTED, 0).takes_fixing_away


def test_what_fixing_costs_is_what_the_plan_at_hand_costs_more_than_one_without_it() -> None:
    east = plan_of(TOWN, [1, 2], {0: 1, 1: 1, 2: 2, 3: 2}, 320_000.0, 310_000.0)
    price = made(TOWN, east, FREED, 0)
    assert (price.found, price.proven) == (300_000, None)
    # A at 1 km, B and C are within the norm: 100 persons fewer with the fixing than without
    assert price.within_norm_persons == pytest.approx(-100)
    assert price.walked_person_m == pytest.approx(300_000)
    assert (price.opened, price.closed) == ((1,), ())


def test_of_an_objective_that_counts_persons_fewer_of_them_is_the_cost_and_who_is_lost_is_among_them() -> None:
    coverage = replace(
        TOWN, local=replace(TOWN.local, objective="max_coverage"),
        local_plan=replace(TOWN.local_plan, objective="max_coverage", value=400.0, bound=400.0),
    )  # fmt: skip
    fewer = replace(WEST, objective="max_coverage", value=370.0, bound=390.0)
    price = made(coverage, fewer, REFUSED, 2, lost_persons=40.0, lost_cost=40.0)
    assert (price.found, price.proven) == (30, 10)


def test_without_a_plan_the_price_says_why_and_whom_it_is_about() -> None:
    fault = Fault("plan", "nobody has room", "Allow more.")
    price = no_price(TOWN, REFUSED, 0, fault)
    assert (price.persons, price.fault, price.found, price.cost) == (300, fault, None, None)
