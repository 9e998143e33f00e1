"""Other people at another moment, side by side for readers. In: a plan per scenario. Out: tables and a conclusion."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nsp_planner.errors import Fault
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.residents.groups import describe_indicator
from nsp_planner.evaluate.solved.goal import Proof
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.names import agreeing_nl, counted_nl
from nsp_planner.questions.asking.tables import indicator, no_plan_cell
from nsp_planner.report.answers.answer import Answer, AnswerTable, Column
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.text.dutch import metres_nl, number_nl, percent_nl, proof_nl
from nsp_planner.report.text.no_plan import no_plan_nl, without_plan_nl
from nsp_planner.report.text.presence import presence_nl


@dataclass(frozen=True, eq=False)
class SituationOutcome:
    """A moment met.

    Attributes:
        title: Title of the scenario, or of the ordinary night.
        anew: Whether the buildings were chosen anew, or only those of the plan for an ordinary night could open; None
            for that plan itself.
        planned: The verified plan; None where there is none.
        evaluation: Its indicators.
        fault: Why there is no plan.
    """

    title: str
    anew: bool | None
    planned: PlannedStudy | None
    evaluation: Evaluation | None
    fault: Fault | None = None

    @property
    def which(self) -> str:
        """How the buildings were chosen, in Dutch."""
        return "nieuw plan" if self.anew else "plan dat er ligt"


ANDERE, ANDER = "andere L-NSP's", "ander L-NSP"


def present_population_answer(outcomes: Sequence[SituationOutcome]) -> Answer:
    """A row per scenario and way of choosing; the first outcome is the ordinary night."""
    caption = (
        "'Plan dat er ligt': alleen de L-NSP's van het plan voor een gewone nacht kunnen open. 'Nieuw plan': de "
        "gebouwen zijn opnieuw gekozen voor wie er dan is. Mensen in de regio zijn inwoners die er zijn, gasten en "
        "mensen op school of werk samen."
    )
    tables = [
        make_table("mensen", "De plannen bij wie er is", _fields(outcomes[0]), outcomes, caption, has_plan=_has_plan),
        _vulnerable_table(outcomes),
        _explanation_table(outcomes),
        _across_table(outcomes),
    ]
    return Answer(
        name="mensen",
        title="Houdt het plan als er andere mensen zijn?",
        question="Wat doen zomergasten, de dag, kwetsbare inwoners voorop en de buurregio's met het plan?",
        conclusion=" ".join(_verdict(title, outcomes) for title in dict.fromkeys(each.title for each in outcomes[1:])),
        tables=tuple(table for table in tables if table.rows),
        notes=(
            *_proof_notes(outcomes),
            "Het aantal L-NSP's volgt uit de inwoners; gasten en buren veranderen het niet, tenzij anders staat.",
            "Een aantal kwetsbaren dat niet is gepubliceerd, is niet nul: 'waar bekend' laat die vierkanten weg, "
            "'schatting' vult ze met het aandeel in de rest van de gemeente.",
        ),
    )


def _has_plan(outcome: SituationOutcome) -> bool:
    return outcome.planned is not None and outcome.evaluation is not None


def _fields(first: SituationOutcome) -> tuple[Field, ...]:
    def present(name: str) -> Callable[[Any], float | None]:
        return lambda o: None if o.planned.layers.presence is None else o.evaluation.value(name)

    def crossing(way: str) -> Callable[[Any], float | None]:
        return lambda o: None if o.planned.crossing is None else getattr(o.planned.crossing, way)()

    def by_day(outcome: Any) -> float | None:
        return present("day_persons")(outcome) if outcome.planned.study.day.time == "day" else None

    def choice(outcome: SituationOutcome) -> str:
        if outcome.planned is None:
            return no_plan_cell(outcome.fault)
        return "deze punten liggen vast" if outcome.anew is False else proof_nl(Proof.of(outcome.planned.local_plan))

    return (
        Field("Situatie", "text", "title", always=True),
        Field("Welke punten", "text", "which", always=True),
        Field("L-NSP's", "sites", indicator("n_lnsp")),
        Field("Mensen in de regio", "persons", indicator("persons")),
        Field("Zonder L-NSP", "persons", indicator("unreachable_persons"), "low"),
        Field("% binnen de norm", "share", indicator("share_within_norm"), "high"),
        Field("Gemiddelde loopafstand", "m", indicator("mean_distance_m"), "low"),
        Field("Max. belasting", "share", indicator("highest_load"), "low"),
        Field("Gasten", "persons", present("guest_persons")),
        Field("Gasten verder dan de norm", "persons", present("guests_beyond_norm_persons")),
        Field("Op school of werk", "persons", by_day),
        Field("Naar een punt van de buren", "persons", crossing("out_persons")),
        Field("Van de buren hierheen", "persons", crossing("in_persons")),
        Field("Andere L-NSP's dan gewoon", "sites", lambda outcome: len(_open(outcome) - _open(first))),
        Field("Keuze van de L-NSP's", "text", choice, always=True),
    )


def _proof_notes(outcomes: Sequence[SituationOutcome]) -> list[str]:
    gaps = [each.planned.local_plan.gap for each in outcomes if each.planned is not None and each.anew is not False]
    if not gaps or max(gaps) == 0:
        return []
    if not math.isfinite(max(gaps)):
        return ["Van een van de plannen is niet bewezen hoe ver het van het beste af ligt: geef meer rekentijd."]
    return [
        f"De nieuwe plannen zijn ten hoogste {percent_nl(max(gaps))} van het best mogelijke af; kleinere verschillen "
        "tussen plannen zeggen dus niets."
    ]


def _open(outcome: SituationOutcome) -> set[str]:
    return set() if outcome.evaluation is None else set(outcome.evaluation.lnsps["site_id"])


def _vulnerable_table(outcomes: Sequence[SituationOutcome]) -> AnswerTable:
    def named(item: Any) -> str:
        outcome, group = item["outcome"], item["group"]
        name = describe_indicator(f"vulnerable_{group}_persons")[1].removesuffix(" (waar bekend)")
        return name + (" (geschat per buurt)" if group in outcome.planned.premises.groups_by_buurt else "")

    def shown(key: str) -> Callable[[Any], float]:
        return lambda item: item["outcome"].evaluation.value(f"vulnerable_{item['group']}_{key}")

    items = [
        {"outcome": outcome, "group": group}
        for outcome in outcomes
        if outcome.planned is not None and outcome.evaluation is not None
        for group in outcome.evaluation.known_groups
    ]
    fields = (
        Field("Situatie", "text", "outcome.title"),
        Field("Welke punten", "text", "outcome.which"),
        Field("Wie", "text", named),
        Field("Waar bekend", "persons", shown("persons")),
        Field("waarvan verder dan de norm", "persons", shown("beyond_norm_persons")),
        Field("Gemiddelde loopafstand", "m", shown("mean_distance_m")),
        Field("Inwoners van vierkanten zonder opgave", "persons", shown("unknown_persons")),
        Field("Verder dan de norm (schatting voor iedereen)", "persons", shown("beyond_norm_estimate")),
    )
    return make_table("kwetsbaren", "Kwetsbare inwoners", fields, items)


def _explanation_table(outcomes: Sequence[SituationOutcome]) -> AnswerTable:
    rows = [
        (outcome.title, head, text)
        for outcome in outcomes
        if outcome.evaluation is not None
        for head, text in presence_nl(outcome.evaluation)
    ]
    columns = (Column("Situatie"), Column("Wat"), Column("Gevolg"))
    return AnswerTable("uitleg", "Wat elke situatie is", columns, tuple(dict.fromkeys(rows)))


def _across_table(outcomes: Sequence[SituationOutcome]) -> AnswerTable:
    items = [
        {"outcome": outcome, "way": way, **flow}
        for outcome in outcomes
        if outcome.planned is not None and (crossing := outcome.planned.crossing) is not None
        for way, flows in (("naar de buren", crossing.outgoing), ("van de buren", crossing.incoming))
        for flow in flows.to_dict(orient="records")
    ]
    fields = (
        Field("Situatie", "text", "outcome.title"),
        Field("Welke punten", "text", "outcome.which"),
        Field("Richting", "text", "way"),
        Field("Noodsteunpunt", "text", "name"),
        Field("Gemeente van het punt", "text", "gemeente_name"),
        Field("Waar zij wonen", "text", "from_name"),
        Field("Mensen", "persons", "persons"),
        Field("Gemiddelde loopafstand", "m", "mean_distance_m"),
    )
    return make_table("over-de-grens", "Wie over de regiogrens gaat", fields, items)


def _verdict(title: str, outcomes: Sequence[SituationOutcome]) -> str:
    """What becomes of the plan at hand, then what a new plan would give."""
    first = outcomes[0]
    mine = {outcome.anew: outcome for outcome in outcomes[1:] if outcome.title == title}
    there, new = mine.get(False), mine.get(True)
    parts = [] if there is None else [_of_the_plan_at_hand(there, first)]
    parts += [] if new is None else [_of_a_new_plan(new, first)]
    return f"{title}: {' '.join(parts)}"


def _of_the_plan_at_hand(outcome: SituationOutcome, first: SituationOutcome) -> str:
    if outcome.evaluation is None or first.evaluation is None:
        return f"met het plan dat er ligt: {_no_plan(outcome)}."
    now, before = outcome.evaluation.value, first.evaluation.value
    share, was = percent_nl(now("share_within_norm")), percent_nl(before("share_within_norm"))
    if share == was:
        moved = f"blijft {share} binnen de norm"
    else:
        way = "daalt" if now("share_within_norm") < before("share_within_norm") else "stijgt"
        moved = f"{way} het deel binnen de norm van {was} naar {share}"
    without = now("unreachable_persons")
    lost = (
        f"; {counted_nl(without, 'mensen')} {agreeing_nl(without, 'heeft', 'hebben')} dan geen L-NSP" if without else ""
    )
    return (
        f"met het plan dat er ligt {moved}, bij gemiddeld {metres_nl(now('mean_distance_m'))} lopen voor "
        f"{counted_nl(now('persons'), 'mensen')} (gewone nacht: {metres_nl(before('mean_distance_m'))} voor "
        f"{number_nl(before('persons'))}){lost}."
    )


def _of_a_new_plan(outcome: SituationOutcome, first: SituationOutcome) -> str:
    if outcome.evaluation is None:
        return f"Een nieuw plan: {_no_plan(outcome)}."
    now, moved = outcome.evaluation.value, len(_open(outcome) - _open(first))
    if not moved:
        return "Opnieuw kiezen geeft dezelfde L-NSP's."
    return (
        f"Een nieuw plan, met {counted_nl(moved, ANDERE, ANDER)}, geeft {percent_nl(now('share_within_norm'))} binnen "
        f"de norm, bij gemiddeld {metres_nl(now('mean_distance_m'))} lopen."
    )


def _no_plan(outcome: SituationOutcome) -> str:
    none = "geen plan mogelijk"
    return none if outcome.fault is None else without_plan_nl(none, no_plan_nl(outcome.fault))
