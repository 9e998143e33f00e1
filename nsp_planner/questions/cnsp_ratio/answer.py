"""The C-NSP ratio for readers. In: level 2 at several ratios. Out: one table, one figure, one computed conclusion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.stations.station_failure import coordinator_distance_m
from nsp_planner.names import agreeing_nl, cnsps_nl, counted_nl, lnsps_nl
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.questions.asking.knee import find_knee
from nsp_planner.questions.asking.tables import no_plan_cell, unfinished_sentence_nl
from nsp_planner.questions.cnsp_ratio.outcome import WAYS_NL, RatioOutcome, Way, ratio_nl
from nsp_planner.report.answers.answer import Answer, AnswerFigure, AnswerTable
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.svg.chart import Axis, Series, line_chart
from nsp_planner.report.text.dutch import number_nl


@dataclass(frozen=True)
class CnspCosts:
    """What one C-NSP costs, in euros: once and per year; None where it is not given."""

    once_eur: float | None = None
    per_year_eur: float | None = None


@dataclass(frozen=True)
class _Figures:
    """The figures of one ratio that has a plan."""

    name: str
    ratio: float | None
    way: Way
    n_used: int
    highest: int
    mean_l: float
    mean_m: float
    worst_m: float
    worst_station: str
    n_orphans: int
    goes_to: str
    extra_m: float | None
    highest_after: int
    gap: float
    mean_minutes: float
    worst_minutes: float
    n_beyond: int
    n_elsewhere: int
    n_passed: int
    n_unexplained: int


@dataclass(frozen=True)
class _Row:
    """One ratio: its name, what came of it, and its figures where it has a plan."""

    name: str
    outcome: RatioOutcome
    figures: _Figures | None


def cnsp_ratio_answer(planned: PlannedStudy, outcomes: Sequence[RatioOutcome], costs: CnspCosts | None) -> Answer:
    """One row per ratio, the one of the study marked in its name."""
    own, norms = planned.study.ratios.lnsp_per_cnsp, planned.norms
    n_stations = int((~planned.coordination.refused).sum())
    rows = _rows(planned, outcomes)
    figures = [row.figures for row in rows if row.figures is not None]
    table = _table(planned, rows, costs or CnspCosts())
    return Answer(
        name="c-nsp-verhouding",
        title=f"Is 1 C-NSP per {number_nl(own)} L-NSP's een goede verhouding?",
        question=(
            f"Het bestuur stelde op 24 september 2025: 1 C-NSP per {number_nl(norms['lnsp_per_cnsp'].published_value)} "
            "L-NSP's; "
            "het is nog de vraag of dit een goede verhouding is."
        ),
        conclusion=_conclusion(figures, own, n_stations, refused=_own_refused(outcomes, own))
        + unfinished_sentence_nl([one.gap for one in figures], 0.0),
        tables=(table,),
        figures=(_figure(figures),) if figures else (),
        notes=(
            f"Bemensing: {counted_nl(norms.value('staff_per_cnsp'), 'medewerkers')} van de veiligheidsregio per C-NSP "
            f"en {counted_nl(norms.value('shifts_per_day'), 'diensten')} per dag (norms.toml).",
            "Een C-NSP in de eigen gemeente heeft de voorkeur: een ander telt "
            f"{number_nl(planned.coordination.other_gemeente_penalty_m)} m extra, die niet in de afstanden zitten.",
        ),
    )


def _rows(planned: PlannedStudy, outcomes: Sequence[RatioOutcome]) -> list[_Row]:
    names = planned.layers.sites.set_index("site_id")["name"].astype(str).to_dict()
    rows = []
    for outcome in outcomes:
        name = _name(outcome, planned.study.ratios.lnsp_per_cnsp)
        rows.append(_Row(name, outcome, _figures(name, outcome, names, planned.premises)))
    return rows


def _name(outcome: RatioOutcome, own: float) -> str:
    name = ratio_nl(outcome.ratio, outcome.way)
    return f"{name} (deze studie)" if outcome.is_own(own) else name


def _table(planned: PlannedStudy, rows: Sequence[_Row], costs: CnspCosts) -> AnswerTable:
    norms, n_stations = planned.norms, int((~planned.coordination.refused).sum())

    def staff(row: Any) -> Any:
        return math.ceil(row.figures.n_used * norms.value("staff_per_cnsp"))

    def worst(row: _Row) -> str:
        if row.figures is not None:
            return row.figures.worst_station
        fault = row.outcome.fault
        if fault is None or fault.refused:
            return no_plan_cell(fault, "niet mogelijk")
        return f"niet mogelijk: {_why_nl(row.outcome.instance, n_stations)}"

    def euros(label: str, each_eur: float | None) -> list[Field]:
        if each_eur is None or all(row.figures is None for row in rows):
            return []
        return [Field(label, "euro", lambda row: each_eur * row.figures.n_used)]

    any_unexplained = any(row.figures is not None and row.figures.n_unexplained for row in rows)
    unexplained = [Field("Waarvan zonder reden", "sites", "figures.n_unexplained")] if any_unexplained else []
    fields = (
        Field("Verhouding", "text", "name", always=True),
        Field("Wat er boven de verhouding gebeurt", "text", lambda row: WAYS_NL[row.outcome.way], always=True),
        Field(
            "C-NSP's",
            "sites",
            lambda row: row.outcome.instance.n_coordinators if row.figures is None else row.figures.n_used,
            always=True,
        ),
        Field("Deel van de kazernes", "share", lambda row: row.figures.n_used / n_stations),
        Field("Meeste L-NSP's per C-NSP", "sites", "figures.highest"),
        Field("Gemiddeld per C-NSP", "number", "figures.mean_l"),
        Field("Gemiddelde afstand", "m", "figures.mean_m"),
        Field("Grootste afstand", "m", "figures.worst_m"),
        Field("Gemiddeld rijden (min)", "minutes", "figures.mean_minutes"),
        Field("Langste rijden (min)", "minutes", "figures.worst_minutes"),
        Field("L-NSP's verder dan de norm", "sites", "figures.n_beyond"),
        Field("L-NSP's met C-NSP in een andere gemeente", "sites", "figures.n_elsewhere"),
        Field("L-NSP's voorbij een dichterbij C-NSP", "sites", "figures.n_passed"),
        *unexplained,
        Field("L-NSP's zonder C-NSP bij zwaarste uitval", "sites", "figures.n_orphans"),
        Field("Zwaarste uitval", "text", worst, always=True),
        Field("Zij gaan dan naar", "text", "figures.goes_to"),
        Field("Gemiddeld verder", "m", "figures.extra_m"),
        Field("Meeste L-NSP's per C-NSP daarna", "sites", "figures.highest_after"),
        Field("Mensen per dienst", "persons", staff),
        Field("Mensen per dag", "persons", lambda row: staff(row) * norms.value("shifts_per_day")),
        Field("Bewezen binnen", "share", "figures.gap"),
        *euros("Eenmalig", costs.once_eur),
        *euros("Per jaar", costs.per_year_eur),
    )
    n_lnsp = len(planned.coordination.lnsp_ids)
    return make_table(
        "c-nsp-verhouding",
        "C-NSP's bij elke verhouding",
        fields,
        rows,
        f"{lnsps_nl(n_lnsp)} en {counted_nl(n_stations, 'kazernes')} die C-NSP kunnen zijn. Valt een C-NSP uit, "
        "dan gaat elk L-NSP naar het dichtstbijzijnde C-NSP dat over is, ook als dat dan boven de verhouding komt. "
        "De kaart bij elke rij staat in kaarten.html.",
        has_plan=lambda row: row.figures is not None,
    )


def _why_nl(instance: CoordinationInstance, n_stations: int) -> str:
    if instance.n_coordinators > n_stations:
        return f"er {agreeing_nl(n_stations, 'is', 'zijn')} maar {counted_nl(n_stations, 'kazernes')}"
    if instance.n_coordinators < int(instance.fixed.sum()):
        return "er zijn meer kazernes vastgelegd"
    return "de voorwaarden per C-NSP gaan niet samen"


def _figures(name: str, outcome: RatioOutcome, names: dict[str, str], premises: Premises) -> _Figures | None:
    instance, plan = outcome.instance, outcome.plan
    if plan is None:
        return None
    worst = outcome.failures[0]
    counts = np.bincount(plan.coordinator, minlength=len(instance.station_ids))[plan.open_stations]
    distance = coordinator_distance_m(instance, plan)
    left = worst.takes_over[worst.takes_over >= 0]
    where = [
        f"{names[instance.station_ids[k]]} ({int((left == k).sum())})"
        for k in sorted(set(left.tolist()), key=lambda k: (-int((left == k).sum()), k))
    ]
    return _Figures(
        name=name,
        ratio=outcome.ratio,
        way=outcome.way,
        n_used=len(plan.open_stations),
        highest=int(counts.max()),
        mean_l=float(counts.mean()),
        mean_m=float(distance.mean()),
        worst_m=float(distance.max()),
        worst_station=names[instance.station_ids[worst.station]],
        n_orphans=len(worst.orphans),
        goes_to=", ".join(where) if where else "nergens: er is geen ander C-NSP",
        extra_m=float(np.nanmean(worst.extra_m)) if np.isfinite(worst.extra_m).any() else None,
        highest_after=worst.highest_n_lnsp,
        gap=plan.gap,
        mean_minutes=float(distance.mean()) / premises.driving_metres_per_minute,
        worst_minutes=float(distance.max()) / premises.driving_metres_per_minute,
        n_beyond=int((distance > premises.cnsp_norm_m).sum()),
        n_elsewhere=int((instance.lnsp_gemeente != instance.station_gemeente[plan.coordinator]).sum()),
        n_passed=len(outcome.passed),
        n_unexplained=sum(not one.reasons for one in outcome.passed),
    )


def _km(metres: float) -> str:
    return f"{number_nl(metres / 1000, 1)} km"


def _own_refused(outcomes: Sequence[RatioOutcome], own: float) -> bool:
    """Whether the plan at the study's own ratio was refused."""
    return any(o.fault is not None and o.fault.refused for o in outcomes if o.is_own(own))


