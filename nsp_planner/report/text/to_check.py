"""What must be checked of buildings, in Dutch. In: an evaluation. Out: a line per building, sentences on the chosen."""

from __future__ import annotations

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.names import agreeing_nl, counted_nl
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP, STATION_LABELS, number_nl

TO_CHECK = "Te controleren"
MOST_NAMES = 6


def to_check_nl(evaluation: Evaluation) -> dict[str, str]:
    """What to check of a building, by its id: Eigendom: particuliere huur; buildings without are not in it."""
    told: dict[str, list[str]] = {}
    for row in evaluation.to_check.to_dict("records"):
        label = STATION_LABELS.get(row["column"])
        told.setdefault(str(row["site_id"]), []).append(f"{label}: {row['reason']}" if label else row["reason"])
    return {site_id: "; ".join(each) for site_id, each in told.items()}


def chosen_to_check(evaluation: Evaluation) -> pd.DataFrame:
    """The chosen buildings that must be checked: name · gemeente_name · role · why; L-NSPs first."""
    told = to_check_nl(evaluation)
    parts = [
        table.loc[table["site_id"].isin(told), ["site_id", "name", "gemeente_name"]].assign(role=role)
        for role, table in ((ROLE_LNSP, evaluation.lnsps), (ROLE_CNSP, evaluation.cnsps))
    ]
    chosen = pd.concat(parts, ignore_index=True)
    return chosen.assign(why=chosen["site_id"].map(told))


def chosen_to_check_nl(evaluation: Evaluation) -> list[str]:
    """How many of the chosen buildings must be checked, by name, in a sentence; nothing where there are none."""
    names = chosen_to_check(evaluation)["name"].tolist()
    if not names:
        return []
    n, more = len(names), len(names) - MOST_NAMES
    listed = "; ".join(names[:MOST_NAMES]) + (f" en nog {number_nl(more)}" if more > 0 else "")
    must = f"{counted_nl(n, 'gekozen gebouwen', 'gekozen gebouw')} {agreeing_nl(n, 'moet', 'moeten')}"
    return [f"{must} eerst gecontroleerd worden: {listed}. De bijlage en de kandidatenlijst zeggen waarom."]
