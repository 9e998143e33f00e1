"""Sheets on use and on planning. In: an evaluation, phases. Out: tables with Dutch columns.

Use: per noodsteunpunt of the plan its visitors, staff and drinking water, by the norms in force. Planning:
what opens when, for a study with phases.
"""

from __future__ import annotations

import math

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.sites.use import SiteStaff
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP, hours_nl
from nsp_planner.report.text.units import list_values

USE_SHEET = "Gebruik en bemensing"
USE_TITLE = "Gebruik, bemensing en drinkwater per noodsteunpunt (een raming, geen norm)"
LATER = "later"
"""Year of a site that does not open within the years that are evaluation."""


def use_table(evaluation: Evaluation) -> pd.DataFrame:
    """One row per L-NSP, then one per C-NSP; counts are whole persons, sites and litres.

    C-NSPs serve no residents: they have staff alone.
    """
    premises, cnsps = evaluation.premises, evaluation.cnsps
    use, hours_of_crisis = evaluation.use, _crisis_nl(premises)
    lnsps = pd.DataFrame(
        {
            "Gemeente": use["gemeente_name"],
            "Noodsteunpunt": use["name"],
            "Id": use["site_id"],
            "Rol": ROLE_LNSP,
            "Inwoners": list_values(use["persons"], "persons"),
            "Bezoekers per dag": use["visitors_per_day"],
            "Gemiddeld tegelijk": use["mean_at_once"],
            "Tegelijk op het drukst": use["peak_at_once"],
            "Op het drukst, als ieder naar het dichtstbijzijnde gaat": use["nearest_peak_at_once"],
            "Capaciteit (mensen tegelijk)": use["capacity_present"],
            "Vloeroppervlak (m2)": use["floor_area_m2"],
            "m2 per bezoeker op het drukst": use["m2_per_visitor"],
            "Waterpunten": use["n_water_points"],
            "Liter water per dag": list_values(use["water_litres_per_day"], "whole"),
            f"Liter water in {hours_of_crisis}": list_values(use["water_litres_crisis"], "whole"),
            **_staff(evaluation.site_staff["lnsp"], hours_of_crisis),
        }
    )
    stations = pd.DataFrame(
        {
            "Gemeente": cnsps["gemeente_name"],
            "Noodsteunpunt": cnsps["name"],
            "Id": cnsps["site_id"],
            "Rol": ROLE_CNSP,
            **_staff(evaluation.site_staff["cnsp"], hours_of_crisis),
        }
    ).reindex(columns=lnsps.columns)
    order = ["Gemeente", "Noodsteunpunt", "Id"]
    return pd.concat(
        [part.sort_values(order, kind="stable").astype(object) for part in (lnsps, stations)], ignore_index=True
    )


def _staff(staff: SiteStaff, hours_of_crisis: str) -> dict[str, int]:
    return {
        "Mensen per dienst": staff.at_once,
        "Diensten per dag": staff.per_day,
        f"Diensten in {hours_of_crisis}": staff.in_crisis,
    }


def _crisis_nl(premises: Premises) -> str:
    """The hours over which staff and water of a crisis are counted: 72 uur."""
    return hours_nl(premises.norms.value("operational_within_hours"))


def planning_sheets(evaluation: Evaluation, phases: PhasePlan) -> list[tuple[str, str, pd.DataFrame]]:
    """Sheets (name, title, table): what opens per year, and when each noodsteunpunt opens."""
    per_phase = phases.per_phase
    columns = {
        "year": "Jaar",
        "n_lnsp_new": "L-NSP's erbij",
        "n_lnsp": "L-NSP's open",
        "n_cnsp_new": "C-NSP's erbij",
        "n_cnsp": "C-NSP's open",
        "nearest_within_norm_persons": "Inwoners met een open L-NSP binnen de norm",
        "once_low_eur": "Eenmalig, laag (euro)",
        "once_high_eur": "Eenmalig, hoog (euro)",
        "per_year_low_eur": "Per jaar, laag (euro)",
        "per_year_high_eur": "Per jaar, hoog (euro)",
    }
    status = evaluation.layers.sites.set_index("site_id")["status"]
    parts = [
        pd.DataFrame(
            {
                "Jaar van opening": [phases.year_of_site.get(str(i), LATER) for i in table["site_id"]],
                "Noodsteunpunt": table["name"],
                "Id": table["site_id"],
                "Rol": role,
                "Gemeente": table["gemeente_name"],
                "C-NSP": table["cnsp_name"] if role == ROLE_LNSP else table["name"],
                "Status": table["site_id"].map(status),
            }
        )
        for role, table in ((ROLE_LNSP, evaluation.lnsps), (ROLE_CNSP, evaluation.cnsps))
    ]
    every = pd.concat(parts, ignore_index=True)
    order = every["Jaar van opening"].map(lambda year: math.inf if year == LATER else float(year))
    every = every.assign(_order=order).sort_values(["_order", "Gemeente", "Rol", "Noodsteunpunt"], kind="stable")
    years = per_phase.rename(columns=columns)[list(columns.values())]
    return [
        ("Planning", "Planning: wat er per jaar opengaat (kosten als bandbreedte)", years),
        ("Planning per gebouw", "Planning: wanneer elk noodsteunpunt opengaat", every.drop(columns="_order")),
    ]
