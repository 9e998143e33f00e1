"""From a solved study to every figure of it. In: a planned study. Out: :class:`Evaluation`, complete."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nsp_planner.evaluate.change.baseline import build_baseline
from nsp_planner.evaluate.change.changes import Changes
from nsp_planner.evaluate.evaluation import Evaluation, ReportFigures
from nsp_planner.evaluate.indicators import build_indicators
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.residents.account import persons_account, present_persons
from nsp_planner.evaluate.residents.demand import build_demand
from nsp_planner.evaluate.residents.groups import known_groups, who_indicators
from nsp_planner.evaluate.residents.hazard_shapes import hazard_shapes
from nsp_planner.evaluate.residents.parts import build_parts
from nsp_planner.evaluate.residents.places import place_names, place_points
from nsp_planner.evaluate.residents.shortfall import build_certainty, build_shortfall
from nsp_planner.evaluate.sites.choices import build_choices, count_by_status
from nsp_planner.evaluate.sites.local_wish import local_wishes
from nsp_planner.evaluate.sites.provisions import build_basics, build_gaps
from nsp_planner.evaluate.sites.sites import build_cnsps, build_lnsps
from nsp_planner.evaluate.sites.staffing import staffing_per_area
from nsp_planner.evaluate.sites.station_takeover import station_takeover
from nsp_planner.evaluate.sites.to_check import find_to_check
from nsp_planner.evaluate.sites.unfit import unfit_counts
from nsp_planner.evaluate.sites.use import rounded_up, staff_per_site, use_per_lnsp
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.stations.nearer_cnsp import nearer_cnsps
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.sites.station_rules import station_rules


def evaluate_plan(planned: PlannedStudy) -> Evaluation:
    """Every figure of a plan but those of :func:`evaluate_run`, which cost more."""
    layers, premises = planned.layers, planned.premises
    tables = build_tables(planned)
    names, persons, norms = place_names(planned), planned.local.population_persons, premises.norms
    choices = build_choices(planned)
    rules = station_rules(layers.sites, planned.study.decisions.stations)
    return Evaluation(
        **vars(tables),
        premises=premises,
        layers=layers,
        goal=planned.goal,
        metric=planned.local.costs.metric,
        metric_nl=planned.local.costs.metric_nl,
        station_metric_nl=planned.coordination.costs.metric_nl,
        persons=persons,
        counted=planned.counted,
        is_ours=planned.is_ours,
        site_ids=np.asarray(planned.local.site_ids, dtype=object),
        allocation=planned.allocation,
        unreachable=planned.unreachable,
        not_connected=planned.not_connected,
        detour=planned.detour,
        consequences=planned.consequences,
        crossing=planned.crossing,
        hazards=hazard_shapes(planned),
        known_groups=tuple(known_groups(layers.demand)),
        place_names=names,
        place_points=tuple(place_points(layers.demand, persons, names)),
        account=persons_account(layers, tables),
        present=present_persons(layers),
        baseline=build_baseline(planned),
        use=rounded_up(use_per_lnsp(layers.sites, tables.lnsps, norms)),
        site_staff={"lnsp": staff_per_site("lnsp", norms), "cnsp": staff_per_site("cnsp", norms)},
        staffing=staffing_per_area(layers, tables, premises),
        station_rules=rules,
        shortfall=build_shortfall(planned, tables, names),
        choices=choices,
        status_counts=count_by_status(choices, layers.sites.set_index("site_id")["status"]),
        certainty=build_certainty(layers, tables),
        to_check=find_to_check(layers.sites, planned.study.eligibility, rules),
        unfit=unfit_counts(layers),
    )


def evaluate_run(
    planned: PlannedStudy, phases: PhasePlan | None = None, changes: Changes | None = None, *, reports: bool
) -> Evaluation:
    """Every figure of a run: the proof, the order of opening, the changes and, where asked for, those of reports."""
    evaluation = evaluate_plan(planned)
    figures = None
    if reports:
        gaps = build_gaps(planned.layers.sites, evaluation.lnsps["site_id"], evaluation.cnsps["site_id"])
        figures = ReportFigures(
            parts=tuple(build_parts(planned, evaluation, evaluation.place_names)),
            local_wishes=local_wishes(planned),
            station_takeover=station_takeover(planned, evaluation),
            gaps=gaps,
            basics=build_basics(gaps),
        )
    return replace(evaluation, phases=phases, changes=changes, certificates=planned.certificates, for_reports=figures)


def build_tables(planned: PlannedStudy) -> PlanTables:
    """Where people go, the sites and the indicators."""
    people, lnsps, nearer = build_demand(planned), build_lnsps(planned), nearer_cnsps(planned)
    cnsps = build_cnsps(planned, lnsps)
    indicators = [build_indicators(planned, people, lnsps, cnsps, nearer), who_indicators(planned)]
    return PlanTables(people, lnsps, cnsps, pd.concat(indicators, ignore_index=True), nearer)
