"""The Dutch of every output. In: numbers and code words. Out: text as a Dutch reader writes it.

Numbers have a point between thousands and a comma before decimals (1.234,5), percentages a space before the sign
(12,3 %). A missing value is an en dash, never 0.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.goal import Goal, Proof
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.layers.sites.vocabulary import GAP_LABELS as GAP_LABELS
from nsp_planner.names import counted_nl

MISSING = "–"

YES_NO = {"yes": "ja", "no": "nee", "unknown": "onbekend"}

STATION_LABELS = {"renewal": "Vernieuwing", "suitability": "Geschiktheid", "tenure": "Eigendom"}

BASIS_NL = {
    "assumed": "aangenomen",
    "enough": "ruim genoeg",
    "persons": "opgegeven in inwoners",
    "present": "opgegeven in mensen tegelijk",
}
"""Why a building counts for what it does."""

INDICATOR_COLUMNS = {
    "persons": "inwoners",
    "served_persons": "inwoners_met_lnsp",
    "unreachable_persons": "inwoners_zonder_lnsp",
    "n_lnsp": "aantal_lnsp",
    "n_cnsp": "aantal_cnsp",
    "persons_per_lnsp": "inwoners_per_lnsp",
    "share_within_1000m": "deel_binnen_1km",
    "share_within_2500m": "deel_binnen_2km5",
    "share_within_norm": "deel_binnen_norm",
    "mean_distance_m": "gem_afstand_m",
    "p95_distance_m": "p95_afstand_m",
    "worst_distance_m": "max_afstand_m",
    "nearest_mean_distance_m": "dichtstbij_gem_m",
    "second_mean_distance_m": "tweede_gem_m",
    "n_lnsp_assumed": "aantal_lnsp_aangenomen",
    "assumed_persons": "inwoners_aangenomen",
    "highest_load": "max_belasting",
    "highest_nearest_load": "max_belasting_dichtstbij",
    "cnsp_mean_distance_m": "cnsp_gem_afstand_m",
    "cnsp_worst_distance_m": "cnsp_max_afstand_m",
    "cnsp_mean_minutes": "cnsp_gem_minuten",
    "cnsp_worst_minutes": "cnsp_max_minuten",
    "n_beyond_cnsp_norm": "lnsp_ver_van_cnsp",
    "n_cnsp_elsewhere": "lnsp_cnsp_elders",
    "n_nearer_cnsp": "lnsp_voorbij_cnsp",
    "n_nearer_unexplained": "lnsp_voorbij_zonder_reden",
    "highest_n_lnsp": "meeste_lnsp_per_cnsp",
}
"""Short Dutch column names of the indicators, for tables that other systems read."""

ROLE_LNSP = "L-NSP"
ROLE_CNSP = "C-NSP"
ROLE_NONE = "niet gekozen"

ILLUSTRATION = "Illustratie"
CONCEPT = "CONCEPT"

CIRCUMSTANCES = {
    "power_outage": "stroomuitval",
    "flood": "hoogwater",
    "staff_shortage": "personeelstekort",
    "links": "wegen dicht",
}
"""Names of circumstances."""

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, ``pd.NA`` or not finite."""
    if value is None or value is pd.NA:
        return True
    return isinstance(value, float) and not math.isfinite(value)


def number_nl(value: Any, decimals: int = 0) -> str:
    """A number as 1.234 or 1.234,5; an en dash where it is missing."""
    if is_missing(value):
        return MISSING
    text = f"{float(value):,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.translate(str.maketrans(",.", ".,"))


def euro_range_nl(low: Any, high: Any) -> str:
    """Two amounts as 10.000 tot 25.000; an en dash where one is missing."""
    if is_missing(low) or is_missing(high):
        return MISSING
    return f"{number_nl(low)} tot {number_nl(high)}"


def percent_nl(share: Any, decimals: int = 1) -> str:
    """A share (0.123) as 12,3 %."""
    return MISSING if is_missing(share) else f"{number_nl(100 * float(share), decimals)} %"


def metres_nl(distance_m: Any) -> str:
    """A distance in whole metres: 1.234 m."""
    return MISSING if is_missing(distance_m) else f"{number_nl(distance_m)} m"


def whole_minutes(minutes: float) -> int:
    """Minutes as every output shows them: whole, and at least 1 for whoever goes anywhere."""
    return max(1, round(minutes)) if minutes > 0 else round(minutes)


def row_nl(row_id: Any) -> str:
    """A row of a source without an id of its own, in Dutch: rij 7; an id as it is."""
    return re.sub(r"^row (?=\d+$)", "rij ", str(row_id))


def text_or_dash(value: Any) -> str:
    """A text cell; an en dash where it is missing or empty."""
    return MISSING if is_missing(value) or not str(value).strip() else str(value)


