"""Robustness for readers. In: plans, failures, scenarios. Out: tables of buildings, failures, backups and regret."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nsp_planner.evaluate.change.regret import evaluate_sites
from nsp_planner.evaluate.sites.site_failure import site_shares
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.names import agreeing_nl, counted_nl, inhabitants_nl, lnsps_nl
from nsp_planner.questions.robustness.tables import (
    CORE_SHARE,
    FEWEST_PLANS,
    CasePlans,
    Core,
    PlanVariant,
    RobustnessFigures,
    backups,
    buildings,
    failures,
    regret,
    set_nl,
)
from nsp_planner.report.answers.answer import Answer, AnswerFigure
from nsp_planner.report.svg.chart import Axis, Series, line_chart
from nsp_planner.report.text.dutch import metres_nl, number_nl, percent_nl

__all__ = ["CasePlans", "PlanVariant", "RobustnessFigures", "robustness_answer"]


def robustness_answer(planned: PlannedStudy, figures: RobustnessFigures) -> Answer:
    """The core of the network, what fails, the second nearest, and plans under scenarios."""
    core = _find_core(planned, figures)
    tables = [buildings(planned, figures, core), failures(planned, figures), backups(planned, figures)]
    if figures.cases is not None:
        tables.insert(1, regret(figures.cases))
    gap = (
        f"In hun eigen variant zijn ze ten hoogste {_up(core.largest_gap)} % van het best mogelijke plan af."
        if math.isfinite(core.largest_gap)
        else "Hoe ver ze in hun eigen variant van het best mogelijke plan af liggen, is niet van elk bewezen."
    )
    notes = [
        f"Varianten: {counted_nl(len(figures.variants) - 1, 'plannen')}, begonnen vanaf dit plan, met een ander "
        "toevalsgetal en met inwoners per vierkant die 20 % en afstanden per gebouw die 10 % afwijken (spreiding). Een "
        f"plan is goed als de inwoners er in deze studie gemiddeld hoogstens {percent_nl(figures.tolerance, 0)} verder "
        f"naar het dichtstbijzijnde L-NSP lopen dan in het beste van deze plannen: {core.n_good} van de "
        f"{len(figures.variants)}. {gap}",
        f"Kern van het netwerk: in ten minste {percent_nl(CORE_SHARE, 0)} van de goede plannen.",
        "Bij uitval gaat ieder naar het dichtstbijzijnde L-NSP dat over is, vol of niet; wie er binnen "
        f"{number_nl(figures.base.costs.cutoff_m)} m geen heeft, telt als {number_nl(figures.base.costs.cutoff_m)} m.",
    ]
    if figures.cases is not None:
        notes.append(
            "Spijt: hoeveel meter inwoners in een scenario gemiddeld verder lopen dan in het beste van deze plannen. "
            "Inwoners voor wie in een scenario geen enkel bruikbaar gebouw binnen bereik is, tellen daarin niet mee "
            f"({_cut_off_nl(figures.cases)}). Alle scenario's wegen even zwaar. Personeelstekort en een plan dat al "
            "vastligt, veranderen niet welke gebouwen goed zijn en tellen hier niet."
        )
    return Answer(
        name="robuustheid",
        title="Hoe robuust is het netwerk?",
        question="Welke gebouwen horen in bijna elk goed plan, wat gebeurt er als er een of meer uitvallen, en houdt "
        "het plan stand in andere omstandigheden?",
        conclusion=_conclusion(planned, figures, core),
        tables=tuple(tables),
        figures=(_figure(core),),
        notes=tuple(notes),
    )


def _find_core(planned: PlannedStudy, figures: RobustnessFigures) -> Core:
    ids = planned.local.site_ids
    means = [evaluate_sites(figures.base, {ids[j] for j in variant.open_sites}).mean_m for variant in figures.variants]
    most = min(means) * (1 + figures.tolerance)
    good = [v for v, mean in zip(figures.variants, means, strict=True) if mean <= most]
    share = site_shares([variant.open_sites for variant in good], planned.local.n_candidates)
    core = np.flatnonzero((share >= CORE_SHARE - 1e-9) & (len(good) >= FEWEST_PLANS)).astype(np.int64)
    return Core(len(good), share, core, max(variant.gap for variant in good))


def _cut_off_nl(cases: CasePlans) -> str:
    cut_off = [
        f"{name}: {number_nl(persons)}"
        for name, persons in zip(cases.case_names, cases.cut_off_persons, strict=True)
        if persons > 0
    ]
    return "; ".join(cut_off) or "in deze scenario's niemand"


def _up(share: float) -> str:
    return number_nl(math.ceil(share * 1000 - 1e-9) / 10, 1)


def _conclusion(planned: PlannedStudy, figures: RobustnessFigures, core: Core) -> str:
    n_open = len(planned.local_plan.open_sites)
    inside = int(np.isin(core.core, planned.local_plan.open_sites).sum())
    if core.n_good < FEWEST_PLANS:
        parts = [
            f"Er {agreeing_nl(core.n_good, 'is', 'zijn')} maar "
            f"{counted_nl(core.n_good, 'goede plannen', 'goed plan')}: te weinig om een kern van het netwerk te "
            "noemen. Geef meer rekentijd, meer varianten of een ruimere grens."
        ]
    else:
        parts = [
            f"De kern van het netwerk: {counted_nl(len(core.core), 'gebouwen')} in ten minste "
            f"{percent_nl(CORE_SHARE, 0)} van de {core.n_good} goede plannen. Daarvan staan er {inside} in dit plan "
            f"van {lnsps_nl(n_open)}; voor de andere plekken is er keus."
        ]
    if figures.worst:
        one = figures.worst[0]
        parts.append(
            f"Het zwaarst weegt uitval van {set_nl(planned, one)}: {inhabitants_nl(one.moved_persons)} "
            f"{agreeing_nl(one.moved_persons, 'loopt', 'lopen')} dan gemiddeld {number_nl(one.extra_m)} m verder."
        )
    if len(figures.worst) > 1:
        most = figures.worst[-1]
        parts.append(
            f"Vallen er {len(most.sites)} tegelijk uit, dan is het ergste {set_nl(planned, most)}: "
            f"{inhabitants_nl(most.moved_persons)}, gemiddeld {number_nl(most.extra_m)} m verder, "
            f"{number_nl(most.out_of_norm_persons)} niet meer binnen de norm."
        )
    row = backups(planned, figures).rows[0]
    parts.append(
        f"Het tweede L-NSP ligt gemiddeld op {number_nl(row[3])} m (het dichtstbijzijnde op {number_nl(row[2])} m); "
        f"{inhabitants_nl(row[5])} {agreeing_nl(row[5], 'heeft', 'hebben')} er geen tweede binnen bereik."
    )
    if figures.cases is not None:
        parts.append(_regret_nl(figures.cases))
    return " ".join(parts)


def _regret_nl(cases: CasePlans) -> str:
    """What is not known first: a regret that hinges on it is no verdict."""
    table, best = cases.table, cases.table.cautious
    parts = [_unknown_nl(cases, case) for case in cases.hinging]
    parts += [f"In {cases.case_names[case]} heeft niemand een bruikbaar gebouw binnen bereik." for case in cases.empty]
    if all(case in cases.hinging or case in cases.empty for case in range(1, len(cases.case_names))) and not (
        table.worst_regret_m[0] > 0
    ):
        parts.append("Wat deze scenario's met de plannen doen, is daarmee onbekend.")
        return " ".join(parts)
    supposed = ", als wat onbekend is toch noodstroom heeft" if cases.hinging else ""
    if table.worst_regret_m[best] < 0.5:
        text = (
            f"In elk van de {len(cases.case_names)} scenario's is {_the(cases.plan_names[best])} het beste van deze "
            f"plannen{supposed}"
        )
    else:
        where = cases.case_names[int(np.nan_to_num(table.regret_m[best]).argmax())]
        text = (
            f"Onder {len(cases.case_names)} scenario's samen heeft {_the(cases.plan_names[best])} de kleinste grootste "
            f"spijt{supposed}: nergens meer dan {metres_nl(table.worst_regret_m[best])} ({where})"
        )
    if best != 0:
        own = cases.case_names[int(np.nan_to_num(table.regret_m[0]).argmax())]
        text += f"; bij dit plan is de grootste spijt {metres_nl(table.worst_regret_m[0])} ({own})"
    if table.expected != best:
        text += f". Gemiddeld over de scenario's is {_the(cases.plan_names[table.expected])} het beste"
    return " ".join([*parts, f"{text}."])


def _unknown_nl(cases: CasePlans, case: int) -> str:
    """What this plan hinges on in a scenario, and what is left of it at worst."""
    now, worst = cases.table.results[0][case], cases.table.at_worst[0][case]
    name = cases.case_names[case]
    if not now.n_unknown:
        return f"{name}: van dit plan is alles bekend; van andere plannen niet."
    lost = (
        f"hebben {inhabitants_nl(worst.without_persons)} geen L-NSP binnen bereik"
        if worst.without_persons > 0
        else f"lopen inwoners gemiddeld {metres_nl(worst.mean_m)} in plaats van {metres_nl(now.mean_m)}"
    )
    return (
        f"{name}: onbekend. Van {number_nl(now.n_unknown)} van de {lnsps_nl(now.n_open)} die dan "
        f"open kunnen, is niet bekend of er noodstroom is; {inhabitants_nl(now.unknown_persons)} "
        f"{agreeing_nl(now.unknown_persons, 'hangt', 'hangen')} daarvan af. Is die er nergens, dan {lost}."
    )


def _the(plan: str) -> str:
    return f"het {plan}" if plan.startswith("plan voor") else plan


def _figure(core: Core) -> AnswerFigure:
    share = np.sort(core.share[core.share > 0])[::-1]
    title = "In welk deel van de goede plannen zit elk gebouw, van vaak naar zelden"
    x: Sequence[float] = [float(n) for n in range(1, len(share) + 1)]
    svg = line_chart(
        x,
        (Series("deel van de goede plannen", [100 * float(value) for value in share]),),
        x_axis=Axis("gebouwen, van vaak naar zelden gekozen"),
        left=Axis("% van de goede plannen"),
        marked=(len(core.core) - 1, f"kern: {counted_nl(len(core.core), 'gebouwen')}") if len(core.core) else None,
        title=title,
    )
    inside = f"{counted_nl(len(core.core), 'gebouwen')} in ten minste {percent_nl(CORE_SHARE, 0)}"
    alternative = f"{inside}, {len(share)} in ten minste één plan"
    return AnswerFigure("kern-van-het-netwerk", title, svg, alternative)
