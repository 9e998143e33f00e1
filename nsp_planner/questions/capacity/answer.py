"""Use for readers. In: a plan's tables and norms of use. Out: tables per gemeente and L-NSP, a figure, a conclusion."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.use import use_per_area, use_per_lnsp, visitors_at_once
from nsp_planner.names import counted_nl
from nsp_planner.norms import Norms
from nsp_planner.report.answers.answer import Answer, AnswerFigure, AnswerTable
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.svg.chart import Axis, Series, line_chart
from nsp_planner.report.text.dutch import certainty_nl, hours_nl, norm_nl, number_nl, percent_nl

SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
PEAKS = (1.0, 2.0, 3.0)
USED_NORMS = (
    "share_attending_per_day",
    "peak_factor",
    "max_stay_hours",
    "staff_per_lnsp",
    "staff_per_cnsp",
    "shifts_per_day",
    "operational_within_hours",
    "inhabitants_per_water_point",
    "water_litres_per_person_day",
)


def capacity_answer(evaluation: Evaluation, norms: Norms) -> Answer:
    """Visitors, staff and water."""
    share, peak = norms.value("share_attending_per_day"), norms.value("peak_factor")
    areas = use_per_area(evaluation.layers, evaluation, evaluation.premises, norms)
    lnsps = use_per_lnsp(evaluation.layers.sites, evaluation.lnsps, norms)
    return Answer(
        name="capaciteit-in-gebruik",
        title="Wat moeten de noodsteunpunten aankunnen?",
        question=(
            "Hoeveel mensen zijn er tegelijk en per dag, hoeveel medewerkers zijn er nodig, en hoeveel water? Een "
            f"bezoeker blijft ten hoogste {hours_nl(norms.value('max_stay_hours'))}."
        ),
        conclusion=_conclusion(areas, lnsps, norms),
        tables=(_areas_table(areas, hours_nl(norms.value("operational_within_hours"))), _lnsps_table(lnsps)),
        figures=(_figure(lnsps, norms),),
        notes=(
            f"Gerekend met {percent_nl(share, 0)} van de inwoners per dag en een piekfactor van "
            f"{number_nl(peak, 1)}; een L-NSP is dag en nacht open.",
            *_norm_notes(norms),
        ),
    )


def _norm_notes(norms: Norms) -> list[str]:
    notes = []
    for norm in (norms[name] for name in USED_NORMS):
        if norm.replaced and norm.name in ("share_attending_per_day", "peak_factor"):
            continue  # the note above tells them
        text = norm_nl(norm.sentence_nl, norm.value)
        source = norm.source if norm.certainty == "source" else certainty_nl(norm.certainty)
        if norm.replaced:
            source = "in deze studie vervangen"
        notes.append(f"{text[:1].upper()}{text[1:]} ({source}).")
    return notes


def _areas_table(areas: pd.DataFrame, hours: str) -> AnswerTable:
    fields = (
        Field("Gebied", "text", "area_name"),
        Field("Inwoners", "persons", "persons"),
        Field("L-NSP's", "sites", "n_lnsp"),
        Field("C-NSP's", "sites", "n_cnsp"),
        Field("Bezoekers per dag", "persons", "visitors_per_day"),
        Field("Tegelijk op het drukst", "persons", "peak_at_once"),
        Field("Tegelijk in het drukste L-NSP", "persons", "highest_peak_at_once"),
        Field("Mensen per dienst, L-NSP's", "persons", "lnsp_staff"),
        Field("Mensen per dienst, C-NSP's", "persons", "cnsp_staff"),
        Field("Diensten per dag", "persons", "staff_shifts_per_day"),
        Field(f"Diensten in {hours}", "persons", "staff_shifts_crisis"),
        Field("Diensten in een week", "persons", "staff_shifts_week"),
        Field("Waterpunten", "sites", "n_water_points"),
        Field("Liter water per dag", "number", "water_litres_per_day"),
        Field(f"Liter water in {hours}", "number", "water_litres_crisis"),
    )
    caption = (
        "Inwoners wonen er; bezoekers en medewerkers horen bij de noodsteunpunten die er staan. Diensten: mensen maal "
        "diensten. Waterpunten per gemeente naar boven afgerond."
    )
    title = "Gebruik, bemensing en water per gemeente"
    return make_table("gebruik-per-gemeente", title, fields, areas.to_dict("records"), caption)


def _lnsps_table(lnsps: pd.DataFrame) -> AnswerTable:
    fields = (
        Field("Gemeente", "text", "gemeente_name"),
        Field("Gebouw", "text", "name"),
        Field("Id", "text", "site_id"),
        Field("Inwoners", "persons", "persons"),
        Field("Bezoekers per dag", "persons", "visitors_per_day"),
        Field("Gemiddeld tegelijk", "persons", "mean_at_once"),
        Field("Tegelijk op het drukst", "persons", "peak_at_once"),
        Field("Op het drukst, als ieder naar het dichtstbijzijnde gaat", "persons", "nearest_peak_at_once"),
        Field("Vloeroppervlak (m²)", "number", "floor_area_m2"),
        Field("m² per bezoeker op het drukst", "number", "m2_per_visitor"),
    )
    rows = lnsps.sort_values(["peak_at_once", "site_id"], ascending=[False, True]).to_dict("records")
    return make_table("gebruik-per-l-nsp", "Gebruik per L-NSP", fields, rows, "Het drukste L-NSP bovenaan.")


def _conclusion(areas: pd.DataFrame, lnsps: pd.DataFrame, norms: Norms) -> str:
    region = areas.iloc[0]
    busiest = lnsps.iloc[int(lnsps["peak_at_once"].to_numpy().argmax())] if len(lnsps) else None
    mean = float(lnsps["peak_at_once"].mean()) if len(lnsps) else 0.0
    parts = [
        f"Komt {percent_nl(norms.value('share_attending_per_day'), 0)} van de inwoners per dag en blijft een bezoeker "
        f"{hours_nl(norms.value('max_stay_hours'))}, dan zijn dat {number_nl(region['visitors_per_day'])} "
        f"bezoeken per dag en zijn er op het drukst gemiddeld {counted_nl(mean, 'mensen')} tegelijk in een L-NSP."
    ]
    if busiest is not None:
        parts.append(
            f"Het drukste is {busiest['name']} ({busiest['gemeente_name']}) met {number_nl(busiest['peak_at_once'])}."
        )
        walked = lnsps.iloc[int(lnsps["nearest_peak_at_once"].to_numpy().argmax())]
        if walked["nearest_peak_at_once"] > busiest["peak_at_once"]:
            parts.append(
                f"Gaat ieder naar het dichtstbijzijnde, dan staan er bij {walked['name']} op het drukst "
                f"{number_nl(walked['nearest_peak_at_once'])}."
            )
    staff = int(region["lnsp_staff"] + region["cnsp_staff"])
    parts.append(
        f"Bemensing: {counted_nl(staff, 'mensen')} per dienst ({number_nl(region['lnsp_staff'])} op L-NSP's, "
        f"{number_nl(region['cnsp_staff'])} op C-NSP's), {counted_nl(region['staff_shifts_crisis'], 'diensten')} in "
        f"{hours_nl(norms.value('operational_within_hours'))} en {number_nl(region['staff_shifts_week'])} in een week."
    )
    parts.append(
        f"Water: {counted_nl(region['n_water_points'], 'punten')} en {number_nl(region['water_litres_per_day'])} liter "
        f"per dag: {number_nl(region['n_water_points'] / max(region['n_lnsp'], 1), 1)} per L-NSP."
    )
    return " ".join(parts)


def _figure(lnsps: pd.DataFrame, norms: Norms) -> AnswerFigure:
    persons = float(lnsps["persons"].max()) if len(lnsps) else 0.0
    own_share, own_peak = norms.value("share_attending_per_day"), norms.value("peak_factor")
    shares = sorted({*SHARES, own_share})
    peaks: Sequence[float] = sorted({*PEAKS, own_peak})[:4]
    series = [
        Series(
            f"piekfactor {number_nl(peak, 0 if peak.is_integer() else 1)}",
            [
                visitors_at_once(persons, norms.with_values({"share_attending_per_day": s, "peak_factor": peak}))
                for s in shares
            ],
        )
        for peak in peaks
    ]
    title = "Mensen tegelijk in het L-NSP met de meeste inwoners, naar opkomst en piekfactor"
    svg = line_chart(
        list(shares),
        series,
        x_axis=Axis("% van de inwoners dat op een dag komt", 100.0),
        left=Axis("mensen tegelijk"),
        marked=(shares.index(own_share), "deze berekening"),
        title=title,
    )
    at = visitors_at_once(persons, norms)
    alternative = f"bij {percent_nl(own_share, 0)} en piekfactor {number_nl(own_peak, 1)}: {number_nl(at)}"
    return AnswerFigure("mensen-tegelijk", title, svg, alternative)
