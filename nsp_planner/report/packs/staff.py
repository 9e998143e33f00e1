"""The sheet of staff and means. In: staff and means by the norms. Out: a table with Dutch columns."""

from __future__ import annotations

import pandas as pd

from nsp_planner.evaluate.premises import Premises
from nsp_planner.report.text.dutch import number_nl
from nsp_planner.report.text.staffing import Means


def means_table(means: Means, premises: Premises) -> pd.DataFrame:
    """Staff and means as a table: what, how many, how it comes about."""
    day = means.shifts_per_day
    per_lnsp, per_cnsp = (f"{premises.norms.value(f'staff_per_{kind}'):g}" for kind in ("lnsp", "cnsp"))
    rows = [
        ("Mensen per dienst op de L-NSP's", means.lnsp_staff, f"{means.n_lnsp} L-NSP's x {per_lnsp}"),
        ("waarvan EHBO'ers of BHV'ers", means.n_lnsp, "1 per L-NSP"),
        ("waarvan gemeenteambtenaren", means.lnsp_staff - means.n_lnsp, "de andere"),
        ("Mensen per dag op de L-NSP's", means.lnsp_staff * day, f"{day} diensten per dag (eigen instelling)"),
        (
            "Medewerkers veiligheidsregio per dienst op de C-NSP's",
            means.cnsp_staff,
            f"{means.n_cnsp} C-NSP's x {per_cnsp}",
        ),
        ("Medewerkers veiligheidsregio per dag", means.cnsp_staff * day, f"{day} diensten per dag (eigen instelling)"),
        (
            "Punten voor nooddrinkwater",
            means.n_water_points,
            f"1 per {number_nl(premises.norms.value('inhabitants_per_water_point'))} inwoners",
        ),
        (
            "Liter drinkwater per dag",
            round(means.water_litres_per_day),
            f"{premises.norms.value('water_litres_per_person_day'):g} liter per persoon per dag",
        ),
    ]
    return pd.DataFrame(rows, columns=["Middel", "Aantal", "Hoe berekend"])
