"""Staff and drinking water in words. In: what running noodsteunpunten takes. Out: Dutch sentences and a table."""

from __future__ import annotations

import pandas as pd

from nsp_planner.evaluate.sites.staffing import Staffing
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.names import cnsps_nl, counted_nl, lnsps_nl
from nsp_planner.report.text.dutch import number_nl


def staffing_nl(staff: Staffing) -> list[str]:
    """Staff and water as sentences, each with how the number comes about."""
    day = staff.shifts_per_day
    texts = []
    if staff.n_lnsp:
        texts.append(
            f"{counted_nl(staff.lnsp_staff, 'mensen')} per dienst op de L-NSP's "
            f"({number_nl(staff.first_aiders)} EHBO'ers of BHV'ers en {number_nl(staff.officials)} "
            f"gemeenteambtenaren). Bij {counted_nl(day, 'diensten')} per dag zijn dat "
            f"{counted_nl(staff.lnsp_staff_per_day, 'mensen')} per dag."
        )
    if staff.n_cnsp:
        texts.append(
            f"{counted_nl(staff.cnsp_staff, 'medewerkers')} van de veiligheidsregio per dienst op de C-NSP's; per dag "
            f"{number_nl(staff.cnsp_staff_per_day)}."
        )
    texts.append(
        f"Bij uitval van drinkwater: {counted_nl(staff.n_water_points, 'punten')} voor nooddrinkwater en "
        f"{number_nl(staff.water_litres_per_day)} liter water per dag."
    )
    return texts


def staffing_table(staff: Staffing, premises: Premises) -> pd.DataFrame:
    """Staff and water as a table: what, how many, how it comes about."""
    day = staff.shifts_per_day
    per_lnsp, per_cnsp = (f"{premises.norms.value(f'staff_per_{kind}'):g}" for kind in ("lnsp", "cnsp"))
    rows = [
        ("Mensen per dienst op de L-NSP's", staff.lnsp_staff, f"{lnsps_nl(staff.n_lnsp)} x {per_lnsp}"),
        ("waarvan EHBO'ers of BHV'ers", staff.first_aiders, "1 per L-NSP"),
        ("waarvan gemeenteambtenaren", staff.officials, "de andere"),
        (
            "Mensen per dag op de L-NSP's",
            staff.lnsp_staff_per_day,
            f"{counted_nl(day, 'diensten')} per dag (eigen instelling)",
        ),
        (
            "Medewerkers veiligheidsregio per dienst op de C-NSP's",
            staff.cnsp_staff,
            f"{cnsps_nl(staff.n_cnsp)} x {per_cnsp}",
        ),
        (
            "Medewerkers veiligheidsregio per dag",
            staff.cnsp_staff_per_day,
            f"{counted_nl(day, 'diensten')} per dag (eigen instelling)",
        ),
        (
            "Punten voor nooddrinkwater",
            staff.n_water_points,
            f"1 per {number_nl(premises.norms.value('inhabitants_per_water_point'))} inwoners",
        ),
        (
            "Liter drinkwater per dag",
            staff.water_litres_per_day,
            f"{premises.norms.value('water_litres_per_person_day'):g} liter per persoon per dag",
        ),
    ]
    return pd.DataFrame(rows, columns=["Middel", "Aantal", "Hoe berekend"])
