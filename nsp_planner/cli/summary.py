"""The summary at the end of a command. In: checked layers or a finished run. Out: tables on stdout, or a dict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nsp_planner.cli.console import wide_console
from nsp_planner.cli.reading import print_reading, reading_as_dict
from nsp_planner.config import Study
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.coordination_value import CoordinationValue
from nsp_planner.evaluate.solved.goal import Goal, Proof
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.layers.sites.capacity import share_at_once
from nsp_planner.layers.sites.standing import standing_counts
from nsp_planner.layers.sites.vocabulary import CAPACITY_FIELDS
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import PlanStatus
from nsp_planner.report.run_info import open_first
from nsp_planner.report.text.changes import CHANGE_COLUMNS, change_rows, changes_data, changes_nl
from nsp_planner.report.text.circumstances import circumstances_nl
from nsp_planner.study.prepare.instances import LocalProblem
from nsp_planner.study.run import RunResult

METRES_PER_KM = 1_000
MOST_NAMES = 5


def _count(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:,.0f}"


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1%}"


def print_check(study: Study, layers: Layers, problem: LocalProblem) -> None:
    """What was read: persons per gemeente, sites, merged and left-out rows."""
    console = wide_console()
    table = Table("gemeente", title=escape(f"{study.title}: inputs are fine"), title_justify="left")
    for column in ("published", "added", "total", "official", "L-NSPs", "candidates"):
        table.add_column(column, justify="right")
    figures = check_as_dict(study, layers, problem)
    for row in figures["gemeenten"]:
        official = row["official_persons"]
        table.add_row(
            escape(row["name"]),
            *(_count(row[key]) for key in ("published_persons", "added_persons", "total_persons")),
            "-" if official is None else _count(official),
            "any" if row["n_lnsp"] is None else str(row["n_lnsp"]),
            str(row["n_candidates"]),
        )
    console.print(table)
    console.print(
        f"{figures['n_squares']:,} squares with {_count(figures['persons'])} persons; "
        f"{'as few as possible' if figures['n_lnsp'] is None else figures['n_lnsp']} L-NSPs among "
        f"{figures['n_candidates']} buildings; {figures['n_stations']} stations for C-NSPs."
    )
    console.print(
        f"{figures['n_merged_rows']} rows were merged with another row on the same building; "
        f"{figures['n_left_out_rows']} rows were left out (see the lists of a run)."
    )
    print_reading(console, layers)
    for line in _status_lines(figures["status"]):
        console.print(line, markup=False)
    detour = problem.distances.detour
    if detour is not None:
        console.print(
            f"Measured detour factor {detour['factor'].iloc[-1]:.2f} (the fallback of a straight line uses "
            f"{study.distances.detour_factor:g}); {len(problem.distances.not_connected)} buildings are not connected."
        )
    capacity = figures["capacity"]
    console.print(
        f"The capacity is known of {capacity['n_known']} of {figures['n_candidates']} buildings "
        f"({capacity['n_persons']} in inhabitants, {capacity['n_present']} in people at once; the smaller counts); "
        f"the others count for {_count(capacity['full_persons'])} inhabitants, "
        f"{_count(capacity['full_present'])} people at once."
    )
    if figures["unreachable_persons"]:
        console.print(f"{_count(figures['unreachable_persons'])} persons have no candidate within the cutoff.")


def _capacity_as_dict(study: Study, layers: Layers) -> dict[str, Any]:
    """Of how many candidate L-NSPs the capacity is known, and what the others count for."""
    known = layers.sites.loc[layers.sites["can_be_lnsp"], list(CAPACITY_FIELDS)].notna()
    return {
        "n_known": int(known.any(axis=1).sum()),
        **{name.replace("capacity", "n"): int(known[name].sum()) for name in CAPACITY_FIELDS},
        "full_persons": study.capacity.persons,
        "full_present": study.capacity.persons * share_at_once(study.norms_in_force),
    }


def check_as_dict(study: Study, layers: Layers, problem: LocalProblem) -> dict[str, Any]:
    """The figures of :func:`print_check` for ``--json``."""
    instance = problem.instance
    gemeenten = []
    for position, row in enumerate(layers.calibration.to_dict("records")):
        official = row["official_persons"]
        gemeenten.append(
            {
                "code": row["area_code"],
                "name": row["name"],
                "published_persons": int(row["published_persons"]),
                "added_persons": int(row["added_persons"]),
                "total_persons": int(row["total_persons"]),
                "official_persons": None if pd.isna(official) else int(official),
                "n_lnsp": None if instance.quota is None else int(instance.quota[position]),
                "n_candidates": int((instance.site_gemeente == position).sum()),
            }
        )
    return {
        "gemeenten": gemeenten,
        "persons": float(instance.population_persons.sum()),
        "unreachable_persons": float(instance.population_persons[~instance.reachable].sum()),
        "n_squares": instance.n_demand,
        "n_lnsp": None if objective(instance.objective).finds_number else instance.n_sites,
        "n_candidates": instance.n_candidates,
        "n_stations": int(layers.sites["can_be_cnsp"].sum()),
        "n_merged_rows": len(layers.merged),
        "n_left_out_rows": len(layers.left_out),
        **reading_as_dict(layers),
        "capacity": _capacity_as_dict(study, layers),
        "status": standing_counts(layers, study.decisions),
        "metric": instance.costs.metric,
    }


def _status_lines(counts: dict[str, Any]) -> Iterator[str]:
    """What statuses and [decisions] do before anything is solved, and where they contradict each other."""
    for rule, told in (("fixed", "must be chosen"), ("preferred", "go before others"), ("refused", "are left out")):
        if counts[rule]:
            by = ", ".join(f"{n} by {what}" for what, n in counts[rule].items())
            yield f"{sum(counts[rule].values())} buildings {told}: {by}."
    for each in counts["against_status"]:
        yield f"[decisions] goes against the status of {each['name']} ({each['site_id']}): it is {each['status']}."


def print_plan(result: RunResult) -> None:
    """The plan in one table and a few lines, and what to open first."""
    console, evaluation, planned = wide_console(), result.evaluation, result.planned
    study = planned.study
    table = Table("gemeente", title=escape(study.title), title_justify="left")
    for column in ("persons", "L-NSP", "C-NSP", "in 1,000 m", "in 2,500 m", "mean m", "worst m", "highest load"):
        table.add_column(column, justify="right")
    people_keys = ("persons", "n_lnsp", "n_cnsp", "share_within_1000m", "share_within_2500m")
    keys = (*people_keys, "mean_distance_m", "worst_distance_m", "highest_load")
    gemeenten = [(area.area_code, area.name) for area in planned.layers.areas.itertuples(index=False)]
    for code, name in [*gemeenten, (None, study.region.name)]:
        values = {key: evaluation.value(key, code) for key in keys}
        texts = [_share(v) if INDICATORS[k][0] == "share" else _count(v) for k, v in values.items()]
        table.add_row(
            escape(name), *texts, style="bold" if code is None else None, end_section=code == gemeenten[-1][0]
        )
    console.print(table)
    for scenario in result.scenarios:
        console.print(f"Scenario {scenario.name}: {scenario.sentence}", markup=False)
        for change in scenario.changes:
            console.print(f"  {change.as_text()}", soft_wrap=True, markup=False)
    for each in circumstances_nl(result.evaluation):
        console.print(f"{each.head}: {each.text}", markup=False)
    _print_changes(console, result.evaluation)
    print_reading(console, planned.layers)
    if study.illustration:
        console.print("Made-up data: an illustration, not a plan for a real region.")
    premises, n_assumed = evaluation.premises, evaluation.value("n_lnsp_assumed")
    console.print(f"Distances: {planned.local.costs.metric}.")
    console.print(
        f"A load of 100% is {_count(premises.full_persons)} inhabitants served, {_count(premises.full_present)} people "
        f"in the hall at once, or less where a building is known to hold less; it may reach {premises.most_load:.0%}. "
        f"The capacity is assumed of {_count(n_assumed)} of {_count(evaluation.value('n_lnsp'))} L-NSPs, which serve "
        f"{_count(evaluation.value('assumed_persons'))} persons."
    )
    console.print(f"Goal {study.plan.objective}: {_reached(evaluation.goal)}.")
    for name, level in (("L-NSPs", evaluation.goal.lnsp), ("C-NSPs", evaluation.goal.cnsp)):
        style = None if level.proof.is_finished else "bold red"
        solved = f"({level.report.solver}, {level.report.seconds:.0f} s)"
        console.print(f"{name}: {_proof(level.proof)} {solved}.", style=style)
    console.print(_coordination(evaluation.goal.cnsp_value))
    _print_coordination(console, evaluation)
    unreachable = evaluation.value("unreachable_persons")
    served = evaluation.value("served_persons")
    console.print(f"{_count(served)} persons served, {_count(unreachable)} without an L-NSP within reach.")
    console.print(f"\nDone in {result.seconds:.0f} s. Open first:")
    first = open_first(result.outputs)
    for output in first:
        place = escape(str(result.folder / output.name))
        console.print(f"  {place}  [dim]{output.description_nl}[/dim]", soft_wrap=True)
    console.print(f"  and {len(result.outputs) - len(first)} more files in that folder")


def _print_changes(console: Console, evaluation: Evaluation) -> None:
    """What changes of the plan before, and why; nothing where none was named."""
    changes = evaluation.changes
    if changes is None:
        return
    for sentence in changes_nl(changes):
        console.print(sentence, markup=False, soft_wrap=True)
    rows = change_rows(evaluation)
    if not rows:
        return
    table = Table(*CHANGE_COLUMNS, title_justify="left")
    for row in rows:
        table.add_row(*(escape(text) for text in row))
    console.print(table)


def _print_coordination(console: Console, evaluation: Evaluation) -> None:
    """How far L-NSPs lie from their C-NSP, and by name what lies beyond the norm or passes a nearer one for nothing."""
    value, norm_km = evaluation.value, evaluation.premises.cnsp_norm_m / METRES_PER_KM
    ways = evaluation.lnsps.sort_values(["cnsp_distance_m", "name"], ascending=[False, True])
    if ways.empty:
        return
    worst = ways.iloc[0]
    console.print(
        f"To its C-NSP an L-NSP has {value('cnsp_mean_distance_m') / METRES_PER_KM:.1f} km "
        f"({value('cnsp_mean_minutes'):.0f} min), at most {value('cnsp_worst_distance_m') / METRES_PER_KM:.1f} km "
        f"({value('cnsp_worst_minutes'):.0f} min): {worst['name']} to {worst['cnsp_name']}.",
        markup=False,
    )
    n_elsewhere = round(value("n_cnsp_elsewhere"))
    console.print(
        f"{n_elsewhere} {'L-NSP has' if n_elsewhere == 1 else 'L-NSPs have'} a C-NSP in another gemeente; "
        f"{value('n_nearer_cnsp'):.0f} pass a nearer open one, with the reason in the candidate list; at most "
        f"{value('highest_n_lnsp'):.0f} under one.",
        markup=False,
    )
    far = ways[ways["cnsp_beyond_norm"]]
    if len(far):
        names = _named(
            f"{n} ({m / METRES_PER_KM:.1f} km)" for n, m in zip(far["name"], far["cnsp_distance_m"], strict=True)
        )
        text = f"{len(far)} L-NSPs lie farther from their C-NSP than the norm of {norm_km:g} km: {names}."
        console.print(text, style="bold red", markup=False)
    unexplained = evaluation.nearer[evaluation.nearer["reasons"].str.len() == 0]
    if len(unexplained):
        text = f"{len(unexplained)} L-NSPs pass a nearer C-NSP without a reason, which is a fault of the plan: "
        console.print(text + _named(unexplained["name"]) + ".", style="bold red", markup=False)


def _named(names: Iterable[str]) -> str:
    listed = [str(name) for name in names]
    return ", ".join(listed[:MOST_NAMES]) + (
        f" and {len(listed) - MOST_NAMES} more" if len(listed) > MOST_NAMES else ""
    )


def _reached(goal: Goal) -> str:
    """The value of the objective with its unit."""
    words, own = goal.objective.words, goal.shown_own_value
    weighed = "weighted " if words.weighs_persons and goal.is_weighted else ""
    told = f"{goal.shown_value:,.0f} {weighed}{words.unit}"
    if own is None:
        return told
    return f"{own:,.0f} {weighed}{words.unit} of the region's own people, {told} with those of the neighbours"


STOPPED = {
    "time": "stopped at the time limit of {limit:g} s",
    "interrupt": "stopped early by Ctrl-C, verified like any other plan",
}


def _proof(proof: Proof) -> str:
    """What is proven of a level, of both in the same words; that it is not finished comes first."""
    if proof.status is PlanStatus.OPTIMAL:
        return "proven optimal"
    within = "without a proven gap" if math.isinf(proof.gap) else f"proven within {proof.gap:.2%} of the best possible"
    if proof.is_finished:
        return within
    why = STOPPED.get(proof.stopped_by, "stopped").format(limit=proof.time_limit_s)
    return f"NOT FINISHED, {why}; {within}, where {proof.gap_asked:.2%} was asked for"


def plan_as_dict(result: RunResult) -> dict[str, Any]:
    """The plan for ``--json``: folder, files, proof and the indicators per area."""
    planned = result.planned
    areas: dict[str, dict[str, float | None]] = {}
    for row in result.evaluation.indicators.to_dict("records"):
        value = float(row["value"])
        areas.setdefault(str(row["area_code"]), {})[str(row["indicator"])] = None if math.isnan(value) else value
    proofs: dict[str, dict[str, Any]] = {
        level: {
            "objective": str(planned.local_plan.objective) if level == "lnsp" else "min_distance",
            "status": str(plan.status),
            "value": plan.value,
            "bound": plan.bound if math.isfinite(plan.bound) else None,
            "gap": plan.gap if math.isfinite(plan.gap) else None,
            "solver": plan.report.solver,
            "seconds": plan.report.seconds,
            "stopped_by": plan.report.stopped_by,
        }
        for level, plan in (("lnsp", planned.local_plan), ("cnsp", planned.coordination_plan))
    }
    proofs["cnsp"]["parts"] = asdict(result.evaluation.goal.cnsp_value)
    return {
        "folder": str(result.folder),
        "scenarios": [scenario.as_dict() for scenario in result.scenarios],
        "changes": changes_data(result.evaluation.changes),
        "circumstances": [vars(each) for each in circumstances_nl(result.evaluation)],
        "files": [output.name for output in result.outputs],
        "metric": planned.local.costs.metric,
        "proof": proofs,
        "indicators": areas,
        "seconds": result.seconds,
    }


def _coordination(value: CoordinationValue) -> str:
    """Kilometres from L-NSPs to their C-NSPs, and apart from them what weighed in the choice."""
    prices = (
        (value.other_gemeente_m, f"{value.n_other_gemeente} in another gemeente"),
        (value.above_ratio_m, f"{value.n_above_ratio} above the ratio"),
        (value.stations_m, "wishes about stations"),
    )
    beside = ", ".join(f"{what} as {_count(price_m / 1000)} km" for price_m, what in prices if price_m > 0)
    text = f"L-NSPs to their C-NSPs: {_count(value.distance_m / 1000)} km in all"
    return f"{text}; beside it counted {beside}." if beside else f"{text}."
