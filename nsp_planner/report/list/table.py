"""The candidate list as a table. In: a planned study and its evaluation. Out: one row per site, Dutch columns.

Columns (:data:`COLUMNS`): every L-NSP first, then every C-NSP, then the sites not chosen, each by gemeente and name.
A building that is both has one row, with both roles. Distances are metres by the study's metric, belasting is persons
divided by capacity (1 is full), provisions are ja, nee or onbekend.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.report.csv_files import guarded
from nsp_planner.report.run_info import OutputFile
from nsp_planner.report.text.dutch import GAP_LABELS, ROLE_CNSP, ROLE_LNSP, ROLE_NONE, YES_NO

CSV = OutputFile("kandidatenlijst.csv", "Kandidatenlijst, alle gebouwen op een rij (CSV voor een Nederlandse Excel)")

ROLE_BOTH = f"{ROLE_LNSP} en {ROLE_CNSP}"

COLUMNS: tuple[str, ...] = (
    "Id",
    "Naam",
    "Soort",
    "Gemeente",
    "Adres",
    "Plaats",
    "Rol",
    "Status",
    "Reden",
    "Vastgelegd",
    "Inwoners",
    "Capaciteit",
    "Belasting",
    "Gemiddelde loopafstand (m)",
    "Gemiddeld lopen (min)",
    "Grootste loopafstand (m)",
    "Inwoners voor wie dit het dichtst bij is",
    "C-NSP",
    "Afstand tot C-NSP (m)",
    "L-NSP's onder deze C-NSP",
    *(GAP_LABELS[name] for name in GAP_COLUMNS),
    "Vloeroppervlak (m2)",
    "X (RD)",
    "Y (RD)",
    "Bron",
)

NOTE_COLUMN = "Let op"

WHOLE_NUMBERS = (
    "Inwoners",
    "Capaciteit",
    "Gemiddelde loopafstand (m)",
    "Gemiddeld lopen (min)",
    "Grootste loopafstand (m)",
    "Inwoners voor wie dit het dichtst bij is",
    "Afstand tot C-NSP (m)",
    "L-NSP's onder deze C-NSP",
    "X (RD)",
    "Y (RD)",
)


def candidate_table(planned: PlannedStudy, evaluation: Evaluation) -> pd.DataFrame:
    """One row per site, columns :data:`COLUMNS`; numbers are numbers, missing is missing."""
    premises, sites = planned.premises, planned.layers.sites
    # the noodsteunpunten of the neighbours are on their list, not on ours
    sites = sites[planned.is_ours].reset_index(drop=True)
    names = planned.layers.areas.set_index("area_code")["name"]
    ids = sites["site_id"].astype(str)
    lnsps, cnsps = evaluation.lnsps.set_index("site_id"), evaluation.cnsps.set_index("site_id")
    is_lnsp, is_cnsp = ids.isin(lnsps.index), ids.isin(cnsps.index)
    fixed = ids.isin(premises.fixed | premises.fixed_cnsp)
    refused = ids.isin(premises.refused | premises.refused_cnsp)
    role = pd.Series(ROLE_NONE, index=sites.index, dtype=object)
    role[is_lnsp], role[is_cnsp], role[is_lnsp & is_cnsp] = ROLE_LNSP, ROLE_CNSP, ROLE_BOTH

    def of_lnsp(column: str) -> pd.Series:
        numbers: pd.Series = pd.to_numeric(ids.map(lnsps[column])).astype("Float64")
        return numbers

    table = pd.DataFrame(
        {
            "Id": ids,
            "Naam": sites["name"],
            "Soort": sites["kind"],
            "Gemeente": sites["gemeente_code"].map(names).fillna(sites["gemeente_code"]),
            "Adres": sites["address"],
            "Plaats": sites["place"],
            "Rol": role,
            "Status": sites["status"],
            "Reden": sites["status_reason"],
            "Vastgelegd": fixed.map({True: "ja", False: "nee"}).mask(refused, "afgewezen"),
            "Inwoners": of_lnsp("persons"),
            "Capaciteit": of_lnsp("capacity_persons").fillna(sites["capacity_persons"].astype("Float64")),
            "Belasting": of_lnsp("load"),
            "Gemiddelde loopafstand (m)": of_lnsp("mean_distance_m"),
            "Gemiddeld lopen (min)": of_lnsp("mean_distance_m") / premises.metres_per_minute,
            "Grootste loopafstand (m)": of_lnsp("worst_distance_m"),
            "Inwoners voor wie dit het dichtst bij is": of_lnsp("nearest_persons"),
            "C-NSP": ids.map(lnsps["cnsp_name"]),
            "Afstand tot C-NSP (m)": of_lnsp("cnsp_distance_m"),
            "L-NSP's onder deze C-NSP": ids.map(cnsps["n_lnsp"]),
            **{GAP_LABELS[name]: sites[name].map(YES_NO).fillna(YES_NO["unknown"]) for name in GAP_COLUMNS},
            "Vloeroppervlak (m2)": sites["floor_area_m2"],
            "X (RD)": sites.geometry.x.round(),
            "Y (RD)": sites.geometry.y.round(),
            "Bron": sites["source"],
        }
    )
    for column in WHOLE_NUMBERS:
        table[column] = pd.to_numeric(table[column]).astype("Float64").round().astype("Int64")
    for column in ("Belasting", "Vloeroppervlak (m2)"):
        table[column] = pd.to_numeric(table[column]).astype("Float64").round(4)
    rank = role.map({ROLE_LNSP: 0, ROLE_BOTH: 0, ROLE_CNSP: 1, ROLE_NONE: 2})
    order = table.assign(_rank=rank).sort_values(["_rank", "Gemeente", "Naam", "Id"], kind="stable").index
    return table.loc[order, list(COLUMNS)].reset_index(drop=True)


def write_candidate_csv(path: Path, table: pd.DataFrame, note: str) -> None:
    """Write the list for a Dutch Excel: semicolon, decimal comma, UTF-8 with a byte order mark.

    ``note`` is what every output must say (concept, illustration, how distance is measured); a CSV has no room beside
    its rows, so it stands in a last column, :data:`NOTE_COLUMN`. Text is guarded
    (:mod:`nsp_planner.report.csv_files`).
    """
    safe = table.assign(**{NOTE_COLUMN: note})
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column].dtype):
            safe[column] = safe[column].map(
                lambda cell: guarded(cell) if isinstance(cell, str) else cell, na_action="ignore"
            )
    safe.to_csv(path, sep=";", decimal=",", encoding="utf-8-sig", index=False, lineterminator="\r\n")
