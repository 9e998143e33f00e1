"""Tables of robustness. In: plans, failures, scenarios. Out: buildings, worst failures, backups, regret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.change.regret import RegretTable, ScenarioCase
from nsp_planner.evaluate.sites.site_failure import Failure, Ranked
from nsp_planner.evaluate.solved.nearest import NO_SITE
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.questions.asking.tables import candidate_names
from nsp_planner.report.answers.answer import AnswerTable
from nsp_planner.report.answers.fields import Field, make_table
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
    """Plans in scenarios: names of the plans, names of the scenarios, results, and who is cut off."""

    plan_names: tuple[str, ...]
    case_names: tuple[str, ...]
    table: RegretTable
    cut_off_persons: tuple[float, ...]

    @property
    def hinging(self) -> list[int]:
        """The scenarios in which some plan hinges on what is not known."""
        rows = self.table.results
        return [n for n in range(len(self.case_names)) if any(row[n].n_unknown for row in rows)]

    @property
    def empty(self) -> list[int]:
        """The scenarios in which nobody has a usable building within reach: they tell no plan from another."""
        return [n for n in range(len(self.case_names)) if np.isnan(self.table.mean_m[:, n]).all()]


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


def buildings(planned: PlannedStudy, figures: RobustnessFigures, core: Core) -> AnswerTable:
    """Every building of the core or the plan: how often it is in a good plan, and what its failure does."""
    sites, ids = candidate_names(planned), planned.local.site_ids
    place = {int(j): n for n, j in enumerate(planned.local_plan.open_sites)}
    second = _second_mean(figures.ranked)

    def alone(of: Callable[[Failure], float]) -> Callable[[int], float | None]:
        return lambda j: of(figures.alone[place[j]]) if j in place else None

    fields = (
        Field("Gemeente", "text", lambda j: sites.gemeenten[j]),
        Field("Gebouw", "text", lambda j: sites.names[j]),
        Field("Id", "text", lambda j: ids[j]),
        Field("Soort", "text", lambda j: sites.kinds[j]),
        Field("In deel van de goede plannen", "share", lambda j: float(core.share[j])),
        Field("Kern", "text", lambda j: j in core.core),
        Field("In dit plan", "text", lambda j: j in place),
        Field("Inwoners die hier het dichtst bij wonen", "persons", alone(lambda failure: failure.moved_persons)),
        Field("Bij uitval gemiddeld verder", "m", alone(lambda failure: failure.extra_m)),
        Field("Gemiddeld tot hun tweede L-NSP", "m", lambda j: float(second[place[j]]) if j in place else None),
        Field("Bij uitval niet meer binnen de norm", "persons", alone(lambda failure: failure.out_of_norm_persons)),
        Field("Bij uitval zonder L-NSP binnen bereik", "persons", alone(lambda failure: failure.without_persons)),
        Field("Kost van uitval (persoon-km)", "number", alone(_person_km)),
    )
    shown = np.flatnonzero((core.share >= SHOWN_SHARE) | np.isin(np.arange(len(ids)), list(place))).tolist()
    shown.sort(key=lambda j: (-float(core.share[j]), sites.gemeenten[j], sites.names[j], ids[j]))
    caption = (
        "Gebouwen in dit plan en in ten minste de helft van de goede plannen; wat er gebeurt als een ervan uitvalt."
    )
    return make_table("kern-van-het-netwerk", "Kern van het netwerk", fields, shown, caption)


def _person_km(failure: Failure) -> float:
    return failure.loss_person_m / METRES_PER_KM


def _second_mean(ranked: Ranked) -> FloatArray:
    """Mean distance to the second L-NSP of those who live nearest to each open one, shape (open,)."""
    there = ranked.sites[0] != NO_SITE
    site, weight = ranked.sites[0][there], ranked.persons[there]
    persons = np.bincount(site, weights=weight, minlength=ranked.n_open)
    metres = np.bincount(site, weights=weight * ranked.distance_m[1][there], minlength=ranked.n_open)
    return np.asarray(np.where(persons > 0, metres / np.where(persons > 0, persons, 1.0), np.nan), dtype=np.float64)


def set_nl(planned: PlannedStudy, failure: Failure) -> str:
    """The buildings that fail, by name and gemeente."""
    sites = candidate_names(planned)
    chosen = [int(planned.local_plan.open_sites[at]) for at in failure.sites]
    return ", ".join(f"{sites.names[j]} ({sites.gemeenten[j]})" for j in chosen)


def _certain_nl(failure: Failure) -> str:
    if failure.proven:
        return "bewezen de zwaarste"
    return f"de zwaarste die is gevonden; meer dan {number_nl(failure.bound_person_m / METRES_PER_KM)} kan niet"


def failures(planned: PlannedStudy, figures: RobustnessFigures) -> AnswerTable:
    """The worst one, two, ... buildings that fail together."""
    fields = (
        Field("Tegelijk uit", "sites", lambda failure: len(failure.sites)),
        Field("Gebouwen", "text", lambda failure: set_nl(planned, failure)),
        Field("Inwoners die elders heen gaan", "persons", "moved_persons"),
        Field("Gemiddeld verder", "m", "extra_m"),
        Field("Niet meer binnen de norm", "persons", "out_of_norm_persons"),
        Field("Zonder L-NSP binnen bereik", "persons", "without_persons"),
        Field("Kost (persoon-km)", "number", _person_km),
        Field("Hoe zeker", "text", _certain_nl),
    )
    caption = "De gebouwen waarvan gelijktijdige uitval de meeste extra persoon-kilometers kost."
    return make_table("zwaarste-uitval", "Zwaarste uitval", fields, figures.worst, caption)


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
        means = {"persons": total, "first_m": first, "second_m": second, "share": share, "without": none}
        rows.append({"name": name, **means})
    fields = (
        Field("Gebied", "text", "name"),
        Field("Inwoners", "persons", "persons"),
        Field("Gemiddeld tot het dichtstbijzijnde", "m", "first_m"),
        Field("Gemiddeld tot het tweede", "m", "second_m"),
        Field("Tweede binnen de norm", "share", "share"),
        Field("Zonder tweede L-NSP binnen bereik", "persons", "without"),
    )
    caption = "Het tweede L-NSP is waar mensen heen gaan als het dichtstbijzijnde uitvalt."
    return make_table("tweede-l-nsp", "Het tweede L-NSP", fields, rows, caption)


def _mean(values: FloatArray, weights: FloatArray) -> float | None:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else None


def regret(cases: CasePlans) -> AnswerTable:
    """Every plan in every scenario, the least worst regret first."""
    table = cases.table

    def metres(values: FloatArray) -> Callable[[int], float]:
        return lambda n: float(values[n])

    def at_worst(case: int) -> Callable[[int], float]:
        return lambda n: table.at_worst[n][case].without_persons

    def unknown(case: int) -> Callable[[int], float]:
        return lambda n: table.results[n][case].unknown_persons

    hinging = cases.hinging
    fields = (
        Field("Plan", "text", lambda n: cases.plan_names[n]),
        *(
            field
            for case in hinging
            for field in (
                Field(f"Inwoners op onbekende noodstroom: {cases.case_names[case]}", "persons", unknown(case), "low"),
                Field(f"Zonder L-NSP als die er niet is: {cases.case_names[case]}", "persons", at_worst(case), "low"),
            )
        ),
        *(
            Field(f"Gemiddeld bij: {name}", "m", metres(table.mean_m[:, case]), "low")
            for case, name in enumerate(cases.case_names)
        ),
        Field("Verwacht", "m", metres(table.expected_m), "low"),
        Field("Slechtste scenario", "m", metres(table.worst_m), "low"),
        Field("Grootste spijt", "m", metres(table.worst_regret_m), "low"),
        Field("Spijt het grootst bij", "text", lambda n: cases.case_names[int(table.regret_m[n].argmax())]),
        Field(
            "Meeste inwoners zonder L-NSP binnen bereik",
            "persons",
            lambda n: max(result.without_persons for result in table.results[n]),
            "low",
        ),
    )
    order = np.lexsort((table.regret_m.sum(axis=1), table.worst_regret_m)).tolist()
    caption = (
        "Elk plan in elk scenario, het plan met de kleinste grootste spijt bovenaan; afstand tot het dichtstbijzijnde."
    )
    if hinging:
        caption += " Een gebouw waarvan niet bekend is of er noodstroom is, telt in de afstanden en de spijt als open."
    return make_table("plannen-onder-scenario-s", "Plannen onder scenario's", fields, order, caption)
