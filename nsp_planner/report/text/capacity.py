"""What an L-NSP can hold, in words. In: an evaluation. Out: Dutch text, in both measures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.sites.vocabulary import CAPACITY_FIELDS
from nsp_planner.names import counted_nl, inhabitants_nl, lnsps_nl
from nsp_planner.report.text.dutch import BASIS_NL, MISSING, is_missing, number_nl, percent_nl


def both_nl(persons: Any, present: Any) -> str:
    """Inhabitants, and the same as people in the hall: 5.000 inwoners (167 mensen tegelijk)."""
    return f"{inhabitants_nl(persons)} ({counted_nl(present, 'mensen')} tegelijk)"


def full_nl(premises: Premises) -> str:
    """What a load of 100 % is, and how far above it a plan may go; without a full stop."""
    full = f"100 % is {both_nl(premises.full_persons, premises.full_present)}, of minder waar het gebouw minder aankan"
    return f"{full}; het plan gaat nergens boven {percent_nl(premises.most_load, 0)}"


def load_nl(load: Any, premises: Premises) -> str:
    """The highest load with what 100 % is, as short as it can be told."""
    if is_missing(load):
        return MISSING
    full = f"100 % is {inhabitants_nl(premises.full_persons)}, {counted_nl(premises.full_present, 'mensen')} tegelijk"
    return f"{percent_nl(load, 0)} ({full}; tot {percent_nl(premises.most_load, 0)} mag)"


def busiest_nl(evaluation: Evaluation) -> str:
    """The busiest L-NSP, in inhabitants: a load of 110 % is no overload where the plan allows it."""
    premises, row = evaluation.premises, evaluation.busiest_lnsp
    if row is None:
        return ""
    may = (
        f"het plan mag daar {percent_nl(premises.slack, 0)} boven gaan, omdat 1 op "
        f"{number_nl(premises.full_persons)} een gemiddelde is"
        if premises.slack
        else "meer geeft het plan nergens"
    )
    return (
        f"Het drukste L-NSP, {row['name']}, krijgt {inhabitants_nl(row['persons'])}. Een L-NSP telt voor "
        f"{both_nl(premises.full_persons, premises.full_present)}, of minder waar het gebouw minder aankan; {may}."
    )


def counts_nl(evaluation: Evaluation) -> dict[str, str]:
    """What every building counts for as an L-NSP and why, by id; with what is known of it where that is more."""
    sites = pd.DataFrame(evaluation.layers.sites)
    rows = sites.filter(["site_id", *CAPACITY_FIELDS]).join(evaluation.counted).to_dict("records")
    return {str(row["site_id"]): _counts_nl(row) for row in rows}


def _counts_nl(row: dict[Any, Any]) -> str:
    counts = both_nl(row["counted_persons"], row["counted_present"])
    if row["capacity_basis"] != "enough":
        return f"{counts}, {BASIS_NL[row['capacity_basis']]}"
    words = zip(CAPACITY_FIELDS, ("inwoners", "mensen tegelijk"), strict=True)
    known = [f"{number_nl(row[field])} {word}" for field, word in words if not is_missing(row[field])]
    return f"{counts}; het gebouw kan {' en '.join(known)} aan"


def assumed_nl(tables: PlanTables, area_code: str | None = None) -> str:
    """How much of a plan hinges on capacities that nobody gave, of the region or of one gemeente."""
    n_lnsp, n_assumed = (tables.value(name, area_code) for name in ("n_lnsp", "n_lnsp_assumed"))
    if not n_assumed:
        return f"opgegeven voor {lnsps_nl(n_lnsp)}"
    persons, share = tables.value("assumed_persons", area_code), tables.assumed_share(area_code)
    go = f"daar gaan {inhabitants_nl(persons)} heen" + ("" if share is None else f" ({percent_nl(share, 0)})")
    return f"aangenomen voor {number_nl(n_assumed)} van de {lnsps_nl(n_lnsp)}; {go}"
