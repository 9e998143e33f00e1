"""What a decision about a building costs, as readers are told."""

from __future__ import annotations

from nsp_planner.evaluate.exchange import DecisionPrice
from nsp_planner.plan.decisions import REFUSED


def test_only_what_takes_a_fixing_away_may_cost_less_than_nothing() -> None:
    assert DecisionPrice(REFUSED, 0, 10.0, found=-5.0).cost == 0.0
    assert DecisionPrice(REFUSED, 0, 10.0, found=-5.0, takes_fixing_away=True).cost == -5.0
    assert DecisionPrice(REFUSED, 0, 10.0).cost is None
