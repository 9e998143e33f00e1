"""What a plan was made to be good at, in Dutch. In: a planned study. Out: words, the value with its unit."""

from __future__ import annotations

import numpy as np

from nsp_planner.evaluate.tables import PlannedStudy
from nsp_planner.plan.instance import Divisibility, LocalInstance, Objective
from nsp_planner.report.text.dutch import metres_nl, number_nl, percent_nl

METRES_PER_KM = 1000.0

UNITS_NL = {
    Objective.MIN_DISTANCE: "persoon-km",
    Objective.MAX_COVERAGE: "inwoners minder binnen de norm",
    Objective.MIN_MAX: "meter",
    Objective.MIN_SITES: "L-NSP's",
}
"""Unit in which a worse plan is worse."""

WEIGHTED = (Objective.MIN_DISTANCE, Objective.MAX_COVERAGE)
"""Objectives whose value is a sum over persons, and so changes with their weights."""


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


def is_weighted(planned: PlannedStudy) -> bool:
    """Whether the value of the plan counts some persons, or some metres, more than once."""
    local, crossing = planned.local, planned.crossing
    theirs = crossing is not None and (crossing.priced_m is not None or planned.premises.neighbours_weight != 1)
    return planned.extra_m is not None or theirs or not np.array_equal(local.weight, local.population_persons)


def unit_nl(planned: PlannedStudy) -> str:
    """Unit in which a worse plan is worse; it says when persons or metres are weighed."""
    unit = UNITS_NL[planned.local.objective]
    return f"gewogen {unit}" if is_weighted(planned) and planned.local.objective in WEIGHTED else unit


def person_km_nl(planned: PlannedStudy) -> str:
    """Persons times kilometres as the plan weighs them."""
    return "gewogen persoon-km" if is_weighted(planned) else "persoon-km"


def weighed_nl(planned: PlannedStudy) -> str:
    """What "gewogen" stands for in this plan; empty where nothing is."""
    local, parts = planned.local, []
    if not np.array_equal(local.weight, local.population_persons):
        parts.append("sommige inwoners tellen zwaarder mee")
    if planned.crossing is not None and planned.premises.neighbours_weight != 1:
        parts.append("inwoners van de buren tellen anders mee dan die van de regio")
    if planned.crossing is not None and planned.crossing.priced_m is not None:
        parts.append(f"wie de regiogrens overgaat telt als {metres_nl(planned.crossing.priced_m)} verder")
    elif planned.extra_m is not None:
        most = metres_nl(float(planned.extra_m.max()))
        parts.append(f"gebouwen die minder gewenst zijn tellen als verder weg (ten hoogste {most})")
    return f"Gewogen: {' en '.join(parts)}. Loopafstanden zijn altijd de werkelijke." if parts else ""


def reached_nl(planned: PlannedStudy) -> str:
    """The value of the objective with its unit."""
    plan = planned.local_plan
    if plan.objective is Objective.MIN_DISTANCE:
        return f"{number_nl(plan.value / METRES_PER_KM)} {person_km_nl(planned)}"
    if plan.objective is Objective.MAX_COVERAGE:
        weighed = "gewogen " if is_weighted(planned) else ""
        return f"{number_nl(plan.value)} {weighed}inwoners binnen de norm"
    if plan.objective is Objective.MIN_MAX:
        priced = "" if planned.extra_m is None else ", met de meters die extra tellen"
        return metres_nl(plan.value) + priced
    return f"{number_nl(plan.value)} L-NSP's"
