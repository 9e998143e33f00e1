"""What a plan was made to be good at, in Dutch. In: an instance, its plan. Out: words, the value with its unit."""

from __future__ import annotations

from nsp_planner.plan.instance import Divisibility, LocalInstance, Objective
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.report.text_nl import metres_nl, number_nl, percent_nl

METRES_PER_KM = 1000.0

UNITS_NL = {
    Objective.MIN_DISTANCE: "persoon-km",
    Objective.MAX_COVERAGE: "inwoners minder binnen de norm",
    Objective.MIN_MAX: "meter",
    Objective.MIN_SITES: "L-NSP's",
}
"""Unit in which a worse plan is worse."""


def goal_nl(instance: LocalInstance) -> str:
    """What was looked for, to follow "gezocht is" or to stand alone."""
    if instance.objective is Objective.MAX_COVERAGE:
        return "de meeste inwoners binnen de norm, daarna de kleinste totale loopafstand"
    if instance.objective is Objective.MIN_MAX:
        if instance.percentile < 1:
            part = percent_nl(instance.percentile, 0 if (100 * instance.percentile) % 1 < 1e-9 else 1)
            return f"de kleinste loopafstand waarbinnen {part} van de inwoners blijft, daarna de kleinste in totaal"
        return "de kleinste grootste loopafstand, daarna de kleinste in totaal"
    if instance.objective is Objective.MIN_SITES:
        part = percent_nl(instance.share, 0 if (100 * instance.share) % 1 < 1e-9 else 1)
        return f"zo min mogelijk L-NSP's die {part} van de inwoners binnen de norm bedienen"
    return "de kleinste totale loopafstand"


def whole_nl(instance: LocalInstance) -> str:
    """Who goes together to one L-NSP; empty where the inhabitants of a square may be divided."""
    return {
        Divisibility.DIVISIBLE: "",
        Divisibility.WHOLE_POINTS: "elk vierkant gaat in zijn geheel naar één L-NSP",
        Divisibility.WHOLE_GROUPS: "elke buurt gaat in haar geheel naar één L-NSP",
    }[instance.divisibility]


def reached_nl(plan: LocalPlan) -> str:
    """The value of the objective with its unit."""
    if plan.objective is Objective.MIN_DISTANCE:
        return f"{number_nl(plan.value / METRES_PER_KM)} persoon-km"
    if plan.objective is Objective.MAX_COVERAGE:
        return f"{number_nl(plan.value)} inwoners binnen de norm"
    if plan.objective is Objective.MIN_MAX:
        return metres_nl(plan.value)
    return f"{number_nl(plan.value)} L-NSP's"
