"""The GAP analysis. In: the table of sites and which are chosen. Out: what is asked and known, what to do.

The basic norms follow the board paper (algemeen bestuur 24-09-2025, chapter 3.1: functions and provisions of L-NSP and
C-NSP). Unknown is an action (ask), never a no; a no is an action (arrange); a yes is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from nsp_planner.report.text.dutch import GAP_LABELS, ROLE_CNSP, ROLE_LNSP, YES_NO

BASIC_NORM, WISH = "basisnorm", "aandachtspunt"

LNSP_NORMS = {
    "emergency_power": BASIC_NORM,
    "heat": BASIC_NORM,
    "toilets": BASIC_NORM,
    "water_food": BASIC_NORM,
    "first_aid_room": BASIC_NORM,
    "access_24_7": BASIC_NORM,
    "step_free": WISH,
    "flood_safe": WISH,
    "parking": WISH,
    "internet": WISH,
}
"""What an L-NSP needs: food and water, warmth, basic care and hygiene, power, open always; the rest is a wish."""

CNSP_NORMS = {
    "emergency_power": BASIC_NORM,
    "internet": BASIC_NORM,
    "access_24_7": BASIC_NORM,
    "flood_safe": WISH,
    "parking": WISH,
}
"""What a C-NSP needs: power and internet, open day and night."""

STATUS_ACTIONS = {
    "idee": "Eigenaar zoeken en benaderen.",
    "in gesprek": "Akkoord van de eigenaar vragen en vastleggen.",
    "akkoord eigenaar": "Afspraken vastleggen: sleutel, kosten, verzekering en aansprakelijkheid. Draaiboek maken.",
    "pilot": "Oefenen en de ervaringen vastleggen.",
    "operationeel": "Elk jaar nalopen: sleutel, voorraad, contactpersonen en oefening.",
    "afgevallen": "Staat als afgevallen op de lijst maar is wel gekozen: besluit nagaan.",
}
"""The next step for a chosen building with a status."""


CNSP_STATUS_ACTIONS = {
    "idee": "Met de brandweer afspreken dat deze kazerne C-NSP wordt.",
    "in gesprek": "Afspraak met de brandweer vastleggen.",
}
"""The same for a C-NSP, where it differs: the veiligheidsregio runs it itself."""


def gap_table(sites: pd.DataFrame, lnsp_ids: Iterable[str], cnsp_ids: Iterable[str]) -> pd.DataFrame:
    """A row per chosen building and provision: Rol, Naam, Voorziening, Norm, Wat is bekend, Wat te doen, Id."""
    wanted = ((ROLE_LNSP, list(lnsp_ids), LNSP_NORMS), (ROLE_CNSP, list(cnsp_ids), CNSP_NORMS))
    by_id = _records(sites, {site_id for _, ids, _ in wanted for site_id in ids})
    rows = []
    for role, ids, norms in wanted:
        for site_id in ids:
            site = by_id[site_id]
            for column, norm in norms.items():
                known = str(site[column])
                rows.append(
                    {
                        "Naam": site["name"],
                        "Rol": role,
                        "Voorziening": GAP_LABELS[column],
                        "Norm": norm,
                        "Wat is bekend": YES_NO[known],
                        "Wat te doen": gap_action(column, known, norm),
                        "Id": site_id,
                    }
                )
    columns = ["Naam", "Rol", "Voorziening", "Norm", "Wat is bekend", "Wat te doen", "Id"]
    return pd.DataFrame(rows, columns=columns)


def _records(sites: pd.DataFrame, ids: set[str]) -> dict[str, dict[str, Any]]:
    columns = ["name", "status", *(column for column in sites.columns if column in GAP_LABELS)]
    rows = sites[sites["site_id"].isin(ids)].set_index("site_id")[columns].to_dict("index")
    return {str(site_id): {str(k): v for k, v in row.items()} for site_id, row in rows.items()}


def gap_action(column: str, known: str, norm: str) -> str:
    """What to do about one provision; empty where it is there."""
    label = GAP_LABELS[column]
    if known == "yes":
        return ""
    if known == "no":
        return f"{label}: regelen." if norm == BASIC_NORM else f"{label}: is er niet; bekijken of het nodig is."
    return f"{label}: navragen bij eigenaar of beheerder."


def action_table(sites: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """A row per chosen building with its next steps: status, norms met, to arrange, to ask, Actie."""
    by_id = _records(sites, set(gaps["Id"]))
    known: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in gaps.to_dict("records"):
        answers = known.setdefault((str(row["Id"]), str(row["Rol"])), [])
        if row["Norm"] == BASIC_NORM:
            answers.append((str(row["Voorziening"]), str(row["Wat is bekend"])))
    rows = []
    for (site_id, role), basic in known.items():
        status = str(by_id[site_id]["status"])
        arrange = [what for what, answer in basic if answer == YES_NO["no"]]
        ask = [what for what, answer in basic if answer == YES_NO["unknown"]]
        steps = [(CNSP_STATUS_ACTIONS if role == ROLE_CNSP else {}).get(status, STATUS_ACTIONS[status])]
        steps += [f"Regelen: {', '.join(arrange).lower()}."] if arrange else []
        steps += [f"Navragen: {', '.join(ask).lower()}."] if ask else []
        partner = "meldkamer en L-NSP's" if role == ROLE_CNSP else "het C-NSP"
        steps.append(f"Lijn met {partner} afspreken, ook zonder telefoon en internet.")
        rows.append(
            {
                "Naam": by_id[site_id]["name"],
                "Rol": role,
                "Status": status,
                "Basisnormen op orde": sum(answer == YES_NO["yes"] for _, answer in basic),
                "Regelen": len(arrange),
                "Navragen": len(ask),
                "Actie": " ".join(steps),
                "Id": site_id,
            }
        )
    columns = ["Naam", "Rol", "Status", "Basisnormen op orde", "Regelen", "Navragen", "Actie", "Id"]
    return pd.DataFrame(rows, columns=columns)