def _conclusion(figures: Sequence[_Figures], own: float, n_stations: int, *, refused: bool) -> str:
    if not figures:
        return "Bij geen enkele verhouding is een plan gemaakt."
    free = next((one for one in figures if one.way == "free" and one.ratio == own), None)
    ratios = [one for one in figures if one.ratio is not None and one.way == "priced"]
    now = next((one for one in ratios if one.ratio == own), None)
    parts = []
    if now is not None:
        parts.append(
            f"Bij 1 op {number_nl(own)} zijn {now.n_used} van de {n_stations} kazernes nodig en ligt een L-NSP "
            f"gemiddeld {_km(now.mean_m)} van zijn C-NSP (ten hoogste {_km(now.worst_m)})"
        )
    else:
        told = "is het plan geweigerd door de controle" if refused else "is geen plan mogelijk"
        parts.append(f"Bij 1 op {number_nl(own)} {told}")
    widest = ratios[-1] if ratios else None
    if now is not None and widest is not None and widest is not now:
        parts.append(
            f"bij {widest.name} zijn dat {counted_nl(widest.n_used, 'kazernes')}, {_km(widest.mean_m)} en "
            f"{_km(widest.worst_m)}; bij uitval van één kazerne zijn er dan {lnsps_nl(widest.n_orphans)} zonder C-NSP, "
            f"nu {now.n_orphans}"
        )
    text = "; ".join(parts) + "."
    knee = find_knee(np.array([float(o.n_used) for o in ratios]), np.array([o.mean_m for o in ratios]))
    if knee is not None:
        text += (
            f" Meer kazernes dan bij {ratios[knee].name} ({ratios[knee].n_used}) verkorten de afstand nog maar weinig."
        )
    nearest = min(ratios, key=lambda one: one.mean_m, default=None)
    if now is not None and nearest is not None and nearest.n_used < now.n_used:
        text += f" De afstand is het kleinst bij {nearest.name}: krapper betekent hier niet dichterbij."
        if free is not None and free.mean_m < nearest.mean_m:
            text += (
                " Dat komt door wat er boven de verhouding gebeurt: zonder maximum en zonder prijs is het met "
                f"{counted_nl(free.n_used, 'kazernes')} {_km(free.mean_m)}, met ten hoogste {lnsps_nl(free.highest)} "
                "per kazerne."
            )
    hard = next((one for one in figures if one.way == "hard" and one.ratio == own), None)
    if now is not None and hard is not None:
        text += (
            f" Mag een C-NSP nooit meer dan {lnsps_nl(own)} hebben, dan is het gemiddeld {_km(hard.mean_m)} "
            f"en ten hoogste {_km(hard.worst_m)}, en {agreeing_nl(hard.n_passed, 'gaat', 'gaan')} "
            f"{lnsps_nl(hard.n_passed)} een dichterbij gelegen C-NSP voorbij, nu {now.n_passed}."
        )
    single = next((one for one in figures if one.ratio is None), None)
    if single is not None:
        text += (
            f" Met één coördinatiepunt ({single.worst_station}) is het gemiddeld {_km(single.mean_m)} en valt bij "
            "uitval de coördinatie van de hele regio weg."
            if single.n_used == 1
            else f" Met alleen de vastgelegde C-NSP's ({single.n_used}) is het gemiddeld {_km(single.mean_m)}."
        )
    return text


def _figure(figures: Sequence[_Figures]) -> AnswerFigure:
    figures = [one for one in figures if one.way == "priced" or one.ratio is None]
    title = "Aantal C-NSP's tegen de afstand van een L-NSP tot zijn C-NSP"
    svg = line_chart(
        [float(one.n_used) for one in figures],
        (
            Series("gemiddelde afstand (km)", [one.mean_m for one in figures]),
            Series("grootste afstand (km)", [one.worst_m for one in figures]),
            Series("L-NSP's zonder C-NSP bij zwaarste uitval", [float(one.n_orphans) for one in figures], right=True),
        ),
        x_axis=Axis("aantal C-NSP's; links één coördinatiepunt, rechts de krapste verhouding"),
        left=Axis("kilometer van L-NSP naar C-NSP", 0.001),
        right=Axis("L-NSP's"),
        title=title,
    )
    alternative = "; ".join(f"{one.name}: {cnsps_nl(one.n_used)}, gemiddeld {_km(one.mean_m)}" for one in figures)
    return AnswerFigure("c-nsp-verhouding", title, svg, alternative)
