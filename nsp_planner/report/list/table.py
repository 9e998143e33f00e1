"""The candidate list as a table. In: an evaluation. Out: one row per site, Dutch columns.

Columns (``columns.sites.LIST``): every L-NSP first, then every C-NSP, then the sites not chosen, each by gemeente and
name. A building that is both has one row, with both roles. Distances are metres by the study's metric, belasting is
persons divided by capacity (1 is full), provisions are ja, nee or onbekend.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.columns.column import list_table
from nsp_planner.report.columns.rows import site_rows
from nsp_planner.report.columns.sites import LIST
from nsp_planner.report.csv_files import guarded
from nsp_planner.report.run_info import OutputFile
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP, ROLE_NONE

CSV = OutputFile("kandidatenlijst.csv", "Kandidatenlijst, alle gebouwen op een rij (CSV voor een Nederlandse Excel)")

ROLE_BOTH = f"{ROLE_LNSP} en {ROLE_CNSP}"
RANKS = {ROLE_LNSP: 0, ROLE_BOTH: 0, ROLE_CNSP: 1, ROLE_NONE: 2}
NOTE_COLUMN = "Let op"


def candidate_table(evaluation: Evaluation) -> pd.DataFrame:
    """One row per site; numbers are numbers, missing is missing."""
    premises = evaluation.premises
    # the noodsteunpunten of the neighbours are on their list, not on ours
    sites = site_rows(evaluation, evaluation.layers.sites.loc[evaluation.is_ours, "site_id"])
    ids = sites["site_id"].astype(str)
    lnsps, cnsps = evaluation.lnsps.set_index("site_id"), evaluation.cnsps.set_index("site_id")
    is_lnsp, is_cnsp = ids.isin(lnsps.index), ids.isin(cnsps.index)
    fixed = ids.isin(premises.fixed | premises.fixed_cnsp)
    refused = ids.isin(premises.refused | premises.refused_cnsp)
    role = pd.Series(ROLE_NONE, index=sites.index, dtype=object)
    role[is_lnsp], role[is_cnsp], role[is_lnsp & is_cnsp] = ROLE_LNSP, ROLE_CNSP, ROLE_BOTH
    of_lnsp = lnsps.reindex(ids).reset_index(drop=True)
    figures = (
        *("persons", "load", "mean_distance_m", "worst_distance_m", "nearest_persons"),
        *("mean_minutes", "cnsp_distance_m", "cnsp_minutes"),
    )
    rows = sites.assign(
        **{name: pd.to_numeric(of_lnsp[name]).astype("Float64") for name in figures},
        role=role,
        decision=fixed.map({True: "ja", False: "nee"}).mask(refused, "afgewezen"),
        cnsp_name=of_lnsp["cnsp_name"],
        n_lnsp=ids.map(cnsps["n_lnsp"]),
        x_m=sites.geometry.x,
        y_m=sites.geometry.y,
    )
    rank = role.map(RANKS)
    order = rows.assign(_rank=rank).sort_values(["_rank", "gemeente_name", "name", "site_id"], kind="stable").index
    return list_table(LIST, rows.loc[order].reset_index(drop=True))


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
