"""Circumstances in words. In: an evaluation. Out: Dutch sentences for every output, and plain data for the manifest.

Who is counted where is always said: to be evacuated, cut off, allocated to a building of which it is not known whether
it has power. Nothing is said in normal circumstances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.consequences import (
    ChangeFromExisting,
    Consequences,
    FloodConsequences,
    OutageConsequences,
)
from nsp_planner.names import agreeing_nl, cnsps_nl, counted_nl, inhabitants_nl, lnsps_nl
from nsp_planner.report.text.dutch import metres_nl, number_nl
from nsp_planner.report.text.presence import presence_nl

MAX_NAMES = 8


@dataclass(frozen=True)
class Statement:
    """One circumstance: a heading and its sentences."""

    head: str
    text: str


def circumstances_nl(evaluation: Evaluation) -> list[Statement]:
    """What the circumstances are and what they do, and what is supposed about people; empty in an ordinary plan."""
    facts = evaluation.consequences
    people = [Statement(head, text) for head, text in presence_nl(evaluation)]
    if facts is None:
        return people
    statements = []
    unknown = unknown_nl(evaluation)
    if unknown:
        statements.append(Statement("Niet bekend", " ".join(unknown)))
    if facts.power is not None:
        statements.append(Statement("Stroomuitval", _power(facts, facts.power)))
    if facts.flood is not None:
        statements.append(Statement("Hoogwater", _flood(evaluation, facts, facts.flood)))
    if len(facts.links):
        statements.append(Statement("Wegen, bruggen en veren", _links(facts)))
    if facts.existing is not None:
        statements.append(Statement("Het plan dat er ligt", _beside_existing(facts.existing)))
    numbers = _numbers(evaluation, facts)
    if numbers:
        statements.append(Statement("Minder punten dan gewoonlijk", numbers))
    if facts.fixed_lost:
        statements.append(
            Statement("Vastgelegde gebouwen die uitvallen", f"{_names_of(evaluation, facts.fixed_lost)}.")
        )
    return statements + people


def unknown_nl(evaluation: Evaluation) -> list[str]:
    """What the figures of a plan in circumstances hinge on and nobody knows: sentences for every headline."""
    facts = evaluation.consequences
    if facts is None:
        return []
    texts = []
    power, flood = facts.power, facts.flood
    if power is not None and (power.n_open_unknown or power.n_stations_unknown):
        stations = f" en van {cnsps_nl(power.n_stations_unknown)}" if power.n_stations_unknown else ""
        who = power.persons_on_unknown
        texts.append(
            f"Onbekend: van {number_nl(power.n_open_unknown)} van de {number_nl(power.n_open)} gekozen L-NSP's"
            f"{stations} is niet bekend of er noodstroom is; {inhabitants_nl(who)} "
            f"{agreeing_nl(who, 'hangt', 'hangen')} daarvan af."
        )
        if power.n_open_unknown == power.n_open:
            none = "Van geen enkel gekozen L-NSP is bekend dat het noodstroom heeft"
            texts.append(f"{none}: wat de uitval doet, weet niemand.")
        else:
            texts.append("De cijfers gelden alleen als al deze gebouwen noodstroom hebben.")
    if power is not None and evaluation.crossing is not None:
        texts.append("Onbekend: of er bij de buurregio's stroom is; hun noodsteunpunten tellen als open.")
    if flood is not None and flood.unknown_persons:
        texts.append(
            f"Onbekend: {inhabitants_nl(flood.unknown_persons)} "
            f"{agreeing_nl(flood.unknown_persons, 'woont', 'wonen')} buiten de waterdieptekaart; dat het daar droog "
            "blijft, is aangenomen."
        )
    if flood is not None and not flood.roads:
        texts.append("Onbekend: welke wegen onder water staan; de afstanden zijn hemelsbreed.")
    return texts


def circumstances_data(evaluation: Evaluation) -> dict[str, Any] | None:
    """The facts for the manifest: numbers, tables and the sentences; None in normal circumstances."""
    facts = evaluation.consequences
    if facts is None:
        return None
    existing = None
    if facts.existing is not None:
        existing = {**vars(facts.existing), "per_gemeente": _records(facts.existing.per_gemeente)}
    return {
        "causes": list(facts.causes),
        "text_nl": [asdict(each) for each in circumstances_nl(evaluation)],
        "n_lnsp_wanted": facts.n_lnsp_wanted,
        "n_cnsp_wanted": facts.n_cnsp_wanted,
        "max_lnsp_per_cnsp": facts.max_lnsp_per_cnsp,
        "fewer": _records(facts.fewer),
        "power_outage": None if facts.power is None else asdict(facts.power),
        "flood": None if facts.flood is None else asdict(facts.flood),
        "plan_at_hand": existing,
        "closed_links": _records(facts.links),
        "distances_computed_again": None if facts.recomputed is None else list(facts.recomputed),
        "cut_off_lnsps": list(facts.islanded),
        "fixed_lost": list(facts.fixed_lost),
        "sites": _records(facts.sites),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict(orient="records")]


def _power(facts: Consequences, power: OutageConsequences) -> str:
    lost = facts.n_sites("power_outage", "lnsp", "dropped")
    stations = facts.n_sites("power_outage", "cnsp", "dropped")
    priced = facts.n_sites("power_outage", "lnsp", "penalty")
    n = power.n_yes + power.n_no + power.n_unknown
    texts = [
        f"De stroom is uit in {power.where_nl}, voor {inhabitants_nl(power.persons)}. Van de {number_nl(n)} "
        f"gebouwen die daar L-NSP kunnen zijn, hebben er {number_nl(power.n_yes)} noodstroom en "
        f"{number_nl(power.n_no)} niet; van {number_nl(power.n_unknown)} is het niet bekend."
    ]
    if lost or stations:
        texts.append(f"{_buildings(lost, stations, 'Er valt', 'Er vallen')} uit.")
    if priced:
        texts.append(f"{_buildings(priced, 0, 'Alleen als het nodig is gaat', 'Alleen als het nodig is gaan')} open.")
    if power.n_open_unknown or power.n_stations_unknown:
        texts.append("Onbekend is geen nee: vraag het de eigenaren.")
    elif power.unknown == "drop":
        texts.append("Een gebouw waarvan het niet bekend is, telt hier als zonder noodstroom; vraag het de eigenaar.")
    else:
        texts.append("Geen gekozen gebouw hangt af van wat niet bekend is.")
    return " ".join(texts)


def _flood(evaluation: Evaluation, facts: Consequences, flood: FloodConsequences) -> str:
    lost, stations = facts.n_sites("flood", "lnsp", "dropped"), facts.n_sites("flood", "cnsp", "dropped")
    texts = [
        f"Onder water: {counted_nl(flood.n_squares, 'bewoonde vierkanten', 'bewoond vierkant')} met "
        f"{inhabitants_nl(flood.persons)}. {_buildings(lost, stations, 'Er valt', 'Er vallen')} uit."
    ]
    if flood.people == "to_evacuate":
        who = agreeing_nl(flood.evacuated, "die krijgt", "zij krijgen")
        texts.append(
            f"Te evacueren: {inhabitants_nl(flood.evacuated)}; {who} in dit plan geen L-NSP."
            if flood.evacuated
            else "Niemand hoeft te worden geëvacueerd."
        )
    elif flood.evacuated:
        texts.append(
            f"Wie er woont vertrekt op tijd, over de wegen zoals ze waren, naar een droog L-NSP; "
            f"{number_nl(flood.evacuated)} van hen {agreeing_nl(flood.evacuated, 'heeft', 'hebben')} er geen binnen "
            f"bereik en {agreeing_nl(flood.evacuated, 'moet', 'moeten')} worden geëvacueerd."
        )
    else:
        texts.append(
            "Wie er woont vertrekt op tijd, over de wegen zoals ze waren, naar een droog L-NSP; iedereen heeft er een "
            "binnen bereik."
        )
    if flood.cut_off:
        texts.append(f"Op het droge maar afgesneden, zonder L-NSP binnen bereik: {inhabitants_nl(flood.cut_off)}.")
    if facts.islanded:
        names = _names_of(evaluation, facts.islanded)
        texts.append(
            f"Over de weg niet te bereiken vanuit een C-NSP: {names}. Hun afstand tot het C-NSP is die over de gewone "
            "wegen."
        )
    return " ".join(texts)


LINKS_NL = {
    "closed_ids": "lijn {value} dicht",
    "closed_bridges": "brug {value} dicht",
    "closed_names": "{value} dicht",
    "ferries_out": "veer {value} vaart niet",
    "all_ferries_out": "geen enkel veer vaart",
    "under_water": "wegen onder water",
    "barriers": "wegen doorsneden door een barrière",
}


def _links(facts: Consequences) -> str:
    parts = [
        f"{LINKS_NL[row['change']].format(value=row['value'])} ({metres_nl(row['length_m'])})"
        for row in _records(facts.links)
    ]
    text = f"Dicht in het loopnetwerk: {'; '.join(parts)}."
    if facts.recomputed is not None:
        again, every = facts.recomputed
        text += f" Dat raakt de afstanden tot {number_nl(again)} van de {number_nl(every)} gebouwen."
    return text


def _beside_existing(existing: ChangeFromExisting) -> str:
    n_open = existing.n_lnsp - existing.n_closed
    texts = [
        f"Alleen de {number_nl(existing.n_lnsp)} L-NSP's van het plan voor gewone dagen kunnen open; open "
        f"{agreeing_nl(n_open, 'gaat', 'gaan')} er {number_nl(n_open)}."
    ]
    if existing.n_closed:
        texts.append(f"Dicht blijven er {number_nl(existing.n_closed)}: {_first(existing.closed)}.")
    if existing.farther > 0:
        texts.append(
            f"{inhabitants_nl(existing.farther)} {agreeing_nl(existing.farther, 'loopt', 'lopen')} verder dan op een "
            "gewone dag, gemiddeld "
            f"{metres_nl(existing.farther_mean_m)} en ten hoogste {metres_nl(existing.farther_most_m)} extra; "
            f"{inhabitants_nl(existing.moved)} met een ander L-NSP of geen meer."
        )
    else:
        texts.append("Niemand loopt verder dan op een gewone dag.")
    if existing.lost:
        had, has = agreeing_nl(existing.lost, "had", "hadden"), agreeing_nl(existing.lost, "heeft", "hebben")
        texts.append(f"{inhabitants_nl(existing.lost)} {had} een L-NSP en {has} er nu geen.")
    return " ".join(texts)


def _numbers(evaluation: Evaluation, facts: Consequences) -> str:
    n_lnsp, n_cnsp = evaluation.goal.lnsp.n_open, evaluation.goal.cnsp.n_open
    texts = []
    if n_lnsp < facts.n_lnsp_wanted and facts.existing is None:
        where = "; ".join(f"{row['name']} {row['open']} van {row['wanted']}" for row in _records(facts.fewer))
        texts.append(f"{lnsps_nl(n_lnsp)} in plaats van {number_nl(facts.n_lnsp_wanted)}: {where}.")
    if n_cnsp < facts.n_cnsp_wanted:
        texts.append(f"{cnsps_nl(n_cnsp)} in plaats van {number_nl(facts.n_cnsp_wanted)}.")
    if facts.max_lnsp_per_cnsp is not None:
        texts.append(f"Het drukste C-NSP coördineert daarom {lnsps_nl(facts.max_lnsp_per_cnsp)}.")
    return " ".join(texts)


def _buildings(lnsps: int, stations: int, one: str, more: str) -> str:
    """Buildings after the verb that goes with them: Er valt 1 gebouw, er vallen 2 gebouwen en 1 kazerne."""
    can_be = agreeing_nl(lnsps, "dat L-NSP kan zijn", "die L-NSP kunnen zijn")
    first = f"{counted_nl(lnsps, 'gebouwen')} {can_be}"
    if not lnsps:
        return (
            f"{agreeing_nl(stations, one, more)} {counted_nl(stations, 'kazernes')}"
            if stations
            else f"{one} geen gebouw"
        )
    if not stations:
        return f"{agreeing_nl(lnsps, one, more)} {first}"
    return f"{more} {first} en {counted_nl(stations, 'kazernes')}"


def _names_of(evaluation: Evaluation, ids: Sequence[str]) -> str:
    sites = evaluation.layers.sites
    return _first(tuple(sites.loc[sites["site_id"].isin(ids), "name"].astype(str)))


def _first(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMES
    return "; ".join(names[:MAX_NAMES]) + (f" en nog {number_nl(more)}" if more > 0 else "")
