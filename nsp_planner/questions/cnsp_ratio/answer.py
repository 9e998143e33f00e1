"""The C-NSP ratio for readers. In: level 2 at several ratios. Out: one table, one figure, one computed conclusion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nsp_planner.errors import Fault
from nsp_planner.evaluate.knee import find_knee
from nsp_planner.evaluate.station_failure import StationFailure, coordinator_distance_m
from nsp_planner.evaluate.tables import PlannedStudy
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.solution import CoordinationPlan
from nsp_planner.report.answers.answer import Answer, AnswerFigure, AnswerTable, Column
from nsp_planner.report.svg.chart import Axis, Series, line_chart
from nsp_planner.report.text.dutch import number_nl

RatioRow = tuple[
    float | None, CoordinationInstance, CoordinationPlan | None, tuple[StationFailure, ...], Fault | None, bool
]
"""Ratio (None: one coordination point), instance, plan, failures worst first, why there is no plan, and whether the
ratio is also the most per C-NSP."""


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
    limited: bool
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


def cnsp_ratio_answer(planned: PlannedStudy, rows: Sequence[RatioRow], costs: CnspCosts | None) -> Answer:
    """One row per ratio, the one of the study marked in its name."""
    names = planned.layers.sites.set_index("site_id")["name"].astype(str).to_dict()
    own, norms = planned.study.ratios.lnsp_per_cnsp, planned.norms
    n_lnsp = len(planned.coordination.lnsp_ids)
    n_stations = int((~planned.coordination.refused).sum())
    figures: list[_Figures] = []
    cells: list[tuple[Any, ...]] = []
    costs = costs or CnspCosts()
    for ratio, instance, plan, failures, fault, limited in rows:
        name = "één coördinatiepunt" if ratio is None else f"1 op {number_nl(ratio, 0 if ratio == int(ratio) else 1)}"
        if not limited:
            name += " gemiddeld, zonder maximum"
        elif ratio == own:
            name += " (deze studie)"
        if plan is None:
            why = "" if fault is None else f": {_why_nl(instance, n_stations)}"
            cells.append((name, instance.n_coordinators, *[None] * 6, f"niet mogelijk{why}", *[None] * 8))
            continue
        one = _figures(name, ratio, limited, instance, plan, failures[0], names)
        figures.append(one)
        staff = math.ceil(one.n_used * norms.value("staff_per_cnsp"))
        cells.append(
            (
                name,
                one.n_used,
                one.n_used / n_stations,
                one.highest,
                one.mean_l,
                one.mean_m,
                one.worst_m,
                one.n_orphans,
                one.worst_station,
                one.goes_to,
                one.extra_m,
                one.highest_after,
                staff,
                staff * norms.value("shifts_per_day"),
                plan.gap,
                None if costs.once_eur is None else costs.once_eur * one.n_used,
                None if costs.per_year_eur is None else costs.per_year_eur * one.n_used,
            )
        )
    columns = (
        Column("Verhouding"),
        Column("C-NSP's", "sites"),
        Column("Deel van de kazernes", "share"),
        Column("Meeste L-NSP's per C-NSP", "sites"),
        Column("Gemiddeld per C-NSP", "number"),
        Column("Gemiddelde afstand", "m"),
        Column("Grootste afstand", "m"),
        Column("L-NSP's zonder C-NSP bij zwaarste uitval", "sites"),
        Column("Zwaarste uitval"),
        Column("Zij gaan dan naar"),
        Column("Gemiddeld verder", "m"),
        Column("Meeste L-NSP's per C-NSP daarna", "sites"),
        Column("Mensen per dienst", "persons"),
        Column("Mensen per dag", "persons"),
        Column("Bewezen binnen", "share"),
        Column("Eenmalig", "euro"),
        Column("Per jaar", "euro"),
    )
    given = [n for n, column in enumerate(columns) if column.unit != "euro" or any(row[n] is not None for row in cells)]
    table = AnswerTable(
        "c-nsp-verhouding",
        "C-NSP's bij elke verhouding",
        tuple(columns[n] for n in given),
        tuple(tuple(row[n] for n in given) for row in cells),
        f"{number_nl(n_lnsp)} L-NSP's en {number_nl(n_stations)} kazernes die C-NSP kunnen zijn. Valt een C-NSP uit, "
        "dan gaat elk L-NSP naar het dichtstbijzijnde C-NSP dat over is, ook als dat dan boven de verhouding komt.",
    )
    return Answer(
        name="c-nsp-verhouding",
        title=f"Is 1 C-NSP per {number_nl(own)} L-NSP's een goede verhouding?",
        question=(
            f"Het bestuur stelde op 24 september 2025: 1 C-NSP per {number_nl(norms['lnsp_per_cnsp'].published_value)} "
            "L-NSP's; "
            "het is nog de vraag of dit een goede verhouding is."
        ),
        conclusion=_conclusion(figures, own, n_stations),
        tables=(table,),
        figures=(_figure(figures),) if figures else (),
        notes=(
            f"Bemensing: {norms.value('staff_per_cnsp'):g} medewerkers van de veiligheidsregio per C-NSP en "
            f"{number_nl(norms.value('shifts_per_day'))} diensten per dag (norms.toml).",
            "Een C-NSP in de eigen gemeente heeft de voorkeur: een ander telt "
            f"{number_nl(planned.coordination.other_gemeente_penalty_m)} m extra, die niet in de afstanden zitten.",
        ),
    )


def _why_nl(instance: CoordinationInstance, n_stations: int) -> str:
    if instance.n_coordinators > n_stations:
        return f"er zijn maar {n_stations} kazernes"
    if instance.n_coordinators < int(instance.fixed.sum()):
        return "er zijn meer kazernes vastgelegd"
    return "de voorwaarden per C-NSP gaan niet samen"


def _figures(
    name: str,
    ratio: float | None,
    limited: bool,
    instance: CoordinationInstance,
    plan: CoordinationPlan,
    worst: StationFailure,
    names: dict[str, str],
) -> _Figures:
    counts = np.bincount(plan.coordinator, minlength=len(instance.station_ids))[plan.open_stations]
    distance = coordinator_distance_m(instance, plan)
    left = worst.takes_over[worst.takes_over >= 0]
    where = [
        f"{names[instance.station_ids[k]]} ({int((left == k).sum())})"
        for k in sorted(set(left.tolist()), key=lambda k: (-int((left == k).sum()), k))
    ]
    return _Figures(
        name=name,
        ratio=ratio,
        limited=limited,
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
    )


def _km(metres: float) -> str:
    return f"{number_nl(metres / 1000, 1)} km"


def _conclusion(figures: Sequence[_Figures], own: float, n_stations: int) -> str:
    if not figures:
        return "Bij geen enkele verhouding is een plan mogelijk."
    free = next((one for one in figures if not one.limited), None)
    ratios = [one for one in figures if one.ratio is not None and one.limited]
    now = next((one for one in ratios if one.ratio == own), None)
    parts = []
    if now is not None:
        parts.append(
            f"Bij 1 op {number_nl(own)} zijn {now.n_used} van de {n_stations} kazernes nodig en ligt een L-NSP "
            f"gemiddeld {_km(now.mean_m)} van zijn C-NSP (ten hoogste {_km(now.worst_m)})"
        )
    else:
        parts.append(f"Bij 1 op {number_nl(own)} is geen plan mogelijk")
    widest = ratios[-1] if ratios else None
    if now is not None and widest is not None and widest is not now:
        parts.append(
            f"bij {widest.name} zijn dat {widest.n_used} kazernes, {_km(widest.mean_m)} en {_km(widest.worst_m)}, en "
            f"verliezen bij uitval van één kazerne {widest.n_orphans} in plaats van {now.n_orphans} L-NSP's hun C-NSP"
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
                f" Dat komt door het maximum van {now.highest} L-NSP's per kazerne: {free.n_used} kazernes zonder dat "
                f"maximum geven {_km(free.mean_m)}, met ten hoogste {free.highest} L-NSP's per kazerne."
            )
    single = next((one for one in figures if one.ratio is None), None)
    if single is not None:
        text += (
            f" Met één coördinatiepunt ({single.worst_station}) is het gemiddeld {_km(single.mean_m)} en valt bij "
            "uitval de coördinatie van de hele regio weg."
            if single.n_used == 1
            else f" Met alleen de vastgelegde {single.n_used} C-NSP's is het gemiddeld {_km(single.mean_m)}."
        )
    return text


def _figure(figures: Sequence[_Figures]) -> AnswerFigure:
    figures = [one for one in figures if one.limited]
    title = "Aantal C-NSP's tegen de afstand van een L-NSP tot zijn C-NSP"
    svg = line_chart(
        [float(one.n_used) for one in figures],
        (
            Series("gemiddelde afstand (km)", [one.mean_m for one in figures]),
            Series("grootste afstand (km)", [one.worst_m for one in figures]),
            Series("L-NSP's zonder C-NSP bij zwaarste uitval", [float(one.n_orphans) for one in figures], right=True),
        ),
        x_axis=Axis("aantal C-NSP's; links één coördinatiepunt, rechts de krapste verhouding"),
        left=Axis("kilometer over de weg", 0.001),
        right=Axis("L-NSP's"),
        title=title,
    )
    told = "; ".join(f"{one.name}: {one.n_used} C-NSP's, gemiddeld {_km(one.mean_m)}" for one in figures)
    return AnswerFigure("c-nsp-verhouding", title, svg, told)
