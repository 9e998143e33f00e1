"""The figures a reader looks for first. In: an evaluation. Out: labels with Dutch text."""

from __future__ import annotations

from dataclasses import dataclass

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.premises import Premises
from nsp_planner.evaluate.tables import INDICATORS, PlanTables
from nsp_planner.report.text.circumstances import unknown_nl
from nsp_planner.report.text.dutch import MISSING, proof_nl
from nsp_planner.report.text.objective import local_proof_nl, objective_nl
from nsp_planner.report.text.units import unit_of, value_text
from nsp_planner.report.text.walking_time import minutes_nl


@dataclass(frozen=True)
class KeyFigure:
    """One figure: its label, its text with number and unit in Dutch, and whether it must stand out."""

    label: str
    text: str
    alarm: bool = False


def key_figures(evaluation: Evaluation, tables: PlanTables | None = None) -> list[KeyFigure]:
    """Figures in the order in which they are read; the last two say what is proven of both levels.

    They are those of the region, or with ``tables`` of what these are of.
    """
    tables, goal = tables or evaluation, evaluation.goal
    shown = {
        "persons": "Inwoners",
        "unreachable_persons": "Zonder L-NSP binnen bereik",
        "n_lnsp": "L-NSP's",
        "n_cnsp": "C-NSP's",
        "share_within_1000m": "% binnen 1 km",
        "share_within_2500m": "% binnen 2,5 km",
        "mean_distance_m": "Gemiddelde loopafstand",
        "worst_distance_m": "Grootste loopafstand",
        "highest_load": "Max. belasting",
    }
    facts = evaluation.consequences
    if facts is not None and facts.flood is not None and facts.flood.evacuated:
        shown["unreachable_persons"] = "Te evacueren, of geen L-NSP binnen bereik"
    unknown = unknown_nl(evaluation)
    unreached = tables.value("unreachable_persons") > 0
    figures = [
        KeyFigure(label, _text(evaluation.premises, tables, name), alarm=unreached and name == "unreachable_persons")
        for name, label in shown.items()
    ]
    return [
        *([KeyFigure("Niet bekend", " ".join(unknown), alarm=True)] if unknown else []),
        *figures,
        KeyFigure("Gezocht", objective_nl(goal)),
        KeyFigure("Keuze van de L-NSP's", local_proof_nl(goal), alarm=not goal.lnsp.proof.is_finished),
        KeyFigure("Keuze van de C-NSP's", proof_nl(goal.cnsp.proof), alarm=not goal.cnsp.proof.is_finished),
    ]


def _text(premises: Premises, tables: PlanTables, indicator: str) -> str:
    try:
        value = tables.value(indicator)
    except KeyError:
        return MISSING
    text = value_text(value, unit_of(INDICATORS[indicator][0]))
    is_distance = INDICATORS[indicator][0] == "m" and text != MISSING
    return f"{text}, {minutes_nl(value, premises)}" if is_distance else text
