"""From L-NSP to C-NSP, in Dutch. In: an evaluation. Out: how far it is, what lies too far, who passes a nearer C-NSP.

Kilometres are those of the planner's distances; minutes are by car at the speed of the norm, from door to door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.names import counted_nl, lnsps_nl
from nsp_planner.report.text.dutch import MISSING, STATION_LABELS, is_missing, metres_nl, number_nl
from nsp_planner.report.text.units import list_values
from nsp_planner.report.text.walking_time import spelled_minutes_nl

NO_REASON = "geen reden gevonden"
MOST_NAMES = 4
NEARER_SHEET = "Voorbij een C-NSP"
NEARER_TITLE = "L-NSP's die een dichterbij gelegen open C-NSP voorbijgaan, met de reden"


def km_nl(distance_m: Any) -> str:
    """A distance in kilometres with one decimal: 12,3 km."""
    return MISSING if is_missing(distance_m) else f"{number_nl(float(distance_m) / 1000, 1)} km"


def norm_km_nl(norm_m: float) -> str:
    """A norm in kilometres, with decimals only where it has them: 15 km."""
    km = norm_m / 1000
    return f"{number_nl(km, 0 if km == int(km) else 1)} km"


def drive_nl(distance_m: Any, premises: Premises) -> str:
    """Metres and minutes by car: 12.300 m, 18 minuten rijden."""
    return MISSING if is_missing(distance_m) else f"{metres_nl(distance_m)}, {_minutes_nl(distance_m, premises)}"


def _minutes_nl(distance_m: float, premises: Premises) -> str:
    return f"{spelled_minutes_nl(premises.minutes_by_car(float(distance_m)))} rijden"


def _km_minutes_nl(distance_m: float, premises: Premises) -> str:
    return f"{km_nl(distance_m)} ({_minutes_nl(distance_m, premises)})"


def coordination_nl(evaluation: Evaluation, tables: PlanTables | None = None) -> list[str]:
    """Sentences on the way from L-NSP to C-NSP: how far, what lies beyond the norm, other gemeente, nearer ones.

    Of the region, or with ``tables`` of what these are of.
    """
    tables, premises = tables or evaluation, evaluation.premises
    lnsps = tables.by_distance_to_cnsp
    if lnsps.empty:
        return []
    worst, mean_m = lnsps.iloc[0], tables.value("cnsp_mean_distance_m")
    texts = [
        f"Een L-NSP ligt gemiddeld {_km_minutes_nl(mean_m, premises)} van zijn C-NSP. Het "
        f"verst ligt {worst['name']}: {_km_minutes_nl(worst['cnsp_distance_m'], premises)} van {worst['cnsp_name']}."
    ]
    far = lnsps[lnsps["cnsp_beyond_norm"]]
    norm = norm_km_nl(premises.cnsp_norm_m)
    if len(far):
        ways = [f"{row.name_} ({km_nl(row.cnsp_distance_m)})" for row in _rows(far)]
        lie = "ligt" if len(far) == 1 else "liggen"
        texts.append(f"Let op: {_lnsps_nl(len(far))} {lie} verder van {_their(len(far))} C-NSP dan de norm van {norm} "
                     f"(een eigen instelling): {_names(ways)}.")  # fmt: skip
    else:
        texts.append(f"Geen L-NSP ligt verder van zijn C-NSP dan de norm van {norm} (een eigen instelling).")
    texts.append(_elsewhere_nl(int(tables.value("n_cnsp_elsewhere"))))
    return [*texts, *nearer_nl(tables)]


def _elsewhere_nl(n: int) -> str:
    if not n:
        return "Elk L-NSP heeft een C-NSP in de eigen gemeente."
    return f"{_lnsps_nl(n)} {'heeft' if n == 1 else 'hebben'} een C-NSP in een andere gemeente."


def nearer_nl(tables: PlanTables) -> list[str]:
    """Who passes a nearer open C-NSP: how many, why, and by name where there is no reason."""
    nearer = tables.nearer
    if nearer.empty:
        return ["Elk L-NSP valt onder het dichtstbijzijnde C-NSP."]
    n = len(nearer)
    unexplained = nearer[nearer["reasons"].str.len() == 0]
    why = [f"{_WHY_NL[reason]} ({number_nl(n_of)})" for reason, n_of in tables.n_per_nearer_reason.items()]
    texts = []
    if why:
        text = f"{_lnsps_nl(n)} {'gaat' if n == 1 else 'gaan'} een open C-NSP voorbij dat dichterbij ligt"
        texts.append(f"{text}. De reden: {'; '.join(why)}. De kandidatenlijst noemt ze één voor één.")
    if len(unexplained):
        ways = [f"{row.name_} (naar {row.cnsp_name}, voorbij {row.nearer_name})" for row in _rows(unexplained)]
        texts.append(f"Let op: bij {_lnsps_nl(len(unexplained))} is er geen reden om een dichterbij gelegen C-NSP "
                     f"voorbij te gaan. Dat is een fout in het plan; meld het: {_names(ways)}.")  # fmt: skip
    return texts


_WHY_NL = {
    "gemeente": "dat C-NSP ligt in een andere gemeente",
    "load": "dat C-NSP zou (nog verder) boven de verhouding komen",
    "station": "er is een wens om die kazerne minder te gebruiken",
    "most": "dat C-NSP zit aan het maximum",
    "least": "het eigen C-NSP zou te weinig L-NSP's overhouden",
    "kept": "het L-NSP blijft bij het C-NSP dat het al had",
}


def reasons_nl(row: Mapping[Any, Any]) -> str:
    """Why an L-NSP passes the nearer C-NSP: a row of ``Evaluation.nearer``."""
    name, n = row["nearer_name"], row["n_lnsp"]
    told = {
        "gemeente": f"{name} ligt in een andere gemeente ({row['nearer_gemeente_name']})",
        "load": f"{name} heeft al {lnsps_nl(n)}; een extra komt boven de verhouding",
        "station": f"er is een wens om {name} minder te gebruiken",
        "most": f"{name} zit aan het maximum ({lnsps_nl(n)})",
        "least": f"{row['cnsp_name']} zou te weinig L-NSP's overhouden",
        "kept": f"blijft bij {row['cnsp_name']}, zoals in het vorige plan",
    }
    return "; ".join(told[reason] for reason in row["reasons"]) or NO_REASON


def station_rules_nl(evaluation: Evaluation) -> dict[str, str]:
    """What the study says of a station by what is known of it, per id: telt 1.000 m verder (Vernieuwing: 2025-2030)."""
    words = {"fixed": "moet C-NSP zijn", "refused": "mag geen C-NSP zijn"}
    told: dict[str, list[str]] = {}
    for row in evaluation.station_rules.to_dict("records"):
        what = words.get(row["rule"]) or f"telt {metres_nl(row['price_m'])} verder"
        told.setdefault(str(row["site_id"]), []).append(f"{what} ({STATION_LABELS[row['column']]}: {row['value']})")
    return {site_id: "; ".join(each) for site_id, each in told.items()}


def nearer_table(nearer: pd.DataFrame) -> pd.DataFrame:
    """Every L-NSP that passes a nearer open C-NSP, with the reason."""
    return pd.DataFrame(
        {
            "L-NSP": nearer["name"],
            "Gemeente": nearer["gemeente_name"],
            "C-NSP": nearer["cnsp_name"],
            "Afstand tot C-NSP (m)": list_values(nearer["cnsp_distance_m"], "m"),
            "Dichterbij": nearer["nearer_name"],
            "Gemeente daarvan": nearer["nearer_gemeente_name"],
            "Afstand daartoe (m)": list_values(nearer["nearer_distance_m"], "m"),
            "Reden": [reasons_nl(row) for row in nearer.to_dict("records")],
            "Open C-NSP's die dichterbij liggen": nearer["n_nearer"],
            "Id van het L-NSP": nearer["site_id"],
        }
    )


def _rows(table: pd.DataFrame) -> Iterable[Any]:
    return table.rename(columns={"name": "name_"}).itertuples(index=False)


def _lnsps_nl(n: int) -> str:
    return counted_nl(n, "L-NSP's")


def _their(n: int) -> str:
    return "zijn" if n == 1 else "hun"


def _names(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return "; ".join(names[:MOST_NAMES]) + (f" en nog {number_nl(more)}" if more > 0 else "")
