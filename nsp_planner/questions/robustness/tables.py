"""Tables of robustness. In: plans, failures, scenarios. Out: buildings, worst failures, backups, regret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.allocation import NO_SITE
from nsp_planner.evaluate.regret import RegretTable, ScenarioCase
from nsp_planner.evaluate.site_failure import Failure, Ranked
from nsp_planner.evaluate.tables import PlannedStudy
from nsp_planner.report.answers.answer import AnswerTable, Column, Mark, best_and_worst
from nsp_planner.report.text.dutch import number_nl

CORE_SHARE = 0.9
"""Share of the good plans a building is in at least, to belong to the core of the network."""
FEWEST_PLANS = 3
"""Good plans below which no core is named: what one plan has says nothing about others."""
SHOWN_SHARE = 0.5
METRES_PER_KM = 1000.0


@dataclass(frozen=True, eq=False)
class PlanVariant:
    """A plan of the study or of a variant: Dutch name, positions of the open sites, proven gap in its own variant."""

    name: str
    open_sites: IntArray
    gap: float


@dataclass(frozen=True, eq=False)
class CasePlans:
    """Plans in scenarios: names and site ids of the plans, names of the scenarios, results, and who is cut off."""

    plan_names: tuple[str, ...]
    plan_sites: tuple[frozenset[str], ...]
    case_names: tuple[str, ...]
    table: RegretTable
    cut_off_persons: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class RobustnessFigures:
    """What was computed: plans, the tolerance of a good one, the study as a case, ranks, failures, scenarios."""

    variants: tuple[PlanVariant, ...]
    tolerance: float
    base: ScenarioCase
    ranked: Ranked
    alone: tuple[Failure, ...]
    worst: tuple[Failure, ...]
    cases: CasePlans | None


@dataclass(frozen=True, eq=False)
class Core:
    """Good plans, and the share of them each candidate is in."""

    n_good: int
    share: FloatArray
    core: IntArray
    largest_gap: float


def _names(planned: PlannedStudy) -> tuple[list[str], list[str], list[str]]:
    sites = planned.layers.sites.iloc[planned.local_site_rows]
    areas = planned.layers.areas.set_index("area_code")["name"].astype(str).to_dict()
    return (
        [str(name) for name in sites["name"]],
        [str(kind) for kind in sites["kind"]],
        [str(areas.get(code, code)) for code in sites["gemeente_code"]],
    )


def buildings(planned: PlannedStudy, figures: RobustnessFigures, core: Core) -> AnswerTable:
    """Every building of the core or the plan: how often it is in a good plan, and what its failure does."""
    names, kinds, gemeenten = _names(planned)
    place = {int(j): n for n, j in enumerate(planned.local_plan.open_sites)}
    second = _second_mean(figures.ranked)
    rows: list[tuple[Any, ...]] = []
    for j in np.flatnonzero((core.share >= SHOWN_SHARE) | np.isin(np.arange(len(names)), list(place))).tolist():
        at = place.get(j)
        alone = None if at is None else figures.alone[at]
        rows.append(
            (
                gemeenten[j],
                names[j],
                planned.local.site_ids[j],
                kinds[j],
                float(core.share[j]),
                j in core.core,
                at is not None,
                None if alone is None else alone.moved_persons,
                None if alone is None else alone.extra_m,
                None if at is None else float(second[at]),
                None if alone is None else alone.out_of_norm_persons,
                None if alone is None else alone.without_persons,
                None if alone is None else alone.loss_person_m / METRES_PER_KM,
            )
        )
    rows.sort(key=lambda row: (-row[4], row[0], row[1], row[2]))
    columns = (
        Column("Gemeente"),
        Column("Gebouw"),
        Column("Id"),
        Column("Soort"),
        Column("In deel van de goede plannen", "share"),
        Column("Kern"),
        Column("In dit plan"),
        Column("Inwoners die hier het dichtst bij wonen", "persons"),
        Column("Bij uitval gemiddeld verder", "m"),
        Column("Gemiddeld tot hun tweede L-NSP", "m"),
        Column("Bij uitval niet meer binnen de norm", "persons"),
        Column("Bij uitval zonder L-NSP binnen bereik", "persons"),
        Column("Kost van uitval (persoon-km)", "number"),
    )
    caption = (
        "Gebouwen in dit plan en in ten minste de helft van de goede plannen; wat er gebeurt als een ervan uitvalt."
    )
    return AnswerTable("kern-van-het-netwerk", "Kern van het netwerk", columns, tuple(rows), caption)


def _second_mean(ranked: Ranked) -> FloatArray:
    """Mean distance to the second L-NSP of those who live nearest to each open one, shape (open,)."""
    there = ranked.sites[0] != NO_SITE
    site, weight = ranked.sites[0][there], ranked.persons[there]
    persons = np.bincount(site, weights=weight, minlength=ranked.n_open)
    metres = np.bincount(site, weights=weight * ranked.distance_m[1][there], minlength=ranked.n_open)
    return np.asarray(np.where(persons > 0, metres / np.where(persons > 0, persons, 1.0), np.nan), dtype=np.float64)


def set_nl(planned: PlannedStudy, failure: Failure) -> str:
    """The buildings that fail, by name and gemeente."""
    names, _, gemeenten = _names(planned)
    chosen = [int(planned.local_plan.open_sites[at]) for at in failure.sites]
    return ", ".join(f"{names[j]} ({gemeenten[j]})" for j in chosen)


def failures(planned: PlannedStudy, figures: RobustnessFigures) -> AnswerTable:
    """The worst one, two, ... buildings that fail together."""
    rows = tuple(
        (
            len(failure.sites),
            set_nl(planned, failure),
            failure.moved_persons,
            failure.extra_m,
            failure.out_of_norm_persons,
            failure.without_persons,
            failure.loss_person_m / METRES_PER_KM,
            "bewezen de zwaarste"
            if failure.proven
            else f"de zwaarste die is gevonden; meer dan {number_nl(failure.bound_person_m / METRES_PER_KM)} kan niet",
        )
        for failure in figures.worst
    )
    columns = (
        Column("Tegelijk uit", "sites"),
        Column("Gebouwen"),
        Column("Inwoners die elders heen gaan", "persons"),
        Column("Gemiddeld verder", "m"),
        Column("Niet meer binnen de norm", "persons"),
        Column("Zonder L-NSP binnen bereik", "persons"),
        Column("Kost (persoon-km)", "number"),
        Column("Hoe zeker"),
    )
    caption = "De gebouwen waarvan gelijktijdige uitval de meeste extra persoon-kilometers kost."
    return AnswerTable("zwaarste-uitval", "Zwaarste uitval", columns, rows, caption)


def backups(planned: PlannedStudy, figures: RobustnessFigures) -> AnswerTable:
    """How far the second nearest L-NSP is, for the region (first row) and every gemeente."""
    ranked, layers = figures.ranked, planned.layers
    lives_in = layers.demand["gemeente_code"].to_numpy()
    areas = [(planned.study.region.name, np.ones(len(lives_in), dtype=bool))]
    areas += [(str(a.name), lives_in == a.area_code) for a in layers.areas.itertuples(index=False)]
    has = ranked.sites != NO_SITE
    rows = []
    for name, here in areas:
        persons = ranked.persons[here]
        total = float(persons.sum())
        first, second = (_mean(ranked.distance_m[m][here], persons * has[m][here]) for m in (0, 1))
        within = has[1][here] & (ranked.distance_m[1][here] <= ranked.norm_m[here])
        none = float(persons[~has[1][here]].sum())
        share = float(persons[within].sum() / total) if total else None
        rows.append((name, total, first, second, share, none))
    columns = (
        Column("Gebied"),
        Column("Inwoners", "persons"),
        Column("Gemiddeld tot het dichtstbijzijnde", "m"),
        Column("Gemiddeld tot het tweede", "m"),
        Column("Tweede binnen de norm", "share"),
        Column("Zonder tweede L-NSP binnen bereik", "persons"),
    )
    caption = "Het tweede L-NSP is waar mensen heen gaan als het dichtstbijzijnde uitvalt."
    return AnswerTable("tweede-l-nsp", "Het tweede L-NSP", columns, tuple(rows), caption)


def _mean(values: FloatArray, weights: FloatArray) -> float | None:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else None


def regret(cases: CasePlans) -> AnswerTable:
    """Every plan in every scenario, the least worst regret first."""
    table = cases.table
    order = np.lexsort((table.regret_m.sum(axis=1), table.worst_regret_m))
    rows = tuple(
        (
            cases.plan_names[n],
            *(float(m) for m in table.mean_m[n]),
            float(table.expected_m[n]),
            float(table.worst_m[n]),
            float(table.worst_regret_m[n]),
            cases.case_names[int(table.regret_m[n].argmax())],
            max(result.without_persons for result in table.results[n]),
        )
        for n in order
    )
    columns = (
        Column("Plan"),
        *(Column(f"Gemiddeld bij: {name}", "m") for name in cases.case_names),
        Column("Verwacht", "m"),
        Column("Slechtste scenario", "m"),
        Column("Grootste spijt", "m"),
        Column("Spijt het grootst bij"),
        Column("Meeste inwoners zonder L-NSP binnen bereik", "persons"),
    )
    marks: dict[tuple[int, int], Mark] = {}
    for n in [*range(1, len(cases.case_names) + 4), len(columns) - 1]:
        marks |= {(r, n): mark for r, mark in best_and_worst([row[n] for row in rows], "low").items()}
    caption = (
        "Elk plan in elk scenario, het plan met de kleinste grootste spijt bovenaan; afstand tot het dichtstbijzijnde."
    )
    return AnswerTable("plannen-onder-scenario-s", "Plannen onder scenario's", columns, rows, caption, marks)
