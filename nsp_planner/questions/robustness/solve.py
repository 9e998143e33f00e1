"""How robust is the network? In: a study, scenarios. Out: its core, what failing sites cost, plans under scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from nsp_planner.config import Study
from nsp_planner.costs.matrix import CostMatrix, IntArray
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.change.regret import RegretTable, ScenarioCase, build_regret
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.sites.site_failure import (
    MOST_ENUMERATED,
    Failure,
    rank_open_sites,
    single_failures,
    worst_failure,
)
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.robustness.answer import CasePlans, PlanVariant, RobustnessFigures, robustness_answer
from nsp_planner.report.answers.answer import Answer
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.progress import Progress
from nsp_planner.study.read import check_layers, layers_key
from nsp_planner.study.resolve import solve_again

N_PLANS = 12
SECONDS_PER_PLAN = 10.0
TOLERANCE = 0.05
WEIGHT_SPREAD = 0.2
DISTANCE_SPREAD = 0.1
UNKNOWN_LATER = ("staff_shortage", "plan_at_hand")
"""Circumstances that choose among the sites of a plan; they say nothing about which sites a plan should have."""


@dataclass(frozen=True, eq=False)
class TestedScenario:
    """A scenario to test plans in: the case, level 1 of it, and who has no usable building within reach at all."""

    case: ScenarioCase
    instance: LocalInstance
    study: Study
    cut_off_persons: float


def answer_robustness(
    asked: Asked,
    *,
    n_plans: int = N_PLANS,
    seconds_per_plan: float = SECONDS_PER_PLAN,
    tolerance: float = TOLERANCE,
    most_failing: int = MOST_ENUMERATED,
    under: Sequence[tuple[str, Study]] = (),
) -> Answer:
    """Plan the study, plan variants of it, let sites fail, and test all plans in the scenarios given.

    Args:
        asked: The study.
        n_plans: Variants to plan beside the study itself.
        seconds_per_plan: Time limit of each.
        tolerance: How much farther people may walk, in the study itself, in a plan that still counts as good.
        most_failing: Sites that fail together: 1 up to this many.
        under: Scenarios by name: the study with something laid over it.

    Raises:
        NoPlanError: The study itself has no plan. SettingsError: the study or a scenario names what is not there, or
            a scenario lets people cross the border of the region.
        DataError: Inputs that a scenario brings are missing or wrong.
    """
    _refuse_neighbours(under)
    planned, progress = asked.planned, asked.progress
    base = case_of("deze studie", planned.local, planned.distances)
    variants = [PlanVariant("dit plan", planned.local_plan.open_sites, planned.local_plan.gap)]
    variants += make_variants(planned, progress, n_plans, seconds_per_plan, asked.attempts)
    instance, plan = planned.local, planned.local_plan
    progress.stage("sites that fail")
    depth = min(most_failing, len(plan.open_sites)) + 1
    ranked = rank_open_sites(
        planned.distances, instance.population_persons, instance.service_distance_m, plan.open_sites, max(depth, 2)
    )
    worst = [worst_failure(ranked, k) for k in range(1, depth)]
    alone: list[Failure] = single_failures(ranked)
    cases = None
    if under:
        cases = compare_in_scenarios(planned, base, variants, under, progress, seconds_per_plan, asked.attempts)
    figures = RobustnessFigures(tuple(variants), tolerance, base, ranked, tuple(alone), tuple(worst), cases)
    return signed(robustness_answer(planned, figures), evaluate_plan(planned))


def _refuse_neighbours(under: Sequence[tuple[str, Study]]) -> None:
    """Plans are tested in the region by itself: people of the neighbours, and a price of crossing, are not in it."""
    faults = Faults()
    for name, study in under:
        if study.neighbours.cross_border != "off":
            message = f"scenario {name!r} lets people cross the border, and plans are tested for the region by itself"
            fix = "leave that scenario out; `nsp-planner question people -w NAME` shows what it does"
            faults.add("question", message, fix, column="neighbours.cross_border")
    faults.raise_if_any(SettingsError)


def make_variants(
    planned: PlannedStudy, progress: Progress, n_plans: int, seconds: float, attempts: Attempts
) -> list[PlanVariant]:
    """Plans of the study with other seeds, other weights and other distances; what finds none is left out.

    What was refused is left out too and noted in ``attempts``: the core of the network is not made of it.

    What a building is priced at stays: it is a decision, not a guess.

    Each begins from the plan at hand: in little time that gives good plans, where beginning from nothing gives plans
    that differ for want of time. It keeps buildings nobody has a reason to leave, so the core is rather too large.
    """
    study, made = planned.study, []
    for number in range(1, n_plans + 1):
        progress.stage(f"variant {number} of {n_plans}")
        seed = study.solver.seed + number
        variant = perturbed(planned.local, seed)
        name = f"variant {number}"
        solve = partial(
            solve_again,
            variant,
            study.change(solver={"seed": seed}),
            planned.local_plan,
            time_limit_s=seconds,
            extra_m=planned.extra_m,
        )
        found = attempts.make(name, solve).made
        if found is not None:
            made.append(PlanVariant(name, found.open_sites, found.gap))
    return made


def perturbed(instance: LocalInstance, seed: int) -> LocalInstance:
    """The instance with every weight and the distances to every candidate off by chance; capacities stay.

    Weights by a factor with a spread of 20 %, in all the same per gemeente; distances by one factor per candidate with
    a spread of 10 %: an entrance at the other side, a path we do not know, a building that is less fit.
    """
    rng = np.random.default_rng([seed, instance.n_demand, instance.n_candidates])
    weight = instance.weight * rng.lognormal(0.0, WEIGHT_SPREAD, instance.n_demand)
    n = len(instance.gemeente_codes)
    before = np.bincount(instance.demand_gemeente, weights=instance.weight, minlength=n)
    after = np.bincount(instance.demand_gemeente, weights=weight, minlength=n)
    weight *= (before / np.where(after > 0, after, 1.0))[instance.demand_gemeente]
    costs = instance.costs
    factor = rng.lognormal(0.0, DISTANCE_SPREAD, instance.n_candidates)
    distance_m = costs.distance_m * factor[costs.destination]
    changed = costs.with_distances(distance_m, max(costs.cutoff_m, float(distance_m.max(initial=0.0))))
    return replace(instance, weight=weight, costs=changed)


def compare_in_scenarios(
    planned: PlannedStudy,
    base: ScenarioCase,
    variants: Sequence[PlanVariant],
    under: Sequence[tuple[str, Study]],
    progress: Progress,
    seconds: float,
    attempts: Attempts,
) -> CasePlans:
    """Every plan at hand, and the plan made for each scenario, in every scenario."""
    tested, plans, names = [], [variant.open_sites for variant in variants], [variant.name for variant in variants]
    ids = planned.local.site_ids
    sets = [frozenset(ids[j] for j in plan) for plan in plans]
    for name, study in under:
        progress.stage(f"scenario {name}")
        scenario = read_scenario(name, study, planned)
        tested.append(scenario)
        start = start_in(scenario, planned)
        solve = partial(solve_again, scenario.instance, scenario.study, start, time_limit_s=seconds)
        found = attempts.make(f"plan voor {name}", solve).made
        if found is not None:
            sets.append(frozenset(scenario.instance.site_ids[j] for j in found.open_sites))
            names.append(f"plan voor {name}")
    table: RegretTable = build_regret(sets, [base, *(scenario.case for scenario in tested)])
    return CasePlans(
        tuple(names),
        (base.name, *(scenario.case.name for scenario in tested)),
        table,
        (0.0, *(scenario.cut_off_persons for scenario in tested)),
    )


def start_in(scenario: TestedScenario, planned: PlannedStudy) -> LocalPlan | None:
    """The plan at hand to begin from, where the scenario has the same squares and buildings; else nothing."""
    same = scenario.instance.site_ids == planned.local.site_ids
    return planned.local_plan if same and scenario.instance.demand_ids == planned.local.demand_ids else None


def read_scenario(name: str, study: Study, planned: PlannedStudy) -> TestedScenario:
    """Level 1 of a scenario, its inputs read anew only where they differ from those of the plan at hand."""
    study = study.change(**dict.fromkeys(UNKNOWN_LATER))
    same = layers_key(study) == layers_key(planned.study)
    layers = planned.layers if same else check_layers(study)
    problem = build_local_problem(layers, study)
    case = case_of(name, problem.instance, problem.distances.costs, problem.effects.hinging_lnsps)
    cut_off = float(problem.instance.population_persons.sum() - case.persons.sum())
    return TestedScenario(case, problem.priced, study, cut_off)


def case_of(
    name: str, instance: LocalInstance, distances: CostMatrix, hinging: frozenset[str] = frozenset()
) -> ScenarioCase:
    """An instance as a scenario; persons without any usable building within reach are left out, for no plan helps.

    ``hinging`` are the ids of candidates that count as usable though nobody knows whether they are.
    """
    usable = ~instance.refused
    reach: IntArray = np.bincount(
        distances.arc_origin[usable[distances.destination]], minlength=distances.n_origins
    ).astype(np.int64)
    persons = np.where(reach > 0, instance.population_persons, 0.0)
    unknown = usable & np.isin(np.asarray(instance.site_ids, dtype=object), np.asarray(sorted(hinging), dtype=object))
    norm_m, ids = instance.service_distance_m, instance.site_ids
    return ScenarioCase(name, distances, persons, norm_m, ids, usable, unknown if unknown.any() else None)
