"""The GAP analysis in words. In: what is asked and known of chosen buildings. Out: what to do, as Dutch tables.

Unknown is an action (ask), never a no; a no is an action (arrange); a yes is none.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from nsp_planner.evaluate.sites.provisions import CNSP, LNSP
from nsp_planner.layers.sites.vocabulary import CAPACITY_FIELDS
from nsp_planner.report.text.dutch import GAP_LABELS, ROLE_CNSP, ROLE_LNSP, YES_NO

BASIC_NORM, WISH = "basisnorm", "aandachtspunt"
ROLES_NL = {LNSP: ROLE_LNSP, CNSP: ROLE_CNSP}

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


def gap_table(sites: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """A row per chosen building and provision, in the order of ``gaps``."""
    norm = gaps["is_basic"].map({True: BASIC_NORM, False: WISH})
    todo = [gap_action(*asked) for asked in zip(gaps["provision"], gaps["known"], norm, strict=True)]
    return pd.DataFrame(
        {
            "Naam": gaps["site_id"].map(sites.set_index("site_id")["name"]),
            "Rol": gaps["role"].map(ROLES_NL),
            "Voorziening": gaps["provision"].map(GAP_LABELS),
            "Norm": norm,
            "Wat is bekend": gaps["known"].map(YES_NO),
            "Wat te doen": pd.Series(todo, index=gaps.index, dtype=object),
            "Id": gaps["site_id"],
        }
    )


def gap_action(column: str, known: str, norm: str) -> str:
    """What to do about one provision; empty where it is there."""
    label = GAP_LABELS[column]
    if known == "yes":
        return ""
    if known == "no":
        return f"{label}: regelen." if norm == BASIC_NORM else f"{label}: is er niet; bekijken of het nodig is."
    return f"{label}: navragen bij eigenaar of beheerder."


def action_table(sites: pd.DataFrame, basics: pd.DataFrame, to_check: Mapping[str, str]) -> pd.DataFrame:
    """A row per chosen building with its next steps: status, what to check (by id), norms met, to arrange, to ask."""
    by_id = sites.set_index("site_id")
    rows = []
    for site_id, role, arrange, ask, *counts in basics.itertuples(index=False):
        status = str(by_id.at[site_id, "status"])
        steps = [(CNSP_STATUS_ACTIONS if role == CNSP else {}).get(status, STATUS_ACTIONS[status])]
        steps += [f"Te controleren: {to_check[site_id]}."] if site_id in to_check else []
        steps += [f"Regelen: {_labels(arrange)}."] if arrange else []
        steps += [f"Navragen: {_labels(ask)}."] if ask else []
        capacity = by_id.loc[site_id, list(CAPACITY_FIELDS)]
        steps += ["Navragen: hoeveel mensen er tegelijk in kunnen."] if role == LNSP and capacity.isna().all() else []
        partner = "meldkamer en L-NSP's" if role == CNSP else "het C-NSP"
        steps.append(f"Lijn met {partner} afspreken, ook zonder telefoon en internet.")
        name = by_id.at[site_id, "name"]
        rows.append((name, ROLES_NL[role], status, *counts, " ".join(steps), site_id))
    columns = ["Naam", "Rol", "Status", "Basisnormen op orde", "Regelen", "Navragen", "Actie", "Id"]
    return pd.DataFrame(rows, columns=columns)


def _labels(provisions: tuple[str, ...]) -> str:
    return ", ".join(GAP_LABELS[provision] for provision in provisions).lower()
