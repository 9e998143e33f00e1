"""Why there is no plan, for readers. In: the fault of a solver. Out: a clause in Dutch, without names and settings."""

from __future__ import annotations

from nsp_planner.errors import Fault

NOT_FOUND_NL = "geen plan gevonden in de rekentijd; dat er geen is, is niet bewezen"
REFUSED_NL = "geweigerd door de controle"
REASONS_NL = (
    ("distances", "niet iedereen kan een punt binnen bereik krijgen"),
    ("capacity", "er is te weinig plaats in de gebouwen"),
    ("decisions", "de vastgelegde en afgewezen gebouwen laten geen plan toe"),
    ("ratios", "het gevraagde aantal punten past niet bij de gebouwen die er zijn"),
    ("n_sites", "het gevraagde aantal punten past niet bij de gebouwen die er zijn"),
    ("plan.demand_points", "een hele buurt past in geen gebouw"),
    ("plan.share", "zoveel inwoners kunnen niet binnen de norm een plek krijgen"),
    ("plan_at_hand", "van het plan dat er ligt, kan te weinig open"),
)
"""Columns of faults, by how they begin."""
OTHERWISE_NL = "de voorwaarden gaan niet samen"


def no_plan_nl(fault: Fault) -> str:
    """What is in the way; where a plan was not found or was refused, that is said and nothing is called impossible."""
    if fault.refused:
        return f"{REFUSED_NL}: {refused_why_nl(fault)}"
    if not fault.proven:
        return NOT_FOUND_NL
    column = fault.column or ""
    return next((reason for begin, reason in REASONS_NL if column.startswith(begin)), OTHERWISE_NL)


def without_plan_nl(verdict: str, why: str) -> str:
    """A verdict such as "niet mogelijk" with its reason; what was not found or was refused is not called impossible."""
    return why if why == NOT_FOUND_NL or why.startswith(REFUSED_NL) else f"{verdict}: {why}"


def refused_why_nl(fault: Fault) -> str:
    """Why the check refused a plan."""
    if fault.column == "bound":
        return "de bewezen grens en de waarde van het plan spreken elkaar tegen"
    return "narekenen door andere code geeft iets anders dan het plan zegt"
