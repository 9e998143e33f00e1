"""The order of opening for readers. In: a phase plan with its proof. Out: tables per year and per site, figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from nsp_planner.errors import Fault
from nsp_planner.evaluate.phases import WITHIN_NORM, PhasePlan, SiteCosts, vulnerable_groups
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.population.vulnerable_groups import group_label
from nsp_planner.names import cnsps_nl, counted_nl, inhabitants_nl, lnsps_nl
from nsp_planner.plan.phasing.model import PhasingPlanned
from nsp_planner.report.answers.answer import Answer, AnswerFigure, AnswerTable
from nsp_planner.report.answers.fields import Field, make_table
from nsp_planner.report.svg.chart import Axis, Series, line_chart
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP, gap_nl, number_nl, percent_nl

LATER = "later"
END_NL = {"low": "lage", "middle": "middelste", "high": "hoge"}
METHOD_NL = {
    "greedy": "steeds de meeste inwoners per euro, met het C-NSP erbij",
    "exchange": "de meeste inwoners per euro, daarna verbeterd door gebouwen van jaar te ruilen",
    "milp": "een wiskundig model over alle jaren tegelijk",
}
MILLION = 1e-6


@dataclass(frozen=True, eq=False)
class OtherEstimate:
    """The order at another end of the cost ranges; None, with a fault, where there is none."""

    end: Literal["low", "middle", "high"]
    phases: PhasePlan | None
    fault: Fault | None = None


def phasing_answer(
    planned: PlannedStudy, phases: PhasePlan, solved: PhasingPlanned, costs: SiteCosts, other: OtherEstimate
) -> Answer:
    """One row per year, one per site, persons and euros drawn, and what follows."""
    phasing = planned.study.phasing
    end = END_NL[phasing.plan_at]
    return Answer(
        name="fasering",
        title="In welke volgorde gaan de noodsteunpunten open?",
        question=(
            "Het bestuur wil stapsgewijs uitrollen: welke noodsteunpunten gaan elk jaar open, wat kost dat, en hoeveel "
            "inwoners hebben dan een plek binnen de norm?"
        ),
        conclusion=_conclusion(planned, phases, solved, costs, other),
        tables=(_years_table(planned, phases), _sites_table(planned, phases, costs)),
        figures=(_persons_figure(phases), _euro_figure(phases)),
        notes=(
            f"De volgorde is gemaakt bij de {end} raming van de kosten, zodat ook die binnen het budget blijft.",
            "Kosten zijn een eigen raming met een laagste en een hoogste bedrag, want er is geen kostenonderzoek "
            "gedaan; een gebouw kost per jaar vanaf het jaar van opening het volle bedrag.",
            *_budget_notes(planned),
            "Een C-NSP gaat open met zijn eerste L-NSP; wat open is, blijft open."
            + (" Pilots gaan in het eerste jaar open." if phasing.pilots_first else ""),
            "Binnen de norm met plek: inwoners die binnen hun loopnorm een open L-NSP met ruimte hebben. Met een open "
            "L-NSP binnen de norm: vol of niet.",
            f"Gevonden met: {METHOD_NL[solved.method]}. Over alle jaren samen is de volgorde "
            f"{gap_nl(solved.gap).replace('plan', 'volgorde').replace('het best mogelijke', 'de best mogelijke')}.",
            "Best mogelijk: bewezen bovengrens voor dat jaar op zichzelf, welke volgorde ook; alle jaren tegelijk zo "
            "goed kan meestal niet.",
        ),
    )


def _budget_notes(planned: PlannedStudy) -> tuple[str, ...]:
    phasing, norms = planned.study.phasing, planned.norms
    first, later = norms["budget_first_year_eur"], norms["budget_per_year_eur"]
    notes = []
    if not (first.replaced or later.replaced):
        notes.append(
            f"Budget: {number_nl(first.value)} euro in {phasing.first_year} (bestuursstuk 24-09-2025) en daarna "
            f"{number_nl(later.value)} euro per jaar: eigen raming, 4 % van 35 miljoen."
        )
    if phasing.carry_over:
        notes.append("Geld dat in een jaar overblijft, mag in een later jaar worden uitgegeven.")
    if phasing.max_sites_per_year is not None:
        notes.append(
            f"Per jaar hoogstens {counted_nl(phasing.max_sites_per_year, 'noodsteunpunten')} erbij (projectcapaciteit)."
        )
    return tuple(notes)


def _years_table(planned: PlannedStudy, phases: PhasePlan) -> AnswerTable:
    fields = (
        Field("Jaar", "text", lambda row: str(row["year"])),
        Field("Nieuwe L-NSP's", "sites", "n_lnsp_new"),
        Field("Nieuwe C-NSP's", "sites", "n_cnsp_new"),
        Field("L-NSP's open", "sites", "n_lnsp"),
        Field("C-NSP's open", "sites", "n_cnsp"),
        Field("Binnen de norm met plek", "persons", "within_norm_persons"),
        Field("Deel van de inwoners", "share", "share_within_norm"),
        Field("Best mogelijk", "persons", "best_possible_persons"),
        Field("Met een open L-NSP binnen de norm", "persons", "nearest_within_norm_persons"),
        *(
            Field(f"Waarvan {group_label(name)}", "persons", f"{WITHIN_NORM}{name}")
            for name in vulnerable_groups(planned.layers.demand)
        ),
        Field("Eenmalig, laag", "euro", "once_low_eur"),
        Field("Eenmalig, hoog", "euro", "once_high_eur"),
        Field("Per jaar, laag", "euro", "per_year_low_eur"),
        Field("Per jaar, hoog", "euro", "per_year_high_eur"),
        Field("Gepland uit te geven", "euro", "spent_eur"),
        Field("Budget", "euro", "budget_eur"),
    )
    caption = (
        "Eenmalig: van wat dat jaar opengaat. Per jaar: van alles wat dat jaar open is. Wat een jaar kost, is de som."
    )
    rows = phases.per_phase.to_dict("records")
    return make_table("fasering-per-jaar", "Fasering per jaar", fields, rows, caption)


def _sites_table(planned: PlannedStudy, phases: PhasePlan, costs: SiteCosts) -> AnswerTable:
    """A row per site of the plan in the order of opening: what it is, its year, costs, with whom."""
    layers, local = planned.layers, planned.local_plan.open_sites
    names = layers.areas.set_index("area_code")["name"].astype(str).to_dict()
    at = [planned.local_site_rows[j] for j in local]
    at += [planned.station_rows[k] for k in planned.coordination_plan.open_stations]
    sites = layers.sites.drop(columns="geometry").iloc[at].reset_index(drop=True)
    station_name = dict(zip(layers.sites["site_id"], layers.sites["name"].astype(str), strict=True))
    under = [station_name[planned.coordination.station_ids[k]] for k in planned.coordination_plan.coordinator.tolist()]
    rows = sites.assign(
        gemeente=sites["gemeente_code"].map(names).fillna(sites["gemeente_code"]),
        role=[ROLE_LNSP if number < len(local) else ROLE_CNSP for number in range(len(at))],
        year=[str(phases.year_of_site.get(str(site), LATER)) for site in sites["site_id"]],
        once_low=costs.once_low,
        once_high=costs.once_high,
        per_year_low=costs.per_year_low,
        per_year_high=costs.per_year_high,
        under=pd.Series([*under, *[None] * (len(at) - len(local))], dtype=object),
    ).sort_values(["year", "gemeente", "role", "name", "site_id"], kind="stable")
    fields = (
        Field("Id", "text", "site_id"),
        Field("Gebouw", "text", "name"),
        Field("Soort", "text", "kind"),
        Field("Gemeente", "text", "gemeente"),
        Field("Functie", "text", "role"),
        Field("Jaar van opening", "text", "year"),
        Field("Eenmalig, laag", "euro", "once_low"),
        Field("Eenmalig, hoog", "euro", "once_high"),
        Field("Per jaar, laag", "euro", "per_year_low"),
        Field("Per jaar, hoog", "euro", "per_year_high"),
        Field("Onder C-NSP", "text", "under"),
        Field("Status", "text", "status"),
    )
    caption = f"In volgorde van opening; {LATER}: niet binnen de jaren die gepland zijn."
    return make_table("fasering", "Fasering per noodsteunpunt", fields, rows.to_dict("records"), caption)


def complete_year(planned: PlannedStudy, phases: PhasePlan) -> int | None:
    """The year in which every site of the plan is open; None where that is not within the years."""
    n_sites = len(planned.local_plan.open_sites) + len(planned.coordination_plan.open_stations)
    if len(phases.year_of_site) < n_sites:
        return None
    return max(phases.year_of_site.values())


def _conclusion(
    planned: PlannedStudy, phases: PhasePlan, solved: PhasingPlanned, costs: SiteCosts, other: OtherEstimate
) -> str:
    table, years = phases.per_phase, phases.years
    first, last = table.iloc[0], table.iloc[-1]
    n_sites = len(costs.once_low)
    parts = [
        f"In {years[0]} gaan voor {number_nl(first['spent_eur'])} euro {lnsps_nl(first['n_lnsp_new'])} en "
        f"{cnsps_nl(first['n_cnsp_new'])} open; {inhabitants_nl(first['within_norm_persons'])} "
        f"({percent_nl(first['share_within_norm'])}) hebben dan een plek binnen de norm."
    ]
    end = END_NL[planned.study.phasing.plan_at]
    done = complete_year(planned, phases)
    final = float(solved.per_year[-1])
    enough = np.flatnonzero(solved.per_year >= 0.9 * final) if final > 0 else np.array([], dtype=int)
    if len(enough) and years[enough[0]] != (done or years[-1]):
        row = table.iloc[enough[0]]
        parts.append(
            f"Negen van de tien inwoners die in {years[-1]} een plek binnen de norm hebben, hebben die al in "
            f"{years[enough[0]]}, met {lnsps_nl(row['n_lnsp'])}."
        )
    if done is not None:
        parts.append(
            f"Bij de {end} raming is in {done} alles open ({counted_nl(n_sites, 'noodsteunpunten')}): "
            f"{percent_nl(last['share_within_norm'])} van de inwoners binnen de norm met plek, voor "
            f"{number_nl(costs.per_year_low.sum())} tot {number_nl(costs.per_year_high.sum())} euro per jaar."
        )
    else:
        left = n_sites - len(phases.year_of_site)
        parts.append(
            f"Bij de {end} raming zijn eind {years[-1]} nog {left} van de {n_sites} noodsteunpunten niet open; "
            f"{percent_nl(last['share_within_norm'])} van de inwoners heeft dan een plek binnen de norm."
        )
    parts.append(_other_nl(planned, other))
    if solved.gap > 0:
        share = number_nl(math.ceil(solved.gap * 1000 - 1e-9) / 10, 1)
        parts.append(f"Geen enkele volgorde kan over de jaren samen meer dan {share} % beter zijn.")
    else:
        parts.append("Bewezen: over de jaren samen is geen volgorde beter.")
    return " ".join(part for part in parts if part)


def _other_nl(planned: PlannedStudy, other: OtherEstimate) -> str:
    name = END_NL[other.end]
    if other.phases is None and other.fault is not None and other.fault.refused:
        return f"Bij de {name} raming is de volgorde geweigerd door de controle."
    if other.phases is None:
        return f"Bij de {name} raming is het eerste budget te klein."
    done = complete_year(planned, other.phases)
    first = other.phases.per_phase.iloc[0]
    opens = f"gaan in {other.phases.years[0]} {lnsps_nl(first['n_lnsp_new'])} open"
    if done is None:
        return f"Bij de {name} raming {opens} en is niet alles open voor eind {other.phases.years[-1]}."
    return f"Bij de {name} raming {opens} en is in {done} alles open."


def _persons_figure(phases: PhasePlan) -> AnswerFigure:
    table = phases.per_phase
    title = "Inwoners met een plek binnen de norm, na elk jaar"
    svg = line_chart(
        [float(year) for year in phases.years],
        (
            Series("binnen de norm met plek", table["within_norm_persons"].tolist()),
            Series("best mogelijk in dat jaar", table["best_possible_persons"].tolist()),
            Series("L-NSP's open", [float(n) for n in table["n_lnsp"]], right=True),
        ),
        x_axis=Axis("eind van het jaar"),
        left=Axis("inwoners"),
        right=Axis("L-NSP's"),
        labels=[str(year) for year in phases.years],
        title=title,
    )
    alternative = "; ".join(
        f"{row['year']}: {inhabitants_nl(row['within_norm_persons'])} bij {lnsps_nl(row['n_lnsp'])}"
        for row in table.to_dict("records")
    )
    return AnswerFigure("fasering-inwoners", title, svg, alternative)


def _euro_figure(phases: PhasePlan) -> AnswerFigure:
    table = phases.per_phase
    low = table["once_low_eur"] + table["per_year_low_eur"]
    high = table["once_high_eur"] + table["per_year_high_eur"]
    title = "Euro's per jaar, eenmalig en lopend samen"
    svg = line_chart(
        [float(year) for year in phases.years],
        (
            Series("hoge raming", high.tolist()),
            Series("lage raming", low.tolist()),
            Series("budget", table["budget_eur"].tolist()),
        ),
        x_axis=Axis("jaar"),
        left=Axis("miljoen euro", MILLION),
        labels=[str(year) for year in phases.years],
        title=title,
    )
    alternative = "; ".join(
        f"{year}: {number_nl(a)} tot {number_nl(b)} euro" for year, a, b in zip(phases.years, low, high, strict=True)
    )
    return AnswerFigure("fasering-euro", title, svg, alternative)
