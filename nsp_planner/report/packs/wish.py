"""The local wish in words. In: the table of wishes and a gemeente. Out: a sheet in plain Dutch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.local_wish import IMPOSSIBLE, NOT_SOLVED, TALKING, WISH_OUT
from nsp_planner.names import agreeing_nl, inhabitants_nl
from nsp_planner.report.text.dutch import is_missing, number_nl
from nsp_planner.report.text.objective import unit_nl
from nsp_planner.report.workbook.book import Cell

TITLE = "Onze zaal in plaats van die van het plan: opnieuw berekend; ieder loopt naar het dichtstbijzijnde L-NSP"
NOTICEABLE_M = 1.0


def wish_table(evaluation: Evaluation, wishes: pd.DataFrame, code: str) -> pd.DataFrame:
    """A row per building of the gemeente: first the chosen ones left out, then others taken in, cheapest first."""
    sites = evaluation.layers.sites.set_index("site_id")
    gemeente = str(evaluation.layers.areas.set_index("area_code")["name"].get(code, code))
    fixed = set(evaluation.choices.index[evaluation.choices["standing"] == "fixed"])
    cost = f"Kost ten hoogste ({unit_nl(evaluation.goal)})"
    own = wishes[wishes["gemeente_code"] == code]
    order = pd.DataFrame(
        {
            "taken_in": own["wish"] != WISH_OUT,
            "talking": ~own["site_id"].map(sites["status"]).isin(TALKING),
            "cost": own["cost"],
            "name": own["site_id"].map(sites["name"]),
        }
    )
    own = own.loc[order.sort_values(["taken_in", "talking", "cost", "name"]).index]
    rows = []
    for row in own.to_dict("records"):
        out = row["wish"] == WISH_OUT
        name = str(sites.loc[row["site_id"], "name"])
        opened, closed = ([str(sites.loc[site, "name"]) for site in row[which]] for which in ("opened", "closed"))
        rows.append(
            {
                "Gebouw": name,
                "Status": str(sites.loc[row["site_id"], "status"]),
                "In het plan": ("ja, vastgelegd" if row["site_id"] in fixed else "ja") if out else "nee",
                "Wens": "dit gebouw niet" if out else "dit gebouw wel",
                "Komt erbij": _names(opened, row["state"]),
                "Vervalt": _names(closed, row["state"]),
                cost: _cell(row["cost"]),
                "Gemiddeld naar het dichtstbijzijnde, nu (m)": _cell(row["mean_before_m"]),
                "Gemiddeld naar het dichtstbijzijnde, dan (m)": _cell(row["mean_after_m"]),
                "Inwoners van de gemeente binnen de norm erbij": _cell(row["within_norm_change_persons"]),
                "Wat het betekent": sentence(row, gemeente, name, opened, closed),
                "Id": row["site_id"],
            }
        )
    columns = ["Gebouw", "Status", "In het plan", "Wens", "Komt erbij", "Vervalt", cost,
               "Gemiddeld naar het dichtstbijzijnde, nu (m)", "Gemiddeld naar het dichtstbijzijnde, dan (m)",
               "Inwoners van de gemeente binnen de norm erbij", "Wat het betekent", "Id"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def sentence(row: dict[Any, Any], gemeente: str, name: str, opened: Sequence[str], closed: Sequence[str]) -> str:
    """One wish in plain Dutch."""
    out = row["wish"] == WISH_OUT
    if row["state"] == NOT_SOLVED:
        option = "--site" if out else "--insist"
        return f"Niet berekend; vraag het met nsp-planner question refusals STUDIE {option} {row['site_id']}."
    if row["state"] == IMPOSSIBLE:
        return f"Zonder {name} is geen plan gevonden." if out else f"Met {name} is geen plan gevonden."
    change = _change(out, name, opened, closed)
    metres = float(row["mean_after_m"]) - float(row["mean_before_m"])
    persons = float(row["within_norm_change_persons"])
    if is_missing(row["mean_after_m"]) or abs(metres) < NOTICEABLE_M:
        walk = f"dan lopen de inwoners van {gemeente} gemiddeld even ver"
    else:
        walk = f"dan lopen de inwoners van {gemeente} gemiddeld {number_nl(abs(metres))} m "
        walk += "verder" if metres > 0 else "minder"
    if round(abs(persons)) == 0:
        return f"{change}, {walk}; voor de norm maakt het niet uit."
    more = "meer" if persons > 0 else "minder"
    has = agreeing_nl(abs(persons), "heeft", "hebben")
    return f"{change}, {walk} en {has} {inhabitants_nl(abs(persons))} {more} een L-NSP binnen de norm."


def _change(out: bool, name: str, opened: Sequence[str], closed: Sequence[str]) -> str:
    """What is exchanged, as the beginning of a sentence."""
    if out and len(opened) == 1 and not closed:
        return f"Valt {name} af en komt {opened[0]} ervoor in de plaats"
    if not out and len(closed) == 1 and not opened:
        return f"Komt {name} in de plaats van {closed[0]}"
    comes = f" {'komt' if len(opened) == 1 else 'komen'} {_and(opened)} erbij" if opened else ""
    goes = f" {'vervalt' if len(closed) == 1 else 'vervallen'} {_and(closed)}" if closed else ""
    also = f",{' en'.join(part for part in (comes, goes) if part)}" if comes or goes else ""
    return f"{f'Valt {name} af' if out else f'Komt {name} erbij'}{also}"


def _and(names: Sequence[str]) -> str:
    return " en ".join([part for part in (", ".join(names[:-1]), *names[-1:]) if part])


def _names(names: Sequence[str], state: str) -> str:
    return ", ".join(names) or {NOT_SOLVED: "niet berekend", IMPOSSIBLE: "geen plan mogelijk"}.get(state, "geen")


def _cell(value: Any) -> Cell | None:
    return None if is_missing(value) else Cell(float(value), "whole")
