"""Who is where, in words and tables. In: an evaluation. Out: Dutch text, sheets, plain data.

Guests, people by day and neighbours stand on every output of a plan that has them: where it says inhabitants, they
are counted too, and each of them stands apart here. Vulnerable residents have a sheet in every run.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.residents.account import PresentPersons
from nsp_planner.evaluate.residents.groups import describe_indicator
from nsp_planner.evaluate.solved.crossing import Crossing
from nsp_planner.layers.population.vulnerable_groups import group_label
from nsp_planner.names import agreeing_nl, counted_nl, inhabitants_nl
from nsp_planner.report.text.dutch import metres_nl, number_nl
from nsp_planner.report.text.units import list_values

MAX_NAMED = 5
_PRESENCE = {
    "name": "Gemeente",
    "residents": "Inwoners",
    "away": "Overdag niet thuis",
    "day": "Op school of werk",
    "guests": "Gasten",
    "present": "Aanwezig in dit plan",
}
_FLOWS = {
    "name": "Noodsteunpunt",
    "gemeente_name": "Gemeente van het punt",
    "from_name": "Waar zij zijn",
    "persons": "Mensen",
    "mean_distance_m": "Gemiddelde loopafstand (m)",
}


def presence_nl(evaluation: Evaluation) -> list[tuple[str, str]]:
    """What is supposed about people, a heading and its sentences each; empty in an ordinary plan."""
    statements = []
    present = evaluation.present
    if present is not None:
        if present.guests:
            counted = evaluation.premises.guests_count_for_number
            statements.append(
                (
                    "Gasten",
                    f"Bij {inhabitants_nl(present.residents)} zijn er {counted_nl(present.guests, 'gasten')}. Waar "
                    "'inwoners' staat, zijn de gasten meegeteld: zij lopen ook naar een L-NSP en nemen er plaats in. "
                    f"Het aantal L-NSP's volgt uit {'inwoners en gasten samen' if counted else 'de inwoners alleen'}.",
                )
            )
        if evaluation.premises.by_day:
            statements.append(("Overdag", _day_nl(present)))
    weights = evaluation.premises.vulnerable_weights
    weighted = [f"{group_label(name)} voor {number_nl(weight, 0 if weight == int(weight) else 1)}"
                for name, weight in weights.items() if weight != 1]  # fmt: skip
    if weighted:
        statements.append(
            (
                "Wie zwaarder telt",
                f"Bij het wegen van afstanden tellen {', '.join(weighted)}. Aantallen mensen en plaatsen blijven "
                f"gewoon. {_unknown_nl(estimated=evaluation.premises.unknown_vulnerable_estimated)}",
            )
        )
    estimated = [group_label(name) for name in evaluation.known_groups if name in evaluation.premises.groups_by_buurt]
    if estimated:
        text = f"Waar {' en '.join(estimated)} wonen is geschat: cijfers per buurt, verdeeld over de inwoners."
        statements.append(("Schatting per buurt", text))
    if evaluation.crossing is not None:
        statements.append(("Over de regiogrens", _across_nl(evaluation.crossing)))
    return statements


def vulnerable_nl(evaluation: Evaluation) -> list[str]:
    """How the vulnerable fare, one sentence per group, for the board."""
    texts = []
    for group in evaluation.known_groups:
        name = f"vulnerable_{group}"
        known, beyond = (evaluation.value(f"{name}_{key}") for key in ("persons", "beyond_norm_persons"))
        if not known:
            continue
        unknown = evaluation.value(f"{name}_unknown_persons")
        text = f"Van de {number_nl(known)} bekende {group_label(group)} {_live(beyond)} verder dan de maat"
        if unknown:
            estimate = evaluation.value(f"{name}_beyond_norm_estimate")
            text += (
                f"; van {inhabitants_nl(unknown)} is het niet bekend; met een schatting voor hen erbij zijn het er "
                f"{number_nl(estimate)}"
            )
        texts.append(text + ".")
    return texts


def presence_sheets(evaluation: Evaluation) -> list[tuple[str, str, pd.DataFrame]]:
    """Sheets of the workbook (name, title, table): those of which there is something to tell."""
    sheets = []
    vulnerable = _indicator_sheet(evaluation, "vulnerable_")
    if len(vulnerable):
        title = "Kwetsbare inwoners: bekende aantallen, wat niet bekend is en een schatting"
        sheets.append(("Kwetsbaren", title, vulnerable))
    if evaluation.layers.presence is not None:
        table = evaluation.layers.presence.rename(columns=_PRESENCE)[list(_PRESENCE.values())]
        sheets.append(("Aanwezigen", "Wie er is: inwoners, gasten en mensen overdag", table))
    if evaluation.crossing is not None:
        for name, title, flows in (
            ("Naar buren", "Wie naar een noodsteunpunt over de regiogrens gaat", evaluation.crossing.outgoing),
            ("Van buren", "Wie van over de regiogrens naar een L-NSP hier gaat", evaluation.crossing.incoming),
        ):
            table = flows.rename(columns=_FLOWS)[list(_FLOWS.values())]
            table = table.assign(
                **{column: list_values(table[column], "whole") for column in list(_FLOWS.values())[3:]}
            )
            sheets.append((name, title, table))
    return sheets


def presence_data(evaluation: Evaluation) -> dict[str, Any] | None:
    """The same for the manifest; None in an ordinary plan."""
    presence, crossing = evaluation.layers.presence, evaluation.crossing
    statements = presence_nl(evaluation)
    if not statements:
        return None
    return {
        "text_nl": [{"head": head, "text": text} for head, text in statements],
        "presence": None if presence is None else presence.to_dict(orient="records"),
        "across": None
        if crossing is None
        else {
            "priced_m": crossing.priced_m,
            "buffer_m": crossing.buffer_m,
            "chosen": crossing.chosen,
            "persons": crossing.persons,
            "at_home": crossing.at_home_persons,
            "incoming": crossing.in_persons(),
            "unreachable": crossing.unreachable_persons,
            "outgoing": crossing.out_persons(),
            "sites": crossing.sites.to_dict(orient="records"),
            "outgoing_flows": crossing.outgoing.to_dict(orient="records"),
            "incoming_flows": crossing.incoming.to_dict(orient="records"),
        },
    }


def _indicator_sheet(evaluation: Evaluation, prefix: str) -> pd.DataFrame:
    tidy = evaluation.indicators
    tidy = tidy[tidy["indicator"].str.startswith(prefix)]
    if tidy.empty:
        return pd.DataFrame()
    rows = []
    for (level, _code, name), group in tidy.groupby(["area_level", "area_code", "area_name"], sort=False):
        row: dict[str, Any] = {"Gebied": name, "Niveau": "regio" if level == "region" else level}
        for indicator, value in zip(group["indicator"], group["value"], strict=True):
            unit, label = describe_indicator(str(indicator))
            row[label + (" (m)" if unit == "m" else "")] = None if pd.isna(value) else round(float(value))
        rows.append(row)
    return pd.DataFrame(rows)


def _day_nl(present: PresentPersons) -> str:
    more = present.from_outside
    text = (
        f"Het plan is gemaakt voor overdag: van {inhabitants_nl(present.residents)} zijn er "
        f"{number_nl(present.away)} niet thuis, en op school of werk zijn {counted_nl(present.day, 'mensen')}. Waar "
        "'inwoners' staat, gaat het om wie er dan is."
    )
    if more > 0:
        return f"{text} Van buiten de regio {agreeing_nl(more, 'komt', 'komen')} {counted_nl(more, 'mensen')}."
    if more < 0:
        return f"{text} Buiten de regio, of op een plek die niet is opgegeven: {inhabitants_nl(-more)}."
    return f"{text} Samen zijn het er even veel als 's nachts: niemand komt van buiten."


def _unknown_nl(*, estimated: bool) -> str:
    if not estimated:
        return "Waar hun aantal niet is gepubliceerd, tellen zij niet zwaarder."
    return "Waar hun aantal niet is gepubliceerd, is het geschat met hun aandeel in de rest van de gemeente."


def _across_nl(crossing: Crossing) -> str:
    given = "gekozen door dit plan" if crossing.chosen else "gegeven: open, met hun eigen ruimte"
    priced = "" if crossing.priced_m is None else (
        f" Over de grens gaan telde bij het maken van het plan als {metres_nl(crossing.priced_m)} extra; de afstanden "
        "hier zijn de echte."
    )  # fmt: skip
    text = (
        f"Binnen {metres_nl(crossing.buffer_m)} van de regio zijn {counted_nl(crossing.persons, 'mensen')} van de "
        f"buren meegeteld en {counted_nl(len(crossing.sites), 'noodsteunpunten')} ({given}).{priced} Naar een punt van "
        f"de buren gaan {counted_nl(crossing.out_persons(), 'mensen')} van hier{_names(crossing.out_per_site)}; naar "
        f"een L-NSP hier gaan {counted_nl(crossing.in_persons(), 'mensen')} van de buren{_names(crossing.in_per_site)}."
    )
    if crossing.unreachable_persons:
        text += f" Zonder L-NSP binnen bereik: {counted_nl(crossing.unreachable_persons, 'mensen')} van de buren."
    return text


def _names(sums: pd.Series) -> str:
    if sums.empty:
        return ""
    named = [f"{name} {number_nl(persons)}" for name, persons in sums.head(MAX_NAMED).items()]
    more = len(sums) - len(named)
    return f" ({', '.join(named)}{f' en nog {number_nl(more)}' if more > 0 else ''})"


def _live(persons: float) -> str:
    if round(persons) == 0:
        return "woont niemand"
    return f"{agreeing_nl(persons, 'woont', 'wonen')} er {number_nl(persons)}"
