"""What a decision about a building costs. In: a planned study, a decision. Out: its price; the same for every output.

The plan is solved again from there (:mod:`nsp_planner.plan.decisions`), so that a price is the difference of two plans
that exist: what is ``found`` is the most that it can cost. What it costs at least is proven by a bound. Both are held
against the yardstick: the plan at hand, or a better one that the same search finds without any decision. That one is
itself only within its gap of the best plan: ``proven`` is above 0 where a decision costs more than that gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.errors import Fault, NoPlanError
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.reach import Reach, measure_reach
from nsp_planner.plan.decisions import FREED, REFUSED, DecidedPlan, opened_and_closed
from nsp_planner.plan.objective import objective


@dataclass(frozen=True)
class DecisionPrice:
    """One decision, solved again.

    Attributes:
        decision: ``refused``, ``fixed`` (what fixing it costs) or ``insisted``.
        site: Position of the site.
        persons: Persons allocated to it in the plan at hand.
        found: What the decision costs in the unit of the objective, by the plans found; below 0 where it refuses a
            fixed site that the plan is better without. None without a plan.
        proven: What it costs at least, proven; None where nothing is proven.
        within_norm_persons: Persons within the norm with the decision minus without.
        opened: Other sites that open for it and are not in the plan at hand.
        closed: Other sites that close for it and are in the plan at hand.
        fault: Why there is no plan.
        walked_person_m: Persons times true metres with the decision minus without; unlike ``found`` neither weights
            nor prices are in it, so it may be below 0. None without a plan.
        lost_persons: Persons who have a site within reach no more; they count as going as far as the cutoff.
        takes_fixing_away: Whether it refuses a site that is fixed: the plan may then be better without.
    """

    decision: str
    site: int
    persons: float
    found: float | None = None
    proven: float | None = None
    within_norm_persons: float | None = None
    opened: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    fault: Fault | None = None
    walked_person_m: float | None = None
    lost_persons: float = 0.0
    takes_fixing_away: bool = False

    @property
    def cost(self) -> float | None:
        """What readers are told that it costs: ``found``, and where a decision only adds to what is asked at least 0.

        A plan with more asked of it cannot be better; where one was found, the plan at hand was not the best yet.
        """
        if self.found is None or self.takes_fixing_away:
            return self.found
        return max(0.0, self.found)


def price_decision(planned: PlannedStudy, decision: str, site: int) -> DecisionPrice:
    """Solve again with one building refused, no longer fixed, or insisted on; without a plan the price says why.

    Raises:
        VerificationError: The plan differs from what independent code recomputes.
    """
    try:
        return price_of(planned, decision, site, planned.decisions.solve(decision, site))
    except NoPlanError as error:
        return no_price(planned, decision, site, error.faults[0])


def no_price(planned: PlannedStudy, decision: str, site: int, fault: Fault | None) -> DecisionPrice:
    """A decision without a plan, and why."""
    return DecisionPrice(decision, site, _persons_at(planned, site), fault=fault)


def price_of(planned: PlannedStudy, decision: str, site: int, decided: DecidedPlan) -> DecisionPrice:
    """The price of a decision whose plan is there.

    That of a refusal or a wish is what the new plan costs more; that of a fixed site what the plan at hand costs more
    than one without the fixing. Persons within the norm and what people walk are counted in true metres.
    """
    before, after, instance = planned.decisions.yardstick, decided.plan, planned.local
    goal = objective(instance.objective)
    sign = -1.0 if goal.maximised else 1.0
    lost = decided.lost_cost if goal.words.weighs_persons and not goal.maximised else 0.0
    found = sign * (after.value - before.value) + lost
    proven: float | None = sign * (after.bound - before.value) + lost
    then, now = measure_reach(instance, after), planned.yardstick_reach
    covered = then.within_norm_persons - now.within_norm_persons
    walked = _walked_person_m(then) - _walked_person_m(now) + decided.lost_persons * instance.costs.cutoff_m
    if decision == FREED:
        found, proven, covered, walked = -found, None, -covered, -walked
    opened, closed = opened_and_closed(before, after, site)
    in_plan = set(planned.local_plan.open_sites.tolist())
    takes_fixing_away = decision == REFUSED and bool(instance.fixed[site])
    return DecisionPrice(
        decision=decision,
        site=site,
        persons=_persons_at(planned, site),
        found=found,
        proven=_at_least(proven, may_gain=takes_fixing_away),
        within_norm_persons=covered,
        opened=tuple(j for j in opened if j not in in_plan),
        closed=tuple(j for j in closed if j in in_plan),
        walked_person_m=walked,
        lost_persons=decided.lost_persons,
        takes_fixing_away=takes_fixing_away,
    )


def _at_least(proven: float | None, *, may_gain: bool) -> float | None:
    """What a decision costs at least; one that takes a fixing away may cost less than nothing."""
    if proven is None or not np.isfinite(proven) or (may_gain and proven < 0):
        return None
    return max(0.0, proven)


def _persons_at(planned: PlannedStudy, site: int) -> float:
    plan = planned.local_plan
    return float(plan.persons(planned.local.population_persons)[plan.site == site].sum())


def _walked_person_m(reach: Reach) -> float:
    return reach.mean_m * reach.served_persons if reach.served_persons else 0.0
