"""Staff and means. In: numbers of noodsteunpunten and inhabitants. Out: what running them takes, by the norms."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nsp_planner.evaluate.premises import Premises
from nsp_planner.report.text.dutch import number_nl


@dataclass(frozen=True)
class Means:
    """What running a set of noodsteunpunten takes.

    Attributes:
        n_lnsp: L-NSPs.
        n_cnsp: C-NSPs.
        lnsp_staff: People per shift on all L-NSPs.
        cnsp_staff: People per shift on all C-NSPs.
        shifts_per_day: Shifts in a day.
        n_water_points: Points for drinking water.
        water_litres_per_day: Litres of drinking water per day for all inhabitants.
    """

    n_lnsp: int
    n_cnsp: int
    lnsp_staff: int
    cnsp_staff: int
    shifts_per_day: int
    n_water_points: int
    water_litres_per_day: float


def build_means(n_lnsp: int, n_cnsp: int, persons: float, premises: Premises) -> Means:
    """Staff and water by the norms in force."""
    return Means(
        n_lnsp=n_lnsp,
        n_cnsp=n_cnsp,
        lnsp_staff=math.ceil(n_lnsp * premises.norms.value("staff_per_lnsp")),
        cnsp_staff=math.ceil(n_cnsp * premises.norms.value("staff_per_cnsp")),
        shifts_per_day=int(premises.norms.value("shifts_per_day")),
        n_water_points=math.ceil(persons / premises.norms.value("inhabitants_per_water_point")),
        water_litres_per_day=persons * premises.norms.value("water_litres_per_person_day"),
    )


def means_text(means: Means) -> list[str]:
    """The means as sentences, each with how the number comes about."""
    day = means.shifts_per_day
    texts = []
    if means.n_lnsp:
        texts.append(
            f"{number_nl(means.lnsp_staff)} mensen per dienst op de L-NSP's "
            f"({number_nl(means.n_lnsp)} EHBO'ers of BHV'ers en {number_nl(means.lnsp_staff - means.n_lnsp)} "
            f"gemeenteambtenaren). Bij {day} diensten per dag zijn dat {number_nl(means.lnsp_staff * day)} mensen "
            "per dag."
        )
    if means.n_cnsp:
        texts.append(
            f"{number_nl(means.cnsp_staff)} medewerkers van de veiligheidsregio per dienst op de C-NSP's; per dag "
            f"{number_nl(means.cnsp_staff * day)}."
        )
    texts.append(
        f"Bij uitval van drinkwater: {number_nl(means.n_water_points)} punten voor nooddrinkwater en "
        f"{number_nl(means.water_litres_per_day)} liter water per dag."
    )
    return texts
