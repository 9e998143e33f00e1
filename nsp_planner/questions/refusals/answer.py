"""What decisions cost, for readers. In: estimates and prices of decisions. Out: the tables with replacements."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nsp_planner.errors import Fault
from nsp_planner.evaluate.exchange import RefusalEstimate
from nsp_planner.evaluate.planned import PlannedStudy
from nsp_planner.plan.objective import objective
from nsp_planner.questions.asking.tables import candidate_names, no_plan_cell
from nsp_planner.report.answers.answer import Answer, AnswerTable
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.text.dutch import number_nl
from nsp_planner.report.text.objective import person_km_nl, unit_nl, weighed_nl

DECISION_NL = {
    "refused": "dit gebouw valt af",
    "fixed": "dit gebouw is vastgelegd",
    "insisted": "dit gebouw moet erin",
}
METRES_PER_KM = 1000.0
NOISE = 1e-6
"""Differences of the objective below this share of its value are round-off."""


@dataclass(frozen=True)
class DecisionPrice:
    """One decision, solved again.

    Attributes:
        decision: ``refused``, ``fixed`` or ``insisted``.
        site: Position of the site.
        found: What the decision costs in the unit of the objective, by the plans found; None without a plan.
        proven: What it costs at least, proven; None where nothing is proven.
        within_norm_persons: Persons within the norm with the decision minus without.
        opened: Sites that open instead.
        closed: Other sites that close.
        fault: Why there is no plan.
        walked_person_m: Persons times true metres with the decision minus without; unlike ``found`` neither weights
            nor prices are in it, so it may be below 0. None without a plan.
    """

    decision: str
    site: int
    found: float | None
    proven: float | None
    within_norm_persons: float | None
    opened: tuple[int, ...]
    closed: tuple[int, ...]
    fault: Fault | None = None
    walked_person_m: float | None = None


def refusal_answer(
    planned: PlannedStudy, estimates: Sequence[RefusalEstimate], prices: Sequence[DecisionPrice], seconds: float
) -> Answer:
    """Prices of decisions that were solved again, and a replacement list per open site."""
    tables = [_price_table(planned, estimates, prices, seconds), _replacement_table(planned, estimates, prices)]
    by_distance = planned.local.objective == "min_distance"
    notes = [
        f"'Opnieuw berekend': een nieuw plan zonder dit gebouw, begonnen bij dit plan, ten hoogste "
        f"{number_nl(seconds)} s rekenen. De werkelijke prijs ligt tussen 'ten minste' (bewezen) en 'gevonden'.",
        "'Schatting': alleen dit gebouw wordt vervangen en alleen de ruimte van de vervanger telt; geen bewezen grens.",
        "Persoon-km: alle extra loopafstand van alle inwoners samen, voor een keer heen.",
    ]
    if planned.goal.is_weighted:
        notes.append(weighed_nl(planned.goal))
    better = [price for price in prices if price.found is not None and price.found < -_noise(planned)]
    if better and by_distance:
        notes.append(
            f"Bij {len(better)} berekeningen werd een beter plan gevonden dan het plan zelf; die staan op 0. "
            "Reken langer voor een scherper plan."
        )
    return Answer(
        name="wat-een-besluit-kost",
        title="Wat kost het als een gebouw afvalt, vastligt of erin moet?",
        question="Wat gebeurt er met het plan als één eigenaar nee zegt, en welk gebouw komt ervoor in de plaats?",
        conclusion=_conclusion(planned, estimates, prices),
        tables=tuple(table for table in tables if table.rows),
        notes=tuple(notes),
    )


def _noise(planned: PlannedStudy) -> float:
    return NOISE * max(1.0, abs(planned.local_plan.value))


def _price_table(
    planned: PlannedStudy, estimates: Sequence[RefusalEstimate], prices: Sequence[DecisionPrice], seconds: float
) -> AnswerTable:
    sites = candidate_names(planned)
    persons = {estimate.site: estimate.persons for estimate in estimates}
    unit = unit_nl(planned.goal)

    def named(positions: Sequence[int]) -> str:
        return ", ".join(sites.names[j] for j in positions) or "geen"

    def decision(price: DecisionPrice) -> str:
        return no_plan_cell(price.fault, "niet mogelijk") if price.found is None else DECISION_NL[price.decision]

    fields = (
        Field("Gebouw", "text", lambda price: sites.names[price.site]),
        Field("Gemeente", "text", lambda price: sites.gemeenten[price.site]),
        Field("Id", "text", lambda price: planned.local.site_ids[price.site]),
        Field("Besluit", "text", decision),
        Field("Inwoners", "persons", lambda price: persons.get(price.site)),
        Field(f"Kost, gevonden ({unit})", "number", lambda price: _price(price.found, planned), "low"),
        Field(f"Kost ten minste, bewezen ({unit})", "number", lambda price: _price(price.proven, planned)),
        Field("Per inwoner van dit L-NSP", "m", lambda price: _per_person(price, persons.get(price.site), planned)),
        Field("Inwoners binnen de norm erbij", "persons", "within_norm_persons"),
        Field("Komt ervoor in de plaats", "text", lambda price: named(price.opened)),
        Field("Schuift ook weg", "text", lambda price: named(price.closed)),
    )
    caption = f"Opnieuw berekend vanaf het plan, ten hoogste {number_nl(seconds)} s per besluit."
    return make_table("prijs-van-een-besluit", "Opnieuw berekend", fields, prices, caption)


def _replacement_table(
    planned: PlannedStudy, estimates: Sequence[RefusalEstimate], prices: Sequence[DecisionPrice]
) -> AnswerTable:
    sites = candidate_names(planned)
    solved = {price.site for price in prices if price.decision == "refused"}
    unit = person_km_nl(planned.goal)

    def cost(estimate: RefusalEstimate) -> float | None:
        return max(0.0, estimate.cost) / METRES_PER_KM if math.isfinite(estimate.cost) else None

    def replacement(n: int) -> Callable[[RefusalEstimate], str]:
        def named(estimate: RefusalEstimate) -> str:
            if n >= len(estimate.replacements):
                return "–"
            cost_km = max(0.0, float(estimate.replacement_costs[n])) / METRES_PER_KM
            return f"{sites.names[int(estimate.replacements[n])]} ({number_nl(cost_km, 0)} {unit})"

        return named

    fields = (
        Field("Gemeente", "text", lambda estimate: sites.gemeenten[estimate.site]),
        Field("Gebouw", "text", lambda estimate: sites.names[estimate.site]),
        Field("Id", "text", lambda estimate: planned.local.site_ids[estimate.site]),
        Field("Inwoners", "persons", "persons"),
        Field(f"Kost, schatting ({unit})", "number", cost),
        Field("Opnieuw berekend", "text", lambda estimate: "ja" if estimate.site in solved else "nee"),
        *(Field(f"Vervanger {n + 1}", "text", replacement(n)) for n in range(3)),
    )
    caption = "Per gekozen gebouw de beste vervangers, geschat; – : geen ander gebouw mag zijn plaats innemen."
    ordered = sorted(estimates, key=lambda e: (sites.gemeenten[e.site], sites.names[e.site], e.site))
    return make_table("vervangers", "Vervangers per gebouw", fields, ordered, caption)


def _price(found: float | None, planned: PlannedStudy) -> float | None:
    if found is None:
        return None
    kept = found if found > _noise(planned) else 0.0
    return kept / objective(planned.local.objective).words.per


def _per_person(price: DecisionPrice, own: float | None, planned: PlannedStudy) -> float | None:
    """Metres that all walk more, per person of this site: true ones, whatever the plan weighs."""
    found = _price(price.found, planned)
    if planned.local.objective != "min_distance" or not own or found is None:
        return None
    if planned.goal.is_weighted:
        return None if price.walked_person_m is None else price.walked_person_m / own
    return found * METRES_PER_KM / own


def _conclusion(planned: PlannedStudy, estimates: Sequence[RefusalEstimate], prices: Sequence[DecisionPrice]) -> str:
    names = candidate_names(planned).names
    unit = unit_nl(planned.goal)
    parts = []
    refused = [price for price in prices if price.decision == "refused" and price.found is not None]
    if refused:
        worst = max(refused, key=lambda price: price.found or 0.0)
        cost = number_nl(_price(worst.found, planned))
        instead = ", ".join(names[j] for j in worst.opened) or "geen ander gebouw"
        parts.append(
            f"Van de {len(refused)} opnieuw berekende gebouwen is {names[worst.site]} het moeilijkst te missen: "
            f"zonder dit gebouw {cost} {unit} erbij, met {instead} ervoor in de plaats."
        )
    impossible = [
        price
        for price in prices
        if price.decision == "refused" and price.found is None and not (price.fault is not None and price.fault.refused)
    ]
    if impossible:
        without = ", ".join(names[price.site] for price in impossible)
        parts.append(f"Zonder {without} is geen plan mogelijk of gevonden.")
    alone = [estimate for estimate in estimates if not len(estimate.replacements)]
    if alone:
        examples = ", ".join(names[estimate.site] for estimate in alone[:5])
        parts.append(f"{len(alone)} gebouwen hebben geen vervanger ({examples}).")
    for price in prices:
        if price.decision == "refused" or price.found is None:
            continue
        cost = number_nl(_price(price.found, planned))
        verb = "vastleggen" if price.decision == "fixed" else "opnemen"
        parts.append(f"{names[price.site]} {verb} kost {cost} {unit}.")
    return " ".join(parts) or "Er is niets berekend."
