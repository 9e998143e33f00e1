"""Other people at another moment, side by side for readers. In: a plan per scenario. Out: tables and a conclusion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nsp_planner.errors import Fault
from nsp_planner.evaluate.groups import describe_indicator, known_groups
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.report.answers.answer import Answer, AnswerTable, Column, Mark, best_and_worst
from nsp_planner.report.text.dutch import metres_nl, number_nl, percent_nl, proof_nl
from nsp_planner.report.text.no_plan import no_plan_nl, without_plan_nl
from nsp_planner.report.text.presence import who_nl


@dataclass(frozen=True, eq=False)
class PeopleOutcome:
    """A moment met.

    Attributes:
        title: Title of the scenario, or of the ordinary night.
        anew: Whether the buildings were chosen anew, or only those of the plan for an ordinary night could open; None
            for that plan itself.
        planned: The verified plan; None where there is none.
        evaluation: Its indicators.
        fault: Why there is no plan.
        kept: Whether the plan at hand stands here because no better one was found in time.
    """

    title: str
    anew: bool | None
    planned: PlannedStudy | None
    evaluation: Evaluation | None
    fault: Fault | None = None
    kept: bool = False

    @property
    def which(self) -> str:
        """How the buildings were chosen, in Dutch."""
        if self.kept:
            return "nieuw plan (geen beter gevonden)"
        return "nieuw plan" if self.anew is not False else "plan dat er ligt"


COLUMNS = (
    Column("Situatie"),
    Column("Welke punten"),
    Column("L-NSP's", "sites"),
    Column("Mensen in de regio", "persons"),
    Column("Zonder L-NSP", "persons"),
    Column("% binnen de norm", "share"),
    Column("Gemiddelde loopafstand", "m"),
    Column("Max. belasting", "share"),
    Column("Gasten", "persons"),
    Column("Gasten verder dan de norm", "persons"),
    Column("Op school of werk", "persons"),
    Column("Naar een punt van de buren", "persons"),
    Column("Van de buren hierheen", "persons"),
    Column("Andere L-NSP's dan gewoon", "sites"),
    Column("Keuze van de L-NSP's"),
)
SHOWN = ("persons", "beyond_norm_persons", "mean_distance_m", "unknown_persons", "beyond_norm_estimate")
"""Indicators of a group of vulnerable residents."""
JUDGED: dict[int, Any] = {4: "low", 5: "high", 6: "low", 7: "low"}


def people_answer(outcomes: Sequence[PeopleOutcome]) -> Answer:
    """A row per scenario and way of choosing; the first outcome is the ordinary night."""
    rows = [_row(outcome, outcomes[0]) for outcome in outcomes]
    marks: dict[tuple[int, int], Mark] = {}
    for column, better in JUDGED.items():
        found = best_and_worst([row[column] for row in rows], better)
        marks |= {(row, column): mark for row, mark in found.items()}
    caption = (
        "'Plan dat er ligt': alleen de L-NSP's van het plan voor een gewone nacht kunnen open. 'Nieuw plan': de "
        "gebouwen zijn opnieuw gekozen voor wie er dan is. Mensen in de regio zijn inwoners die er zijn, gasten en "
        "mensen op school of werk samen."
    )
    tables = [
        AnswerTable("mensen", "De plannen bij wie er is", COLUMNS, tuple(rows), caption, marks),
        _vulnerable_table(outcomes),
        _told_table(outcomes),
        _across_table(outcomes),
    ]
    return Answer(
        name="mensen",
        title="Houdt het plan als er andere mensen zijn?",
        question="Wat doen zomergasten, de dag, kwetsbare inwoners voorop en de buurregio's met het plan?",
        conclusion=" ".join(_sentence(outcome, outcomes[0]) for outcome in outcomes[1:] if outcome.anew is not False),
        tables=tuple(table for table in tables if table.rows),
        notes=(
            *_proof_notes(outcomes),
            "Het aantal L-NSP's volgt uit de inwoners; gasten en buren veranderen het niet, tenzij anders staat.",
            "Een aantal kwetsbaren dat niet is gepubliceerd, is niet nul: 'waar bekend' laat die vierkanten weg, "
            "'schatting' vult ze met het aandeel in de rest van de gemeente.",
        ),
    )


def _row(outcome: PeopleOutcome, first: PeopleOutcome) -> tuple[Any, ...]:
    if outcome.planned is None or outcome.evaluation is None:
        told = "geen plan" if outcome.fault is None else without_plan_nl("geen plan", no_plan_nl(outcome.fault))
        return (outcome.title, outcome.which, *([None] * (len(COLUMNS) - 3)), told)
    value = outcome.evaluation.value
    presence = outcome.planned.layers.presence is not None
    by_day = outcome.planned.study.day.time == "day"
    crossing = outcome.planned.crossing
    return (
        outcome.title,
        outcome.which,
        value("n_lnsp"),
        value("persons"),
        value("unreachable_persons"),
        value("share_within_norm"),
        value("mean_distance_m"),
        value("highest_load"),
        value("guest_persons") if presence else None,
        value("guests_beyond_norm_persons") if presence else None,
        value("day_persons") if presence and by_day else None,
        None if crossing is None else crossing.out_persons(),
        None if crossing is None else crossing.in_persons(),
        len(_open(outcome) - _open(first)),
        proof_nl(outcome.planned.local_plan.gap) if outcome.anew is not False else "deze punten liggen vast",
    )


def _proof_notes(outcomes: Sequence[PeopleOutcome]) -> list[str]:
    gaps = [each.planned.local_plan.gap for each in outcomes if each.planned is not None and each.anew is not False]
    if not gaps or max(gaps) == 0:
        return []
    if not math.isfinite(max(gaps)):
        return ["Van een van de plannen is niet bewezen hoe ver het van het beste af ligt: geef meer rekentijd."]
    return [
        f"De nieuwe plannen zijn ten hoogste {percent_nl(max(gaps))} van het best mogelijke af; kleinere verschillen "
        "tussen plannen zeggen dus niets."
    ]


def _open(outcome: PeopleOutcome) -> set[str]:
    return set() if outcome.evaluation is None else set(outcome.evaluation.lnsps["site_id"])


def _vulnerable_table(outcomes: Sequence[PeopleOutcome]) -> AnswerTable:
    rows = []
    for outcome in outcomes:
        if outcome.planned is None or outcome.evaluation is None:
            continue
        for group in known_groups(outcome.planned):
            names = [f"vulnerable_{group}_{key}" for key in SHOWN]
            group_nl = describe_indicator(names[0])[1].removesuffix(" (waar bekend)")
            if group in outcome.planned.premises.groups_by_buurt:
                group_nl += " (geschat per buurt)"
            rows.append((outcome.title, outcome.which, group_nl, *(outcome.evaluation.value(name) for name in names)))
    columns = (
        Column("Situatie"),
        Column("Welke punten"),
        Column("Wie"),
        Column("Waar bekend", "persons"),
        Column("waarvan verder dan de norm", "persons"),
        Column("Gemiddelde loopafstand", "m"),
        Column("Inwoners van vierkanten zonder opgave", "persons"),
        Column("Verder dan de norm (schatting voor iedereen)", "persons"),
    )
    return AnswerTable("kwetsbaren", "Kwetsbare inwoners", columns, tuple(rows))


def _told_table(outcomes: Sequence[PeopleOutcome]) -> AnswerTable:
    rows = [
        (outcome.title, head, text)
        for outcome in outcomes
        if outcome.planned is not None
        for head, text in who_nl(outcome.planned)
    ]
    columns = (Column("Situatie"), Column("Wat"), Column("Gevolg"))
    return AnswerTable("uitleg", "Wat elke situatie is", columns, tuple(dict.fromkeys(rows)))


def _across_table(outcomes: Sequence[PeopleOutcome]) -> AnswerTable:
    rows: list[tuple[Any, ...]] = []
    for outcome in outcomes:
        crossing = None if outcome.planned is None else outcome.planned.crossing
        if crossing is None:
            continue
        for way, flows in (("naar de buren", crossing.outgoing), ("van de buren", crossing.incoming)):
            for flow in flows.to_dict(orient="records"):
                figures = (flow["persons"], flow["mean_distance_m"])
                place = (flow["name"], flow["gemeente_name"], flow["from_name"])
                rows.append((outcome.title, outcome.which, way, *place, *figures))
    columns = (
        Column("Situatie"),
        Column("Welke punten"),
        Column("Richting"),
        Column("Noodsteunpunt"),
        Column("Gemeente van het punt"),
        Column("Waar zij wonen"),
        Column("Mensen", "persons"),
        Column("Gemiddelde loopafstand", "m"),
    )
    return AnswerTable("over-de-grens", "Wie over de regiogrens gaat", columns, tuple(rows))


def _sentence(outcome: PeopleOutcome, first: PeopleOutcome) -> str:
    if outcome.evaluation is None or first.evaluation is None or outcome.planned is None:
        none = "er is geen plan"
        why = none if outcome.fault is None else without_plan_nl(none, no_plan_nl(outcome.fault))
        return f"{outcome.title}: {why}."
    now, before = outcome.evaluation.value, first.evaluation.value
    moved = len(_open(outcome) - _open(first))
    if outcome.kept:
        return (
            f"{outcome.title}: in de rekentijd is geen beter plan gevonden dan dat er ligt; daarmee is "
            f"{percent_nl(now('share_within_norm'))} binnen de norm, bij gemiddeld {metres_nl(now('mean_distance_m'))} "
            "lopen."
        )
    sites = "een nieuw plan kiest dezelfde L-NSP's" if not moved else (
        f"een nieuw plan kiest {number_nl(moved)} {'ander L-NSP' if moved == 1 else 'andere L-NSP' + chr(39) + 's'}"
    )  # fmt: skip
    return (
        f"{outcome.title}: {sites}; {percent_nl(now('share_within_norm'))} van {number_nl(now('persons'))} mensen is "
        f"binnen de norm (gewone nacht: {percent_nl(before('share_within_norm'))} van {number_nl(before('persons'))}), "
        f"bij gemiddeld {metres_nl(now('mean_distance_m'))} lopen (gewone nacht: "
        f"{metres_nl(before('mean_distance_m'))})."
    )
