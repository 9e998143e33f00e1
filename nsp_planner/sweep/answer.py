"""A sweep for readers. In: the scenarios and their records. Out: a table, a row per scenario, best and worst marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nsp_planner.evaluate.change.comparison import better_direction
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.names import agreeing_nl, counted_nl
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.text.dutch import CONCEPT, ILLUSTRATION, number_nl, percent_nl
from nsp_planner.report.text.units import unit_of

ScenarioName = tuple[str, tuple[str, ...], tuple[tuple[str, Any], ...]]
"""Title of the study, names of overlays, values per key."""

SCENARIOS = "scenario's"


SHOWN = (
    "persons",
    "unreachable_persons",
    "n_lnsp",
    "n_cnsp",
    "share_within_norm",
    "mean_distance_m",
    "p95_distance_m",
    "worst_distance_m",
    "highest_load",
    "highest_nearest_load",
    "cnsp_mean_distance_m",
    "cnsp_worst_distance_m",
    "cnsp_worst_minutes",
    "highest_n_lnsp",
    "n_beyond_cnsp_norm",
    "n_nearer_cnsp",
)


def sweep_answer(title: str, names: Sequence[ScenarioName], records: Sequence[dict[str, Any]]) -> Answer:
    """One row per scenario, in the order of the sweep; what has no plan says why."""
    shown = [name for name in SHOWN if name in INDICATORS]
    items = [_item(name, record) for name, record in zip(names, records, strict=True)]

    def given(n: int) -> Callable[[Any], Any]:
        return lambda item: item["values"][n][1]

    def indicator(name: str) -> Callable[[Any], Any]:
        return lambda item: item["region"].get(name)

    fields = (
        Field("Studie", "text", "study"),
        Field("Scenario's", "text", "stack"),
        *(
            Field(key, "number" if all(_is_number(given(n)(item)) for item in items) else "text", given(n))
            for n, (key, _) in enumerate(names[0][2] if names else ())
        ),
        *(
            Field(INDICATORS[name][1], unit_of(INDICATORS[name][0]), indicator(name), better_direction(name))
            for name in shown
        ),
        Field("Bewezen binnen", "share", lambda item: item["result"].get("proof", {}).get("lnsp", {}).get("gap")),
        Field("Rekentijd (s)", "seconds", "run.seconds"),
        Field("Geheugen (MB)", "number", "run.peak_megabytes"),
        Field("Zonder plan, omdat", "text", "without"),
    )
    caption = "Kenmerken van de regio; de beste en slechtste waarde gemarkeerd."
    table = make_table("scenario-s", "Alle scenario's", fields, items, caption)
    results = [record["result"] for record in records if record["result"].get("illustration")]
    illustrations = {f"{ILLUSTRATION}: {result.get('illustration_nl', 'verzonnen gegevens')}" for result in results}
    return Answer(
        name="overzicht",
        title=title,
        question=f"{counted_nl(len(records), SCENARIOS)} naast elkaar.",
        conclusion=_conclusion(names, records),
        tables=(table,),
        notes=(
            "Geheugen: het meeste dat het rekenproces tijdens het scenario gebruikte (buiten Linux: tien keer per "
            "seconde gemeten).",
        ),
        marks=(CONCEPT, *sorted(illustrations)),
    )


_STATUS_NL = {
    "no plan": "geen plan mogelijk",
    "wrong data": "fout in de gegevens",
    "wrong settings": "fout in de instellingen",
    "refused": "plan geweigerd door de controle",
}


def _of_region(result: dict[str, Any]) -> dict[str, Any]:
    areas: dict[str, dict[str, Any]] = result.get("indicators", {})
    return areas.get(result.get("region", ""), {})


def _item(name: ScenarioName, record: dict[str, Any]) -> dict[str, Any]:
    study, stack, values = name
    result = record["result"]
    return {
        "study": study,
        "stack": " + ".join(stack) or "–",
        "values": values,
        "result": result,
        "region": _of_region(result),
        "run": record["run"],
        "without": "" if result["status"] == "planned" else f"{_STATUS_NL[result['status']]}: {_why(result)}",
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _why(result: dict[str, Any]) -> str:
    return "; ".join(str(fault["message"]) for fault in result.get("faults", ())[:2])


def _named(name: ScenarioName) -> str:
    study, stack, values = name
    return ", ".join([study, *stack, *(f"{key.rsplit('.', 1)[-1]} {value}" for key, value in values)])


def _conclusion(names: Sequence[ScenarioName], records: Sequence[dict[str, Any]]) -> str:
    planned = [
        (name, _of_region(record["result"]))
        for name, record in zip(names, records, strict=True)
        if record["result"]["status"] == "planned"
    ]
    refused = [
        _named(name) for name, record in zip(names, records, strict=True) if record["result"]["status"] == "refused"
    ]
    without = len(records) - len(planned) - len(refused)
    has = agreeing_nl(without, "heeft", "hebben")
    text = f"{without} van de {counted_nl(len(records), SCENARIOS)} {has} geen plan. " if without else ""
    if refused:
        n = len(refused)
        counted = f"{counted_nl(n, 'plannen')} {agreeing_nl(n, 'is', 'zijn')} geweigerd"
        text = (
            f"Let op: {counted} door de controle en {agreeing_nl(n, 'telt', 'tellen')} nergens in mee: "
            f"{'; '.join(refused)}. Meld dit. {text}"
        )
    if len(planned) < 2:
        return text or "Er is maar één scenario."
    best = max(planned, key=lambda item: item[1]["share_within_norm"] or 0.0)
    nearest = min(planned, key=lambda item: item[1]["mean_distance_m"] or float("inf"))
    return (
        f"{text}De meeste inwoners binnen de norm ({percent_nl(best[1]['share_within_norm'])}): {_named(best[0])}. "
        f"De kleinste gemiddelde loopafstand ({number_nl(nearest[1]['mean_distance_m'])} m): {_named(nearest[0])}."
    )
