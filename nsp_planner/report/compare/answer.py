"""A comparison of plans for readers. In: finished runs, the first the reference. Out: an answer, its page and map."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from nsp_planner.evaluate.change.comparison import (
    SAME_M,
    Moved,
    better_direction,
    different_settings,
    find_moved,
    indicator_values,
    sites_by_role,
)
from nsp_planner.evaluate.residents.groups import describe_indicator
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.names import agreeing_nl, cnsps_nl, counted_nl, inhabitants_nl, lnsps_nl
from nsp_planner.report.answers.answer import Answer, AnswerTable, Column, Mark, best_and_worst
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.answers.write import write_tables
from nsp_planner.report.compare.map import ROLE_NL, write_compare_page
from nsp_planner.report.run_info import OutputFile
from nsp_planner.report.text.change_reasons import CHANGE_NL, reason_nl
from nsp_planner.report.text.dutch import (
    CONCEPT,
    ILLUSTRATION,
    measured_text_nl,
    metres_nl,
    percent_nl,
    proof_nl,
)
from nsp_planner.report.text.units import unit_of

PAGE = OutputFile("vergelijking.html", "Vergelijking met kaart van wat verschuift; opent zonder internet")
METRES_PER_KM = 1_000
PER_GEMEENTE = (
    *("n_lnsp", "n_cnsp", "share_within_norm", "mean_distance_m", "worst_distance_m", "highest_load"),
    *("cnsp_worst_distance_m", "n_beyond_cnsp_norm", "n_nearer_cnsp"),
)
MOST_FLOWS = 200
"""Flows in the table, the largest first; the rest stands in one last row."""


def write_comparison(
    folder: Path,
    runs: Sequence[FinishedRun],
    answer: Answer,
    *,
    created: dt.datetime,
    version: str,
) -> tuple[OutputFile, ...]:
    """Write page, workbook and CSV files into an existing folder; returns them in the order to open them.

    Under the map lies the backdrop of the first run that has one.
    """
    backdrop = next((run.backdrop for run in runs if run.backdrop is not None), None)
    moved = [find_moved(runs[0], other) for other in runs[1:]]
    write_compare_page(folder / PAGE.name, runs, moved, answer, created=created, version=version, backdrop=backdrop)
    return (PAGE, *write_tables(folder, answer, created=created))


def comparison_answer(runs: Sequence[FinishedRun]) -> Answer:
    """Indicators side by side, sites that came and went, persons who move, settings that differ."""
    reference, others = runs[0], runs[1:]
    moved = [find_moved(reference, other) for other in others]
    comparable = len({run.metric_nl for run in runs}) == 1
    tables = [
        _runs_table(runs),
        _indicator_table(runs, comparable),
        _moved_table(moved),
        _reason_table(runs, moved),
        _coordinator_table(runs, moved),
        _sites_table(runs, "lnsp"),
        _sites_table(runs, "cnsp"),
        _flow_table(runs, moved),
        _gemeente_table(runs, comparable),
        _settings_table(runs),
    ]
    return Answer(
        name="vergelijking",
        title=f"Vergelijking van {counted_nl(len(runs), 'plannen')}: {reference.region}",
        question=f"Wat verandert er ten opzichte van {reference.label} ({reference.caption})?",
        conclusion=" ".join(_sentence(runs, other, what) for other, what in zip(others, moved, strict=True)),
        tables=tuple(table for table in tables if table.rows),
        notes=tuple(_notes(runs, moved, comparable)),
        marks=(CONCEPT, *dict.fromkeys(_illustration(run) for run in runs if run.illustration)),
        attribution=tuple(dict.fromkeys(line for run in runs for line in run.attribution)),
    )


def _illustration(run: FinishedRun) -> str:
    what = run.settings.get("illustration_nl")
    return f"{ILLUSTRATION}: {what}" if what else ILLUSTRATION


def _runs_table(runs: Sequence[FinishedRun]) -> AnswerTable:
    fields = (
        Field("Plan", "text", "label"),
        Field("Wat", "text", "caption"),
        Field("Studie", "text", "title"),
        Field("Gemaakt op", "text", lambda run: f"{run.created:%Y-%m-%d %H:%M}"),
        Field("Map", "text", "name"),
        Field("Keuze van de L-NSP's", "text", lambda run: proof_nl(run.proofs["lnsp"])),
        Field("Keuze van de C-NSP's", "text", lambda run: proof_nl(run.proofs["cnsp"])),
    )
    return make_table("plannen", "De plannen", fields, runs)


def _indicator_table(runs: Sequence[FinishedRun], comparable: bool) -> AnswerTable:
    values = indicator_values(runs)
    rows, units = [], []
    marks: dict[tuple[int, int], Mark] = {}
    for row, (name, numbers) in enumerate(values.iterrows()):
        unit, label = describe_indicator(str(name))
        rows.append((label, *numbers))
        units.append(unit_of(unit))
        if comparable or unit not in ("m", "minutes"):
            found = best_and_worst(list(numbers), better_direction(str(name)))
            marks |= {(row, column + 1): mark for column, mark in found.items()}
    columns = (Column("Kenmerk"), *(Column(f"{run.label}: {run.caption}") for run in runs))
    caption = "Per kenmerk is de beste en de slechtste waarde gemarkeerd, waar meer of minder beter is voor inwoners."
    return AnswerTable("kenmerken", "Kenmerken naast elkaar", columns, tuple(rows), caption, marks, tuple(units))


def _moved_table(moved: Sequence[Moved]) -> AnswerTable:
    def count(role: str, change: str) -> Callable[[Moved], int]:
        return lambda what: what.n_sites(role, change)

    fields = (
        Field("Plan", "text", "label"),
        Field("L-NSP's erbij", "sites", count("lnsp", "came")),
        Field("L-NSP's vervallen", "sites", count("lnsp", "went")),
        Field("C-NSP's erbij", "sites", count("cnsp", "came")),
        Field("C-NSP's vervallen", "sites", count("cnsp", "went")),
        Field("L-NSP's met een ander C-NSP", "sites", lambda what: len(what.coordinators)),
        Field("Inwoners met een ander L-NSP", "persons", "moved_persons"),
        Field("Deel van de inwoners", "share", "moved_share"),
        Field("Inwoners die minder ver lopen", "persons", "nearer_persons"),
        Field("Inwoners die verder lopen", "persons", "farther_persons"),
    )
    caption = (
        "Ten opzichte van plan A. Een vierkant telt bij het L-NSP waar de meeste van zijn inwoners heen gaan; "
        f"minder dan {metres_nl(SAME_M)} verschil telt niet."
    )
    return make_table("verschuivingen", "Wat verschuift", fields, moved, caption)


def _names(runs: Sequence[FinishedRun]) -> dict[Any, str]:
    return {site: name for run in runs for site, name in zip(run.sites["site_id"], run.sites["name"], strict=True)}


def _reason_table(runs: Sequence[FinishedRun], moved: Sequence[Moved]) -> AnswerTable:
    """Why every site came or went, per plan."""
    names = _names(runs)
    rows = [(what.label, reason) for what in moved for reason in what.reasons]
    fields = (
        Field("Plan", "text", lambda row: row[0]),
        Field("Gemeente", "text", lambda row: row[1].gemeente_name),
        Field("Naam", "text", lambda row: row[1].name),
        Field("Rol", "text", lambda row: ROLE_NL[row[1].role]),
        Field("Wat", "text", lambda row: CHANGE_NL[row[1].change]),
        Field("Waarom", "text", lambda row: reason_nl(row[1], names)),
        Field("Id", "text", lambda row: row[1].site_id),
    )
    caption = "Uit de lijsten en instellingen van beide plannen en uit wie waarheen gaat, ten opzichte van plan A."
    return make_table("waarom-erbij-en-vervallen", "Waarom een punt erbij kwam of verviel", fields, rows, caption)


def _coordinator_table(runs: Sequence[FinishedRun], moved: Sequence[Moved]) -> AnswerTable:
    """L-NSPs of both plans that fall under another C-NSP."""
    names = _names(runs)
    rows = [(what.label, row) for what in moved for row in what.coordinators.to_dict("records")]
    fields = (
        Field("Plan", "text", lambda row: row[0]),
        Field("Gemeente", "text", lambda row: row[1]["gemeente_name"]),
        Field("L-NSP", "text", lambda row: row[1]["name"]),
        Field("C-NSP in A", "text", lambda row: names.get(row[1]["from_id"], "geen")),
        Field("C-NSP nu", "text", lambda row: names.get(row[1]["to_id"], "geen")),
        Field("Km in A", "number", lambda row: row[1]["before_m"] / METRES_PER_KM),
        Field("Km nu", "number", lambda row: row[1]["after_m"] / METRES_PER_KM),
        Field("Id", "text", lambda row: row[1]["site_id"]),
    )
    return make_table("l-nsp-met-ander-c-nsp", "L-NSP's met een ander C-NSP", fields, rows)


def _sites_table(runs: Sequence[FinishedRun], role: str) -> AnswerTable:
    def chosen(label: str) -> Callable[[Any], str]:
        return lambda row: "ja" if row[label] else "–"

    fields = (
        Field("Gemeente", "text", "gemeente_name"),
        Field("Naam", "text", "name"),
        Field("Soort", "text", "kind"),
        Field("Id", "text", "site_id"),
        *(Field(run.label, "text", chosen(run.label)) for run in runs),
    )
    title, rows = f"{ROLE_NL[role]}'s die niet in elk plan staan", sites_by_role(runs, role).to_dict("records")
    return make_table(f"{role}-erbij-en-vervallen", title, fields, rows, "ja: gekozen in dat plan.")


def _flow_table(runs: Sequence[FinishedRun], moved: Sequence[Moved]) -> AnswerTable:
    names = _names(runs)
    rows: list[tuple[Any, ...]] = []
    for what in moved:
        shown = what.flows.head(MOST_FLOWS)
        rows += [
            (what.label, names.get(flow.from_id, "geen L-NSP"), names.get(flow.to_id, "geen L-NSP"), flow.persons)
            for flow in shown.itertuples(index=False)
        ]
        rest = what.flows_beyond(MOST_FLOWS)
        if rest:
            rows.append((what.label, "overige", "overige", rest))
    columns = (Column("Plan"), Column("Ging in A naar"), Column("Gaat nu naar"), Column("Inwoners", "persons"))
    return AnswerTable("inwoners-naar-ander-lnsp", "Wie naar een ander L-NSP gaat", columns, tuple(rows))


def _gemeente_table(runs: Sequence[FinishedRun], comparable: bool) -> AnswerTable:
    areas = runs[0].areas
    shown = [name for name in PER_GEMEENTE if name in INDICATORS]
    columns = [Column("Gemeente")]
    columns += [
        Column(f"{INDICATORS[name][1]} ({run.label})", unit_of(INDICATORS[name][0])) for name in shown for run in runs
    ]
    rows: list[tuple[Any, ...]] = []
    marks: dict[tuple[int, int], Mark] = {}
    for row, (code, gemeente) in enumerate(zip(areas["gemeente_code"], areas["naam"], strict=True)):
        values = indicator_values(runs, str(code))
        cells: list[Any] = [str(gemeente)]
        for name in shown:
            numbers = [_value(values, name, run.label) for run in runs]
            if comparable or INDICATORS[name][0] != "m":
                found = best_and_worst(numbers, better_direction(name))
                marks |= {(row, len(cells) + column): mark for column, mark in found.items()}
            cells += numbers
        rows.append(tuple(cells))
    return AnswerTable("per-gemeente", "Per gemeente", tuple(columns), tuple(rows), "", marks)


def _settings_table(runs: Sequence[FinishedRun]) -> AnswerTable:
    rows = tuple((key, *(_setting(value) for value in values)) for key, values in different_settings(runs).items())
    columns = (Column("Instelling"), *(Column(run.label) for run in runs))
    return AnswerTable("instellingen", "Instellingen die verschillen", columns, rows)


def _setting(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(values: pd.DataFrame, indicator: str, label: str) -> float:
    return float(values[label].to_dict()[indicator])


def _sentence(runs: Sequence[FinishedRun], other: FinishedRun, what: Moved) -> str:
    values = indicator_values([runs[0], other])
    came, went = what.n_sites("lnsp", "came"), what.n_sites("lnsp", "went")
    sites = f"{lnsps_nl(came)} erbij en {went} eraf" if came or went else "dezelfde L-NSP's"
    mean = [_value(values, "mean_distance_m", label) for label in (runs[0].label, other.label)]
    within = [_value(values, "share_within_norm", label) for label in (runs[0].label, other.label)]
    gets = agreeing_nl(what.moved_persons, "krijgt", "krijgen")
    who = f"{inhabitants_nl(what.moved_persons)} ({percent_nl(what.moved_share or 0.0)})"
    return (
        f"Plan {other.label} ({other.caption}): {sites}; {_coordination(what)}; {who} {gets} een ander L-NSP; "
        f"de gemiddelde loopafstand gaat van {metres_nl(mean[0])} naar {metres_nl(mean[1])} en "
        f"het deel binnen de norm van {percent_nl(within[0])} naar {percent_nl(within[1])}."
    )


def _coordination(what: Moved) -> str:
    """What changes in level 2."""
    came, went, other = what.n_sites("cnsp", "came"), what.n_sites("cnsp", "went"), len(what.coordinators)
    if not (came or went or other):
        return "dezelfde C-NSP's"
    stations = f"{cnsps_nl(came)} erbij en {went} eraf" if came or went else ""
    rest = f"{lnsps_nl(other)} {agreeing_nl(other, 'krijgt', 'krijgen')} een ander C-NSP" if other else ""
    return ", ".join(part for part in (stations, rest) if part)


def _notes(runs: Sequence[FinishedRun], moved: Sequence[Moved], comparable: bool) -> list[str]:
    notes = []
    if comparable:
        notes.append(f"De loopafstand is in alle plannen {measured_text_nl(runs[0].metric_nl)}.")
    else:
        measured = "; ".join(f"{run.label}: {run.metric_nl}" for run in runs)
        notes.append(
            f"Let op: afstanden zijn niet op dezelfde manier gemeten en daarom niet vergelijkbaar ({measured})."
        )
    for run in runs[1:]:
        layers = [
            layer for layer in {**runs[0].inputs, **run.inputs} if runs[0].inputs.get(layer) != run.inputs.get(layer)
        ]
        if layers:
            notes.append(f"Let op: plan {run.label} is met andere invoer gemaakt dan plan A: {', '.join(layers)}.")
    for what in moved:
        if what.n_other_squares:
            notes.append(
                f"Maar in een van de plannen A en {what.label}, of daar met een ander aantal inwoners: "
                f"{counted_nl(what.n_other_squares, 'vierkanten')}."
            )
    gaps = [run.proofs["lnsp"].gap for run in runs if math.isfinite(run.proofs["lnsp"].gap)]
    if gaps and max(gaps) > 0:
        notes.append(
            f"Elk plan is ten hoogste {percent_nl(max(gaps), 2)} van het best mogelijke af; kleinere verschillen "
            "tussen plannen zeggen dus niets."
        )
    return notes
