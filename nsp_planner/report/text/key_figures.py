"""The figures a reader looks for first. In: an evaluation. Out: labels with Dutch text."""

from __future__ import annotations

from dataclasses import dataclass

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.tables import INDICATORS, PlanTables
from nsp_planner.report.text.capacity import assumed_nl, load_nl
from nsp_planner.report.text.circumstances import unknown_nl
from nsp_planner.report.text.coordination import drive_nl, norm_km_nl
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
        "cnsp_mean_distance_m": "Gemiddelde afstand tot C-NSP",
        "cnsp_worst_distance_m": "Grootste afstand tot C-NSP",
        "n_beyond_cnsp_norm": f"L-NSP's verder dan {norm_km_nl(evaluation.premises.cnsp_norm_m)} van C-NSP",
    }
    facts = evaluation.consequences
    if facts is not None and facts.flood is not None and facts.flood.evacuated:
        shown["unreachable_persons"] = "Te evacueren, of geen L-NSP binnen bereik"
    unknown = unknown_nl(evaluation)
    alarms = {"unreachable_persons", "n_beyond_cnsp_norm", "n_nearer_unexplained"}
    if tables.value("n_nearer_unexplained") > 0:
        shown["n_nearer_unexplained"] = "L-NSP's zonder reden voorbij een C-NSP"
    figures = [
        KeyFigure(label, _text(evaluation.premises, tables, name), alarm=name in alarms and tables.value(name) > 0)
        for name, label in shown.items()
    ]
    return [
        *([KeyFigure("Niet bekend", " ".join(unknown), alarm=True)] if unknown else []),
        *figures,
        KeyFigure("Capaciteit", assumed_nl(tables)),
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
    if indicator == "highest_load":
        return load_nl(value, premises)
    if INDICATORS[indicator][0] != "m" or text == MISSING:
        return text
    return drive_nl(value, premises) if indicator.startswith("cnsp_") else f"{text}, {minutes_nl(value, premises)}"
