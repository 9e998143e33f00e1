"""Circumstances side by side for readers. In: a plan for normal days, scenarios it met. Out: tables, a conclusion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nsp_planner.errors import Fault
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.goal import Proof
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.names import agreeing_nl, counted_nl
from nsp_planner.questions.asking.tables import indicator, no_plan_cell
from nsp_planner.report.answers.answer import Answer, AnswerTable
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.text.circumstances import circumstances_nl, unknown_nl
from nsp_planner.report.text.dutch import metres_nl, percent_nl, proof_nl


@dataclass(frozen=True, eq=False)
class Outcome:
    """A scenario met.

    Attributes:
        title: Title of the scenario.
        anew: Whether the buildings were chosen anew, or only those of the plan for normal days could open; None
            for that plan itself.
        planned: The verified plan with what the circumstances did; None where there is none.
        evaluation: Its indicators.
        slack: Slack of the capacity it was made with.
        asked: Slack that the scenario asks for.
        fault: Why there is no plan.
    """

    title: str
    anew: bool | None
    planned: PlannedStudy | None
    evaluation: Evaluation | None
    slack: float
    asked: float
    fault: Fault | None = None

    @property
    def is_refused(self) -> bool:
        """Whether a plan was made and did not pass its check."""
        return self.fault is not None and self.fault.refused

    @property
    def which(self) -> str:
        """How the buildings were chosen, in Dutch."""
        return "nieuw plan" if self.anew else "plan dat er ligt"


def _dropped(outcome: Any) -> int:
    facts = outcome.planned.consequences
    return 0 if facts is None else int((facts.sites["effect"] == "dropped").sum())


def _fact(part: str, name: str) -> Callable[[Any], float | None]:
    """A figure of one part of the consequences; None where there is no such part."""

    def of(outcome: Any) -> float | None:
        found = getattr(outcome.planned.consequences, part, None)
        return None if found is None else getattr(found, name)

    return of


def _choice(outcome: Outcome) -> str:
    return no_plan_cell(outcome.fault) if outcome.planned is None else proof_nl(Proof.of(outcome.planned.local_plan))


FIELDS = (
    Field("Situatie", "text", "title", always=True),
    Field("Welke punten", "text", "which", always=True),
    Field("L-NSP's", "sites", lambda outcome: len(outcome.planned.local_plan.open_sites)),
    Field("C-NSP's", "sites", lambda outcome: len(outcome.planned.coordination_plan.open_stations)),
    Field("Gebouwen die uitvallen", "sites", _dropped),
    Field("Gekozen L-NSP's met onbekende noodstroom", "sites", _fact("power", "n_open_unknown")),
    Field("Inwoners met een L-NSP", "persons", indicator("served_persons")),
    Field("Inwoners zonder L-NSP", "persons", indicator("unreachable_persons"), "low"),
    Field("waarvan te evacueren", "persons", _fact("flood", "evacuated")),
    Field("Inwoners op onbekende noodstroom", "persons", _fact("power", "persons_on_unknown")),
    Field("Gemiddelde loopafstand", "m", indicator("mean_distance_m")),
    Field("% binnen de norm", "share", indicator("share_within_norm"), "high"),
    Field("Inwoners die verder lopen", "persons", _fact("existing", "farther")),
    Field("Gemiddeld extra", "m", _fact("existing", "farther_mean_m")),
    Field("Max. belasting", "share", indicator("highest_load"), "low"),
    Field("Keuze van de L-NSP's", "text", _choice, always=True),
)
"""Distances have no better way: where some have no L-NSP, they are of other people."""


def what_if_answer(planned: PlannedStudy, evaluation: Evaluation, outcomes: Sequence[Outcome]) -> Answer:
    """A row per scenario and way of choosing, the normal day first."""
    own = planned.study.capacity.slack
    normal = Outcome("Gewone dag", None, planned, evaluation, own, own)
    tables = [
        make_table(
            "omstandigheden",
            "De plannen onder elke omstandigheid",
            FIELDS,
            [normal, *outcomes],
            "'Plan dat er ligt': alleen de punten van het plan voor gewone dagen kunnen open. 'Nieuw plan': de "
            "gebouwen zijn opnieuw gekozen, met deze omstandigheid in gedachten.",
            has_plan=lambda outcome: outcome.planned is not None,
        ),
        _explanation_table(outcomes),
        _gemeente_table(outcomes),
    ]
    return Answer(
        name="omstandigheden",
        title="Wat doen uitval, hoogwater en tekorten met het plan?",
        question="Wie moet verder lopen, wie heeft geen L-NSP meer, en hoeveel helpt een plan dat ermee rekent?",
        conclusion=" ".join(_sentence(evaluation, title, outcomes) for title in _titles(outcomes)),
        tables=tuple(table for table in tables if table.rows),
        notes=tuple(_notes(planned, outcomes)),
    )


def _titles(outcomes: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(outcome.title for outcome in outcomes))


def _explanation_table(outcomes: Sequence[Outcome]) -> AnswerTable:
    items = [
        {"outcome": outcome, "each": each}
        for outcome in outcomes
        if outcome.evaluation is not None
        for each in circumstances_nl(outcome.evaluation)
    ]
    fields = (
        Field("Situatie", "text", "outcome.title"),
        Field("Welke punten", "text", "outcome.which"),
        Field("Wat", "text", "each.head"),
        Field("Gevolg", "text", "each.text"),
    )
    return make_table("gevolgen", "Wat elke omstandigheid doet", fields, items)


def _gemeente_table(outcomes: Sequence[Outcome]) -> AnswerTable:
    items = [
        {"situation": outcome.title, **row}
        for outcome in outcomes
        if outcome.planned is not None and outcome.planned.consequences is not None
        for existing in [outcome.planned.consequences.existing]
        if existing is not None
        for row in existing.per_gemeente.to_dict(orient="records")
        if row["moved"] or row["farther"] or row["lost"]
    ]
    fields = (
        Field("Situatie", "text", "situation"),
        Field("Gemeente", "text", "name"),
        Field("Inwoners", "persons", "persons"),
        Field("Met een ander of geen L-NSP", "persons", "moved"),
        Field("Lopen verder", "persons", "farther"),
        Field("Gemiddeld extra", "m", "farther_mean_m"),
        Field("Hadden een L-NSP, nu geen", "persons", "lost"),
    )
    caption = (
        "Met het plan dat er ligt, ten opzichte van een gewone dag; gemeenten waar niets verandert staan er niet in."
    )
    return make_table("per-gemeente", "Wie het raakt, per gemeente", fields, items, caption)


def _sentence(evaluation: Evaluation, title: str, outcomes: Sequence[Outcome]) -> str:
    mine = {outcome.anew: outcome for outcome in outcomes if outcome.title == title}
    now, new = mine.get(False), mine.get(True)
    met = [outcome.evaluation for outcome in (now, new) if outcome is not None and outcome.evaluation is not None]
    unknown = f"{' '.join(unknown_nl(met[0]))} Gerekend alsof dat meevalt: " if met and unknown_nl(met[0]) else ""
    parts = []
    if now is not None and now.planned is not None and now.evaluation is not None:
        facts = now.planned.consequences
        farther = 0.0 if facts is None or facts.existing is None else facts.existing.farther
        without = now.evaluation.value("unreachable_persons")
        walk = (
            f"{agreeing_nl(farther, 'loopt', 'lopen')} {counted_nl(farther, 'inwoners')} verder"
            if farther
            else "loopt niemand verder"
        )
        have = (
            f"{agreeing_nl(without, 'heeft', 'hebben')} {counted_nl(without, 'inwoners')} geen L-NSP"
            if without
            else "heeft iedereen een L-NSP"
        )
        parts.append(
            f"met het plan dat er ligt {walk}, {have} en woont "
            f"{percent_nl(now.evaluation.value('share_within_norm'))} binnen de norm (gewone dag: "
            f"{percent_nl(evaluation.value('share_within_norm'))})"
        )
    elif now is not None:
        told = "is het plan geweigerd door de controle" if now.is_refused else "is er geen plan mogelijk"
        parts.append(f"met het plan dat er ligt {told}")
    if new is not None and new.evaluation is not None:
        parts.append(
            f"met een plan dat ermee rekent {percent_nl(new.evaluation.value('share_within_norm'))}, bij gemiddeld "
            f"{metres_nl(new.evaluation.value('mean_distance_m'))} lopen (gewone dag: "
            f"{metres_nl(evaluation.value('mean_distance_m'))})"
        )
    elif new is not None:
        refused = "een nieuw plan is geweigerd door de controle"
        parts.append(refused if new.is_refused else "ook opnieuw kiezen geeft geen plan")
    return f"{title}: {unknown}{'; '.join(parts)}."


def _notes(planned: PlannedStudy, outcomes: Sequence[Outcome]) -> list[str]:
    notes = [
        "Afstanden zijn van wie een L-NSP heeft; wie er geen heeft, is apart geteld en zit er niet in. Het deel binnen "
        "de norm is van alle inwoners.",
    ]
    own = planned.study.capacity.slack
    for supposed in (True, False):
        raised = [
            f"{outcome.title} ({outcome.which}): {percent_nl(1 + outcome.slack, 0)}"
            for outcome in outcomes
            if outcome.planned is not None and outcome.slack > own and (outcome.slack == outcome.asked) == supposed
        ]
        if raised:
            why = "het scenario staat dat toe" if supposed else "er is te weinig plaats; een stap lager geeft geen plan"
            notes.append(
                f"Een hogere belasting dan de {percent_nl(1 + own, 0)} van een gewone dag, {why}: {'; '.join(raised)}."
            )
    return notes