def date_nl(moment: dt.datetime) -> str:
    """A date as 21 november 2026."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


STOPPED_NL = {"time": "gestopt bij de tijdslimiet van {limit}", "interrupt": "voortijdig gestopt met Ctrl-C"}
"""Why solving stopped before the gap asked for was reached."""


def gap_nl(gap: float) -> str:
    """What a proven gap means, in plain words; rounded up, so that it never promises more than is proven."""
    if gap == 0:
        return "bewezen het best mogelijke plan"
    if not math.isfinite(gap):
        return "niet bewezen hoever het van het best mogelijke plan af ligt"
    return f"ten hoogste {_gap_percent_nl(gap)} van het best mogelijke plan af"


def _gap_percent_nl(gap: float) -> str:
    """A gap as a percentage with one decimal, rounded up."""
    return f"{number_nl(math.ceil(gap * 1000 - 1e-9) / 10, 1)} %"


def proof_nl(proof: Proof) -> str:
    """What is proven of a level, of both in the same words; that it stopped before the gap asked for comes first."""
    if proof.is_finished:
        return gap_nl(proof.gap)
    limit = f"{number_nl(proof.time_limit_s)} s"
    why = STOPPED_NL.get(proof.stopped_by, "gestopt").format(limit=limit)
    asked = f"{number_nl(100 * proof.gap_asked, 2).rstrip('0').rstrip(',')} %"
    return f"niet af: {why}, {gap_nl(proof.gap)} (gevraagd: {asked})"


def short_proof_nl(proof: Proof) -> str:
    """The gap alone, rounded up as :func:`gap_nl` does, for a narrow cell."""
    text = _gap_percent_nl(proof.gap) if math.isfinite(proof.gap) else "onbekend"
    return text if proof.is_finished else f"{text} (niet af)"


def unfinished_nl(goal: Goal) -> list[str]:
    """What an output says in plain sight of a level that did not reach the gap asked for; empty where both did."""
    levels = (("L-NSP's", goal.lnsp.proof), ("C-NSP's", goal.cnsp.proof))
    return [f"Keuze van de {name} niet af: {gap_nl(proof.gap)}" for name, proof in levels if not proof.is_finished]


def norm_rows(premises: Premises) -> list[dict[str, Any]]:
    """The norms in force: name, text, value, unit, source, date, certainty and whether the study replaced the value."""
    return [
        {
            "name": norm.name,
            "text_nl": norm_nl(norm.sentence_nl, norm.value),
            "value": float(norm.value),
            "published_value": float(norm.published_value),
            "unit": norm.unit,
            "source": norm.source,
            "date": norm.date,
            "certainty": norm.certainty,
            "replaced": norm.replaced,
        }
        for norm in premises.norms.values()
    ]


def norm_nl(sentence_nl: str, value: float) -> str:
    """A norm with the value in force, as a sentence without its full stop."""
    decimals = 0 if value == int(value) else 2
    return sentence_nl.replace("{value}", number_nl(value, decimals))


def hours_nl(hours: float) -> str:
    """Hours, with a decimal where there are parts of one: 72 uur, 2,5 uur."""
    return f"{number_nl(hours, 0 if hours == int(hours) else 1)} uur"


def certainty_nl(certainty: str) -> str:
    """How certain a norm is, in Dutch."""
    return {"source": "gepubliceerd", "setting": "eigen instelling, geen Nederlandse bron"}[certainty]


def attribution_nl(evaluation: Evaluation) -> list[str]:
    """Whose data the outputs show, one line each; for data that are made up altogether it says so instead."""
    premises = evaluation.premises
    unofficial = [f"{mark}; geen officiële cijfers." for mark in illustration_marks(premises)]
    if premises.all_made_up:
        return unofficial
    lines = [*unofficial, f"Bevolking per vierkant: {premises.population_source_nl}."]
    lines.append("Gemeentegrenzen: CBS / Kadaster.")
    if not premises.calibrated:
        lines.append("Niet geijkt op de officiële inwonertallen: het vierkantbestand mist 5 tot 10 % van de inwoners.")
    else:
        lines.append("Inwoners geijkt op de officiële totalen per gemeente (CBS).")
    lines.append(f"Gebouwen: {'; '.join(premises.site_sources_nl)}.")
    if evaluation.layers.backdrop is not None or premises.network_of_openstreetmap:
        lines.append("Wegen en water: © OpenStreetMap-bijdragers (ODbL).")
    return lines


def illustration_marks(premises: Premises) -> list[str]:
    """What an illustration says of itself in plain sight; empty where nothing is made up."""
    return [] if premises.illustration_nl is None else [f"{ILLUSTRATION}: {premises.illustration_nl}"]


def measured_nl(evaluation: Evaluation) -> str:
    """How the walking distance is measured, for readers: without the file it is measured on."""
    return measured_text_nl(evaluation.metric_nl)


def measured_text_nl(metric_nl: str) -> str:
    """The words of a cost matrix for a sentence that speaks of walking distance already."""
    over = re.fullmatch(r"(loop|fiets|rij)afstand over (.+?)(?: \([^()]*\))?", metric_nl)
    if over is None:
        return metric_nl
    return f"gemeten over {over[2]}" + {"loop": "", "fiets": ", op de fiets", "rij": ", met de auto"}[over[1]]


def note_nl(evaluation: Evaluation) -> str:
    """The marks and how distance is measured, on one line."""
    return " · ".join([*marks_nl(evaluation), f"loopafstand: {measured_nl(evaluation)}"])


def marks_nl(evaluation: Evaluation) -> list[str]:
    """What every output says in plain sight: concept, illustration, circumstances, a level that is not finished."""
    marks = [CONCEPT, *illustration_marks(evaluation.premises)]
    facts = evaluation.consequences
    if facts is not None and facts.causes:
        marks.append("Omstandigheden: " + ", ".join(CIRCUMSTANCES[cause] for cause in facts.causes))
    return marks + _presence_marks(evaluation) + unfinished_nl(evaluation.goal)


def _presence_marks(evaluation: Evaluation) -> list[str]:
    """Who is counted beside the inhabitants at home; empty in an ordinary plan."""
    marks, present = [], evaluation.present
    if present is not None and present.guests:
        marks.append(f"met {counted_nl(present.guests, 'gasten')}")
    if present is not None and evaluation.premises.by_day:
        marks.append("overdag")
    if evaluation.crossing is not None:
        marks.append("met de buurregio's")
    return marks
