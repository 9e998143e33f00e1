"""What a plan changes of the one before it, in words. In: an evaluation with changes. Out: Dutch, rows of a table."""

from __future__ import annotations

from typing import Any

from nsp_planner.evaluate.change.change_reasons import ChangeReason
from nsp_planner.evaluate.change.changes import Changes, Kept
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.goal import Goal
from nsp_planner.names import lnsps_nl
from nsp_planner.report.text.change_reasons import CHANGE_NL, reason_nl
from nsp_planner.report.text.dutch import MISSING, date_nl, number_nl
from nsp_planner.report.text.objective import unit_nl

ROLE_NL = {"lnsp": "L-NSP", "cnsp": "C-NSP"}
CHANGE_COLUMNS = ("Gemeente", "Gebouw", "Rol", "Wat", "Waarom", "Wat behouden zou kosten")
FLOW_COLUMNS = ("Van L-NSP", "Naar L-NSP", "Inwoners")
NOWHERE = "geen L-NSP"


def changes_nl(changes: Changes) -> list[str]:
    """How much changes, and whether it could be less, in sentences."""
    before = f"het plan van {date_nl(changes.previous.created)}"
    if changes.is_same:
        return [f"Er verandert niets: dezelfde noodsteunpunten als in {before}, en iedereen houdt zijn L-NSP."]
    sentences = [f"{_others(changes, before)}; {_moved(changes)}."]
    if changes.n_other:
        sentences.append(_fewest(changes))
    sentences.append(_stations(changes))
    unmatched = [
        f"{number_nl(n)} {words}"
        for n, words in (
            (changes.n_gone_sites, "L-NSP's van toen staan op geen lijst meer"),
            (changes.n_new_squares, "bewoonde vierkanten zijn nieuw"),
            (changes.n_gone_squares, "vierkanten van toen zijn er niet meer"),
        )
        if n
    ]
    return sentences + ([f"Niet te vergelijken: {'; '.join(unmatched)}."] if unmatched else [])


def _others(changes: Changes, before: str) -> str:
    if not changes.n_other:
        return f"Alle {number_nl(changes.n_lnsp)} L-NSP's stonden al in {before}"
    return f"{_of_them(changes.n_lnsp, 'lnsp', changes.n_other)} dan in {before}"


def _of_them(n: int, role: str, n_other: int) -> str:
    """Van de 12 L-NSP's zijn er 3 andere."""
    others = "is er 1 een andere" if n_other == 1 else f"zijn er {number_nl(n_other)} andere"
    return f"Van de {number_nl(n)} {ROLE_NL[role]}'s {others}"


def _moved(changes: Changes) -> str:
    if not changes.moved_persons:
        return "niemand krijgt een ander L-NSP"
    persons, of = number_nl(changes.moved_persons), number_nl(changes.n_persons)
    return f"{persons} van de {of} inwoners krijgen een ander L-NSP"


def _stations(changes: Changes) -> str:
    if changes.n_other_cnsp:
        proven = changes.fewest_cnsp_is_proven
        told = _of_them(changes.n_cnsp, "cnsp", changes.n_other_cnsp) + (" (minder kan niet)" if proven else "")
    else:
        told = f"Alle {number_nl(changes.n_cnsp)} C-NSP's waren het al"
    if not changes.moved_lnsps:
        return f"{told}; geen L-NSP dat blijft, krijgt een ander C-NSP."
    if changes.moved_lnsps == 1:
        return f"{told}; 1 L-NSP dat blijft, krijgt een ander C-NSP."
    return f"{told}; {lnsps_nl(changes.moved_lnsps)} die blijven, krijgen een ander C-NSP."


def _fewest(changes: Changes) -> str:
    if changes.fewest_is_proven:
        return "Met minder andere L-NSP's kan het niet: dat is bewezen."
    least = number_nl(changes.n_other_at_least)
    stopped = "" if changes.stopped_by == "gap" else ", in de tijd die er was"
    return (
        f"Een plan met minder andere L-NSP's is niet gevonden{stopped}; bewezen is dat het er ten minste {least} zijn."
    )


def kept_nl(kept: Kept | None, goal: Goal, changes: Changes) -> str:
    """What keeping a site would cost; a dash for one that came."""
    if kept is None:
        return MISSING
    if kept.known == "impossible":
        return "kan niet open blijven"
    if kept.known == "unknown":
        return "niet berekend"
    instead = "" if kept.instead is None else f" (dan sluit {changes.names.get(kept.instead, kept.instead)})"
    amount, unit = goal.shown(kept.cost), unit_nl(goal)
    if abs(amount) < 0.5:
        return f"niets{instead}"
    if amount < 0:
        return f"scheelt ten minste {number_nl(-amount)} {unit}{instead}"
    return f"hooguit {number_nl(amount)} {unit} meer{instead}"


def change_rows(evaluation: Evaluation) -> list[tuple[str, ...]]:
    """A row per noodsteunpunt that came or went, in :data:`CHANGE_COLUMNS`."""
    changes = evaluation.changes
    if changes is None:
        return []
    return [
        (
            each.gemeente_name,
            each.name,
            ROLE_NL[each.role],
            CHANGE_NL[each.change],
            reason_nl(each, changes.names),
            kept_nl(_kept(changes, each), evaluation.goal, changes),
        )
        for each in changes.reasons
    ]


def _kept(changes: Changes, reason: ChangeReason) -> Kept | None:
    if (reason.role, reason.change) != ("lnsp", "went"):
        return None
    return changes.kept.get(reason.site_id, Kept())


def flow_rows(changes: Changes) -> list[tuple[str, str, float]]:
    """A row per pair of L-NSPs between which people move, in :data:`FLOW_COLUMNS`; the most people first."""

    def called(site: str) -> str:
        return changes.names.get(site, site) or NOWHERE

    flows = changes.flows
    return [
        (called(str(here)), called(str(there)), float(persons))
        for here, there, persons in zip(flows["from_id"], flows["to_id"], flows["persons"], strict=True)
    ]


def changes_data(changes: Changes | None) -> dict[str, Any] | None:
    """The changes for the manifest and for ``--json``; None where no plan before was named."""
    if changes is None:
        return None
    return {
        "previous": str(changes.previous.folder),
        "n_other": changes.n_other,
        "n_other_at_least": changes.n_other_at_least,
        "moved_persons": changes.moved_persons,
        "n_other_cnsp": changes.n_other_cnsp,
        "n_other_cnsp_at_least": changes.n_other_cnsp_at_least,
        "moved_lnsps": changes.moved_lnsps,
        "n_persons": changes.n_persons,
        "n_new_squares": changes.n_new_squares,
        "n_gone_squares": changes.n_gone_squares,
        "n_gone_sites": changes.n_gone_sites,
        "stopped_by": changes.stopped_by,
        "sites": [
            {
                "site_id": each.site_id,
                "name": each.name,
                "role": each.role,
                "change": each.change,
                "reason": str(each.kind),
                "reason_nl": reason_nl(each, changes.names),
                "follows_from": None if each.root is None else each.root.site_id,
                "keep_cost": None if (kept := _kept(changes, each)) is None else kept.cost,
                "keep_known": None if kept is None else kept.known,
                "instead": None if kept is None else kept.instead,
            }
            for each in changes.reasons
        ],
    }
