"""The local wish in words. In: the table of exchanges and a gemeente. Out: a sheet in plain Dutch.

What a single wish costs with everything solved again, `nsp-planner question refusals --insist ID` tells.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.local_wish import WISH_OUT
from nsp_planner.names import agreeing_nl, inhabitants_nl
from nsp_planner.report.text.dutch import is_missing, number_nl
from nsp_planner.report.text.objective import person_km_nl
from nsp_planner.report.workbook.book import Cell

TITLE = "Onze zaal in plaats van die van het plan: schatting; ieder naar het dichtstbijzijnde L-NSP, vol of niet"
TALKING = ("in gesprek", "akkoord eigenaar", "pilot", "operationeel")
"""Statuses of a building that a gemeente is likely to wish for: these come first."""
NOTICEABLE_M = 1.0


def wish_table(evaluation: Evaluation, wishes: pd.DataFrame, code: str) -> pd.DataFrame:
    """A row per building of the gemeente: first the chosen ones left out, then others taken in, cheapest first."""
    sites = evaluation.layers.sites.set_index("site_id")
    gemeente = str(evaluation.layers.areas.set_index("area_code")["name"].get(code, code))
    fixed = set(evaluation.choices.index[evaluation.choices["standing"] == "fixed"])
    extra = f"Extra loopafstand in de regio ({person_km_nl(evaluation.goal)})"
    own = wishes[wishes["gemeente_code"] == code]
    order = pd.DataFrame(
        {
            "taken_in": own["wish"] != WISH_OUT,
            "talking": ~own["site_id"].map(sites["status"]).isin(TALKING),
            "cost": own["extra_person_km"],
            "name": own["site_id"].map(sites["name"]),
        }
    )
    own = own.loc[order.sort_values(["taken_in", "talking", "cost", "name"]).index]
    rows = []
    for row in own.to_dict("records"):
        out = row["wish"] == WISH_OUT
        name = str(sites.loc[row["site_id"], "name"])
        other = None if is_missing(row["other_id"]) else str(sites.loc[row["other_id"], "name"])
        rows.append(
            {
                "Gebouw": name,
                "Status": str(sites.loc[row["site_id"], "status"]),
                "In het plan": ("ja, vastgelegd" if row["site_id"] in fixed else "ja") if out else "nee",
                "Wens": "dit gebouw niet" if out else "dit gebouw wel",
                "Wisselt met": other or "geen ander gebouw mogelijk",
                extra: _cell(row["extra_person_km"]),
                "Gemiddeld naar het dichtstbijzijnde, nu (m)": _cell(row["mean_before_m"]),
                "Gemiddeld naar het dichtstbijzijnde, dan (m)": _cell(row["mean_after_m"]),
                "Inwoners van de gemeente binnen de norm erbij": _cell(row["within_norm_change_persons"]),
                "Wat het betekent": sentence(row, gemeente, name, other),
                "Id": row["site_id"],
            }
        )
    columns = ["Gebouw", "Status", "In het plan", "Wens", "Wisselt met", extra,
               "Gemiddeld naar het dichtstbijzijnde, nu (m)", "Gemiddeld naar het dichtstbijzijnde, dan (m)",
               "Inwoners van de gemeente binnen de norm erbij", "Wat het betekent", "Id"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def sentence(row: dict[Any, Any], gemeente: str, name: str, other: str | None) -> str:
    """One exchange in plain Dutch."""
    out = row["wish"] == WISH_OUT
    if other is None:
        return f"Er is geen ander gebouw dat {name} kan vervangen." if out else f"Geen L-NSP kan voor {name} wijken."
    change = f"Valt {name} af en komt {other} ervoor in de plaats" if out else f"Komt {name} in de plaats van {other}"
    metres = float(row["mean_after_m"]) - float(row["mean_before_m"])
    persons = float(row["within_norm_change_persons"])
    if abs(metres) < NOTICEABLE_M:
        walk = f"dan lopen de inwoners van {gemeente} gemiddeld even ver"
    else:
        walk = f"dan lopen de inwoners van {gemeente} gemiddeld {number_nl(abs(metres))} m "
        walk += "verder" if metres > 0 else "minder"
    if round(abs(persons)) == 0:
        return f"{change}, {walk}; voor de norm maakt het niet uit."
    more = "meer" if persons > 0 else "minder"
    has = agreeing_nl(abs(persons), "heeft", "hebben")
    return f"{change}, {walk} en {has} {inhabitants_nl(abs(persons))} {more} een L-NSP binnen de norm."


def _cell(value: Any) -> Cell | None:
    return None if is_missing(value) else Cell(float(value), "whole")
