"""The L-NSP ratio for readers. In: reach at several ratios and the front. Out: tables, two figures, a conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nsp_planner.errors import Fault
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.reach import Reach
from nsp_planner.names import lnsps_nl
from nsp_planner.questions.asking.knee import find_knee
from nsp_planner.questions.asking.tables import no_plan_cell, unfinished_sentence_nl
from nsp_planner.report.answers.answer import Answer, AnswerFigure, AnswerTable
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.svg.chart import Axis, Series, line_chart
from nsp_planner.report.text.dutch import metres_nl, number_nl, percent_nl


@dataclass(frozen=True)
class RatioPoint:
    """A ratio: inhabitants per L-NSP, the number it asks for, and the reach of its plan or why there is none."""

    ratio: float
    n_sites: int
    reach: Reach | None
    fault: Fault | None = None


@dataclass(frozen=True)
class FrontPoint:
    """A point of the front: nobody farther than ``epsilon_m`` (None: no limit), and the reach or why there is none."""

    epsilon_m: float | None
    reach: Reach | None
    fault: Fault | None = None


def lnsp_ratio_answer(
    planned: PlannedStudy, points: Sequence[RatioPoint], front: Sequence[FrontPoint], per: str
) -> Answer:
    """Curve of persons within the norm and mean distance against the number of L-NSPs, and the front."""
    known = [point for point in points if point.reach is not None]
    knee = knee_of(known)
    tables = [_ratio_table(planned, points, known[knee].ratio if knee is not None else None)]
    figures = [_ratio_figure(known, knee)] if len(known) > 1 else []
    if front:
        tables.append(_front_table(front))
    shown = [point for point in front if point.reach is not None]
    if len(shown) > 1:
        figures.append(_front_figure(shown))
    reaches = [point.reach for point in known] + [point.reach for point in shown]
    whole = "per gemeente" if per == "gemeente" else "voor de regio als geheel, elke gemeente ten minste één"
    return Answer(
        name="l-nsp-verhouding",
        title="Hoeveel inwoners per L-NSP?",
        question="Wat winnen inwoners bij meer L-NSP's, en waar levert een extra L-NSP nog maar weinig op?",
        conclusion=_conclusion(known, knee, shown)
        + unfinished_sentence_nl([reach.gap for reach in reaches if reach is not None], planned.study.solver.gap),
        tables=tuple(tables),
        figures=tuple(figures),
        notes=(
            f"Het aantal L-NSP's telt {whole}.",
            "De knik is het punt dat het verst onder de rechte lijn van het eerste naar het laatste punt ligt, beide "
            "assen van 0 tot 1 (Satopää e.a. 2011); zij hangt af van het bereik dat is doorgerekend.",
            "Een gebouw telt voor ten minste zo veel mensen als de verhouding, tenzij bekend is dat het minder aankan.",
        ),
    )


def curve_of(points: Sequence[RatioPoint]) -> list[int]:
    """Positions of the points that make the curve, by number of L-NSPs; of as many L-NSPs the smallest mean counts."""
    best: dict[int, tuple[float, int]] = {}
    for position, point in enumerate(points):
        if point.reach is not None:
            found = (point.reach.mean_m, position)
            best[point.reach.n_sites] = min(found, best.get(point.reach.n_sites, found))
    return [best[n][1] for n in sorted(best)]


def knee_of(points: Sequence[RatioPoint]) -> int | None:
    """Position of the knee of mean distance against number of L-NSPs."""
    curve = curve_of(points)
    reaches = [reach for position in curve if (reach := points[position].reach) is not None]
    knee = find_knee(np.array([float(r.n_sites) for r in reaches]), np.array([r.mean_m for r in reaches]))
    return None if knee is None else curve[knee]


def _share(reach: Reach) -> float:
    return reach.within_norm_persons / reach.persons if reach.persons else float("nan")


def _has_plan(point: RatioPoint | FrontPoint) -> bool:
    return point.reach is not None


def _without(point: RatioPoint | FrontPoint, head: str) -> str:
    if point.reach is not None:
        return ""
    if point.fault is not None and point.fault.column == "epsilon_m" and point.fault.proven:
        return f"{head}: er wonen mensen zonder kandidaat zo dichtbij"
    return no_plan_cell(point.fault, head)


def _ratio_table(planned: PlannedStudy, points: Sequence[RatioPoint], knee: float | None) -> AnswerTable:
    own = planned.study.ratios.inhabitants_per_lnsp

    def name(point: RatioPoint) -> str:
        marked = " (deze studie)" * (point.ratio == own) + " (knik)" * (point.ratio == knee)
        return f"1 op {number_nl(point.ratio)}{marked}"

    fields = (
        Field("Inwoners per L-NSP", "text", name, always=True),
        Field("L-NSP's", "sites", "n_sites", always=True),
        Field("Inwoners binnen de norm", "persons", "reach.within_norm_persons"),
        Field("% binnen de norm", "share", lambda point: _share(point.reach), "high"),
        Field("Gemiddelde loopafstand", "m", "reach.mean_m", "low"),
        Field("Grootste loopafstand", "m", "reach.worst_m", "low"),
        Field("Zonder L-NSP binnen bereik", "persons", lambda point: point.reach.persons - point.reach.served_persons),
        Field("Bewezen binnen", "share", "reach.gap"),
        Field("Opmerking", "text", lambda point: _without(point, "niet mogelijk"), always=True),
    )
    title = "L-NSP's bij elke verhouding"
    return make_table("l-nsp-verhouding", title, fields, points, has_plan=_has_plan)


def _front_table(front: Sequence[FrontPoint]) -> AnswerTable:
    def name(point: FrontPoint) -> str:
        return "geen grens" if point.epsilon_m is None else f"niemand verder dan {metres_nl(point.epsilon_m)}"

    fields = (
        Field("Grens", "text", name, always=True),
        Field("Gemiddelde loopafstand", "m", "reach.mean_m"),
        Field("Grootste loopafstand", "m", "reach.worst_m"),
        Field("% binnen de norm", "share", lambda point: _share(point.reach)),
        Field("Bewezen binnen", "share", "reach.gap"),
        Field("Opmerking", "text", lambda point: _without(point, "niet haalbaar"), always=True),
    )
    caption = "Bij het aantal L-NSP's van deze studie: wat het gemiddelde kost als niemand verder hoeft dan de grens."
    title = "Gemiddelde tegen grootste afstand"
    return make_table("gemiddeld-tegen-grootste", title, fields, front, caption, has_plan=_has_plan)


def _ratio_figure(points: Sequence[RatioPoint], knee: int | None) -> AnswerFigure:
    curve = curve_of(points)
    reaches = [reach for position in curve if (reach := points[position].reach) is not None]
    title = "Meer L-NSP's: inwoners binnen de norm en gemiddelde loopafstand"
    marked = None if knee is None else (curve.index(knee), f"knik: {lnsps_nl(points[knee].n_sites)}")
    svg = line_chart(
        [float(reach.n_sites) for reach in reaches],
        (
            Series("gemiddelde loopafstand (m)", [reach.mean_m for reach in reaches]),
            Series("% binnen de norm", [100 * _share(reach) for reach in reaches], right=True),
        ),
        x_axis=Axis("aantal L-NSP's"),
        left=Axis("meter"),
        right=Axis("% van de inwoners"),
        marked=marked,
        title=title,
    )
    alternative = "; ".join(f"{r.n_sites}: {metres_nl(r.mean_m)}, {percent_nl(_share(r))}" for r in reaches)
    return AnswerFigure("l-nsp-verhouding", title, svg, alternative)


def _front_figure(front: Sequence[FrontPoint]) -> AnswerFigure:
    reaches = [point.reach for point in front if point.reach is not None]
    title = "Gemiddelde tegen grootste loopafstand (Paretofront)"
    svg = line_chart(
        [reach.worst_m for reach in reaches],
        (Series("gemiddelde loopafstand (m)", [reach.mean_m for reach in reaches]),),
        x_axis=Axis("grootste loopafstand (km)", 0.001),
        left=Axis("meter"),
        title=title,
    )
    alternative = "; ".join(f"{metres_nl(r.worst_m)}: {metres_nl(r.mean_m)}" for r in reaches)
    return AnswerFigure("gemiddeld-tegen-grootste", title, svg, alternative)


def _conclusion(points: Sequence[RatioPoint], knee: int | None, front: Sequence[FrontPoint]) -> str:
    if not points:
        return "Bij geen enkele verhouding is een plan gemaakt."
    few, many = (
        f"{lnsps_nl(p.n_sites)} (1 op {number_nl(p.ratio)})"
        for p in (max(points, key=lambda p: p.ratio), min(points, key=lambda p: p.ratio))
    )
    low, high = (p.reach for p in (max(points, key=lambda p: p.ratio), min(points, key=lambda p: p.ratio)))
    assert low is not None, "points have a reach"
    assert high is not None, "points have a reach"
    text = (
        f"Van {few} naar {many} gaat het deel binnen de norm van {percent_nl(_share(low))} naar "
        f"{percent_nl(_share(high))} en de gemiddelde loopafstand van {metres_nl(low.mean_m)} naar "
        f"{metres_nl(high.mean_m)}."
    )
    if knee is not None:
        at = points[knee]
        text += f" De knik ligt bij 1 op {number_nl(at.ratio)} ({lnsps_nl(at.n_sites)}): daarna levert een extra "
        text += "L-NSP minder op."
    else:
        text += " Er is geen duidelijke knik: elk extra L-NSP levert ongeveer evenveel op."
    known = [point.reach for point in front if point.reach is not None]
    if len(known) > 1:
        tight = min(known, key=lambda reach: reach.worst_m)
        text += (
            f" Wie de grootste afstand van {metres_nl(known[0].worst_m)} naar {metres_nl(tight.worst_m)} brengt, "
            f"betaalt met een gemiddelde van {metres_nl(tight.mean_m)} in plaats van {metres_nl(known[0].mean_m)}."
        )
    return text
