"""What tables of answers have in common. In: outcomes, a planned study. Out: cells, and names of candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nsp_planner.errors import Fault
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.solution import PROOF_TOLERANCE
from nsp_planner.report.text.dutch import gap_nl, percent_nl
from nsp_planner.report.text.no_plan import no_plan_nl, without_plan_nl


def indicator(name: str) -> Callable[[Any], float]:
    """An indicator of the region, of an item with an ``evaluation``."""
    return lambda item: float(item.evaluation.value(name))


def no_plan_cell(fault: Fault | None, verdict: str = "geen plan") -> str:
    """That there is no plan, and why."""
    return verdict if fault is None else without_plan_nl(verdict, no_plan_nl(fault))


def unfinished_sentence_nl(gaps: Sequence[float], asked: float) -> str:
    """What a conclusion says when plans of a table stopped before the gap asked for; empty when none did.

    Args:
        gaps: Proven relative gap of each plan.
        asked: Gap at which a solve may stop.
    """
    far = [gap for gap in gaps if gap > asked * (1 + 1e-9) + PROOF_TOLERANCE]
    if not far:
        return ""
    which = f"{len(far)} van de {len(gaps)} plannen" if len(gaps) > 1 else "het plan"
    return (
        f" Niet af: {which}, {gap_nl(max(far))} (gevraagd: {percent_nl(asked, 1)}); een verschil tussen rijen dat "
        "kleiner is dan dat zegt niets."
    )


@dataclass(frozen=True)
class CandidateNames:
    """Names, kinds and gemeenten of the candidates for L-NSP, in their order."""

    names: list[str]
    kinds: list[str]
    gemeenten: list[str]


def candidate_names(planned: PlannedStudy) -> CandidateNames:
    """What readers call each candidate for L-NSP."""
    sites = planned.layers.sites.iloc[planned.local_site_rows]
    areas = planned.layers.areas.set_index("area_code")["name"].astype(str).to_dict()
    return CandidateNames(
        [str(name) for name in sites["name"]],
        [str(kind) for kind in sites["kind"]],
        [str(areas.get(code, code)) for code in sites["gemeente_code"]],
    )
