"""What decisions cost, for readers. In: prices of decisions. Out: the tables with what comes instead."""

from __future__ import annotations

from collections.abc import Sequence

from nsp_planner.evaluate.sites.exchange import DecisionPrice
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.decisions import FREED, REFUSED
from nsp_planner.plan.objective import objective
from nsp_planner.questions.asking.tables import candidate_names, no_plan_cell
from nsp_planner.report.answers.answer import Answer, AnswerTable
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.text.dutch import number_nl, percent_nl
from nsp_planner.report.text.objective import unit_nl, weighed_nl

DECISION_NL = {
    "refused": "dit gebouw valt af",
    "fixed": "dit gebouw is vastgelegd",
    "insisted": "dit gebouw moet erin",
}
METRES_PER_KM = 1000.0
NOISE = 1e-6
"""Differences of the objective below this share of its value are round-off."""


def refusal_answer(
    planned: PlannedStudy, refused: Sequence[DecisionPrice], told: Sequence[DecisionPrice], seconds: float | None
) -> Answer:
    """Prices of decisions told in full, and what replaces every open site; ``seconds`` where they were a limit."""
    gap = planned.local_plan.gap
    limit = "" if seconds is None else f", ten hoogste {number_nl(seconds)} s rekenen"
    notes = [
        f"Elke prijs is het verschil tussen twee plannen: dit plan, en een nieuw plan met het besluit erin{limit}. "
        "'Ten hoogste' is met dat nieuwe plan gevonden; 'ten minste' is bewezen.",
        f"Het plan zelf ligt ten hoogste {percent_nl(gap, 2)} van het best mogelijke af: zolang een besluit minder "
        "kost dan dat, is 'ten minste' 0.",
        "Persoon-km: alle extra loopafstand van alle inwoners samen, voor een keer heen.",
    ]
    if any(price.lost_persons for price in [*refused, *told]):
        notes.append("Wie zonder een gebouw geen enkel L-NSP meer binnen bereik heeft, telt als zo ver lopend als de "
                     "grens van het rekenen.")  # fmt: skip
    if planned.goal.is_weighted:
        notes.append(weighed_nl(planned.goal))
    better = abs(planned.local_plan.value - planned.decisions.yardstick.value)
    if better > _noise(planned):
        per = objective(planned.local.objective).words.per
        told_nl = f"{number_nl(better / per)} {unit_nl(planned.goal)}"
        notes.append(
            f"Bij het rekenen is een plan gevonden dat {told_nl} beter is dan dit plan; prijzen gelden tegenover dat "
            "betere plan. Reken langer voor een scherper plan."
        )
    below = [price for price in [*refused, *told] if price.found is not None and price.found < -_noise(planned)]
    if any(not price.takes_fixing_away for price in below):
        notes.append("Waar 0 staat is met het besluit een plan gevonden dat minstens even goed is.")
    if any(price.takes_fixing_away for price in below):
        notes.append("Onder 0: dit gebouw ligt vast, en zonder dat zou het plan zo veel beter zijn.")
    tables = [_price_table(planned, told), _replacement_table(planned, refused)]
    return Answer(
        name="wat-een-besluit-kost",
        title="Wat kost het als een gebouw afvalt, vastligt of erin moet?",
        question="Wat gebeurt er met het plan als één eigenaar nee zegt, en welk gebouw komt ervoor in de plaats?",
        conclusion=_conclusion(planned, refused, told),
        tables=tuple(table for table in tables if table.rows),
        notes=tuple(notes),
    )


def _noise(planned: PlannedStudy) -> float:
    return NOISE * max(1.0, abs(planned.local_plan.value))


def _price_table(planned: PlannedStudy, prices: Sequence[DecisionPrice]) -> AnswerTable:
    sites, unit = candidate_names(planned), unit_nl(planned.goal)
    fields = (
        Field("Gebouw", "text", lambda price: sites.names[price.site]),
        Field("Gemeente", "text", lambda price: sites.gemeenten[price.site]),
        Field("Id", "text", lambda price: planned.local.site_ids[price.site]),
        Field("Besluit", "text", _decision),
        Field("Inwoners", "persons", "persons"),
        Field(f"Kost ten hoogste, gevonden ({unit})", "number", lambda price: _price(price, planned), "low"),
        Field(f"Kost ten minste, bewezen ({unit})", "number", lambda price: _proven(price, planned)),
        Field("Per inwoner van dit L-NSP", "m", lambda price: _per_person(price, planned)),
        Field("Inwoners binnen de norm erbij", "persons", "within_norm_persons"),
        Field("Inwoners zonder L-NSP binnen bereik erbij", "persons", "lost_persons"),
        Field("Komt ervoor in de plaats", "text", lambda price: _named(sites.names, price.opened, price)),
        Field("Schuift ook weg", "text", lambda price: _named(sites.names, price.closed, price)),
    )
    caption = "Opnieuw berekend vanaf het plan."
    return make_table("prijs-van-een-besluit", "Besluiten in het volle licht", fields, prices, caption)


