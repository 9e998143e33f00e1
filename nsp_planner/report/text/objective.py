"""What a plan was made to be good at, in Dutch. In: a planned study. Out: words, the value with its unit."""

from __future__ import annotations

import numpy as np

from nsp_planner.evaluate.tables import PlannedStudy
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.report.text.dutch import metres_nl, number_nl, percent_nl


def objective_nl(instance: LocalInstance) -> str:
    """What was looked for, to follow "gezocht is" or to stand alone."""
    return objective(instance.objective).objective_nl(instance, _share_nl)


def _share_nl(share: float) -> str:
    return percent_nl(share, 0 if (100 * share) % 1 < 1e-9 else 1)


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
    words = objective(planned.local.objective).words
    return f"gewogen {words.worse_nl}" if words.weighs_persons and is_weighted(planned) else words.worse_nl


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
    words = objective(plan.objective).words
    weighed = "gewogen " if words.weighs_persons and is_weighted(planned) else ""
    priced = ", met de meters die extra tellen" if words.in_metres and planned.extra_m is not None else ""
    if planned.crossing is None or not words.weighs_persons:
        return f"{number_nl(plan.value / words.per)} {weighed}{words.unit_nl}{priced}"
    joint = number_nl(plan.value / words.per)
    return f"{number_nl(planned.own_value / words.per)} {weighed}{words.unit_nl}; met de mensen van de buren {joint}"