def _replacement_table(planned: PlannedStudy, prices: Sequence[DecisionPrice]) -> AnswerTable:
    sites, unit = candidate_names(planned), unit_nl(planned.goal)
    fields = (
        Field("Gemeente", "text", lambda price: sites.gemeenten[price.site]),
        Field("Gebouw", "text", lambda price: sites.names[price.site]),
        Field("Id", "text", lambda price: planned.local.site_ids[price.site]),
        Field("Inwoners", "persons", "persons"),
        Field(f"Kost ten hoogste, gevonden ({unit})", "number", lambda price: _price(price, planned)),
        Field(f"Kost ten minste, bewezen ({unit})", "number", lambda price: _proven(price, planned)),
        Field("Komt ervoor in de plaats", "text", lambda price: _named(sites.names, price.opened, price)),
        Field("Schuift ook weg", "text", lambda price: _named(sites.names, price.closed, price)),
    )
    caption = "Per gekozen gebouw wat er gebeurt als het afvalt, opnieuw berekend."
    ordered = sorted(prices, key=lambda e: (sites.gemeenten[e.site], sites.names[e.site], e.site))
    return make_table("vervangers", "Vervangers per gebouw", fields, ordered, caption)


def _decision(price: DecisionPrice) -> str:
    return no_plan_cell(price.fault, "niet mogelijk") if price.found is None else DECISION_NL[price.decision]


def _named(names: Sequence[str], positions: Sequence[int], price: DecisionPrice) -> str:
    if price.found is None:
        return no_plan_cell(price.fault, "geen plan")
    return ", ".join(names[j] for j in positions) or "geen"


def _price(price: DecisionPrice, planned: PlannedStudy) -> float | None:
    return None if price.cost is None else price.cost / objective(planned.local.objective).words.per


def _proven(price: DecisionPrice, planned: PlannedStudy) -> float | None:
    return None if price.proven is None else price.proven / objective(planned.local.objective).words.per


def _per_person(price: DecisionPrice, planned: PlannedStudy) -> float | None:
    """Metres that all walk more, per person of this site: true ones, whatever the plan weighs."""
    found = _price(price, planned)
    if planned.local.objective != "min_distance" or not price.persons or found is None:
        return None
    if planned.goal.is_weighted:
        return None if price.walked_person_m is None else price.walked_person_m / price.persons
    return found * METRES_PER_KM / price.persons


def _conclusion(planned: PlannedStudy, refused: Sequence[DecisionPrice], told: Sequence[DecisionPrice]) -> str:
    names = candidate_names(planned).names
    unit = unit_nl(planned.goal)
    parts = []
    possible = [price for price in refused if price.found is not None]
    if possible:
        worst = max(possible, key=lambda price: price.found or 0.0)
        cost = number_nl(_price(worst, planned))
        instead = ", ".join(names[j] for j in worst.opened) or "geen ander gebouw"
        whole = "gebouw" if len(possible) == 1 else "gebouwen"
        parts.append(
            f"Van de {len(possible)} opnieuw berekende {whole} is {names[worst.site]} het moeilijkst te missen: "
            f"zonder dit gebouw ten hoogste {cost} {unit} erbij, met {instead} ervoor in de plaats."
        )
    impossible = [
        price for price in refused if price.found is None and not (price.fault is not None and price.fault.refused)
    ]
    if impossible:
        without = ", ".join(names[price.site] for price in impossible)
        parts.append(f"Zonder {without} is geen plan mogelijk of gevonden.")
    for price in told:
        if price.decision == REFUSED or price.found is None:
            continue
        cost = number_nl(_price(price, planned))
        verb = "vastleggen" if price.decision == FREED else "opnemen"
        parts.append(f"{names[price.site]} {verb} kost ten hoogste {cost} {unit}.")
    return " ".join(parts) or "Er is niets berekend."
